//! Errors as RFC 9457 problem documents.

use std::error::Error;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use wire::Problem;

/// An error of a verb that a client is told.
pub(crate) trait Refuse: Error {
    /// What the client is told.
    fn problem(&self) -> Problem;
}

/// The answer. What is our own fault is logged, here and nowhere else.
pub(crate) fn respond(error: &dyn Refuse) -> Response {
    let problem = error.problem();
    if problem.status >= 500 {
        let mut cause = String::new();
        let mut source = error.source();
        while let Some(inner) = source {
            cause.push_str(": ");
            cause.push_str(&inner.to_string());
            source = inner.source();
        }
        tracing::error!(code = %problem.code, "{error}{cause}");
    }
    response(problem)
}

/// A problem document as an answer.
pub fn response(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let wait = problem.retry_in_s;
    let mut response = (status, Json(problem)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
    if let Some(seconds) = wait {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Milliseconds to wait, as seconds rounded up.
pub(crate) fn seconds(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0).div_ceil(1_000)
}

/// Too often.
pub(crate) fn slow_down(wait_ms: i64) -> Problem {
    Problem::new(429, "too_many", "too many requests; wait and try again").retry_in(seconds(wait_ms))
}

/// Lets an error of a verb be its answer.
macro_rules! answers {
    ($($error:ty),+ $(,)?) => {$(
        impl ::axum::response::IntoResponse for $error {
            fn into_response(self) -> ::axum::response::Response {
                $crate::problem::respond(&self)
            }
        }
    )+};
}
pub(crate) use answers;

/// Lets a statement's failure be a fault of the verb.
macro_rules! faults {
    ($($error:ty),+ $(,)?) => {$(
        impl From<::storage::sql::Error> for $error {
            fn from(error: ::storage::sql::Error) -> Self {
                Self::Fault($crate::Fault::Database(error))
            }
        }
    )+};
}
pub(crate) use faults;
