//! Documents name files that exist: links and `paths/like.this` in Markdown, and what doc comments name under `docs`.

use super::tree::File;
use super::{Finding, Tree};

/// What a name ends with to count as a file of ours.
const EXTENSIONS: &[&str] =
    &["rs", "md", "toml", "ts", "tsx", "json", "sql", "css", "html", "png", "svg", "yml", "txt", "run"];
/// Made by tools, or by running Billet; named, not checked in.
const MADE: &[&str] = &["target/", "web/dist", "web/node_modules", "e2e/node_modules", "data/"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        if file.has_extension(&["md"]) {
            markdown(tree, file, &mut findings);
        } else if file.source.is_some() {
            comments(tree, file, &mut findings);
        }
    }
    findings
}

fn markdown(tree: &Tree, file: &File, findings: &mut Vec<Finding>) {
    let mut fenced = false;
    for (number, line) in file.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced || line.starts_with("<!--") {
            continue;
        }
        let names = links(line).into_iter().chain(spans(line).into_iter().filter(|span| is_path(span)));
        for name in names {
            note(tree, file, number, &name, findings);
        }
    }
}

fn comments(tree: &Tree, file: &File, findings: &mut Vec<Finding>) {
    for (number, line) in file.lines() {
        let line = line.trim_start();
        if !line.starts_with("///") && !line.starts_with("//!") {
            continue;
        }
        let words = line.split(|c: char| c.is_whitespace() || "`()[],;\"'".contains(c));
        for word in words.map(|word| word.trim_end_matches(['.', ':', '?', '!'])) {
            if word.starts_with("docs/") && is_path(word) {
                note(tree, file, number, word, findings);
            }
        }
    }
}

fn note(tree: &Tree, file: &File, line: usize, name: &str, findings: &mut Vec<Finding>) {
    let name = name.split(['#', '?']).next().unwrap_or_default();
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let made = MADE.iter().any(|made| name.starts_with(made));
    if name.is_empty() || made || tree.holds(&join("", name)) || tree.holds(&join(folder, name)) {
        return;
    }
    findings.push(Finding::new(
        file,
        line,
        format!("`{name}` does not exist"),
        "name the file as it is now, or add it",
    ));
}

/// Targets of `[text](target)` that are not on the web.
fn links(line: &str) -> Vec<String> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).map(str::to_owned).collect()
}

/// What stands between single backticks.
fn spans(line: &str) -> Vec<String> {
    line.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// `crates/vault/src/slot.rs` and `crates/vault/`, but no `NNNN-*.md`, no `a/{b,c}`, no `text/html`, no `/v1/x.json`.
fn is_path(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let file = text.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension));
    plain && text.contains('/') && !text.starts_with('/') && !text.contains("NNNN") && (file || text.ends_with('/'))
}

/// `folder/name` with `.` and `..` worked out.
fn join(folder: &str, name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn documents_that_name_absent_files_are_found() {
        let bad = "See `crates/vault/src/gone.rs`.\n[flow](flows/b.md)\nand `policy/gone/`\n";
        assert_eq!(places(find, &[("docs/a.md", bad)]), ["docs/a.md:1", "docs/a.md:2", "docs/a.md:3"]);
        let code = "/// As docs/gone.md says.\nfn f() {}\n";
        assert_eq!(places(find, &[("crates/a/src/lib.rs", code)]), ["crates/a/src/lib.rs:1"]);
    }

    #[test]
    fn files_that_exist_patterns_and_the_web_are_fine() {
        let good = "`crates/vault/src/slot.rs` [up](../README.md#top) [web](https://example.org/a.md) `docs/NNNN-x.md`\n\
                    `text/html` `a/{b,c}.rs` `crates/*/src` `/v1/openapi.json` `crates/vault/` [here](#top) `target/x.json`\n\
                    ```\nnothing/checked.rs\n```\n<!-- ![later](docs/later.png) -->\n";
        let files = [("docs/a.md", good), ("README.md", ""), ("crates/vault/src/slot.rs", "//! See docs/a.md.\n")];
        assert_eq!(places(find, &files), [""; 0]);
    }
}
