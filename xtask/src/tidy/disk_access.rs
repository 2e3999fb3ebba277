//! Below `server`, files are reached through `kernel::Disk` alone, so that a simulation can lose, tear and reorder
//! writes. The file that implements `Disk` for the real disk is the only one that names `std::fs`.

use super::source::{Source, Token};
use super::{Finding, Tree};

const FREE: &[&str] = &["server", "bench", "xtask"];
/// Beside the simulated disk, each for its reason: the master key comes from outside the keys' folder, before there is
/// a vault; a SQL engine does its own reading and writing.
const BESIDE: &[&str] = &["crates/vault/src/master.rs", "crates/vault/src/master/", "crates/storage/src/sql/"];
const BANNED: &[&str] = &["std::fs", "std::os::unix::fs", "tokio::fs"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let (Some(room), Some(source)) = (file.room(), file.shipped()) else { continue };
        let tokens = source.code();
        let beside = BESIDE.iter().any(|place| file.path.starts_with(place));
        if FREE.contains(&room) || beside || implements_disk(&tokens) {
            continue;
        }
        for path in Source::paths(&tokens) {
            if BANNED.iter().any(|banned| {
                path.text.strip_prefix(banned).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            }) {
                let what = format!("`{}` below `server`", path.text);
                findings.push(Finding::new(file, path.line, what, "take a `kernel::Disk` as an argument"));
            }
        }
    }
    findings
}

/// `impl Disk for ...`, with or without `kernel::`.
fn implements_disk(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|pair| (pair[0].is("Disk") || pair[0].is("DiskFile")) && pair[1].is("for"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_file_opened_behind_the_disks_back_is_found() {
        let bad = "use std::{fs::File, io};\nfn f() { std::fs::read(\"x\") }\n";
        assert_eq!(
            places(find, &[("crates/vault/src/a.rs", bad)]),
            ["crates/vault/src/a.rs:1", "crates/vault/src/a.rs:2"]
        );
    }

    #[test]
    fn the_real_disk_the_server_and_tests_may() {
        let files = [
            ("crates/vault/src/os_disk.rs", "use std::fs::File;\nimpl kernel::Disk for OsDisk {}\n"),
            ("crates/storage/src/sql/dialect/sqlite.rs", "use std::fs::File;\n"),
            ("crates/server/src/a.rs", "use std::fs::File;\n"),
            ("crates/vault/tests/a.rs", "use std::fs::File;\n"),
            ("crates/vault/src/b.rs", "#[cfg(test)]\nmod tests {\n    use std::fs::File;\n}\n"),
        ];
        assert!(places(find, &files).is_empty());
    }
}
