//! The files of the lease log as they are between two batches, for a backup. They only ever grow, so their lengths of one
//! moment are that moment's state; a file that is removed later is still read through its handle.

use std::io;
use std::path::{Path, PathBuf};

use kernel::{Disk, DiskFile, Open};

use super::format::Kind;

/// A file and how far it belongs to the moment.
pub struct SnapshotFile {
    /// Where it lies, from the folder of the lease log on.
    pub path: PathBuf,
    /// The open file.
    pub file: Box<dyn DiskFile>,
    /// Bytes of it.
    pub len: u64,
}

/// Every file in a lease log that nobody writes meanwhile: of a stopped server, or within
/// [`LeaseLog::while_still`](super::LeaseLog::while_still).
pub fn snapshot(disk: &dyn Disk, root: &Path) -> io::Result<Vec<SnapshotFile>> {
    let mut files = Vec::new();
    for kind in [Kind::Bodies, Kind::Marks, Kind::ClientIds] {
        take(disk, root, Path::new(kind.folder()), &mut files)?;
    }
    let leases = Path::new(Kind::Lease.folder());
    for lease in list(disk, &root.join(leases))? {
        take(disk, root, &leases.join(lease), &mut files)?;
    }
    Ok(files)
}

fn take(disk: &dyn Disk, root: &Path, folder: &Path, files: &mut Vec<SnapshotFile>) -> io::Result<()> {
    for name in list(disk, &root.join(folder))? {
        // An unfinished table is made anew at the start.
        if !name.extension().is_some_and(|end| end == "seg" || end == "tab") {
            continue;
        }
        let path = folder.join(name);
        let file = disk.open(&root.join(&path), Open::Read)?;
        let len = file.len()?;
        files.push(SnapshotFile { path, file, len });
    }
    Ok(())
}

/// A folder that was never made holds nothing.
fn list(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<PathBuf>> {
    match disk.list(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        names => names,
    }
}
