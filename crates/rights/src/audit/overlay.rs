//! A disk over another one that keeps every change in memory: what is below is read and never written.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use kernel::{Disk, DiskFile, FolderLock, Open};

/// The disk below, and what was changed since.
pub(super) struct Overlay {
    below: Arc<dyn Disk>,
    changes: Mutex<Changes>,
}

#[derive(Default)]
struct Changes {
    /// Files opened for writing, and those that are gone.
    files: BTreeMap<PathBuf, Option<Arc<Node>>>,
    /// Folders made here, and those that are gone.
    made: BTreeSet<PathBuf>,
    gone: BTreeSet<PathBuf>,
}

/// A file: that of the disk below until it is written.
struct Node {
    below: Option<Box<dyn DiskFile>>,
    written: RwLock<Option<Vec<u8>>>,
}

impl Overlay {
    pub(super) fn over(below: Arc<dyn Disk>) -> Self {
        Self { below, changes: Mutex::default() }
    }

    fn changes(&self) -> MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file as it is here; taken in from below if need be.
    fn node(&self, path: &Path) -> io::Result<Arc<Node>> {
        if let Some(known) = self.changes().files.get(path) {
            return known.clone().ok_or_else(|| ErrorKind::NotFound.into());
        }
        let below = Some(self.below.open(path, Open::Read)?);
        let node = Arc::new(Node { below, written: RwLock::default() });
        self.changes().files.insert(path.to_owned(), Some(Arc::clone(&node)));
        Ok(node)
    }
}

impl Disk for Overlay {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        if how != Open::CreateNew {
            return Ok(Box::new(OpenNode(self.node(path)?)));
        }
        if self.node(path).is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let node = Arc::new(Node { below: None, written: RwLock::new(Some(Vec::new())) });
        self.changes().files.insert(path.to_owned(), Some(Arc::clone(&node)));
        Ok(Box::new(OpenNode(node)))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let changes = self.changes();
        let below = self.below.list(folder);
        if changes.gone.contains(folder) || (below.is_err() && !changes.made.contains(folder)) {
            return Err(ErrorKind::NotFound.into());
        }
        let mut names: BTreeSet<PathBuf> = below.unwrap_or_default().into_iter().collect();
        let name_in =
            |path: &Path| (path.parent() == Some(folder)).then(|| path.file_name().map(PathBuf::from)).flatten();
        for (path, node) in &changes.files {
            let Some(name) = name_in(path) else { continue };
            if node.is_some() {
                names.insert(name);
            } else {
                names.remove(&name);
            }
        }
        names.extend(changes.made.iter().filter_map(|path| name_in(path)));
        for name in changes.gone.iter().filter_map(|path| name_in(path)) {
            names.remove(&name);
        }
        Ok(names.into_iter().collect())
    }

    fn create_dir_all(&self, folder: &Path) -> io::Result<()> {
        let mut changes = self.changes();
        for folder in folder.ancestors() {
            if changes.gone.remove(folder) || self.below.list(folder).is_err() {
                changes.made.insert(folder.to_owned());
            }
        }
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.node(path)?;
        self.changes().files.insert(path.to_owned(), None);
        Ok(())
    }

    fn remove_dir(&self, folder: &Path) -> io::Result<()> {
        let mut changes = self.changes();
        changes.made.remove(folder);
        changes.gone.insert(folder.to_owned());
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let node = self.node(from)?;
        let mut changes = self.changes();
        changes.files.insert(from.to_owned(), None);
        changes.files.insert(to.to_owned(), Some(node));
        Ok(())
    }

    fn sync_dir(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        self.below.free_bytes(path)
    }

    /// The lock of the disk below: nobody may change it meanwhile. A folder that is only here needs none.
    fn lock(&self, folder: &Path) -> io::Result<FolderLock> {
        if self.below.list(folder).is_err() {
            return Ok(FolderLock::new(()));
        }
        self.below.lock(folder)
    }
}

struct OpenNode(Arc<Node>);

