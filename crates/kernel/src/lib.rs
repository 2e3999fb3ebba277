//! Floor 0. What every other room agrees on: typed ids, time, randomness and the disk, each as a trait that is
//! handed in. Nothing here does I/O, so everything above can be driven by a test.
//!
//! - [`AccountId`], [`DeviceId`], [`MessageId`] and the rest are ULIDs of different types: one cannot stand for another.
//! - [`Clock`] and [`Rng`] are the only sources of time and chance; `clippy.toml` bans the others.
//! - [`Disk`] is the only way to a file of the vault or of the lease log.
//!
//! ```
//! use kernel::{AccountId, Millis};
//! let id = AccountId::new(Millis(1_700_000_000_000), 7);
//! assert_eq!(id.to_string().parse::<AccountId>().unwrap(), id);
//! ```

mod clock;
mod disk;
mod ids;
mod rng;
#[cfg(feature = "schema")]
mod schema;
#[cfg(feature = "sim")]
pub mod sim;

pub use clock::{BootId, Clock, DAY_MS, HOUR_MS, MINUTE_MS, Millis, SECOND_MS};
pub use disk::{Disk, DiskFile, FolderLock, Open};
pub use ids::{
    AccountId, ContactRequestId, DeviceId, DraftId, GroupId, IdError, ItemId, LoginId, MessageId, ReminderId, ReportId,
    SessionId,
};
pub use rng::Rng;
