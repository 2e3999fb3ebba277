//! What every answer carries, and which hosts are answered at all.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use wire::Problem;

/// Scripts, styles and connections from here alone; pictures may also be made in the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Adds the security headers.
pub(crate) async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers: &mut HeaderMap = response.headers_mut();
    let fixed: [(HeaderName, &str); 6] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(self), microphone=(self)"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The names this server answers to: a page elsewhere that makes its own name point here gets nothing (DNS rebinding).
#[derive(Clone, Debug)]
pub(crate) struct Hosts(Arc<[String]>);

impl Hosts {
    /// The hosts of these origins (`https://host[:port]`).
    pub(crate) fn of(origins: &[String]) -> Self {
        Self(origins.iter().filter_map(|o| o.split_once("://")).map(|(_, host)| host.to_ascii_lowercase()).collect())
    }

    fn know(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        self.0.iter().any(|known| known.eq_ignore_ascii_case(host))
    }
}

/// Refuses requests to a name that is not ours.
pub(crate) async fn check_host(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    if hosts.know(request.headers()) {
        return next.run(request).await;
    }
    let detail = "this server does not answer to that host name; its operator sets it with --origin";
    let problem = Problem::new(StatusCode::MISDIRECTED_REQUEST.as_u16(), "unknown_host", detail);
    let media = [(CONTENT_TYPE, Problem::MEDIA_TYPE)];
    (StatusCode::MISDIRECTED_REQUEST, media, axum::Json(problem)).into_response()
}
