//! Promises and decisions are named by their ids, in comments and documents; each id stands in the register.

use std::collections::HashSet;

use super::{Finding, Tree};

const REGISTER: &str = "policy/promises.toml";

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let Some(register) = tree.get(REGISTER) else { return Vec::new() };
    let ids: HashSet<&str> =
        register.lines().filter_map(|(_, line)| line.strip_prefix("id = \"")?.split('"').next()).collect();
    // `CHAT` of `CHAT-3H`: what looks like an id in another area (SHA-256, UTF-8) is none.
    let areas: HashSet<&str> = ids.iter().filter_map(|id| id.split_once('-')).map(|(area, _)| area).collect();
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.source.is_some() || file.has_extension(&["md"])) {
        for (number, line) in file.lines() {
            if file.source.is_some() && !line.trim_start().starts_with("//") {
                continue;
            }
            for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
                let looks = word.split_once('-').is_some_and(|(area, rest)| areas.contains(area) && is_rest(rest));
                if looks && !ids.contains(word) {
                    let what = format!("`{word}` is no promise and no decision");
                    findings.push(Finding::new(file, number, what, format!("name one of {REGISTER}")));
                }
            }
        }
    }
    findings
}

fn is_rest(rest: &str) -> bool {
    rest.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-') && !rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn ids_that_are_not_in_the_register_are_found() {
        let register = (REGISTER, "[[promise]]\nid = \"CHAT-3H\"\n[[decision]]\nid = \"D-03\"\n");
        let bad = ("crates/a/src/lib.rs", "/// CHAT-3H, CHAT-9Q and D-99, by SHA-256.\nfn f() { g(\"CHAT-9Q\") }\n");
        assert_eq!(places(find, &[register, bad]), ["crates/a/src/lib.rs:1", "crates/a/src/lib.rs:1"]);
        assert!(places(find, &[register, ("a.md", "D-03 asked for CHAT-3H in UTF-8.\n")]).is_empty());
    }
}
