//! The rights and how to use them.

use policy::{Words, text};

use super::Telling;
use crate::document::{Block, Fact, Section, plain};

pub(super) fn section(telling: Telling<'_>) -> Section {
    use policy::rights::{Access, Correct, Erase, Object, Port, Restrict};
    let of = |name: Words, effects: Vec<Words>| {
        Fact::new(telling.say(name), effects.into_iter().map(|effect| plain(telling.say(effect))).collect())
    };
    let facts = vec![
        of(text::RIGHT_ACCESS, Access::ALL.iter().map(|effect| effect.words()).collect()),
        of(text::RIGHT_CORRECT, Correct::ALL.iter().map(|effect| effect.words()).collect()),
        of(text::RIGHT_ERASE, Erase::ALL.iter().map(|effect| effect.words()).collect()),
        of(text::RIGHT_RESTRICT, Restrict::ALL.iter().map(|effect| effect.words()).collect()),
        of(text::RIGHT_PORT, Port::ALL.iter().map(|effect| effect.words()).collect()),
        of(text::RIGHT_OBJECT, Object::ALL.iter().map(|effect| effect.words()).collect()),
    ];
    let operator = telling.site.operator;
    let complain = match operator.dispute_body.as_ref() {
        "none" => telling.say(text::RIGHTS_COMPLAIN_NONE),
        body => telling.say_with(text::RIGHTS_COMPLAIN, &[("dispute", body)]),
    };
    let how = vec![
        plain(telling.say(text::RIGHTS_SELF)),
        plain(telling.say_with(text::RIGHTS_ASK, &[("contact", &operator.contact.email)])),
        plain(complain),
        plain(telling.say(text::RIGHTS_OTHERS)),
        plain(telling.say(text::RIGHTS_REFUSED)),
        plain(telling.say(text::RIGHTS_HANDED)),
        plain(telling.say(text::RIGHTS_COPIES)),
    ];
    let blocks = vec![
        Block::Text(plain(telling.say(text::RIGHTS_LEAD))),
        Block::Facts(facts),
        Block::Text(plain(telling.say(text::RIGHTS_HOW) + &telling.say(text::COLON))),
        Block::List(how),
    ];
    telling.section("rights", text::RIGHTS_TITLE, blocks)
}
