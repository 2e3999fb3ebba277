//! The summary. Made from the rows, so that nobody can get data who is not in it (SCOP-SUMMARY, D-65).

use policy::operators::Profile;
use policy::{Recipient, RowInfo, text};

use super::{Telling, stored};
use crate::document::{Block, Fact, Line, Section, Span, link, plain, row_links};
use crate::in_words;

pub(super) fn section(telling: Telling<'_>) -> Section {
    let rows = |wanted: &dyn Fn(&RowInfo) -> bool| {
        let chosen: Vec<&RowInfo> = stored().filter(|row| wanted(row)).collect();
        vec![row_links(chosen, telling.language, &telling.say(text::COMMA))]
    };
    let mut facts = vec![
        Fact::new(telling.say(text::SUMMARY_NEEDED), rows(&|row| row.required && row.personal)),
        Fact::new(telling.say(text::SUMMARY_CHOICE), rows(&|row| !row.required && row.personal)),
    ];
    facts.extend(messages(telling));
    facts.push(Fact::new(telling.say(text::SUMMARY_RECIPIENTS), named(telling)));
    facts.push(Fact::new(telling.say(text::SUMMARY_EVERY_ROW), grounds(telling)));
    facts.push(Fact::new(telling.say(text::SUMMARY_BASES), bases(telling)));
    facts.push(Fact::new(telling.say(text::SUMMARY_PLACES), vec![super::operator::storage_places(telling)]));
    let rights = match telling.site.operator.profile {
        Profile::Default => text::SUMMARY_RIGHTS,
        Profile::Literal => text::SUMMARY_RIGHTS_LITERAL,
    };
    let mut notes = vec![vec![link("#rights", telling.say(rights))]];
    if !stored().any(serves_marketing) {
        notes.push(plain(telling.say(text::SUMMARY_NO_ADS)));
    }
    let lead = Block::Text(plain(telling.say(text::SUMMARY_LEAD)));
    telling.section("summary", text::SUMMARY_TITLE, vec![lead, Block::Facts(facts), Block::List(notes)])
}

fn serves_marketing(row: &RowInfo) -> bool {
    row.purposes.iter().any(|purpose| purpose.data_use.starts_with("marketing"))
}

/// The period of the row that people ask for first, as the row has it.
fn messages(telling: Telling<'_>) -> Option<Fact> {
    let row = policy::row("chat_message").filter(|row| !row.planned)?;
    let line = vec![
        link(format!("#{}", row.id), row.name.in_language(telling.language)),
        Span::Text(telling.say(text::COLON) + &in_words(&row.period, telling.language) + &telling.say(text::FULL_STOP)),
    ];
    Some(Fact::new(telling.say(text::SUMMARY_MESSAGES), vec![line]))
}

/// Who is named by a row that this version stores, with those rows.
fn named(telling: Telling<'_>) -> Vec<Line> {
    let of = |recipient: &Recipient| {
        let rows: Vec<&RowInfo> = stored().filter(|row| row.recipients.contains(recipient)).collect();
        (!rows.is_empty()).then(|| {
            let mut line =
                plain(recipient.words().in_language(telling.language).to_owned() + &telling.say(text::COLON));
            line.extend(row_links(rows, telling.language, &telling.say(text::COMMA)));
            line
        })
    };
    Recipient::ALL.iter().filter_map(of).collect()
}

fn grounds(telling: Telling<'_>) -> Vec<Line> {
    let every = Recipient::ALL.iter().filter(|recipient| recipient.every_row());
    every.map(|recipient| plain(recipient.words().in_language(telling.language))).collect()
}

fn bases(telling: Telling<'_>) -> Vec<Line> {
    let of = |basis: &policy::Basis| {
        let count = stored().filter(|row| row.basis == *basis && row.personal).count();
        (count > 0).then(|| {
            let mut line = plain(basis.words().in_language(telling.language).to_owned() + &telling.say(text::COLON));
            let rows: Vec<&RowInfo> = stored().filter(|row| row.basis == *basis).collect();
            line.extend(row_links(rows, telling.language, &telling.say(text::COMMA)));
            line
        })
    };
    policy::Basis::ALL.iter().filter_map(of).collect()
}
