//! The key file: fixed-size slots, kept twice. An overwrite counts once both copies are written and synced, one after the
//! other, so that at every instant one copy of every slot is whole.

pub(crate) mod format;
mod open;
mod repair;

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::{Disk, DiskFile, FolderLock};

use self::format::{Content, FileId, HEADER_SLOT, Header, SLOT_BYTES, SlotBytes};
use crate::crypto::Cipher;
use crate::nonce::Nonces;

pub use open::OpenError;
pub(crate) use open::{Opened, Tools};

/// The two copies, in the order they are written in.
pub(crate) const COPIES: [&str; 2] = ["keys.a", "keys.b"];
/// Slots the file grows by: 1,024 accounts for 128 KiB and two syncs more.
const EXTENSION_SLOTS: u32 = 1_024;
/// Most slots of a file: 128 bytes each, 256 GiB, 2 billion accounts.
const SLOTS_MAX: u32 = 1 << 31;

/// The key file could not be written. Nothing that was asked for counts.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The disk refused. The server must stop: what is on the disk is known again only after a start.
    #[error("the key file {path} could not be written ({source}): repair the disk, then start again; nothing was lost", path = path.display())]
    Io {
        /// Which copy.
        path: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// An earlier write failed.
    #[error("the key file could not be written before and is not touched again: stop, repair the disk, start again")]
    Stopped,
    /// There is no room for more slots. What is there goes on.
    #[error("the disk of the key file is full: make room there, no account or item can be added until then")]
    Full,
}

/// The open key file. All writing goes through here, one writer at a time.
pub(crate) struct KeyFile {
    file: FileId,
    copies: [CopyFile; 2],
    master: Cipher,
    nonces: Arc<Nonces>,
    generations: Vec<u64>,
    header: Header,
    stopped: bool,
    _lock: FolderLock,
}

struct CopyFile {
    path: PathBuf,
    handle: Box<dyn DiskFile>,
}

impl KeyFile {
    /// The header as last written.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The generation that the next overwrite of a slot will have.
    pub(crate) fn next_generation(&self, slot: u32) -> u64 {
        self.generations[slot as usize] + 1
    }

    /// Overwrites slots in both copies, durable when it returns.
    pub(crate) fn overwrite(&mut self, changes: &[(u32, Content)]) -> Result<(), KeyFileError> {
        let mut slots = BTreeMap::new();
        for (number, content) in changes {
            let generation = self.next_generation(*number);
            self.generations[*number as usize] = generation;
            slots.insert(*number, self.encode(*number, generation, content));
            if let Content::Header(header) = content {
                self.header = *header;
            }
        }
        self.write(&runs(&slots))
    }

    /// Adds free slots at the end and gives their numbers.
    pub(crate) fn extend(&mut self) -> Result<std::ops::Range<u32>, KeyFileError> {
        if self.stopped {
            return Err(KeyFileError::Stopped);
        }
        let first = self.header.slots;
        let end = first.checked_add(EXTENSION_SLOTS).filter(|end| *end <= SLOTS_MAX).ok_or(KeyFileError::Full)?;
        let mut bytes = Vec::with_capacity(EXTENSION_SLOTS as usize * SLOT_BYTES);
        for number in first..end {
            bytes.extend_from_slice(&self.encode(number, 1, &Content::Free));
        }
        for copy in &self.copies {
            match copy.handle.write_at(offset(first), &bytes) {
                Err(error) if is_full(&error) => return Err(KeyFileError::Full),
                Err(error) => return self.stop(0, error),
                Ok(()) => {}
            }
        }
        self.write(&[])?;
        self.generations.resize(end as usize, 1);
        let header = Header { slots: end, ..self.header };
        self.overwrite(&[(HEADER_SLOT, Content::Header(header))])?;
        Ok(first..end)
    }

    fn encode(&self, number: u32, generation: u64, content: &Content) -> SlotBytes {
        content.encode(&self.master, self.nonces.next(), &self.file, number, generation)
    }

    /// Writes and syncs the first copy, then the second.
    fn write(&mut self, runs: &[(u32, Vec<u8>)]) -> Result<(), KeyFileError> {
        if self.stopped {
            return Err(KeyFileError::Stopped);
        }
        for copy in 0..self.copies.len() {
            let handle = &self.copies[copy].handle;
            let written = runs.iter().try_for_each(|(first, bytes)| handle.write_at(offset(*first), bytes));
            if let Err(error) = written.and_then(|()| handle.sync()) {
                return self.stop(copy, error);
            }
        }
        Ok(())
    }

    fn stop<T>(&mut self, copy: usize, error: io::Error) -> Result<T, KeyFileError> {
        self.stopped = true;
        Err(KeyFileError::Io { path: self.copies[copy].path.clone(), source: Arc::new(error) })
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Where a slot lies: behind the preamble.
pub(crate) fn offset(slot: u32) -> u64 {
    (u64::from(slot) + 1) * SLOT_BYTES as u64
}

/// Neighbouring slots in one write.
fn runs(slots: &BTreeMap<u32, SlotBytes>) -> Vec<(u32, Vec<u8>)> {
    let mut runs: Vec<(u32, Vec<u8>)> = Vec::new();
    for (number, bytes) in slots {
        match runs.last_mut() {
            Some((first, run)) if u64::from(*first) + (run.len() / SLOT_BYTES) as u64 == u64::from(*number) => {
                run.extend_from_slice(bytes);
            }
            _ => runs.push((*number, bytes.to_vec())),
        }
    }
    runs
}

/// Makes `folder` and the names that lead to it durable.
fn make_folder(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    let missing: Vec<_> = folder.ancestors().take_while(|path| disk.list(path).is_err()).collect();
    disk.create_dir_all(folder)?;
    missing.iter().filter_map(|path| path.parent()).try_for_each(|parent| disk.sync_dir(parent))
}
