//! Where things lie: what every command needs, whether the server runs or not.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use super::{Flags, SettingsError};

/// Where data lie when nothing is said.
const DATA: &str = "data";

/// Where things lie, as given.
#[derive(Args, Clone, Debug, Default, Deserialize)]
pub(crate) struct PlaceFlags {
    /// Configuration file (TOML, the same names as the flags of `billet serve`).
    #[arg(long, env = "BILLET_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub(super) config: Option<PathBuf>,
    /// Folder for data [default: ./data]
    #[arg(long, env = "BILLET_DATA", value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// Folder for keys, apart from the data and left out of their backups [default: <data>-keys]
    #[arg(long, env = "BILLET_KEYS", value_name = "DIR")]
    pub(super) keys: Option<PathBuf>,
    /// Folder on a second disk for the same keys, overwritten in step [default: none]
    #[arg(long, env = "BILLET_KEYS_MIRROR", value_name = "DIR")]
    pub(super) keys_mirror: Option<PathBuf>,
    /// File of the master key, made at the first start [default: <data>.master-key]
    #[arg(long, env = "BILLET_MASTER_KEY_FILE", value_name = "FILE")]
    pub(super) master_key_file: Option<PathBuf>,
    /// The master key itself, 64 hexadecimal digits, instead of a file. Only from the environment.
    #[arg(long, env = "BILLET_MASTER_KEY", value_name = "HEX", hide = true, hide_env_values = true)]
    #[serde(skip)]
    pub(super) master_key: Option<String>,
    /// Command that prints the master key as 64 hexadecimal digits (a KMS, a TPM), run by `sh -c`, instead of a file.
    #[arg(long, env = "BILLET_MASTER_KEY_COMMAND", value_name = "CMD")]
    pub(super) master_key_command: Option<String>,
    /// postgres://… instead of the SQLite file in the data folder.
    #[arg(long, env = "BILLET_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(super) database: Option<String>,
}

/// Where the master key is.
#[derive(Clone)]
pub(crate) enum MasterKey {
    /// In a file, made at the first start.
    File(PathBuf),
    /// Given as text.
    Text(String),
    /// Printed by a command.
    Command(String),
}

/// Where things lie.
#[derive(Clone)]
pub(crate) struct Places {
    pub(crate) data: PathBuf,
    pub(crate) keys: PathBuf,
    /// The same keys on a second disk.
    pub(crate) keys_mirror: Option<PathBuf>,
    pub(crate) master_key: MasterKey,
    /// Address of the database.
    pub(crate) database: String,
}

impl Places {
    /// How the vault is to be opened.
    pub(crate) fn vault_options(&self) -> vault::Options {
        vault::Options { mirror: self.keys_mirror.clone(), ..vault::Options::new(&self.keys) }
    }
}

impl PlaceFlags {
    /// For a command that is not the server: flags, environment and the server's own configuration file.
    pub(crate) fn settle(self) -> Result<Places, SettingsError> {
        match &self.config {
            Some(path) => {
                let file = Flags::from_file(path)?.places;
                self.over(file).places()
            }
            None => self.places(),
        }
    }

    /// These settings, and where one is not given, the other's.
    pub(crate) fn over(self, file: Self) -> Self {
        Self {
            config: self.config,
            data: self.data.or(file.data),
            keys: self.keys.or(file.keys),
            keys_mirror: self.keys_mirror.or(file.keys_mirror),
            master_key_file: self.master_key_file.or(file.master_key_file),
            master_key: self.master_key,
            master_key_command: self.master_key_command.or(file.master_key_command),
            database: self.database.or(file.database),
        }
    }

    /// Fills in what is not given.
    pub(super) fn places(self) -> Result<Places, SettingsError> {
        let data = self.data.unwrap_or_else(|| DATA.into());
        let keys = self.keys.unwrap_or_else(|| beside(&data, "-keys"));
        if is_within(&keys, &data) {
            return Err(SettingsError::KeysInData { data, keys });
        }
        if let Some(mirror) = &self.keys_mirror {
            let wrong = [(&data, "--data"), (&keys, "--keys")];
            let wrong = wrong.into_iter().find(|(other, _)| is_within(mirror, other) || is_within(other, mirror));
            if let Some((other, flag)) = wrong {
                return Err(SettingsError::MirrorMisplaced { mirror: mirror.clone(), other: other.clone(), flag });
            }
        }
        let master_key = match (self.master_key, self.master_key_command, self.master_key_file) {
            (Some(text), None, None) => MasterKey::Text(text),
            (None, Some(command), None) => MasterKey::Command(command),
            (None, None, file) => MasterKey::File(file.unwrap_or_else(|| beside(&data, ".master-key"))),
            _ => return Err(SettingsError::MasterKeyTwice),
        };
        let database = self.database.unwrap_or_else(|| format!("sqlite:{}", data.join("billet.sqlite").display()));
        Ok(Places { data, keys, keys_mirror: self.keys_mirror, master_key, database })
    }
}

/// Whether a folder is another or lies in it, whatever links lead there.
pub(crate) fn is_within(inner: &Path, outer: &Path) -> bool {
    real(inner).starts_with(real(outer))
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let existing = path.ancestors().find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
    match existing {
        Some((folder, real)) => real.join(path.strip_prefix(folder).unwrap_or(Path::new(""))),
        None => path,
    }
}

/// `folder` with `suffix` on its name: beside it, not in it.
fn beside(folder: &Path, suffix: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
