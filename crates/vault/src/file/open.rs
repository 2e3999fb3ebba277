//! Opening the key file: which file is this, is it ours, is it whole.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::{Clock, Disk, DiskFile, FolderLock, Open, Rng};

use super::format::{Content, HEADER_SLOT, Header, Identity, Preamble, SLOT_BYTES, VERSION};
use super::{COPIES, CopyFile, EXTENSION_SLOTS, KeyFile, make_folder, repair};
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
    /// The slots are wrapped by another master key.
    #[error("the keys in {folder} are wrapped by another master key: give the master key they were made with, or another folder", folder = folder.display())]
    OtherMaster {
        /// The folder.
        folder: PathBuf,
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
    #[error("the clock is {days} days ahead of the keys in {folder}: set the date right; if it is right, start once with the clock override: everything with a deadline before today is then gone", folder = folder.display())]
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

/// What opening needs beside the folder.
pub(crate) struct Tools<'a> {
    pub(crate) disk: &'a dyn Disk,
    pub(crate) master: &'a MasterKey,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) rng: &'a dyn Rng,
    pub(crate) nonces: Arc<Nonces>,
}

impl KeyFile {
    /// Opens the key file in `folder`, makes it at the first start, brings a lagging copy up to date.
    pub(crate) fn open(folder: &Path, tools: &Tools<'_>) -> Result<Opened, OpenError> {
        let io = |doing| move |source| OpenError::Io { path: folder.to_owned(), doing, source };
        make_folder(tools.disk, folder).map_err(io("made"))?;
        let lock = tools.disk.lock(folder).map_err(|source| match source.kind() {
            ErrorKind::WouldBlock => OpenError::InUse { folder: folder.to_owned() },
            _ => io("locked")(source),
        })?;
        remove_drafts(tools.disk, folder).map_err(io("cleared of drafts"))?;
        let preamble = match identify(tools.disk, folder)? {
            Some(preamble) => preamble,
            None => Preamble { file: random_id(tools.rng), master: tools.master.id() },
        };
        if preamble.master != tools.master.id() {
            return Err(OpenError::OtherMaster { folder: folder.to_owned() });
        }
        let first = folder.join(COPIES[0]);
        let second = folder.join(COPIES[1]);
        match (is_ours(tools.disk, &first)?, is_ours(tools.disk, &second)?) {
            (true, true) => {}
            (true, false) => copy(tools.disk, &first, &second)?,
            (false, true) => copy(tools.disk, &second, &first)?,
            (false, false) => {
                create(&first, &preamble, tools)?;
                copy(tools.disk, &first, &second)?;
            }
        }
        read_all(folder, &preamble, tools, lock)
    }
}

fn read_all(folder: &Path, preamble: &Preamble, tools: &Tools<'_>, lock: FolderLock) -> Result<Opened, OpenError> {
    let open = |name| {
        let path = folder.join(name);
        match tools.disk.open(&path, Open::Write) {
            Ok(handle) => Ok(CopyFile { path, handle }),
            Err(source) => Err(OpenError::Io { path, doing: "opened", source }),
        }
    };
    let copies = [open(COPIES[0])?, open(COPIES[1])?];
    let master = tools.master.cipher();
    let repaired = repair::read_and_repair(folder, &copies, &master, &preamble.file)?;
    let repair::Repaired { slots, generations, header } = repaired;
    let nonces = Arc::clone(&tools.nonces);
    let file =
        KeyFile { file: preamble.file, copies, master, nonces, generations, header, stopped: false, _lock: lock };
    Ok(Opened { file, slots })
}

