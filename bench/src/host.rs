//! A host of our own: a folder, a clock that we set, the server's process, and what its operator can do beside it: look
//! (`billet scan`, `billet audit`), copy folders, pull the plug.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use kernel::{MINUTE_MS, Millis, SECOND_MS};
use serde_json::Value;

use crate::server::Start;
use crate::{FakeTime, Server, Trouble};

/// A clock may be ahead by ten minutes at a time and is believed at once; a little less leaves room for slow machines.
const STEP_MS: i64 = 9 * MINUTE_MS;
/// How long a jump is doubted, and a turn of the server's loop.
const SECOND_LOOK: Duration = Duration::from_secs(32);
/// Some turns of the server's loop: keys step, what is due expires, a pass is made.
const TURNS: Duration = Duration::from_secs(3);

/// A machine that runs one server.
#[derive(Debug)]
pub struct Host {
    // First, so that the process ends before its folder does.
    server: Option<Server>,
    folder: tempfile::TempDir,
    binary: PathBuf,
    start: Start,
    http: reqwest::Client,
    /// The machine's wall clock.
    pub time: FakeTime,
}

/// What a look through every byte gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scan {
    /// Nowhere.
    Clean,
    /// The places, one a line.
    Found(String),
}

impl Host {
    /// A host with an empty disk whose clock shows `at`, or the real time; its server runs.
    pub fn new(binary: &Path, at: Option<Millis>) -> Result<Self, Trouble> {
        let folder = tempfile::tempdir().map_err(io)?;
        let time = FakeTime::new(&folder.path().join("clock"))?;
        if let Some(at) = at {
            time.set(at)?;
        }
        let start = Server::on(binary, &folder.path().join("data")).clock(&time).variable("BILLET_LOG", "warn");
        let http = reqwest::Client::new();
        let mut host = Self { folder, binary: binary.into(), start, server: None, http, time };
        host.start()?;
        Ok(host)
    }

    /// Starts the server.
    pub fn start(&mut self) -> Result<(), Trouble> {
        self.server = Some(self.start.start()?);
        Ok(())
    }

    /// Stops it in order.
    pub fn stop(&mut self) -> Result<(), Trouble> {
        self.server.take().map_or(Ok(()), Server::stop)
    }

    /// `kill -9`: no last key step.
    pub fn kill(&mut self) -> Result<(), Trouble> {
        self.server.take().map_or(Ok(()), Server::kill)
    }

    /// Stops the server in order and starts it again.
    pub fn restart(&mut self) -> Result<(), Trouble> {
        self.stop()?;
        self.start()
    }

    /// Where the server is.
    ///
    /// # Panics
    /// When it does not run.
    pub fn url(&self) -> &str {
        &self.server.as_ref().expect("the server runs").url
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The host's own folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the clock forward in steps that the server believes at once, to `at`: hours in milliseconds, but every key step,
    /// pass and sweep that comes due is one that the server makes by itself.
    pub async fn walk_to(&self, at: Millis) -> Result<(), Trouble> {
        while self.time.now() < at {
            self.time.set(at.min(self.time.now() + STEP_MS))?;
            self.look().await?;
        }
        Ok(())
    }

    /// Walks to `ms` after `at`, so that the last seconds pass by the real clock and the server has had some turns.
    pub async fn live_to(&self, at: Millis) -> Result<(), Trouble> {
        self.walk_to(at - i64::try_from(TURNS.as_millis()).unwrap_or_default()).await?;
        let left = at.since(self.time.now()).max(0);
        tokio::time::sleep(Duration::from_millis(left.unsigned_abs())).await;
        Ok(())
    }

    /// Sets the clock to `at` in one jump and waits until the server believes it, on the second look.
    pub async fn jump_to(&self, at: Millis) -> Result<(), Trouble> {
        self.time.set(at)?;
        self.believed().await
    }

    /// Waits until a jump, or a start with the clock ahead, is believed.
    pub async fn believed(&self) -> Result<(), Trouble> {
        // The first look begins the wait.
        let _doubted = self.look().await;
        tokio::time::sleep(SECOND_LOOK).await;
        self.look().await
    }

    /// Lets the server have a look at its clock; an error when it does not believe it.
    pub async fn look(&self) -> Result<(), Trouble> {
        let request = self.http.get(format!("{}/v1/demo/outbox?to=%2B12025550100", self.url()));
        let response = request.send().await?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(Trouble::Answer(format!("{}: {}", response.status(), response.text().await?)))
    }

    /// Copies the data folder as a backup does, keys left out; where the copy is. Meant for a server that is stopped.
    pub fn copy_data(&self, name: &str) -> Result<PathBuf, Trouble> {
        let copy = self.folder.path().join(name);
        copy_folder(&self.data(), &copy).map_err(io)?;
        Ok(copy)
    }

    /// Puts a copy in the place of the data folder.
    pub fn put_back(&self, copy: &Path) -> Result<(), Trouble> {
        std::fs::remove_dir_all(self.data()).map_err(io)?;
        copy_folder(copy, &self.data()).map_err(io)
    }

    /// Looks for `text` in every byte of data and keys, with every key that is left (`billet scan`, the server stopped).
    pub fn scan(&self, text: &str) -> Result<Scan, Trouble> {
        self.scan_in(&self.data(), text)
    }

    /// The same in another data folder, with the keys of now.
    pub fn scan_in(&self, data: &Path, text: &str) -> Result<Scan, Trouble> {
        Ok(self.look_through(data, text)?.0)
    }

    /// The same, with the line that says what was looked through.
    pub fn look_through(&self, data: &Path, text: &str) -> Result<(Scan, String), Trouble> {
        let output = self.command(&["scan", text], data)?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match output.status.code() {
            Some(0) => Ok((Scan::Clean, said(&output.stderr))),
            Some(1) => Ok((Scan::Found(said(&output.stdout)), said(&output.stderr))),
            _ => Err(failed("scan", &output)),
        }
    }

    /// What the server says about what it holds (`billet audit --json`), running or stopped.
    pub fn audit(&self) -> Result<Value, Trouble> {
        let output = self.command(&["audit", "--json"], &self.data())?;
        match output.status.code() {
            Some(0 | 1) => serde_json::from_slice(&output.stdout).map_err(|_| failed("audit", &output)),
            _ => Err(failed("audit", &output)),
        }
    }

    /// A command of the operator's, beside the server: what it printed.
    pub fn operator(&self, arguments: &[&str]) -> Result<String, Trouble> {
        let output = self.command(arguments, &self.data())?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(failed(&arguments.join(" "), &output))
    }

    fn command(&self, arguments: &[&str], data: &Path) -> Result<Output, Trouble> {
        let beside = |suffix: &str| self.folder.path().join(format!("data{suffix}"));
        let mut command = Command::new(&self.binary);
        command.args(arguments).arg("--data").arg(data);
        command.arg("--keys").arg(beside("-keys")).arg("--master-key-file").arg(beside(".master-key"));
        command.envs(self.time.variables()).output().map_err(io)
    }
}

impl Scan {
    /// Whether there was anything.
    pub const fn is_clean(&self) -> bool {
        matches!(self, Self::Clean)
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn failed(what: &str, output: &Output) -> Trouble {
    let said = String::from_utf8_lossy(&output.stderr);
    Trouble::Process(format!("billet {what} ended with {}: {}", output.status, said.trim()))
}

fn io(error: std::io::Error) -> Trouble {
    Trouble::Process(error.to_string())
}

const _: () = assert!(STEP_MS + 30 * SECOND_MS < 10 * MINUTE_MS);
