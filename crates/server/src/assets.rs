//! The web client, embedded in the binary: one file to deploy. Whoever changes it serves a folder instead (`--web`).

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderValue, Method, Response, StatusCode};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Embedded;

/// Where the files of the client come from.
#[derive(Clone, Debug)]
pub(crate) enum Client {
    /// From the binary.
    Embedded,
    /// From a folder, as it is at each request.
    Folder(Arc<Path>),
}

/// A file of the client.
struct File {
    data: Cow<'static, [u8]>,
    digest: [u8; 32],
}

impl Client {
    /// The embedded client, or the one in that folder.
    pub(crate) fn of(folder: Option<PathBuf>) -> Self {
        folder.map_or(Self::Embedded, |folder| Self::Folder(folder.into()))
    }

    fn get(&self, path: &str) -> Option<File> {
        match self {
            Self::Embedded => {
                Embedded::get(path).map(|file| File { data: file.data, digest: file.metadata.sha256_hash() })
            }
            Self::Folder(folder) => {
                let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
                let data = inside.then(|| std::fs::read(folder.join(path)).ok()).flatten()?;
                let digest = Sha256::digest(&data).into();
                Some(File { data: data.into(), digest })
            }
        }
    }
}

/// Files under this folder carry a digest in their name, so they never change.
const HASHED: &str = "assets/";

/// Answers everything that is not an interface: a file of the client, or its first page (the client routes by itself).
pub(crate) async fn serve(State(client): State<Client>, request: Request) -> Response<Body> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET");
    }
    let path = request.uri().path().trim_start_matches('/');
    if let Some(file) = client.get(path) {
        return answer(&client, &request, path, file);
    }
    if path.starts_with(HASHED) || path.starts_with("v1/") {
        return plain(StatusCode::NOT_FOUND, "no such file");
    }
    match client.get("index.html") {
        Some(file) => answer(&client, &request, "index.html", file),
        None => plain(StatusCode::NOT_FOUND, "this server was built without its web client: run `cargo xtask run`"),
    }
}

/// Answers with a file; compressed where the build made a smaller twin (`name.br`) and the browser takes it.
fn answer(client: &Client, request: &Request, path: &str, file: File) -> Response<Body> {
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let takes_brotli = accepted.split(',').any(|coding| coding.trim().split(';').next() == Some("br"));
    let twin = takes_brotli.then(|| client.get(&format!("{path}.br"))).flatten();
    let encoded = twin.is_some();
    let file = twin.unwrap_or(file);
    let tag = etag(&file);
    let mut response = if request.headers().get(IF_NONE_MATCH) == Some(&tag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        Response::new(match file.data {
            Cow::Borrowed(data) => Body::from(data),
            Cow::Owned(data) => Body::from(data),
        })
    };
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let mime = if mime.type_() == "text" { format!("{mime}; charset=utf-8") } else { mime.to_string() };
    let cache = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(&mime).expect("a media type is ASCII"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(ETAG, tag);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if encoded {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn etag(file: &File) -> HeaderValue {
    let digest: String = file.digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{digest}\"")).expect("hexadecimal digits are ASCII")
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_serves_what_lies_in_it_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("client")).unwrap();
        std::fs::write(folder.path().join("client/index.html"), "here").unwrap();
        std::fs::write(folder.path().join("secret"), "not yours").unwrap();
        let client = Client::of(Some(folder.path().join("client")));
        assert_eq!(&*client.get("index.html").unwrap().data, b"here");
        let outside = folder.path().join("secret");
        for path in ["../secret", "./../secret", outside.to_str().unwrap(), "", "none.js"] {
            assert!(client.get(path).is_none(), "{path}");
        }
    }
}
