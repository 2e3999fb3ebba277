//! Taking a backup: of a running server through its rooms, of a stopped one from its folders.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::{Disk, Millis, Open};
use storage::lease_log::{LeaseLog, SnapshotFile, snapshot};
use storage::sql::{CopyError, Db};
use vault::Vault;

use super::manifest::{FORMAT, Kind, MANIFEST, Manifest, SavedFile};
use super::{BackupError, DATABASE, LEASE_LOG, copy, keep_apart};

/// The two copies of the key file.
pub(super) const KEY_FILES: [&str; 2] = ["keys.a", "keys.b"];

/// What a manifest says of its making.
#[derive(Clone, Debug)]
pub struct About {
    /// Now, by the wall clock.
    pub at: Millis,
    /// The program's version.
    pub version: String,
    /// How many steps the keys have made, where known.
    pub key_step: Option<u64>,
}

/// Data to copy.
#[derive(Clone)]
pub struct Data {
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// The data folder.
    pub folder: PathBuf,
    /// The open database.
    pub db: Db,
    /// The lease log of a running server; none of a stopped one, whose folder nobody else may have.
    pub log: Option<LeaseLog>,
}

/// Keys to copy.
#[derive(Clone)]
pub struct Keys {
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// The keys folder.
    pub folder: PathBuf,
    /// The vault of a running server; none of a stopped one, whose folder nobody else may have.
    pub vault: Option<Arc<Vault>>,
}

/// Copies data to a new folder. What this gives is what its manifest says.
pub async fn data(from: Data, to: &Path, about: About) -> Result<Manifest, BackupError> {
    let moment = moment_of_data(&from).await?;
    finish(&*from.disk, to, save_data(&from, moment, to, about).await)
}

/// Copies keys to a new folder.
pub async fn keys(from: Keys, to: &Path, about: About) -> Result<Manifest, BackupError> {
    let (keys, folder) = (from.clone(), to.to_owned());
    let saved = tokio::task::spawn_blocking(move || save_keys(&keys, &folder, about)).await;
    finish(&*from.disk, to, saved.unwrap_or(Err(BackupError::Stopping)))
}

/// Copies both at the same moment to folders that lie apart: brought back together, what was in flight is in flight again.
pub async fn data_and_keys(
    from: (Data, Keys),
    to: (&Path, &Path),
    about: About,
) -> Result<(Manifest, Manifest), BackupError> {
    keep_apart(to.0, to.1)?;
    let (data, keys) = from;
    let (log, folder, about_keys) = (data.log.clone(), to.1.to_owned(), about.clone());
    let (still, stopped) = (data.clone(), keys.clone());
    // While the log is still the keys step on without it: they are copied last and are never behind the data.
    let both = move || Ok((snapshot_of(&still)?, save_keys(&stopped, &folder, about_keys)?));
    let both = match log {
        Some(log) => log.while_still(both).await.unwrap_or(Err(BackupError::Stopping)),
        None => both(),
    };
    let (moment, keys_saved) = match both {
        Ok(both) => both,
        Err(error) => return finish(&*keys.disk, to.1, Err(error)),
    };
    let data_saved = finish(&*data.disk, to.0, save_data(&data, moment, to.0, about).await);
    if data_saved.is_err() {
        // These keys were just copied: whatever the data failed of, nobody asked for keys alone.
        let _removed = copy::remove(&*keys.disk, to.1);
    }
    Ok((data_saved?, keys_saved))
}

async fn moment_of_data(from: &Data) -> Result<Vec<SnapshotFile>, BackupError> {
    let data = from.clone();
    match &from.log {
        Some(log) => log.while_still(move || snapshot_of(&data)).await.unwrap_or(Err(BackupError::Stopping)),
        None => snapshot_of(&data),
    }
}

fn snapshot_of(data: &Data) -> Result<Vec<SnapshotFile>, BackupError> {
    let root = data.folder.join(LEASE_LOG);
    snapshot(&*data.disk, &root).map_err(BackupError::disk("read", &root))
}

async fn save_data(from: &Data, log: Vec<SnapshotFile>, to: &Path, about: About) -> Result<Manifest, BackupError> {
    begin(&*from.disk, to)?;
    let (disk, folder) = (Arc::clone(&from.disk), to.to_owned());
    let saved = tokio::task::spawn_blocking(move || save_log(&*disk, log, &folder)).await;
    let mut files = saved.unwrap_or(Err(BackupError::Stopping))?;
    let database = match from.db.copy_to(&to.join(DATABASE)).await {
        Ok(()) => true,
        Err(CopyError::Elsewhere(_)) => false,
        Err(error) => return Err(error.into()),
    };
    let (disk, folder) = (Arc::clone(&from.disk), to.to_owned());
    let ended = tokio::task::spawn_blocking(move || {
        if database {
            files.push(measure(&*disk, &folder, Path::new(DATABASE))?);
        }
        end(&*disk, &folder, manifest(Kind::Data, database, files, about))
    });
    ended.await.unwrap_or(Err(BackupError::Stopping))
}

