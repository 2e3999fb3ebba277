//! Backups of this very server, for the control socket: one at a time.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::Clock as _;
use rights::audit::Running;
use rights::backup::{self, About, BackupError, Data, Keys, Manifest};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use vault::OsDisk;

use crate::machine::MachineClock;
use crate::settings::Places;

/// Mode of every folder of a backup.
const FOLDER_MODE: u32 = 0o700;

/// What is to be copied, and where to. Paths are absolute: the server's own folder is another than the command's.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// Data.
    pub(crate) to: Option<PathBuf>,
    /// Keys.
    pub(crate) keys_to: Option<PathBuf>,
}

/// What was copied.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Taken {
    pub(crate) data: Option<Summary>,
    pub(crate) keys: Option<Summary>,
}

/// What a backup holds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) files: usize,
    pub(crate) bytes: u64,
    /// Whether the database is in it.
    pub(crate) database: bool,
}

impl Summary {
    fn of(manifest: &Manifest) -> Self {
        Self { files: manifest.files.len(), bytes: manifest.bytes(), database: manifest.database }
    }
}

/// The rooms that are copied from.
pub(crate) struct Backups {
    places: Places,
    rooms: Running,
    one: Mutex<()>,
}

impl Backups {
    pub(crate) fn of(places: Places, rooms: Running) -> Self {
        Self { places, rooms, one: Mutex::const_new(()) }
    }

    /// Copies what is wanted.
    pub(crate) async fn take(&self, wanted: Wanted) -> Result<Taken, BackupError> {
        let _one = self.one.lock().await;
        let Running { db, log, vault, .. } = &self.rooms;
        let disk = Arc::new(OsDisk);
        let data =
            Data { disk: disk.clone(), folder: self.places.data.clone(), db: db.clone(), log: Some(log.clone()) };
        let keys = Keys { disk, folder: self.places.keys.clone(), vault: Some(Arc::clone(vault)) };
        take(&self.places, data, keys, wanted, about(Some(vault.mark().step))).await
    }
}

/// What every manifest says.
pub(crate) fn about(key_step: Option<u64>) -> About {
    About { at: MachineClock::new().wall(), version: env!("CARGO_PKG_VERSION").to_owned(), key_step }
}

/// Copies what is wanted from these rooms.
pub(crate) async fn take(
    places: &Places,
    data: Data,
    keys: Keys,
    wanted: Wanted,
    about: About,
) -> Result<Taken, BackupError> {
    for to in [&wanted.to, &wanted.keys_to].into_iter().flatten() {
        for own in [Some(&places.data), Some(&places.keys), places.keys_mirror.as_ref()].into_iter().flatten() {
            let own = std::path::absolute(own).unwrap_or_else(|_| own.clone());
            backup::keep_apart(to, &own)?;
        }
        close_to_others(to)?;
    }
    let (data, keys) = match (&wanted.to, &wanted.keys_to) {
        (Some(to), Some(keys_to)) => {
            let (data, keys) = backup::data_and_keys((data, keys), (to, keys_to), about).await?;
            (Some(data), Some(keys))
        }
        (Some(to), None) => (Some(backup::data(data, to, about).await?), None),
        (None, Some(to)) => (None, Some(backup::keys(keys, to, about).await?)),
        (None, None) => (None, None),
    };
    Ok(Taken { data: data.as_ref().map(Summary::of), keys: keys.as_ref().map(Summary::of) })
}

/// A folder that is there already is for its owner alone from now on.
fn close_to_others(folder: &Path) -> Result<(), BackupError> {
    match fs::read_dir(folder).map(|mut names| names.next().is_none()) {
        Ok(true) => fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE))
            .map_err(|source| BackupError::Disk { doing: "closed to others", path: folder.to_owned(), source }),
        // Not there, or refused later.
        _ => Ok(()),
    }
}
