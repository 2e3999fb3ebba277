//! Gives a test both engines: SQLite in a folder of its own, and a PostgreSQL database of its own.
//!
//! PostgreSQL is the server that `BILLET_TEST_POSTGRES` names (a superuser's URL); without it a temporary one is started,
//! once per test process. There is no way to skip an engine: a missing PostgreSQL fails the test and says what to install.
//!
//! ```no_run
//! # async fn example() {
//! storage::testing::on_both_engines(async |db| {
//!     assert!(!db.columns().await.unwrap().is_empty());
//! })
//! .await;
//! # }
//! ```

mod server;

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::sql::{Connection, Db, Engine};

/// A database of one test, with a folder for what else the test keeps.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    url: String,
    folder: PathBuf,
}

impl TestDb {
    /// The address, for a test that opens the database a second time.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder of this test alone.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

/// Runs `test` on SQLite, then on PostgreSQL, each with an empty, migrated database that is removed afterwards.
pub async fn on_both_engines(test: impl AsyncFn(&TestDb)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        on(engine, &test).await;
    }
}

async fn on(engine: Engine, test: &impl AsyncFn(&TestDb)) {
    let folder = tempfile::tempdir().expect("the folder for temporary files can be written");
    let url = match engine {
        Engine::Sqlite => Db::sqlite_url(&folder.path().join("test.sqlite")),
        Engine::Postgres => create_database().await,
    };
    let db = Db::open(&url).await.unwrap_or_else(|error| panic!("the {engine} database must open: {error:?}"));
    let db = TestDb { db, url, folder: folder.path().to_owned() };
    let outcome = AssertUnwindSafe(test(&db)).catch_unwind().await;
    db.close().await;
    if engine == Engine::Postgres {
        drop_database(&db.url).await;
    }
    if let Err(panic) = outcome {
        say(&format!("the test failed on {engine}"));
        resume_unwind(panic);
    }
}

#[expect(clippy::print_stderr, reason = "a test's only way to say which engine it failed on")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Makes a database with a name of its own and gives its address.
async fn create_database() -> String {
    static DATABASES: AtomicU64 = AtomicU64::new(0);
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("billet_test_{}_{number}", std::process::id());
    let server = server::url().await;
    run(server, &format!("DROP DATABASE IF EXISTS {name}")).await;
    run(server, &format!("CREATE DATABASE {name}")).await;
    with_database(server, &name)
}

async fn drop_database(url: &str) {
    let (_, name) = split(url);
    run(server::url().await, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
}

async fn run(url: &str, statement: &str) {
    sqlx::any::install_default_drivers();
    let done = async {
        let mut connection = Connection::connect(url).await?;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
        connection.close().await
    };
    done.await.unwrap_or_else(|error| panic!("{statement}: {error}; is BILLET_TEST_POSTGRES a superuser's address?"));
}

/// `postgres://host/name?options` as the text before `name`, and `name`.
fn split(url: &str) -> (&str, &str) {
    let end = url.find('?').unwrap_or(url.len());
    let authority = url.find("://").map_or(0, |at| at + 3);
    match url[authority..end].find('/') {
        Some(slash) => (&url[..authority + slash], &url[authority + slash + 1..end]),
        None => (&url[..end], ""),
    }
}

fn with_database(url: &str, name: &str) -> String {
    let (server, _) = split(url);
    let options = url.find('?').map_or("", |at| &url[at..]);
    format!("{server}/{name}{options}")
}

/// A SQLite file without our settings: for tests of what an engine leaves behind.
pub struct BareSqlite(sqlx::SqliteConnection);

impl BareSqlite {
    /// Opens the file, made when absent.
    pub async fn open(path: &Path) -> Self {
        use sqlx::ConnectOptions as _;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
        Self(options.connect().await.expect("a SQLite file can be opened"))
    }

    /// Runs statements; bytes go to the one parameter of a single one.
    pub async fn run(&mut self, statements: &str, bytes: Option<&[u8]>) {
        let statements = sqlx::AssertSqlSafe(statements.to_owned());
        let run = match bytes {
            None => sqlx::raw_sql(statements).execute(&mut self.0).await,
            Some(bytes) => sqlx::query(statements).bind(bytes.to_vec()).execute(&mut self.0).await,
        };
        run.expect("the statements of a test run");
    }

    /// Closes the file.
    pub async fn close(self) {
        use sqlx::Connection as _;
        self.0.close().await.expect("the file can be closed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_put_into_an_address_of_any_shape() {
        for (url, expected) in [
            ("postgres://u:p@host:5432/postgres", "postgres://u:p@host:5432/x"),
            ("postgres://host", "postgres://host/x"),
            ("postgres://u@localhost/?host=/tmp/a", "postgres://u@localhost/x?host=/tmp/a"),
            ("postgres://u@localhost/old?host=/tmp/a/b", "postgres://u@localhost/x?host=/tmp/a/b"),
        ] {
            assert_eq!(with_database(url, "x"), expected);
            assert_eq!(split(expected).1, "x");
        }
    }
}
