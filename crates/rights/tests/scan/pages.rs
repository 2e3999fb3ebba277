//! SQLite: free pages, removed rows, the WAL, and rows that lie on several pages.

use storage::testing::BareSqlite;

use crate::support::*;

const RECORD: &str = "raw in a sealed record of row profile, opened with account";
const PAGES: &str = "raw in a sealed record of row profile over several pages, opened with account";
const TABLE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, sealed BLOB)";
const INSERT: &str = "INSERT INTO t (sealed) VALUES (?)";

async fn open(world: &World, set_up: &str) -> BareSqlite {
    let mut database = BareSqlite::open(&world.data().join("test.sqlite")).await;
    database.run(set_up, None).await;
    database.run(TABLE, None).await;
    database
}

fn forms(world: &World) -> Vec<String> {
    world.scan().into_iter().map(|place| place.form).collect()
}

#[tokio::test]
async fn removed_rows_and_free_pages_are_looked_through() {
    let world = World::new();
    let vault = world.vault();
    let ada = world.account(&vault);
    let mut database = open(&world, "PRAGMA journal_mode = DELETE; PRAGMA secure_delete = OFF").await;
    // One on its page, one over two pages, one over several with the text at its end.
    for (before, expected) in [(100, RECORD), (4_300, PAGES), (14_000, PAGES)] {
        database.run(INSERT, Some(&world.profile(&vault, ada, before))).await;
        assert_eq!(forms(&world), [expected], "{before} bytes in, held");
        database.run("DELETE FROM t", None).await;
        assert_eq!(forms(&world), [expected], "{before} bytes in, removed");
        database.run("VACUUM", None).await;
        assert_eq!(forms(&world), [""; 0], "{before} bytes in, overwritten");
    }
    database.close().await;
}

#[tokio::test]
async fn the_wal_is_looked_through() {
    let world = World::new();
    let vault = world.vault();
    let ada = world.account(&vault);
    let mut database = open(&world, "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL").await;
    for before in [100, 3_000] {
        database.run(INSERT, Some(&world.profile(&vault, ada, before))).await;
    }
    let found = world.scan();
    let mut forms: Vec<_> = found.iter().map(|place| place.form.as_str()).collect();
    forms.dedup();
    assert_eq!(forms, [RECORD, PAGES]);
    assert!(found.iter().all(|place| place.path.ends_with("test.sqlite-wal")), "{found:?}");
    let shed = "DELETE FROM t; PRAGMA secure_delete = ON; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)";
    database.run(shed, None).await;
    assert_eq!(world.scan(), []);
    database.close().await;
}
