//! Brings the schema up to date: files numbered from 0001, each applied once, in order, in one transaction, under a lock.
//! A file is never edited after its release; the runner notices.

use super::dialect::{self, Engine};
use super::{Db, Error, RowExt, query};

struct Migration {
    /// `0001_people`; the number comes first.
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration {
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }),*]
    };
}

const MIGRATIONS: &[Migration] =
    migrations!["0001_people", "0002_policy", "0003_people_2", "0004_chats", "0005_push", "0006_reminders"];

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A statement failed.
    #[error("migration {name} failed; nothing of it was kept")]
    Failed {
        /// The migration.
        name: &'static str,
        /// What the database said.
        source: Error,
    },
    /// The record of what was applied could not be read or made.
    #[error("the record of applied migrations (table schema_migration) cannot be used")]
    Record(#[source] Error),
    /// The database knows a migration that this program does not.
    #[error("the database was written by a newer version (it has migration {0}); start that version instead")]
    Newer(String),
    /// An applied migration has another text now.
    #[error("migration {0} is not the text that was applied to this database; restore the file")]
    Edited(&'static str),
}

/// Applies what is missing.
pub(super) async fn run(db: &Db) -> Result<(), MigrateError> {
    let mut tx = db.begin_write().await.map_err(MigrateError::Record)?;
    dialect::lock_for_migration(db.engine(), &mut tx).await.map_err(MigrateError::Record)?;
    query(
        "CREATE TABLE IF NOT EXISTS schema_migration \
         (name TEXT NOT NULL PRIMARY KEY, checksum BIGINT NOT NULL)",
    )
    .execute(&mut *tx)
    .await
    .map_err(MigrateError::Record)?;
    let rows = query("SELECT name, checksum FROM schema_migration ORDER BY name")
        .fetch_all(&mut *tx)
        .await
        .map_err(MigrateError::Record)?;
    let mut applied = Vec::with_capacity(rows.len());
    for row in rows {
        let name = row.text("name").map_err(MigrateError::Record)?;
        applied.push((name, row.int("checksum").map_err(MigrateError::Record)?));
    }
    for migration in missing(MIGRATIONS, &applied, db.engine())? {
        let failed = |source| MigrateError::Failed { name: migration.name, source };
        let text = migration.text(db.engine());
        sqlx::raw_sql(text).execute(&mut *tx).await.map_err(failed)?;
        query("INSERT INTO schema_migration (name, checksum) VALUES ($1, $2)")
            .bind(migration.name)
            .bind(checksum(text))
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        tracing::info!(migration = migration.name, "schema migrated");
    }
    tx.commit().await.map_err(MigrateError::Record)
}

/// How far a schema is, looked at and not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Migrations that were applied.
    pub applied: usize,
    /// Migrations that the next start of this version applies.
    pub missing: usize,
}

impl Db {
    /// How far the schema is; fails when a newer version wrote it.
    pub async fn schema(&self) -> Result<Schema, MigrateError> {
        let rows = query("SELECT name, checksum FROM schema_migration ORDER BY name").fetch_all(self.read()).await;
        let mut applied = Vec::new();
        for row in rows.map_err(MigrateError::Record)? {
            let name = row.text("name").map_err(MigrateError::Record)?;
            applied.push((name, row.int("checksum").map_err(MigrateError::Record)?));
        }
        let missing = missing(MIGRATIONS, &applied, self.engine())?.len();
        Ok(Schema { applied: applied.len(), missing })
    }
}

impl Migration {
    fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// The migrations not in `applied`, which must be a beginning of `known` with unchanged texts.
fn missing<'a>(
    known: &'a [Migration],
    applied: &[(String, i64)],
    engine: Engine,
) -> Result<&'a [Migration], MigrateError> {
    for (at, (name, sum)) in applied.iter().enumerate() {
        match known.get(at) {
            Some(migration) if migration.name == name => {
                if checksum(migration.text(engine)) != *sum {
                    return Err(MigrateError::Edited(migration.name));
                }
            }
            _ => return Err(MigrateError::Newer(name.clone())),
        }
    }
    Ok(&known[applied.len()..])
}

fn checksum(text: &str) -> i64 {
    i64::from(crc32c::crc32c(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Migration] = &[
        Migration { name: "0001_a", sqlite: "a", postgres: "pa" },
        Migration { name: "0002_b", sqlite: "b", postgres: "pb" },
    ];

    #[track_caller]
    fn check(applied: &[(&str, &str)], expected: Result<&[&str], &str>) {
        let applied: Vec<_> = applied.iter().map(|(name, text)| ((*name).to_owned(), checksum(text))).collect();
        let found = missing(KNOWN, &applied, Engine::Sqlite)
            .map(|missing| missing.iter().map(|migration| migration.name).collect::<Vec<_>>())
            .map_err(|error| error.to_string());
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn only_what_was_not_applied_runs() {
        check(&[], Ok(&["0001_a", "0002_b"]));
        check(&[("0001_a", "a")], Ok(&["0002_b"]));
        check(&[("0001_a", "a"), ("0002_b", "b")], Ok(&[]));
    }

    #[test]
    fn a_newer_database_and_an_edited_migration_are_refused() {
        check(&[("0001_a", "a"), ("0002_b", "b"), ("0003_c", "c")], Err("newer version"));
        check(&[("0001_x", "a")], Err("newer version"));
        check(&[("0001_a", "changed")], Err("not the text"));
    }

    /// A file that is not embedded would never run.
    #[test]
    fn every_file_in_the_folders_is_embedded_for_both_engines() {
        for engine in ["sqlite", "postgres"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
            let mut files: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
                .collect();
            files.sort();
            let embedded: Vec<_> = MIGRATIONS.iter().map(|migration| migration.name).collect();
            assert_eq!(files, embedded, "migrations/{engine}");
            assert!(embedded.is_sorted());
        }
    }
}
