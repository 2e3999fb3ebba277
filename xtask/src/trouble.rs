//! What went wrong, and what to do about it.

use std::fmt;

/// An error for a person at a terminal.
#[derive(Debug)]
pub(crate) struct Trouble {
    what: String,
    remedy: String,
}

impl Trouble {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }

    /// What went wrong, for a trouble that another one explains.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  what to do: {}", self.what, self.remedy)
    }
}

impl std::error::Error for Trouble {}
