//! `billet scan` on what a real server left behind: it finds what is there, and nothing where the keys are gone.
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside of #[test] functions")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bench::{Person, Server};
use serde_json::json;

const BINARY: &str = env!("CARGO_BIN_EXE_billet");

/// A data folder with keys and master key beside it.
struct Place {
    folder: tempfile::TempDir,
}

/// What a search ended with.
struct Answer {
    code: i32,
    lines: Vec<String>,
    said: String,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("data-keys")
    }

    fn serve(&self) -> Server {
        Server::on(Path::new(BINARY), &self.data()).start().unwrap()
    }

    fn scan(&self, text: &str) -> Answer {
        self.scan_with(text, &[])
    }

    fn scan_with(&self, text: &str, arguments: &[&str]) -> Answer {
        let output = Command::new(BINARY)
            .args(["scan", text, "--data"])
            .arg(self.data())
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let lines = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
        Answer { code: output.status.code().unwrap(), lines, said: String::from_utf8(output.stderr).unwrap() }
    }

    /// The text is found, in a place whose line ends like this.
    #[track_caller]
    fn check_found(&self, text: &str, place: &str) {
        let Answer { code, lines, said } = self.scan(text);
        assert!(code == 1 && lines.iter().any(|line| line.contains(place)), "{text}: {code} {lines:?} {said}");
    }

    #[track_caller]
    fn check_clean(&self, text: &str) {
        let Answer { code, lines, said } = self.scan(text);
        assert!(code == 0 && lines.is_empty(), "{text}: {code} {lines:?} {said}");
        assert_eq!(said.lines().count(), 1, "one line: {said}");
        assert!(said.contains("not found") && !said.contains(text), "{said}");
    }
}

/// Texts in everything that a person can fill in, after the server has stopped.
const CANARIES: [&str; 6] = ["body-4711-Ω", "alias-4711", "note-4711", "tablet-4711", "+12025550147", "photo-4711"];

async fn talk(place: &Place) {
    let server = place.serve();
    let [body, alias, note, device, phone, photo] = CANARIES;
    let ada = Person::register(&server.url, phone, alias).await.unwrap();
    let ben = Person::register(&server.url, "+12025550148", "Ben").await.unwrap();
    let request = json!({ "to": { "account_id": ben.account }, "note": note });
    let request = ada.post(&server.url, "/v1/contacts/requests", &request).await.unwrap();
    let cleo = Person::register(&server.url, "+12025550149", "Cleo").await.unwrap();
    let _waiting = json!({ "to": { "account_id": cleo.account }, "note": note });
    ada.post(&server.url, "/v1/contacts/requests", &_waiting).await.unwrap();
    let accept = format!("/v1/contacts/requests/{}/accept", request["request_id"].as_str().unwrap());
    ben.post(&server.url, &accept, &json!({})).await.unwrap();
    sign_in_on(&server, phone, device).await;
    ada.put_photo(&server.url, photo).await.unwrap();
    let mut socket = ada.connect(&server.url).await.unwrap();
    socket.send_text("1", ben.account, body).await.unwrap();
    socket.next_but_notices().await.unwrap();
    server.stop().unwrap();
}

/// The same person on a second device.
async fn sign_in_on(server: &Server, phone: &str, device: &str) {
    let http = reqwest::Client::new();
    let url = &server.url;
    let asked = http.post(format!("{url}/v1/codes")).json(&json!({ "phone": phone })).send().await.unwrap();
    assert!(asked.status().is_success(), "{}", asked.text().await.unwrap());
    let outbox = http.get(format!("{url}/v1/demo/outbox")).query(&[("to", phone)]).send().await.unwrap();
    let outbox: serde_json::Value = outbox.json().await.unwrap();
    let code = outbox.as_array().unwrap().iter().find_map(|text| text["code"].as_str()).unwrap().to_owned();
    let body = json!({ "phone": phone, "code": code, "device": { "name": device, "platform": "linux" } });
    let signed_in = http.post(format!("{url}/v1/sessions")).json(&body).send().await.unwrap();
    assert!(signed_in.status().is_success(), "{}", signed_in.text().await.unwrap());
}

