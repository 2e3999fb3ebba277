//! The files that a rule looks at.

use std::path::Path;
use std::process::Command;

use super::source::Source;
use crate::trouble::Trouble;

/// One text file of the repository.
pub(crate) struct File {
    /// From the root of the repository, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Present for Rust that parses.
    pub(crate) source: Option<Source>,
    /// The whole file is a test, an example, or only helps tests.
    pub(crate) is_test: bool,
}

impl File {
    pub(crate) fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The crate a file belongs to: `vault` for `crates/vault/src/lib.rs`, `bench`, `xtask`.
    pub(crate) fn room(&self) -> Option<&str> {
        let mut parts = self.path.split('/');
        match parts.next()? {
            "crates" => parts.next(),
            room @ ("bench" | "xtask") => Some(room),
            _ => None,
        }
    }

    /// Rust code that ships or builds what ships: no tests, no build scripts.
    pub(crate) fn shipped(&self) -> Option<&Source> {
        if self.is_test || self.name() == "build.rs" { None } else { self.source.as_ref() }
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// All text files of the repository, and the names of all files.
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
    /// Every file, those that are no text included.
    pub(crate) names: Vec<String>,
}

impl Tree {
    /// What git knows of, or would know of after `git add --all`.
    pub(crate) fn read(root: &Path) -> Result<Self, Trouble> {
        let list = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .map_err(|error| {
                Trouble::new(format!("git does not start: {error}"), "install git: tidy asks it for the list of files")
            })?;
        if !list.status.success() {
            return Err(Trouble::new(
                format!("git ls-files failed: {}", String::from_utf8_lossy(&list.stderr).trim()),
                "tidy asks git for the list of files: run it in a clone",
            ));
        }
        let mut names: Vec<String> = String::from_utf8_lossy(&list.stdout)
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        names.retain(|name| root.join(name).is_file());
        let mut texts = Vec::new();
        for name in &names {
            let bytes = std::fs::read(root.join(name))
                .map_err(|error| Trouble::new(format!("{name} cannot be read: {error}"), "make it readable"))?;
            if !bytes.contains(&0)
                && let Ok(text) = String::from_utf8(bytes)
            {
                texts.push((name.clone(), text));
            }
        }
        Ok(Self::new(names, texts))
    }

    fn new(mut names: Vec<String>, texts: Vec<(String, String)>) -> Self {
        names.sort();
        names.dedup();
        let mut files: Vec<File> = texts.into_iter().map(|(path, text)| file(path, text)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        mark_test_modules(&mut files);
        Self { files, names }
    }

    /// A tree made up by a test.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let names = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        Self::new(names, files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    pub(crate) fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.source.is_some())
    }

    /// Whether a file or a folder of this name exists.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.names
            .iter()
            .any(|name| name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }
}

fn file(path: String, text: String) -> File {
    let source = if path.ends_with(".rs") { Source::parse(&text) } else { None };
    let is_test = path.split('/').any(|part| matches!(part, "tests" | "benches" | "examples"))
        || path.ends_with("/tests.rs")
        || path.ends_with(".test.ts")
        || path.ends_with(".test.tsx")
        || path.ends_with(".spec.ts");
    File { path, text, source, is_test }
}

/// `#[cfg(test)] mod model;` makes a test of `model.rs` and of everything under `model/`.
fn mark_test_modules(files: &mut [File]) {
    let mut tests = Vec::new();
    for file in files.iter() {
        let Some(source) = &file.source else { continue };
        let folder = match file.name() {
            "lib.rs" | "main.rs" | "mod.rs" => file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
            _ => file.path.trim_end_matches(".rs").to_owned(),
        };
        tests.extend(source.test_modules.iter().map(|module| format!("{folder}/{module}")));
    }
    for file in files {
        file.is_test |= tests.iter().any(|test| {
            file.path.strip_prefix(test.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_only_tests_compile_is_a_test_with_all_below_it() {
        let tree = Tree::of(&[
            ("crates/vault/src/lib.rs", "#[cfg(test)]\nmod model;\nmod slot;\n"),
            ("crates/vault/src/model.rs", ""),
            ("crates/vault/src/model/crash.rs", ""),
            ("crates/vault/src/slot.rs", ""),
        ]);
        let tests: Vec<&str> = tree.files.iter().filter(|file| file.is_test).map(|file| file.path.as_str()).collect();
        assert_eq!(tests, ["crates/vault/src/model.rs", "crates/vault/src/model/crash.rs"]);
    }

    #[test]
    fn a_folder_exists_when_a_file_lies_in_it() {
        let tree = Tree::of(&[("docs/flows/a.md", "")]);
        assert!(tree.holds("docs/flows/") && tree.holds("docs/flows/a.md") && !tree.holds("docs/flow"));
    }
}
