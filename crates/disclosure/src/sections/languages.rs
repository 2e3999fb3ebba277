//! Which text prevails, and where more terms may hold (LANG-PREVAIL, LANG-LAW, RIGT-ADDENDA).

use policy::regions::Region;
use policy::text;

use super::Telling;
use crate::document::{Block, Section, plain};

pub(super) fn section(telling: Telling<'_>) -> Section {
    let codes = |wanted: fn(&Region) -> bool| {
        let mut codes: Vec<&str> = telling
            .site
            .regions
            .iter()
            .filter(|region| wanted(region))
            .flat_map(|r| r.codes.iter().map(|c| &**c))
            .collect();
        codes.sort_unstable();
        codes.join(&telling.say(text::COMMA))
    };
    let mut blocks = vec![Block::Text(plain(telling.say(text::PREVAIL)))];
    let local = codes(|region| region.local_text_prevails);
    if !local.is_empty() {
        blocks.push(Block::Text(plain(telling.say_with(text::PREVAIL_LOCAL, &[("regions", &local)]))));
    }
    let added = codes(|region| region.addendum);
    if !added.is_empty() {
        blocks.push(Block::Text(plain(format!("{} {added}", telling.say(text::ADDENDA)))));
    }
    telling.section("languages", text::LANGUAGE_TITLE, blocks)
}
