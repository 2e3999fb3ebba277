//! `GET /v1/messages/{message_id}`: whether the server can still open a message, and until when at the latest.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use kernel::MessageId;
use people::{IdPath, SignedIn, problem_response};
use storage::lease_log::{ReadError, StillHeld};
use wire::Problem;
use wire::rest::{MessageHeld, WhyHeld};

use crate::{Actor, Chats};

/// Tells the sender and the recipients of a message whether this server can still open it. Everybody else is answered as
/// if it were gone: an answer of `gone` says nothing about whether there was such a message.
#[utoipa::path(get, path = "/v1/messages/{message_id}", operation_id = "show_message", tag = "chats",
    params(("message_id" = MessageId, Path, description = "the message")),
    responses(
        (status = 200, description = "what is held of it", body = MessageHeld),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`not_found`: this is no id", body = Problem),
        (status = 503, description = "`clock_check`, `stopped`", body = Problem),
    )
)]
pub(crate) async fn show_message(
    State(chats): State<Chats>,
    who: SignedIn,
    IdPath(message): IdPath<MessageId>,
) -> Response {
    match chats.message_held(Actor { account: who.account, device: who.device }, message) {
        Ok(held) => Json(held).into_response(),
        Err(error) => problem_response(refusal(&error)),
    }
}

impl Chats {
    /// What is held of a message, as `who` may know it.
    pub fn message_held(&self, who: Actor, message: MessageId) -> Result<MessageHeld, ReadError> {
        let held = self.log.still_held(who.account, message)?;
        let why = match held {
            None => WhyHeld::Gone,
            Some(StillHeld { undelivered: true, .. }) => WhyHeld::Undelivered,
            Some(StillHeld { undelivered: false, .. }) => WhyHeld::Delivered,
        };
        Ok(MessageHeld { message, held: held.is_some(), until: held.map(|held| held.until), why })
    }
}

/// How long a clock is looked at before it is believed, and a client should wait.
const CLOCK_CHECK_SECONDS: u64 = 30;

fn refusal(error: &ReadError) -> Problem {
    let code = crate::synchronise::code(error);
    match error {
        ReadError::ClockCheck(_) => Problem::new(503, code, error.to_string()).retry_in(CLOCK_CHECK_SECONDS),
        _ => Problem::new(503, code, "the server cannot answer now; try again").retry_in(1),
    }
}
