//! `billet reports` of the release binary: while the server runs, and stopped.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::Path;
use std::process::{Command, Output};

use bench::Server;
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_billet");

fn reports(data: &Path, arguments: &[&str]) -> Output {
    Command::new(BINARY).arg("reports").args(arguments).arg("--data").arg(data).output().unwrap()
}

#[track_caller]
fn listed(data: &Path, arguments: &[&str]) -> Vec<Value> {
    let output = reports(data, &[&["--json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Policy row `report`: the operator sees what was reported, running or not, and closing it begins its year.
#[tokio::test(flavor = "multi_thread")]
async fn reports_are_listed_and_closed_on_a_running_and_on_a_stopped_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let nothing = reports(&data, &[]);
    assert!(!nothing.status.success(), "where there are no data there is no list, and none are made");
    assert!(!data.exists());

    let server = Server::on(Path::new(BINARY), &data).start().unwrap();
    let (ada, bob) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
    assert!(listed(&data, &[]).is_empty());
    let mut ids = Vec::new();
    for reason in ["spam", "fraud"] {
        let report = json!({ "account_id": bob.account, "reason": reason, "text": "he does not stop" });
        let answer = ada.post(&server.url, "/v1/reports", &report).await.unwrap();
        ids.push(answer["report_id"].as_str().unwrap().to_owned());
    }
    let running = listed(&data, &[]);
    assert_eq!(running.len(), 2);
    assert_eq!((&running[0]["by"], &running[0]["about"]), (&json!(ada.account), &json!(bob.account)));
    let text = String::from_utf8(reports(&data, &[]).stdout).unwrap();
    assert!(text.contains("fraud") && text.contains("says: he does not stop"), "{text}");
    assert!(reports(&data, &["close", &ids[0], "--decided", "warned"]).status.success());
    let again = reports(&data, &["close", &ids[0]]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("waits"), "{again:?}");
    assert_eq!(listed(&data, &[]), running[1..]);
    server.stop().unwrap();

    assert_eq!(listed(&data, &[]), running[1..], "stopped, it says the same");
    assert!(reports(&data, &["close", &ids[1]]).status.success());
    assert!(!reports(&data, &["close", &ids[1]]).status.success());
    let all = listed(&data, &["--all"]);
    assert_eq!((all.len(), &all[0]["decided"], &all[1]["decided"]), (2, &json!("warned"), &Value::Null));

    let server = Server::on(Path::new(BINARY), &data).start().unwrap();
    assert_eq!(listed(&data, &["--all"]), all, "and nothing was lost");
    server.stop().unwrap();
}
