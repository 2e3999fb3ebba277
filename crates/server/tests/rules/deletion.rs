//! An account ends at once.

use std::path::Path;
use std::time::Duration;

use bench::{Person, Server};
use reqwest::Method;
use serde_json::{Value, json};
use wire::{CLOSE_SESSION_ENDED, ReceiptState, ServerFrame};

use crate::support::{World, binary, close_code, said, send, world};

/// Every file below a folder that holds these bytes.
fn found_in(folder: &Path, bytes: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(found_in(&path, bytes));
        } else if path.is_file() && std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            found.push(path);
        }
    }
    found
}

/// The account's id as it stands in clear in every box that was sealed for it.
fn id_bytes(person: &Person) -> [u8; 16] {
    person.account.to_bytes()
}

/// ACCT-DELETE, D-05: sockets close, tokens die, contacts are told in a notice that waits for them, and see it gone.
#[tokio::test]
async fn sessions_end_sockets_close_and_contacts_are_told() {
    let world = world().await;
    let tablet = world.person(&world.ada.phone, "Ada").await;
    let (mut ada, mut second) = (world.socket(&world.ada).await, tablet.connect(&world.server.url).await.unwrap());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let answer = world.delete_account(&world.ada).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!(close_code(&mut ada).await, CLOSE_SESSION_ENDED);
    assert_eq!(close_code(&mut second).await, CLOSE_SESSION_ENDED, "one that had not synchronised, too");
    for person in [&world.ada, &tablet] {
        let me = world.call(Method::GET, "/v1/me", Some(person), Value::Null).await;
        assert_eq!((me.status, &*me.code()), (401, "not_signed_in"));
        assert!(person.connect(&world.server.url).await.is_err());
    }
    assert_eq!(world.get("/v1/contacts", &world.bob).await["contacts"], json!([]));
    // Bob was away.
    let waiting = world.bob.connect(&world.server.url).await.unwrap().synchronise(0).await.unwrap();
    let told = waiting.iter().find_map(|frame| match frame {
        ServerFrame::Notice { seq, about, account } if about == "account_deleted" => Some((*seq > 0, *account)),
        _ => None,
    });
    assert_eq!(told, Some((true, Some(world.ada.account))), "{waiting:?}");
}

/// CHAT-SENDERDEL: of what the account sent, the undelivered is destroyed at once, and so is the server's copy of the delivered; what
/// waits for it is withdrawn, and whoever wrote it is told.
#[tokio::test]
async fn what_is_undelivered_goes_with_the_account_either_way() {
    let world = world().await;
    let later = world.person(&world.bob.phone, "Bob").await;
    let (mut ada, mut bob) = (world.socket(&world.ada).await, world.socket(&world.bob).await);
    send(&mut ada, "1", &world.bob, "delivered").await;
    let ServerFrame::Envelope { seq, content, .. } = said(&mut bob).await else { panic!("no envelope") };
    assert_eq!(content.0["text"], "delivered");
    bob.acknowledge(seq).await.unwrap();
    drop(bob);
    send(&mut ada, "2", &world.bob, "undelivered").await;
    drop(ada);
    let mut bob = world.bob.connect(&world.server.url).await.unwrap();
    let unread = send(&mut bob, "1", &world.ada, "never read").await;

    assert_eq!(world.delete_account(&world.ada).await.status, 204);
    let waiting = bob.synchronise(seq).await.unwrap();
    assert!(!waiting.iter().any(|frame| matches!(frame, ServerFrame::Envelope { .. })), "{waiting:?}");
    let expired = waiting.iter().any(|frame| {
        matches!(frame, ServerFrame::Receipt { message, state: ReceiptState::Expired, account, .. }
            if *message == unread && *account == world.ada.account)
    });
    assert!(expired, "{waiting:?}");
    let others = later.connect(&world.server.url).await.unwrap().synchronise(0).await.unwrap();
    // What Bob wrote himself is his: his other device has its copy.
    let hers = |frame: &ServerFrame| matches!(frame, ServerFrame::Envelope { from, .. } if *from == world.ada.account);
    assert!(!others.iter().any(hers), "{others:?}");
}

/// ACCT-REREG: the number registers afresh, and old contacts see a stranger.
#[tokio::test]
async fn the_number_begins_anew() {
    let world = world().await;
    assert_eq!(world.delete_account(&world.ada).await.status, 204);
    // The code went with the account, so that another may be asked for at once.
    let again = world.person(&world.ada.phone, "Somebody").await;
    assert_ne!(again.account, world.ada.account);
    let mut socket = world.socket(&again).await;
    socket.send_text("1", world.bob.account, "hi").await.unwrap();
    assert_eq!(crate::support::error_code(&mut socket).await, "not_a_contact");
    assert_eq!(world.get("/v1/contacts", &again).await["contacts"], json!([]));
}

