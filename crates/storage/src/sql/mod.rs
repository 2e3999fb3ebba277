//! SQL on SQLite (a file, the default) and PostgreSQL, through one set of statements.
//!
//! Nouns: [`Db`] (the open database), [`Tx`] (a transaction that may write), [`Engine`] (which database it is).
//!
//! Rules for a feature's `store.rs`, which is the only place of a feature that writes SQL:
//! - columns are BIGINT (times in milliseconds, flags as 0 or 1), TEXT, and bytes (BLOB or BYTEA); nothing else survives
//!   sqlx's `Any` driver on both engines;
//! - parameters are `$1`, `$2` ...; `ON CONFLICT` and `RETURNING` work on both; `SUM`, `EXISTS` and comparisons in a
//!   result need a CAST or CASE;
//! - whoever reads in order to write does so in [`Db::begin_write`] and first takes the row lock of the account it
//!   decides about (`UPDATE ... SET x = x`), which serialises on both engines;
//! - statements that must differ live in `dialect` and nowhere else.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use storage::sql::{Db, RowExt, query};
//! let folder = tempfile::tempdir().unwrap();
//! let db = Db::open(&Db::sqlite_url(&folder.path().join("billet.sqlite"))).await.unwrap();
//! let row = query("SELECT CAST($1 AS BIGINT) AS answer").bind(42_i64).fetch_one(db.read()).await.unwrap();
//! assert_eq!(row.int("answer").unwrap(), 42);
//! # });
//! ```

mod copy;
mod db;
mod dialect;
mod migrate;
mod row;

pub use copy::CopyError;
pub use db::{Db, OpenError, Tx};
pub use dialect::Engine;
pub use migrate::{MigrateError, Schema};
pub use row::RowExt;

/// The usual name of the database's file, in a data folder and in a backup.
pub const FILE: &str = "billet.sqlite";

/// A row of a result.
pub type Row = sqlx::any::AnyRow;
/// What a statement runs on: `db.read()` or `&mut *tx`.
pub use sqlx::AnyConnection as Connection;
/// A statement that failed.
pub use sqlx::Error;

/// A statement with its parameters to come. Only texts known when the program is built can be statements.
pub fn query(statement: &'static str) -> sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
    sqlx::query(statement)
}
