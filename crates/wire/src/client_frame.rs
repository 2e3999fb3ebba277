//! What a client says on the socket.

use std::borrow::Cow;

use kernel::{AccountId, GroupId, MessageId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{CLIENT_ID_BYTES_MAX, CONTENT_BYTES_MAX, CONTENT_DEPTH_MAX, KIND_BYTES_MAX, SEQ_LIMIT};

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// To one person.
    Account(AccountId),
    /// To a group.
    Group(GroupId),
}

/// One frame from a client, checked.
#[derive(Debug)]
pub enum ClientFrame<'a> {
    /// Send a message.
    Send(SendFrame<'a>),
    /// Everything up to `seq` is safely stored on this device.
    Ack {
        /// The highest `seq` stored.
        seq: u64,
    },
    /// Send what comes after `after`, then go live.
    Sync {
        /// The highest `seq` this device holds; 0 for all that is left.
        after: u64,
    },
    /// The person is typing.
    Typing {
        /// To whom.
        to: To,
    },
    /// Take a message back.
    Recall {
        /// The message.
        message: MessageId,
    },
    /// Are you there?
    Ping,
}

/// A message to send. `content` is the JSON text exactly as the client wrote it.
#[derive(Debug)]
pub struct SendFrame<'a> {
    /// The client's own id: the same id is the same message, for as long as the policy row `chat_idempotency` says.
    pub id: Cow<'a, str>,
    /// Where it goes.
    pub to: To,
    /// What kind of content it is, for clients; the server does not look.
    pub kind: Cow<'a, str>,
    /// The content, never parsed.
    pub content: &'a RawValue,
}

/// A frame that cannot be obeyed. [`FrameError::code`] goes to the client.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Not JSON, or a field has the wrong type.
    #[error("the frame is not a JSON object of the protocol: {0}")]
    Malformed(String),
    /// An `op` this server does not know.
    #[error("this server knows no op {0:?}")]
    UnknownOp(String),
    /// A field is missing.
    #[error("{op} needs the field {field}")]
    Missing {
        /// The operation.
        op: &'static str,
        /// The field that is not there.
        field: &'static str,
    },
    /// A field is out of its limits. The client's id comes back when it was readable.
    #[error("{what}")]
    Limit {
        /// The client's id of the message, when it had a usable one.
        id: Option<String>,
        /// Which limit, and how large it is.
        what: String,
    },
}

impl FrameError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::UnknownOp(_) => "unknown_op",
            Self::Missing { .. } => "missing_field",
            Self::Limit { .. } => "too_large",
        }
    }

    /// The client's own id of the message it is about, if there was one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Limit { id, .. } => id.as_deref(),
            _ => None,
        }
    }
}

/// All fields of all operations: one pass over the text, and `content` stays as it is.
#[derive(Deserialize)]
struct Flat<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    to: Option<To>,
    #[serde(borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    seq: Option<u64>,
    after: Option<u64>,
    message: Option<MessageId>,
}

impl<'a> ClientFrame<'a> {
    /// Reads one text frame.
    pub fn parse(text: &'a str) -> Result<Self, FrameError> {
        let flat: Flat<'a> = serde_json::from_str(text).map_err(|e| FrameError::Malformed(e.to_string()))?;
        match &*flat.op {
            "send" => SendFrame::from_flat(flat).map(Self::Send),
            "ack" => Ok(Self::Ack { seq: seq(flat.seq.ok_or(missing("ack", "seq"))?)? }),
            "sync" => Ok(Self::Sync { after: seq(flat.after.ok_or(missing("sync", "after"))?)? }),
            "typing" => Ok(Self::Typing { to: flat.to.ok_or(missing("typing", "to"))? }),
            "recall" => Ok(Self::Recall { message: flat.message.ok_or(missing("recall", "message"))? }),
            "ping" => Ok(Self::Ping),
            other => Err(FrameError::UnknownOp(other.chars().take(KIND_BYTES_MAX).collect())),
        }
    }
}

