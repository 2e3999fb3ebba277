//! Requests that lie, spoken byte by byte: framing, hosts, methods, paths, sizes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use crate::support::{Rig, Running};

fn server() -> (Rig, Running) {
    let rig = Rig::new();
    let server = rig.start().unwrap();
    (rig, server)
}

/// What comes back for these bytes until the server closes, or says nothing more for a moment.
fn answers(server: &Running, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(host(server)).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
    // The server may close before it has read everything: what it said then still counts.
    let _written = stream.write_all(request);
    let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        all.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn host(server: &Running) -> &str {
    server.url.trim_start_matches("http://")
}

/// The status of each answer.
fn statuses(answers: &str) -> Vec<u16> {
    // The next answer begins where the body of the one before it ends, in the middle of a line.
    let starts = answers.match_indices("HTTP/1.").map(|(at, _)| &answers[at + "HTTP/1.x ".len()..]);
    starts.filter_map(|rest| rest.get(..3)?.parse().ok()).collect()
}

fn ask(server: &Running, head: &str, body: &str) -> String {
    let head = head.replace("HOST", host(server));
    answers(server, format!("{}\r\n\r\n{body}", head.replace('\n', "\r\n")).as_bytes())
}

/// ASVS v5.0.0-4.2.1: no request can be hidden in another one's body.
#[test]
fn framing_that_two_readers_would_see_differently_is_not_taken() {
    let (_rig, server) = server();
    let hidden = "GET /v1/health HTTP/1.1\r\nHost: HOST\r\n\r\n".replace("HOST", host(&server));
    let start = "POST /v1/codes HTTP/1.1\nHost: HOST\nContent-Type: application/json\n";
    assert_eq!(
        statuses(&ask(&server, "GET /v1/health HTTP/1.1\nHost: HOST", &hidden)),
        [200, 200],
        "two are seen as two"
    );
    for framing in [
        "Content-Length: 0\nContent-Length: 44",
        "Content-Length: +44",
        "Content-Length: 0x2c",
        "Content-Length: 1 2",
        "Content-Length: -1",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
        "Content-Length : 0",
        "Content-Length: 99999999999999999999999",
    ] {
        let answers = ask(&server, &format!("{start}{framing}"), &hidden);
        let statuses = statuses(&answers);
        assert!(statuses.len() <= 1, "{framing}: the hidden request was answered: {answers}");
        assert!(statuses.iter().all(|status| (400..500).contains(status)), "{framing}: {answers}");
    }
    // With both, the chunks count and the length does not: what follows the last chunk is a request of its own, which a
    // reader of the length alone would have taken for content. So nothing in front of us may go by the length.
    let chunks = format!("0\r\n\r\n{hidden}");
    let both = ask(&server, &format!("{start}Content-Length: 4\nTransfer-Encoding: chunked"), &chunks);
    assert!(!both.contains("HTTP/1.1 5") && statuses(&both).first().is_none_or(|first| *first >= 400), "{both}");
    for head in [
        "GET /v1/health HTTP/1.1\nHost: HOST\nX: a\n b",
        "GET  /v1/health HTTP/1.1\nHost: HOST",
        "GET /v1/health\u{b} HTTP/1.1\nHost: HOST",
    ] {
        let answers = ask(&server, head, "");
        assert!(statuses(&answers).iter().all(|status| *status < 500), "{head}: {answers}");
    }
}

/// A name that is not ours gets nothing, however it is written (DNS rebinding).
#[test]
fn only_our_own_name_is_answered_to() {
    let (_rig, server) = server();
    let ours = host(&server).to_owned();
    let (_, port) = ours.split_once(':').unwrap();
    assert_eq!(statuses(&ask(&server, "GET /v1/health HTTP/1.1\nHost: HOST", "")), [200]);
    assert_eq!(statuses(&ask(&server, &format!("GET /v1/health HTTP/1.1\nHost: localhost:{port}"), "")), [200]);
    for head in [
        "GET /v1/health HTTP/1.1",
        "GET /v1/health HTTP/1.0",
        "GET /v1/health HTTP/1.1\nHost: evil.example",
        "GET /v1/health HTTP/1.1\nHost: HOST.evil.example",
        "GET /v1/health HTTP/1.1\nHost: evil.example@HOST",
        "GET /v1/health HTTP/1.1\nHost: HOST\nHost: evil.example",
        "GET /v1/health HTTP/1.1\nHost: evil.example\nX-Forwarded-Host: HOST",
        "GET http://evil.example/v1/health HTTP/1.1\nHost: HOST",
        "GET /v1/health HTTP/1.1\nHost: 127.0.0.1",
        "GET /v1/socket HTTP/1.1\nHost: evil.example\nConnection: upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ] {
        let answers = ask(&server, head, "");
        assert!(statuses(&answers).iter().all(|status| [400, 421].contains(status)), "{head}: {answers}");
    }
}

/// ASVS v5.0.0-3.4.1 to 3.4.6, 14.3.2: every answer protects itself, mistakes and refusals too; nobody else's page may read.
#[test]
fn answers_protect_themselves_and_are_for_our_own_page_alone() {
    let (_rig, server) = server();
    for (head, status) in [
        ("GET / HTTP/1.1\nHost: HOST", None),
        ("GET /v1/health HTTP/1.1\nHost: HOST\nOrigin: https://evil.example", Some(200)),
        ("GET /v1/me HTTP/1.1\nHost: HOST\nOrigin: null", Some(401)),
        ("GET /v1/none HTTP/1.1\nHost: HOST", Some(404)),
        ("GET /v1/health HTTP/1.1\nHost: evil.example", Some(421)),
        ("DELETE /v1/health HTTP/1.1\nHost: HOST", Some(405)),
        (
            "OPTIONS /v1/me HTTP/1.1\nHost: HOST\nOrigin: https://evil.example\nAccess-Control-Request-Method: PATCH",
            Some(405),
        ),
        ("POST /v1/codes HTTP/1.1\nHost: HOST\nContent-Length: 2\nContent-Type: text/plain\n\n{}", Some(415)),
        ("POST / HTTP/1.1\nHost: HOST\nContent-Length: 0", Some(405)),
        ("GET /assets/none.js HTTP/1.1\nHost: HOST", Some(404)),
    ] {
        let answer = ask(&server, head, "").to_ascii_lowercase();
        let found = statuses(&answer.replace("http/1.", "HTTP/1."));
        assert!(found.len() == 1 && status.is_none_or(|status| found == [status]), "{head}: {answer}");
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self';",
            "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cross-origin-resource-policy: same-origin",
            "cross-origin-opener-policy: same-origin",
            "cache-control: no-",
        ] {
            assert!(answer.contains(header), "{head} without {header}: {answer}");
        }
        assert!(!answer.contains("unsafe-") && !answer.contains("access-control-allow"), "{head}: {answer}");
        if head.contains("/v1/") {
            assert!(answer.contains("cache-control: no-store"), "{head}: {answer}");
        }
        assert!(!answer.contains("strict-transport-security"), "not over plain http: {answer}");
    }
}