fn save_log(disk: &dyn Disk, log: Vec<SnapshotFile>, to: &Path) -> Result<Vec<SavedFile>, BackupError> {
    let mut files = Vec::with_capacity(log.len());
    for SnapshotFile { path, file, len } in log {
        let path = Path::new(LEASE_LOG).join(path);
        let target = to.join(&path);
        let folder = target.parent().unwrap_or(to);
        disk.create_dir_all(folder).map_err(BackupError::disk("made", folder))?;
        let sha256 = copy::file(disk, &*file, len, &target).map_err(BackupError::disk("copied", &target))?;
        files.push(SavedFile { path: written(&path), bytes: len, sha256 });
    }
    Ok(files)
}

fn save_keys(from: &Keys, to: &Path, about: About) -> Result<Manifest, BackupError> {
    begin(&*from.disk, to)?;
    let all = || KEY_FILES.iter().filter_map(|name| save_key_file(from, name, to).transpose()).collect();
    let files: Result<Vec<_>, _> = match &from.vault {
        Some(vault) => vault.while_still(all),
        None => all(),
    };
    end(&*from.disk, to, manifest(Kind::Keys, false, files?, about))
}

/// A copy of the key file that is missing is made anew at the start.
fn save_key_file(from: &Keys, name: &str, to: &Path) -> Result<Option<SavedFile>, BackupError> {
    let (path, target) = (from.folder.join(name), to.join(name));
    let file = match from.disk.open(&path, Open::Read) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(BackupError::disk("read", &path))?,
    };
    let bytes = file.len().map_err(BackupError::disk("read", &path))?;
    let sha256 = copy::file(&*from.disk, &*file, bytes, &target).map_err(BackupError::disk("copied", &target))?;
    Ok(Some(SavedFile { path: name.to_owned(), bytes, sha256 }))
}

fn manifest(kind: Kind, database: bool, files: Vec<SavedFile>, about: About) -> Manifest {
    let About { at, version, key_step } = about;
    Manifest { format: FORMAT, kind, at, version, key_step, database, files }
}

/// A new folder, and none in another backup: what is kept together is found together.
fn begin(disk: &dyn Disk, to: &Path) -> Result<(), BackupError> {
    for above in to.ancestors().skip(1) {
        if disk.open(&above.join(MANIFEST), Open::Read).is_ok() {
            return Err(BackupError::Together { one: to.to_owned(), other: above.to_owned() });
        }
    }
    if !copy::is_empty(disk, to).map_err(BackupError::disk("read", to))? {
        return Err(BackupError::NotEmpty { folder: to.to_owned() });
    }
    disk.create_dir_all(to).map_err(BackupError::disk("made", to))
}

/// Reads everything once more, makes all names durable, and then writes the manifest.
fn end(disk: &dyn Disk, to: &Path, manifest: Manifest) -> Result<Manifest, BackupError> {
    for saved in &manifest.files {
        if measure(disk, to, Path::new(&saved.path))? != *saved {
            return Err(BackupError::NotTheSame { path: to.join(&saved.path) });
        }
    }
    copy::sync_folders(disk, to).map_err(BackupError::disk("synced", to))?;
    let path = to.join(MANIFEST);
    let draft = to.join(format!("{MANIFEST}.draft"));
    let written = disk.open(&draft, Open::CreateNew).and_then(|file| {
        file.write_at(0, &serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::other)?)?;
        file.sync()
    });
    let named = written.and_then(|()| disk.rename(&draft, &path)).and_then(|()| disk.sync_dir(to));
    named.map_err(BackupError::disk("written", &path))?;
    Ok(manifest)
}

fn measure(disk: &dyn Disk, folder: &Path, path: &Path) -> Result<SavedFile, BackupError> {
    let target = folder.join(path);
    let measured = disk.open(&target, Open::Read).and_then(|file| {
        let bytes = file.len()?;
        Ok(SavedFile { path: written(path), bytes, sha256: copy::sum(&*file, bytes)? })
    });
    measured.map_err(BackupError::disk("read", &target))
}

fn written(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A backup that did not come to be leaves nothing behind; what lay there before stays.
fn finish<T>(disk: &dyn Disk, to: &Path, saved: Result<T, BackupError>) -> Result<T, BackupError> {
    if let Err(error) = &saved
        && !matches!(error, BackupError::NotEmpty { .. } | BackupError::Together { .. })
    {
        // The error that is told is the one that matters.
        let _removed = copy::remove(disk, to);
    }
    saved
}
