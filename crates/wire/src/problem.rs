//! Errors over HTTP.

use std::borrow::Cow;

use serde::Serialize;

/// An RFC 9457 problem document; `code` is stable, `detail` says what to do.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// The HTTP status, repeated.
    pub status: u16,
    /// A short name of the problem, the same each time.
    #[schema(value_type = String)]
    pub title: Cow<'static, str>,
    /// Stable code for programs, e.g. `alias_required`.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// What happened and what to do, in English.
    #[serde(skip_serializing_if = "str::is_empty")]
    #[schema(value_type = String)]
    pub detail: Cow<'static, str>,
    /// When to try again, where waiting helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_in_s: Option<u64>,
}

impl Problem {
    /// The media type of these documents.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// A problem without a time to wait.
    pub fn new(status: u16, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let title = Cow::Owned(code.replace('_', " "));
        Self { status, title, code: Cow::Borrowed(code), detail: detail.into(), retry_in_s: None }
    }

    /// The same, with the time after which to try again.
    #[must_use]
    pub fn retry_in(mut self, seconds: u64) -> Self {
        self.retry_in_s = Some(seconds);
        self
    }
}
