//! The control socket: `<data>/control.sock`, for the command line of this machine's operator. Whoever may open it may ask
//! everything here, so its mode is 0600; it is never reached over a network.
//!
//! Routes: `GET /audit`, `POST /backup`, `GET /reports`, `POST /reports/close`.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use people::People;
use tokio::net::UnixListener;

use crate::backups::{Backups, Wanted};
use crate::commands::reports::Closing;
use crate::looker::Looker;

/// Its name in the data folder, and the one it is made under.
const NAME: &str = "control.sock";
const DRAFT: &str = "control.sock.draft";
/// Longest path that a Unix socket's address holds, its closing zero left out.
const PATH_BYTES_MAX: usize = 107;
/// How long a command waits for the running server. An audit of millions of rows takes seconds.
pub(crate) const ANSWER_WAIT: Duration = Duration::from_secs(120);

/// What the routes need.
#[derive(Clone)]
pub(crate) struct Control {
    pub(crate) looker: Arc<Looker>,
    pub(crate) backups: Arc<Backups>,
    pub(crate) people: Arc<People>,
}

/// The open socket. Its file is removed when this is dropped.
pub(crate) struct Socket {
    listener: Option<UnixListener>,
    path: PathBuf,
}

impl Socket {
    /// Makes the socket in the data folder, in place of one that a killed server left. To be called by the server that holds
    /// the folder's locks.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let (folder, _held) = short(data)?;
        let draft = folder.join(DRAFT);
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // Nobody knows it by this name: when it gets its own, its mode is right.
        let listener = UnixListener::bind(&draft)?;
        fs::set_permissions(&draft, Permissions::from_mode(0o600))?;
        fs::rename(&draft, folder.join(NAME))?;
        Ok(Self { listener: Some(listener), path: data.join(NAME) })
    }

    /// Answers until `stopped`.
    pub(crate) async fn serve(mut self, control: Control, stopped: impl Future<Output = ()> + Send + 'static) {
        let Some(listener) = self.listener.take() else { return };
        let served = axum::serve(listener, routes(control)).with_graceful_shutdown(stopped).await;
        if let Err(error) = served {
            tracing::warn!(%error, "the control socket ended");
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // The next start replaces it if it stays.
        let _removed = fs::remove_file(&self.path);
    }
}

/// One line a route.
fn routes(control: Control) -> Router {
    Router::new()
        .route("/audit", get(audit))
        .route("/backup", post(backup))
        .route("/reports", get(reports))
        .route("/reports/close", post(close_report))
        .with_state(control)
}

async fn audit(State(control): State<Control>) -> Response {
    match control.looker.now().await {
        Ok(audit) => Json(&*audit).into_response(),
        Err(error) => {
            tracing::error!(error = %chain(&error), "no audit");
            (StatusCode::INTERNAL_SERVER_ERROR, chain(&error)).into_response()
        }
    }
}

async fn backup(State(control): State<Control>, Json(wanted): Json<Wanted>) -> Response {
    match control.backups.take(wanted).await {
        Ok(taken) => Json(taken).into_response(),
        Err(error) => {
            tracing::warn!(error = %chain(&error), "no backup");
            (StatusCode::CONFLICT, chain(&error)).into_response()
        }
    }
}

async fn reports(State(control): State<Control>) -> Response {
    match control.people.reports().await {
        Ok(reports) => Json(reports).into_response(),
        Err(error) => failed("no reports", &error),
    }
}

async fn close_report(State(control): State<Control>, Json(closing): Json<Closing>) -> Response {
    match control.people.close_report(closing.report_id, closing.decided).await {
        Ok(true) => {
            tracing::info!(report = %closing.report_id, "a report was closed");
            StatusCode::NO_CONTENT.into_response()
        }
        Ok(false) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => failed("a report was not closed", &error),
    }
}

fn failed(what: &str, error: &dyn std::error::Error) -> Response {
    tracing::error!(error = %chain(error), "{what}");
    (StatusCode::INTERNAL_SERVER_ERROR, chain(error)).into_response()
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A name of the folder that leaves room for that of the socket: itself, or its place among the open files of this process.
/// What is given beside it must live as long as the name is used.
fn short(folder: &Path) -> io::Result<(PathBuf, Option<File>)> {
    if folder.as_os_str().len() + "/".len() + DRAFT.len() <= PATH_BYTES_MAX {
        return Ok((folder.to_owned(), None));
    }
    let open = File::open(folder)?;
    Ok((PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd())), Some(open)))
}

/// What a running server answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
}

/// Why a running server did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// None runs over these data.
    #[error("no server runs over these data")]
    NotRunning,
    /// It could not be asked.
    #[error("the running server cannot be asked at {path}; run this as the user it runs as", path = path.display())]
    Socket {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What it said is no answer.
    #[error("the running server answered what this version does not know: {0}")]
    Malformed(String),
}

/// Asks the server that runs over `data`, if one does.
pub(crate) fn ask(data: &Path, method: &str, route: &str) -> Result<Answer, AskError> {
    ask_with(data, method, route, "", ANSWER_WAIT)
}

/// The same with JSON, and another patience.
pub(crate) fn ask_with(data: &Path, method: &str, route: &str, json: &str, wait: Duration) -> Result<Answer, AskError> {
    let exchange = || {
        let (folder, _held) = short(data)?;
        let mut stream = UnixStream::connect(folder.join(NAME))?;
        stream.set_read_timeout(Some(wait))?;
        write!(stream, "{method} {route} HTTP/1.1\r\nHost: billet\r\nConnection: close\r\n")?;
        write!(stream, "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}", json.len())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = exchange().map_err(|source: io::Error| match source.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => AskError::NotRunning,
        _ => AskError::Socket { path: data.join(NAME), source },
    })?;
    parse(&answer).ok_or_else(|| AskError::Malformed(answer.lines().next().unwrap_or_default().to_owned()))
}

fn parse(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.lines().next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(Answer { status, body: body.to_owned() })
}
