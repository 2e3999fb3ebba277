//! SQL stands in the `store.rs` of its feature and in `storage`, so that all that is stored can be read in one place.

use super::source::Source;
use super::sql_text::is_sql;
use super::{Finding, Tree};

const FREE: &[&str] = &["storage", "bench", "xtask"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let (Some(room), Some(source)) = (file.room(), file.shipped()) else { continue };
        if FREE.contains(&room) || file.name() == "store.rs" || file.path.contains("/store/") {
            continue;
        }
        for text in Source::texts(&source.code()).filter(|text| is_sql(&text.text)) {
            findings.push(Finding::new(
                file,
                text.line,
                "SQL outside a store.rs",
                "move the statement into the feature's store.rs",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn sql_outside_its_place_is_found() {
        let code = "fn f() {\n    query(\"SELECT a FROM b\")\n}\n";
        assert_eq!(places(find, &[("crates/people/src/block.rs", code)]), ["crates/people/src/block.rs:2"]);
        let good = [
            ("crates/people/src/store.rs", code),
            ("crates/storage/src/sql.rs", code),
            ("crates/chats/src/store/a.rs", code),
        ];
        assert!(places(find, &good).is_empty());
    }
}
