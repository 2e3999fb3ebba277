//! `billet backup` and `billet restore`, with real servers: what comes back, what does not, and what is refused.
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside of #[test] functions")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bench::{Person, Server, Socket, Trouble};
use wire::ServerFrame;

const BINARY: &str = env!("CARGO_BIN_EXE_billet");
const CANARY: &str = "canary in a message 4711";

struct Place {
    folder: tempfile::TempDir,
}

/// How a command ended and what it said.
struct Answer {
    code: i32,
    said: String,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self) -> Result<Server, Trouble> {
        Server::on(Path::new(BINARY), &self.path("data")).start()
    }

    fn serve(&self) -> Server {
        self.start().unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        let mut command = Command::new(BINARY);
        command.args([arguments[0], "--data"]).arg(self.path("data"));
        let output = command.args(&arguments[1..]).stdin(Stdio::null()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        Answer { code: output.status.code().unwrap(), said: String::from_utf8(said).unwrap() }
    }

    #[track_caller]
    fn check(&self, arguments: &[&str]) -> String {
        let Answer { code, said } = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    }

    #[track_caller]
    fn check_refused(&self, arguments: &[&str], why: &str) {
        let Answer { code, said } = self.run(arguments);
        assert!(code != 0 && said.contains(why), "{arguments:?}: {code} {said}");
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn back_up(&self, name: &str) -> String {
        let to = self.text(name);
        self.check(&["backup", "--data-to", &to]);
        to
    }

    fn set_aside(&self, name: &str) {
        fs::rename(self.path(name), self.path(&format!("{name}-aside-{}", rand_name(self.folder.path())))).unwrap();
    }
}

/// A number that no folder has yet.
fn rand_name(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

/// Two people, and a message from the one that waits for the other.
async fn with_message(server: &Server) -> (Person, Person) {
    let (ada, ben) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
    let mut socket = ada.connect(&server.url).await.unwrap();
    socket.send_text("1", ben.account, CANARY).await.unwrap();
    assert!(matches!(socket.next_but_notices().await.unwrap(), ServerFrame::Sent { .. }));
    (ada, ben)
}

async fn waiting(server: &Server, person: &Person) -> Vec<ServerFrame> {
    let mut socket: Socket = person.connect(&server.url).await.unwrap();
    socket.synchronise(0).await.unwrap()
}

fn messages(frames: &[ServerFrame]) -> usize {
    frames.iter().filter(|frame| matches!(frame, ServerFrame::Envelope { .. })).count()
}

fn told_of_restore(frames: &[ServerFrame]) -> bool {
    frames.iter().any(|frame| format!("{frame:?}").to_lowercase().contains("restored"))
}

#[tokio::test(flavor = "multi_thread")]
async fn data_and_keys_of_the_same_moment_bring_everything_back() {
    for online in [true, false] {
        let place = Place::new();
        let server = place.serve();
        let (_ada, ben) = with_message(&server).await;
        let (data, keys) = (place.text("copy/of/data"), place.text("copy-of-keys"));
        let both = ["backup", "--data-to", &data, "--keys-to", &keys];
        let (said, server) = if online {
            (place.check(&both), server)
        } else {
            server.stop().unwrap();
            (place.check(&both), place.serve())
        };
        assert!(said.contains("data: ") && said.contains("keys: 2 files") && said.contains("--keys-mirror"), "{said}");
        for (path, mode) in [(&data, 0o700), (&keys, 0o700)] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
        }
        for file in ["billet.sqlite", "manifest.json"] {
            let about = fs::metadata(Path::new(&data).join(file)).unwrap();
            assert_eq!(about.permissions().mode() & 0o777, 0o600, "{file}");
        }
        server.kill().unwrap();
        place.set_aside("data");
        place.set_aside("data-keys");
        place.check(&["restore", "--data-from", &data, "--keys-from", &keys]);
        let server = place.serve();
        let frames = waiting(&server, &ben).await;
        assert_eq!((messages(&frames), told_of_restore(&frames)), (1, false), "online {online}: {frames:?}");
        server.stop().unwrap();
    }
}

/// CHAT-PERMANENT: the newest backup taken before a message was gone, with the keys of now, does not bring it back.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_backup_with_the_keys_of_today_revives_nothing() {
    let place = Place::new();
    let server = place.serve();
    let (ada, ben) = with_message(&server).await;
    let old = place.back_up("old");
    let mut socket = ada.connect(&server.url).await.unwrap();
    socket.send_text("2", ben.account, "something later").await.unwrap();
    socket.next_but_notices().await.unwrap();
    server.stop().unwrap();
    assert_eq!(place.run(&["scan", CANARY]).code, 1, "a search can see it");

    place.set_aside("data");
    let said = place.check(&["restore", "--data-from", &old]);
    assert!(said.contains("expires at the next start"), "{said}");
    let server = place.serve();
    let frames = waiting(&server, &ben).await;
    assert_eq!((messages(&frames), told_of_restore(&frames)), (0, true), "{frames:?}");
    server.stop().unwrap();
    let Answer { code, said } = place.run(&["scan", CANARY]);
    assert_eq!(code, 0, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_data_with_older_keys_are_refused_at_the_start() {
    let place = Place::new();
    let server = place.serve();
    with_message(&server).await;
    let keys = place.text("old-keys");
    place.check(&["backup", "--keys-to", &keys]);
    server.stop().unwrap();
    // A start makes a key step, and a message names it.
    let server = place.serve();
    with_message_of_others(&server).await;
    server.stop().unwrap();
    place.set_aside("data-keys");
    place.check(&["restore", "--keys-from", &keys]);
    let Err(Trouble::Process(said)) = place.start() else { panic!("older keys were taken") };
    assert!(said.contains("older than the data folder"), "{said}");
}

async fn with_message_of_others(server: &Server) {
    let one = Person::register(&server.url, "+12025550171", "One").await.unwrap();
    let two = Person::register(&server.url, "+12025550172", "Two").await.unwrap();
    one.befriend(&server.url, &two).await.unwrap();
    let mut socket = one.connect(&server.url).await.unwrap();
    socket.send_text("1", two.account, "later").await.unwrap();
    socket.next_but_notices().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_whole() {
    let place = Place::new();
    let server = place.serve();
    let (ada, ben) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
    let (url, to, sent) = (server.url.clone(), ben.account, Arc::new(AtomicU64::new(0)));
    let count = Arc::clone(&sent);
    let sending = tokio::spawn(async move {
        let mut socket = ada.connect(&url).await.unwrap();
        for n in 0_u64.. {
            if socket.send_text(&n.to_string(), to, CANARY).await.is_err() || socket.next_but_notices().await.is_err() {
                return;
            }
            count.store(n, Ordering::Relaxed);
        }
    });
    let (data, keys) = (place.text("data-copy"), place.text("keys-copy"));
    for round in 0..5 {
        let before = sent.load(Ordering::Relaxed);
        while sent.load(Ordering::Relaxed) < before + 20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (data, keys) = (format!("{data}-{round}"), format!("{keys}-{round}"));
        place.check(&["backup", "--data-to", &data, "--keys-to", &keys]);
    }
    server.kill().unwrap();
    sending.await.unwrap();
    let mut before = 0;
    for round in 0..5 {
        place.set_aside("data");
        place.set_aside("data-keys");
        let (data, keys) = (format!("{data}-{round}"), format!("{keys}-{round}"));
        place.check(&["restore", "--data-from", &data, "--keys-from", &keys]);
        let server = place.serve();
        let frames = waiting(&server, &ben).await;
        assert!(!told_of_restore(&frames));
        assert!(messages(&frames) >= before + 20, "{} after {before}", messages(&frames));
        before = messages(&frames);
        server.stop().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_whole_or_not_empty_is_refused_and_leaves_nothing() {
    let place = Place::new();
    let server = place.serve();
    with_message(&server).await;
    let copy = place.back_up("copy");
    place.check_refused(&["backup", "--data-to", &copy], "is not empty");
    place.check_refused(&["backup", "--keys-to", &place.text("copy/keys")], "lie in one another");
    let apart = [&place.text("x"), &place.text("x/keys")];
    place.check_refused(&["backup", "--data-to", apart[0], "--keys-to", apart[1]], "lie in one another");
    place.check_refused(&["backup", "--data-to", &place.text("data/copy")], "lie in one another");
    server.stop().unwrap();
    place.check_refused(&["backup", "--keys-to", &place.text("copy/keys")], "lie in one another");
    place.check_refused(&["restore", "--data-from", &copy], "is not empty");
    place.set_aside("data");

    let files = ["billet.sqlite", "manifest.json"].map(|name| Path::new(&copy).join(name));
    for file in &files {
        let whole = fs::read(file).unwrap();
        for (bent, why) in [(bend(&whole), ""), (whole[..whole.len() / 2].to_vec(), "")] {
            fs::write(file, bent).unwrap();
            place.check_refused(&["restore", "--data-from", &copy], why);
            assert!(!place.path("data").exists() && !place.path("data.restoring").exists(), "something is left");
        }
        fs::remove_file(file).unwrap();
        place.check_refused(&["restore", "--data-from", &copy], "");
        fs::write(file, whole).unwrap();
    }
    let foreign = Path::new(&copy).join("lease-log/foreign");
    fs::write(&foreign, "x").unwrap();
    place.check_refused(&["restore", "--data-from", &copy], "does not belong to the backup");
    fs::remove_file(foreign).unwrap();
    place.check_refused(&["restore", "--keys-from", &copy], "not of keys");
    fs::write(files[1].with_extension("json"), manifest_with(&files[1], "billet.sqlite", "../billet.sqlite")).unwrap();
    place.check_refused(&["restore", "--data-from", &copy], "no file of a backup");
    fs::write(&files[1], manifest_with(&files[1], "../billet.sqlite", "billet.sqlite")).unwrap();

    fs::create_dir(place.path("data")).unwrap();
    fs::create_dir(place.path("data.restoring")).unwrap();
    place.check(&["restore", "--data-from", &copy]);
    assert!(!place.path("data.restoring").exists(), "what an earlier attempt left is gone");
    place.serve().stop().unwrap();
}

/// One bit of the middle changed.
fn bend(bytes: &[u8]) -> Vec<u8> {
    let mut bent = bytes.to_vec();
    let middle = bent.len() / 2;
    bent[middle] ^= 1;
    bent
}

fn manifest_with(manifest: &Path, from: &str, to: &str) -> String {
    fs::read_to_string(manifest).unwrap().replace(&format!("\"{from}\""), &format!("\"{to}\""))
}
