//! How requests come in: bodies, ids in paths, the address of whoever asks. Refusals are problem documents.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request};
use axum::response::Response;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use http::request::Parts;
use policy::Language;
use serde::de::DeserializeOwned;
use wire::Problem;

use crate::limits::{PHOTO_BYTES_MAX, REQUEST_BYTES_MAX};
use crate::problem::response;

/// A JSON body of at most so many bytes.
#[derive(Debug)]
pub struct JsonBody<T, const BYTES_MAX: usize = REQUEST_BYTES_MAX>(pub T);

impl<T: DeserializeOwned, S: Send + Sync, const BYTES_MAX: usize> FromRequest<S> for JsonBody<T, BYTES_MAX> {
    type Rejection = Response;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Response> {
        // Only this type: a page elsewhere cannot send it without asking first (CORS).
        let json = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        });
        if !json {
            let detail = "the body must be JSON, with Content-Type: application/json";
            return Err(response(Problem::new(415, "not_json", detail)));
        }
        let bytes = to_bytes(request.into_body(), BYTES_MAX).await.map_err(|_| {
            response(Problem::new(413, "too_large", format!("a body may have at most {BYTES_MAX} bytes")))
        })?;
        // What the parser complains about is a name of a field or a position, never a value of a field.
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let detail = if error.is_data() {
                format!("the body is not what this call takes: {}", reason(&error))
            } else {
                "the body is not JSON".to_owned()
            };
            response(Problem::new(400, "malformed", detail))
        })
    }
}

/// A JPEG as the body.
#[derive(Debug)]
pub(crate) struct JpegBody(pub(crate) Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for JpegBody {
    type Rejection = Response;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("image/jpeg")) {
            let detail = "the body must be a picture, with Content-Type: image/jpeg";
            return Err(response(Problem::new(415, "not_jpeg", detail)));
        }
        let bytes = to_bytes(request.into_body(), PHOTO_BYTES_MAX).await.map_err(|_| {
            response(Problem::new(413, "too_large", format!("a photo may have at most {PHOTO_BYTES_MAX} bytes")))
        })?;
        Ok(Self(bytes.to_vec()))
    }
}

/// A data error without the value it may quote.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("missing field") {
        return text;
    }
    format!("line {}, column {}", error.line(), error.column())
}

/// The id in a path. A text that is no id is an id that nothing has.
#[derive(Clone, Copy, Debug)]
pub struct IdPath<T>(pub T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for IdPath<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        let id = text.and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| response(Problem::new(404, "not_found", "there is nothing with this id")))
    }
}

/// A text in a path. What is no text is one that nothing has.
#[derive(Clone, Debug)]
pub(crate) struct TextPath(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for TextPath {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(text.map(|Path(text)| text).unwrap_or_default()))
    }
}

/// The language in which whoever asks reads, for what is sent outside of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reads(pub(crate) Language);

impl<S: Send + Sync> FromRequestParts<S> for Reads {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let list = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self(Language::accepted(list.unwrap_or_default())))
    }
}

/// Where a request comes from: what a server behind a proxy puts into the request's extensions, else the connection's
/// other end. For limits and the log-in record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// What a limit counts by: an IPv4 address, or the network (/64) of an IPv6 address, which is what one household has.
    pub fn network(self) -> Vec<u8> {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets()[..8].to_vec(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        if let Some(address) = parts.extensions.get::<Self>() {
            return Ok(*address);
        }
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(other)| other.ip().to_canonical())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_household_is_one_network() {
        let network = |text: &str| ClientAddress(text.parse().unwrap()).network();
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
