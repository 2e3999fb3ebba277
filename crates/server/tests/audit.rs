//! `billet audit` of the release binary: running, stopped, killed; on either database.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use bench::Server;
use serde_json::Value;
use wire::ServerFrame;

const BINARY: &str = env!("CARGO_BIN_EXE_billet");

fn audit(data: &Path, database: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(BINARY);
    command.args(["audit", "--data"]).arg(data).args(arguments);
    command.envs(database.map(|url| ("BILLET_DATABASE", url)));
    command.output().unwrap()
}

/// The audit as JSON, which must be clean.
#[track_caller]
fn clean(data: &Path, database: Option<&str>) -> Value {
    let output = audit(data, database, &["--json"]);
    let said = String::from_utf8_lossy(&output.stderr);
    let audit: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!(output.status.code(), Some(0), "{said} {}", audit["why"]);
    assert_eq!(audit["clean"], true);
    audit
}

fn held(audit: &Value, row: &str) -> u64 {
    let rows = audit["rows"].as_array().unwrap();
    rows.iter().find(|found| found["row"] == row).unwrap()["held"].as_u64().unwrap()
}

async fn send(server: &Server, from: &bench::Person, to: &bench::Person, text: &str) {
    let mut socket = from.connect(&server.url).await.unwrap();
    socket.send_text(text, to.account, text).await.unwrap();
    assert!(matches!(socket.next_but_notices().await.unwrap(), ServerFrame::Sent { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_and_a_stopped_server_are_audited_on_either_database() {
    storage::testing::on_both_engines(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let start = Server::on(Path::new(BINARY), &data).variable("BILLET_DATABASE", db.url());
        let server = start.start().unwrap();
        let (ada, bob) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
        send(&server, &ada, &bob, "one").await;
        let running = clean(&data, Some(db.url()));
        assert_eq!(running["running"], true);
        let counts = |audit: &Value| {
            ["registration", "profile", "session", "login", "contact", "chat_message"].map(|row| held(audit, row))
        };
        assert_eq!(counts(&running), [2, 2, 2, 2, 2, 1]);
        server.stop().unwrap();
        let stopped = clean(&data, Some(db.url()));
        assert_eq!(stopped["running"], false);
        assert_eq!(counts(&stopped), counts(&running));
        assert!(stopped["lag_ms"]["since"].as_i64() == running["lag_ms"]["since"].as_i64());
        let server = start.start().unwrap();
        assert_eq!(counts(&clean(&data, Some(db.url()))), counts(&running), "looking changed nothing");
        server.stop().unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_is_audited_and_the_socket_it_left_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let socket = data.join("control.sock");
    let server = Server::on(Path::new(BINARY), &data).start().unwrap();
    let (ada, bob) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
    send(&server, &ada, &bob, "one").await;
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    server.kill().unwrap();
    assert!(socket.exists());
    assert_eq!(held(&clean(&data, None), "chat_message"), 1);
    let server = Server::on(Path::new(BINARY), &data).start().unwrap();
    assert_eq!(held(&clean(&data, None), "chat_message"), 1);
    server.stop().unwrap();
    assert!(!socket.exists(), "a server that stops takes its socket along");
}

#[test]
fn a_data_folder_with_a_long_name_has_its_socket_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d".repeat(120)).join("data");
    let server = Server::on(Path::new(BINARY), &data).start().unwrap();
    assert_eq!(clean(&data, None)["running"], true);
    server.stop().unwrap();
    assert_eq!(clean(&data, None)["running"], false);
}

#[test]
fn a_person_reads_a_table_and_a_sentence_and_trouble_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let nothing = audit(&data, None, &[]);
    assert_eq!((nothing.status.code(), nothing.stdout.is_empty()), (Some(2), true));
    assert!(!data.exists() && !folder.path().join("data.master-key").exists(), "an audit makes nothing");
    let server = Server::on(Path::new(BINARY), &data).start().unwrap();
    let table = audit(&data, None, &[]);
    let text = String::from_utf8(table.stdout).unwrap();
    assert_eq!(table.status.code(), Some(0), "{text}");
    for words in ["chat_message", "overdue", "Clean: nothing is overdue", "lag ", "keys ", "pass "] {
        assert!(text.contains(words), "{words}: {text}");
    }
    // Another server's socket that cannot be asked is trouble, not a clean audit.
    std::fs::remove_file(data.join("control.sock")).unwrap();
    let hidden = audit(&data, None, &[]);
    assert_eq!(hidden.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&hidden.stderr).contains("in use"), "{hidden:?}");
    server.stop().unwrap();
}