/// ASVS v5.0.0-3.4.1: browsers that came over TLS once are told to stay there.
#[test]
fn a_server_behind_tls_says_so() {
    let mut rig = Rig::new();
    rig.arguments = ["--origin", "https://chat.example.org"].map(str::to_owned).into();
    let server = rig.start().unwrap();
    let answer = ask(&server, "GET /v1/health HTTP/1.1\nHost: chat.example.org", "").to_ascii_lowercase();
    assert!(answer.contains("strict-transport-security: max-age=63072000; includesubdomains"), "{answer}");
}

/// Methods mean what they are: none is taken for another, none reflects what came.
#[test]
fn methods_are_not_confused() {
    let (_rig, server) = server();
    for method in ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "get", "G"] {
        let head =
            format!("{method} /v1/contacts HTTP/1.1\nHost: HOST\nX-HTTP-Method-Override: GET\nX-Canary: reflected");
        let answer = ask(&server, &head, "");
        assert!(statuses(&answer).iter().all(|status| [400, 405].contains(status)), "{method}: {answer}");
        assert!(!answer.contains("reflected"), "{method}: {answer}");
    }
    let head = ask(&server, "HEAD /v1/health HTTP/1.1\nHost: HOST", "");
    assert!(statuses(&head) == [200] && head.ends_with("\r\n\r\n"), "{head}");
    assert!(statuses(&ask(&server, "CONNECT 127.0.0.1:22 HTTP/1.1\nHost: HOST", "")).iter().all(|s| *s >= 400));
}