/// ACCT-DELETE: a search of every file, data and keys, finds what it could find before, and does not afterwards.
#[tokio::test]
async fn no_file_of_data_or_keys_has_its_name_or_number_and_its_key_is_gone() {
    let world = world().await;
    let mut ada = world.socket(&world.ada).await;
    send(&mut ada, "1", &world.bob, "hello").await;
    let keys = world.folder.path().join("data-keys");
    let database = found_in(&world.data(), &id_bytes(&world.ada));
    assert!(database.iter().any(|path| path.to_string_lossy().contains("sqlite")), "the search must see rows");
    assert_eq!(world.delete_account(&world.ada).await.status, 204);
    // The files of the database are cut beside the answer.
    let mut left = found_in(&world.data(), &id_bytes(&world.ada));
    for _ in 0..50 {
        left = found_in(&world.data(), &id_bytes(&world.ada));
        if !left.iter().any(|path| path.to_string_lossy().contains("sqlite")) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!left.iter().any(|path| path.to_string_lossy().contains("sqlite")), "{left:?}");
    assert!(left.iter().all(|path| path.to_string_lossy().contains("lease-log")), "{left:?}");
    assert!(found_in(&keys, &id_bytes(&world.ada)).is_empty(), "slots are wrapped, ids included");
    for text in ["Ada", &world.ada.phone] {
        assert!(found_in(&world.data(), text.as_bytes()).is_empty() && found_in(&keys, text.as_bytes()).is_empty());
    }
}

/// A send that is on its way while its recipient leaves is refused or told to have expired: never lost in silence.
#[tokio::test]
async fn a_send_at_the_same_instant_is_refused_or_expires() {
    let world = world().await;
    let mut bob = world.socket(&world.bob).await;
    let leaving = world.delete_account(&world.ada);
    let sending = async {
        for n in 0..200 {
            bob.send_text(&n.to_string(), world.ada.account, "hi").await.unwrap();
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        bob.say(&json!({ "op": "ping" })).await.unwrap();
    };
    let (left, ()) = tokio::join!(leaving, sending);
    assert_eq!(left.status, 204);
    let (mut sent, mut refused, mut expired) = (0, 0, 0);
    while sent + refused < 200 || expired < sent {
        match said(&mut bob).await {
            ServerFrame::Sent { .. } => sent += 1,
            ServerFrame::Receipt { state: ReceiptState::Expired, .. } => expired += 1,
            ServerFrame::Error { code, .. } => {
                assert_eq!(code, "not_a_contact");
                refused += 1;
            }
            ServerFrame::Notice { .. } | ServerFrame::Pong => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!((sent + refused, expired), (200, sent));
}

/// D-05: the server is killed at any point of a deletion. After the start the account is whole, or gone without a rest.
#[tokio::test]
async fn a_deletion_cut_off_by_a_kill_is_whole_or_not_begun() {
    let World { server, ada, bob, http, folder } = world().await;
    let start = Server::on(binary(), &folder.path().join("data"));
    let mut world = World { server, ada, bob, http, folder };
    for round in 0..6_u64 {
        let phone = format!("+12025540{round}01");
        let eve = world.person(&phone, "Eve").await;
        eve.befriend(&world.server.url, &world.bob).await.unwrap();
        let mut bob = world.socket(&world.bob).await;
        let message = send(&mut bob, &format!("round-{round}"), &eve, "hi").await;
        let code = world.code_for(&phone).await;
        let url = format!("{}/v1/me", world.server.url);
        let request = world.http.delete(url).bearer_auth(&eve.token).json(&json!({ "code": code })).send();
        let request = tokio::spawn(request);
        tokio::time::sleep(Duration::from_micros(700 * round)).await;
        world.server.kill().unwrap();
        let answered = matches!(request.await.unwrap(), Ok(answer) if answer.status() == 204);
        world.server = start.start().unwrap();
        let me = world.call(Method::GET, "/v1/me", Some(&eve), Value::Null).await;
        if me.status == 200 {
            assert!(!answered, "what was answered is done");
            continue;
        }
        let contacts = world.get("/v1/contacts", &world.bob).await;
        assert!(!contacts.to_string().contains(&eve.account.to_string()), "{contacts}");
        let waiting = world.bob.connect(&world.server.url).await.unwrap().synchronise(0).await.unwrap();
        let expired = |frame: &ServerFrame| matches!(frame, ServerFrame::Receipt { message: m, state: ReceiptState::Expired, .. } if *m == message);
        assert!(waiting.iter().any(expired), "round {round}: {waiting:?}");
        assert_ne!(world.person(&phone, "Eve again").await.account, eve.account);
    }
}
