//! Nothing unfinished is checked in.

use super::{Finding, Tree};

const BANNED: &[&str] = &["todo", "unimplemented", "dbg"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let Some(source) = &file.source else { continue };
        for pair in source.tokens.windows(2) {
            if pair[1].is("!") && BANNED.iter().any(|word| pair[0].is(word)) {
                let what = format!("`{}!`", pair[0].text);
                findings.push(Finding::new(file, pair[0].line, what, "finish it, or leave it out and write an issue"));
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
    fn what_is_unfinished_is_found() {
        let bad = "fn f() {\n    todo!()\n}\nfn g() {\n    unimplemented!(\"later\")\n}\n";
        assert_eq!(places(find, &[("a/src/lib.rs", bad)]), ["a/src/lib.rs:2", "a/src/lib.rs:5"]);
    }

    #[test]
    fn words_in_texts_are_fine() {
        assert!(places(find, &[("a/src/lib.rs", "/// No todo!() here.\nfn f() { g(\"todo!\") }\n")]).is_empty());
    }
}
