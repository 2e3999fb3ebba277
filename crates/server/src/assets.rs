//! The web client, embedded in the binary: one file to deploy.

use axum::body::Body;
use axum::extract::Request;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderValue, Method, Response, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Client;

/// Files under this folder carry a digest in their name, so they never change.
const HASHED: &str = "assets/";

/// Answers everything that is not an interface: a file of the client, or its first page (the client routes by itself).
pub(crate) async fn serve(request: Request) -> Response<Body> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET");
    }
    let path = request.uri().path().trim_start_matches('/');
    if let Some(file) = Client::get(path) {
        return answer(&request, path, &file);
    }
    if path.starts_with(HASHED) || path.starts_with("v1/") {
        return plain(StatusCode::NOT_FOUND, "no such file");
    }
    match Client::get("index.html") {
        Some(file) => answer(&request, "index.html", &file),
        None => plain(StatusCode::NOT_FOUND, "this server was built without its web client: run `cargo xtask run`"),
    }
}

/// Answers with a file; compressed where the build made a smaller twin (`name.br`) and the browser takes it.
fn answer(request: &Request, path: &str, file: &EmbeddedFile) -> Response<Body> {
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let takes_brotli = accepted.split(',').any(|coding| coding.trim().split(';').next() == Some("br"));
    let twin = takes_brotli.then(|| Client::get(&format!("{path}.br"))).flatten();
    let file = twin.as_ref().unwrap_or(file);
    let tag = etag(file);
    let mut response = if request.headers().get(IF_NONE_MATCH) == Some(&tag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        Response::new(Body::from(file.data.clone().into_owned()))
    };
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let mime = if mime.type_() == "text" { format!("{mime}; charset=utf-8") } else { mime.to_string() };
    let cache = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(&mime).expect("a media type is ASCII"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(ETAG, tag);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if twin.is_some() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let digest: String = file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{digest}\"")).expect("hexadecimal digits are ASCII")
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
