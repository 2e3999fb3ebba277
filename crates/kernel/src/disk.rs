//! The disk as a trait, so that a simulation can lose, tear and reorder what was not synced.

use std::io;
use std::path::{Path, PathBuf};

/// How to open a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// It must exist; read only.
    Read,
    /// It must exist; read and write.
    Write,
    /// It must not exist; read and write. Its name is durable only after [`Disk::sync_dir`].
    CreateNew,
}

/// A folder of files. A crash may lose, tear and reorder everything since the last [`DiskFile::sync`] of a file, and
/// every name made, renamed or removed since the last [`Disk::sync_dir`] of its folder.
pub trait Disk: Send + Sync + 'static {
    /// Opens a file.
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>>;
    /// The names in a folder, sorted; an absent folder is `NotFound`.
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;
    /// Makes a folder and its parents.
    fn create_dir_all(&self, folder: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_dir(&self, folder: &Path) -> io::Result<()>;
    /// Renames within one file system, replacing what is there.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in `folder` durable.
    fn sync_dir(&self, folder: &Path) -> io::Result<()>;
    /// Bytes free for us on the file system of `path`.
    fn free_bytes(&self, path: &Path) -> io::Result<u64>;
    /// Keeps every other process out of `folder` until the guard is dropped; `WouldBlock` when one is in already.
    fn lock(&self, folder: &Path) -> io::Result<FolderLock>;
}

/// Holds a folder for this process until it is dropped.
pub struct FolderLock {
    _held: Box<dyn Send + Sync>,
}

impl FolderLock {
    /// Wraps what the disk must hold on to (an open file, a counter): dropping it gives the folder back.
    pub fn new(held: impl Send + Sync + 'static) -> Self {
        Self { _held: Box::new(held) }
    }
}

impl std::fmt::Debug for FolderLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FolderLock").finish_non_exhaustive()
    }
}

/// An open file. Positions are absolute; there is no cursor.
pub trait DiskFile: Send + Sync {
    /// Reads up to `buffer.len()` bytes at `offset`; fewer only at the end of the file.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes all of `bytes` at `offset`.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// The length in bytes.
    fn len(&self) -> io::Result<u64>;
    /// Cuts or extends with zeros.
    fn set_len(&self, bytes: u64) -> io::Result<()>;
    /// Makes content and length durable (fdatasync).
    fn sync(&self) -> io::Result<()>;
    /// Whether the file has no bytes.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}
