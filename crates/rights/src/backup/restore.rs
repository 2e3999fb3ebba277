//! Bringing a backup back: first everything is copied beside its place and compared with the manifest, then it is put there at
//! once. What is wrong leaves the place as it was.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::{Disk, Open};

use super::copy;
use super::manifest::{Kind, MANIFEST, Manifest, ManifestError};

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The manifest.
    #[error("{} cannot be restored", folder.display())]
    Manifest {
        /// The backup.
        folder: PathBuf,
        /// What is wrong with it.
        source: ManifestError,
    },
    /// A file is not what the manifest says.
    #[error("{} is not what the manifest says: the backup is damaged, take another one; nothing was restored", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
    /// A file that the manifest does not name.
    #[error("{} does not belong to the backup: take it away if it is nothing; nothing was restored", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// The place is taken.
    #[error("{} is not empty: restore into a new folder, or move this one away", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// The disk.
    #[error("{} could not be {doing}; nothing was restored", path.display())]
    Disk {
        /// What was tried.
        doing: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A restored folder beside its place. Dropped without [`Prepared::put`], it is removed.
pub struct Prepared {
    disk: Arc<dyn Disk>,
    draft: PathBuf,
    to: PathBuf,
    manifest: Manifest,
    placed: bool,
}

/// Copies the backup in `from` beside `to` and compares every byte with its manifest.
pub fn prepare(disk: Arc<dyn Disk>, kind: Kind, from: &Path, to: &Path) -> Result<Prepared, RestoreError> {
    let manifest = Manifest::read(&*disk, from, kind)
        .map_err(|source| RestoreError::Manifest { folder: from.to_owned(), source })?;
    if !copy::is_empty(&*disk, to).map_err(failed("read", to))? {
        return Err(RestoreError::NotEmpty { folder: to.to_owned() });
    }
    check_names(&*disk, from, &manifest)?;
    let mut draft = to.as_os_str().to_owned();
    draft.push(".restoring");
    let draft = PathBuf::from(draft);
    // Of a restoring that was cut short.
    copy::remove(&*disk, &draft).map_err(failed("removed", &draft))?;
    let prepared = Prepared { disk, draft, to: to.to_owned(), manifest, placed: false };
    prepared.fill(from)?;
    Ok(prepared)
}

/// Everything in the folder is named, and everything named is there.
fn check_names(disk: &dyn Disk, from: &Path, manifest: &Manifest) -> Result<(), RestoreError> {
    let there: HashSet<PathBuf> = copy::files(disk, from).map_err(failed("read", from))?.into_iter().collect();
    let mut named: HashSet<PathBuf> = manifest.files.iter().map(|file| PathBuf::from(&file.path)).collect();
    named.insert(PathBuf::from(MANIFEST));
    if let Some(file) = there.difference(&named).next() {
        return Err(RestoreError::Foreign { path: from.join(file) });
    }
    match named.difference(&there).next() {
        Some(file) => Err(RestoreError::Damaged { path: from.join(file) }),
        None => Ok(()),
    }
}

impl Prepared {
    /// What was restored.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn fill(&self, from: &Path) -> Result<(), RestoreError> {
        let disk = &*self.disk;
        disk.create_dir_all(&self.draft).map_err(failed("made", &self.draft))?;
        for saved in &self.manifest.files {
            let (source, target) = (from.join(&saved.path), self.draft.join(&saved.path));
            let folder = target.parent().unwrap_or(&self.draft);
            disk.create_dir_all(folder).map_err(failed("made", folder))?;
            let file = disk.open(&source, Open::Read).map_err(failed("read", &source))?;
            let len = file.len().map_err(failed("read", &source))?;
            let sum = copy::file(disk, &*file, len, &target).map_err(failed("copied", &source))?;
            if (len, &sum) != (saved.bytes, &saved.sha256) {
                return Err(RestoreError::Damaged { path: source });
            }
        }
        copy::sync_folders(disk, &self.draft).map_err(failed("synced", &self.draft))
    }

    /// Puts it in its place.
    pub fn put(mut self) -> Result<Manifest, RestoreError> {
        let disk = &*self.disk;
        // An empty folder gives way.
        disk.rename(&self.draft, &self.to).map_err(failed("put in its place", &self.to))?;
        self.placed = true;
        if let Some(parent) = self.to.parent() {
            disk.sync_dir(parent).map_err(failed("synced", parent))?;
        }
        Ok(self.manifest.clone())
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if !self.placed {
            // The error that is told is the one that matters.
            let _removed = copy::remove(&*self.disk, &self.draft);
        }
    }
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RestoreError {
    move |source| RestoreError::Disk { doing, path: path.to_owned(), source }
}
