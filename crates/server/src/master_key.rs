//! The master key from wherever the settings say: a file, the environment, or a command. Nothing of it is ever logged.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use kernel::Rng;
use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use crate::master_file;
use crate::settings::{MasterKey, Places};

/// How long the command may take: a KMS on the other side of the world, three times over.
const COMMAND_WAIT: Duration = Duration::from_secs(30);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);
/// What is read of its output: a key has 64 bytes and a line end.
const OUTPUT_BYTES_MAX: u64 = 1_024;
/// What is shown of its errors.
const ERROR_BYTES_MAX: u64 = 2_048;

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MasterKeyTrouble {
    /// The file or the text.
    #[error(transparent)]
    Key(#[from] vault::MasterKeyError),
    /// A rotation of the file was cut short.
    #[error("a rotation of the master key was cut short ({new} is there): run `billet keys rotate` again as before, it \
        goes on where it stopped", new = new.display())]
    RotationUnfinished {
        /// The new key that waits.
        new: PathBuf,
    },
    /// There is no such file, and this is no first start.
    #[error("there is no master key at {path}; check --master-key-file", path = path.display())]
    NoFile {
        /// Where it should be.
        path: PathBuf,
    },
    /// The command could not be run.
    #[error("the command for the master key cannot be run")]
    Run(#[source] std::io::Error),
    /// The command failed.
    #[error("the command for the master key ended with {status} and said: {said}")]
    Failed {
        /// How.
        status: ExitStatus,
        /// The end of its standard error.
        said: String,
    },
    /// The command takes too long.
    #[error("the command for the master key took more than {} s and was ended; it said: {said}", COMMAND_WAIT.as_secs())]
    TooSlow {
        /// The end of its standard error.
        said: String,
    },
    /// The command printed something else.
    #[error(
        "the command for the master key printed no key: 64 hexadecimal digits are expected (raw bytes go through \
        `| xxd -p -c 64`); it said: {said}"
    )]
    NotAKey {
        /// The end of its standard error.
        said: String,
    },
}

impl Places {
    /// The master key of these places; a file is made at the first start.
    pub(crate) fn load_master_key(&self, rng: &dyn Rng) -> Result<vault::MasterKey, MasterKeyTrouble> {
        let MasterKey::File(path) = &self.master_key else { return self.master_key.load() };
        let new = master_file::new_file(path);
        if new.exists() {
            return Err(MasterKeyTrouble::RotationUnfinished { new });
        }
        Ok(vault::MasterKey::from_file(path, rng)?)
    }
}

impl MasterKey {
    /// The key as it is there; nothing is made.
    pub(crate) fn load(&self) -> Result<vault::MasterKey, MasterKeyTrouble> {
        match self {
            Self::File(path) => read_file(path),
            Self::Text(text) => Ok(vault::MasterKey::from_text(text)?),
            Self::Command(command) => from_command(command, COMMAND_WAIT),
        }
    }
}

fn read_file(path: &Path) -> Result<vault::MasterKey, MasterKeyTrouble> {
    if !path.exists() {
        return Err(MasterKeyTrouble::NoFile { path: path.to_owned() });
    }
    // It is there, so chance is not asked for.
    Ok(vault::MasterKey::from_file(path, &crate::machine::MachineRng)?)
}

/// Runs `sh -c command` and takes the key from its standard output.
fn from_command(command: &str, wait: Duration) -> Result<vault::MasterKey, MasterKeyTrouble> {
    use std::os::unix::process::CommandExt;
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(MasterKeyTrouble::Run)?;
    let output = beside(child.stdout.take(), OUTPUT_BYTES_MAX);
    let errors = beside(child.stderr.take(), ERROR_BYTES_MAX);
    let ended = wait_for(&mut child, wait).map_err(MasterKeyTrouble::Run)?;
    // What it started and left behind must not hold the pipes open.
    let said = || {
        let bytes = errors.recv_timeout(LOOK * 10).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        if text.is_empty() { "nothing".to_owned() } else { text }
    };
    match ended {
        None => Err(MasterKeyTrouble::TooSlow { said: said() }),
        Some(status) if !status.success() => Err(MasterKeyTrouble::Failed { status, said: said() }),
        Some(_) => {
            let bytes = output.recv_timeout(LOOK * 10).unwrap_or_default();
            let key = std::str::from_utf8(&bytes).ok().and_then(|text| vault::MasterKey::from_text(text).ok());
            key.ok_or_else(|| MasterKeyTrouble::NotAKey { said: said() })
        }
    }
}

/// Waits for the end; after `wait` the command and all that it started are killed.
fn wait_for(child: &mut Child, wait: Duration) -> std::io::Result<Option<ExitStatus>> {
    let looks = wait.as_millis() / LOOK.as_millis();
    for _ in 0..looks {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(LOOK);
    }
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // Gone already is as good.
        let _gone = kill_process_group(group, Signal::KILL);
    }
    child.wait()?;
    Ok(None)
}

/// Reads a pipe on a thread of its own, up to `max` bytes; the rest is read and dropped, so that nobody blocks on it.
fn beside(pipe: Option<impl Read + Send + 'static>, max: u64) -> Receiver<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = sync_channel(1);
    std::thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(max).unwrap_or_default()));
        if let Some(mut pipe) = pipe {
            // Cut short is as it is: it will not be a key.
            let _read = pipe.by_ref().take(max).read_to_end(&mut bytes);
            // Whoever waited has gone when nobody takes it.
            let _sent = sender.send(bytes);
            let _rest = std::io::copy(&mut pipe, &mut std::io::sink());
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(command: &str) -> String {
        from_command(command, Duration::from_millis(600)).err().expect("refused").to_string()
    }

    #[test]
    fn a_command_gives_the_key_and_what_goes_wrong_is_told_without_it() {
        let key = "0123456789abcdef".repeat(4);
        assert!(from_command(&format!("echo {key}"), COMMAND_WAIT).is_ok());
        assert!(from_command(&format!("echo warning >&2; printf '  {key}'"), COMMAND_WAIT).is_ok());
        let said = refused("echo the vault is sealed >&2; exit 3");
        assert!(said.contains("exit status: 3") && said.contains("the vault is sealed"), "{said}");
        for wrong in ["printf abc", "head -c 32 /dev/zero", "head -c 100000 /dev/zero | tr '\\0' a", "true"] {
            let said = refused(wrong);
            assert!(said.contains("64 hexadecimal digits"), "{wrong}: {said}");
        }
        let said = refused(&format!("echo {key}x"));
        assert!(!said.contains(&key[..16]), "{said}");
    }

    #[test]
    fn a_command_that_hangs_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let said = refused(&format!("echo waiting >&2; (sleep 2; touch {}) & sleep 60", mark.display()));
        assert!(said.contains("was ended") && said.contains("waiting"), "{said}");
        std::thread::sleep(Duration::from_millis(2_200));
        assert!(!mark.exists(), "what it started was ended too");
    }
}
