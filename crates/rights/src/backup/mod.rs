//! Copies of data and of keys, apart from each other, and bringing them back.
//!
//! - A **backup** is a folder of files with a [`Manifest`] that names each with its SHA-256. Without a manifest it is none: that
//!   is written last.
//! - A backup of **data** is the SQLite database as one transaction sees it, and the lease log as it is between two batches,
//!   which comes first: so the database knows everybody whom the log names.
//! - A backup of **keys** is the key file as it is between two steps. It opens what dies later (`D-71`), so nobody needs one
//!   who has a mirror of the keys.
//!
//! Absences: no backup holds both; nothing is restored over anything; a copy that is not whole leaves nothing behind.

mod copy;
mod manifest;
mod restore;
mod take;

use std::io;
use std::path::{Path, PathBuf};

use storage::sql::CopyError;

pub use self::manifest::{FORMAT, Kind, MANIFEST, Manifest, ManifestError, SavedFile};
pub use self::restore::{Prepared, RestoreError, prepare};
pub use self::take::{About, Data, Keys, data, data_and_keys, keys};

/// The database in a backup.
pub use storage::sql::FILE as DATABASE;
/// The lease log in a backup and in a data folder.
pub const LEASE_LOG: &str = "lease-log";

/// Why there is no backup. What was begun of it is removed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something already.
    #[error("{} is not empty: a backup is made into a new folder", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// Data and keys would lie together.
    #[error(
        "{} and {} lie in one another: keep copies of keys apart from copies of data, or whoever finds one has both",
        one.display(), other.display()
    )]
    Together {
        /// One of the folders.
        one: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// The disk.
    #[error("{} could not be {doing}", path.display())]
    Disk {
        /// What was tried.
        doing: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Database(#[from] CopyError),
    /// The server is stopping.
    #[error("the server is stopping: ask again when it is stopped or has started")]
    Stopping,
    /// What was written is not what is read.
    #[error("{} is not what was written to it: look at the disk", path.display())]
    NotTheSame {
        /// Which file.
        path: PathBuf,
    },
}

impl BackupError {
    fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Disk { doing, path: path.to_owned(), source }
    }
}

/// Refuses folders that lie in one another.
pub fn keep_apart(one: &Path, other: &Path) -> Result<(), BackupError> {
    if one.starts_with(other) || other.starts_with(one) {
        return Err(BackupError::Together { one: one.to_owned(), other: other.to_owned() });
    }
    Ok(())
}
