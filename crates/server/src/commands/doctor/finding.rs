//! What the doctor says: one line for each thing looked at, and what to do about it.

use serde::Serialize;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// As it should be.
    Ok,
    /// Worth a look: it works, and could be better.
    Look,
    /// It does not work, or does not keep what is promised.
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    /// What was looked at: stable, for programs.
    pub(crate) check: &'static str,
    /// How it is.
    pub(crate) level: Level,
    /// In plain words.
    pub(crate) says: String,
    /// What to do, when something is to be done.
    #[serde(rename = "do")]
    pub(crate) remedy: Option<String>,
}

impl Finding {
    pub(crate) fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, says: says.into(), remedy: None }
    }

    pub(crate) fn look(check: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Look, says: says.into(), remedy: Some(remedy.into()) }
    }

    pub(crate) fn wrong(check: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Wrong, says: says.into(), remedy: Some(remedy.into()) }
    }
}

/// An error with all that caused it, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
