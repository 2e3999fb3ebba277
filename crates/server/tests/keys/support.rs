//! A folder with everything a server has in it, and the commands of the binary beside it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bench::{Person, Server, Trouble};
use wire::ServerFrame;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_billet");

/// A temporary folder: `data`, `data-keys`, `data.master-key`, and what a test adds.
pub(crate) struct Home(tempfile::TempDir);

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// How to start a server, as often as one likes.
#[derive(Clone)]
pub(crate) struct Start {
    data: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
}

impl Start {
    pub(crate) fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn start(&self) -> Result<Server, Trouble> {
        let start = Server::on(Path::new(BINARY), &self.data);
        let start = self.arguments.iter().fold(start, |start, argument| start.argument(argument));
        self.variables.iter().fold(start, |start, (name, value)| start.variable(name, value)).start()
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.at(name).to_str().unwrap().to_owned()
    }

    /// `billet serve --demo` over `data`.
    pub(crate) fn server(&self) -> Start {
        Start { data: self.at("data"), arguments: Vec::new(), variables: Vec::new() }
    }

    /// A command with `--data` of this home behind its name.
    pub(crate) fn run(&self, command: &str, arguments: &[&str]) -> Ended {
        let output = Command::new(BINARY)
            .args(command.split(' '))
            .args(["--data", &self.text("data")])
            .args(arguments)
            .output()
            .unwrap();
        Ended::of(&output)
    }
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    #[track_caller]
    pub(crate) fn succeeded(self, word: &str) -> Self {
        assert!(self.code == 0 && self.out.contains(word), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn refused(self, word: &str) -> Self {
        assert!(self.code != 0 && self.err.contains(word), "{self:?}");
        self
    }
}

/// Why a server does not start.
#[track_caller]
pub(crate) fn refusal(start: &Start) -> String {
    match start.start() {
        Err(Trouble::Process(said)) => said,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it started"),
    }
}

/// One writes, the other reads it.
pub(crate) async fn they_talk(url: &str, from: &Person, to: &Person, text: &str) {
    let mut reader = to.connect(url).await.unwrap();
    reader.synchronise(0).await.unwrap();
    let mut writer = from.connect(url).await.unwrap();
    writer.send_text(&text.len().to_string(), to.account, text).await.unwrap();
    let answer = writer.next_but_notices().await.unwrap();
    assert!(matches!(answer, ServerFrame::Sent { .. }), "{answer:?}");
    let arrived = reader.next_but_notices().await.unwrap();
    assert!(matches!(arrived, ServerFrame::Envelope { .. }), "{arrived:?}");
}

/// Whom somebody can write to.
pub(crate) async fn contacts(url: &str, person: &Person) -> String {
    person.get(url, "/v1/contacts").await.unwrap().to_string()
}
