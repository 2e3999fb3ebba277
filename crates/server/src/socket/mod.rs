//! `GET /v1/socket`: one WebSocket per device. This folder knows frames, order and flow; what a frame means is decided
//! in `chats`.

mod connection;
mod window;

use std::sync::Arc;

use axum::extract::{FromRef, State, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use chats::{Actor, Chats};
use http::StatusCode;
use people::{People, SignedIn};
use wire::Problem;

/// Frames and messages are checked at this size before anything is read into them.
const FRAME_BYTES_MAX: usize = wire::FRAME_BYTES_MAX;
/// What is read from a socket at a time: it is cleared before each read and kept for each socket, so it is no larger than
/// most of what comes.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Frames are gathered up to this before they are written: about one packet of a local network.
const WRITE_BUFFER_BYTES: usize = 16 * 1024;
/// A socket that takes no more than this much unwritten is closed as too slow.
const WRITE_BUFFER_BYTES_MAX: usize = 4 * wire::UNACKED_BYTES_MAX;

/// What a socket needs.
#[derive(Clone)]
pub(crate) struct SocketState(pub(crate) Chats);

impl FromRef<SocketState> for Arc<People> {
    fn from_ref(state: &SocketState) -> Self {
        Self::clone(&state.0.people)
    }
}

/// Opens the socket of a device. Frames are the `ClientFrame` and `ServerFrame` schemas, one JSON object each.
#[utoipa::path(get, path = "/v1/socket", operation_id = "open_socket", tag = "socket", responses(
    (status = 101, description = "the socket is open"),
    (status = 401, description = "not signed in", body = Problem),
    (status = 503, description = "the server stops", body = Problem),
))]
pub(crate) async fn open(
    State(SocketState(chats)): State<SocketState>,
    signed_in: SignedIn,
    upgrade: WebSocketUpgrade,
) -> Response {
    let actor = Actor { account: signed_in.account, device: signed_in.device };
    if let Err(error) = chats.log.add_device(actor.account, actor.device).await {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE.as_u16(), "unavailable", error.to_string());
        return (StatusCode::SERVICE_UNAVAILABLE, axum::Json(problem)).into_response();
    }
    upgrade
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .on_upgrade(move |socket| connection::Connection::run(chats, actor, socket))
}
