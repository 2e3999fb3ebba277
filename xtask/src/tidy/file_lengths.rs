//! Files stay short: a room that grows gets a new room, not a corridor.

use super::{Finding, Tree};

/// Most lines of a Rust file, its tests not counted. 400 is the aim.
const RUST_LINES_MAX: usize = 600;
/// Most lines of a file of the web client or of its end-to-end tests.
const WEB_LINES_MAX: usize = 250;
/// Generated, never edited.
const GENERATED: &[&str] = &["web/src/api/"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !file.is_test) {
        let web = (file.path.starts_with("web/") || file.path.starts_with("e2e/"))
            && file.has_extension(&["ts", "tsx", "css", "js", "mjs"])
            && !GENERATED.iter().any(|folder| file.path.starts_with(folder));
        let (lines, most) = match &file.source {
            Some(source) => {
                ((1..=file.text.lines().count()).filter(|line| !source.is_test_line(*line)).count(), RUST_LINES_MAX)
            }
            None if web => (file.text.lines().count(), WEB_LINES_MAX),
            None => continue,
        };
        if lines > most {
            let what = format!("{lines} lines without tests, at most {most}");
            findings.push(Finding::new(file, most, what, "move one verb or one component to a file of its own"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn long_rust_is_found_and_tests_do_not_count() {
        let long = "fn f() {}\n".repeat(RUST_LINES_MAX + 1);
        let tested = format!(
            "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            "fn f() {}\n".repeat(RUST_LINES_MAX),
            "fn g() {}\n".repeat(99)
        );
        assert_eq!(places(find, &[("crates/a/src/lib.rs", &long)]), ["crates/a/src/lib.rs:600"]);
        assert!(places(find, &[("crates/a/src/lib.rs", &tested), ("crates/a/tests/x.rs", &long)]).is_empty());
    }

    #[test]
    fn long_components_are_found_and_generated_types_are_not() {
        let long = "x\n".repeat(WEB_LINES_MAX + 1);
        assert_eq!(places(find, &[("web/src/ui/A.tsx", &long)]), ["web/src/ui/A.tsx:250"]);
        assert!(places(find, &[("web/src/api/schema.d.ts", &long), ("web/src/ui/B.tsx", "x\n")]).is_empty());
    }
}
