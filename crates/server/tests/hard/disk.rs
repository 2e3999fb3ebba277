//! Disks that fail, fill up or may not be written to: the server refuses or stops and says why, and nothing that it
//! acknowledged is lost.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bench::{Person, Socket, Trouble};
use serde_json::json;
use wire::ServerFrame;

use crate::support::{Rig, Running, pair};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const EROFS: i32 = 30;

/// Messages sent before the trouble, and as many that may fail of it.
const MESSAGES: usize = 20;

/// Sends until the socket is cut or a send is refused; what was answered is noted.
async fn send_on(url: &str, from: &Person, to: &Person, sent: &mut BTreeMap<usize, String>) -> Option<String> {
    let mut socket = from.connect(url).await.ok()?;
    let first = sent.len();
    for n in first..first + MESSAGES {
        if socket.send_text(&n.to_string(), to.account, &n.to_string()).await.is_err() {
            return Some("cut".into());
        }
        match socket.next_but_notices().await {
            Ok(ServerFrame::Sent { message, .. }) => drop(sent.insert(n, message.to_string())),
            Ok(ServerFrame::Error { code, .. }) => return Some(code),
            Ok(other) => panic!("unexpected {other:?}"),
            Err(_) => return Some("cut".into()),
        }
    }
    None
}

/// What waits for somebody: text and message.
async fn waiting(socket: &mut Socket) -> BTreeMap<usize, String> {
    let frames = socket.synchronise(0).await.unwrap();
    let messages = frames.into_iter().filter_map(|frame| match frame {
        ServerFrame::Envelope { message, content, .. } => {
            Some((content.0["text"].as_str()?.parse().ok()?, message.to_string()))
        }
        _ => None,
    });
    messages.collect()
}

/// One trouble on the way of messages: what happens, and that after its repair everything answered is there.
async fn messages_meet(trouble: &str) {
    let rig = Rig::new().with_trouble();
    let server = rig.start().unwrap();
    let (ada, bob) = pair(&server.url).await;
    let mut sent = BTreeMap::new();
    assert_eq!(send_on(&server.url, &ada, &bob, &mut sent).await, None);
    rig.trouble(trouble);
    let refused = send_on(&server.url, &ada, &bob, &mut sent).await;
    assert!(refused.is_some(), "{trouble}: everything was answered as if nothing had happened");
    let ended = server.ended();
    assert!(!ended.status.success(), "{trouble}: {}", ended.said);
    let name = trouble.rsplit(' ').next().unwrap();
    for word in ["billet: the server stopped", "could not", name] {
        assert!(ended.said.contains(word), "{trouble}: {}", ended.said);
    }
    assert!(!ended.said.contains("panicked"), "{trouble}: {}", ended.said);
    rig.trouble("");
    let server = rig.start().unwrap();
    let found = waiting(&mut bob.connect(&server.url).await.unwrap()).await;
    for (n, message) in &sent {
        assert_eq!(found.get(n), Some(message), "{trouble}: message {n} was acknowledged and is lost");
    }
    assert_eq!(send_on(&server.url, &ada, &bob, &mut sent).await, None, "after the repair all goes on");
}

/// CHAT-KEEP: a sync or a write of the lease log that fails stops the server; nothing acknowledged is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_the_lease_log_stops_the_server_and_loses_nothing() {
    let mut tries = Vec::new();
    for (what, errno, skip) in [
        ("sync", EIO, 0),
        ("sync", EIO, 5),
        ("sync", ENOSPC, 3),
        ("write", EIO, 0),
        ("write", EIO, 7),
        ("write", ENOSPC, 2),
        ("write", ENOSPC, 9),
    ] {
        tries.push(tokio::spawn(async move { messages_meet(&format!("{what} {errno} {skip} lease-log")).await }));
    }
    for result in tries {
        result.await.unwrap();
    }
}

