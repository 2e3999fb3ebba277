//! What is made from what the server says of itself: the types of the web client, and the documents.

use std::path::PathBuf;
use std::process::Command;

use crate::documents;
use crate::launch::{Launch, captured};
use crate::trouble::Trouble;
use crate::web;
use crate::workshop::{Workshop, make_folder, write};

/// Where generated files lie; nobody edits them.
const FOLDER: &str = "web/src/api";

/// Writes `web/src/api` and the documents anew; with `check`, only says whether it is stale and leaves everything as it was.
pub(crate) fn codegen(workshop: &Workshop, check: bool, launch: Launch) -> Result<(), Trouble> {
    launch(&mut workshop.build_server())?;
    web::packages(workshop, "web", launch)?;
    let folder = workshop.root.join(FOLDER);
    let before = Before { files: web::texts(&folder)?, folder, restore: check };
    generate(workshop, launch)?;
    let mut stale = before.differences()?;
    stale.extend(documents::documents(workshop, check)?);
    if check && !stale.is_empty() {
        return Err(Trouble::new(
            format!("stale, the server says something else now: {}", stale.join(", ")),
            "run `cargo xtask codegen` and check in what it wrote",
        ));
    }
    if !check {
        println!(
            "{}",
            if stale.is_empty() { "nothing changed".to_owned() } else { format!("wrote {}", stale.join(", ")) }
        );
    }
    Ok(())
}

fn generate(workshop: &Workshop, launch: Launch) -> Result<(), Trouble> {
    let folder = workshop.root.join(FOLDER);
    make_folder(&folder)?;
    let mut document = captured(Command::new(workshop.billet()).arg("openapi").current_dir(&workshop.root))?;
    if !document.ends_with('\n') {
        document.push('\n');
    }
    write(&folder.join("openapi.json"), &document)?;
    launch(&mut workshop.npm(&workshop.root.join("web"), &["run", "codegen"]))
}

/// The generated files as they were; puts them back when asked to, also after a failure.
struct Before {
    folder: PathBuf,
    files: Vec<(PathBuf, String)>,
    restore: bool,
}

impl Before {
    /// Names of the files that are not as they were.
    fn differences(&self) -> Result<Vec<String>, Trouble> {
        let now = web::texts(&self.folder)?;
        let only_in = |one: &[(PathBuf, String)], other: &[(PathBuf, String)]| -> Vec<String> {
            let changed = one.iter().filter(|file| !other.contains(file));
            changed.filter_map(|(path, _)| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
        };
        let mut names = only_in(&now, &self.files);
        names.extend(only_in(&self.files, &now));
        names.sort();
        names.dedup();
        Ok(names)
    }
}

impl Drop for Before {
    fn drop(&mut self) {
        if !self.restore {
            return;
        }
        for (path, _) in web::texts(&self.folder).unwrap_or_default() {
            if !self.files.iter().any(|(known, _)| *known == path) {
                let _ = std::fs::remove_file(path);
            }
        }
        for (path, text) in &self.files {
            if std::fs::read_to_string(path).ok().as_ref() != Some(text) {
                let _ = std::fs::write(path, text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_names_what_changed_and_puts_everything_back() {
        let folder = std::env::temp_dir().join(format!("billet-codegen-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("made");
        let (kept, new) = (folder.join("schema.ts"), folder.join("new.ts"));
        std::fs::write(&kept, "old\n").expect("written");
        let before = Before { files: web::texts(&folder).expect("readable"), folder: folder.clone(), restore: true };
        assert_eq!(before.differences().expect("readable"), [""; 0]);
        std::fs::write(&kept, "other\n").expect("written");
        std::fs::write(&new, "x\n").expect("written");
        assert_eq!(before.differences().expect("readable"), ["new.ts", "schema.ts"]);
        drop(before);
        assert_eq!(std::fs::read_to_string(&kept).expect("there"), "old\n");
        assert!(!new.exists());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
