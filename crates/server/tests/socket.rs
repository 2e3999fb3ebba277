//! The socket protocol, spoken to the release binary from outside.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::Path;

use bench::{Person, Server, Socket, Trouble};
use serde_json::json;
use wire::{ReceiptState, ServerFrame, To, UNACKED_ENVELOPES_MAX};

struct World {
    server: Server,
    ada: Person,
    bob: Person,
    _folder: tempfile::TempDir,
}

/// A server with two people who are contacts.
async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::on(Path::new(env!("CARGO_BIN_EXE_billet")), &folder.path().join("data")).start().unwrap();
    let (ada, bob) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
    World { server, ada, bob, _folder: folder }
}

impl World {
    async fn socket(&self, person: &Person) -> Socket {
        let mut socket = person.connect(&self.server.url).await.unwrap();
        socket.synchronise(0).await.unwrap();
        socket
    }
}

/// The code of the error that comes next.
async fn error_code(socket: &mut Socket) -> String {
    match socket.next_but_notices().await.unwrap() {
        ServerFrame::Error { code, .. } => code,
        other => panic!("expected an error, got {other:?}"),
    }
}

/// CHAT-DELIVER
#[tokio::test]
async fn a_message_is_sent_delivered_and_its_receipt_comes_back() {
    let world = world().await;
    let (mut ada, mut bob) = (world.socket(&world.ada).await, world.socket(&world.bob).await);
    ada.send_text("1", world.bob.account, "hi").await.unwrap();
    let ServerFrame::Sent { id, message, at, .. } = ada.next_but_notices().await.unwrap() else { panic!("not sent") };
    assert_eq!(id, "1");
    let envelope = bob.next_but_notices().await.unwrap();
    let ServerFrame::Envelope { seq, message: m, from, to, at: a, kind, content } = envelope else {
        panic!("no envelope")
    };
    assert_eq!((m, from, to, a), (message, world.ada.account, To::Account(world.bob.account), at));
    assert_eq!((&*kind, &content.0), ("text", &json!({ "text": "hi" })));
    bob.acknowledge(seq).await.unwrap();
    let receipt = ada.next_but_notices().await.unwrap();
    let ServerFrame::Receipt { message: m, state, account, delivered, .. } = receipt else { panic!("no receipt") };
    assert_eq!((m, state, account, delivered), (message, ReceiptState::Delivered, world.bob.account, None));
}