/// A failing key file refuses new accounts, and stops the server before a key outlives its step; what was acknowledged is
/// there after the repair.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_the_keys_makes_no_account_and_loses_nothing() {
    for (what, errno) in [("sync", EIO), ("write", EIO), ("write", ENOSPC)] {
        let rig = Rig::new().with_trouble();
        let server = rig.start().unwrap();
        let (ada, bob) = pair(&server.url).await;
        let mut sent = BTreeMap::new();
        assert_eq!(send_on(&server.url, &ada, &bob, &mut sent).await, None);
        rig.trouble(&format!("{what} {errno} 0 keys."));
        let Err(Trouble::Answer(refused)) = Person::register(&server.url, "+12025550109", "Eve").await else {
            panic!("an account was made without a key")
        };
        assert!(refused.starts_with('5'), "{refused}");
        let said = server.kill().said;
        assert!(said.contains("key"), "{what}: {said}");
        rig.trouble("");
        let server = rig.start().unwrap();
        let found = waiting(&mut bob.connect(&server.url).await.unwrap()).await;
        assert!(sent.iter().all(|(n, message)| found.get(n) == Some(message)), "{what}: {found:?} of {sent:?}");
        Person::register(&server.url, "+12025550110", "Eve").await.unwrap();
    }
}

/// A database that cannot write answers 503, goes on reading, and keeps what it acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_the_database_refuses_changes_and_loses_nothing() {
    for (what, errno) in [("sync", EIO), ("write", EIO), ("write", ENOSPC)] {
        let rig = Rig::new().with_trouble();
        let server = rig.start().unwrap();
        let (ada, bob) = pair(&server.url).await;
        ada.patch(&server.url, "/v1/me", &json!({ "alias": "Ada L." })).await.unwrap();
        rig.trouble(&format!("{what} {errno} 0 billet.sqlite"));
        let Err(Trouble::Answer(refused)) = ada.patch(&server.url, "/v1/me", &json!({ "alias": "Lost" })).await else {
            panic!("{what}: a change was acknowledged that is not on the disk")
        };
        assert!(refused.starts_with("503") && refused.contains("unavailable"), "{what}: {refused}");
        // Messages need no database and go on.
        let mut sent = BTreeMap::new();
        assert_eq!(send_on(&server.url, &ada, &bob, &mut sent).await, None);
        let said = server.kill().said;
        assert!(said.contains("the database failed"), "{what}: {said}");
        rig.trouble("");
        let server = rig.start().unwrap();
        let me = ada.get(&server.url, "/v1/me").await.unwrap();
        assert!(me["alias"] == "Ada L." || me["alias"] == "Lost", "{me}");
        let found = waiting(&mut bob.connect(&server.url).await.unwrap()).await;
        assert!(sent.iter().all(|(n, message)| found.get(n) == Some(message)));
        ada.patch(&server.url, "/v1/me", &json!({ "alias": "Ada" })).await.unwrap();
    }
}

/// A folder that may not be written to is named, and nothing is served from it.
#[tokio::test]
async fn folders_that_cannot_be_written_to_are_named_at_the_start() {
    for folder in ["data/", "data-keys"] {
        let rig = Rig::new().with_trouble();
        let server = rig.start().unwrap();
        let (ada, _) = pair(&server.url).await;
        assert!(server.stop().status.success());
        rig.trouble(&format!("open {EROFS} 0 {folder}"));
        refuses(&rig, folder);
        rig.trouble("");
        if let Some(mounted) = read_only(&rig, folder) {
            refuses(&mounted, folder);
        }
        let server = rig.start().unwrap();
        ada.get(&server.url, "/v1/me").await.unwrap();
    }
}

fn refuses(rig: &Rig, folder: &str) {
    let Err(ended) = rig.start() else { panic!("it runs on a folder that cannot be written to") };
    assert!(!ended.status.success());
    let name = rig.path().join(folder.trim_end_matches('/'));
    assert!(ended.said.contains(name.to_str().unwrap()), "{folder}: {}", ended.said);
    assert!(ended.said.contains("Read-only file system") && !ended.said.contains("panicked"), "{}", ended.said);
}

