//! Copying files with their sums, durably, into folders of our own.

use std::io;
use std::path::{Path, PathBuf};

use kernel::{Disk, DiskFile, Open};
use sha2::{Digest, Sha256};

use super::take::KEY_FILES;

/// Bytes copied at a time.
const COPY_BYTES: usize = 1 << 20;

/// Copies `len` bytes of a file to a new one, synced; gives their SHA-256.
pub(super) fn file(disk: &dyn Disk, from: &dyn DiskFile, len: u64, to: &Path) -> io::Result<String> {
    let copy = disk.open(to, Open::CreateNew)?;
    let sum = each_piece(from, len, &mut |at, piece| copy.write_at(at, piece))?;
    copy.sync()?;
    Ok(sum)
}

/// SHA-256 of the first `len` bytes of a file.
pub(super) fn sum(from: &dyn DiskFile, len: u64) -> io::Result<String> {
    each_piece(from, len, &mut |_, _| Ok(()))
}

fn each_piece(from: &dyn DiskFile, len: u64, each: &mut dyn FnMut(u64, &[u8]) -> io::Result<()>) -> io::Result<String> {
    let mut sum = Sha256::new();
    let mut buffer = vec![0; COPY_BYTES];
    let mut at = 0;
    while at < len {
        let want = usize::try_from((len - at).min(COPY_BYTES as u64)).expect("a piece fits in memory");
        let count = from.read_at(at, &mut buffer[..want])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        sum.update(&buffer[..count]);
        each(at, &buffer[..count])?;
        at += count as u64;
    }
    Ok(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Every file below a folder, as paths from there on.
pub(super) fn files(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inner) = folders.pop() {
        for name in disk.list(&folder.join(&inner))? {
            let path = inner.join(name);
            match disk.list(&folder.join(&path)) {
                Ok(_) => folders.push(path),
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => files.push(path),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(files)
}

/// Makes every name below and above a folder durable.
pub(super) fn sync_folders(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for name in disk.list(&inner)? {
            let path = inner.join(name);
            if disk.list(&path).is_ok() {
                folders.push(path);
            }
        }
        disk.sync_dir(&inner)?;
    }
    folder.parent().map_or(Ok(()), |parent| disk.sync_dir(parent))
}

/// Removes a folder and everything in it; one that is not there is as good.
pub(super) fn remove(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    let names = match disk.list(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        names => names?,
    };
    for name in names {
        let path = folder.join(name);
        match disk.list(&path) {
            Ok(_) => remove(disk, &path)?,
            Err(_) => {
                if KEY_FILES.iter().any(|keys| path.ends_with(keys)) {
                    wipe(disk, &path)?;
                }
                disk.remove_file(&path)?;
            }
        }
    }
    disk.remove_dir(folder)
}

/// Overwrites a copy of keys with zeros, durable when it returns: what is only unlinked stays on the disk.
fn wipe(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    let file = disk.open(path, Open::Write)?;
    let (len, zeros) = (file.len()?, vec![0; COPY_BYTES]);
    for at in (0..len).step_by(COPY_BYTES) {
        let want = usize::try_from((len - at).min(COPY_BYTES as u64)).expect("a piece fits in memory");
        file.write_at(at, &zeros[..want])?;
    }
    file.sync()
}

/// Whether nothing is in a folder, or no folder there.
pub(super) fn is_empty(disk: &dyn Disk, folder: &Path) -> io::Result<bool> {
    match disk.list(folder) {
        Ok(names) => Ok(names.is_empty()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use kernel::sim::SimDisk;

    use super::*;

    #[test]
    fn a_copy_of_keys_is_overwritten_before_it_is_removed() {
        let (disk, folder) = (SimDisk::new(), Path::new("/copy"));
        disk.create_dir_all(folder).expect("a folder");
        let keys = disk.open(&folder.join("keys.a"), Open::CreateNew).expect("a file");
        keys.write_at(0, &[7; COPY_BYTES + 5]).expect("written");
        remove(&disk, folder).expect("removed");
        // The open file is what still lies on the disk.
        let mut left = vec![1; COPY_BYTES + 5];
        keys.read_at(0, &mut left).expect("read");
        assert!(left.iter().all(|byte| *byte == 0));
        assert!(disk.list(folder).is_err());
    }
}
