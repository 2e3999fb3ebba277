//! Only `storage` names a database; only `bus` names NATS. `server` may say their names to the person who sets it up,
//! but uses neither.

use super::source::Source;
use super::tree::File;
use super::{Finding, Tree};

/// A crate that only one room may use, with the words that count as naming it.
struct Kept {
    room: &'static str,
    crates: &'static [&'static str],
    words: &'static [&'static str],
    instead: &'static str,
}

const KEPT: &[Kept] = &[
    Kept {
        room: "storage",
        crates: &["sqlx", "sqlx_core", "rusqlite", "tokio_postgres", "postgres", "libsqlite3_sys"],
        words: &["sqlite", "postgres", "pragma"],
        instead: "go through `storage::sql`; what differs between engines belongs in storage's `dialect` folder",
    },
    Kept { room: "bus", crates: &["async_nats", "nats"], words: &["nats:"], instead: "go through the crate `bus`" },
];

/// The workshop starts databases for tests, and the bench compares with other servers.
const FREE: &[&str] = &["bench", "xtask"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let Some(room) = file.room() else { continue };
        for kept in KEPT.iter().filter(|kept| kept.room != room && !FREE.contains(&room)) {
            if file.name() == "Cargo.toml" {
                manifest(file, kept, &mut findings);
            }
            if let Some(source) = file.shipped() {
                code(file, source, kept, room == "server", &mut findings);
            }
        }
    }
    findings
}

fn manifest(file: &File, kept: &Kept, findings: &mut Vec<Finding>) {
    for (number, line) in file.lines() {
        let name = line.split(['.', ' ', '=']).next().unwrap_or_default().replace('-', "_");
        if kept.crates.contains(&name.as_str()) {
            findings.push(Finding::new(
                file,
                number,
                format!("depends on `{name}`, which is `{}`'s", kept.room),
                kept.instead,
            ));
        }
    }
}

fn code(file: &File, source: &Source, kept: &Kept, says_names: bool, findings: &mut Vec<Finding>) {
    let tokens = source.code();
    for path in Source::paths(&tokens) {
        let first = path.text.split("::").next().unwrap_or_default();
        if kept.crates.contains(&first) && path.text.contains("::") {
            let what = format!("`{}` belongs to `{}`", path.text, kept.room);
            findings.push(Finding::new(file, path.line, what, kept.instead));
        }
    }
    for text in Source::texts(&tokens).filter(|_| !says_names) {
        let lower = text.text.to_lowercase();
        if let Some(word) = kept.words.iter().find(|word| lower.contains(**word)) {
            let what = format!("a text names `{word}`, which only `{}` may", kept.room);
            findings.push(Finding::new(file, text.line, what, kept.instead));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_feature_that_names_a_database_is_found() {
        let bad = "use sqlx::Any;\nfn f() { g(\"PRAGMA user_version\") }\n";
        assert_eq!(
            places(
                find,
                &[
                    ("crates/people/src/a.rs", bad),
                    ("crates/people/Cargo.toml", "[dependencies]\nsqlx.workspace = true\n")
                ]
            ),
            ["crates/people/Cargo.toml:2", "crates/people/src/a.rs:1", "crates/people/src/a.rs:2"]
        );
    }

    #[test]
    fn storage_names_databases_and_the_server_may_say_their_names() {
        let files = [
            ("crates/storage/src/sql.rs", "use sqlx::Any;\n"),
            ("crates/server/src/config.rs", "const HELP: &str = \"a postgres:// address\";\n"),
            ("crates/people/src/b.rs", "use storage::sql::Db; // not SQLite, not PostgreSQL\n"),
        ];
        assert!(places(find, &files).is_empty());
    }

    #[test]
    fn only_bus_names_nats() {
        let bad = "fn f() { async_nats::connect(\"nats://127.0.0.1\") }\n";
        assert_eq!(places(find, &[("crates/chats/src/a.rs", bad)]).len(), 2);
        assert!(places(find, &[("crates/bus/src/a.rs", bad)]).is_empty());
    }
}
