//! Pushes from the release binary, as a browser's push service gets them: npm `web-push-testing`, pinned in `e2e/push`, checks
//! who signed each of them and decrypts it with the key of the browser.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bench::{Person, Server, Socket};
use kernel::{AccountId, MessageId};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use wire::ServerFrame;

/// How long a push may take before a test gives up.
const PUSH_WAIT: Duration = Duration::from_secs(20);

/// The push service on a free port; ended with the test.
struct PushService {
    process: Child,
    url: String,
    http: Client,
}

impl PushService {
    async fn start() -> Self {
        let folder = installed();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("node")
            .arg(folder.join("node_modules/web-push-testing/src/bin/server.js"))
            .arg(port.to_string())
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let service = Self { process, url: format!("http://localhost:{port}"), http: Client::new() };
        for _ in 0..600 {
            if TcpStream::connect(("localhost", port)).is_ok() {
                return service;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the push service did not listen within 30 s");
    }

    async fn ask(&self, path: &str, body: &Value) -> Value {
        let answer = self.http.post(format!("{}{path}", self.url)).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or_default()
    }

    /// As a browser subscribes.
    async fn subscribe(&self, public_key: &str) -> Value {
        let options = json!({ "userVisibleOnly": "true", "applicationServerKey": public_key });
        self.ask("/subscribe", &options).await["data"].clone()
    }

    /// What a browser was pushed, decrypted.
    async fn pushed(&self, browser: &Value) -> Vec<String> {
        let got = self.ask("/get-notifications", &json!({ "clientHash": browser["clientHash"] })).await;
        got["data"]["messages"].as_array().unwrap().iter().map(|push| push.as_str().unwrap().to_owned()).collect()
    }

    /// Waits until a browser has been pushed these kinds and no others.
    async fn waits_for(&self, browser: &Value, kinds: &[&str]) {
        let expected: Vec<_> = kinds.iter().map(|about| format!(r#"{{"about":"{about}"}}"#)).collect();
        let mut seen = Vec::new();
        let came = async {
            while seen != expected {
                tokio::time::sleep(Duration::from_millis(50)).await;
                seen = self.pushed(browser).await;
                assert!(seen.len() <= expected.len(), "{seen:?} instead of {expected:?}");
            }
        };
        assert!(tokio::time::timeout(PUSH_WAIT, came).await.is_ok(), "{seen:?} instead of {expected:?}");
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `e2e/push` with its packages.
fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/push");
    if !folder.join("node_modules/web-push-testing").exists() {
        let done = Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).status();
        assert!(done.is_ok_and(|status| status.success()), "`npm ci` in e2e/push failed: install Node and npm");
    }
    folder
}

/// A server, two contacts, and the browser of one of them.
struct World {
    server: Server,
    ada: Person,
    bob: Person,
    service: PushService,
    browser: Value,
    http: Client,
    folder: tempfile::TempDir,
}

async fn world() -> World {
    let service = PushService::start().await;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::on(binary(), &folder.path().join("data")).start().unwrap();
    let (ada, bob) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
    let key = bob.get(&server.url, "/v1/push/key").await.unwrap();
    let browser = service.subscribe(key["public_key"].as_str().unwrap()).await;
    let world = World { server, ada, bob, service, browser, http: Client::new(), folder };
    assert_eq!(world.subscribe(Value::Null).await, 204);
    world
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_billet"))
}

impl World {
    async fn call(&self, method: Method, path: &str, who: &Person, body: Value) -> u16 {
        let request = self.http.request(method, format!("{}{path}", self.server.url)).bearer_auth(&who.token);
        request.json(&body).send().await.unwrap().status().as_u16()
    }

    /// Bob's device subscribes with his browser.
    async fn subscribe(&self, quiet: Value) -> u16 {
        let Value::Object(browser) = &self.browser else { panic!("no subscription: {}", self.browser) };
        let body = json!({ "endpoint": browser["endpoint"], "keys": browser["keys"], "quiet": quiet });
        self.call(Method::PUT, "/v1/me/push", &self.bob, body).await
    }

    async fn connect(&self, who: &Person) -> Socket {
        let mut socket = who.connect(&self.server.url).await.unwrap();
        socket.synchronise(0).await.unwrap();
        socket
    }

    async fn waits_for(&self, kinds: &[&str]) {
        self.service.waits_for(&self.browser, kinds).await;
    }

    /// Somebody new asks Bob to become a contact, which is pushed: so that a test of silence could have heard it.
    async fn somebody_asks(&self, number: &str) {
        let somebody = Person::register(&self.server.url, number, "Somebody").await.unwrap();
        let to = json!({ "to": { "account_id": self.bob.account } });
        assert_eq!(self.call(Method::POST, "/v1/contacts/requests", &somebody, to).await, 201);
    }

    /// How many subscriptions the server holds.
    fn subscriptions(&self) -> u64 {
        let audit = Command::new(binary())
            .args(["audit", "--json", "--data"])
            .arg(self.folder.path().join("data"))
            .output()
            .unwrap();
        let audit: Value = serde_json::from_slice(&audit.stdout).unwrap();
        let row = audit["rows"].as_array().unwrap().iter().find(|row| row["row"] == "push_subscription").unwrap();
        row["held"].as_u64().unwrap()
    }
}

async fn send(socket: &mut Socket, id: &str, to: AccountId) -> MessageId {
    socket.send_text(id, to, "a word that no push may hold").await.unwrap();
    loop {
        if let ServerFrame::Sent { message, .. } = socket.next().await.unwrap() {
            return message;
        }
    }
}

/// RFC 8030, 8291, 8292: signed, encrypted, and of a kind alone.
#[tokio::test]
async fn a_device_that_is_away_is_pushed_what_there_is_news_of_and_no_more() {
    let world = world().await;
    let mut ada = world.connect(&world.ada).await;
    let message = send(&mut ada, "1", world.bob.account).await;
    world.waits_for(&["message"]).await;
    // Not answered yet: no second one of its kind.
    send(&mut ada, "2", world.bob.account).await;
    ada.say(&json!({ "op": "recall", "message": message })).await.unwrap();
    world.waits_for(&["message", "recalled"]).await;
    world.somebody_asks("+12025550911").await;
    world.waits_for(&["message", "recalled", "contacts"]).await;
    Person::register(&world.server.url, &world.bob.phone, "Bob").await.unwrap();
    world.waits_for(&["message", "recalled", "contacts", "devices"]).await;
    let at = message.made_at();
    let reminder = json!({ "conversation": { "account": world.ada.account }, "message": message, "at": at });
    assert_eq!(world.call(Method::POST, "/v1/me/reminders", &world.bob, reminder).await, 201);
    world.waits_for(&["message", "recalled", "contacts", "devices", "reminder"]).await;
}

#[tokio::test]
async fn a_device_that_is_here_is_not_pushed_and_one_that_was_here_is_pushed_again() {
    let world = world().await;
    let mut ada = world.connect(&world.ada).await;
    send(&mut ada, "1", world.bob.account).await;
    world.waits_for(&["message"]).await;
    let bob = world.connect(&world.bob).await;
    send(&mut ada, "2", world.bob.account).await;
    world.somebody_asks("+12025550912").await;
    drop(bob);
    tokio::time::sleep(Duration::from_millis(500)).await;
    send(&mut ada, "3", world.bob.account).await;
    world.waits_for(&["message", "message"]).await;
}

/// A push that could not be delivered is tried again, but not at the address of a device that wants none any more.
#[tokio::test]
async fn a_push_that_waits_for_its_service_ends_with_its_subscription() {
    let mut world = world().await;
    let troubled = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.browser["endpoint"] = json!(format!("http://{}/push", troubled.local_addr().unwrap()));
    assert_eq!(world.subscribe(Value::Null).await, 204);
    // Hangs up on whoever calls; the second try comes two seconds after the first.
    let tried = async || tokio::time::timeout(Duration::from_secs(6), troubled.accept()).await.is_ok();
    let mut ada = world.connect(&world.ada).await;
    send(&mut ada, "1", world.bob.account).await;
    assert!(tried().await);
    assert!(tried().await, "there is no second try, so that its absence below would show nothing");
    drop(world.connect(&world.bob).await);
    tokio::time::sleep(Duration::from_millis(500)).await;
    send(&mut ada, "2", world.bob.account).await;
    assert!(tried().await);
    assert_eq!(world.call(Method::DELETE, "/v1/me/push", &world.bob, Value::Null).await, 204);
    assert!(!tried().await, "a device that wants no pushes was sent one");
}

#[tokio::test]
async fn a_muted_conversation_and_quiet_hours_push_nothing() {
    let world = world().await;
    let mut ada = world.connect(&world.ada).await;
    let muted = json!({ "chats": [{ "conversation": { "account": world.ada.account }, "muted": true }] });
    assert_eq!(world.call(Method::PATCH, "/v1/me/chats", &world.bob, muted).await, 200);
    send(&mut ada, "1", world.bob.account).await;
    world.somebody_asks("+12025550913").await;
    world.waits_for(&["contacts"]).await;
    let all_day = json!({ "from_minute": 0, "to_minute": 0, "time_zone": "Asia/Shanghai" });
    assert_eq!(world.subscribe(all_day).await, 204);
    let desk = Person::register(&world.server.url, &world.bob.phone, "Bob").await.unwrap();
    assert_eq!(world.subscribe(Value::Null).await, 204);
    let at = kernel::Millis(0);
    let reminder =
        json!({ "conversation": { "account": world.ada.account }, "message": MessageId::new(at, 1), "at": at });
    assert_eq!(world.call(Method::POST, "/v1/me/reminders", &desk, reminder).await, 201);
    world.waits_for(&["contacts", "reminder"]).await;
}

#[tokio::test]
async fn a_subscription_that_its_push_service_has_ended_is_forgotten_and_the_key_survives_a_restart() {
    let mut world = world().await;
    let key = world.bob.get(&world.server.url, "/v1/push/key").await.unwrap();
    world.server.stop().unwrap();
    world.server = Server::on(binary(), &world.folder.path().join("data")).start().unwrap();
    assert_eq!(world.bob.get(&world.server.url, "/v1/push/key").await.unwrap(), key);
    let mut ada = world.connect(&world.ada).await;
    send(&mut ada, "1", world.bob.account).await;
    world.waits_for(&["message"]).await;
    assert_eq!(world.subscriptions(), 1);
    world
        .service
        .ask(&format!("/expire-subscription/{}", world.browser["clientHash"].as_str().unwrap()), &json!({}))
        .await;
    drop(world.connect(&world.bob).await);
    tokio::time::sleep(Duration::from_millis(500)).await;
    send(&mut ada, "2", world.bob.account).await;
    let forgotten = async {
        while world.subscriptions() > 0 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PUSH_WAIT, forgotten).await.unwrap();
}
