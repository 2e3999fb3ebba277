//! A look at the heads of the lease log's files, for `doctor`: nothing is replayed, locked or changed.

use std::path::{Path, PathBuf};

use kernel::{Disk, Open};

use super::format::{HEADER_BYTES, Header};

/// What the heads of the files say.
#[derive(Debug, Default)]
pub struct HeadsSeen {
    /// Files of the log.
    pub files: usize,
    /// Those whose head is not one of this version.
    pub wrong: Vec<PathBuf>,
}

/// Reads the head of every segment below `folder`; a folder that does not exist holds none.
pub fn look_at_heads(disk: &dyn Disk, folder: &Path) -> HeadsSeen {
    let mut seen = HeadsSeen::default();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for name in disk.list(&folder).unwrap_or_default() {
            let path = folder.join(name);
            match path.extension().and_then(|end| end.to_str()) {
                Some("seg" | "tab") => {
                    // A running server removes files at any time.
                    let Ok(file) = disk.open(&path, Open::Read) else { continue };
                    let mut head = [0; HEADER_BYTES];
                    let whole = file.read_at(0, &mut head).is_ok_and(|count| count == HEADER_BYTES);
                    seen.files += 1;
                    if !whole || Header::decode(&head).is_err() {
                        seen.wrong.push(path);
                    }
                }
                None => folders.push(path),
                Some(_) => {}
            }
        }
    }
    seen
}
