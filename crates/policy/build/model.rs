//! The shapes of `policy/*.toml`, read entry by entry so that an error can name the entry and the field.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Table;

/// `policy/policy.toml`, read and checked.
pub(crate) struct Policy {
    pub(crate) events: BTreeMap<String, Words>,
    pub(crate) bases: BTreeMap<String, Words>,
    pub(crate) subjects: BTreeMap<String, Words>,
    pub(crate) places: BTreeMap<String, Words>,
    pub(crate) recipients: BTreeMap<String, Recipient>,
    pub(crate) purposes: BTreeMap<String, Purpose>,
    /// What each right may do to a row, by the name of the right.
    pub(crate) rights: BTreeMap<String, BTreeMap<String, Words>>,
    pub(crate) rows: Vec<Row>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) en: String,
    pub(crate) zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipient {
    pub(crate) class: Class,
    /// May get any personal row, on the terms its words say, without standing in the row.
    #[serde(default)]
    pub(crate) every_row: bool,
    pub(crate) en: String,
    pub(crate) zh: String,
}

/// D-49: bound to the policy, or not, and nothing may be both.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Class {
    Person,
    Group,
    Processor,
    Boundary,
    Authority,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Purpose {
    pub(crate) data_use: String,
    pub(crate) en: String,
    pub(crate) zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) number: u16,
    pub(crate) source: Source,
    #[serde(default)]
    pub(crate) planned: bool,
    #[serde(default = "yes")]
    pub(crate) personal: bool,
    pub(crate) name: Words,
    pub(crate) what: Words,
    pub(crate) subjects: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) purposes: Vec<String>,
    pub(crate) basis: String,
    pub(crate) required: bool,
    pub(crate) period: Period,
    pub(crate) recipients: Vec<String>,
    pub(crate) places: Vec<String>,
    pub(crate) rights: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    #[serde(default)]
    pub(crate) files: Vec<String>,
    #[serde(default)]
    pub(crate) promises: Vec<String>,
    #[serde(default)]
    pub(crate) decisions: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    Policy,
    Ours,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Period {
    /// Optional here so that its absence is refused in our own words.
    pub(crate) starts: Option<String>,
    #[serde(default)]
    pub(crate) limits: Vec<Limit>,
    #[serde(default)]
    pub(crate) ends: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    /// ISO 8601: `PT72H`, `P90D`, `P3M`.
    pub(crate) length: String,
    pub(crate) from: Option<String>,
}

/// A parsed length, as `policy::Length` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Millis(i64),
    Months(i64),
}

/// What the policy is checked against.
pub(crate) struct Facts {
    pub(crate) categories: BTreeSet<String>,
    pub(crate) data_uses: BTreeSet<String>,
    pub(crate) promises: BTreeMap<String, Promise>,
    pub(crate) decisions: BTreeSet<String>,
}

/// The part of a promise that binds rows.
#[derive(Deserialize)]
pub(crate) struct Promise {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) period: Option<String>,
    #[serde(default)]
    pub(crate) until: Vec<String>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

impl Facts {
    /// From the texts of `fideslang.toml` and `promises.toml`.
    pub(crate) fn read(fideslang: &str, promises: &str) -> Result<Self, String> {
        let taxonomy: Table = table("fideslang.toml", fideslang)?;
        let register: Table = table("promises.toml", promises)?;
        let keys = |name: &str| entry::<BTreeSet<String>>(&taxonomy, "fideslang.toml", name);
        let listed: Vec<Promise> = entry(&register, "promises.toml", "promise")?;
        let decisions: Vec<Id> = entry(&register, "promises.toml", "decision")?;
        Ok(Self {
            categories: keys("data_categories")?,
            data_uses: keys("data_uses")?,
            promises: listed.into_iter().map(|promise| (promise.id.clone(), promise)).collect(),
            decisions: decisions.into_iter().map(|decision| decision.id).collect(),
        })
    }
}

/// Reads one file as a table; the error is one line.
pub(crate) fn table(file: &str, text: &str) -> Result<Table, String> {
    text.parse().map_err(|error: toml::de::Error| format!("{file}: {}", one_line(&error)))
}

/// Reads one entry of a table; the error names the file, the entry and the field.
pub(crate) fn entry<T: DeserializeOwned>(table: &Table, file: &str, name: &str) -> Result<T, String> {
    let value = table.get(name).ok_or_else(|| format!("{file}: `{name}` is missing"))?;
    value.clone().try_into().map_err(|error| format!("{file}: {name}: {}", one_line(&error)))
}

/// What is wrong and in which field, without the picture of the place.
pub(crate) fn one_line(error: &toml::de::Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Length {
    /// Reads ISO 8601: months or years alone, or days, hours, minutes and seconds (`P3M`, `P1Y`, `P90D`, `PT72H`, `PT5M`).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('P')?;
        let mut ms = 0_i64;
        let mut months = 0_i64;
        let mut in_time = false;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('T').filter(|_| !in_time) {
                in_time = true;
                rest = after;
                continue;
            }
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let count: i64 = rest[..digits].parse().ok()?;
            let unit = rest[digits..].chars().next()?;
            let unit_ms: i64 = match (unit, in_time) {
                ('Y', false) => 0,
                ('M', false) => 0,
                ('D', false) => 86_400_000,
                ('H', true) => 3_600_000,
                ('M', true) => 60_000,
                ('S', true) => 1_000,
                _ => return None,
            };
            ms += count.checked_mul(unit_ms)?;
            months += if unit_ms > 0 { 0 } else { count * if unit == 'Y' { 12 } else { 1 } };
            rest = &rest[digits + 1..];
        }
        match (months, ms) {
            (0, 1..) => Some(Self::Millis(ms)),
            (1.., 0) => Some(Self::Months(months)),
            _ => None,
        }
    }

    /// No more than a year, leap or common.
    pub(crate) fn within_a_year(self) -> bool {
        match self {
            Self::Millis(ms) => ms <= 365 * 86_400_000,
            Self::Months(months) => months <= 12,
        }
    }
}

fn yes() -> bool {
    true
}
