//! Canaries in every field, under the noisiest log, through mistakes and a forced panic: nothing of what people wrote is in
//! anything the server says or leaves behind.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use bench::{Person, Socket};
use futures_util::SinkExt;
use reqwest::Client;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Rig, Running};

/// A word that nothing else would write, for each field.
fn canary(field: &str) -> String {
    format!("zq7{field}9xw")
}

/// The numbers and the day that stand for a person here; digits, so looked for as such.
const PHONE: &str = "+12025550177";
const OTHER_PHONE: &str = "+12025550178";
const BIRTH_DATE: &str = "1987-03-21";

/// The noisiest there is, with core files allowed by whoever starts it.
fn noisy() -> Rig {
    let mut rig = Rig::new().with_trouble();
    rig.arguments = ["--log", "trace"].map(str::to_owned).into();
    rig.through = ["sh", "-c", "ulimit -c unlimited; exec \"$0\" \"$@\""].map(str::to_owned).into();
    rig
}

/// All that must not be found: the canaries, and what is as personal or as secret.
struct Secrets(Vec<String>);

impl Secrets {
    fn new() -> Self {
        let fields = [
            "alias", "handle", "device", "platform", "note", "remark", "tag", "draft", "kind", "content", "clientid",
            "query", "path", "agent", "cookie", "bearer", "origin", "referer", "header", "json", "type", "utf",
            "frame", "binary", "large", "panic", "provider", "region", "code", "method",
        ];
        let mut all: Vec<String> = fields.map(canary).into();
        all.extend([&PHONE[2..], &OTHER_PHONE[2..], BIRTH_DATE].map(str::to_owned));
        Self(all)
    }

    /// Which of them stand in `bytes`, as they are, in hexadecimal or in UTF-16.
    fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let lower = bytes.to_ascii_lowercase();
        let is_there = |needle: &[u8]| lower.windows(needle.len()).any(|window| window == needle);
        let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let there =
            |text: &&String| is_there(text.as_bytes()) || is_there(hex(text).as_bytes()) || is_there(&wide(text));
        self.0.iter().filter(there).map(String::as_str).collect()
    }

    /// Looks in what the server said and in every file of its folder.
    #[track_caller]
    fn are_nowhere(&self, said: &str, folder: &Path) {
        let lines: Vec<&str> = said.lines().filter(|line| !self.found_in(line.as_bytes()).is_empty()).collect();
        assert!(lines.is_empty(), "it was said: {lines:#?}");
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.file_name().unwrap().to_str().unwrap();
                assert!(!name.starts_with("core"), "a core file was left: {}", path.display());
                if name == "ballast" || !path.is_file() {
                    continue;
                }
                let found = self.found_in(&std::fs::read(&path).unwrap());
                assert!(found.is_empty(), "{found:?} in {}", path.display());
            }
        }
    }
}

async fn register(url: &str, phone: &str) -> (Client, Value) {
    let http = Client::builder().user_agent(canary("agent")).build().unwrap();
    http.post(format!("{url}/v1/codes")).json(&json!({ "phone": phone })).send().await.unwrap();
    let outbox = http.get(format!("{url}/v1/demo/outbox")).query(&[("to", phone)]).send().await.unwrap();
    let outbox: Value = outbox.json().await.unwrap();
    let body = json!({
        "phone": phone, "code": outbox[0]["code"], "alias": canary("alias"), "birth_date": BIRTH_DATE, "region": "FR",
        "device": { "name": canary("device"), "platform": canary("platform") },
    });
    let session = http.post(format!("{url}/v1/sessions")).json(&body).send().await.unwrap();
    assert_eq!(session.status(), 201);
    (http, session.json().await.unwrap())
}

