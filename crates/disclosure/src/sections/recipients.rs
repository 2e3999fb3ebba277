//! Who gets data, and of which rows: nobody who is in no row (D-65, RECP-SP-LIST).

use policy::{Class, Recipient, RowInfo, Words, text};

use super::{Telling, stored};
use crate::document::{Block, Fact, Line, Section, Span, plain, row_links};

const CLASSES: [(Class, Words); 5] = [
    (Class::Person, text::CLASS_PERSON),
    (Class::Processor, text::CLASS_PROCESSOR),
    (Class::Group, text::CLASS_GROUP),
    (Class::Boundary, text::CLASS_BOUNDARY),
    (Class::Authority, text::CLASS_AUTHORITY),
];

pub(super) fn section(telling: Telling<'_>) -> Section {
    let facts = CLASSES.iter().map(|(class, words)| {
        let of_class = Recipient::ALL.iter().filter(|recipient| recipient.class() == *class);
        Fact::new(telling.say(*words), of_class.map(|recipient| line(telling, *recipient)).collect())
    });
    let notes = [text::OUTSIDE_OWN, text::AUTHORITY_TERMS, text::SUCCESSOR_TERMS, text::COOKIES];
    let blocks = vec![
        Block::Text(plain(telling.say(text::RECIPIENTS_LEAD))),
        Block::Facts(facts.collect()),
        Block::List(notes.map(|words| plain(telling.say(words))).into()),
    ];
    telling.section("recipients", text::RECIPIENTS_TITLE, blocks)
}

fn line(telling: Telling<'_>, recipient: Recipient) -> Line {
    let mut name = recipient.words().in_language(telling.language).to_owned();
    let outside = matches!(recipient.class(), Class::Processor | Class::Boundary) && !recipient.every_row();
    if outside {
        let used = telling.site.used.contains(&recipient);
        name += &format!(" ({})", telling.say(if used { text::IN_USE } else { text::NOT_IN_USE }));
    }
    let mut line = plain(name + &telling.say(text::COLON));
    let rows: Vec<&RowInfo> = stored().filter(|row| row.recipients.contains(&recipient)).collect();
    if recipient.every_row() {
        line.push(Span::Text(telling.say(text::EVERY_ROW)));
    } else if rows.is_empty() {
        line.push(Span::Text(telling.say(text::ONLY_PLANNED)));
    } else {
        line.extend(row_links(rows, telling.language, &telling.say(text::COMMA)));
    }
    line
}
