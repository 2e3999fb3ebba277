//! The rows, each with what it is, what it serves, how long it lives, who gets it (KEEP-ROWS, RTLE-PURPOSE, LEGB-SHOW).

use policy::{Language, RowInfo, text};
use serde_json::Value;

use super::{Telling, stored as stored_rows};
use crate::document::{Block, Line, Section, plain};
use crate::{Edition, fill, in_words};

pub(super) fn stored(telling: Telling<'_>) -> Section {
    let rows = stored_rows().collect();
    let lead = Block::Text(plain(telling.say(text::ROWS_LEAD)));
    telling.section("rows", text::ROWS_TITLE, vec![lead, Block::Rows(rows)])
}

pub(super) fn planned(telling: Telling<'_>) -> Section {
    let rows = policy::all().iter().filter(|row| row.planned).collect();
    let lead = Block::Text(plain(telling.say(text::PLANNED_LEAD)));
    telling.section("planned", text::PLANNED_TITLE, vec![lead, Block::Rows(rows)])
}

/// The rows of a version as they were kept: ids and values, without today's words.
pub(super) fn kept(telling: Telling<'_>, edition: &Edition) -> Section {
    let head = [text::COL_WHAT, text::COL_WHY, text::COL_BASIS, text::COL_LONG, text::COL_WHO];
    let listed = |row: &Value, field: &str| {
        let items = row[field].as_array().into_iter().flatten().filter_map(Value::as_str);
        items.collect::<Vec<_>>().join(&telling.say(text::COMMA))
    };
    let line = |row: &Value| -> Vec<Line> {
        let name = row["name"][telling.language.tag()].as_str().or(row["name"]["en"].as_str()).unwrap_or_default();
        let period = [listed(row, "period"), listed(row, "ends")].into_iter().filter(|part| !part.is_empty());
        let cells = [
            name.to_owned(),
            listed(row, "purposes"),
            row["basis"].as_str().unwrap_or_default().to_owned(),
            period.collect::<Vec<_>>().join("; "),
            listed(row, "recipients"),
        ];
        cells.into_iter().map(plain).collect()
    };
    let table = Block::Table {
        head: head.map(|words| telling.say(words)).into(),
        rows: edition.rows.as_array().into_iter().flatten().map(line).collect(),
    };
    telling.section("rows", text::ROWS_TITLE, vec![table])
}

/// A row in the words of a language.
pub(crate) struct RowView {
    pub(crate) badge: &'static str,
    pub(crate) about: String,
    pub(crate) why: Vec<String>,
    pub(crate) basis: &'static str,
    pub(crate) long: String,
    pub(crate) who: Vec<&'static str>,
    pub(crate) places: Vec<&'static str>,
    /// Each right with what it does.
    pub(crate) rights: [(&'static str, &'static str); 6],
    pub(crate) note: Option<&'static str>,
}

/// A row as people read it.
pub(crate) fn view(row: &RowInfo, language: Language) -> RowView {
    let say = |words: policy::Words| words.in_language(language);
    let badge = match (row.planned, row.required) {
        (true, _) => text::BADGE_PLANNED,
        (false, true) => text::BADGE_NEEDED,
        (false, false) => text::BADGE_CHOICE,
    };
    let why = row.purposes.iter().map(|purpose| fill(say(text::PURPOSE_TO), &[("purpose", say(purpose.words))]));
    let mut who: Vec<&str> = row.recipients.iter().map(|recipient| say(recipient.words())).collect();
    if who.is_empty() {
        who.push(say(text::NOBODY));
    }
    let about: Vec<&str> = row.subjects.iter().map(|subject| say(subject.words())).collect();
    let rights = [
        (say(text::RIGHT_ACCESS), say(row.rights.access.words())),
        (say(text::RIGHT_CORRECT), say(row.rights.correct.words())),
        (say(text::RIGHT_ERASE), say(row.rights.erase.words())),
        (say(text::RIGHT_RESTRICT), say(row.rights.restrict.words())),
        (say(text::RIGHT_PORT), say(row.rights.port.words())),
        (say(text::RIGHT_OBJECT), say(row.rights.object.words())),
    ];
    RowView {
        badge: say(badge),
        about: about.join(say(text::COMMA)),
        why: why.collect(),
        basis: say(row.basis.words()),
        long: in_words(&row.period, language),
        who,
        places: row.places.iter().map(|place| say(place.words())).collect(),
        rights,
        note: communication_log_note(row).map(say),
    }
}

/// That chats are passed on and not kept, and whether who wrote to whom is, stand together (D-70).
fn communication_log_note(row: &RowInfo) -> Option<policy::Words> {
    let log = policy::row("log_communication")?;
    (row.id == "chat_message" && log.planned).then_some(text::CHAT_LOG_NOTE)
}
