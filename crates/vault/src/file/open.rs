//! Opening the key file: is it ours, is it whole.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::{Clock, Disk, Open, Rng};

use super::folders::{Folders, place};
use super::format::{Content, HEADER_SLOT, Header, Preamble, VERSION, Wrap, Wraps};
use super::{COPIES, CopyFile, EXTENSION_SLOTS, KeyFile, repair};
use crate::Options;
use crate::crypto::Key;
use crate::master::MasterKey;
use crate::nonce::Nonces;

/// Why the keys cannot be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the folder.
    #[error("the key folder {folder} is in use by another process: stop that one first", folder = folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The disk refused.
    #[error("the key file {path} cannot be {doing}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The disk of the mirror refused.
    #[error("the mirror of the keys {path} cannot be {doing}: {source}; repair that disk; or start without --keys-mirror, and destroy what is on that disk, for its keys no longer die", path = path.display())]
    Mirror {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The slots are wrapped by another master key.
    #[error("the keys in {folder} are wrapped by another master key: give the master key they were made with, or another folder", folder = folder.display())]
    OtherMaster {
        /// The folder.
        folder: PathBuf,
    },
    /// A new master key wraps some of the slots, the old one the others.
    #[error("a rotation of the master key of the keys in {folder} was cut short: run `billet keys rotate` again as before, it goes on where it stopped", folder = folder.display())]
    RotationUnfinished {
        /// The folder.
        folder: PathBuf,
    },
    /// There is nothing to work on.
    #[error("there are no keys in {folder}: check --keys", folder = folder.display())]
    NoKeys {
        /// The folder.
        folder: PathBuf,
    },
    /// The mirror holds another key file.
    #[error("the mirror {mirror} holds keys of another server than {folder}: give another folder, or destroy what is there", folder = folder.display(), mirror = mirror.display())]
    ForeignMirror {
        /// The folder of the keys.
        folder: PathBuf,
        /// The folder of the mirror.
        mirror: PathBuf,
    },
    /// The folder of the keys is empty and its mirror is not.
    #[error("there are no keys in {folder}, but there are in its mirror {mirror}: if the disk of {folder} is lost, start with --keys {mirror} --keys-mirror {folder}; otherwise check both paths", folder = folder.display(), mirror = mirror.display())]
    OnlyMirror {
        /// The folder of the keys.
        folder: PathBuf,
        /// The folder of the mirror.
        mirror: PathBuf,
    },
    /// Keys and mirror went on without each other.
    #[error("{folder} and its mirror {mirror} were both used, each without the other, and no longer go together: keep the one that belongs to the data, destroy what is in the other folder, and start again", folder = folder.display(), mirror = mirror.display())]
    Apart {
        /// The folder of the keys.
        folder: PathBuf,
        /// The folder of the mirror.
        mirror: PathBuf,
    },
    /// The two copies do not belong together.
    #[error("keys.a and keys.b in {folder} belong to different key files: take the one away that was put there by mistake", folder = folder.display())]
    Mixed {
        /// The folder.
        folder: PathBuf,
    },
    /// Written by an earlier version.
    #[error("{path} has format {found}, older than format {VERSION} of this program: convert it with the version that came between, or take that version", path = path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u8,
    },
    /// Written by a later version.
    #[error("{path} has format {found}, newer than format {VERSION} of this program: start the newer program", path = path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u8,
    },
    /// Damaged in both copies at once, which no crash does.
    #[error("the keys in {folder} are damaged in both copies ({what}): put back the folder's mirror; without one, what these keys sealed is lost: move the folder away and start anew", folder = folder.display())]
    Damaged {
        /// The folder.
        folder: PathBuf,
        /// Where.
        what: String,
    },
    /// The wall clock is far ahead of the keys; going on would destroy every deadline key.
    #[error("the clock is {days} days ahead of the keys in {folder}: set the date right; if it is right, start once with --believe-clock: everything with a deadline before today is then gone", folder = folder.display())]
    ClockFarAhead {
        /// The folder.
        folder: PathBuf,
        /// By how much.
        days: i64,
    },
    /// The first step failed.
    #[error(transparent)]
    Write(#[from] super::KeyFileError),
}

