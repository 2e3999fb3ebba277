//! Floor 1. The protocol's types: what goes over HTTP and over the socket, and nothing else. The OpenAPI document is
//! made from them, and from it the types of the web client.
//!
//! - [`ClientFrame`]: what a client may say on the socket; parsed once, its `content` kept byte for byte.
//! - [`ServerFrame`]: what the server says. [`envelope`] builds the one frame that is on the hot path by hand.
//! - [`rest`]: bodies of the HTTP calls. [`Problem`]: every error over HTTP (RFC 9457).
//!
//! ```
//! use wire::ClientFrame;
//! assert!(matches!(ClientFrame::parse(r#"{"op":"ack","seq":7}"#), Ok(ClientFrame::Ack { seq: 7 })));
//! ```

mod client_frame;
mod envelope;
mod limits;
mod problem;
pub mod rest;
mod server_frame;

pub use client_frame::{ClientFrame, FrameError, SendFrame, To};
pub use envelope::{EnvelopeTail, body};
pub use limits::*;
pub use problem::Problem;
pub use server_frame::{Content, ReceiptState, ServerFrame, SocketFrames};