/// Everything that can go wrong over HTTP, with a canary in it.
async fn wrong_requests(url: &str, http: &Client, token: &str) {
    let call = |method: &str, path: &str| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = http.request(method, format!("{url}{path}")).header("referer", canary("referer"));
        request.header("origin", format!("https://{}.example", canary("origin"))).header("x-other", canary("header"))
    };
    let json = |request: reqwest::RequestBuilder| request.header("content-type", "application/json");
    let requests = [
        call("GET", &format!("/v1/{}?q={}", canary("path"), canary("query"))),
        call("GET", &format!("/v1/demo/outbox?to={}", canary("query"))),
        call("GET", &format!("/{}", canary("path"))),
        call("DELETE", &format!("/v1/devices/{}", canary("path"))).bearer_auth(token),
        call(&canary("method").to_uppercase(), "/v1/me"),
        call("GET", "/v1/me").bearer_auth(canary("bearer")),
        call("GET", "/v1/me").header("cookie", format!("__Host-session={}", canary("cookie"))),
        call("PATCH", "/v1/me").header("cookie", format!("__Host-session={}", token)),
        json(call("POST", "/v1/codes")).body(format!("{{\"phone\":\"{}", canary("json"))),
        json(call("POST", "/v1/codes")).body(format!("{{\"phone\":{{\"{}\":1}}}}", canary("type"))),
        json(call("POST", "/v1/codes")).body([canary("utf").as_bytes(), &[0xFF, 0xFE]].concat()),
        json(call("POST", "/v1/codes")).body(canary("large").repeat(2_000)),
        call("POST", "/v1/codes").json(&json!({ "phone": canary("json") })),
        call("POST", "/v1/sessions").json(&json!({ "phone": PHONE, "code": canary("code"), "region": canary("region"),
            "device": { "name": canary("device"), "platform": "" } })),
        call("PATCH", "/v1/me").bearer_auth(token).json(&json!({ "region": canary("region") })),
        call("PATCH", "/v1/me").bearer_auth(token).json(&json!({ "alias": canary("alias").repeat(20) })),
    ];
    for request in requests {
        let answer = request.send().await.unwrap();
        assert!(answer.status().as_u16() < 500, "{answer:?}");
    }
}

/// Everything that can go wrong on the socket.
async fn wrong_frames(url: &str, person: &Person) {
    let frames = [
        Message::Text(canary("frame").into()),
        Message::Text(format!("{{\"op\":\"{}\"}}", canary("frame")).into()),
        Message::Text(json!({ "op": "send", "id": canary("clientid").repeat(9), "kind": 7 }).to_string().into()),
        Message::Text(json!({ "op": "ack", "seq": canary("frame") }).to_string().into()),
        Message::Binary(canary("binary").into_bytes().into()),
        Message::Text(json!({ "op": "send", "content": canary("large").repeat(3_000) }).to_string().into()),
    ];
    for frame in frames {
        let mut socket: Socket = person.connect(url).await.unwrap();
        let _sent = socket.out.send(frame).await;
        // An error or a closed socket: either is an answer.
        let _answer = socket.next_but_notices().await;
    }
}

/// A frame that is no UTF-8, masked by hand.
fn broken_text(url: &str, token: &str) {
    let host = url.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let head = format!(
        "GET /v1/socket HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let payload = [canary("utf").as_bytes(), &[0xC0, 0xFF]].concat();
    let frame = [&[0x81, 0x80 | payload.len() as u8, 0, 0, 0, 0], &payload[..]].concat();
    stream.write_all(&frame).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(2))).unwrap();
    let _closed = stream.read_to_end(&mut Vec::new());
}

