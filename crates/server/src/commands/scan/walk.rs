//! Everything below some folders. Links are followed, each file comes once; sockets and pipes hold nothing.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::ScanError;

/// What there is to look through.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) files: Vec<PathBuf>,
    /// Names of files, folders and the rest, and where links lead, each with its path.
    pub(super) names: Vec<(PathBuf, Vec<u8>)>,
    /// What could not be looked at.
    pub(super) troubles: Vec<ScanError>,
    /// What was seen already, by device and inode: a link may lead back, or to the same place twice.
    seen: HashSet<(u64, u64)>,
}

impl Walk {
    /// Everything below `roots`.
    pub(super) fn of(roots: &[PathBuf]) -> Self {
        let mut walk = Self::default();
        for root in roots {
            walk.path(root);
        }
        walk
    }

    fn path(&mut self, path: &Path) {
        if let Err(source) = self.try_path(path) {
            self.troubles.push(ScanError::Unlistable { path: path.to_owned(), source });
        }
    }

    fn try_path(&mut self, path: &Path) -> io::Result<()> {
        let mut about = fs::symlink_metadata(path)?;
        if let Some(name) = path.file_name() {
            self.names.push((path.to_owned(), name.as_bytes().to_vec()));
        }
        if about.is_symlink() {
            self.names.push((path.to_owned(), fs::read_link(path)?.into_os_string().into_vec()));
            about = match fs::metadata(path) {
                // It leads nowhere.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                about => about?,
            };
        }
        if !self.seen.insert((about.dev(), about.ino())) {
            return Ok(());
        }
        let kind = about.file_type();
        if kind.is_dir() {
            let mut inside = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
            inside.sort_by_key(fs::DirEntry::file_name);
            inside.iter().for_each(|entry| self.path(&entry.path()));
        } else if kind.is_file() {
            self.files.push(path.to_owned());
        } else if kind.is_block_device() || kind.is_char_device() {
            self.troubles.push(ScanError::Device { path: path.to_owned() });
        }
        Ok(())
    }
}
