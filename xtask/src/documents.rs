//! The generated documents: the policy as Markdown, the promises with their tests, the list of those to come; and the
//! versions of the policy.

use std::path::Path;
use std::process::Command;

use crate::launch::captured;
use crate::promises_document;
use crate::register::TO_COME;
use crate::tidy::tree::Tree;
use crate::trouble::Trouble;
use crate::workshop::{Workshop, read, write};

const POLICY: &str = "docs/PRIVACY.md";
const HEAD: &str =
    "<!-- Made by `cargo xtask codegen` from policy/; nobody edits it. On a server it stands at /policy. -->\n\n";

/// Writes the documents; with `check`, only names those that are stale.
pub(crate) fn documents(workshop: &Workshop, check: bool) -> Result<Vec<String>, Trouble> {
    let policy = captured(Command::new(workshop.billet()).args(["policy", "--markdown", "en"]))?;
    // The list first: the document counts on nothing in it, and tidy compares both with the tests.
    let tree = Tree::read(&workshop.root)?;
    let made = [
        (TO_COME, promises_document::to_come(&tree)?),
        (promises_document::PATH, promises_document::text(&tree)?),
        (POLICY, HEAD.to_owned() + &policy),
    ];
    let mut stale = Vec::new();
    for (path, text) in made {
        let file = workshop.root.join(path);
        if std::fs::read_to_string(&file).ok().as_ref() != Some(&text) {
            stale.push(path.to_owned());
            if !check {
                write(&file, &text)?;
            }
        }
    }
    policy_is_that_of_its_newest_version(workshop)?;
    Ok(stale)
}

/// A closed version has the digest of the policy's files: any change of them needs a version of its own (D-63).
fn policy_is_that_of_its_newest_version(workshop: &Workshop) -> Result<(), Trouble> {
    let newest = newest(&workshop.root)?;
    let text = read(&workshop.root.join(&newest))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| Trouble::new(format!("{newest}: {}", error.message()), "restore the file"))?;
    let digest = digest(workshop)?;
    match table.get("digest").and_then(toml::Value::as_str) {
        Some(kept) if kept != digest => Err(Trouble::new(
            format!("the files in policy/ are not those of {newest} any more"),
            "a change of the policy is a new version: add the next file in policy/versions, which says what changed and when",
        )),
        _ => Ok(()),
    }
}

/// Closes the newest version: its digest and its rows are kept from now on.
pub(crate) fn publish_policy(workshop: &Workshop) -> Result<String, Trouble> {
    let newest = newest(&workshop.root)?;
    let path = workshop.root.join(&newest);
    let text = read(&path)?;
    if text.lines().any(|line| line.starts_with("digest")) {
        return Err(Trouble::new(format!("{newest} is published already"), "add the next version's file first"));
    }
    let rows = captured(Command::new(workshop.billet()).args(["policy", "--rows"]))?;
    let digest = digest(workshop)?;
    write(&path.with_extension("json"), &rows)?;
    write(&path, &format!("{}\ndigest = \"{digest}\"\n", text.trim_end()))?;
    Ok(newest)
}

fn digest(workshop: &Workshop) -> Result<String, Trouble> {
    Ok(captured(Command::new(workshop.billet()).args(["policy", "--digest"]))?.trim().to_owned())
}

/// The file of the newest version.
fn newest(root: &Path) -> Result<String, Trouble> {
    let folder = root.join("policy/versions");
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| Trouble::new(format!("{} cannot be read: {error}", folder.display()), "restore the folder"))?;
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
    let newest = names.filter(|name| name.ends_with(".toml")).max();
    newest
        .map(|name| format!("policy/versions/{name}"))
        .ok_or_else(|| Trouble::new("policy/versions has no version", "restore the folder"))
}
