//! What a policy may not say. Each refusal is one line that names the row and the field and says what to do.

use std::collections::{BTreeMap, BTreeSet};

use toml::Table;

use crate::model::{
    Class, Facts, Length, Limit, Policy, Promise, Purpose, Recipient, Row, Source, Words, entry, one_line,
};

/// The rights a row must say something about.
pub(crate) const RIGHTS: [&str; 6] = ["access", "correct", "erase", "restrict", "port", "object"];

/// Promises of kind retention that hold over all rows together, so that no single row can keep them.
const OVER_ALL_ROWS: [&str; 2] = ["ACCT-SURVIVE", "KEEP-NECESSARY"];

/// Reads `policy.toml` and refuses what does not fit; `Err` holds every refusal.
pub(crate) fn policy(file: &Table, facts: &Facts) -> Result<Policy, Vec<String>> {
    let policy = read(file)?;
    let mut check = Check { policy: &policy, facts, refusals: Vec::new() };
    check.lists();
    check.unique();
    for row in &policy.rows {
        check.row(row);
    }
    check.retention_promises_are_kept();
    if check.refusals.is_empty() { Ok(policy) } else { Err(check.refusals) }
}

fn read(file: &Table) -> Result<Policy, Vec<String>> {
    const FILE: &str = "policy.toml";
    let mut refusals = Vec::new();
    let known = ["events", "bases", "subjects", "places", "recipients", "purposes", "rights", "row"];
    refusals
        .extend(file.keys().filter(|key| !known.contains(&key.as_str())).map(|key| format!("{FILE}: unknown `{key}`")));
    let rows = rows(file, &mut refusals);
    let words = |name: &str| entry::<BTreeMap<String, Words>>(file, FILE, name);
    let policy = (|| {
        Ok(Policy {
            events: words("events")?,
            bases: words("bases")?,
            subjects: words("subjects")?,
            places: words("places")?,
            recipients: entry::<BTreeMap<String, Recipient>>(file, FILE, "recipients")?,
            purposes: entry::<BTreeMap<String, Purpose>>(file, FILE, "purposes")?,
            rights: entry(file, FILE, "rights")?,
            rows,
        })
    })();
    match policy {
        Ok(policy) if refusals.is_empty() => Ok(policy),
        Ok(_) => Err(refusals),
        Err(refusal) => Err([refusals, vec![refusal]].concat()),
    }
}

/// Reads the rows one by one, so that a missing or misspelt field is told with the row's name.
fn rows(file: &Table, refusals: &mut Vec<String>) -> Vec<Row> {
    let listed = file.get("row").and_then(|rows| rows.as_array()).cloned().unwrap_or_default();
    let mut rows = Vec::new();
    for (at, value) in listed.into_iter().enumerate() {
        let id = value.get("id").and_then(|id| id.as_str()).map_or_else(|| format!("#{}", at + 1), str::to_owned);
        match value.try_into::<Row>() {
            Ok(row) => rows.push(row),
            Err(error) => refusals.push(format!("row {id}: {}", one_line(&error))),
        }
    }
    rows
}

struct Check<'a> {
    policy: &'a Policy,
    facts: &'a Facts,
    refusals: Vec<String>,
}

