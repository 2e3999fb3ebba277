//! What every answer of the release binary carries, and what it does not answer.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::Path;

use bench::Server;
use reqwest::header::{COOKIE, HOST, ORIGIN, SET_COOKIE};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

struct World {
    server: Server,
    http: Client,
    _folder: tempfile::TempDir,
}

fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::on(Path::new(env!("CARGO_BIN_EXE_billet")), &folder.path().join("data")).start().unwrap();
    World { server, http: Client::new(), _folder: folder }
}

impl World {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url)
    }

    async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    /// Registers a person whose session is a cookie; `name=value` of it.
    async fn cookie(&self, phone: &str) -> String {
        let codes = self.http.post(self.url("/v1/codes")).json(&json!({ "phone": phone })).send().await.unwrap();
        assert_eq!(codes.status(), StatusCode::ACCEPTED);
        let outbox = self.http.get(self.url("/v1/demo/outbox")).query(&[("to", phone)]).send().await.unwrap();
        let outbox: Value = outbox.json().await.unwrap();
        let body = json!({
            "phone": phone, "code": outbox[0]["code"], "alias": "Ada", "birth_date": "1990-01-01", "cookie": true,
            "device": { "name": "test", "platform": "web" },
        });
        let session = self.http.post(self.url("/v1/sessions")).header(ORIGIN, &self.server.url).json(&body);
        let session = session.send().await.unwrap();
        assert_eq!(session.status(), StatusCode::CREATED);
        let cookie = session.headers()[SET_COOKIE].to_str().unwrap().to_owned();
        for flag in ["__Host-", "HttpOnly", "Secure", "Path=/", "SameSite="] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        assert!(
            session.json::<Value>().await.unwrap().get("token").is_none(),
            "a cookie session has no token to steal"
        );
        cookie.split(';').next().unwrap().to_owned()
    }
}

async fn code(response: Response) -> String {
    let media = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(media, "application/problem+json");
    response.json::<Value>().await.unwrap()["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_that_points_its_own_name_here_gets_nothing() {
    let world = world();
    let rebound = world.http.get(world.url("/v1/health")).header(HOST, "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(code(rebound).await, "unknown_host");
    assert_eq!(world.get("/v1/health").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect() {
    let world = world();
    for path in ["/", "/v1/health", "/v1/me", "/no/such/page", "/assets/none.js"] {
        let answer = world.get(path).await;
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn the_cookie_alone_changes_nothing_from_another_page() {
    let world = world();
    let cookie = world.cookie("+12025550111").await;
    let me = world.http.get(world.url("/v1/me")).header(COOKIE, &cookie).send().await.unwrap();
    assert_eq!(me.status(), StatusCode::OK);
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let mut change = world.http.patch(world.url("/v1/me")).header(COOKIE, &cookie).json(&json!({ "alias": "Eve" }));
        if let Some(origin) = origin {
            change = change.header(ORIGIN, origin);
        }
        let change = change.send().await.unwrap();
        assert_eq!(change.status(), StatusCode::FORBIDDEN, "{origin:?}");
    }
    let ours = world.http.patch(world.url("/v1/me")).header(COOKIE, &cookie).header(ORIGIN, &world.server.url);
    assert!(ours.json(&json!({ "alias": "Ada L." })).send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn a_socket_is_not_opened_for_another_page() {
    let world = world();
    let cookie = world.cookie("+12025550112").await;
    for (origin, status) in [("https://evil.example", 403), (world.server.url.as_str(), 101)] {
        let upgrade = world
            .http
            .get(world.url("/v1/socket"))
            .header(COOKIE, &cookie)
            .header(ORIGIN, origin)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(upgrade.send().await.unwrap().status().as_u16(), status, "{origin}");
    }
}

#[tokio::test]
async fn the_interface_describes_itself() {
    let world = world();
    let document: Value = world.get("/v1/openapi.json").await.json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    for path in ["/v1/codes", "/v1/sessions", "/v1/me", "/v1/contacts", "/v1/socket"] {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
    assert!(document["components"]["schemas"].get("ServerFrame").is_some());
    let calls = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let ids: Vec<&str> = calls.map(|call| call["operationId"].as_str().unwrap()).collect();
    let distinct: std::collections::HashSet<&&str> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "two calls share a name: {ids:?}");
    assert_eq!(world.get("/v1/no-such-call").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_a_problem_document() {
    let world = world();
    assert_eq!(code(world.get("/v1/me").await).await, "not_signed_in");
    let post = |body: &'static str| {
        world.http.post(world.url("/v1/codes")).header("content-type", "application/json").body(body)
    };
    assert_eq!(code(post("{").send().await.unwrap()).await, "malformed");
    assert_eq!(code(post(r#"{"phone":"+86 138 0013 8000"}"#).send().await.unwrap()).await, "other_operator");
    assert_eq!(code(post(r#"{"phone":"hello"}"#).send().await.unwrap()).await, "invalid_phone");
}
