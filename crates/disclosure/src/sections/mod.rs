//! The parts of the page, in their order.

mod changes;
mod children;
mod languages;
mod operator;
mod protection;
mod recipients;
mod rights;
mod rows;
mod summary;

pub(crate) use rows::{RowView, view};

use policy::{Language, RowInfo, Words, text};

use crate::document::{Document, Fact, Section, Span};
use crate::{Edition, Site, fill};

/// Who is told, and in which language.
#[derive(Clone, Copy)]
struct Telling<'a> {
    site: &'a Site<'a>,
    language: Language,
}

impl Telling<'_> {
    fn say(self, words: Words) -> String {
        words.in_language(self.language).to_owned()
    }

    fn say_with(self, words: Words, values: &[(&str, &str)]) -> String {
        fill(words.in_language(self.language), values)
    }

    fn section(self, id: &'static str, title: Words, blocks: Vec<crate::document::Block>) -> Section {
        Section { id, title: self.say(title), blocks }
    }
}

/// The policy as it is.
pub(crate) fn document(site: &Site<'_>, language: Language) -> Document {
    let telling = Telling { site, language };
    Document {
        language,
        title: telling.say(text::TITLE),
        paths: Language::ALL.map(|language| (language, format!("/policy/{}", language.tag()))).into(),
        lead: telling.say_with(text::LEAD, &[("operator", &site.operator.name)]),
        warning: site.demo.then(|| telling.say(text::DEMO)),
        facts: version_facts(telling, site.edition()),
        sections: vec![
            summary::section(telling),
            operator::section(telling),
            rows::stored(telling),
            rows::planned(telling),
            recipients::section(telling),
            rights::section(telling),
            children::section(telling),
            protection::section(telling),
            protection::limits(telling),
            languages::section(telling),
            changes::section(telling),
        ],
    }
}

/// A version there was, with its rows as they were (NOTI-DATE).
pub(crate) fn past(site: &Site<'_>, number: u32, language: Language) -> Option<Document> {
    let at = site.editions.iter().position(|edition| edition.number == number)?;
    let edition = &site.editions[at];
    let telling = Telling { site, language };
    let number = edition.number.to_string();
    let mut sections = vec![changes::of(telling, at)];
    sections.push(rows::kept(telling, edition));
    Some(Document {
        language,
        title: telling.say_with(text::PAST_TITLE, &[("number", &number)]),
        paths: Language::ALL
            .map(|language| (language, format!("/policy/versions/{number}?lang={}", language.tag())))
            .into(),
        lead: telling.say(text::PAST_LEAD) + " " + &site.edition().number.to_string(),
        warning: None,
        facts: version_facts(telling, edition),
        sections,
    })
}

/// Version, dates, digest (NOTI-DATE, KEEP-ROWS).
fn version_facts(telling: Telling<'_>, edition: &Edition) -> Vec<Fact> {
    let mut version = edition.number.to_string();
    if edition.draft {
        version += &format!(" ({})", telling.say(text::DRAFT));
    }
    vec![
        Fact::plain(telling.say(text::VERSION), version),
        Fact::plain(telling.say(text::UPDATED), &edition.published),
        Fact::plain(telling.say(text::EFFECTIVE), &edition.effective),
        Fact::new(telling.say(text::DIGEST), vec![vec![Span::Code(edition.digest.clone())]]),
    ]
}

/// The rows that this version stores.
fn stored() -> impl Iterator<Item = &'static RowInfo> {
    policy::all().iter().filter(|row| !row.planned)
}
