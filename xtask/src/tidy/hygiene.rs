//! The repository speaks of itself alone: no folders of somebody's machine, no hosts of package registries.

use super::{Finding, Tree};

/// Folders that exist on one machine only. They count when a path starts with them.
const FOLDERS: &[&str] = &["/work/", "/root/", "/home/", "/Users/"];
/// Hosts that serve packages; a mirror has other names.
const HOSTS: &[&str] = &[
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "static.crates.io",
    "index.crates.io",
    "files.pythonhosted.org",
    "pypi.org",
    "deb.debian.org",
    "security.debian.org",
];
/// This list, and the lock that cargo writes.
const FREE: &[&str] = &["xtask/src/tidy/hygiene.rs", "Cargo.lock", "LICENSE"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !FREE.contains(&file.path.as_str())) {
        for (number, line) in file.lines() {
            if let Some(folder) = FOLDERS.iter().find(|folder| starts_path(line, folder)) {
                let what = format!("`{folder}` is a folder of one machine");
                findings.push(Finding::new(
                    file,
                    number,
                    what,
                    "name it from the root of the repository, or take it as a setting",
                ));
            }
            if let Some(host) = HOSTS.iter().find(|host| line.contains(**host)) {
                let what = format!("`{host}` is the host of a registry");
                findings.push(Finding::new(file, number, what, "leave hosts to the package client's own settings"));
            }
        }
    }
    findings
}

/// Whether `folder` begins a path in `line`, rather than standing in the middle of one.
fn starts_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !"/._-~}*$)".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn folders_and_hosts_of_somebodys_machine_are_found() {
        let bad = "see /home/ann/notes\n\"/root/x\"\ncurl https://deb.debian.org\n";
        assert_eq!(places(find, &[("a.md", bad)]), ["a.md:1", "a.md:2", "a.md:3"]);
    }

    #[test]
    fn the_middle_of_a_path_is_fine() {
        assert!(places(find, &[("a.md", "web/home/x, https://example.org/home/x, ./work/y\n")]).is_empty());
    }
}
