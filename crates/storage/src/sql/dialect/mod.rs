//! The few statements that must differ between the engines. Everything else is one text for both.

mod postgres;
mod sqlite;

use std::fmt;

use sqlx::{AnyPool, Row as _};

use super::{Connection, Error, OpenError};

pub(super) use sqlite::url as sqlite_url;

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

/// What has to be there before the first connection; gives the address to connect to.
pub(super) fn prepare(engine: Engine, url: &str) -> Result<String, OpenError> {
    match engine {
        Engine::Sqlite => sqlite::prepare(url),
        Engine::Postgres => Ok(url.to_owned()),
    }
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
