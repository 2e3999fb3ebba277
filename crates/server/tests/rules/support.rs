//! A server with people, and what several tests ask of it.

use std::path::{Path, PathBuf};

use bench::{Person, Server, Socket, Trouble};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use wire::ServerFrame;

pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) ada: Person,
    pub(crate) bob: Person,
    pub(crate) http: Client,
    pub(crate) folder: tempfile::TempDir,
}

/// What a call was answered: everything but the date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn code(&self) -> String {
        serde_json::from_str::<Value>(&self.text).unwrap()["code"].as_str().unwrap_or_default().to_owned()
    }
}

pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_billet"))
}

/// A server with two people who are contacts.
pub(crate) async fn world() -> World {
    world_with(&[]).await
}

pub(crate) async fn world_with(arguments: &[&str]) -> World {
    let folder = tempfile::tempdir().unwrap();
    let mut start = Server::on(binary(), &folder.path().join("data"));
    for argument in arguments {
        start = start.argument(argument);
    }
    let server = start.start().unwrap();
    let (ada, bob) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
    World { server, ada, bob, http: Client::new(), folder }
}

impl World {
    pub(crate) async fn socket(&self, person: &Person) -> Socket {
        let mut socket = person.connect(&self.server.url).await.unwrap();
        socket.synchronise(0).await.unwrap();
        socket
    }

    pub(crate) async fn person(&self, phone: &str, alias: &str) -> Person {
        Person::register(&self.server.url, phone, alias).await.unwrap()
    }

    pub(crate) async fn call(&self, method: Method, path: &str, who: Option<&Person>, body: Value) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.server.url));
        if let Some(who) = who {
            request = request.bearer_auth(&who.token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let mut headers: Vec<_> = response
            .headers()
            .iter()
            .filter(|(name, _)| *name != "date")
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        Answer { status: response.status().as_u16(), headers, text: response.text().await.unwrap() }
    }

    pub(crate) async fn get(&self, path: &str, who: &Person) -> Value {
        who.get(&self.server.url, path).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, who: &Person, body: Value) -> Answer {
        self.call(Method::POST, path, Some(who), body).await
    }

    /// A code that went to a number just now.
    pub(crate) async fn code_for(&self, phone: &str) -> String {
        let asked = self.call(Method::POST, "/v1/codes", None, json!({ "phone": phone })).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        let query = [("to", phone)];
        let outbox = self.http.get(format!("{}/v1/demo/outbox", self.server.url)).query(&query).send().await.unwrap();
        outbox.json::<Value>().await.unwrap()[0]["code"].as_str().unwrap().to_owned()
    }

    /// Deletes an account with a code to its number.
    pub(crate) async fn delete_account(&self, who: &Person) -> Answer {
        let code = self.code_for(&who.phone).await;
        self.call(Method::DELETE, "/v1/me", Some(who), json!({ "code": code })).await
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

/// Sends a text and waits for its answer; what else comes meanwhile is passed over.
pub(crate) async fn send(socket: &mut Socket, id: &str, to: &Person, text: &str) -> kernel::MessageId {
    socket.send_text(id, to.account, text).await.unwrap();
    loop {
        match said(socket).await {
            ServerFrame::Sent { message, .. } => return message,
            ServerFrame::Error { code, detail, .. } => panic!("not sent: {code}, {detail}"),
            // News of earlier messages.
            _ => {}
        }
    }
}

/// The next frame that is no passing notice.
pub(crate) async fn said(socket: &mut Socket) -> ServerFrame {
    loop {
        match socket.next().await.unwrap() {
            ServerFrame::Notice { seq: 0, .. } => {}
            frame => return frame,
        }
    }
}

/// The code of the error that comes next.
pub(crate) async fn error_code(socket: &mut Socket) -> String {
    match said(socket).await {
        ServerFrame::Error { code, .. } => code,
        other => panic!("expected an error, got {other:?}"),
    }
}

/// Nothing has come but what was asked for by a ping.
pub(crate) async fn is_silent(socket: &mut Socket) {
    socket.say(&json!({ "op": "ping" })).await.unwrap();
    let frame = said(socket).await;
    assert!(matches!(frame, ServerFrame::Pong), "{frame:?}");
}

/// The close code with which a socket ends, whatever comes before.
pub(crate) async fn close_code(socket: &mut Socket) -> u16 {
    loop {
        match socket.next().await {
            Ok(_) => {}
            Err(Trouble::Closed(code)) => return code,
            Err(other) => panic!("ended otherwise: {other:?}"),
        }
    }
}
