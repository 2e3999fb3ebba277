//! Where things lie: what every command needs, whether the server runs or not.

use std::path::PathBuf;

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
    /// File of the master key, made at the first start [default: <data>.master-key]
    #[arg(long, env = "BILLET_MASTER_KEY_FILE", value_name = "FILE")]
    pub(super) master_key_file: Option<PathBuf>,
    /// The master key itself, 64 hexadecimal digits, instead of a file. Only from the environment.
    #[arg(long, env = "BILLET_MASTER_KEY", value_name = "HEX", hide = true, hide_env_values = true)]
    #[serde(skip)]
    pub(super) master_key: Option<String>,
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
}

/// Where things lie.
#[derive(Clone)]
pub(crate) struct Places {
    pub(crate) data: PathBuf,
    pub(crate) keys: PathBuf,
    pub(crate) master_key: MasterKey,
    /// Address of the database.
    pub(crate) database: String,
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
    pub(super) fn over(self, file: Self) -> Self {
        Self {
            config: self.config,
            data: self.data.or(file.data),
            keys: self.keys.or(file.keys),
            master_key_file: self.master_key_file.or(file.master_key_file),
            master_key: self.master_key,
            database: self.database.or(file.database),
        }
    }

    /// Fills in what is not given.
    pub(super) fn places(self) -> Result<Places, SettingsError> {
        let data = self.data.unwrap_or_else(|| DATA.into());
        let keys = self.keys.unwrap_or_else(|| beside(&data, "-keys"));
        if keys.starts_with(&data) {
            return Err(SettingsError::KeysInData { data, keys });
        }
        let master_key = match self.master_key {
            Some(text) => MasterKey::Text(text),
            None => MasterKey::File(self.master_key_file.unwrap_or_else(|| beside(&data, ".master-key"))),
        };
        let database = self.database.unwrap_or_else(|| format!("sqlite:{}", data.join("billet.sqlite").display()));
        Ok(Places { data, keys, master_key, database })
    }
}

/// `folder` with `suffix` on its name: beside it, not in it.
fn beside(folder: &std::path::Path, suffix: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
