use storage::sql;
use vault::{ClockCheck, OpenRefused, PointerError, SealError, SlotError};
use wire::Problem;

/// What can go wrong with any verb and is nobody's request's fault.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The clock jumped and is not believed yet.
    #[error("the server is checking its clock")]
    ClockCheck(#[from] ClockCheck),
    /// The database did not do what it was told.
    #[error("the database failed")]
    Database(#[from] sql::Error),
    /// A key could not be made.
    #[error("the key file failed")]
    Keys(#[from] SlotError),
    /// A record could not be sealed.
    #[error("a record could not be sealed")]
    Seal(#[source] SealError),
    /// A record that should be readable is not.
    #[error("a stored record is damaged")]
    Damaged(#[source] OpenRefused),
    /// What is stored contradicts itself, or changed where it was locked.
    #[error("what is stored contradicts itself: {0}")]
    Contradiction(&'static str),
    /// Something in this process broke off.
    #[error("a background task broke off")]
    Broken,
}

/// How long a clock is looked at before it is believed, and a client should wait.
const CLOCK_CHECK_SECONDS: u64 = 30;

impl Fault {
    /// As it is told to a client: nothing about the inside.
    pub fn problem(&self) -> Problem {
        match self {
            Self::ClockCheck(_) => {
                let detail = "the server is checking its clock; try again in half a minute";
                Problem::new(503, "clock_check", detail).retry_in(CLOCK_CHECK_SECONDS)
            }
            Self::Database(_) => {
                Problem::new(503, "unavailable", "the server cannot answer now; try again").retry_in(1)
            }
            _ => Problem::new(500, "internal", "the server made a mistake; its log says more"),
        }
    }
}

impl From<SealError> for Fault {
    fn from(error: SealError) -> Self {
        match error {
            SealError::ClockCheck(check) => Self::ClockCheck(check),
            other => Self::Seal(other),
        }
    }
}

impl From<PointerError> for Fault {
    fn from(_: PointerError) -> Self {
        Self::Contradiction("an account has rows and no key")
    }
}

impl From<OpenRefused> for Fault {
    fn from(refused: OpenRefused) -> Self {
        match refused {
            OpenRefused::ClockCheck(check) => Self::ClockCheck(check),
            other => Self::Damaged(other),
        }
    }
}
