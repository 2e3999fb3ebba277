//! The floors of the web client: `sync` and `api` know no React and nothing that is shown; `ui` knows no feature.

use super::{Finding, Tree};

/// Folder, and what must not be imported there.
const LAYERS: &[(&str, &[&str])] = &[
    ("web/src/sync/", &["react", "/app/", "/features/", "/ui/"]),
    ("web/src/api/", &["react", "/app/", "/features/", "/ui/"]),
    ("web/src/ui/", &["/app/", "/features/"]),
];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.has_extension(&["ts", "tsx"]) && !file.is_test) {
        for (folder, banned) in LAYERS.iter().filter(|(folder, _)| file.path.starts_with(folder)) {
            for (number, line) in file.lines() {
                let Some(target) = import_target(line) else { continue };
                if let Some(word) = banned.iter().find(|word| reaches(target, word)) {
                    let what = format!("{folder} imports {word}: `{target}`");
                    findings.push(Finding::new(
                        file,
                        number,
                        what,
                        "turn the arrow round: what is shown asks, the floor below answers",
                    ));
                }
            }
        }
    }
    findings
}

/// `x` of `import ... from "x"`, `export ... from "x"`, `import "x"`.
fn import_target(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = match line.split_once(" from ") {
        Some((_, rest)) => rest,
        None => line.strip_prefix("import ")?,
    };
    let quote = rest.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    rest[1..].split(quote).next()
}

fn reaches(target: &str, word: &str) -> bool {
    match word.trim_matches('/') {
        package if package == word => {
            target == package
                || target.starts_with(&format!("{package}/"))
                || target.starts_with(&format!("{package}-"))
        }
        folder => target.split('/').any(|part| part == folder),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn the_sync_engine_knows_no_react() {
        let bad =
            "import { useState } from \"react\";\nimport { Button } from '../ui/Button';\nimport \"react-dom\";\n";
        assert_eq!(places(find, &[("web/src/sync/outbox.ts", bad)]).len(), 3);
    }

    #[test]
    fn what_is_shown_may_ask() {
        let files = [
            ("web/src/features/chats/Chat.tsx", "import { outbox } from \"../../sync/outbox\";\nimport \"react\";\n"),
            ("web/src/sync/a.ts", "import { b } from \"./b\";\nconst reactive = 1;\n"),
        ];
        assert!(places(find, &files).is_empty());
    }
}
