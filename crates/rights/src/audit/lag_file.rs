//! The lags measured so far, as a file in the data folder (policy row `deletion_lag`): JSON, replaced as a whole.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use kernel::{Disk, Open};
use vault::Lags;

/// Its name in the data folder.
const FILE: &str = "deletion-lag";

/// The file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LagFileError {
    /// The disk.
    #[error("{path} cannot be used ({source}); check who may read and write it", path = path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is in it.
    #[error("{path} is not what a server writes ({reason}); move it away to begin counting anew", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// What earlier processes measured; nothing at the first start.
pub fn load(disk: &dyn Disk, data: &Path) -> Result<Option<Lags>, LagFileError> {
    let path = data.join(FILE);
    let read = || {
        let file = disk.open(&path, Open::Read)?;
        let mut bytes = vec![0; usize::try_from(file.len()?).map_err(io::Error::other)?];
        let count = file.read_at(0, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    };
    let bytes = match read() {
        Ok(bytes) => bytes,
        Err(error) if io::Error::kind(&error) == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(LagFileError::Disk { path, source }),
    };
    let lags = serde_json::from_slice(&bytes);
    lags.map(Some).map_err(|error| LagFileError::Damaged { path, reason: error.to_string() })
}

/// Writes down what was measured.
pub fn save(disk: &dyn Disk, data: &Path, lags: &Lags) -> Result<(), LagFileError> {
    let path = data.join(FILE);
    let draft = path.with_extension("draft");
    let write = || {
        match disk.remove_file(&draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = disk.open(&draft, Open::CreateNew)?;
        file.write_at(0, &serde_json::to_vec(lags).map_err(io::Error::other)?)?;
        file.sync()?;
        disk.rename(&draft, &path)?;
        disk.sync_dir(data)
    };
    write().map_err(|source| LagFileError::Disk { path: path.clone(), source })
}

#[cfg(test)]
mod tests {
    use kernel::Millis;
    use kernel::sim::SimDisk;

    use super::*;

    #[test]
    fn what_is_saved_is_loaded_and_what_is_damaged_is_told() {
        let (disk, data) = (SimDisk::new(), Path::new("/data"));
        disk.create_dir_all(data).unwrap();
        assert!(load(&disk, data).unwrap().is_none());
        let mut lags = Lags { since: Millis(7), ..Lags::default() };
        for count in 1..4 {
            lags.served.record(15_000, count);
            save(&disk, data, &lags).unwrap();
            assert_eq!(load(&disk, data).unwrap().as_ref(), Some(&lags));
        }
        disk.open(&data.join(FILE), Open::Write).unwrap().set_len(10).unwrap();
        assert!(load(&disk, data).unwrap_err().to_string().contains("move it away"));
    }
}