impl<'a> SendFrame<'a> {
    fn from_flat(flat: Flat<'a>) -> Result<Self, FrameError> {
        let id = flat.id.ok_or(missing("send", "id"))?;
        if id.is_empty() || id.len() > CLIENT_ID_BYTES_MAX || !id.bytes().all(|b| b.is_ascii_graphic()) {
            let what = format!("id must be 1 to {CLIENT_ID_BYTES_MAX} printable ASCII characters without spaces");
            return Err(FrameError::Limit { id: None, what });
        }
        let kind = flat.kind.ok_or(missing("send", "kind"))?;
        let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if kind.is_empty() || kind.len() > KIND_BYTES_MAX || !kind.bytes().all(word) {
            let what = format!("kind must be 1 to {KIND_BYTES_MAX} lower-case letters, digits or underscores");
            return Err(FrameError::Limit { id: Some(id.into_owned()), what });
        }
        let content = flat.content.ok_or(missing("send", "content"))?;
        if content.get().len() > CONTENT_BYTES_MAX {
            let what = format!("content is {} bytes; at most {CONTENT_BYTES_MAX} are carried", content.get().len());
            return Err(FrameError::Limit { id: Some(id.into_owned()), what });
        }
        if depth(content.get()) > CONTENT_DEPTH_MAX {
            let what = format!("content nests deeper than {CONTENT_DEPTH_MAX} levels");
            return Err(FrameError::Limit { id: Some(id.into_owned()), what });
        }
        Ok(Self { id, to: flat.to.ok_or(missing("send", "to"))?, kind, content })
    }
}

const fn missing(op: &'static str, field: &'static str) -> FrameError {
    FrameError::Missing { op, field }
}

fn seq(n: u64) -> Result<u64, FrameError> {
    if n < SEQ_LIMIT { Ok(n) } else { Err(FrameError::Limit { id: None, what: "a seq is below 2^53".into() }) }
}

/// How deep the arrays and objects of a JSON text nest. The text is known to be JSON.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth -= 1,
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "01JD3VZ5W1K2M3N4P5Q6R7S8T9";

    fn code(text: &str) -> &'static str {
        ClientFrame::parse(text).map_or_else(|e| e.code(), |_| "ok")
    }

    #[test]
    fn a_send_keeps_its_content_byte_for_byte() {
        let text = format!(
            r#"{{"op":"send","new":1,"id":"a-1","to":{{"account":"{ACCOUNT}"}},"kind":"text","content":{{ "text" : "h\u0069", "n":1e2 }}}}"#
        );
        let Ok(ClientFrame::Send(send)) = ClientFrame::parse(&text) else { panic!("not a send") };
        assert_eq!(send.content.get(), r#"{ "text" : "h\u0069", "n":1e2 }"#);
        assert_eq!((&*send.id, &*send.kind), ("a-1", "text"));
    }

    #[test]
    fn what_is_wrong_with_a_frame_is_said_by_code() {
        assert_eq!(code("hello"), "malformed");
        assert_eq!(code("[]"), "malformed");
        assert_eq!(code(r#"{"op":"sing"}"#), "unknown_op");
        assert_eq!(code(r#"{"op":"ack"}"#), "missing_field");
        assert_eq!(code(r#"{"op":"ack","seq":-1}"#), "malformed");
        assert_eq!(code(r#"{"op":"ack","seq":9007199254740992}"#), "too_large");
        assert_eq!(code(r#"{"op":"ping","extra":[1]}"#), "ok");
    }

    #[test]
    fn a_send_past_a_limit_is_refused_with_its_id() {
        let send = |id: &str, kind: &str, content: &str| {
            format!(r#"{{"op":"send","id":"{id}","to":{{"account":"{ACCOUNT}"}},"kind":"{kind}","content":{content}}}"#)
        };
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert_eq!(code(&send("a", "text", &deep(CONTENT_DEPTH_MAX))), "ok");
        assert_eq!(code(&send("a", "text", &deep(CONTENT_DEPTH_MAX + 1))), "too_large");
        assert_eq!(code(&send("a", "text", r#""[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[""#)), "ok");
        assert_eq!(code(&send("a", "text", &format!("\"{}\"", "x".repeat(CONTENT_BYTES_MAX - 2)))), "ok");
        assert_eq!(code(&send("a", "text", &format!("\"{}\"", "x".repeat(CONTENT_BYTES_MAX - 1)))), "too_large");
        assert_eq!(code(&send(&"x".repeat(CLIENT_ID_BYTES_MAX + 1), "text", "1")), "too_large");
        assert_eq!(code(&send("a", "Text", "1")), "too_large");
        let text = send("mine", "text", &deep(40));
        assert_eq!(ClientFrame::parse(&text).unwrap_err().id(), Some("mine"));
    }
}
