use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Connection as _};

use super::dialect::{self, Engine, Known, Prepared};
use super::{Connection, Error, MigrateError, migrate};

/// Most connections that read at once. A read takes about 0.1 ms, so four serve 40,000 a second, more than the machine.
const READERS_MAX: u32 = 4;

/// Connections to PostgreSQL, reads and writes together: readers, and as many writers beside them.
const POSTGRES_CONNECTIONS_MAX: u32 = 2 * READERS_MAX;

/// How long to wait for a free connection before the caller is told that the database is too busy.
const ACQUIRE_SECONDS_MAX: u64 = 10;

/// An open database whose schema is up to date. Cloning is cheap and shares the connections.
#[derive(Clone, Debug)]
pub struct Db {
    engine: Engine,
    readers: AnyPool,
    writers: AnyPool,
    /// The file of SQLite.
    file: Option<Arc<Path>>,
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is neither `sqlite:PATH` nor `postgres://...`.
    #[error("`{0}` names no database: write sqlite:PATH or postgres://USER@HOST/NAME")]
    UnknownEngine(String),
    /// The file could not be made.
    #[error("the database file {path} cannot be made; check the folder and its permissions")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no such file.
    #[error("there is no database file {path}")]
    Absent {
        /// The file.
        path: String,
    },
    /// The file is not what was written to it.
    #[error(
        "the database file {path} is damaged ({what}): put back a backup of it together with no other file of \
        that name; if it was exchanged on purpose, remove the file of its name that ends in .closed"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// No connection could be made.
    #[error("the {engine} database cannot be opened; check that it runs and that the address is right")]
    Connect {
        /// Which engine.
        engine: Engine,
        /// What the driver said.
        source: Error,
    },
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
}

impl Db {
    /// Opens the database at `sqlite:PATH` (made when absent, mode 0600) or `postgres://...`, and brings its schema up to
    /// date under a lock.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url).ok_or_else(|| OpenError::UnknownEngine(without_password(url)))?;
        let Prepared { url, file, known } = dialect::prepare(engine, url)?;
        let damaged =
            |what| OpenError::Damaged { path: file.as_deref().unwrap_or(Path::new("")).display().to_string(), what };
        let connect = |source| match dialect::is_damage(&source) {
            true => damaged(source.to_string()),
            false => OpenError::Connect { engine, source },
        };
        // A pool would try for ten seconds; a wrong address is better told at once.
        let mut first = Connection::connect(&url).await.map_err(connect)?;
        dialect::set_up(engine, &mut first).await.map_err(connect)?;
        first.close().await.map_err(connect)?;
        let db = match engine {
            // One writer: others queue for it in order instead of polling the file's lock.
            Engine::Sqlite => Self {
                engine,
                writers: pool(engine, 1).connect(&url).await.map_err(connect)?,
                file: file.clone(),
                readers: pool(engine, READERS_MAX).connect(&url).await.map_err(connect)?,
            },
            Engine::Postgres => {
                let both = pool(engine, POSTGRES_CONNECTIONS_MAX).connect(&url).await.map_err(connect)?;
                Self { engine, readers: both.clone(), writers: both, file: None }
            }
        };
        if known == Known::No
            && let Some(what) = dialect::look_through(&db.writers).await.map_err(connect)?
        {
            return Err(damaged(what));
        }
        migrate::run(&db).await?;
        Ok(db)
    }

    /// Opens a database as it is, to look at it: nothing is made and no schema changed.
    pub async fn look(url: &str) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url).ok_or_else(|| OpenError::UnknownEngine(without_password(url)))?;
        let url = dialect::existing(engine, url)?;
        let one = pool(engine, 1).connect(&url).await.map_err(|source| OpenError::Connect { engine, source })?;
        Ok(Self { engine, readers: one.clone(), writers: one, file: None })
    }

    /// The address of the SQLite database in the file `path`.
    pub fn sqlite_url(path: &Path) -> String {
        dialect::sqlite_url(path)
    }

    /// The file of the database at this address; `None` when it is no file of ours.
    pub fn file_of(url: &str) -> Option<PathBuf> {
        dialect::file_of(url)
    }

    /// Which database this is. For `doctor` and tests: a feature never asks.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Where statements that only read run.
    pub fn read(&self) -> &AnyPool {
        &self.readers
    }

    /// Starts a transaction that may write. It is undone when dropped before [`Tx::commit`].
    pub async fn begin_write(&self) -> Result<Tx, Error> {
        let begin = dialect::begin_write(self.engine);
        Ok(Tx(self.writers.begin_with(begin).await?))
    }

    /// Every column of the schema as `table.column`, sorted.
    pub async fn columns(&self) -> Result<Vec<String>, Error> {
        dialect::columns(self.engine, &self.readers).await
    }

    /// After rows were removed: takes what the engine still keeps of them out of its side files (the WAL of SQLite). False
    /// when a reader was in the way; then it is to be tried again.
    pub async fn shed(&self) -> Result<bool, Error> {
        dialect::shed(self.engine, &self.writers).await
    }

    /// Closes every connection and waits for it; then notes what the file is like, so that the next start finds every
    /// byte that was changed meanwhile.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
        let Some(file) = self.file.clone() else { return };
        let noted = tokio::task::spawn_blocking(move || dialect::note_the_end(&file)).await;
        if !matches!(noted, Ok(Ok(()))) {
            tracing::warn!("the end of the database file could not be noted; the next start looks through all of it");
        }
    }
}

/// A transaction that may write. It derefs to the [`Connection`] that statements take as `&mut *tx`.
#[derive(Debug)]
pub struct Tx(sqlx::Transaction<'static, sqlx::Any>);

impl Tx {
    /// Makes everything since [`Db::begin_write`] durable.
    pub async fn commit(self) -> Result<(), Error> {
        self.0.commit().await
    }
}

impl Deref for Tx {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

fn pool(engine: Engine, connections_max: u32) -> AnyPoolOptions {
    let options = AnyPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS_MAX))
        .after_connect(move |connection, _| Box::pin(dialect::set_up(engine, connection)));
    match engine {
        // A file does not hang up: connections stay, with their prepared statements.
        Engine::Sqlite => options.test_before_acquire(false).idle_timeout(None).max_lifetime(None),
        Engine::Postgres => options,
    }
}

/// The address as it may be shown.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => format!("{}...{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}
