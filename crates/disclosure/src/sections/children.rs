//! The ages, by region (AGE-16, D-39).

use policy::text;

use super::Telling;
use crate::document::{Block, Section, plain};

pub(super) fn section(telling: Telling<'_>) -> Section {
    let mut regions: Vec<_> = telling.site.regions.iter().collect();
    // What holds everywhere else comes last.
    regions.sort_by_key(|region| (region.codes.is_empty(), region.codes.first().cloned()));
    let rows = regions.into_iter().map(|region| {
        let codes = match region.codes.is_empty() {
            true => telling.say(text::CHILDREN_REST),
            false => region.codes.join(&telling.say(text::COMMA)),
        };
        vec![plain(codes), plain(region.consent_age.to_string()), plain(region.majority_age.to_string())]
    });
    let head = [text::CHILDREN_REGION, text::CHILDREN_CONSENT, text::CHILDREN_MAJORITY];
    let table = Block::Table { head: head.map(|words| telling.say(words)).into(), rows: rows.collect() };
    let lead = Block::Text(plain(telling.say(text::CHILDREN_LEAD)));
    telling.section("children", text::CHILDREN_TITLE, vec![lead, table])
}
