//! The schema against the policy, both ways, on both engines (D-47, SCOP-PIDEF).

use std::collections::BTreeSet;

use storage::testing::on_both_engines;

/// Columns that are about nobody, each with its reason. This list may only shrink.
const ABOUT_NOBODY: [(&str, &str); 2] = [
    ("schema_migration.name", "which files of the schema were applied"),
    ("schema_migration.checksum", "what their text was"),
];

/// D-47: a column that no row declares fails, and so does a declared column that does not exist.
#[tokio::test(flavor = "multi_thread")]
async fn every_column_is_declared_by_the_policy_and_every_declared_column_exists() {
    on_both_engines(async |db| {
        let found: BTreeSet<String> = db.columns().await.unwrap().into_iter().collect();
        let declared: BTreeSet<String> = policy::columns()
            .map(|(column, _)| column)
            .chain(ABOUT_NOBODY.map(|(column, _)| column))
            .map(str::to_owned)
            .collect();
        let undeclared: Vec<_> = found.difference(&declared).collect();
        let missing: Vec<_> = declared.difference(&found).collect();
        assert!(undeclared.is_empty(), "no row of policy/policy.toml declares these columns: {undeclared:?}");
        assert!(missing.is_empty(), "policy/policy.toml declares columns that no migration makes: {missing:?}");
        assert!(found.contains("account.sealed"), "the test must be able to see a column");
    })
    .await;
}

/// The same names on both engines, in the three types that the driver carries on both.
#[test]
fn the_two_schemas_are_one_text_but_for_the_name_of_bytes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for entry in std::fs::read_dir(folder.join("sqlite")).unwrap() {
        let name = entry.unwrap().file_name();
        let sqlite = std::fs::read_to_string(folder.join("sqlite").join(&name)).unwrap();
        let postgres = std::fs::read_to_string(folder.join("postgres").join(&name)).unwrap();
        assert_eq!(sqlite.replace("BLOB", "BYTEA"), postgres, "{}", name.display());
        for bad in ["BOOLEAN", "INTEGER", "TIMESTAMP", "REAL", "SERIAL", "AUTOINCREMENT"] {
            assert!(!sqlite.contains(bad), "{}: {bad} does not work on both engines", name.display());
        }
    }
}
