//! The versions, and what the newest changed (NOTI-DATE).

use policy::text;

use super::Telling;
use crate::document::{Block, Line, Section, Span, link, plain};
use crate::{Change, Edition, difference};

pub(super) fn section(telling: Telling<'_>) -> Section {
    let editions = &telling.site.editions;
    let mut blocks = vec![Block::Text(plain(telling.say(text::CHANGES_LEAD)))];
    blocks.extend(what_changed(telling, editions.len() - 1));
    blocks.push(Block::Text(plain(telling.say(text::CHANGES_PAST) + &telling.say(text::COLON))));
    blocks.push(Block::List(editions.iter().rev().map(|edition| line(telling, edition)).collect()));
    telling.section("changes", text::CHANGES_TITLE, blocks)
}

/// The part of a past version's page.
pub(super) fn of(telling: Telling<'_>, at: usize) -> Section {
    telling.section("changes", text::CHANGES_TITLE, what_changed(telling, at))
}

fn what_changed(telling: Telling<'_>, at: usize) -> Vec<Block> {
    let editions = &telling.site.editions;
    let edition = &editions[at];
    let Some(before) = at.checked_sub(1).and_then(|at| editions.get(at)) else {
        return vec![Block::Text(plain(telling.say(text::CHANGES_NONE)))];
    };
    let number = before.number.to_string();
    let title = telling.say_with(text::CHANGES_DIFFERENCE, &[("number", &number)]) + &telling.say(text::COLON);
    let changes = difference(&before.rows, &edition.rows);
    let mut blocks = vec![Block::Text(plain(title + edition.summary.in_language(telling.language)))];
    if changes.is_empty() {
        blocks.push(Block::Text(plain(telling.say(text::CHANGES_SAME))));
    } else {
        blocks.push(Block::List(changes.iter().flat_map(|change| lines(telling, change)).collect()));
    }
    blocks
}

fn lines(telling: Telling<'_>, change: &Change) -> Vec<Line> {
    let of =
        |id: &str, what: String| vec![vec![Span::Code(id.to_owned()), Span::Text(telling.say(text::COLON) + &what)]];
    match change {
        Change::Added(id) => of(id, telling.say(text::CHANGE_ADDED)),
        Change::Removed(id) => of(id, telling.say(text::CHANGE_REMOVED)),
        Change::Changed(id, fields) => fields
            .iter()
            .flat_map(|field| {
                let (before, now) = (telling.say(text::CHANGE_BEFORE), telling.say(text::CHANGE_NOW));
                of(id, format!("{} ({before}: {}; {now}: {})", field.name, field.before, field.now))
            })
            .collect(),
    }
}

fn line(telling: Telling<'_>, edition: &Edition) -> Line {
    let path = format!("/policy/versions/{}?lang={}", edition.number, telling.language.tag());
    let draft = if edition.draft { format!(" ({})", telling.say(text::DRAFT)) } else { String::new() };
    vec![
        link(path, format!("{} {}{draft}", telling.say(text::VERSION), edition.number)),
        Span::Text(format!(" · {} · {}", edition.published, edition.summary.in_language(telling.language))),
    ]
}
