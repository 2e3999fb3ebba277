//! Who reaches whom when somebody blocks or removes somebody: each way of reaching, in both directions, told and not told as
//! the protocol says.

use bench::{Person, Socket};
use reqwest::Method;
use serde_json::{Value, json};
use wire::ServerFrame;

use crate::support::{World, said, send, world};

/// What the two do to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    AdaBlocks,
    BobBlocks,
    BothBlock,
    AdaRemoves,
    BobRemoves,
}

/// What one of them then finds when reaching for the other.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    /// Sending a message: `sent` or the code of the error.
    send: String,
    /// Asking by id, by Billet ID, by number: the status, and the code where there is one.
    by_id: String,
    by_handle: String,
    by_number: String,
    /// Whether typing is passed on.
    typing: bool,
    /// Whether the other stands among the contacts, with their name.
    listed: bool,
}

impl Found {
    fn expected(send: &str, asked: &str, typing: bool, listed: bool) -> Self {
        let (send, by_id, by_handle) = (send.to_owned(), asked.to_owned(), asked.to_owned());
        Self { send, by_id, by_handle, by_number: "201".into(), typing, listed }
    }
}

async fn act(world: &World, act: Act) {
    let (ada, bob) = (&world.ada, &world.bob);
    let block = async |who: &Person, other: &Person| {
        let path = format!("/v1/contacts/{}/block", other.account);
        assert_eq!(world.post(&path, who, Value::Null).await.status, 204);
    };
    let remove = async |who: &Person, other: &Person| {
        let path = format!("/v1/contacts/{}", other.account);
        assert_eq!(world.call(Method::DELETE, &path, Some(who), Value::Null).await.status, 204);
    };
    match act {
        Act::AdaBlocks => block(ada, bob).await,
        Act::BobBlocks => block(bob, ada).await,
        Act::BothBlock => {
            block(ada, bob).await;
            block(bob, ada).await;
        }
        Act::AdaRemoves => remove(ada, bob).await,
        Act::BobRemoves => remove(bob, ada).await,
    }
}

async fn sends(socket: &mut Socket, to: &Person) -> String {
    socket.send_text("after", to.account, "hi").await.unwrap();
    match said(socket).await {
        ServerFrame::Sent { .. } => "sent".into(),
        ServerFrame::Error { code, .. } => code,
        other => panic!("unexpected {other:?}"),
    }
}

async fn asks(world: &World, who: &Person, to: Value) -> String {
    let answer = world.post("/v1/contacts/requests", who, json!({ "to": to })).await;
    if answer.status == 201 { "201".into() } else { format!("{} {}", answer.status, answer.code()) }
}

async fn types(mut from: Socket, to: &mut Socket, whom: &Person) -> bool {
    from.say(&json!({ "op": "typing", "to": { "account": whom.account } })).await.unwrap();
    from.say(&json!({ "op": "ping" })).await.unwrap();
    assert!(matches!(said(&mut from).await, ServerFrame::Pong));
    to.say(&json!({ "op": "ping" })).await.unwrap();
    let mut typing = false;
    loop {
        match said(to).await {
            ServerFrame::Typing { .. } => typing = true,
            ServerFrame::Pong => return typing,
            other => panic!("unexpected {other:?}"),
        }
    }
}

async fn finds(world: &World, who: &Person, other: &Person) -> Found {
    let contacts = world.get("/v1/contacts", who).await;
    let listed = contacts["contacts"].as_array().unwrap().iter().any(|contact| {
        contact["account_id"] == other.account.to_string() && contact["alias"].as_str().is_some_and(|n| !n.is_empty())
    });
    let (from, mut to) = (world.socket(who).await, world.socket(other).await);
    let typing = types(from, &mut to, other).await;
    let send = sends(&mut world.socket(who).await, other).await;
    drop(to);
    let handle = world.get("/v1/me", other).await["handle"].clone();
    // By number first: asking by id makes a request that the others would meet.
    let by_number = asks(world, who, json!({ "phone": other.phone })).await;
    let by_id = asks(world, who, json!({ "account_id": other.account })).await;
    let by_handle = asks(world, who, json!({ "handle": handle })).await;
    Found { send, by_id, by_handle, by_number, typing, listed }
}

async fn check(what: Act, ada_finds: Found, bob_finds: Found) {
    let world = world().await;
    for (who, handle) in [(&world.ada, "ada_lovelace"), (&world.bob, "bob_builder")] {
        let body = json!({ "handle": handle });
        assert_eq!(world.call(Method::PATCH, "/v1/me", Some(who), body).await.status, 200);
    }
    let mut ada = world.socket(&world.ada).await;
    let waiting = send(&mut ada, "before", &world.bob, "written before").await;
    act(&world, what).await;
    assert_eq!(finds(&world, &world.ada, &world.bob).await, ada_finds, "Ada after {what:?}");
    // What was accepted before is delivered: the other had every right to it then.
    let inbox = world.bob.connect(&world.server.url).await.unwrap().synchronise(0).await.unwrap();
    let came = inbox.iter().any(|frame| matches!(frame, ServerFrame::Envelope { message, .. } if *message == waiting));
    assert!(came, "what was in flight after {what:?}: {inbox:?}");
    assert_eq!(finds(&world, &world.bob, &world.ada).await, bob_finds, "Bob after {what:?}");
}

/// PROTOCOL: `blocked` is told to the one who blocked. The other finds no contact: in the list nothing changes, and asking again is
/// answered as to a contact.
#[tokio::test]
async fn when_ada_blocks_only_ada_is_told_so() {
    let ada = Found::expected("blocked", "409 blocked", false, true);
    let bob = Found::expected("not_a_contact", "409 already_contacts", false, true);
    check(Act::AdaBlocks, ada, bob).await;
}

#[tokio::test]
async fn when_bob_blocks_only_bob_is_told_so() {
    let ada = Found::expected("not_a_contact", "409 already_contacts", false, true);
    let bob = Found::expected("blocked", "409 blocked", false, true);
    check(Act::BobBlocks, ada, bob).await;
}

#[tokio::test]
async fn when_both_block_each_is_told_of_their_own() {
    let each = || Found::expected("blocked", "409 blocked", false, true);
    check(Act::BothBlock, each(), each()).await;
}

/// Removal is for both. Ada asks again, and that is a request; then Bob's asking makes them contacts.
#[tokio::test]
async fn when_ada_removes_neither_reaches_the_other() {
    let ada = Found::expected("not_a_contact", "201", false, false);
    let bob = Found::expected("not_a_contact", "409 already_contacts", false, false);
    check(Act::AdaRemoves, ada, bob).await;
}

#[tokio::test]
async fn when_bob_removes_neither_reaches_the_other() {
    let ada = Found::expected("not_a_contact", "201", false, false);
    let bob = Found::expected("not_a_contact", "409 already_contacts", false, false);
    check(Act::BobRemoves, ada, bob).await;
}
