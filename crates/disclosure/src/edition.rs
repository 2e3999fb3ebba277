//! The versions of the policy with their rows, and what changed between two of them.

use std::collections::{BTreeMap, BTreeSet};

use policy::{RowInfo, Version, Words};
use serde_json::{Map, Value, json};

use crate::iso_8601;

/// A version of the policy with its rows.
#[derive(Clone, Debug)]
pub struct Edition {
    /// From 1, without a gap.
    pub number: u32,
    /// `YYYY-MM-DD`.
    pub published: String,
    /// `YYYY-MM-DD`.
    pub effective: String,
    /// Still being written.
    pub draft: bool,
    /// People have to be shown it (NOTI-SIG).
    pub significant: bool,
    /// What changed.
    pub summary: Words,
    /// SHA-256 of the policy's files.
    pub digest: String,
    /// Its rows, in the form of [`canonical_rows`].
    pub rows: Value,
}

impl Edition {
    /// Every version there was, the newest last.
    pub fn all() -> Vec<Self> {
        policy::versions().iter().map(Self::of).collect()
    }

    fn of(version: &Version) -> Self {
        let today = || canonical_rows(policy::all());
        let kept = version.kept_rows().map(|rows| serde_json::from_str(rows).unwrap_or(Value::Null));
        Self {
            number: version.number,
            published: version.published.to_owned(),
            effective: version.effective.to_owned(),
            draft: version.draft(),
            significant: version.significant,
            summary: version.summary,
            digest: version.digest().to_owned(),
            rows: kept.unwrap_or_else(today),
        }
    }
}

/// Rows in a form that is kept for good: ids and values, in a fixed order.
pub fn canonical_rows(rows: &[RowInfo]) -> Value {
    rows.iter().map(canonical_row).collect()
}

fn canonical_row(row: &RowInfo) -> Value {
    let ids = |ids: Vec<&'static str>| ids;
    let limits = row.period.limits.iter().map(|limit| format!("{} from {}", iso_8601(limit.length), limit.from.id()));
    let ends = row.period.ends.iter().map(|events| events.iter().map(|event| event.id()).collect::<Vec<_>>().join("+"));
    json!({
        "id": row.id,
        "number": row.number,
        "planned": row.planned,
        "required": row.required,
        "name": { "en": row.name.en, "zh": row.name.zh },
        "what": { "en": row.what.en, "zh": row.what.zh },
        "about": ids(row.subjects.iter().map(|subject| subject.id()).collect()),
        "categories": row.categories,
        "purposes": ids(row.purposes.iter().map(|purpose| purpose.id).collect()),
        "basis": row.basis.id(),
        "period": limits.collect::<Vec<_>>(),
        "ends": ends.collect::<Vec<_>>(),
        "recipients": ids(row.recipients.iter().map(|recipient| recipient.id()).collect()),
        "places": ids(row.places.iter().map(|place| place.id()).collect()),
        "rights": {
            "access": row.rights.access.id(),
            "correct": row.rights.correct.id(),
            "erase": row.rights.erase.id(),
            "restrict": row.rights.restrict.id(),
            "port": row.rights.port.id(),
            "object": row.rights.object.id(),
        },
    })
}

/// What happened to a row from one version to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added(String),
    /// It is no more.
    Removed(String),
    /// These of its fields say something else.
    Changed(String, Vec<Field>),
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it said.
    pub before: String,
    /// What it says now.
    pub now: String,
}

/// What changed between the rows of two versions, in the order of ids.
pub fn difference(before: &Value, now: &Value) -> Vec<Change> {
    let (before, now) = (by_id(before), by_id(now));
    let ids: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let change = |id: &String| match (before.get(id), now.get(id)) {
        (None, Some(_)) => Some(Change::Added(id.clone())),
        (Some(_), None) => Some(Change::Removed(id.clone())),
        (Some(before), Some(now)) if before != now => Some(Change::Changed(id.clone(), fields(before, now))),
        _ => None,
    };
    ids.into_iter().filter_map(change).collect()
}

fn by_id(rows: &Value) -> BTreeMap<String, &Map<String, Value>> {
    let listed = rows.as_array().into_iter().flatten().filter_map(Value::as_object);
    listed.filter_map(|row| Some((row.get("id")?.as_str()?.to_owned(), row))).collect()
}

fn fields(before: &Map<String, Value>, now: &Map<String, Value>) -> Vec<Field> {
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let field = |name: &&String| {
        let (before, now) = (before.get(*name), now.get(*name));
        (before != now).then(|| Field { name: (*name).clone(), before: shown(before), now: shown(now) })
    };
    names.iter().filter_map(field).collect()
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.is_empty() => "-".to_owned(),
        Some(Value::Array(items)) => items.iter().map(|item| shown(Some(item))).collect::<Vec<_>>().join(", "),
        Some(Value::Object(fields)) => {
            let parts = fields.iter().map(|(name, value)| format!("{name}: {}", shown(Some(value))));
            parts.collect::<Vec<_>>().join("; ")
        }
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_rows_and_fields() {
        let now = canonical_rows(policy::all());
        assert_eq!(difference(&now, &now), []);
        let mut before = now.clone();
        let rows = before.as_array_mut().unwrap();
        let chat = rows.iter_mut().find(|row| row["id"] == "chat_message").unwrap();
        chat["period"] = json!(["PT96H from sending"]);
        let gone = rows.iter().position(|row| row["id"] == "remark").unwrap();
        rows.remove(gone);
        rows.push(json!({ "id": "old" }));
        let changes = difference(&before, &now);
        let period = Field {
            name: "period".into(),
            before: "PT96H from sending".into(),
            now: "PT72H from sending, PT3H from delivery".into(),
        };
        let expected = [
            Change::Changed("chat_message".into(), vec![period]),
            Change::Removed("old".into()),
            Change::Added("remark".into()),
        ];
        assert_eq!(changes, expected);
    }
}
