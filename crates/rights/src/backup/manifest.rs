//! What a backup says of itself (`docs/formats.md`, "Backup").

use std::io;
use std::path::{Component, Path};

use kernel::{Disk, Millis, Open};
use serde::{Deserialize, Serialize};

/// Its name in the folder of the backup.
pub const MANIFEST: &str = "manifest.json";
/// The format this program writes, and the only one it reads.
pub const FORMAT: u32 = 1;
/// A manifest of a million files has 200 MB.
const BYTES_MAX: u64 = 1 << 30;

/// What a backup is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Database and lease log.
    Data,
    /// The key file.
    Keys,
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// What it is of.
    pub kind: Kind,
    /// When it was made, by the wall clock.
    pub at: Millis,
    /// The program that made it.
    pub version: String,
    /// How many steps the keys had made, where known.
    pub key_step: Option<u64>,
    /// False when the database lies elsewhere and is not in it.
    pub database: bool,
    /// Every file.
    pub files: Vec<SavedFile>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedFile {
    /// Where it lies, from the folder of the backup on, with `/`.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal digits.
    pub sha256: String,
}

/// Why a manifest cannot be gone by.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is none.
    #[error("there is no {MANIFEST}: this is no backup, or one that was not finished")]
    Missing,
    /// It cannot be read.
    #[error("{MANIFEST} cannot be read")]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("{MANIFEST} is damaged: {0}")]
    Damaged(String),
    /// Made by another version.
    #[error("{MANIFEST} has format {0}, and this program reads format {FORMAT}: restore with the version that made it")]
    OtherFormat(u64),
    /// The other kind.
    #[error("this is a backup of {0}")]
    OtherKind(&'static str),
}

impl Manifest {
    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Reads the manifest of a backup of this kind.
    pub fn read(disk: &dyn Disk, folder: &Path, kind: Kind) -> Result<Self, ManifestError> {
        let damaged = |reason: String| ManifestError::Damaged(reason);
        let file = disk.open(&folder.join(MANIFEST), Open::Read).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ManifestError::Missing,
            _ => error.into(),
        })?;
        let len = usize::try_from(file.len()?.min(BYTES_MAX)).expect("cut to what a usize holds");
        let mut bytes = vec![0; len];
        let read = file.read_at(0, &mut bytes)?;
        let value: serde_json::Value =
            serde_json::from_slice(&bytes[..read]).map_err(|error| damaged(error.to_string()))?;
        match value["format"].as_u64() {
            Some(format) if format == u64::from(FORMAT) => {}
            Some(other) => return Err(ManifestError::OtherFormat(other)),
            None => return Err(damaged("it names no format".to_owned())),
        }
        let manifest: Self = serde_json::from_value(value).map_err(|error| damaged(error.to_string()))?;
        if manifest.kind != kind {
            return Err(ManifestError::OtherKind(manifest.kind.words()));
        }
        match manifest.files.iter().find(|file| !is_inside(&file.path)) {
            Some(file) => Err(damaged(format!("it names {}, which is no file of a backup", file.path))),
            None => Ok(manifest),
        }
    }
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Data => "data, not of keys",
            Self::Keys => "keys, not of data",
        }
    }
}

/// Whether a path leads into the folder and nowhere else.
fn is_inside(path: &str) -> bool {
    let path = Path::new(path);
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}
