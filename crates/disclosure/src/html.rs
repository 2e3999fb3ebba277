//! A document as a page: no script, one stylesheet, tables that become cards on a phone.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use policy::{Language, RowInfo, text};

use crate::STYLE_PATH;
use crate::document::{Block, Document, Fact, Line, Section, Span};
use crate::sections::{RowView, view};

/// The whole page.
pub(crate) fn page(document: &Document) -> String {
    let language = document.language;
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (document.title) " · Billet" }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href=(STYLE_PATH);
                @for (other, path) in &document.paths {
                    link rel="alternate" hreflang=(other.tag()) href=(path);
                }
                link rel="alternate" type="application/ld+json" href="/v1/policy.json";
            }
            body {
                (head(document))
                div.columns {
                    (contents(document))
                    main #text { @for section in &document.sections { (part(section, language)) } }
                }
            }
        }
    };
    markup.into_string()
}

fn head(document: &Document) -> Markup {
    let language = document.language;
    html! {
        header #top {
            @if let Some(warning) = &document.warning { p.warning { (warning) } }
            div.bar {
                a.home href="/" { (mark()) "Billet" }
                nav.languages {
                    @for (other, path) in document.paths.iter().filter(|(other, _)| *other != language) {
                        a href=(path) lang=(other.tag()) hreflang=(other.tag()) {
                            (text::OTHER_LANGUAGE.in_language(language))
                        }
                    }
                }
            }
            h1 { (document.title) }
            p.lead { (document.lead) }
            (facts(&document.facts))
            p.small { a href="/v1/policy.json" { (text::MACHINE.in_language(language)) } }
        }
    }
}

/// The sign of Billet: a note folded once, closed by a seal.
fn mark() -> PreEscaped<&'static str> {
    PreEscaped(
        r#"<svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><path class="note" d="M6 4h14l6 6v18H6z"/><path class="note" d="M20 4v6h6"/><circle class="seal" cx="16" cy="20" r="4"/></svg>"#,
    )
}

fn contents(document: &Document) -> Markup {
    let title = text::CONTENTS.in_language(document.language);
    html! {
        nav.contents aria-label=(title) {
            h2 { (title) }
            ol { @for section in &document.sections { li { a href={ "#" (section.id) } { (section.title) } } } }
        }
    }
}

fn part(section: &Section, language: Language) -> Markup {
    html! {
        section #(section.id) aria-labelledby={ (section.id) "-title" } {
            h2 id={ (section.id) "-title" } { (section.title) }
            @for block in &section.blocks { (one(block, language)) }
            p.back { a href="#top" { (text::BACK_TO_TOP.in_language(language)) } }
        }
    }
}

fn one(block: &Block, language: Language) -> Markup {
    match block {
        Block::Text(line) => html! { p { (spans(line)) } },
        Block::List(lines) => html! { ul { @for line in lines { li { (spans(line)) } } } },
        Block::Facts(list) => facts(list),
        Block::Rows(rows) => table_of_rows(rows, language),
        Block::Table { head, rows } => html! {
            div.scroll {
                table.plain {
                    thead { tr { @for cell in head { th scope="col" { (cell) } } } }
                    tbody { @for row in rows { tr { @for cell in row { td { (spans(cell)) } } } } }
                }
            }
        },
    }
}

fn facts(facts: &[Fact]) -> Markup {
    html! {
        dl.facts {
            @for fact in facts {
                div { dt { (fact.label) } @for line in &fact.lines { dd { (spans(line)) } } }
            }
        }
    }
}

fn spans(line: &Line) -> Markup {
    html! {
        @for span in line {
            @match span {
                Span::Text(text) => { (text) }
                Span::Link { to, text } => { a href=(to) { (text) } }
                Span::Code(text) => { code { (text) } }
            }
        }
    }
}

/// Roles stand there by name, for a table that is laid out as cards is no table to some browsers.
fn table_of_rows(rows: &[&RowInfo], language: Language) -> Markup {
    let say = |words: policy::Words| words.in_language(language);
    let head = [text::COL_WHAT, text::COL_WHY, text::COL_LONG, text::COL_WHO, text::COL_RIGHTS];
    html! {
        table.rows role="table" {
            thead role="rowgroup" { tr role="row" { @for words in head { th role="columnheader" scope="col" { (say(words)) } } } }
            tbody role="rowgroup" { @for row in rows { (table_row(row, &view(row, language), language)) } }
        }
    }
}

fn table_row(row: &RowInfo, view: &RowView, language: Language) -> Markup {
    let say = |words: policy::Words| words.in_language(language);
    html! {
        tr role="row" #(row.id) data-planned[row.planned] {
            th role="rowheader" scope="row" {
                a.anchor href={ "#" (row.id) } { (row.name.in_language(language)) }
                span.badge { (view.badge) }
                p.what { (row.what.in_language(language)) }
                @if let Some(note) = view.note { p.what { (note) } }
                @if !view.about.is_empty() { p.about { (say(text::COL_ABOUT)) (say(text::COLON)) (view.about) } }
            }
            td role="cell" data-label=(say(text::COL_WHY)) {
                ul { @for why in &view.why { li { (why) } } }
                p.basis { (say(text::COL_BASIS)) (say(text::COLON)) (view.basis) }
            }
            td role="cell" data-label=(say(text::COL_LONG)) { p.long { (view.long) } }
            td role="cell" data-label=(say(text::COL_WHO)) {
                ul { @for who in &view.who { li { (who) } } }
                p.places { (say(text::COL_WHERE)) (say(text::COLON)) (view.places.join(say(text::COMMA))) }
            }
            td role="cell" data-label=(say(text::COL_RIGHTS)) {
                details {
                    summary { (say(text::COL_RIGHTS)) }
                    dl.effects { @for (right, effect) in &view.rights { div { dt { (right) } dd { (effect) } } } }
                }
            }
        }
    }
}
