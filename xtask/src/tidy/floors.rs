//! The floors of the house. A crate may use what is on a floor below its own; never a sibling, never upward.

use super::tree::File;
use super::{Finding, Tree};

/// Every crate and its floor. A new crate gets a line here and one in the document of the architecture.
const FLOORS: &[(&str, u8)] = &[
    ("server", 7),
    ("rights", 6),
    ("chats", 5),
    ("media", 5),
    ("moments", 5),
    ("favorites", 5),
    ("nearby", 5),
    ("calls", 5),
    ("support", 5),
    ("marketing", 5),
    ("platform", 5),
    ("people", 4),
    ("storage", 3),
    ("bus", 3),
    ("providers", 3),
    ("vault", 2),
    ("disclosure", 2),
    ("policy", 1),
    ("wire", 1),
    ("kernel", 0),
];

/// Beside the house: the load generator looks from outside and knows the protocol, no more; the workshop knows nothing.
const BESIDE: &[(&str, u8)] = &[("bench", 2), ("xtask", 0)];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.name() == "Cargo.toml") {
        let Some(room) = file.room().filter(|room| is_manifest_of(file, room)) else { continue };
        let Some(floor) = floor_of(room) else {
            let remedy = "give it a floor in xtask/src/tidy/floors.rs and a line in docs/ARCHITECTURE.md";
            findings.push(Finding::new(file, 1, format!("the crate `{room}` has no floor"), remedy));
            continue;
        };
        for (line, used) in dependencies(file) {
            let Some(below) = floor_of(&used) else { continue };
            if used == room || below < floor {
                continue;
            }
            let way = if below == floor { "a sibling" } else { "upward" };
            let what = format!("`{room}` (floor {floor}) uses `{used}` (floor {below}): {way}");
            let remedy = "move what both need to a floor below, or hand it in as a trait from `server`";
            findings.push(Finding::new(file, line, what, remedy));
        }
    }
    findings
}

fn is_manifest_of(file: &File, room: &str) -> bool {
    file.path == format!("crates/{room}/Cargo.toml") || file.path == format!("{room}/Cargo.toml")
}

fn floor_of(room: &str) -> Option<u8> {
    FLOORS.iter().chain(BESIDE).find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// Names in the tables of dependencies (build and dev ones too) and their lines.
fn dependencies(file: &File) -> Vec<(usize, String)> {
    let (mut found, mut inside) = (Vec::new(), false);
    for (number, line) in file.lines() {
        let line = line.trim();
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            inside = table.ends_with("dependencies");
            if let Some((kind, name)) = table.rsplit_once('.')
                && kind.ends_with("dependencies")
            {
                found.push((number, name.to_owned()));
            }
        } else if inside && !line.starts_with('#') {
            let name: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
            if !name.is_empty() {
                found.push((number, name));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn siblings_and_upward_edges_are_found() {
        let files = [
            ("crates/storage/Cargo.toml", "[dependencies]\nkernel.workspace = true\nbus.workspace = true\n"),
            ("crates/vault/Cargo.toml", "[dev-dependencies]\nstorage = { path = \"../storage\" }\n"),
            ("crates/wire/Cargo.toml", "[dependencies.policy]\nworkspace = true\n"),
        ];
        assert_eq!(
            places(find, &files),
            ["crates/storage/Cargo.toml:3", "crates/vault/Cargo.toml:2", "crates/wire/Cargo.toml:1"]
        );
    }

    #[test]
    fn downward_edges_are_fine_and_so_is_testing_oneself() {
        let good = "[dependencies]\nkernel.workspace = true\nserde = \"1\"\n[dev-dependencies]\nvault = { path = \".\", features = [\"sim\"] }\n";
        assert!(places(find, &[("crates/vault/Cargo.toml", good)]).is_empty());
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        assert_eq!(places(find, &[("crates/attic/Cargo.toml", "[dependencies]\n")]), ["crates/attic/Cargo.toml:1"]);
    }
}
