//! A lock of npm packages names versions and checksums, never the host they came from: people behind a mirror
//! install from their mirror.

use super::{Finding, Tree};

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.name() == "package-lock.json") {
        if let Some((number, _)) = file.lines().find(|(_, line)| line.trim_start().starts_with("\"resolved\": \"http"))
        {
            let remedy =
                "put `omit-lockfile-registry-resolved=true` in .npmrc beside it, remove the lock, run npm install";
            findings.push(Finding::new(file, number, "the lock names a host", remedy));
        }
        let folder = file.path.trim_end_matches("package-lock.json");
        if tree.get(&format!("{folder}package.json")).is_none() {
            findings.push(Finding::new(file, 1, "a lock without package.json", "remove it or add what it locks"));
        }
    }
    for file in tree.files.iter().filter(|file| file.name() == "package.json" && file.text.contains("ependencies\"")) {
        if tree.get(&file.path.replace("package.json", "package-lock.json")).is_none() {
            let remedy = "run npm install there and check the lock in: tests install with npm ci";
            findings.push(Finding::new(file, 1, "packages without a lock", remedy));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_lock_names_no_host() {
        let bad = "{\n  \"resolved\": \"https://host.example/a.tgz\",\n}\n";
        let package = ("web/package.json", "{ \"dependencies\": {} }\n");
        assert_eq!(places(find, &[package, ("web/package-lock.json", bad)]), ["web/package-lock.json:2"]);
        assert!(
            places(find, &[package, ("web/package-lock.json", "{\n  \"integrity\": \"sha512-x\"\n}\n")]).is_empty()
        );
    }

    #[test]
    fn packages_have_a_lock_and_a_lock_has_packages() {
        assert_eq!(places(find, &[("web/package.json", "{ \"devDependencies\": {} }\n")]), ["web/package.json:1"]);
        assert_eq!(places(find, &[("web/package-lock.json", "{}\n")]), ["web/package-lock.json:1"]);
    }
}