/// SECR-REST: what people wrote is found with the keys, and nowhere on the disk without them.
#[tokio::test(flavor = "multi_thread")]
async fn what_people_wrote_is_found_with_the_keys_and_not_without() {
    let place = Place::new();
    talk(&place).await;
    let [body, alias, note, device, phone, photo] = CANARIES;
    place.check_found(body, "raw in a sealed body of row chat_message, opened with sender + body");
    place.check_found(alias, "of row profile, opened with account");
    place.check_found(note, "opened with account");
    place.check_found(device, "opened with account");
    place.check_found(phone, "opened with account");
    place.check_found(photo, "base64 in a sealed record of row profile, opened with account");
    place.check_clean("nobody wrote this");

    let master = place.folder.path().join("data.master-key");
    let right = fs::read(&master).unwrap();
    fs::write(&master, format!("{}\n", "8".repeat(64))).unwrap();
    let Answer { code, said, .. } = place.scan(body);
    assert!(code == 2 && said.contains("another master key"), "nobody knows what such keys open: {code} {said}");
    fs::write(&master, right).unwrap();
    place.check_found(body, "chat_message");
    let away = place.folder.path().join("master-key-away");
    fs::rename(&master, &away).unwrap();
    assert_eq!(place.scan(body).code, 2, "nor without one");
    fs::rename(&away, &master).unwrap();

    fs::rename(place.keys(), place.folder.path().join("away")).unwrap();
    let Answer { code, said, .. } = place.scan(body);
    assert!(code == 2 && said.contains("data-keys does not exist"), "{code} {said}");
    fs::create_dir(place.keys()).unwrap();
    CANARIES.iter().for_each(|canary| place.check_clean(canary));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_lags_in_one_copy_and_a_record_that_is_cut_are_found() {
    let place = Place::new();
    talk(&place).await;
    let body = CANARIES[0];
    let bodies = fs::read_dir(place.data().join("lease-log/bodies")).unwrap().next().unwrap().unwrap().path();
    let bytes = fs::read(&bodies).unwrap();
    let begins = bytes.windows(4).position(|part| part == [0xB1, 0x11, 0xE7, 0x12]).unwrap();
    fs::write(&bodies, &bytes[..begins]).unwrap();
    place.check_clean(body);
    fs::write(place.data().join("bodies.tmp"), &bytes[begins..bytes.len() - 18]).unwrap();
    place.check_found(body, "bodies.tmp: byte 0: raw in a sealed body");

    let first = fs::read(place.keys().join("keys.a")).unwrap();
    fs::write(place.keys().join("keys.a"), vec![0; first.len()]).unwrap();
    place.check_found(body, "chat_message");
    fs::write(place.keys().join("keys.b"), vec![0; first.len()]).unwrap();
    place.check_clean(body);
    fs::write(place.keys().join("keys.a.draft"), first).unwrap();
    place.check_found(body, "chat_message");
}

#[test]
fn further_folders_links_and_names_are_looked_through() {
    let place = Place::new();
    place.serve().stop().unwrap();
    let text = "somewhere-else-4711";
    place.check_clean(text);
    let also = place.folder.path().join("also");
    fs::create_dir_all(also.join("deep")).unwrap();
    fs::write(also.join("deep/log"), format!("... {text} ...")).unwrap();
    let also = also.to_str().unwrap();
    let Answer { code, lines, .. } = place.scan_with(text, &["--also", also]);
    assert_eq!((code, lines), (1, vec![format!("{also}/deep/log: byte 4: raw")]));
    place.check_clean(text);

    symlink(also, place.data().join("link")).unwrap();
    symlink(place.data(), place.data().join("loop")).unwrap();
    symlink("nowhere", place.data().join("dangling")).unwrap();
    let _pipe = std::os::unix::net::UnixListener::bind(place.data().join("pipe")).unwrap();
    assert_eq!(place.scan_with(text, &["--also", also]).lines.len(), 1, "each file once");
    fs::remove_file(place.data().join("link")).unwrap();
    place.check_clean(text);

    fs::write(place.data().join(format!("draft of {text}")), "").unwrap();
    place.check_found(text, "raw in its name");
}

#[test]
fn a_search_that_cannot_see_everything_says_so() {
    let place = Place::new();
    let server = place.serve();
    let Answer { code, said, .. } = place.scan("some text");
    assert!(code == 2 && said.contains("a server is running"), "{code} {said}");
    server.stop().unwrap();
    place.check_clean("some text");

    let Answer { code, said, .. } = place.scan("abc");
    assert!(code == 2 && said.contains("at least 4"), "{code} {said}");
    let Answer { code, said, .. } = place.scan_with("some text", &["--also", "/nowhere/at/all"]);
    assert!(code == 2 && said.contains("/nowhere/at/all does not exist"), "{code} {said}");
    symlink("/dev/null", place.data().join("device")).unwrap();
    let Answer { code, said, .. } = place.scan("some text");
    assert!(code == 2 && said.contains("is a device"), "{code} {said}");
    fs::remove_file(place.data().join("device")).unwrap();

    // A file that cannot be read to its end: this one of the kernel's gives an error even to root.
    let unreadable = "/proc/self/mem";
    let Answer { code, said, .. } = place.scan_with("some text", &["--also", unreadable]);
    assert!(code == 2 && said.contains("could not be read"), "{code} {said}");
    let modes = fs::metadata(place.data()).unwrap().permissions().mode();
    assert_eq!(modes & 0o777, 0o700);
}
