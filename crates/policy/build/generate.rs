//! The policy as Rust text: one type per row and purpose, one enum per closed list.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::{Length, Policy, Row, Source, Words};

/// The whole of `policy.rs`.
pub(crate) fn policy(policy: &Policy, digest: &str) -> String {
    let mut out = String::new();
    lists(&mut out, policy);
    purposes(&mut out, policy);
    let mut rows: Vec<&Row> = policy.rows.iter().collect();
    rows.sort_by_key(|row| row.number);
    row_types(&mut out, &rows);
    writeln!(out, "static ROWS: [RowInfo; {}] = [", rows.len()).expect(TEXT);
    for row in &rows {
        row_info(&mut out, row, policy);
    }
    writeln!(out, "];\nconst DIGEST: &str = {digest:?};").expect(TEXT);
    out
}

const TEXT: &str = "writing to a String cannot fail";

fn lists(out: &mut String, policy: &Policy) {
    list(out, "Event", "Something that starts or ends a period.", &policy.events);
    list(out, "Basis", "The legal basis of a row.", &policy.bases);
    list(out, "Subject", "Whose data a row is.", &policy.subjects);
    list(out, "Place", "Where a row is.", &policy.places);
    let words = |recipient: &crate::model::Recipient| Words { en: recipient.en.clone(), zh: recipient.zh.clone() };
    let recipients = policy.recipients.iter().map(|(id, recipient)| (id.clone(), words(recipient))).collect();
    list(out, "Recipient", "Who may get data of a row.", &recipients);
    writeln!(out, "impl Recipient {{").expect(TEXT);
    method(out, "Bound to this policy, or not (D-49).", "class", "Class", policy, |r| format!("Class::{:?}", r.class));
    method(out, "May get any personal row on the terms its words say.", "every_row", "bool", policy, |r| {
        r.every_row.to_string()
    });
    writeln!(out, "}}\n/// What each right may do to a row.\npub mod rights {{\nuse super::Words;").expect(TEXT);
    for (right, effects) in &policy.rights {
        list(out, &camel(right), &format!("What the right to {right} does to a row."), effects);
    }
    writeln!(out, "}}").expect(TEXT);
}

fn method(
    out: &mut String,
    doc: &str,
    name: &str,
    of: &str,
    policy: &Policy,
    value: impl Fn(&crate::model::Recipient) -> String,
) {
    writeln!(out, "/// {doc}\npub const fn {name}(self) -> {of} {{ match self {{").expect(TEXT);
    for (id, recipient) in &policy.recipients {
        writeln!(out, "Self::{} => {},", camel(id), value(recipient)).expect(TEXT);
    }
    writeln!(out, "}} }}").expect(TEXT);
}

fn list(out: &mut String, name: &str, doc: &str, entries: &BTreeMap<String, Words>) {
    writeln!(out, "/// {doc}\n#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum {name} {{")
        .expect(TEXT);
    for (id, words) in entries {
        writeln!(out, "/// {}\n{},", words.en, camel(id)).expect(TEXT);
    }
    writeln!(out, "}}\nimpl {name} {{\n/// All of them.\npub const ALL: &'static [Self] = &[").expect(TEXT);
    for id in entries.keys() {
        write!(out, "Self::{}, ", camel(id)).expect(TEXT);
    }
    writeln!(out, "];\n/// Its id in policy.toml.\npub const fn id(self) -> &'static str {{ match self {{")
        .expect(TEXT);
    for id in entries.keys() {
        writeln!(out, "Self::{} => {id:?},", camel(id)).expect(TEXT);
    }
    writeln!(out, "}} }}\n/// What it is.\npub const fn words(self) -> Words {{ match self {{").expect(TEXT);
    for (id, entry) in entries {
        writeln!(out, "Self::{} => {},", camel(id), words(entry)).expect(TEXT);
    }
    writeln!(out, "}} }}\n}}").expect(TEXT);
}