/// Which key file lies in the folder; `None` when there is none yet.
fn identify(disk: &dyn Disk, folder: &Path) -> Result<Option<Preamble>, OpenError> {
    let mut found = Vec::new();
    let mut damaged = Vec::new();
    for name in COPIES {
        let path = folder.join(name);
        match first_bytes(disk, &path)?.as_deref().map(Identity::decode) {
            None => {}
            Some(Identity::Ours(preamble)) => found.push(preamble),
            Some(Identity::OtherVersion(version)) if version > VERSION => {
                return Err(OpenError::Newer { path, found: version });
            }
            Some(Identity::OtherVersion(version)) => return Err(OpenError::Older { path, found: version }),
            Some(Identity::Damaged) => damaged.push(name),
        }
    }
    match (found.as_slice(), damaged.as_slice()) {
        ([], []) => Ok(None),
        ([], damaged) => {
            let what = format!("the start of {} is not that of a key file", damaged.join(" and "));
            Err(OpenError::Damaged { folder: folder.to_owned(), what })
        }
        ([first, second], _) if first != second => Err(OpenError::Mixed { folder: folder.to_owned() }),
        ([preamble, ..], _) => Ok(Some(*preamble)),
    }
}

fn is_ours(disk: &dyn Disk, path: &Path) -> Result<bool, OpenError> {
    Ok(matches!(first_bytes(disk, path)?.as_deref().map(Identity::decode), Some(Identity::Ours(_))))
}

/// The first bytes of a file; `None` when it does not exist.
fn first_bytes(disk: &dyn Disk, path: &Path) -> Result<Option<Vec<u8>>, OpenError> {
    let read = |file: Box<dyn DiskFile>| {
        let mut bytes = vec![0; SLOT_BYTES];
        let count = file.read_at(0, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    };
    match disk.open(path, Open::Read) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        opened => opened.and_then(read).map(Some).map_err(|source| OpenError::Io {
            path: path.to_owned(),
            doing: "read",
            source,
        }),
    }
}

/// A file becomes `keys.a` or `keys.b` when it is whole and durable, never before.
fn place(disk: &dyn Disk, path: &Path, fill: impl FnOnce(&dyn DiskFile) -> io::Result<()>) -> Result<(), OpenError> {
    let draft = path.with_extension(format!("{}.draft", path.extension().unwrap_or_default().display()));
    let made = disk.open(&draft, Open::CreateNew).and_then(|file| {
        fill(&*file)?;
        file.sync()?;
        drop(file);
        disk.rename(&draft, path)?;
        disk.sync_dir(path.parent().unwrap_or(Path::new("")))
    });
    made.map_err(|source| OpenError::Io { path: path.to_owned(), doing: "made", source })
}

fn remove_drafts(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    let drafts = disk.list(folder)?.into_iter().filter(|name| name.extension().is_some_and(|end| end == "draft"));
    for draft in drafts {
        disk.remove_file(&folder.join(draft))?;
    }
    Ok(())
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
    };
    let master = tools.master.cipher();
    let mut bytes = preamble.encode().to_vec();
    for number in 0..header.slots {
        let content = match number {
            HEADER_SLOT => Content::Header(header),
            1 => Content::HashKey(Key::random(tools.rng)),
            _ => Content::Free,
        };
        bytes.extend_from_slice(&content.encode(&master, tools.nonces.next(), &preamble.file, number, 1));
    }
    place(tools.disk, path, |file| file.write_at(0, &bytes))
}

/// Makes a missing or unrecognisable copy anew from the other one.
fn copy(disk: &dyn Disk, from: &Path, to: &Path) -> Result<(), OpenError> {
    tracing::info!(from = %from.display(), to = %to.display(), "making a copy of the key file");
    let read = |source| OpenError::Io { path: from.to_owned(), doing: "read", source };
    let source = disk.open(from, Open::Read).map_err(read)?;
    place(disk, to, |file| {
        let mut buffer = vec![0; repair::CHUNK_SLOTS * SLOT_BYTES];
        let mut offset = 0;
        loop {
            let count = source.read_at(offset, &mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            file.write_at(offset, &buffer[..count])?;
            offset += count as u64;
        }
    })
}

fn random_id(rng: &dyn Rng) -> [u8; 16] {
    let mut id = [0; 16];
    rng.fill(&mut id);
    id
}
