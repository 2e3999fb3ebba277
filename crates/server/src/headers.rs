//! What every answer carries, and which hosts are answered at all.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use wire::Problem;

/// Scripts, styles and connections from here alone; pictures may also be made in the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// For two years no browser that was here once comes without TLS; ASVS asks for one at least.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");
/// What says nothing else about it is nobody's to keep.
const KEEP_NOTHING: HeaderValue = HeaderValue::from_static("no-store");

/// Adds the security headers; where browsers come over TLS, also the one that keeps them there.
pub(crate) async fn protect(State(Tls(tls)): State<Tls>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers: &mut HeaderMap = response.headers_mut();
    let fixed: [(HeaderName, &str); 7] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(self), microphone=(self)"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(KEEP_NOTHING);
    if tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    response
}

/// Whether browsers find this server over TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tls(pub(crate) bool);

/// The names this server answers to: a page elsewhere that makes its own name point here gets nothing (DNS rebinding).
#[derive(Clone, Debug)]
pub(crate) struct Hosts(Arc<[String]>);

impl Hosts {
    /// The hosts of these origins (`https://host[:port]`).
    pub(crate) fn of(origins: &[String]) -> Self {
        Self(origins.iter().filter_map(|o| o.split_once("://")).map(|(_, host)| host.to_ascii_lowercase()).collect())
    }

    /// Whether all of these browsers reach us over TLS.
    pub(crate) fn tls(origins: &[String]) -> Tls {
        Tls(origins.iter().all(|origin| origin.starts_with("https://")))
    }

    /// One `Host`, and one that is ours; the same for the host in the request line of a client that speaks as to a proxy.
    fn know(&self, request: &Request) -> bool {
        let known = |host: &str| self.0.iter().any(|known| known.eq_ignore_ascii_case(host));
        let mut hosts = request.headers().get_all(HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok()).unwrap_or_default();
        hosts.next().is_none() && known(host) && request.uri().authority().is_none_or(|other| known(other.as_str()))
    }
}

/// Refuses requests to a name that is not ours.
pub(crate) async fn check_host(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    if hosts.know(&request) {
        return next.run(request).await;
    }
    let detail = "this server does not answer to that host name; its operator sets it with --origin";
    let problem = Problem::new(StatusCode::MISDIRECTED_REQUEST.as_u16(), "unknown_host", detail);
    let media = [(CONTENT_TYPE, Problem::MEDIA_TYPE)];
    (StatusCode::MISDIRECTED_REQUEST, media, axum::Json(problem)).into_response()
}
