//! One temporary PostgreSQL for all tests of a run.
//!
//! It listens on loopback only, on a free port, with a password made for this run, and forgets by design (no fsync).
//! It is ended by its process id when this value is dropped; should we be killed without a chance to drop it, the
//! kernel ends it for us (`setpriv --pdeathsig`).

use std::fs::File;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::launch::captured;
use crate::trouble::Trouble;
use crate::{apt, interrupt};

/// Who runs the server when we are root: it refuses to run as root itself.
const USER: &str = "postgres";
/// Folders of runs, each followed by the process id of the run.
const FOLDER: &str = "billet-postgres-of-";
/// Ready within this time, or something is wrong. Usually 0.2 s.
const START: Duration = Duration::from_secs(30);
/// How often a server that starts is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long a server may take to end; it has nothing to write.
const ENDING: Duration = Duration::from_secs(10);
/// A port may be taken between finding it and using it; then another is tried.
const TRIES: u32 = 3;

/// A server that runs as long as this value lives.
pub(crate) struct Postgres {
    child: Child,
    folder: PathBuf,
    /// A superuser's address; each test makes a database of its own.
    pub(crate) url: String,
}

impl Postgres {
    /// Starts one, in about two seconds.
    pub(crate) fn start() -> Result<Self, Trouble> {
        let programs = apt::postgres_programs().ok_or_else(|| {
            Trouble::new("PostgreSQL's programs are not to be found", "on Debian: apt-get install postgresql")
        })?;
        remove_leftovers();
        let folder = std::env::temp_dir().join(format!("{FOLDER}{}", std::process::id()));
        let data = folder.join("data");
        let account = Account::choose(&folder)?;
        let password = make_folder(&folder, &account).inspect_err(|_| remove(&folder))?;
        let mut initdb = account.command(&programs.join("initdb"), "KILL");
        initdb.arg("-D").arg(&data).args([
            "-U",
            USER,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        initdb.arg("--pwfile").arg(folder.join("password")).current_dir(&folder);
        captured(&mut initdb).inspect_err(|_| remove(&folder))?;
        let mut last = None;
        for _ in 0..TRIES {
            match serve(&programs, &folder, &account) {
                Ok((child, port)) => {
                    let url = format!("postgres://{USER}:{password}@127.0.0.1:{port}/postgres");
                    return Ok(Self { child, folder, url });
                }
                Err(trouble) => last = Some(trouble),
            }
        }
        remove(&folder);
        Err(last.unwrap_or_else(|| Trouble::new("PostgreSQL does not start", "try again")))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        interrupt::end(&mut self.child, Signal::INT, ENDING);
        remove(&self.folder);
    }
}

/// Under which account the server runs.
struct Account {
    /// User and group to become, when we are root.
    ids: Option<(u32, u32)>,
}

impl Account {
    fn choose(folder: &Path) -> Result<Self, Trouble> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self { ids: None });
        }
        let id = |what: &str| -> Result<u32, Trouble> {
            let said = captured(Command::new("id").args([what, USER]))?;
            said.trim().parse().map_err(|_| {
                Trouble::new(
                    format!("the user {USER} has no number: {said} ({})", folder.display()),
                    "reinstall postgresql",
                )
            })
        };
        Ok(Self { ids: Some((id("-u")?, id("-g")?)) })
    }

    /// A program of this account, which the kernel ends with `signal` when we die.
    fn command(&self, program: &Path, signal: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", signal]);
        if let Some((user, group)) = self.ids {
            command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()]);
        }
        command.arg("--").arg(program).stdin(Stdio::null());
        command
    }
}

/// A folder that only the server's account may enter, with a fresh password in it.
fn make_folder(folder: &Path, account: &Account) -> Result<String, Trouble> {
    let failed = |error: std::io::Error| {
        Trouble::new(
            format!("{} cannot be set up: {error}", folder.display()),
            "make room, or set TMPDIR to a folder that can be written",
        )
    };
    let mut bytes = [0; 16];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).map_err(failed)?;
    let password: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::DirBuilder::new().mode(0o700).create(folder).map_err(failed)?;
    let file = folder.join("password");
    let mut open = File::options();
    open.write(true).create_new(true).mode(0o600);
    open.open(&file).and_then(|mut open| std::io::Write::write_all(&mut open, password.as_bytes())).map_err(failed)?;
    if let Some((user, group)) = account.ids {
        for path in [file.as_path(), folder] {
            std::os::unix::fs::chown(path, Some(user), Some(group)).map_err(failed)?;
        }
    }
    Ok(password)
}

/// Starts the server on a free port and waits until it is ready.
fn serve(programs: &Path, folder: &Path, account: &Account) -> Result<(Child, u16), Trouble> {
    let failed = |what: String| Trouble::new(what, "see whether a PostgreSQL can be started here at all");
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    let port = port.map_err(|error| failed(format!("no free port: {error}")))?.port();
    let log_path = folder.join("log");
    let log = File::create(&log_path).map_err(|error| failed(format!("{}: {error}", log_path.display())))?;
    let out = log.try_clone().map_err(|error| failed(format!("{}: {error}", log_path.display())))?;
    let mut command = account.command(&programs.join("postgres"), "INT");
    command.arg("-D").arg(folder.join("data")).current_dir(folder).stdout(out).stderr(log);
    for setting in [
        "listen_addresses=127.0.0.1",
        &format!("port={port}"),
        "unix_socket_directories=",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=300",
        "shared_buffers=64MB",
    ] {
        command.args(["-c", setting]);
    }
    // A group of its own: Ctrl-C is for us, and we end the server when the tests have ended.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(|error| failed(format!("PostgreSQL does not start: {error}")))?;
    let start = Instant::now();
    loop {
        let said = std::fs::read_to_string(&log_path).unwrap_or_default();
        if said.contains("database system is ready to accept connections") {
            return Ok((child, port));
        }
        if matches!(child.try_wait(), Ok(Some(_))) || start.elapsed() > START {
            interrupt::end(&mut child, Signal::QUIT, ENDING);
            return Err(failed(format!("PostgreSQL did not become ready: {}", said.trim())));
        }
        std::thread::sleep(LOOK);
    }
}

/// Folders of runs that were killed. Their servers ended with them.
fn remove_leftovers() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(run) = name.strip_prefix(FOLDER).and_then(|run| run.parse::<u32>().ok()) else { continue };
        if !Path::new(&format!("/proc/{run}")).exists() {
            remove(&entry.path());
        }
    }
}

fn remove(folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_runs_as_long_as_it_is_held_and_leaves_nothing() {
        let postgres = Postgres::start().expect("PostgreSQL is installed where tests run");
        let (pid, folder) = (postgres.child.id(), postgres.folder.clone());
        assert!(postgres.url.starts_with("postgres://postgres:") && postgres.url.contains("@127.0.0.1:"));
        assert!(Path::new(&format!("/proc/{pid}")).exists() && folder.exists());
        drop(postgres);
        assert!(!Path::new(&format!("/proc/{pid}")).exists() && !folder.exists());
    }
}
