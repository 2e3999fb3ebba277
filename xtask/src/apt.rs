//! Debian packages that tests need. What is missing is installed, and said so before; what cannot be installed is an
//! error, never a test left out.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::launch::{Launch, captured};
use crate::trouble::Trouble;

/// A package, what for, and how to see that what it brings is there.
pub(crate) struct Package {
    name: &'static str,
    purpose: &'static str,
    /// Any of these programs or files will do; a `*` stands for one folder.
    any_of: &'static [&'static str],
}

/// A clock that can be set, for one program alone.
const LIBFAKETIME: Package = Package {
    name: "libfaketime",
    purpose: "a clock that is set for the server alone, to see what is gone in three days",
    any_of: &["/usr/lib/*/faketime/libfaketimeMT.so.1"],
};

/// For the Rust tests: storage runs on both engines, and time passes quickly.
pub(crate) const FOR_RUST: &[Package] = &[
    Package {
        name: "postgresql",
        purpose: "the second SQL engine that storage is tested on",
        any_of: &["initdb", "/usr/lib/postgresql/*/bin/initdb"],
    },
    LIBFAKETIME,
    Package {
        name: "python3-venv",
        purpose: "a place for schemathesis, which tries the whole interface",
        any_of: &["/usr/lib/*/ensurepip"],
    },
];

/// For the story of a message.
pub(crate) const FOR_FORGET: &[Package] = &[LIBFAKETIME];

/// For the end-to-end tests.
pub(crate) const FOR_E2E: &[Package] = &[
    Package { name: "chromium", purpose: "the browser of the end-to-end tests", any_of: &["chromium"] },
    Package {
        name: "fonts-noto-cjk",
        purpose: "Chinese letters on screenshots",
        any_of: &[
            "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/*/NotoSansCJK-Regular.ttc",
        ],
    },
    Package {
        name: "fonts-noto-color-emoji",
        purpose: "emoji on screenshots",
        any_of: &["/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf", "/usr/share/fonts/*/NotoColorEmoji.ttf"],
    },
];

/// Installs what is missing of `packages`.
pub(crate) fn install(packages: &[&Package], launch: Launch) -> Result<String, Trouble> {
    let missing: Vec<&&Package> = packages.iter().filter(|package| !is_there(package)).collect();
    if missing.is_empty() {
        return Ok("nothing to install".to_owned());
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    for package in &missing {
        println!("  installing the Debian package {}: {}", package.name, package.purpose);
    }
    let by_hand = format!("install by hand: apt-get install {}", names.join(" "));
    let cannot = |why: &str| Trouble::new(format!("{} cannot be installed: {why}", names.join(", ")), by_hand.clone());
    let mut prefix: Vec<&str> = Vec::new();
    if !rustix::process::geteuid().is_root() {
        captured(Command::new("sudo").args(["-n", "true"]))
            .map_err(|_| cannot("we are not root and sudo asks for a password"))?;
        prefix.extend(["sudo", "-n"]);
    }
    if find_on_path("apt-get").is_none() {
        return Err(cannot("there is no apt-get on this system"));
    }
    let apt = |arguments: &[&str]| {
        let words =
            [&prefix[..], &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]]
                .concat();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(arguments).stdin(Stdio::null());
        command
    };
    launch(&mut apt(&["update", "--quiet"])).map_err(|trouble| cannot(trouble.what()))?;
    let install = [&["install", "--quiet", "--yes", "--no-install-recommends"], &names[..]].concat();
    launch(&mut apt(&install)).map_err(|trouble| cannot(trouble.what()))?;
    match missing.iter().find(|package| !is_there(package)) {
        Some(package) => Err(cannot(&format!("{} was installed, but what it brings is not to be found", package.name))),
        None => Ok(format!("installed {}", names.join(", "))),
    }
}

fn is_there(package: &Package) -> bool {
    package.any_of.iter().any(|place| find(place).is_some())
}

/// A program on the PATH, or a file by its full name.
fn find(place: &str) -> Option<std::path::PathBuf> {
    if !place.starts_with('/') {
        return find_on_path(place);
    }
    let Some((before, after)) = place.split_once("/*/") else {
        return Some(place.into()).filter(|path: &std::path::PathBuf| path.exists());
    };
    let mut folders: Vec<_> = std::fs::read_dir(before).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    // The newest version last by its number, so 15 comes after 9.
    folders.sort_by_key(|folder| folder.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    folders.into_iter().rev().map(|folder| folder.join(after)).find(|path| path.exists())
}

fn find_on_path(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| Path::is_file(path))
}

/// The folder of PostgreSQL's programs.
pub(crate) fn postgres_programs() -> Option<std::path::PathBuf> {
    let initdb = find("/usr/lib/postgresql/*/bin/initdb").or_else(|| find_on_path("initdb"))?;
    // A link on the PATH leads to the folder in which the other programs lie.
    initdb.canonicalize().ok()?.parent().map(Path::to_path_buf)
}

/// The browser of the end-to-end tests.
pub(crate) fn chromium() -> Option<std::path::PathBuf> {
    find_on_path("chromium")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_files_are_found_where_they_are() {
        assert!(find("sh").is_some() && find("no-such-program-here").is_none());
        assert!(find("/usr/*/sh").is_some() && find("/usr/no-such/*/sh").is_none());
    }

    #[test]
    fn what_is_there_is_not_installed() {
        let shell = Package { name: "dash", purpose: "a shell", any_of: &["sh"] };
        let done = install(&[&shell], &|_| panic!("nothing is to be started")).expect("nothing to do");
        assert_eq!(done, "nothing to install");
    }
}