/// Nothing outside the client's files can be asked for by a path.
#[test]
fn a_path_leads_to_no_other_file() {
    let (rig, server) = server();
    std::fs::write(rig.path().join("canary.txt"), "canary-of-the-working-folder").unwrap();
    for path in [
        "/../canary.txt",
        "/..%2fcanary.txt",
        "/%2e%2e/canary.txt",
        "/%2e%2e%2fcanary.txt",
        "/assets/../../canary.txt",
        "/assets/%2e%2e/%2e%2e/canary.txt",
        "/..\\canary.txt",
        "/..%5ccanary.txt",
        "//canary.txt",
        "/./canary.txt",
        "/canary.txt%00.js",
        "/%252e%252e/canary.txt",
        "/../../../../../../etc/passwd",
        "/%2fetc%2fpasswd",
        "/data/billet.sqlite",
        "/v1/../../canary.txt",
        "/v1//me",
        "/V1/me",
        "/v1/me/",
        "/v1/%6de",
    ] {
        let answer = ask(&server, &format!("GET {path} HTTP/1.1\nHost: HOST"), "");
        assert!(statuses(&answer).iter().all(|status| [200, 400, 401, 404].contains(status)), "{path}: {answer}");
        for secret in ["canary-of-the-working-folder", "root:", "SQLite format"] {
            assert!(!answer.contains(secret), "{path}: {answer}");
        }
    }
}

/// What is too large is refused before it is kept.
#[test]
fn heads_and_bodies_have_an_end() {
    let (_rig, server) = server();
    let large = "x".repeat(1 << 20);
    let answer = ask(&server, &format!("GET /v1/health HTTP/1.1\nHost: HOST\nX-Large: {large}"), "");
    assert!(statuses(&answer).iter().all(|status| [400, 431].contains(status)), "{}", &answer[..200.min(answer.len())]);
    let many: String = (0..500).map(|n| format!("X-{n}: y\n")).collect();
    let answer = ask(&server, &format!("GET /v1/health HTTP/1.1\nHost: HOST\n{}", many.trim_end()), "");
    assert!(statuses(&answer).iter().all(|status| [400, 431].contains(status)), "{answer}");
    let answer = ask(&server, &format!("GET /{large} HTTP/1.1\nHost: HOST"), "");
    assert!(statuses(&answer).iter().all(|status| [400, 414, 431].contains(status)), "{answer}");
    let body = json!({ "phone": "1".repeat(9_000) }).to_string();
    let start = "POST /v1/codes HTTP/1.1\nHost: HOST\nContent-Type: application/json\n";
    let answer = ask(&server, &format!("{start}Content-Length: {}", body.len()), &body);
    assert_eq!(statuses(&answer), [413], "{answer}");
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    assert_eq!(statuses(&ask(&server, &format!("{start}Transfer-Encoding: chunked"), &chunks)), [413]);
    let deep = format!("{}{}", "[".repeat(4_000), "]".repeat(4_000));
    let answer = ask(&server, &format!("{start}Content-Length: {}", deep.len()), &deep);
    assert_eq!(statuses(&answer), [400], "{answer}");
}
