//! Only `server` (and the bench and this workshop) reads the environment or a command line. Everything below is told.

use super::source::Source;
use super::{Finding, Tree};

const FREE: &[&str] = &["server", "bench", "xtask"];
const BANNED: &[&str] = &["std::env", "clap", "dotenvy"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let Some(room) = file.room().filter(|room| !FREE.contains(room)) else { continue };
        if file.name() == "Cargo.toml" {
            for (number, _) in file.lines().filter(|(_, line)| line.starts_with("clap")) {
                let what = format!("`{room}` depends on `clap`");
                findings.push(Finding::new(
                    file,
                    number,
                    what,
                    "read the command line in `server` and hand the value down",
                ));
            }
        }
        let Some(source) = file.shipped() else { continue };
        for path in Source::paths(&source.code()) {
            let banned =
                BANNED.iter().any(|banned| path.text.strip_prefix(banned).is_some_and(|rest| rest.starts_with("::")));
            if banned || path.text == "std::env" {
                let what = format!("`{}` below `server`", path.text);
                findings.push(Finding::new(file, path.line, what, "read it in `server` and hand the value down"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn the_environment_is_read_in_the_server_alone() {
        let text = "use std::env;\nfn f() { std::env::var(\"X\") }\n";
        assert_eq!(
            places(find, &[("crates/vault/src/a.rs", text)]),
            ["crates/vault/src/a.rs:1", "crates/vault/src/a.rs:2"]
        );
        assert!(places(find, &[("crates/server/src/a.rs", text), ("crates/vault/tests/a.rs", text)]).is_empty());
    }

    #[test]
    fn what_is_known_when_compiling_is_no_environment() {
        assert!(places(find, &[("crates/wire/src/a.rs", "const V: &str = env!(\"CARGO_PKG_VERSION\");\n")]).is_empty());
    }

    #[test]
    fn clap_is_for_programs() {
        let manifest = ("crates/people/Cargo.toml", "[dependencies]\nclap.workspace = true\n");
        assert_eq!(places(find, &[manifest]), ["crates/people/Cargo.toml:2"]);
    }
}
