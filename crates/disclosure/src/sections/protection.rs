//! The measures in force and their limits (SECR-NOGUARANTEE).

use policy::text;

use super::Telling;
use crate::document::{Block, Section, plain};

pub(super) fn section(telling: Telling<'_>) -> Section {
    let line = if telling.site.encrypted_line { text::MEASURE_LINE } else { text::MEASURE_LOOPBACK };
    let measures = [
        text::MEASURE_SEALED,
        text::MEASURE_APART,
        text::MEASURE_PURPOSES,
        text::MEASURE_SILENT,
        line,
        text::MEASURE_SERVER_READS,
    ];
    let blocks = vec![
        Block::Text(plain(telling.say(text::PROTECTION_LEAD))),
        Block::List(measures.map(|words| plain(telling.say(words))).into()),
    ];
    telling.section("protection", text::PROTECTION_TITLE, blocks)
}

pub(super) fn limits(telling: Telling<'_>) -> Section {
    let limits = [text::LIMIT_OFF, text::LIMIT_FLASH, text::LIMIT_CLOCK, text::LIMIT_DEVICES];
    let blocks = vec![
        Block::Text(plain(telling.say(text::LIMITS_LEAD))),
        Block::List(limits.map(|words| plain(telling.say(words))).into()),
    ];
    telling.section("limits", text::LIMITS_TITLE, blocks)
}