#[tokio::test]
async fn content_is_passed_on_byte_for_byte() {
    let world = world().await;
    let (mut ada, mut bob) = (world.socket(&world.ada).await, world.socket(&world.bob).await);
    let content = r#"{ "b":1.0e2, "a" : "\u00e9\ud83d\ude00/\/", "a":null }"#;
    let to = world.bob.account;
    let frame = format!(r#"{{"op":"send","id":"x","to":{{"account":"{to}"}},"kind":"custom_1","content":{content}}}"#);
    ada.out_text(frame).await;
    let text = loop {
        let text = bob.next_text().await.unwrap();
        if text.contains("envelope") {
            break text;
        }
    };
    assert!(text.contains(content), "{text}");
}

/// CHAT-KEEP
#[tokio::test]
async fn who_was_away_gets_everything_in_order() {
    let world = world().await;
    let mut ada = world.socket(&world.ada).await;
    for n in 0..600 {
        ada.send_text(&n.to_string(), world.bob.account, &n.to_string()).await.unwrap();
        assert!(matches!(ada.next_but_notices().await.unwrap(), ServerFrame::Sent { .. }));
    }
    let mut bob = world.bob.connect(&world.server.url).await.unwrap();
    bob.say(&json!({ "op": "sync", "after": 0 })).await.unwrap();
    let (mut next, mut unacked) = (0, 0);
    while next < 600 {
        match bob.next_but_notices().await.unwrap() {
            ServerFrame::Envelope { seq, content, .. } => {
                assert_eq!(content.0["text"], next.to_string());
                (next, unacked) = (next + 1, unacked + 1);
                if unacked == UNACKED_ENVELOPES_MAX {
                    bob.say(&json!({ "op": "ack", "seq": seq })).await.unwrap();
                    unacked = 0;
                }
            }
            ServerFrame::Acked { .. } => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    assert!(matches!(bob.next_but_notices().await.unwrap(), ServerFrame::Synced { missed: 0, .. }));
}

#[tokio::test]
async fn no_more_than_a_window_is_on_its_way() {
    let world = world().await;
    let mut ada = world.socket(&world.ada).await;
    let mut bob = world.socket(&world.bob).await;
    for n in 0..=UNACKED_ENVELOPES_MAX {
        ada.send_text(&n.to_string(), world.bob.account, "x").await.unwrap();
        assert!(matches!(ada.next_but_notices().await.unwrap(), ServerFrame::Sent { .. }));
    }
    let mut last = 0;
    for _ in 0..UNACKED_ENVELOPES_MAX {
        let ServerFrame::Envelope { seq, .. } = bob.next_but_notices().await.unwrap() else { panic!("no envelope") };
        last = seq;
    }
    bob.say(&json!({ "op": "ping" })).await.unwrap();
    assert!(matches!(bob.next().await.unwrap(), ServerFrame::Pong), "nothing more comes before an ack");
    let rest = bob.acknowledge(last).await.unwrap();
    let more = match rest.into_iter().next() {
        Some(frame) => frame,
        None => bob.next_but_notices().await.unwrap(),
    };
    assert!(matches!(more, ServerFrame::Envelope { .. }));
}

#[tokio::test]
async fn the_same_id_is_the_same_message_and_other_content_is_refused() {
    let world = world().await;
    let mut ada = world.socket(&world.ada).await;
    let mut sent = Vec::new();
    for _ in 0..3 {
        ada.send_text("once", world.bob.account, "hi").await.unwrap();
        let ServerFrame::Sent { message, at, seq, .. } = ada.next_but_notices().await.unwrap() else {
            panic!("not sent")
        };
        sent.push((message, at, seq));
    }
    assert!(sent.iter().all(|s| *s == sent[0]), "{sent:?}");
    ada.send_text("once", world.bob.account, "something else").await.unwrap();
    assert_eq!(error_code(&mut ada).await, "id_reused");
    let waiting = world.bob.connect(&world.server.url).await.unwrap().synchronise(0).await.unwrap();
    assert_eq!(waiting.iter().filter(|f| matches!(f, ServerFrame::Envelope { .. })).count(), 1);
}

#[tokio::test]
async fn the_senders_other_device_gets_a_copy_and_the_sending_one_does_not() {
    let world = world().await;
    let second = Person::register(&world.server.url, &world.ada.phone, "Ada").await.unwrap();
    assert_eq!(second.account, world.ada.account);
    let (mut one, mut two) = (world.socket(&world.ada).await, world.socket(&second).await);
    one.send_text("1", world.bob.account, "from one").await.unwrap();
    let ServerFrame::Sent { message, seq, .. } = one.next_but_notices().await.unwrap() else { panic!("not sent") };
    let copy = two.next_but_notices().await.unwrap();
    let ServerFrame::Envelope { message: m, seq: s, .. } = copy else { panic!("no copy: {copy:?}") };
    assert_eq!((m, s), (message, seq));
    one.say(&json!({ "op": "ping" })).await.unwrap();
    assert!(matches!(one.next_but_notices().await.unwrap(), ServerFrame::Pong), "the sending device gets no copy");
}

#[tokio::test]
async fn each_device_has_its_own_cursor() {
    let world = world().await;
    let second = Person::register(&world.server.url, &world.bob.phone, "Bob").await.unwrap();
    let (mut ada, mut one) = (world.socket(&world.ada).await, world.socket(&world.bob).await);
    ada.send_text("1", world.bob.account, "hi").await.unwrap();
    assert!(matches!(ada.next_but_notices().await.unwrap(), ServerFrame::Sent { .. }));
    let ServerFrame::Envelope { seq, .. } = one.next_but_notices().await.unwrap() else { panic!("no envelope") };
    one.acknowledge(seq).await.unwrap();
    let later = second.connect(&world.server.url).await.unwrap().synchronise(0).await.unwrap();
    assert!(
        later.iter().any(|f| matches!(f, ServerFrame::Envelope { .. })),
        "the other device still gets it: {later:?}"
    );
}

/// SECR-ACCESS
#[tokio::test]
async fn a_stranger_and_nobody_are_the_same_to_a_sender() {
    let world = world().await;
    let eve = Person::register(&world.server.url, "+12025559001", "Eve").await.unwrap();
    let mut socket = world.socket(&eve).await;
    socket.send_text("1", world.bob.account, "hi").await.unwrap();
    assert_eq!(error_code(&mut socket).await, "not_a_contact");
    socket.send_text("2", kernel::AccountId::new(kernel::Millis(1), 1), "hi").await.unwrap();
    assert_eq!(error_code(&mut socket).await, "not_a_contact");
}

#[tokio::test]
async fn what_is_wrong_with_a_frame_is_said() {
    let world = world().await;
    let mut ada = world.socket(&world.ada).await;
    for (frame, code) in [
        (json!({ "op": "sing" }), "unknown_op"),
        (json!({ "op": "ack", "seq": 9_000_000_000_000_000_u64 }), "bad_seq"),
        (json!({ "op": "sync", "after": 9_000_000_000_000_000_u64 }), "bad_seq"),
        (json!({ "op": "send", "id": "a" }), "missing_field"),
    ] {
        ada.say(&frame).await.unwrap();
        assert_eq!(error_code(&mut ada).await, code, "{frame}");
    }
    ada.out_text("not json".into()).await;
    assert_eq!(error_code(&mut ada).await, "malformed");
}

#[tokio::test]
async fn typing_reaches_a_contact_who_is_there() {
    let world = world().await;
    let (mut ada, mut bob) = (world.socket(&world.ada).await, world.socket(&world.bob).await);
    ada.say(&json!({ "op": "typing", "to": { "account": world.bob.account } })).await.unwrap();
    let ServerFrame::Typing { from, .. } = bob.next_but_notices().await.unwrap() else { panic!("not typing") };
    assert_eq!(from, world.ada.account);
}

#[tokio::test]
async fn a_newer_socket_of_the_device_closes_the_older_and_signing_out_closes_it_too() {
    let world = world().await;
    let mut older = world.socket(&world.ada).await;
    let mut newer = world.socket(&world.ada).await;
    assert!(matches!(older.next().await, Err(Trouble::Closed(4009))));
    world.ada.delete(&world.server.url, "/v1/sessions/current").await.unwrap();
    assert!(matches!(newer.next_but_notices().await, Err(Trouble::Closed(4001))));
    assert!(world.ada.connect(&world.server.url).await.is_err(), "the session is over");
}

/// CHAT-KEEP
#[tokio::test]
async fn everything_that_waits_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let start = Server::on(Path::new(env!("CARGO_BIN_EXE_billet")), &folder.path().join("data"));
    let server = start.start().unwrap();
    let (ada, bob) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
    let mut socket = ada.connect(&server.url).await.unwrap();
    socket.synchronise(0).await.unwrap();
    socket.send_text("1", bob.account, "before").await.unwrap();
    assert!(matches!(socket.next_but_notices().await.unwrap(), ServerFrame::Sent { .. }));
    server.stop().unwrap();
    let server = start.start().unwrap();
    let waiting = bob.connect(&server.url).await.unwrap().synchronise(0).await.unwrap();
    assert!(
        waiting.iter().any(|f| matches!(f, ServerFrame::Envelope { content, .. } if content.0["text"] == "before"))
    );
    server.stop().unwrap();
}
