//! The shape of the linked data.

use std::collections::BTreeSet;

use disclosure::{Site, linked_data};
use serde_json::Value;

/// Names that mean something without the context, or that only structure the document.
const PLAIN: [&str; 5] = ["@context", "@id", "@type", "en", "zh"];

fn keys(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.keys().cloned());
            fields.iter().filter(|(name, _)| *name != "@context").for_each(|(_, value)| keys(value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, into)),
        _ => {}
    }
}

#[test]
fn every_prefix_is_declared_and_nothing_has_to_be_fetched() {
    let document = linked_data(&Site::demo());
    let context = document["@context"].as_object().unwrap();
    let text = document.to_string();
    for prefix in ["dpv", "gdpr", "dct", "xsd", "billet"] {
        assert!(context.contains_key(prefix), "{prefix}");
    }
    assert!(context.values().all(|value| !value.as_str().is_some_and(|iri| iri.ends_with(".jsonld"))));
    for term in [
        "dpv:hasPersonalDataHandling",
        "dpv:hasPurpose",
        "dpv:hasLegalBasis",
        "dpv:hasStorageCondition",
        "dpv:hasRecipient",
    ] {
        assert!(text.contains(term), "{term}");
    }
    let mut names = BTreeSet::new();
    keys(&document, &mut names);
    assert!(names.len() > PLAIN.len());
}

#[test]
fn a_row_looks_like_this() {
    let document = linked_data(&Site::demo());
    let row = document["rows"].as_array().unwrap().iter().find(|row| row["id"] == "chat_message").unwrap();
    insta::assert_json_snapshot!(row);
}

/// Each length is an ISO 8601 duration, and each row has all its rights.
#[test]
fn every_row_has_its_storage_and_its_rights() {
    let document = linked_data(&Site::demo());
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(rows.len(), policy::all().len());
    for row in rows {
        assert!(!row["storage"].as_array().unwrap().is_empty(), "{}", row["id"]);
        assert_eq!(row["rights"].as_array().unwrap().len(), 6, "{}", row["id"]);
        for length in row["storage"].as_array().unwrap().iter().filter_map(|storage| storage["length"].as_str()) {
            assert!(length.starts_with('P') && length.bytes().any(|byte| byte.is_ascii_digit()), "{length}");
        }
    }
}
