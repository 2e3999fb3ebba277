//! The style guide as a program. Each rule is a file of its own; each finding is one line that says what to do.
//!
//! A rule may have known exceptions in `xtask/exceptions.toml`: that list may only get shorter.

mod allowances;
mod constant_docs;
mod databases;
mod disk_access;
mod documents;
mod environment;
mod exceptions;
mod file_lengths;
mod floors;
mod function_lengths;
mod hygiene;
mod line_ends;
mod migrations;
mod named_tests;
mod package_locks;
mod periods;
mod promises;
mod promises_to_come;
mod source;
mod sql_casts;
mod sql_places;
mod sql_text;
pub(crate) mod tree;
mod unfinished;
mod web_layers;

use std::fmt;
use std::path::Path;

use crate::trouble::Trouble;
use exceptions::Exceptions;
use tree::{File, Tree};

/// One place that does not follow a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    what: String,
    remedy: String,
}

impl Finding {
    fn new(file: &File, line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} - {}", self.path, self.line, self.what, self.remedy)
    }
}

/// A rule: its name in `xtask/exceptions.toml`, and the function that finds what breaks it.
type Rule = (&'static str, fn(&Tree) -> Vec<Finding>);

const RULES: &[Rule] = &[
    ("allowances", allowances::find),
    ("constant_docs", constant_docs::find),
    ("databases", databases::find),
    ("disk_access", disk_access::find),
    ("documents", documents::find),
    ("environment", environment::find),
    ("file_lengths", file_lengths::find),
    ("floors", floors::find),
    ("function_lengths", function_lengths::find),
    ("hygiene", hygiene::find),
    ("line_ends", line_ends::find),
    ("migrations", migrations::find),
    ("named_tests", named_tests::find),
    ("package_locks", package_locks::find),
    ("periods", periods::find),
    ("promises", promises::find),
    ("promises_to_come", promises_to_come::find),
    ("sql_casts", sql_casts::find),
    ("sql_places", sql_places::find),
    ("unfinished", unfinished::find),
    ("web_layers", web_layers::find),
];

/// Prints what breaks a rule; the number of findings is the answer.
pub(crate) fn tidy(root: &Path) -> Result<(), Trouble> {
    let tree = Tree::read(root)?;
    let findings = check(&tree);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("tidy: {} rules hold in {} files", RULES.len(), tree.files.len());
        return Ok(());
    }
    let places = if findings.len() == 1 { "1 place does".to_owned() } else { format!("{} places do", findings.len()) };
    Err(Trouble::new(format!("tidy: {places} not follow the rules"), "each line above says what to do there"))
}

fn check(tree: &Tree) -> Vec<Finding> {
    let (mut exceptions, mut findings) = Exceptions::read(tree);
    for (name, find) in RULES {
        findings.extend(find(tree).into_iter().filter(|finding| !exceptions.covers(name, finding, tree)));
    }
    findings.extend(exceptions.unused());
    findings.sort();
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `find` says about `files`: the places as `path:line`.
    pub(super) fn places(find: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)]) -> Vec<String> {
        let mut findings = find(&Tree::of(files));
        findings.sort();
        findings.iter().map(|finding| format!("{}:{}", finding.path, finding.line)).collect()
    }

    #[test]
    fn rules_have_names_in_order_and_once() {
        assert!(RULES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn a_finding_is_one_line_that_says_what_to_do() {
        let finding = Finding { path: "a.rs".into(), line: 3, what: "too long".into(), remedy: "split it".into() };
        assert_eq!(finding.to_string(), "a.rs:3: too long - split it");
    }
}
