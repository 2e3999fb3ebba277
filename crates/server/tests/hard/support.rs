//! A server process with its words kept, in a folder of its own, and ways to give it trouble.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use bench::Person;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_billet");

/// How long a process may take to stop, or to give up.
const END_WAIT_MAX: Duration = Duration::from_secs(30);

/// A folder with everything of one server in it.
pub(crate) struct Rig {
    folder: tempfile::TempDir,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, OsString)>,
    /// What is started instead, with the server and its arguments behind it: to mount, to limit.
    pub(crate) through: Vec<String>,
}

/// A running server.
pub(crate) struct Running {
    child: Child,
    pub(crate) url: String,
    said: Arc<Mutex<Vec<u8>>>,
}

/// A server that ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) said: String,
}

impl Rig {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, arguments: Vec::new(), environment: Vec::new(), through: Vec::new() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.path().join("data-keys")
    }

    /// Loads the troublemaker into the server; [`Rig::trouble`] then says what fails.
    pub(crate) fn with_trouble(mut self) -> Self {
        self.environment.push(("LD_PRELOAD".into(), troublemaker().into()));
        self.environment.push(("TROUBLE".into(), self.path().join("trouble").into()));
        self
    }

    /// From now on: `OPERATION ERRNO SKIP PATH`, or nothing.
    pub(crate) fn trouble(&self, line: &str) {
        std::fs::write(self.path().join("trouble"), line).unwrap();
    }

    /// Every file in the data and keys folders, by name, locks left out.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        collect(&self.data(), &mut files);
        collect(&self.keys(), &mut files);
        files.sort();
        files
    }

    /// A copy of the data and keys folders and of the master key, as a rig of its own.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self { arguments: self.arguments.clone(), environment: self.environment.clone(), ..Self::new() };
        for file in self.files().iter().chain([&self.path().join("data.master-key")]) {
            let to = copy.path().join(file.strip_prefix(self.path()).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            if file.file_name().is_some_and(|name| name == "ballast") {
                // Never written to again, and large.
                std::fs::hard_link(file, to).unwrap();
            } else {
                std::fs::copy(file, to).unwrap();
            }
        }
        copy
    }

    /// Starts the server; when it ends before it listens, how.
    pub(crate) fn start(&self) -> Result<Running, Ended> {
        let mut words = self.through.iter().map(OsString::from).chain([OsString::from(BINARY)]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(self.data());
        if !self.arguments.iter().any(|argument| argument == "--operator") {
            command.arg("--demo");
        }
        command.args(&self.arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let (mut stderr, heard) = (child.stderr.take().unwrap(), Arc::clone(&said));
        let listening = std::thread::spawn(move || keep(&mut stderr, &heard));
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (mut line, heard) = (String::new(), Arc::clone(&said));
        stdout.read_line(&mut line).unwrap();
        heard.lock().unwrap().extend_from_slice(line.as_bytes());
        match line.split_once("listening on ") {
            Some((_, url)) => {
                std::thread::spawn(move || keep(&mut stdout, &heard));
                Ok(Running { child, url: url.trim().into(), said })
            }
            None => {
                let status = child.wait().unwrap();
                listening.join().unwrap();
                Err(Ended { status, said: text(&said) })
            }
        }
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it wrote to either output so far.
    pub(crate) fn said(&self) -> String {
        text(&self.said)
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits for its end.
    #[expect(clippy::disallowed_methods, reason = "a test waits by the wall")]
    pub(crate) fn ended(mut self) -> Ended {
        let until = Instant::now() + END_WAIT_MAX;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What it said last may still be on its way.
                std::thread::sleep(Duration::from_millis(50));
                return Ended { status, said: self.said() };
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server goes on: {}", self.said());
    }

    pub(crate) fn stop(self) -> Ended {
        self.signal(rustix::process::Signal::TERM);
        self.ended()
    }

    pub(crate) fn kill(self) -> Ended {
        self.signal(rustix::process::Signal::KILL);
        self.ended()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone is as good as killed.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Two people who are contacts.
pub(crate) async fn pair(url: &str) -> (Person, Person) {
    let ada = Person::register(url, "+12025550101", "Ada").await.unwrap();
    let bob = Person::register(url, "+12025550102", "Bob").await.unwrap();
    ada.befriend(url, &bob).await.unwrap();
    (ada, bob)
}

fn keep(from: &mut dyn Read, to: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        to.lock().unwrap().extend_from_slice(&buffer[..count]);
    }
}

fn text(said: &Mutex<Vec<u8>>) -> String {
    String::from_utf8_lossy(&said.lock().unwrap()).into_owned()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.is_file() && path.file_name().is_some_and(|name| name != "lock") {
            files.push(path);
        }
    }
}

/// The troublemaker, compiled once for each process of tests.
fn troublemaker() -> PathBuf {
    static BUILT: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, library) = BUILT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("trouble.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hard/trouble.c");
        let compiled = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).output();
        let compiled = compiled.unwrap();
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        (folder, library)
    });
    library.clone()
}
