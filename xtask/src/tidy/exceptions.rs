//! `xtask/exceptions.toml`: known places that do not follow a rule, each with its reason. The list may only get
//! shorter: an entry that nothing needs any more is a finding, and so is a count above the number of entries.

use super::{Finding, Tree};

const PATH: &str = "xtask/exceptions.toml";

struct Exception {
    rule: String,
    path: String,
    /// A part of the line in question.
    text: String,
    line: usize,
    used: bool,
}

/// The list, and which of its entries were needed.
#[derive(Default)]
pub(super) struct Exceptions(Vec<Exception>);

impl Exceptions {
    /// Reads the list of a tree; a tree without one has no exceptions.
    pub(super) fn read(tree: &Tree) -> (Self, Vec<Finding>) {
        let Some(file) = tree.get(PATH) else { return (Self::default(), Vec::new()) };
        let table = match file.text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                let what = format!("is not TOML: {}", error.message());
                return (Self::default(), vec![Finding::new(file, 1, what, "mend it")]);
            }
        };
        let entries = table.get("exception").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        let mut findings = Vec::new();
        let most = table.get("most").and_then(toml::Value::as_integer).unwrap_or(0);
        if usize::try_from(most) != Ok(entries.len()) {
            let what = format!("most = {most}, but there are {} exceptions", entries.len());
            let remedy = format!(
                "when one went away, set most = {}; a new one needs a decision in docs/decisions",
                entries.len()
            );
            findings.push(Finding::new(file, 1, what, remedy));
        }
        let mut lines = file.lines().filter(|(_, line)| line.trim() == "[[exception]]").map(|(number, _)| number);
        let mut exceptions = Self::default();
        for entry in &entries {
            let line = lines.next().unwrap_or(1);
            let value = |key: &str| entry.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
            for key in ["rule", "path", "text", "reason"] {
                if value(key).trim().is_empty() {
                    findings.push(Finding::new(file, line, format!("an exception without `{key}`"), "say it"));
                }
            }
            exceptions.0.push(Exception {
                rule: value("rule"),
                path: value("path"),
                text: value("text"),
                line,
                used: false,
            });
        }
        (exceptions, findings)
    }

    /// Whether a finding is a known exception.
    pub(super) fn covers(&mut self, rule: &str, finding: &Finding, tree: &Tree) -> bool {
        let line = tree
            .get(&finding.path)
            .and_then(|file| file.text.lines().nth(finding.line.saturating_sub(1)))
            .unwrap_or_default();
        let mut covered = false;
        for exception in &mut self.0 {
            if exception.rule == rule && exception.path == finding.path && line.contains(&exception.text) {
                exception.used = true;
                covered = true;
            }
        }
        covered
    }

    /// Entries that nothing needs any more.
    pub(super) fn unused(&self) -> Vec<Finding> {
        let unused = self.0.iter().filter(|exception| !exception.used);
        unused
            .map(|exception| Finding {
                path: PATH.to_owned(),
                line: exception.line,
                what: format!(
                    "no line of {} with `{}` breaks `{}` any more",
                    exception.path, exception.text, exception.rule
                ),
                remedy: "remove this exception and lower `most`".to_owned(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    fn findings(list: &str, code: &str) -> Vec<String> {
        let tree = Tree::of(&[(PATH, list), ("crates/vault/src/lib.rs", code)]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    const LIST: &str = "most = 1\n\n[[exception]]\nrule = \"unfinished\"\npath = \"crates/vault/src/lib.rs\"\ntext = \"todo!\"\nreason = \"an example\"\n";

    #[test]
    fn a_known_exception_is_no_finding() {
        assert!(findings(LIST, "fn f() {\n    todo!()\n}\n").is_empty());
        assert_eq!(findings("most = 0\n", "fn f() {\n    todo!()\n}\n").len(), 1);
    }

    #[test]
    fn an_exception_that_nothing_needs_must_go() {
        let found = findings(LIST, "fn f() {}\n");
        assert!(found.len() == 1 && found[0].starts_with("xtask/exceptions.toml:3: no line of"), "{found:?}");
    }

    #[test]
    fn the_count_and_the_list_agree() {
        let found = findings(&LIST.replace("most = 1", "most = 2"), "fn f() {\n    todo!()\n}\n");
        assert!(found.len() == 1 && found[0].contains("most = 2, but there are 1"), "{found:?}");
    }
}
