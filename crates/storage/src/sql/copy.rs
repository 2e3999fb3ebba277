//! A copy of the whole database as one transaction sees it, for a backup.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{Connection, Db, Engine, Error, dialect};
use sqlx::Connection as _;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Its tools copy it better than we would.
    #[error("a {0} database is backed up with its own tools (pg_basebackup, pg_dump)")]
    Elsewhere(Engine),
    /// The file.
    #[error("the copy of the database {} cannot be written", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database.
    #[error("the database could not be copied")]
    Database(#[from] Error),
    /// The copy is not whole.
    #[error("the copy of the database is damaged: {0}; so may be the database itself")]
    Damaged(String),
}

impl Db {
    /// Copies the database to a new file (mode 0600) that is checked and durable when this returns. Others may read and write
    /// meanwhile; what is removed is not in it, not even as free pages.
    pub async fn copy_to(&self, path: &Path) -> Result<(), CopyError> {
        if self.engine() != Engine::Sqlite {
            return Err(CopyError::Elsewhere(self.engine()));
        }
        let failed = |source| CopyError::File { path: path.to_owned(), source };
        // The engine fills an empty file and keeps its mode.
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
        let text = path.to_str().ok_or_else(|| failed(io::Error::other("its path is not UTF-8")))?;
        sqlx::query(dialect::COPY).bind(text.to_owned()).execute(self.read()).await?;
        File::open(path).and_then(|file| file.sync_all()).map_err(failed)?;
        let address = format!("{}?mode=ro", Self::sqlite_url(path));
        let mut copy = Connection::connect(&address).await?;
        let verdict: String = sqlx::query_scalar(dialect::CHECK).fetch_one(&mut copy).await?;
        copy.close().await?;
        if verdict == "ok" { Ok(()) } else { Err(CopyError::Damaged(verdict)) }
    }
}