/// LOGD-NOCONTENT: with canaries in every field, the log at `trace`, mistakes of every kind and a panic in the middle of a
/// frame, only ids are in what the server says and leaves behind.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_people_wrote_is_in_any_log_panic_or_file() {
    let rig = noisy();
    let server: Running = rig.start().unwrap();
    let url = server.url.clone();
    let (http, session) = register(&url, PHONE).await;
    let token = session["token"].as_str().unwrap().to_owned();
    let bob = Person::register(&url, OTHER_PHONE, &canary("alias")).await.unwrap();
    let post = async |path: &str, body: Value| {
        let answer = http.post(format!("{url}{path}")).bearer_auth(&token).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {:?}", answer.text().await);
        answer.json::<Value>().await.unwrap_or_default()
    };
    let asked = json!({ "to": { "account_id": bob.account }, "note": canary("note") });
    let request = post("/v1/contacts/requests", asked).await;
    let id = request["request_id"].as_str().unwrap();
    bob.post(&url, &format!("/v1/contacts/requests/{id}/accept"), &json!({})).await.unwrap();
    let account = session["account_id"].as_str().unwrap();
    let remark = json!({ "remark": canary("remark"), "tags": [canary("tag")] });
    bob.patch(&url, &format!("/v1/contacts/{account}"), &remark).await.unwrap();
    let chat = json!({ "conversation": { "account": account }, "draft": canary("draft") });
    bob.patch(&url, "/v1/me/chats", &json!({ "chats": [chat] })).await.unwrap();
    bob.patch(&url, "/v1/me", &json!({ "handle": canary("handle") })).await.unwrap();

    let mut socket = bob.connect(&url).await.unwrap();
    socket.synchronise(0).await.unwrap();
    let frame = json!({ "op": "send", "id": canary("clientid"), "to": { "account": account }, "kind": canary("kind"),
        "content": { "text": canary("content"), "n": [1.5, null, true] } });
    socket.say(&frame).await.unwrap();
    let sent = socket.next_text().await.unwrap();
    assert!(sent.contains("\"sent\""), "{sent}");
    // The search would see what it looks for: it stands in what the client has.
    let secrets = Secrets::new();
    let own = [frame.to_string(), sent.to_string()].concat();
    assert_eq!(secrets.found_in(own.as_bytes()).len(), 3, "kind, content and client id: {own}");
    let hidden = canary("note").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    assert_eq!(secrets.found_in(&hidden), [canary("note")], "in UTF-16 too");

    wrong_requests(&url, &http, &token).await;
    wrong_frames(&url, &bob).await;
    broken_text(&url, &bob.token);

    // A panic while the frame is in hand: the clock that the handler asks fails.
    let mut socket = bob.connect(&url).await.unwrap();
    socket.synchronise(0).await.unwrap();
    rig.trouble("clock 22 0");
    let panic =
        json!({ "op": "send", "id": "p", "to": { "account": account }, "kind": "text", "content": canary("panic") });
    let _sent = socket.say(&panic).await;
    let seen = until(|| server.said().contains("a mistake of the program at"));
    assert!(seen, "the panic did happen: {}", server.said());
    rig.trouble("");
    server.signal(Signal::ABORT);
    let said = server.ended().said;
    let mut all = Secrets::new();
    all.0.extend([token, bob.token.clone()]);
    all.are_nowhere(&said, rig.path());
    // That the log was heard at all: ids are in it.
    assert!(said.contains(" INFO ") || said.contains(" WARN ") || said.contains(" ERROR "), "{said}");
}

/// LOGD-NOCONTENT: a text provider that fails, and repeats number and text in its answer, puts neither into the log.
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_text_provider_puts_no_number_and_no_text_into_the_log() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let provider = format!("http://{}/{}", listener.local_addr().unwrap(), canary("provider"));
    let seen = std::thread::spawn(move || fail_texts(&listener));
    let mut rig = noisy();
    for (flag, value) in [
        ("--sms-url", &*provider),
        ("--sms-account", "AC1"),
        ("--sms-token", "secret-of-the-account"),
        ("--sms-from", "+12025550100"),
    ] {
        rig.arguments.extend([flag.to_owned(), value.to_owned()]);
    }
    let server = rig.start().unwrap();
    let http = Client::new();
    for phone in [PHONE, OTHER_PHONE, "+12025550179"] {
        let body = json!({ "phone": phone });
        let answer = http.post(format!("{}/v1/codes", server.url)).json(&body).send().await.unwrap();
        assert!([202, 502, 503].contains(&answer.status().as_u16()), "{answer:?}");
    }
    let asked = seen.join().unwrap();
    assert!(asked.iter().any(|text| text.contains(&PHONE[1..])), "the provider was asked: {asked:?}");
    // A last word may come after the answer.
    let _waited = until(|| server.said().contains("provider"));
    let said = server.stop().said;
    let mut secrets = Secrets::new();
    secrets.0.extend(["secret-of-the-account".to_owned(), "2025550179".to_owned()]);
    secrets.are_nowhere(&said, rig.path());
}

/// Answers three requests: two refusals that quote everything, and silence.
fn fail_texts(listener: &TcpListener) -> Vec<String> {
    let mut asked = Vec::new();
    for answer in [Some("400 Bad Request"), Some("500 Internal Server Error"), None] {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_millis(300))).unwrap();
        let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            request.extend_from_slice(&buffer[..count]);
        }
        let request = String::from_utf8_lossy(&request).into_owned();
        if let Some(status) = answer {
            let body = json!({ "code": 20001, "message": request, "more": canary("provider") }).to_string();
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n");
            let _told = stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        }
        asked.push(request);
    }
    asked
}

/// No core file is written, and nobody else may look into the process.
#[test]
fn a_crash_leaves_no_core_file() {
    let rig = noisy();
    let server = rig.start().unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    server.signal(Signal::ABORT);
    let ended = server.ended();
    assert!(!ended.status.success());
    Secrets::new().are_nowhere(&ended.said, rig.path());
}

/// Waits a while for it to be so.
fn until(is: impl Fn() -> bool) -> bool {
    for _ in 0..60 {
        if is() {
            return true;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    false
}
