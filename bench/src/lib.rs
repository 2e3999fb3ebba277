//! Programs that speak to a server from outside, over the protocol and nothing else: a [`Person`] with a socket, a
//! [`Server`] process to start, kill and start again, a [`Host`] for it with a clock that can be set, and a [`load`]. Used
//! by the `bench` binary and by the tests of the release binary.

mod fake_time;
pub mod forget;
mod host;
pub mod load;
mod person;
mod server;
pub mod waiting;

pub use fake_time::FakeTime;
pub use host::{Host, Scan};
pub use person::{CaughtUp, Person, Socket};
pub use server::Server;

/// What went wrong outside the server: these programs measure and test, so they say it and stop.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The server process.
    #[error("server process: {0}")]
    Process(String),
    /// An HTTP call.
    #[error("http: {0}")]
    Http(#[from] reqwest::Error),
    /// The socket.
    #[error("socket: {0}")]
    Socket(Box<tokio_tungstenite::tungstenite::Error>),
    /// The socket was closed by the server, with this code.
    #[error("the server closed the socket ({0})")]
    Closed(u16),
    /// An answer that is not of the protocol, or not the one expected.
    #[error("unexpected answer: {0}")]
    Answer(String),
    /// The library that sets clocks is missing.
    #[error("libfaketime is not here, which gives a server a clock of its own: apt-get install libfaketime")]
    NoFakeTime,
    /// Nothing came in time.
    #[error("nothing came within {0} s")]
    Silence(u64),
}

impl From<tokio_tungstenite::tungstenite::Error> for Trouble {
    fn from(error: tokio_tungstenite::tungstenite::Error) -> Self {
        Self::Socket(Box::new(error))
    }
}
