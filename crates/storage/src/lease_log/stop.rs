//! What stops the server: the lease log never goes on after a disk or a file failed it, and never repairs by dropping.

use std::io;
use std::path::{Path, PathBuf};

use super::format::VERSION;

/// Why the lease log does not open, or goes no further. Whatever was acknowledged is still on disk as far as the disk kept it.
#[derive(Debug, thiserror::Error)]
pub enum StopReason {
    /// The disk failed. After a failed sync nobody knows what is durable: the machine needs a look before the next start.
    #[error("could not {what} {}: {source}; look at the disk, then start again", path.display())]
    Disk {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// A file does not hold what was written to it.
    #[error("{} is damaged at byte {at}: {what}; nothing was changed, restore the data folder from a backup", path.display())]
    Broken {
        /// Which file.
        path: PathBuf,
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// A file of another version of the format.
    #[error("{} has version {version} of the format and this program reads version {VERSION}; \
             start the program that wrote it", path.display())]
    OtherVersion {
        /// Which file.
        path: PathBuf,
        /// Its version.
        version: u8,
    },
    /// The data names a key step that these keys never reached: the keys are an old copy.
    #[error(
        "the lease log was written at key step {data_step}, but the keys have only reached step {key_step}: \
             the keys folder is older than the data folder; bring back the keys folder that belongs to this data"
    )]
    KeysOlder {
        /// The last step named in the data.
        data_step: u64,
        /// The step of the keys.
        key_step: u64,
    },
    /// Another process has the folder.
    #[error("{} is in use by another process", path.display())]
    Locked {
        /// Which folder.
        path: PathBuf,
    },
    /// The keys failed.
    #[error("the key store failed: {0}")]
    Keys(String),
    /// No thread for the writer.
    #[error("no thread could be started for the lease log's writer: {0}")]
    Thread(String),
    /// A sealed box on disk is not what was written.
    #[error("what is sealed for {what} is damaged; nothing was changed, restore the data folder from a backup")]
    Damaged {
        /// For whom or what.
        what: String,
    },
}

impl StopReason {
    pub(super) fn disk(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Disk { what, path: path.to_owned(), source }
    }

    pub(super) fn broken(path: &Path, at: u64, what: &'static str) -> Self {
        Self::Broken { path: path.to_owned(), at, what }
    }
}
