//! Who runs the server: all of it parameters (D-54).

use policy::text;

use super::Telling;
use crate::document::{Block, Fact, Line, Section, Span, link, plain};

pub(super) fn section(telling: Telling<'_>) -> Section {
    let operator = telling.site.operator;
    let address = |address: &policy::operators::Address| {
        vec![
            vec![link(format!("mailto:{}", address.email), address.email.to_string())],
            plain(address.post.to_string()),
        ]
    };
    let mut facts = vec![Fact::plain(telling.say(text::OPERATOR_NAME), operator.name.to_string())];
    facts.push(Fact::new(telling.say(text::CONTROLLER), controllers(telling)));
    facts.push(Fact::new(telling.say(text::CONTACT), address(&operator.contact)));
    facts.push(Fact::new(telling.say(text::OFFICER), address(&operator.officer)));
    let dispute = match operator.dispute_body.as_ref() {
        "none" => plain(telling.say(text::DISPUTE_NONE)),
        body => vec![link(body, body)],
    };
    facts.push(Fact::new(telling.say(text::DISPUTE), vec![dispute]));
    facts.push(Fact::new(telling.say(text::COMPANIES), companies(telling)));
    facts.push(Fact::new(telling.say(text::STORAGE_PLACES), vec![storage_places(telling)]));
    facts.push(Fact::new(telling.say(text::STAFF_PLACES), vec![places(telling, &operator.staff_places)]));
    let blocks = vec![Block::Facts(facts), Block::Text(plain(telling.say(text::STAFF_NOTE)))];
    telling.section("operator", text::OPERATOR_TITLE, blocks)
}

/// Exactly one for every country (REGI-CTRL-EEA, REGI-CTRL-ROW, D-09).
fn controllers(telling: Telling<'_>) -> Vec<Line> {
    let controllers = &telling.site.operator.controllers;
    let of = |controller: &policy::operators::Controller| {
        let whom = match (controller.rest, controllers.len()) {
            (true, 1) => telling.say(text::CONTROLLER_ALL),
            (true, _) => telling.say(text::CONTROLLER_REST),
            (false, _) => {
                let countries = controller.countries.join(&telling.say(text::COMMA));
                telling.say_with(text::CONTROLLER_FOR, &[("countries", &countries)])
            }
        };
        plain(format!("{}{}{} ({whom})", controller.name, telling.say(text::COMMA), controller.seat))
    };
    controllers.iter().map(of).collect()
}

/// Name, place, and what each gets (RECP-GROUP, D-64).
fn companies(telling: Telling<'_>) -> Vec<Line> {
    let companies = &telling.site.operator.companies;
    if companies.is_empty() {
        return vec![plain(telling.say(text::COMPANIES_NONE))];
    }
    let gets = telling.say(text::COMPANY_GETS);
    let of = |company: &policy::operators::Company| {
        let place = place(telling, &company.region);
        vec![Span::Text(format!("{} ({place}){}{gets}", company.name, telling.say(text::COLON)))]
    };
    companies.iter().map(of).collect()
}

/// Where data are stored (REGI-SERVERS).
pub(super) fn storage_places(telling: Telling<'_>) -> Line {
    places(telling, &telling.site.operator.storage_places)
}

fn places(telling: Telling<'_>, codes: &[std::borrow::Cow<'static, str>]) -> Line {
    let names: Vec<String> = codes.iter().map(|code| place(telling, code)).collect();
    plain(names.join(&telling.say(text::COMMA)))
}

fn place(telling: Telling<'_>, code: &str) -> String {
    if code == "local" { telling.say(text::PLACE_LOCAL) } else { code.to_owned() }
}
