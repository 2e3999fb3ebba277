//! The tests that `docs/security.md` names exist: a promise of safety leads to what shows it.

use std::collections::HashSet;

use super::{Finding, Tree};

const DOCUMENT: &str = "docs/security.md";
/// A name in backquotes with so many words is the name of a test: they are sentences.
const WORDS_MIN: usize = 4;

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let Some(document) = tree.get(DOCUMENT) else { return Vec::new() };
    let functions: HashSet<&str> = tree.files.iter().filter(|file| file.source.is_some()).flat_map(functions).collect();
    let mut findings = Vec::new();
    for (number, line) in document.lines() {
        let quoted = line.split('`').skip(1).step_by(2);
        for name in quoted.filter(|name| is_name_of_test(name) && !functions.contains(name)) {
            let what = format!("no test is called `{name}`");
            findings.push(Finding::new(document, number, what, "name the test that shows it, or write the test"));
        }
    }
    findings
}

/// The names of all functions of a file.
fn functions(file: &super::File) -> impl Iterator<Item = &str> {
    file.lines().filter_map(|(_, line)| {
        let (_, rest) = line.split_once("fn ")?;
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()
    })
}

fn is_name_of_test(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    plain && text.split('_').count() >= WORDS_MIN
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_test_that_is_not_there_is_found() {
        let tests = ("crates/a/src/lib.rs", "#[test]\nfn a_code_is_good_once() {}\n");
        let document = |text| (DOCUMENT, text);
        assert!(places(find, &[tests, document("| `a_code_is_good_once` | `any_name` |\n")]).is_empty());
        let gone = document("# Security\n| `a_code_is_good_twice` |\n");
        assert_eq!(places(find, &[tests, gone]), ["docs/security.md:2"]);
        assert!(places(find, &[tests, ("docs/other.md", "`no_such_test_here`\n")]).is_empty());
    }
}
