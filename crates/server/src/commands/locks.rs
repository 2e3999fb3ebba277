//! Whether a server runs over a folder, and keeping servers out of it for a while.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::settings::Places;

/// A folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    /// A server has it.
    #[error(
        "a server is running on {}: stop it first; while it runs, keys die and files change",
        path.display()
    )]
    Running {
        /// The folder.
        path: PathBuf,
    },
    /// The lock is out of reach.
    #[error("{} cannot be locked, so a server might start meanwhile", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// No server runs over keys or data while this is held.
pub(crate) struct Held {
    _locks: [Option<File>; 2],
}

/// Keeps servers out of keys and data. Writes nothing: where no server ever was, none is locked out.
pub(crate) fn hold(places: &Places) -> Result<Held, LockError> {
    Ok(Held { _locks: [lock(&places.keys)?, lock(&places.data.join("lease-log"))?] })
}

fn lock(folder: &Path) -> Result<Option<File>, LockError> {
    let failed = |source| LockError::Io { path: folder.to_owned(), source };
    let file = match File::open(folder.join("lock")) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(LockError::Running { path: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
