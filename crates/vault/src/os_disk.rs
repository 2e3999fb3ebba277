//! The real disk.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use kernel::{Disk, DiskFile, FolderLock, Open};

/// Only the account that runs the server reads what it keeps.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// The machine's file systems, below [`kernel::Disk`]. The lease log uses it too.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsDisk;

/// The file that holds the lock of a folder; it stays empty.
const LOCK_FILE: &str = "lock";

impl OsDisk {
    /// The name of the file system of `path` when it writes every change to a new place, so that what was overwritten
    /// stays on the disk for a while; such a folder is no place for keys.
    pub fn copy_on_write(path: &Path) -> io::Result<Option<&'static str>> {
        const BTRFS: u64 = 0x9123_683E;
        const ZFS: u64 = 0x2FC1_2FC1;
        const BCACHEFS: u64 = 0xCA45_1A4E;
        const NILFS: u64 = 0x3434;
        let kind = rustix::fs::statfs(path)?.f_type;
        Ok(match u64::try_from(kind).unwrap_or_default() {
            BTRFS => Some("btrfs"),
            ZFS => Some("zfs"),
            BCACHEFS => Some("bcachefs"),
            NILFS => Some("nilfs"),
            _ => None,
        })
    }

    /// The name of the file system of `path` when it lies on another machine, or nowhere but in memory: for `doctor`.
    pub fn far_or_fleeting(path: &Path) -> io::Result<Option<&'static str>> {
        const NFS: u64 = 0x6969;
        const SMB: u64 = 0xFF53_4D42;
        const SMB2: u64 = 0xFE53_4D42;
        const PLAN9: u64 = 0x0102_1997;
        const CEPH: u64 = 0x00C3_6400;
        const FUSE: u64 = 0x6573_5546;
        const TMPFS: u64 = 0x0102_1994;
        let kind = rustix::fs::statfs(path)?.f_type;
        Ok(match u64::try_from(kind).unwrap_or_default() {
            NFS => Some("nfs"),
            SMB | SMB2 => Some("smb"),
            PLAN9 => Some("9p"),
            CEPH => Some("ceph"),
            FUSE => Some("fuse"),
            TMPFS => Some("tmpfs"),
            _ => None,
        })
    }
}

impl Disk for OsDisk {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        let write = how != Open::Read;
        let created = how == Open::CreateNew;
        let file = OpenOptions::new().read(true).write(write).create_new(created).mode(FILE_MODE).open(path)?;
        Ok(Box::new(OsFile(file)))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut names = fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| PathBuf::from(entry.file_name())))
            .collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    }

    fn create_dir_all(&self, folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir(&self, folder: &Path) -> io::Result<()> {
        fs::remove_dir(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        let free = rustix::fs::statvfs(path)?;
        Ok(free.f_bavail.saturating_mul(free.f_frsize))
    }

    fn lock(&self, folder: &Path) -> io::Result<FolderLock> {
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).mode(FILE_MODE).open(folder.join(LOCK_FILE))?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock::new(file)),
            Err(fs::TryLockError::WouldBlock) => Err(ErrorKind::WouldBlock.into()),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

struct OsFile(File);

impl DiskFile for OsFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.0.read_at(&mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.0.set_len(bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn files_names_and_locks_do_what_the_trait_says() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        OsDisk.create_dir_all(&inner).unwrap();
        let file = OsDisk.open(&inner.join("x"), Open::CreateNew).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&inner), mode(&inner.join("x"))), (0o700, 0o600), "nobody else reads what is kept");
        file.write_at(3, b"abc").unwrap();
        file.sync().unwrap();
        let mut buffer = [9; 10];
        assert_eq!(file.read_at(1, &mut buffer).unwrap(), 5);
        assert_eq!(&buffer[..6], b"\0\0abc\x09");
        assert_eq!(OsDisk.open(&inner.join("x"), Open::CreateNew).err().unwrap().kind(), ErrorKind::AlreadyExists);
        assert!(OsDisk.open(&inner.join("x"), Open::Read).unwrap().write_at(0, b"no").is_err());
        OsDisk.rename(&inner.join("x"), &inner.join("y")).unwrap();
        OsDisk.sync_dir(&inner).unwrap();
        assert_eq!(OsDisk.list(&inner).unwrap(), [PathBuf::from("y")]);
        assert_eq!(OsDisk.list(&inner.join("none")).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(OsDisk.free_bytes(&inner).unwrap() > 0);
        assert_eq!(OsDisk::copy_on_write(Path::new("/proc")).unwrap(), None);
        let lock = OsDisk.lock(&inner).unwrap();
        assert_eq!(OsDisk.lock(&inner).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(lock);
        OsDisk.lock(&inner).unwrap();
    }
}
