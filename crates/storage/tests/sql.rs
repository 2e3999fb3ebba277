//! What every engine must do.
#![expect(clippy::unwrap_used, reason = "a test")]

use storage::sql::{Db, Engine, Error, RowExt as _, query};
use storage::testing::{TestDb, on_both_engines};

async fn insert_account(db: &Db, id: [u8; 16]) -> Result<(), Error> {
    let mut tx = db.begin_write().await?;
    query("INSERT INTO account (account_id, created_at, sealed) VALUES ($1, $2, $3)")
        .bind(id.to_vec())
        .bind(1_700_000_000_000_i64)
        .bind(vec![0xEE; 3])
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

async fn accounts(db: &Db) -> i64 {
    let row = query("SELECT COUNT(*) AS n FROM account").fetch_one(db.read()).await.unwrap();
    row.int("n").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_read_back_in_every_column_type() {
    on_both_engines(async |db| {
        insert_account(db, [7; 16]).await.unwrap();
        let row = query("SELECT account_id, created_at, sealed FROM account").fetch_one(db.read()).await.unwrap();
        assert_eq!(row.array("account_id").unwrap(), [7; 16]);
        assert_eq!(row.millis("created_at").unwrap().0, 1_700_000_000_000);
        assert_eq!(row.bytes("sealed").unwrap(), [0xEE; 3]);
        assert!(row.array::<4>("account_id").is_err(), "bytes of another length are an error, not a panic");
        let row = query("SELECT CAST($1 AS BIGINT) AS none, CAST($2 AS BIGINT) AS yes, CAST($3 AS TEXT) AS text")
            .bind(None::<i64>)
            .bind(1_i64)
            .bind("\u{4f60}\u{597d}")
            .fetch_one(db.read())
            .await
            .unwrap();
        assert_eq!(row.millis_or_null("none").unwrap(), None);
        assert!(row.flag("yes").unwrap());
        assert_eq!(row.text("text").unwrap(), "\u{4f60}\u{597d}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_transaction_leaves_nothing() {
    on_both_engines(async |db| {
        let mut tx = db.begin_write().await.unwrap();
        query("INSERT INTO account (account_id, created_at, sealed) VALUES ($1, 1, $1)")
            .bind(vec![1; 16])
            .execute(&mut *tx)
            .await
            .unwrap();
        drop(tx);
        assert_eq!(accounts(db).await, 0);
        insert_account(db, [1; 16]).await.unwrap();
        assert_eq!(accounts(db).await, 1);
    })
    .await;
}

/// Without BEGIN IMMEDIATE this fails on SQLite with 517; without the row lock it loses counts on PostgreSQL.
#[tokio::test(flavor = "multi_thread")]
async fn writers_that_read_first_neither_fail_nor_lose_a_write() {
    on_both_engines(async |db| {
        insert_account(db, [0; 16]).await.unwrap();
        let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(count_up(Db::clone(db), 25))).collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let row = query("SELECT created_at FROM account").fetch_one(db.read()).await.unwrap();
        assert_eq!(row.int("created_at").unwrap(), 1_700_000_000_000 + 8 * 25);
    })
    .await;
}

async fn count_up(db: Db, times: usize) -> Result<(), Error> {
    for _ in 0..times {
        let mut tx = db.begin_write().await?;
        query("UPDATE account SET created_at = created_at").execute(&mut *tx).await?;
        let row = query("SELECT created_at FROM account").fetch_one(&mut *tx).await?;
        query("UPDATE account SET created_at = $1").bind(row.int("created_at")? + 1).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_may_open_an_empty_database_at_once() {
    on_both_engines(async |db| {
        let url = match db.engine() {
            Engine::Sqlite => Db::sqlite_url(&db.folder().join("fresh.sqlite")),
            Engine::Postgres => db.url().to_owned(),
        };
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { Db::open(&url).await })
            })
            .collect();
        for task in tasks {
            let opened = task.await.unwrap().unwrap();
            assert_eq!(opened.columns().await.unwrap(), db.columns().await.unwrap());
            opened.close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused() {
    on_both_engines(async |db| {
        let mut tx = db.begin_write().await.unwrap();
        query("INSERT INTO schema_migration (name, checksum) VALUES ('9999_future', 1)")
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let error = Db::open(db.url()).await.unwrap_err().to_string();
        assert!(error.contains("9999_future") && error.contains("newer version"), "{error}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_address_says_what_to_write() {
    for (url, expected) in [
        ("mysql://u:secret@h/d", "names no database"),
        ("sqlite:/nowhere/at/all/x.sqlite", "cannot be made"),
        ("postgres://127.0.0.1:1/x", "cannot be opened"),
    ] {
        let error = Db::open(url).await.unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains("secret"), "{error}");
    }
}

/// Rows that are gone leave nothing in the files: `secure_delete`, and the WAL cut after a sweep.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_removed_is_in_no_file_of_sqlite_after_shedding() {
    on_both_engines(async |db| {
        if db.engine() != Engine::Sqlite {
            return;
        }
        let canary = *b"CANARY-7c1f90aa!";
        insert_account(db, canary).await.unwrap();
        assert!(found_in_files(db, &canary), "the search must be able to see it");
        let mut tx = db.begin_write().await.unwrap();
        query("DELETE FROM account").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        db.shed().await.unwrap();
        assert!(!found_in_files(db, &canary));
    })
    .await;
}

fn found_in_files(db: &TestDb, canary: &[u8]) -> bool {
    std::fs::read_dir(db.folder()).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(canary.len()).any(|window| window == canary)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    on_both_engines(async |db| {
        if db.engine() != Engine::Sqlite {
            return;
        }
        insert_account(db, [1; 16]).await.unwrap();
        for entry in std::fs::read_dir(db.folder()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.path().display());
        }
    })
    .await;
}
