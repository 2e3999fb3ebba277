//! Putting a new master key in the place of the old one: a crash leaves the one, the other, or both, and the next try goes on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Where the new master key waits while keys are wrapped anew.
pub(crate) fn new_file(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

/// Where the old one lies until it is destroyed.
pub(crate) fn old_file(path: &Path) -> PathBuf {
    path.with_added_extension("old")
}

/// Puts the new key in the place of `path`, durably, then overwrites the old one and removes it. What an earlier try has done
/// is not done again.
pub(crate) fn replace(path: &Path) -> io::Result<()> {
    let (new, old) = (new_file(path), old_file(path));
    if new.try_exists()? {
        keep_as(path, &old)?;
        fs::rename(&new, path)?;
        sync_folder(path)?;
    }
    destroy(&old)
}

/// A second name for the old key, so that it can still be overwritten once its place is taken.
fn keep_as(path: &Path, old: &Path) -> io::Result<()> {
    let is_same = |old: &fs::Metadata| fs::metadata(path).is_ok_and(|path| path.ino() == old.ino());
    match fs::metadata(old) {
        Ok(found) if is_same(&found) => return Ok(()),
        Ok(_) => destroy(old)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    fs::hard_link(path, old)?;
    sync_folder(path)
}

/// Overwrites a file where it lies, then removes it. One that is not there is gone already.
fn destroy(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let bytes = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    file.write_all(&vec![0; bytes])?;
    file.sync_all()?;
    fs::remove_file(path)?;
    sync_folder(path)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder as a crash after so many of the steps leaves it: the old key still open, to see it being overwritten.
    fn after(steps: usize) -> (tempfile::TempDir, PathBuf, File) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let (new, old) = (new_file(&path), old_file(&path));
        fs::write(&path, "old key").unwrap();
        fs::write(&new, "new key").unwrap();
        let file = File::open(&path).unwrap();
        let all: [&dyn Fn() -> io::Result<()>; 4] = [
            &|| fs::hard_link(&path, &old),
            &|| fs::rename(&new, &path),
            &|| OpenOptions::new().write(true).open(&old)?.write_all(&[0; 7]),
            &|| fs::remove_file(&old),
        ];
        all.iter().take(steps).for_each(|step| step().unwrap());
        (folder, path, file)
    }

    /// `D-71`: wherever it was cut, the new key is in place afterwards and the old one is overwritten and gone.
    #[test]
    fn a_replacement_cut_short_is_finished_by_the_next() {
        for steps in 0..=4 {
            let (folder, path, mut old) = after(steps);
            replace(&path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "new key", "after {steps} steps");
            let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|name| name.unwrap().file_name()).collect();
            assert_eq!(names, ["master.key"], "after {steps} steps");
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut old, &mut bytes).unwrap();
            assert_eq!(bytes, [0; 7], "after {steps} steps the old key is overwritten");
            replace(&path).unwrap();
        }
    }

    #[test]
    fn what_an_earlier_rotation_left_behind_is_destroyed_first() {
        let (_folder, path, _) = after(0);
        fs::write(old_file(&path), "older key").unwrap();
        replace(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new key");
        assert!(!old_file(&path).exists());
    }
}
