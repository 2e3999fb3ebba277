//! The web client: its packages and its build, done again only when something they are made from has changed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::launch::Launch;
use crate::trouble::Trouble;
use crate::workshop::{Workshop, read, write};
use crate::{tools, workshop};

/// Folders that are made, not written.
const MADE: &[&str] = &["node_modules", "dist", "test-results", "playwright-report", "coverage"];

/// Installs the packages of `folder` (`web`, `e2e`) as its lock says.
pub(crate) fn packages(workshop: &Workshop, folder: &str, launch: Launch) -> Result<String, Trouble> {
    let node = tools::node()?;
    let place = workshop.root.join(folder);
    let lock = read(&place.join("package-lock.json"))?;
    let made_from = digest(&[&node, &lock, &read(&place.join("package.json"))?]);
    let stamp = stamp(workshop, folder, "packages");
    if place.join("node_modules").is_dir() && holds(&stamp, &made_from) {
        return Ok("unchanged".to_owned());
    }
    let _ = std::fs::remove_file(&stamp);
    launch(&mut workshop.npm(&place, &["ci", "--no-audit", "--no-fund"]))?;
    write(&stamp, &made_from)?;
    Ok("installed".to_owned())
}

/// Builds the web client into `web/dist`, from where the server embeds it.
pub(crate) fn build(workshop: &Workshop, launch: Launch) -> Result<String, Trouble> {
    let place = workshop.root.join("web");
    let made_from = inputs(&place)?;
    let stamp = stamp(workshop, "web", "build");
    if place.join("dist/index.html").is_file() && holds(&stamp, &made_from) {
        return Ok("unchanged".to_owned());
    }
    let _ = std::fs::remove_file(&stamp);
    launch(&mut workshop.npm(&place, &["run", "build"]))?;
    if !place.join("dist/index.html").is_file() {
        return Err(Trouble::new("the build of the web client left no web/dist/index.html", "see web/vite.config.ts"));
    }
    write(&stamp, &made_from)?;
    Ok("built".to_owned())
}

fn stamp(workshop: &Workshop, folder: &str, what: &str) -> PathBuf {
    workshop.notes.join(format!("{}.{what}", folder.replace('/', "-")))
}

fn holds(stamp: &Path, digest: &str) -> bool {
    std::fs::read_to_string(stamp).is_ok_and(|text| text == digest)
}

fn digest(parts: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    format!("{:016x}\n", hasher.finish())
}

/// A digest of the names and contents of everything that a build reads.
fn inputs(folder: &Path) -> Result<String, Trouble> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in &files {
        file.hash(&mut hasher);
        let bytes = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
        bytes.hash(&mut hasher);
    }
    Ok(format!("{:016x}\n", hasher.finish()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let path = entry.path();
        if MADE.contains(&&*entry.file_name().to_string_lossy()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::new(format!("{} cannot be read: {error}", path.display()), "put it there, or mend its permissions")
}

/// The text files directly in `folder`, by name: what generated code looks like now.
pub(crate) fn texts(folder: &Path) -> Result<Vec<(PathBuf, String)>, Trouble> {
    let mut files = Vec::new();
    if folder.is_dir() {
        collect(folder, &mut files)?;
    }
    files.sort();
    files.into_iter().map(|file| workshop::read(&file).map(|text| (file, text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_an_input_is_seen_and_what_is_made_does_not_count() {
        let folder = std::env::temp_dir().join(format!("billet-web-{}", std::process::id()));
        let make = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("in the folder")).expect("made");
            std::fs::write(path, text).expect("written");
        };
        make("src/a.ts", "1");
        let first = inputs(&folder).expect("readable");
        make("dist/index.html", "made");
        make("node_modules/x/index.js", "made");
        assert_eq!(inputs(&folder).expect("readable"), first);
        make("src/a.ts", "2");
        assert_ne!(inputs(&folder).expect("readable"), first);
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
