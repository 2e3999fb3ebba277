//! `GET /v1/socket`: one WebSocket per device. This folder knows frames, order and flow; what a frame means is decided
//! in `chats`.

mod budget;
mod connection;
mod doors;
mod window;

use std::sync::Arc;

use axum::extract::{FromRef, State, WebSocketUpgrade};
use axum::response::Response;
use chats::{Actor, Chats};
use http::StatusCode;
use people::{ClientAddress, People, SignedIn, problem_response};
use wire::Problem;

use self::doors::DoorError;
pub(crate) use self::doors::Doors;

/// Frames and messages are checked at this size before anything is read into them.
const FRAME_BYTES_MAX: usize = wire::FRAME_BYTES_MAX;
/// What is read from a socket at a time: it is cleared before each read and kept for each socket, so it is no larger than
/// most of what comes.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Frames are gathered up to this before they are written: about one packet of a local network.
const WRITE_BUFFER_BYTES: usize = 16 * 1024;
/// A socket that takes no more than this much unwritten is closed as too slow.
const WRITE_BUFFER_BYTES_MAX: usize = 4 * wire::UNACKED_BYTES_MAX;

/// How long somebody waits who found no room.
const NO_ROOM_WAIT_S: u64 = 60;

/// What a socket needs.
#[derive(Clone)]
pub(crate) struct SocketState {
    pub(crate) chats: Chats,
    pub(crate) doors: Doors,
}

impl FromRef<SocketState> for Arc<People> {
    fn from_ref(state: &SocketState) -> Self {
        Self::clone(&state.chats.people)
    }
}

/// Opens the socket of a device. Frames are the `ClientFrame` and `ServerFrame` schemas, one JSON object each.
#[utoipa::path(get, path = "/v1/socket", operation_id = "open_socket", tag = "socket", responses(
    (status = 101, description = "the socket is open"),
    (status = 401, description = "not signed in", body = Problem),
    (status = 429, description = "`too_many_sockets` from this address, `too_many` from this device", body = Problem),
    (status = 503, description = "the server stops", body = Problem),
))]
pub(crate) async fn open(
    State(SocketState { chats, doors }): State<SocketState>,
    signed_in: SignedIn,
    from: ClientAddress,
    upgrade: WebSocketUpgrade,
) -> Response {
    let actor = Actor { account: signed_in.account, device: signed_in.device };
    let door = match chats.vault.now() {
        Ok(now) => doors.open(chats.people.rate_key(&from.network()), actor.device, now),
        Err(check) => {
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE.as_u16(), "clock_check", check.to_string());
            return problem_response(problem);
        }
    };
    let door = match door {
        Ok(door) => door,
        Err(error) => return problem_response(error.problem()),
    };
    if let Err(error) = chats.log.add_device(actor.account, actor.device).await {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE.as_u16(), "unavailable", error.to_string());
        return problem_response(problem);
    }
    upgrade
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .on_upgrade(move |socket| connection::Connection::run(chats, actor, socket, door))
}

impl DoorError {
    fn problem(self) -> Problem {
        let status = StatusCode::TOO_MANY_REQUESTS.as_u16();
        match self {
            Self::TooManySockets => Problem::new(status, "too_many_sockets", self.to_string()).retry_in(NO_ROOM_WAIT_S),
            Self::TooOften { wait_ms } => {
                let wait_s = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000);
                Problem::new(status, "too_many", self.to_string()).retry_in(wait_s)
            }
        }
    }
}
