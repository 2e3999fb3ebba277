//! The policy as the release binary tells it: page, linked data, command line and health say the same.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use aws_lc_rs::digest::{SHA256, digest};
use bench::{Server, Trouble};
use reqwest::Client;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, SET_COOKIE};
use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_billet");

struct World {
    server: Server,
    http: Client,
    folder: tempfile::TempDir,
}

fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::on(Path::new(BINARY), &folder.path().join("data")).start().unwrap();
    World { server, http: Client::new(), folder }
}

impl World {
    async fn text(&self, path: &str) -> String {
        let answer = self.http.get(format!("{}{path}", self.server.url)).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path).await).unwrap()
    }
}

fn billet(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The digest worked out from the files, as crates/policy/build.rs says: name, length and text of each.
fn digest_of_the_files() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let folder = |name: &str| -> Vec<(String, PathBuf)> {
        let entries = std::fs::read_dir(root.join(name)).unwrap().map(|entry| entry.unwrap().path());
        let named = entries.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path));
        let mut files: Vec<_> = named.filter(|(name, _)| name.ends_with(".toml") && name != "example.toml").collect();
        files.sort();
        files
    };
    let mut files =
        vec![("policy.toml".to_owned(), root.join("policy.toml")), ("words.toml".to_owned(), root.join("words.toml"))];
    files.extend(folder("operators"));
    files.extend(folder("regions"));
    let mut whole = String::new();
    for (name, path) in files {
        let text = std::fs::read_to_string(path).unwrap();
        whole += &format!("{name}\n{}\n{text}", text.len());
    }
    digest(&SHA256, whole.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// KEEP-ROWS: the page, the linked data, the running server and the binary report one digest, that of the files; and each
/// row of the files is on the page and in the data.
#[tokio::test]
async fn page_file_and_binary_report_the_same_digest() {
    let digest = digest_of_the_files();
    assert_eq!(said(&billet(&["policy", "--digest"])), digest);
    let world = world();
    assert_eq!(world.json("/v1/health").await["policy_digest"], digest);
    let document = world.json("/v1/policy.json").await;
    assert_eq!(document["digest"], digest);
    assert_eq!(world.json("/v1/policy/versions").await["versions"][0]["digest"], digest);
    let file = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/policy.toml")).unwrap();
    let rows: Vec<String> = file.parse::<toml::Table>().unwrap()["row"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    for path in ["/policy/en", "/policy/zh"] {
        let page = world.text(path).await;
        assert!(page.contains(&digest), "{path}");
        assert!(rows.iter().all(|row| page.contains(&format!("<tr id=\"{row}\""))), "{path}");
    }
    let told: Vec<&str> = document["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert!(told.len() == rows.len() && rows.iter().all(|row| told.contains(&row.as_str())));
}

/// LANG-TRANS: the page comes in the browser's language, and in English where there is none of it.
#[tokio::test]
async fn the_page_comes_in_the_language_of_the_browser() {
    let world = world();
    let asked = [
        ("/policy", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("/policy", "fr-FR,fr;q=0.9", "en"),
        ("/policy", "de,zh;q=0.5", "zh"),
        ("/policy", "en-GB,zh;q=0.5", "en"),
        ("/policy/zh", "en", "zh"),
        ("/policy/fr", "zh", "en"),
    ];
    for (path, accepted, language) in asked {
        let request = world.http.get(format!("{}{path}", world.server.url)).header(ACCEPT_LANGUAGE, accepted);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()[CONTENT_LANGUAGE], language, "{path} {accepted}");
        assert!(answer.headers().get(SET_COOKIE).is_none(), "a page that is only read sets no cookie");
        assert!(answer.text().await.unwrap().contains(&format!("<html lang=\"{language}\"")), "{path} {accepted}");
    }
}

/// NOTI-DATE: every version there was can be fetched, as a page and as data; others are not there.
#[tokio::test]
async fn every_version_can_be_fetched() {
    let world = world();
    let versions = world.json("/v1/policy/versions").await;
    for version in versions["versions"].as_array().unwrap() {
        let number = version["number"].as_u64().unwrap();
        let kept = world.json(&format!("/v1/policy/versions/{number}")).await;
        assert_eq!(kept["version"]["digest"], version["digest"]);
        assert!(kept["rows"].as_array().unwrap().len() > 1);
        assert!(world.text(&format!("/policy/versions/{number}")).await.contains(version["digest"].as_str().unwrap()));
    }
    for path in ["/policy/versions/9999", "/v1/policy/versions/9999", "/v1/policy/versions/x"] {
        let answer = world.http.get(format!("{}{path}", world.server.url)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
}

/// The example with every gap filled in.
fn filled(example: &str) -> String {
    let fills = [
        ("id = \"\"", "id = \"example\""),
        ("name = \"\"", "name = \"Example Society\""),
        ("storage_places = []", "storage_places = [\"NL\"]"),
        ("staff_places = []", "staff_places = [\"NL\"]"),
        ("dispute_body = \"\"", "dispute_body = \"none\""),
        ("seat = \"\"", "seat = \"Example Street\""),
        ("email = \"\"", "email = \"privacy@example.org\""),
        ("post = \"\"", "post = \"Example Street\""),
    ];
    fills.iter().fold(example.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// D-54: outside demo mode a server without its particulars does not start and lists all that is missing; with them its
/// page shows them.
#[tokio::test]
async fn a_server_without_its_particulars_says_everything_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, data) = (folder.path().join("operator.toml"), folder.path().join("data"));
    let example = String::from_utf8(billet(&["policy", "--example-operator"]).stdout).unwrap();
    std::fs::write(&file, &example).unwrap();
    let mut real = Command::new(BINARY);
    real.args(["serve", "--listen", "127.0.0.1:0", "--origin", "https://chat.example.org", "--operator"]).arg(&file);
    real.args([
        "--sms-url",
        "http://127.0.0.1:9",
        "--sms-account",
        "a",
        "--sms-token",
        "t",
        "--sms-from",
        "+12025550123",
    ]);
    let refused = real.arg("--data").arg(&data).output().unwrap();
    assert!(!refused.status.success());
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    for gap in [
        "id: is not",
        "name: is not",
        "contact.email",
        "contact.post",
        "officer.email",
        "officer.post",
        "dispute_body",
        "storage_places",
        "staff_places",
        "controllers: each needs a name and a seat",
    ] {
        assert!(told.contains(gap), "{gap}: {told}");
    }
    assert!(!data.exists(), "nothing is made before it is known whose it is");

    std::fs::write(&file, filled(&example)).unwrap();
    let start = Server::on(Path::new(BINARY), &data).argument("--operator").argument(&file.display().to_string());
    let server = start.start().unwrap();
    let page = reqwest::get(format!("{}/policy/en", server.url)).await.unwrap().text().await.unwrap();
    for particular in ["Example Society", "Example Street", "privacy@example.org"] {
        assert!(page.contains(particular), "{particular}");
    }
}

/// RECP-SP-LIST: a provider of a kind that was not stated cannot be configured.
#[test]
fn a_provider_of_another_kind_cannot_be_configured() {
    let folder = tempfile::tempdir().unwrap();
    let (config, data) = (folder.path().join("billet.toml"), folder.path().join("data"));
    let start = Server::on(Path::new(BINARY), &data).argument("--config").argument(&config.display().to_string());
    std::fs::write(&config, "log = \"warn\"\n").unwrap();
    start.start().unwrap().stop().unwrap();
    std::fs::write(&config, "weather_url = \"https://weather.example\"\n").unwrap();
    let Err(Trouble::Process(refusal)) = start.start() else { panic!("a provider that nobody was told of was taken") };
    assert!(refusal.contains("weather_url"), "{refusal}");
}

#[tokio::test]
async fn what_the_command_prints_is_what_the_server_shows() {
    let world = world();
    let printed: Value = serde_json::from_slice(&billet(&["policy", "--json"]).stdout).unwrap();
    assert_eq!(printed, world.json("/v1/policy.json").await);
    let markdown = said(&billet(&["policy", "--markdown", "zh"]));
    assert!(policy::all().iter().all(|row| markdown.contains(row.what.zh)));
    assert!(world.folder.path().exists());
}