impl OpenNode {
    fn change<T>(&self, change: impl FnOnce(&mut Vec<u8>) -> T) -> io::Result<T> {
        let mut written = self.0.written.write().unwrap_or_else(PoisonError::into_inner);
        if written.is_none() {
            let mut bytes = Vec::new();
            if let Some(below) = &self.0.below {
                bytes.resize(usize::try_from(below.len()?).map_err(io::Error::other)?, 0);
                let count = below.read_at(0, &mut bytes)?;
                bytes.truncate(count);
            }
            *written = Some(bytes);
        }
        Ok(change(written.get_or_insert_default()))
    }
}

impl DiskFile for OpenNode {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let written = self.0.written.read().unwrap_or_else(PoisonError::into_inner);
        match (&*written, &self.0.below) {
            (Some(bytes), _) => {
                let from = usize::try_from(offset).map_err(io::Error::other)?.min(bytes.len());
                let count = buffer.len().min(bytes.len() - from);
                buffer[..count].copy_from_slice(&bytes[from..from + count]);
                Ok(count)
            }
            (None, Some(below)) => below.read_at(offset, buffer),
            (None, None) => Ok(0),
        }
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        self.change(|written| {
            if written.len() < from + bytes.len() {
                written.resize(from + bytes.len(), 0);
            }
            written[from..from + bytes.len()].copy_from_slice(bytes);
        })
    }

    fn len(&self) -> io::Result<u64> {
        let written = self.0.written.read().unwrap_or_else(PoisonError::into_inner);
        match (&*written, &self.0.below) {
            (Some(bytes), _) => Ok(bytes.len() as u64),
            (None, Some(below)) => below.len(),
            (None, None) => Ok(0),
        }
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        let length = usize::try_from(bytes).map_err(io::Error::other)?;
        self.change(|written| written.resize(length, 0))
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::sim::SimDisk;

    use super::*;

    fn content(disk: &dyn Disk, path: &str) -> Vec<u8> {
        let mut bytes = vec![0; 100];
        let count = disk.open(Path::new(path), Open::Read).unwrap().read_at(0, &mut bytes).unwrap();
        bytes.truncate(count);
        bytes
    }

    #[test]
    fn what_is_changed_above_is_seen_above_and_not_below() {
        let below = SimDisk::new();
        below.create_dir_all(Path::new("/a")).unwrap();
        for name in ["/a/1", "/a/2", "/a/3"] {
            below.open(Path::new(name), Open::CreateNew).unwrap().write_at(0, b"old").unwrap();
        }
        let before = below.files();
        let above = Overlay::over(Arc::new(below.clone()));
        let file = above.open(Path::new("/a/1"), Open::Write).unwrap();
        file.write_at(2, b"new").unwrap();
        file.sync().unwrap();
        above.remove_file(Path::new("/a/2")).unwrap();
        above.rename(Path::new("/a/3"), Path::new("/a/4")).unwrap();
        above.create_dir_all(Path::new("/a/b/c")).unwrap();
        above.open(Path::new("/a/b/5"), Open::CreateNew).unwrap().set_len(2).unwrap();
        assert_eq!(above.open(Path::new("/a/1"), Open::CreateNew).err().unwrap().kind(), ErrorKind::AlreadyExists);
        assert_eq!(above.open(Path::new("/a/2"), Open::Read).err().unwrap().kind(), ErrorKind::NotFound);
        assert_eq!(above.list(Path::new("/a")).unwrap(), ["1", "4", "b"].map(PathBuf::from));
        assert_eq!(above.list(Path::new("/a/b")).unwrap(), ["5", "c"].map(PathBuf::from));
        assert_eq!((content(&above, "/a/1"), content(&above, "/a/4")), (b"olnew".to_vec(), b"old".to_vec()));
        above.remove_dir(Path::new("/a/b/c")).unwrap();
        assert!(above.list(Path::new("/a/b/c")).is_err());
        assert_eq!(below.files(), before);
        let _lock = above.lock(Path::new("/a")).unwrap();
        assert!(below.lock(Path::new("/a")).is_err(), "nobody starts meanwhile");
    }
}