fn purposes(out: &mut String, policy: &Policy) {
    writeln!(out, "static PURPOSES: [PurposeInfo; {}] = [", policy.purposes.len()).expect(TEXT);
    for (id, purpose) in &policy.purposes {
        let text = words(&Words { en: purpose.en.clone(), zh: purpose.zh.clone() });
        writeln!(out, "PurposeInfo {{ id: {id:?}, data_use: {:?}, words: {text} }},", purpose.data_use).expect(TEXT);
    }
    writeln!(out, "];\n/// The closed list of purposes, a type each.\npub mod purposes {{").expect(TEXT);
    for (at, (id, purpose)) in policy.purposes.iter().enumerate() {
        let name = camel(id);
        writeln!(
            out,
            "/// To {}.\npub enum {name} {{}}\nimpl super::sealed::Purpose for {name} {{}}\n\
             impl super::Purpose for {name} {{ const ID: &'static str = {id:?}; \
             const INFO: &'static super::PurposeInfo = &super::PURPOSES[{at}]; }}",
            purpose.en
        )
        .expect(TEXT);
    }
    writeln!(out, "}}").expect(TEXT);
}

fn row_types(out: &mut String, rows: &[&Row]) {
    writeln!(out, "/// Every row of the policy, a type each.\npub mod rows {{").expect(TEXT);
    for (at, row) in rows.iter().enumerate() {
        let name = camel(&row.id);
        let planned = if row.planned { " Planned: nothing can be stored under it yet." } else { "" };
        writeln!(
            out,
            "/// {}: {}{planned}\npub enum {name} {{}}\nimpl super::sealed::Row for {name} {{}}\n\
             impl super::Row for {name} {{ const INFO: &'static super::RowInfo = &super::ROWS[{at}]; }}",
            row.name.en, row.what.en
        )
        .expect(TEXT);
        for purpose in &row.purposes {
            writeln!(out, "impl super::Allows<super::purposes::{}> for {name} {{}}", camel(purpose)).expect(TEXT);
        }
    }
    writeln!(out, "}}").expect(TEXT);
}

fn row_info(out: &mut String, row: &Row, policy: &Policy) {
    let source = match row.source {
        Source::Policy => "Policy",
        Source::Ours => "Ours",
    };
    let purposes = row.purposes.iter().map(|id| {
        let at = policy.purposes.keys().position(|listed| listed == id).expect("purposes of rows were checked");
        format!("&PURPOSES[{at}]")
    });
    let rights = row.rights.iter().map(|(right, does)| format!("{right}: rights::{}::{}", camel(right), camel(does)));
    writeln!(
        out,
        "RowInfo {{ id: {:?}, number: {}, source: Source::{source}, planned: {}, personal: {}, name: {}, what: {}, \
         subjects: {}, categories: &{:?}, purposes: &[{}], basis: Basis::{}, required: {}, period: {}, \
         recipients: {}, places: {}, rights: Rights {{ {} }}, columns: &{:?}, files: &{:?}, promises: &{:?}, \
         decisions: &{:?} }},",
        row.id,
        row.number,
        row.planned,
        row.personal,
        words(&row.name),
        words(&row.what),
        variants("Subject", &row.subjects),
        row.categories,
        purposes.collect::<Vec<_>>().join(", "),
        camel(&row.basis),
        row.required,
        period(row),
        variants("Recipient", &row.recipients),
        variants("Place", &row.places),
        rights.collect::<Vec<_>>().join(", "),
        row.columns,
        row.files,
        row.promises,
        row.decisions,
    )
    .expect(TEXT);
}

fn period(row: &Row) -> String {
    let event =
        |id: &Option<String>| format!("Event::{}", camel(id.as_deref().expect("events of periods were checked")));
    let limits = row.period.limits.iter().map(|limit| {
        let length = match Length::parse(&limit.length).expect("lengths were checked") {
            Length::Millis(ms) => format!("Length::Millis({ms})"),
            Length::Months(months) => format!("Length::Months({months})"),
        };
        format!("Limit {{ length: {length}, from: {} }}", event(&limit.from))
    });
    let ends = row.period.ends.iter().map(|end| variants("Event", &end.split('+').collect::<Vec<_>>()));
    format!(
        "Period {{ starts: {}, limits: &[{}], ends: &[{}] }}",
        event(&row.period.starts),
        limits.collect::<Vec<_>>().join(", "),
        ends.collect::<Vec<_>>().join(", ")
    )
}

fn variants<S: AsRef<str>>(of: &str, ids: &[S]) -> String {
    let listed = ids.iter().map(|id| format!("{of}::{}", camel(id.as_ref())));
    format!("&[{}]", listed.collect::<Vec<_>>().join(", "))
}

fn words(words: &Words) -> String {
    format!("Words {{ en: {:?}, zh: {:?} }}", words.en, words.zh)
}

/// `chat_message` as `ChatMessage`.
pub(crate) fn camel(id: &str) -> String {
    id.split('_')
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        })
        .collect()
}
