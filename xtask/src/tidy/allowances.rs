//! `#[allow]` is refused: it stays when its cause has gone. `#[expect]` says when it can go, and why it is there.

use super::{Finding, Tree};

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let Some(source) = &file.source else { continue };
        let tokens = &source.tokens;
        for (at, token) in tokens.iter().enumerate() {
            let attribute = at >= 2 && tokens[at - 1].is("[") && (tokens[at - 2].is("#") || tokens[at - 2].is("!"));
            let conditional = token.is("allow") && tokens[..at].iter().rev().take(12).any(|near| near.is("cfg_attr"));
            if !attribute && !conditional {
                continue;
            }
            if token.is("allow") {
                let remedy = "write `#[expect(lint, reason = \"...\")]`, or mend what the lint found";
                findings.push(Finding::new(file, token.line, "`#[allow]`", remedy));
            }
            if token.is("expect") {
                let list = tokens[at..].iter().take_while(|token| !token.is("]"));
                if !list.into_iter().any(|token| token.is("reason")) {
                    let remedy = "add `reason = \"...\"`";
                    findings.push(Finding::new(file, token.line, "`#[expect]` without a reason", remedy));
                }
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
    fn allow_is_refused_everywhere() {
        let bad = "#![allow(dead_code)]\n\n#[allow(unused)]\nfn f() {}\n#[cfg_attr(test, allow(unused))]\nfn g() {}\n";
        assert_eq!(places(find, &[("a/src/lib.rs", bad)]), ["a/src/lib.rs:1", "a/src/lib.rs:3", "a/src/lib.rs:5"]);
    }

    #[test]
    fn expect_needs_a_reason() {
        let text = "#[expect(unused)]\nfn f() {}\n#[expect(unused, reason = \"why\")]\nfn g() {}\n";
        assert_eq!(places(find, &[("a/src/lib.rs", text)]), ["a/src/lib.rs:1"]);
    }

    #[test]
    fn a_function_called_allow_is_fine() {
        assert!(places(find, &[("a/src/lib.rs", "fn f() { allow(1); list[allow(2)]; x.expect(\"y\") }\n")]).is_empty());
    }
}
