//! What is told, before it has a form: parts, lines, facts, rows, in one language.

use policy::{Language, RowInfo};

/// The whole.
pub(crate) struct Document {
    pub(crate) language: Language,
    pub(crate) title: String,
    /// Where this document is, in each language.
    pub(crate) paths: Vec<(Language, String)>,
    pub(crate) lead: String,
    /// A word of warning that stands above everything.
    pub(crate) warning: Option<String>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) sections: Vec<Section>,
}

/// A part with a heading that can be linked to.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

pub(crate) enum Block {
    Text(Line),
    List(Vec<Line>),
    Facts(Vec<Fact>),
    Rows(Vec<&'static RowInfo>),
    Table { head: Vec<String>, rows: Vec<Vec<Line>> },
}

/// Something with its name.
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) lines: Vec<Line>,
}

/// A sentence with its links.
pub(crate) type Line = Vec<Span>;

#[derive(Clone)]
pub(crate) enum Span {
    Text(String),
    Link { to: String, text: String },
    Code(String),
}

impl Fact {
    pub(crate) fn new(label: impl Into<String>, lines: Vec<Line>) -> Self {
        Self { label: label.into(), lines }
    }

    /// With one plain line.
    pub(crate) fn plain(label: impl Into<String>, line: impl Into<String>) -> Self {
        Self::new(label, vec![plain(line)])
    }
}

/// A line without links.
pub(crate) fn plain(text: impl Into<String>) -> Line {
    vec![Span::Text(text.into())]
}

pub(crate) fn link(to: impl Into<String>, text: impl Into<String>) -> Span {
    Span::Link { to: to.into(), text: text.into() }
}

/// Links to rows, with something between them.
pub(crate) fn row_links<'a>(rows: impl IntoIterator<Item = &'a RowInfo>, language: Language, between: &str) -> Line {
    let mut line = Line::new();
    for row in rows {
        if !line.is_empty() {
            line.push(Span::Text(between.to_owned()));
        }
        line.push(link(format!("#{}", row.id), row.name.in_language(language)));
    }
    line
}
