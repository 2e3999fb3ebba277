//! The folders that hold copies of one key file: which file is this, and does each copy have a readable beginning.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use kernel::{Disk, DiskFile, FolderLock, Open};

use super::format::{Identity, Preamble, SLOT_BYTES, VERSION};
use super::{COPIES, OpenError, repair};
use crate::Options;

/// Bytes copied or wiped at a time: 1 MiB.
const CHUNK_BYTES: usize = repair::CHUNK_SLOTS * SLOT_BYTES;

/// The folder of the keys and that of their mirror, locked for this process.
pub(crate) struct Folders {
    keys: PathBuf,
    mirror: Option<PathBuf>,
    locks: Vec<FolderLock>,
}

impl Folders {
    /// Makes the folders, locks them and clears them of drafts.
    pub(crate) fn lock(disk: &dyn Disk, options: &Options) -> Result<Self, OpenError> {
        let folders = Self { keys: options.folder.clone(), mirror: options.mirror.clone(), locks: Vec::new() };
        let mut locks = Vec::new();
        for (folder, mirror) in folders.each() {
            let io = |doing| move |source| OpenError::io(mirror, folder.to_owned(), doing, source);
            make_folder(disk, folder).map_err(io("made"))?;
            let lock = disk.lock(folder).map_err(|source| match source.kind() {
                ErrorKind::WouldBlock => OpenError::InUse { folder: folder.to_owned() },
                _ => io("locked")(source),
            })?;
            remove_drafts(disk, folder).map_err(io("cleared of drafts"))?;
            locks.push(lock);
        }
        Ok(Self { locks, ..folders })
    }

    pub(crate) fn keys(&self) -> &Path {
        &self.keys
    }

    pub(crate) fn mirror(&self) -> Option<&Path> {
        self.mirror.as_deref()
    }

    pub(crate) fn into_locks(self) -> Vec<FolderLock> {
        self.locks
    }

    /// Every copy that there should be, in the order they are written in, and whether it is of the mirror.
    pub(crate) fn copies(&self) -> Vec<(PathBuf, bool)> {
        let of = |(folder, mirror): (&Path, bool)| COPIES.map(|name| (folder.join(name), mirror));
        self.each().into_iter().flat_map(of).collect()
    }

    fn each(&self) -> Vec<(&Path, bool)> {
        let mirror = self.mirror().map(|mirror| (mirror, true));
        [(self.keys(), false)].into_iter().chain(mirror).collect()
    }

    /// Which key file lies here, as its newest preamble has it; `None` when there is none yet.
    pub(crate) fn identify(&self, disk: &dyn Disk) -> Result<Option<Preamble>, OpenError> {
        let (keys, damaged) = identify(disk, &self.keys, false)?;
        let Some(folder) = &self.mirror else {
            return match (keys, damaged.as_slice()) {
                (None, []) => Ok(None),
                (None, damaged) => Err(self.no_beginning(damaged)),
                (keys, _) => Ok(keys),
            };
        };
        let (mirror, damaged_there) = identify(disk, folder, true)?;
        match (keys, mirror) {
            (None, None) if damaged.is_empty() && damaged_there.is_empty() => Ok(None),
            (None, None) => Err(self.no_beginning(&damaged)),
            (None, Some(_)) if damaged.is_empty() => {
                Err(OpenError::OnlyMirror { folder: self.keys.clone(), mirror: folder.clone() })
            }
            (Some(keys), Some(mirror)) if keys.file != mirror.file => {
                Err(OpenError::ForeignMirror { folder: self.keys.clone(), mirror: folder.clone() })
            }
            (keys, mirror) => Ok([keys, mirror].into_iter().flatten().max_by_key(|preamble| preamble.changes)),
        }
    }

    fn no_beginning(&self, damaged: &[&str]) -> OpenError {
        let names = if damaged.is_empty() { COPIES.join(" and ") } else { damaged.join(" and ") };
        let what = format!("the start of {names} is not that of a key file");
        OpenError::Damaged { folder: self.keys.clone(), what }
    }

    /// Gives every copy this preamble: one that is missing or has no readable beginning is made anew from another, one that
    /// was away while the preamble changed gets the new one. Slots are compared afterwards.
    pub(super) fn even_out(&self, disk: &dyn Disk, preamble: &Preamble) -> Result<(), OpenError> {
        let copies = self.copies();
        let mut found = Vec::new();
        for (path, mirror) in &copies {
            let bytes = first_bytes(disk, path);
            let bytes = bytes.map_err(|source| OpenError::io(*mirror, path.clone(), "read", source))?;
            found.push(bytes.map(|bytes| Identity::decode(&bytes)));
        }
        let newest = found.iter().position(|found| *found == Some(Identity::Ours(*preamble)));
        let source = &copies[newest.expect("the newest preamble was found in one of them")].0;
        for ((path, mirror), found) in copies.iter().zip(found) {
            let done = match found {
                Some(Identity::Ours(found)) if found == *preamble => Ok(()),
                Some(Identity::Ours(_)) => write_preamble(disk, path, preamble),
                Some(_) => refill(disk, source, path),
                None => copy(disk, source, path),
            };
            done.map_err(|source| OpenError::io(*mirror, path.clone(), "brought up to date", source))?;
        }
        Ok(())
    }
}

