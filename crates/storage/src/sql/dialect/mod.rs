//! The few statements that must differ between the engines. Everything else is one text for both.

mod postgres;
mod sqlite;
mod whole;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::{AnyPool, Row as _};

use super::{Connection, Error, OpenError};

pub(super) use sqlite::{CHECK, COPY, url as sqlite_url};
pub(super) use whole::{Known, end as note_the_end};

/// A database we run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file beside the server: the default.
    Sqlite,
    /// A server of its own, for clusters.
    Postgres,
}

impl Engine {
    /// The engine an address belongs to.
    pub(super) fn of(url: &str) -> Option<Self> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// What has to be there before the first connection: the address to connect to, and how the file was left.
pub(super) fn prepare(engine: Engine, url: &str) -> Result<Prepared, OpenError> {
    match engine {
        Engine::Sqlite => {
            let (url, file) = sqlite::prepare(url)?;
            let known = whole::begin(&file)?;
            Ok(Prepared { url, file: Some(file.into()), known })
        }
        Engine::Postgres => Ok(Prepared { url: url.to_owned(), file: None, known: Known::Same }),
    }
}

/// The file at an address, when the engine keeps its data in one of ours.
pub(super) fn file_of(url: &str) -> Option<PathBuf> {
    match Engine::of(url)? {
        Engine::Sqlite => Some(sqlite::file(url)),
        Engine::Postgres => None,
    }
}

/// The address of a database that is there already, to look at it: the last to close it leaves WAL and file as they were.
pub(super) fn existing(engine: Engine, url: &str) -> Result<String, OpenError> {
    match engine {
        Engine::Sqlite => {
            let (url, file) = sqlite::existing(url)?;
            whole::look(&file)?;
            Ok(url)
        }
        Engine::Postgres => Ok(url.to_owned()),
    }
}

/// A database that may be connected to.
pub(super) struct Prepared {
    pub(super) url: String,
    /// Its file, when it is one.
    pub(super) file: Option<Arc<Path>>,
    pub(super) known: Known,
}

/// Goes through a database that a crash left; the first thing that is wrong with it.
pub(super) async fn look_through(pool: &AnyPool) -> Result<Option<String>, Error> {
    let found: String = sqlx::query_scalar(whole::LOOK_THROUGH).fetch_one(pool).await?;
    Ok((found != whole::ALL_IS_WELL).then_some(found))
}

/// Whether a statement failed because the file is not, or no longer, a database.
pub(super) fn is_damage(error: &Error) -> bool {
    // SQLITE_CORRUPT and SQLITE_NOTADB, with what they say more in the upper bytes.
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xFF, 11 | 26))
}

/// What every new connection is told first.
pub(super) async fn set_up(engine: Engine, connection: &mut Connection) -> Result<(), Error> {
    sqlx::raw_sql(match engine {
        Engine::Sqlite => sqlite::SET_UP,
        Engine::Postgres => postgres::SET_UP,
    })
    .execute(connection)
    .await?;
    Ok(())
}

/// How a transaction that may write begins.
pub(super) fn begin_write(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => sqlite::BEGIN_WRITE,
        Engine::Postgres => postgres::BEGIN_WRITE,
    }
}

/// Inside a transaction: keeps other processes from migrating until it ends.
pub(super) async fn lock_for_migration(engine: Engine, connection: &mut Connection) -> Result<(), Error> {
    match engine {
        // BEGIN IMMEDIATE holds the only write lock already.
        Engine::Sqlite => Ok(()),
        Engine::Postgres => sqlx::raw_sql(postgres::LOCK_FOR_MIGRATION).execute(connection).await.map(drop),
    }
}

/// Every column as `table.column`, sorted.
pub(super) async fn columns(engine: Engine, pool: &AnyPool) -> Result<Vec<String>, Error> {
    let statement = match engine {
        Engine::Sqlite => sqlite::COLUMNS,
        Engine::Postgres => postgres::COLUMNS,
    };
    let mut columns: Vec<String> = sqlx::query_scalar(statement).fetch_all(pool).await?;
    columns.sort_unstable();
    Ok(columns)
}

/// Takes removed rows out of the side files; false when a reader was in the way.
pub(super) async fn shed(engine: Engine, writers: &AnyPool) -> Result<bool, Error> {
    match engine {
        Engine::Sqlite => {
            let row = sqlx::raw_sql(sqlite::SHED).fetch_one(writers).await?;
            Ok(row.try_get::<i64, _>("busy")? == 0)
        }
        // Its WAL is kept for replicas and archives; what is in it is sealed, and the keys die.
        Engine::Postgres => Ok(true),
    }
}