/// An open key file and everything in it.
pub(crate) struct Opened {
    pub(crate) file: KeyFile,
    /// Content of every slot, by number.
    pub(crate) slots: Vec<Content>,
}

/// What opening needs beside the folders.
pub(crate) struct Tools<'a> {
    pub(crate) disk: &'a dyn Disk,
    pub(crate) master: &'a MasterKey,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) rng: &'a dyn Rng,
    pub(crate) nonces: Arc<Nonces>,
}

impl KeyFile {
    /// Opens the key file of these folders, makes it at the first start, brings lagging copies up to date.
    pub(crate) fn open(options: &Options, tools: &Tools<'_>) -> Result<Opened, OpenError> {
        let folders = Folders::lock(tools.disk, options)?;
        let preamble = match folders.identify(tools.disk)? {
            Some(preamble) => preamble,
            None => {
                let preamble = Preamble::new(random_id(tools.rng), tools.master.id());
                create(&options.folder.join(COPIES[0]), &preamble, tools)?;
                preamble
            }
        };
        Self::open_in(folders, preamble, tools)
    }

    /// The same in folders that are locked and known to hold a key file.
    pub(crate) fn open_in(folders: Folders, preamble: Preamble, tools: &Tools<'_>) -> Result<Opened, OpenError> {
        let folder = folders.keys().to_owned();
        if preamble.next.is_some() {
            return Err(OpenError::RotationUnfinished { folder });
        }
        if preamble.master != tools.master.id() {
            return Err(OpenError::OtherMaster { folder });
        }
        let wrap = Wrap { number: preamble.number, cipher: tools.master.cipher() };
        read_all(tools.disk, folders, preamble, Wraps(vec![wrap]), Arc::clone(&tools.nonces))
    }
}

/// Makes all copies the same and reads them. What is written from then on is wrapped as the first of `wraps` says.
pub(crate) fn read_all(
    disk: &dyn Disk,
    folders: Folders,
    preamble: Preamble,
    mut wraps: Wraps,
    nonces: Arc<Nonces>,
) -> Result<Opened, OpenError> {
    folders.even_out(disk, &preamble)?;
    let mut copies = Vec::new();
    for (path, mirror) in folders.copies() {
        match disk.open(&path, Open::Write) {
            Ok(handle) => copies.push(CopyFile { path, mirror, handle }),
            Err(source) => return Err(OpenError::io(mirror, path, "opened", source)),
        }
    }
    let repair::Repaired { slots, generations, header } =
        repair::read_and_repair(&folders, &copies, &wraps, &preamble.file)?;
    let wrap = wraps.0.swap_remove(0);
    let locks = folders.into_locks();
    let file = KeyFile { preamble, copies, wrap, nonces, generations, header, stopped: false, _locks: locks };
    Ok(Opened { file, slots })
}

impl OpenError {
    pub(super) fn io(mirror: bool, path: PathBuf, doing: &'static str, source: io::Error) -> Self {
        if mirror { Self::Mirror { path, doing, source } } else { Self::Io { path, doing, source } }
    }
}

fn create(path: &Path, preamble: &Preamble, tools: &Tools<'_>) -> Result<(), OpenError> {
    let clock = tools.clock;
    let header = Header {
        step: 0,
        batches: 0,
        at: clock.wall(),
        boot: clock.boot_id(),
        boot_ms: clock.boot_ms(),
        slots: EXTENSION_SLOTS,
        drawing: 0,
    };
    let wrap = Wrap { number: preamble.number, cipher: tools.master.cipher() };
    let mut bytes = preamble.encode().to_vec();
    for number in 0..header.slots {
        let content = match number {
            HEADER_SLOT => Content::Header(header),
            1 => Content::HashKey(Key::random(tools.rng)),
            _ => Content::Free,
        };
        bytes.extend_from_slice(&content.encode(&wrap, tools.nonces.next(), &preamble.file, number, 1));
    }
    let made = place(tools.disk, path, |file| file.write_at(0, &bytes));
    made.map_err(|source| OpenError::Io { path: path.to_owned(), doing: "made", source })
}

fn random_id(rng: &dyn Rng) -> [u8; 16] {
    let mut id = [0; 16];
    rng.fill(&mut id);
    id
}