/// Whether this machine lets a process have mounts of its own. Where it does not, the troublemaker stands in for them.
#[expect(clippy::print_stdout, reason = "what is left out is said")]
fn may_mount() -> bool {
    let script = ["-rm", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"];
    let may = Command::new("unshare").args(script).output().is_ok_and(|output| output.status.success());
    if !may {
        println!("no mounts of our own here: the same is tried without them only");
    }
    may
}

/// The same server with the folder mounted read-only, for itself alone.
fn read_only(rig: &Rig, folder: &str) -> Option<Rig> {
    may_mount().then(|| {
        let mut mounted = rig.copy();
        let target = mounted.path().join(folder);
        let script = format!(
            "mount --bind '{0}' '{0}' && mount -o remount,bind,ro '{0}' && exec \"$0\" \"$@\"",
            target.display()
        );
        mounted.through = ["unshare", "-rm", "sh", "-c", &script].map(str::to_owned).into();
        mounted
    })
}

/// A real disk that fills up: sends are refused before it is full, acknowledgements still go through when it is, and with
/// room again everything goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_sends_keeps_acknowledging_and_recovers() {
    if !may_mount() {
        // A full disk under the troublemaker is `a_disk_that_fails_the_lease_log_stops_the_server_and_loses_nothing`.
        return;
    }
    let mut rig = Rig::new();
    let data = rig.data();
    std::fs::create_dir_all(&data).unwrap();
    // 256 MiB are the reserve, 32 the ballast.
    let script = format!("mount -t tmpfs -o size=340m tmpfs '{}' && exec \"$0\" \"$@\"", data.display());
    rig.through = ["unshare", "-rm", "sh", "-c", &script].map(str::to_owned).into();
    let server = rig.start().unwrap();
    let (ada, bob) = pair(&server.url).await;
    let mut sent = BTreeMap::new();
    assert_eq!(send_on(&server.url, &ada, &bob, &mut sent).await, None);
    let inside = format!("/proc/{}/root{}", server.pid(), data.display());
    let filler = Path::new(&inside).join("filler");
    for mebibytes in ["60", "400"] {
        // The second one takes all there is.
        Command::new("dd")
            .args(["if=/dev/zero", "bs=1M", &format!("count={mebibytes}")])
            .arg(of(&filler))
            .output()
            .unwrap();
        let full = until(async || send_on(&server.url, &ada, &bob, &mut sent).await.as_deref() == Some("storage_full"));
        assert!(full.await, "{mebibytes}: {}", server.said());
    }
    assert!(until(async || server.said().contains("ballast is given up")).await, "{}", server.said());
    let mut socket = bob.connect(&server.url).await.unwrap();
    let found = waiting(&mut socket).await;
    assert_eq!(found, sent, "what was acknowledged is delivered from a full disk");
    drop(socket);
    acknowledge_all(&server, &bob).await;
    assert!(server.said().contains("sends are refused"), "{}", server.said());
    std::fs::remove_file(&filler).unwrap();
    let mut more = BTreeMap::new();
    let goes_on = until(async || {
        sent.extend(std::mem::take(&mut more));
        more = sent.clone();
        send_on(&server.url, &ada, &bob, &mut more).await.is_none()
    });
    assert!(goes_on.await, "{}", server.said());
    assert!(server.stop().status.success());
}

async fn acknowledge_all(server: &Running, who: &Person) {
    let mut socket = who.connect(&server.url).await.unwrap();
    let frames = socket.synchronise(0).await.unwrap();
    let last = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Envelope { seq, .. } => Some(*seq),
        _ => None,
    });
    socket.acknowledge(last.max().unwrap()).await.unwrap();
}

fn of(file: &Path) -> String {
    format!("of={}", file.display())
}

/// Tries until it is so: the server looks at its disk once a second.
async fn until(mut is: impl AsyncFnMut() -> bool) -> bool {
    for _ in 0..40 {
        if is().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    false
}
