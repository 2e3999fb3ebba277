//! A document as Markdown, for those who read the repository.

use policy::{Language, RowInfo, text};

use crate::document::{Block, Document, Fact, Line, Section, Span};
use crate::sections::view;

/// The whole document.
pub(crate) fn write(document: &Document) -> String {
    let mut out = format!("# {}\n\n", document.title);
    for line in document.warning.iter().chain([&document.lead]) {
        out += &format!("{}\n\n", escape(line));
    }
    out += &facts(&document.facts);
    for section in &document.sections {
        out += &format!("- [{}](#{})\n", section.title, section.id);
    }
    document.sections.iter().for_each(|section| out += &part(section, document.language));
    out
}

fn part(section: &Section, language: Language) -> String {
    let mut out = format!("\n<a id=\"{}\"></a>\n\n## {}\n", section.id, section.title);
    for block in &section.blocks {
        out.push('\n');
        match block {
            Block::Text(line) => out += &format!("{}\n", spans(line)),
            Block::List(lines) => lines.iter().for_each(|line| out += &format!("- {}\n", spans(line))),
            Block::Facts(list) => out += facts(list).trim_end_matches('\n'),
            Block::Rows(rows) => rows.iter().for_each(|row| out += &one_row(row, language)),
            Block::Table { head, rows } => out += &table(head, rows),
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

fn facts(facts: &[Fact]) -> String {
    let mut out = String::new();
    for fact in facts {
        match &fact.lines[..] {
            [line] => out += &format!("- **{}**: {}\n", escape(&fact.label), spans(line)),
            lines => {
                out += &format!("- **{}**:\n", escape(&fact.label));
                lines.iter().for_each(|line| out += &format!("  - {}\n", spans(line)));
            }
        }
    }
    out + "\n"
}

fn table(head: &[String], rows: &[Vec<Line>]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = line(head.iter().map(|cell| escape(cell)).collect());
    out += &line(head.iter().map(|_| "---".to_owned()).collect());
    rows.iter().for_each(|row| out += &line(row.iter().map(spans).collect()));
    out
}

fn one_row(row: &RowInfo, language: Language) -> String {
    let say = |words: policy::Words| words.in_language(language);
    let view = view(row, language);
    let (colon, comma) = (say(text::COLON), say(text::COMMA));
    let mut out = format!("<a id=\"{}\"></a>\n\n### {} ({})\n\n", row.id, escape(say(row.name)), view.badge);
    out += &format!("{}\n\n", escape(say(row.what)));
    if let Some(note) = view.note {
        out += &format!("{}\n\n", escape(note));
    }
    let mut line = |label: policy::Words, text: String| {
        if !text.is_empty() {
            out += &format!("- **{}**{colon}{}\n", say(label), escape(&text));
        }
    };
    line(text::COL_ABOUT, view.about);
    line(text::COL_WHY, view.why.join(comma));
    line(text::COL_BASIS, view.basis.to_owned());
    line(text::COL_LONG, view.long);
    line(text::COL_WHO, view.who.join(comma));
    line(text::COL_WHERE, view.places.join(comma));
    for (right, effect) in view.rights {
        out += &format!("- {}{colon}{}\n", escape(right), escape(effect));
    }
    out.push('\n');
    out
}

fn spans(line: &Line) -> String {
    let one = |span: &Span| match span {
        Span::Text(text) => escape(text),
        // A page of the server is nowhere in the repository.
        Span::Link { to, text } if to.starts_with('/') => escape(text),
        Span::Link { to, text } => format!("[{}]({to})", escape(text)),
        Span::Code(text) => format!("`{text}`"),
    };
    line.iter().map(one).collect()
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if matches!(c, '|' | '*' | '_' | '<' | '`' | '[' | ']') {
            out.push('\\');
        }
        out.push(c);
        out
    })
}
