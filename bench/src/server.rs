//! A server process of our own: started on a free port, ended by its process id.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::{FakeTime, Trouble};

/// How long a server may take to stop by itself before it is killed.
const STOP_WAIT_MAX: Duration = Duration::from_secs(20);

/// A running `billet serve --demo`. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// From start to the line that says it listens.
    pub ready_after: Duration,
}

/// How to start one.
#[derive(Clone, Debug)]
pub struct Start {
    binary: PathBuf,
    data: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Server {
    /// A server of `binary` over `data` (keys and master key beside it), with more arguments and variables if need be.
    pub fn on(binary: &Path, data: &Path) -> Start {
        Start { binary: binary.into(), data: data.into(), arguments: Vec::new(), environment: Vec::new() }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`: no last words.
    pub fn kill(mut self) -> Result<(), Trouble> {
        self.child.kill().map_err(process)?;
        self.child.wait().map_err(process)?;
        Ok(())
    }

    /// SIGTERM, and waits for the end.
    #[expect(clippy::disallowed_methods, reason = "a test waits by the wall, not by the server's clock")]
    pub fn stop(mut self) -> Result<(), Trouble> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.ok_or(Trouble::Process("no process id".into()))?, Signal::TERM)
            .map_err(|e| Trouble::Process(e.to_string()))?;
        let until = Instant::now() + STOP_WAIT_MAX;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().map_err(process)? {
                return if status.success() { Ok(()) } else { Err(Trouble::Process(format!("stopped with {status}"))) };
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err(Trouble::Process(format!("did not stop within {} s of SIGTERM", STOP_WAIT_MAX.as_secs())))
    }
}

impl Start {
    /// One more argument of `billet serve`.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// One more environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Lets it live by this clock.
    #[must_use]
    pub fn clock(self, time: &FakeTime) -> Self {
        time.variables().into_iter().fold(self, |start, (name, value)| start.variable(name, &value))
    }

    /// Starts it and waits until it listens.
    #[expect(clippy::disallowed_methods, reason = "time to readiness is measured by the wall")]
    pub fn start(&self) -> Result<Server, Trouble> {
        let began = Instant::now();
        let mut child = Command::new(&self.binary)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(&self.data)
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(process)?;
        let stderr = child.stderr.take().map(tail);
        let stdout = child.stdout.take().ok_or(Trouble::Process("no standard output".into()))?;
        let mut lines = BufReader::new(stdout).lines();
        while let Some(Ok(line)) = lines.next() {
            if let Some((_, url)) = line.split_once("listening on ") {
                let url = url.trim_end_matches('/').to_owned();
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Server { child, url, ready_after: began.elapsed() });
            }
        }
        let status = child.wait().map_err(process)?;
        let said = stderr.and_then(|reader| reader.join().ok()).unwrap_or_default();
        Err(Trouble::Process(format!("ended with {status} before it listened: {}", said.trim())))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone is as good as killed.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Reads standard error to its end, so that the process never blocks on it, and keeps the last of it.
fn tail(mut stderr: std::process::ChildStderr) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let (mut kept, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(n @ 1..) = stderr.read(&mut buffer) {
            kept.extend_from_slice(&buffer[..n]);
            let excess = kept.len().saturating_sub(8192);
            kept.drain(..excess);
        }
        String::from_utf8_lossy(&kept).into_owned()
    })
}

fn process(error: std::io::Error) -> Trouble {
    Trouble::Process(error.to_string())
}
