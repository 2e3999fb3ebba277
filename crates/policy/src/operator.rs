//! The form of `policy/operators/*.toml`. It stands alone, because the build checks those files with it too.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Deserialize;

type Text = Cow<'static, str>;
type List<T> = Cow<'static, [T]>;

/// An operator: whoever runs a server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Its name in configuration.
    pub id: Text,
    /// What people see.
    pub name: Text,
    /// Which of the policy's tables apply.
    pub profile: Profile,
    /// A newcomer's try: loopback only, with a banner.
    #[serde(default)]
    pub demo: bool,
    /// For tests against the document's own values only: no server may be run with it.
    #[serde(default)]
    pub conformance: bool,
    /// Who is responsible for the data, by the country a person is in.
    pub controllers: List<Controller>,
    /// Companies of the group that get data to provide the service (RECP-GROUP, D-64).
    #[serde(default)]
    pub companies: List<Company>,
    /// Where data is stored (REGI-SERVERS): region codes, or `local` for the machine itself.
    pub storage_places: List<Text>,
    /// From where designated staff may reach it (REGI-STAFF).
    pub staff_places: List<Text>,
    /// Where questions go.
    pub contact: Address,
    /// The data protection officer (REGI-DPO).
    pub officer: Address,
    /// The address of the outside dispute body, or `none` (D-62).
    pub dispute_body: Text,
}

/// Which of the policy's tables apply.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Every right for everybody, no advertising.
    Default,
    /// The country tables of the privacy policy, as it states them (D-55).
    Literal,
}

/// A data controller.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Its legal name.
    pub name: Text,
    /// Its seat.
    pub seat: Text,
    /// The countries it serves, as ISO 3166-1 codes.
    #[serde(default)]
    pub countries: List<Text>,
    /// It serves every country that no other controller names.
    #[serde(default)]
    pub rest: bool,
}

/// A company of the operator's group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// Its legal name.
    pub name: Text,
    /// The region it is in.
    pub region: Text,
}

/// How somebody is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// By e-mail.
    pub email: Text,
    /// By post.
    pub post: Text,
}

impl Operator {
    /// Who is responsible for people in this country (ISO 3166-1): exactly one, in a checked operator (D-09).
    pub fn controller(&self, country: &str) -> Option<&Controller> {
        let named = |controller: &&Controller| controller.countries.iter().any(|served| served == country);
        let rest = || self.controllers.iter().find(|controller| controller.rest);
        self.controllers.iter().find(named).or_else(rest)
    }

    /// What is missing or wrong, one line each; empty when a server may start with it.
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let must_be_filled = [
            ("id", &self.id),
            ("name", &self.name),
            ("contact.email", &self.contact.email),
            ("contact.post", &self.contact.post),
            ("officer.email", &self.officer.email),
            ("officer.post", &self.officer.post),
            ("dispute_body", &self.dispute_body),
        ];
        let empty = must_be_filled.iter().filter(|(_, text)| text.trim().is_empty());
        wrong.extend(empty.map(|(field, _)| format!("{field}: is not filled in")));
        for (field, address) in [("contact", &self.contact), ("officer", &self.officer)] {
            if !address.email.is_empty() && !address.email.contains('@') {
                wrong.push(format!("{field}.email: `{}` is no e-mail address", address.email));
            }
        }
        let body = self.dispute_body.as_ref();
        if !body.is_empty() && body != "none" && !body.starts_with("https://") {
            wrong.push("dispute_body: is an https address, or `none` (D-62)".to_owned());
        }
        self.check_controllers(&mut wrong);
        self.check_places(&mut wrong);
        wrong.into_iter().map(|line| format!("operator {}: {line}", self.id)).collect()
    }

    /// Exactly one controller for every country (D-09).
    fn check_controllers(&self, wrong: &mut Vec<String>) {
        match self.controllers.iter().filter(|controller| controller.rest).count() {
            0 => wrong
                .push("controllers: countries that nobody names have none: one needs `rest = true` (D-09)".to_owned()),
            1 => {}
            _ => wrong.push(
                "controllers: `rest = true` gives every other country two: only one may have it (D-09)".to_owned(),
            ),
        }
        let mut served = BTreeSet::new();
        for controller in self.controllers.iter() {
            if controller.name.trim().is_empty() || controller.seat.trim().is_empty() {
                wrong.push("controllers: each needs a name and a seat".to_owned());
            }
            if controller.rest != controller.countries.is_empty() {
                wrong.push(format!("controllers: {}: either names countries or takes the rest", controller.name));
            }
            for country in controller.countries.iter() {
                if !is_country(country) {
                    wrong.push(format!("controllers: `{country}` is no ISO 3166-1 code of two capitals"));
                } else if !served.insert(country) {
                    wrong.push(format!("controllers: {country} has two (D-09)"));
                }
            }
        }
    }

    fn check_places(&self, wrong: &mut Vec<String>) {
        for (field, places) in [("storage_places", &self.storage_places), ("staff_places", &self.staff_places)] {
            if places.is_empty() {
                wrong.push(format!("{field}: at least one is needed (REGI-SERVERS)"));
            }
            let known = |place: &Text| is_country(place) || (self.demo && place.as_ref() == "local");
            for place in places.iter().filter(|place| !known(place)) {
                wrong.push(format!("{field}: `{place}` is no ISO 3166-1 code (`local` is for demo mode)"));
            }
        }
    }
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}
