//! `policy/operators/` and `policy/regions/`: read, checked, and written as Rust.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::{one_line, table};
use crate::operator::{Address, Operator};
use crate::region::Region;

/// A file's name and text.
pub(crate) type File = (String, String);

/// Reads the operators and refuses what does not fit.
pub(crate) fn operators(files: &[File]) -> Result<Vec<Operator>, Vec<String>> {
    let (operators, mut refusals) = read::<Operator>("operators", files);
    let mut ids = BTreeSet::new();
    for operator in &operators {
        refusals.extend(operator.check());
        if !ids.insert(&operator.id) {
            refusals.push(format!("operator {}: id: another file has it already", operator.id));
        }
    }
    if !ids.iter().any(|id| id.as_ref() == "demo") {
        refusals.push("operators/demo.toml: is missing; demo mode starts with it".to_owned());
    }
    if refusals.is_empty() { Ok(operators) } else { Err(refusals) }
}

/// Reads the regions and refuses what does not fit.
pub(crate) fn regions(files: &[File]) -> Result<Vec<Region>, Vec<String>> {
    let (regions, mut refusals) = read::<Region>("regions", files);
    let mut codes = BTreeSet::new();
    // `zip` pairs files with regions only when all could be read; otherwise the reading's own refusals stand.
    for ((name, _), region) in files.iter().zip(&regions).filter(|_| files.len() == regions.len()) {
        refusals.extend(region.check(name));
        let twice = region.codes.iter().filter(|code| !codes.insert(*code));
        refusals.extend(twice.map(|code| format!("regions/{name}: codes: another file has {code} already")));
    }
    if !files.iter().any(|(name, _)| name == "default.toml") {
        refusals.push("regions/default.toml: is missing; it holds the ages of every other region".to_owned());
    }
    if refusals.is_empty() { Ok(regions) } else { Err(refusals) }
}

fn read<T: serde::de::DeserializeOwned>(folder: &str, files: &[File]) -> (Vec<T>, Vec<String>) {
    let (mut read, mut refusals) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let name = format!("{folder}/{name}");
        let parsed = table(&name, text)
            .and_then(|table| table.try_into::<T>().map_err(|error| format!("{name}: {}", one_line(&error))));
        match parsed {
            Ok(parsed) => read.push(parsed),
            Err(refusal) => refusals.push(refusal),
        }
    }
    (read, refusals)
}

/// Both as statics.
pub(crate) fn code(operators: &[Operator], regions: &[Region]) -> String {
    let operators = array("operator::Operator", "OPERATORS", operators.iter().map(operator));
    let regions = array("region::Region", "REGIONS", regions.iter().map(region));
    format!("{operators}{regions}")
}

fn array(of: &str, name: &str, items: impl ExactSizeIterator<Item = String>) -> String {
    format!("static {name}: [{of}; {}] = [\n{}\n];\n", items.len(), items.collect::<Vec<_>>().join(",\n"))
}

fn operator(operator: &Operator) -> String {
    let controllers = operator.controllers.iter().map(|controller| {
        format!(
            "operator::Controller {{ name: {}, seat: {}, countries: {}, rest: {} }}",
            text(&controller.name),
            text(&controller.seat),
            texts(&controller.countries),
            controller.rest
        )
    });
    let companies = operator.companies.iter().map(|company| {
        format!("operator::Company {{ name: {}, region: {} }}", text(&company.name), text(&company.region))
    });
    format!(
        "operator::Operator {{ id: {}, name: {}, profile: operator::Profile::{:?}, demo: {}, conformance: {}, \
         controllers: {}, companies: {}, storage_places: {}, staff_places: {}, contact: {}, officer: {}, \
         dispute_body: {} }}",
        text(&operator.id),
        text(&operator.name),
        operator.profile,
        operator.demo,
        operator.conformance,
        list(controllers),
        list(companies),
        texts(&operator.storage_places),
        texts(&operator.staff_places),
        address(&operator.contact),
        address(&operator.officer),
        text(&operator.dispute_body),
    )
}

fn region(region: &Region) -> String {
    format!(
        "region::Region {{ codes: {}, consent_age: {}, majority_age: {}, reason: {}, relevant: {}, rights: {}, \
         addendum: {}, local_text_prevails: {} }}",
        texts(&region.codes),
        region.consent_age,
        region.majority_age,
        text(&region.reason),
        region.relevant,
        texts(&region.rights),
        region.addendum,
        region.local_text_prevails,
    )
}

fn address(address: &Address) -> String {
    format!("operator::Address {{ email: {}, post: {} }}", text(&address.email), text(&address.post))
}

fn text(text: &str) -> String {
    format!("::std::borrow::Cow::Borrowed({text:?})")
}

fn texts(texts: &[Cow<'static, str>]) -> String {
    list(texts.iter().map(|item| text(item)))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("::std::borrow::Cow::Borrowed(&[{}])", items.collect::<Vec<_>>().join(", "))
}