impl Check<'_> {
    fn refuse(&mut self, row: &Row, field: &str, what: impl AsRef<str>) {
        self.refusals.push(format!("row {}: {field}: {}", row.id, what.as_ref()));
    }

    fn lists(&mut self) {
        let policy = self.policy;
        for (id, purpose) in &policy.purposes {
            if !self.facts.data_uses.contains(&purpose.data_use) {
                self.refusals
                    .push(format!("purpose {id}: data_use: `{}` is no key of fideslang.toml", purpose.data_use));
            }
        }
        if !policy.rights.keys().map(String::as_str).eq(sorted(RIGHTS)) {
            self.refusals.push(format!("rights: there must be exactly these: {}", RIGHTS.join(", ")));
        }
        let plain = [&policy.events, &policy.bases, &policy.subjects, &policy.places];
        let lists = plain.into_iter().chain(policy.rights.values()).flatten();
        let worded = lists.map(|(id, words)| (id, &words.en, &words.zh));
        let recipients = policy.recipients.iter().map(|(id, recipient)| (id, &recipient.en, &recipient.zh));
        let purposes = policy.purposes.iter().map(|(id, purpose)| (id, &purpose.en, &purpose.zh));
        for (id, en, zh) in worded.chain(recipients).chain(purposes) {
            self.name(id);
            if en.trim().is_empty() || zh.trim().is_empty() {
                self.refusals.push(format!("{id}: needs both en and zh"));
            }
        }
        policy.rows.iter().for_each(|row| self.name(&row.id));
        for (id, recipient) in policy.recipients.iter().filter(|(_, recipient)| recipient.every_row) {
            if matches!(recipient.class, Class::Person | Class::Processor) {
                let what = "a person or processor gets only the rows that name it (SHAR-NECESSARY)";
                self.refusals.push(format!("recipient {id}: every_row: {what}"));
            }
        }
    }

    fn name(&mut self, id: &str) {
        if !is_name(id) {
            self.refusals.push(format!("`{id}`: a name is made of a-z and single _, and is no keyword"));
        }
    }

    fn unique(&mut self) {
        let (mut ids, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for row in &self.policy.rows {
            if ids.insert(&row.id, ()).is_some() {
                self.refuse(row, "id", "another row has it already");
            }
            if row.number == 0 {
                self.refuse(row, "number", "starts at 1");
            }
            if let Some(other) = numbers.insert(row.number, &row.id) {
                self.refuse(row, "number", format!("{} belongs to row {other} already", row.number));
            }
        }
    }

    fn row(&mut self, row: &Row) {
        self.words(row);
        self.draws_on_the_lists(row);
        self.basis(row);
        self.rights(row);
        self.period(row);
        self.holders(row);
        self.provenance(row);
    }

    fn words(&mut self, row: &Row) {
        for (field, words) in [("name", &row.name), ("what", &row.what)] {
            if words.en.trim().is_empty() || words.zh.trim().is_empty() {
                self.refuse(row, field, "needs both en and zh");
            }
        }
    }

    fn draws_on_the_lists(&mut self, row: &Row) {
        let policy = self.policy;
        self.drawn(row, "purposes", &row.purposes, |id| policy.purposes.contains_key(id), "no purpose of [purposes]");
        self.drawn(row, "subjects", &row.subjects, |id| policy.subjects.contains_key(id), "nobody of [subjects]");
        self.drawn(row, "places", &row.places, |id| policy.places.contains_key(id), "no place of [places]");
        let facts = self.facts;
        self.drawn(
            row,
            "categories",
            &row.categories,
            |key| facts.categories.contains(key),
            "no key of fideslang.toml",
        );
        let named = |id: &str| policy.recipients.get(id).is_some_and(|recipient| !recipient.every_row);
        self.drawn(row, "recipients", &row.recipients, named, "nobody of [recipients], or gets every row anyway");
        for (field, list) in [("purposes", &row.purposes), ("categories", &row.categories), ("places", &row.places)] {
            if list.is_empty() {
                self.refuse(row, field, "at least one is needed");
            }
        }
        if row.recipients.is_empty() == row.places.iter().any(|place| place == "recipients") {
            self.refuse(row, "places", "`recipients` belongs there exactly when the row has recipients");
        }
        let lawful = row.purposes.iter().any(|purpose| purpose == "fulfil_rights");
        match (row.personal, row.subjects.is_empty(), lawful) {
            (true, true, _) => self.refuse(row, "subjects", "a personal row is about somebody"),
            (true, _, false) => self.refuse(row, "purposes", "a personal row needs `fulfil_rights`"),
            (false, false, _) => self.refuse(row, "subjects", "a row that is not personal is about nobody"),
            (false, _, true) => self.refuse(row, "purposes", "`fulfil_rights` is for personal rows"),
            _ => {}
        }
    }

    fn drawn(&mut self, row: &Row, field: &str, ids: &[String], known: impl Fn(&str) -> bool, what: &str) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !known(id) {
                self.refuse(row, field, format!("`{id}` is {what}"));
            } else if !seen.insert(id) {
                self.refuse(row, field, format!("`{id}` stands there twice"));
            }
        }
    }

    fn basis(&mut self, row: &Row) {
        if !self.policy.bases.contains_key(&row.basis) {
            self.refuse(row, "basis", format!("`{}` is none of [bases]", row.basis));
        }
        if row.basis == "consent" && row.required {
            self.refuse(row, "basis", "consent is not free where the data is required (D-17)");
        }
        if (row.basis == "no_person") == row.personal {
            self.refuse(row, "basis", "`no_person` is for rows that are not personal, and only for them");
        }
    }

    fn rights(&mut self, row: &Row) {
        for right in RIGHTS {
            match row.rights.get(right) {
                None => self.refuse(row, "rights", format!("says nothing about `{right}`")),
                Some(effect) if !self.policy.rights.get(right).is_some_and(|known| known.contains_key(effect)) => {
                    self.refuse(row, "rights", format!("`{effect}` is none of [rights.{right}]"));
                }
                Some(_) => {}
            }
        }
        for right in row.rights.keys().filter(|right| !RIGHTS.contains(&right.as_str())) {
            self.refuse(row, "rights", format!("`{right}` is no right"));
        }
        let says = |right: &str, effect: &str| row.rights.get(right).is_some_and(|does| does == effect);
        if says("object", "heard") != (row.basis == "legitimate_interests") {
            self.refuse(
                row,
                "rights",
                "objection is heard exactly where the basis is legitimate_interests (RIGT-OBJECT)",
            );
        }
        if says("object", "withdraw") != (row.basis == "consent") {
            self.refuse(row, "rights", "consent, and only consent, is withdrawn (RIGT-WITHDRAW)");
        }
        if says("port", "included") && row.basis != "contract" && row.basis != "consent" {
            self.refuse(row, "rights", "only contract and consent data is taken along (RIGT-PORTSCOPE)");
        }
        if says("access", "nothing") == row.personal {
            self.refuse(row, "rights", "access gives nothing exactly where the row is not personal");
        }
    }

    fn period(&mut self, row: &Row) {
        let period = &row.period;
        match &period.starts {
            None => self.refuse(row, "period", "`starts` is missing: which event dates a record?"),
            Some(event) => self.event(row, "starts", event),
        }
        for limit in &period.limits {
            match &limit.from {
                None => self.refuse(row, "period", format!("`from` is missing: {} after what?", limit.length)),
                Some(event) => self.event(row, "limits", event),
            }
            if Length::parse(&limit.length).is_none() {
                self.refuse(row, "period", format!("`{}` is no length: write PT72H, P90D or P3M", limit.length));
            }
        }
        for event in period.ends.iter().flat_map(|end| end.split('+')) {
            self.event(row, "ends", event);
        }
        if period.limits.is_empty() && period.ends.is_empty() {
            self.refuse(row, "period", "never ends: it needs a limit or an ending event (KEEP-NECESSARY)");
        }
        if row.basis == "consent" && !has_end(row, "consent_withdrawal") {
            self.refuse(row, "period", "what rests on consent ends with consent_withdrawal (RIGT-ERASE-CONSENT)");
        }
        let bound_to_account = has_end(row, "account_deletion");
        let within_a_year = |limit: &Limit| Length::parse(&limit.length).is_none_or(Length::within_a_year);
        if row.source == Source::Ours && row.personal && !bound_to_account && !period.limits.iter().any(within_a_year) {
            self.refuse(row, "period", "does not end with the account, so it needs a limit of a year at most (D-47)");
        }
    }

    fn event(&mut self, row: &Row, place: &str, event: &str) {
        if !self.policy.events.contains_key(event) {
            self.refuse(row, "period", format!("{place}: `{event}` is none of [events]"));
        }
    }

    fn holders(&mut self, row: &Row) {
        match (row.columns.is_empty() && row.files.is_empty(), row.planned) {
            (true, false) => self.refuse(row, "columns", "say which columns or files hold it, or that it is planned"),
            (false, true) => self.refuse(row, "planned", "is held by columns or files, so it is planned no longer"),
            _ => {}
        }
        for column in &row.columns {
            if column.split('.').count() != 2 || !column.split('.').all(is_name) {
                self.refuse(row, "columns", format!("`{column}` is not of the form table.column"));
            }
        }
    }

    fn provenance(&mut self, row: &Row) {
        if row.source == Source::Ours && row.decisions.is_empty() {
            self.refuse(row, "decisions", "a row of our own names the decision that asked for it (D-47)");
        }
        if row.source == Source::Policy && row.promises.is_empty() {
            self.refuse(row, "promises", "a row of the privacy policy names the promises it keeps");
        }
        let facts = self.facts;
        self.drawn(row, "decisions", &row.decisions, |id| facts.decisions.contains(id), "no decision of promises.toml");
        self.drawn(row, "promises", &row.promises, |id| facts.promises.contains_key(id), "no promise of promises.toml");
        for promise in row.promises.iter().filter_map(|id| facts.promises.get(id)) {
            self.keeps(row, promise);
        }
    }

    /// A row that names a promise of retention has its period and its ends.
    fn keeps(&mut self, row: &Row, promise: &Promise) {
        if promise.kind != "retention" {
            return;
        }
        if let Some(period) = &promise.period
            && !row.period.limits.iter().any(|limit| Length::parse(&limit.length) == Length::parse(period))
        {
            self.refuse(row, "period", format!("{} promises {period}, and no limit says so", promise.id));
        }
        for until in promise.until.iter().map(|until| until.replace('-', "_")) {
            let event = until.split('+').all(|part| self.policy.events.contains_key(part));
            if event && !has_end(row, &until) {
                self.refuse(row, "period", format!("{} promises the end `{until}`, and `ends` lacks it", promise.id));
            }
        }
    }

    fn retention_promises_are_kept(&mut self) {
        let kept: BTreeSet<&String> = self.policy.rows.iter().flat_map(|row| &row.promises).collect();
        let retention = self.facts.promises.values().filter(|promise| promise.kind == "retention");
        for promise in retention.filter(|promise| !OVER_ALL_ROWS.contains(&promise.id.as_str())) {
            if !kept.contains(&promise.id) {
                self.refusals.push(format!("promise {}: no row keeps it; name it in the row that does", promise.id));
            }
        }
    }
}

fn has_end(row: &Row, event: &str) -> bool {
    row.period.ends.iter().any(|end| end == event)
}

fn sorted(mut names: [&'static str; 6]) -> [&'static str; 6] {
    names.sort_unstable();
    names
}

/// Fit for a Rust name once in CamelCase, and for SQL.
fn is_name(id: &str) -> bool {
    let parts = id
        .split('_')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    parts && id.starts_with(|c: char| c.is_ascii_lowercase()) && id != "self"
}
