//! Where things are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::trouble::Trouble;

/// The repository and what is built from it.
pub(crate) struct Workshop {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// Where release binaries are built: `target/release`.
    pub(crate) release: PathBuf,
    /// Our notes between two runs: stamps of what was built, and logs.
    pub(crate) notes: PathBuf,
}

impl Workshop {
    /// Finds the repository that this program was built in.
    pub(crate) fn find() -> Result<Self, Trouble> {
        let lost = |what: &str| Trouble::new(what, "start it as `cargo xtask`");
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.parent().ok_or_else(|| lost("xtask does not lie in a repository"))?.to_path_buf();
        let program = std::env::current_exe().map_err(|error| lost(&format!("xtask does not find itself: {error}")))?;
        let release = program.parent().ok_or_else(|| lost("xtask lies in no folder"))?.to_path_buf();
        let target = release.parent().unwrap_or(&release);
        let notes = target.join("xtask");
        make_folder(&notes)?;
        if root.join("web").is_dir() {
            // The server embeds this folder; it must exist to compile, even when nothing was built into it yet.
            make_folder(&root.join("web/dist"))?;
        }
        Ok(Self { root, release, notes })
    }

    /// The server, once built.
    pub(crate) fn billet(&self) -> PathBuf {
        self.release.join("billet")
    }

    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.root);
        command
    }

    pub(crate) fn npm(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("npm");
        command.args(arguments).current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        command
    }

    /// The command that builds the server as it ships.
    pub(crate) fn build_server(&self) -> Command {
        self.cargo(&["build", "--release", "-p", "server"])
    }
}

/// Makes a folder and its parents.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Trouble> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Trouble::new(format!("{} cannot be made: {error}", folder.display()), "make room, or mend its permissions")
    })
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String, Trouble> {
    std::fs::read_to_string(path).map_err(|error| {
        Trouble::new(format!("{} cannot be read: {error}", path.display()), "put it there, or mend its permissions")
    })
}

/// Writes a text file.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Trouble> {
    std::fs::write(path, text).map_err(|error| {
        Trouble::new(format!("{} cannot be written: {error}", path.display()), "make room, or mend its permissions")
    })
}
