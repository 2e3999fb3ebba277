//! The key file: fixed-size slots, kept twice, and twice more in its mirror. An overwrite counts once all copies are written
//! and synced, one after the other, so that at every instant at most one copy of a slot is not whole.

mod folders;
pub(crate) mod format;
mod open;
mod repair;

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;

use kernel::{DiskFile, FolderLock};

use self::format::{Content, HEADER_SLOT, Header, Preamble, SLOT_BYTES, SlotBytes, Wrap};
use crate::nonce::Nonces;

pub(crate) use folders::Folders;
pub use open::OpenError;
pub(crate) use open::{Opened, Tools, read_all};

/// The two copies in a folder, in the order they are written in.
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
    /// The disk of the mirror refused. As long as a key cannot be destroyed there, nothing may be served.
    #[error("the mirror of the keys {path} could not be written ({source}): repair that disk and start again; or start without --keys-mirror, and destroy what is on that disk, for its keys no longer die; nothing was lost", path = path.display())]
    Mirror {
        /// Which copy.
        path: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// An earlier write failed.
    #[error("the key file could not be written before and is not touched again: stop, repair the disk, start again")]
    Stopped,
    /// There is no room for more slots. What is there goes on.
    #[error(
        "the disk of the key file (or of its mirror) is full: make room there, no account or item can be added until then"
    )]
    Full,
}

/// The open key file. All writing goes through here, one writer at a time.
pub(crate) struct KeyFile {
    preamble: Preamble,
    /// In the order they are written in: those in the folder of the keys, then those of the mirror.
    copies: Vec<CopyFile>,
    wrap: Wrap,
    nonces: Arc<Nonces>,
    generations: Vec<u64>,
    header: Header,
    stopped: bool,
    _locks: Vec<FolderLock>,
}

struct CopyFile {
    path: PathBuf,
    mirror: bool,
    handle: Box<dyn DiskFile>,
}

impl KeyFile {
    /// The header as last written.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The preamble as last written.
    pub(crate) fn preamble(&self) -> &Preamble {
        &self.preamble
    }

    /// How many copies there are.
    pub(crate) fn copies(&self) -> usize {
        self.copies.len()
    }

    /// The generation that the next overwrite of a slot will have.
    pub(crate) fn next_generation(&self, slot: u32) -> u64 {
        self.generations[slot as usize] + 1
    }

    /// Changes what stands before the slots, durable in every copy when it returns.
    pub(crate) fn set_preamble(&mut self, preamble: Preamble) -> Result<(), KeyFileError> {
        let preamble = Preamble { changes: self.preamble.changes + 1, ..preamble };
        self.write_all(&[(0, preamble.encode().to_vec())])?;
        self.preamble = preamble;
        Ok(())
    }

    /// Wraps everything that is written from now on with another master key.
    pub(crate) fn set_wrap(&mut self, wrap: Wrap) {
        self.wrap = wrap;
    }

    /// Whether every slot of every copy is whole and opens with the master key that wraps new ones.
    pub(crate) fn opens_everywhere(&self) -> Result<bool, OpenError> {
        repair::opens_everywhere(&self.copies, &self.wrap, &self.preamble.file, self.header.slots)
    }

    /// Overwrites slots in all copies, durable when it returns.
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
        self.write_all(&runs(&slots))
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
        for copy in 0..self.copies.len() {
            match self.copies[copy].handle.write_at(offset(first), &bytes) {
                Err(error) if is_full(&error) => return Err(KeyFileError::Full),
                Err(error) => return self.stop(copy, error),
                Ok(()) => {}
            }
        }
        self.write_all(&[])?;
        self.generations.resize(end as usize, 1);
        let header = Header { slots: end, ..self.header };
        self.overwrite(&[(HEADER_SLOT, Content::Header(header))])?;
        Ok(first..end)
    }

    fn encode(&self, number: u32, generation: u64, content: &Content) -> SlotBytes {
        content.encode(&self.wrap, self.nonces.next(), &self.preamble.file, number, generation)
    }

    /// Writes and syncs one copy after the other.
    fn write_all(&mut self, runs: &[(u64, Vec<u8>)]) -> Result<(), KeyFileError> {
        if self.stopped {
            return Err(KeyFileError::Stopped);
        }
        for copy in 0..self.copies.len() {
            let handle = &self.copies[copy].handle;
            let written = runs.iter().try_for_each(|(at, bytes)| handle.write_at(*at, bytes));
            if let Err(error) = written.and_then(|()| handle.sync()) {
                return self.stop(copy, error);
            }
        }
        Ok(())
    }

    fn stop<T>(&mut self, copy: usize, error: io::Error) -> Result<T, KeyFileError> {
        self.stopped = true;
        let CopyFile { path, mirror, .. } = &self.copies[copy];
        let (path, source) = (path.clone(), Arc::new(error));
        Err(if *mirror { KeyFileError::Mirror { path, source } } else { KeyFileError::Io { path, source } })
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Where a slot lies: behind the preamble.
pub(crate) fn offset(slot: u32) -> u64 {
    (u64::from(slot) + 1) * SLOT_BYTES as u64
}

/// Neighbouring slots in one write: where it goes, and its bytes.
fn runs(slots: &BTreeMap<u32, SlotBytes>) -> Vec<(u64, Vec<u8>)> {
    let mut runs: Vec<(u64, Vec<u8>)> = Vec::new();
    for (number, bytes) in slots {
        match runs.last_mut() {
            Some((at, run)) if *at + run.len() as u64 == offset(*number) => run.extend_from_slice(bytes),
            _ => runs.push((offset(*number), bytes.to_vec())),
        }
    }
    runs
}
