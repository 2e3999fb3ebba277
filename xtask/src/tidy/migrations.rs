//! Tables are written twice, for SQLite and for PostgreSQL, with the same names; columns are BIGINT, TEXT or bytes.

use super::sql_text::tokens;
use super::tree::File;
use super::{Finding, Tree};

/// Folder, and the word for bytes there.
const ENGINES: [(&str, &str); 2] = [("migrations/sqlite/", "BLOB"), ("migrations/postgres/", "BYTEA")];
/// What begins a line of CREATE TABLE that is no column.
const NO_COLUMN: &[&str] = &["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT", "EXCLUDE", "LIKE"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.has_extension(&["sql"])) {
        let Some(index) = ENGINES.iter().position(|(folder, _)| file.path.contains(folder)) else { continue };
        let other = file.path.replace(ENGINES[index].0, ENGINES[1 - index].0);
        if tree.get(&other).is_none() {
            findings.push(Finding::new(file, 1, "a migration for one engine only", format!("write {other} too")));
        }
        columns(file, ENGINES[index].1, &mut findings);
    }
    findings
}

fn columns(file: &File, bytes: &str, findings: &mut Vec<Finding>) {
    let (mut depth, mut table, mut start) = (0_usize, false, false);
    for (number, line) in file.lines() {
        let line = line.split("--").next().unwrap_or_default();
        let words = tokens(line);
        if words.windows(2).any(|pair| pair[0] == "CREATE") {
            table = words.iter().any(|word| word == "TABLE");
            depth = 0;
        }
        for (at, word) in words.iter().enumerate() {
            let column = start && depth == 1;
            start = false;
            match word.as_str() {
                "(" => {
                    depth += 1;
                    start = table && depth == 1;
                }
                ")" => depth = depth.saturating_sub(1),
                "," => start = table && depth == 1,
                "COLUMN" if words.contains(&"ADD".to_owned()) => {
                    if let Some(kind) = words.get(at + 2) {
                        check(file, number, kind, bytes, findings);
                    }
                }
                name if column && !NO_COLUMN.contains(&name) => {
                    check(file, number, words.get(at + 1).map_or("nothing", String::as_str), bytes, findings);
                }
                _ => {}
            }
        }
    }
}

fn check(file: &File, line: usize, kind: &str, bytes: &str, findings: &mut Vec<Finding>) {
    if ![bytes, "BIGINT", "TEXT"].contains(&kind) {
        let what = format!("a column of type {kind}");
        findings.push(Finding::new(file, line, what, format!("use BIGINT (times in ms, flags 0/1), TEXT or {bytes}")));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    const GOOD: &str = "-- What people are called.\nCREATE TABLE profiles (\n    account BLOB PRIMARY KEY, -- 16 bytes\n    at BIGINT NOT NULL,\n    CHECK (at > 0),\n    UNIQUE (account, at)\n) STRICT;\nCREATE INDEX i ON profiles (at, account);\n";

    #[test]
    fn both_engines_have_the_same_migrations() {
        assert_eq!(
            places(find, &[("crates/storage/migrations/sqlite/0001_a.sql", GOOD)]),
            ["crates/storage/migrations/sqlite/0001_a.sql:1"]
        );
        let twin = GOOD.replace("BLOB", "BYTEA");
        let files = [("m/migrations/sqlite/0001_a.sql", GOOD), ("m/migrations/postgres/0001_a.sql", twin.as_str())];
        assert_eq!(places(find, &files), [""; 0]);
    }

    #[test]
    fn columns_of_other_types_are_found() {
        let bad = "CREATE TABLE a (flag BOOLEAN NOT NULL,\n  n INTEGER PRIMARY KEY, ok TEXT);\nALTER TABLE a ADD COLUMN b SMALLINT;\n";
        let files = [("m/migrations/sqlite/1.sql", bad), ("m/migrations/postgres/1.sql", "")];
        let path = "m/migrations/sqlite/1.sql";
        assert_eq!(places(find, &files), [format!("{path}:1"), format!("{path}:2"), format!("{path}:3")]);
    }
}