/// The newest preamble in one folder, and the names of the copies that have none.
fn identify(disk: &dyn Disk, folder: &Path, mirror: bool) -> Result<(Option<Preamble>, Vec<&'static str>), OpenError> {
    let mut found: Vec<Preamble> = Vec::new();
    let mut damaged = Vec::new();
    for name in COPIES {
        let path = folder.join(name);
        let bytes = first_bytes(disk, &path);
        let bytes = bytes.map_err(|source| OpenError::io(mirror, path.clone(), "read", source))?;
        match bytes.as_deref().map(Identity::decode) {
            None => {}
            Some(Identity::Ours(preamble)) => found.push(preamble),
            Some(Identity::OtherVersion(version)) if version > VERSION => {
                return Err(OpenError::Newer { path, found: version });
            }
            Some(Identity::OtherVersion(version)) => return Err(OpenError::Older { path, found: version }),
            Some(Identity::Damaged) => damaged.push(name),
        }
    }
    if found.windows(2).any(|pair| pair[0].file != pair[1].file) {
        return Err(OpenError::Mixed { folder: folder.to_owned() });
    }
    Ok((found.into_iter().max_by_key(|preamble| preamble.changes), damaged))
}

/// The first bytes of a file; `None` when it does not exist.
pub(crate) fn first_bytes(disk: &dyn Disk, path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match disk.open(path, Open::Read) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = vec![0; SLOT_BYTES];
    let count = file.read_at(0, &mut bytes)?;
    bytes.truncate(count);
    Ok(Some(bytes))
}

/// A file becomes `keys.a` or `keys.b` when it is whole and durable, never before.
pub(super) fn place(
    disk: &dyn Disk,
    path: &Path,
    fill: impl FnOnce(&dyn DiskFile) -> io::Result<()>,
) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.draft", path.extension().unwrap_or_default().display()));
    let file = disk.open(&draft, Open::CreateNew)?;
    fill(&*file)?;
    file.sync()?;
    drop(file);
    disk.rename(&draft, path)?;
    disk.sync_dir(path.parent().unwrap_or(Path::new("")))
}

/// A draft holds keys that may have died since, so it is overwritten before it goes.
fn remove_drafts(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    let drafts = disk.list(folder)?.into_iter().filter(|name| name.extension().is_some_and(|end| end == "draft"));
    for draft in drafts {
        let path = folder.join(draft);
        wipe(&*disk.open(&path, Open::Write)?)?;
        disk.remove_file(&path)?;
    }
    Ok(())
}

/// Overwrites a file where it lies, durable when it returns.
fn wipe(file: &dyn DiskFile) -> io::Result<()> {
    let zeros = vec![0; CHUNK_BYTES];
    let len = file.len()?;
    for at in (0..len).step_by(CHUNK_BYTES) {
        let count = usize::try_from(len - at).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
        file.write_at(at, &zeros[..count])?;
    }
    file.sync()
}

fn write_preamble(disk: &dyn Disk, path: &Path, preamble: &Preamble) -> io::Result<()> {
    let file = disk.open(path, Open::Write)?;
    file.write_at(0, &preamble.encode())?;
    file.sync()
}

/// Makes a missing copy from another one.
fn copy(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    tracing::info!(from = %from.display(), to = %to.display(), "making a copy of the key file");
    let source = disk.open(from, Open::Read)?;
    place(disk, to, |file| copy_bytes(&*source, file, 0))
}

/// Overwrites a copy without a readable beginning with another one, in place: its slots may hold keys that died since. It
/// gets its beginning last, so that a copy cut short is none.
fn refill(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    tracing::warn!(from = %from.display(), to = %to.display(), "a copy of the key file is damaged and filled anew");
    let (source, file) = (disk.open(from, Open::Read)?, disk.open(to, Open::Write)?);
    wipe(&*file)?;
    file.set_len(source.len()?)?;
    copy_bytes(&*source, &*file, SLOT_BYTES as u64)?;
    file.sync()?;
    let mut preamble = [0; SLOT_BYTES];
    source.read_at(0, &mut preamble)?;
    file.write_at(0, &preamble)?;
    file.sync()
}

fn copy_bytes(source: &dyn DiskFile, file: &dyn DiskFile, mut at: u64) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let count = source.read_at(at, &mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        file.write_at(at, &buffer[..count])?;
        at += count as u64;
    }
}

/// Makes `folder` and the names that lead to it durable.
fn make_folder(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    let missing: Vec<_> = folder.ancestors().take_while(|path| disk.list(path).is_err()).collect();
    disk.create_dir_all(folder)?;
    missing.iter().filter_map(|path| path.parent()).try_for_each(|parent| disk.sync_dir(parent))
}
