//! A session that has ended does nothing more.

use std::time::Duration;

use bench::Trouble;
use reqwest::Method;
use serde_json::{Value, json};
use wire::{CLOSE_SESSION_ENDED, ServerFrame};

use crate::support::{close_code, said, send, world};

/// SECU-DEVICES: the socket of a removed device closes at once, whether it has synchronised, not yet, or its window is full; its
/// token is refused everywhere.
#[tokio::test]
async fn a_removed_device_is_cut_off_wherever_it_stands() {
    let world = world().await;
    let mut devices = Vec::new();
    for _ in 0..3 {
        devices.push(world.person(&world.bob.phone, "Bob").await);
    }
    let mut live = world.socket(&devices[0]).await;
    let mut idle = devices[1].connect(&world.server.url).await.unwrap();
    idle.say(&json!({ "op": "ping" })).await.unwrap();
    assert!(matches!(said(&mut idle).await, ServerFrame::Pong));
    let mut full = world.socket(&devices[2]).await;
    let mut ada = world.socket(&world.ada).await;
    for n in 0..=wire::UNACKED_ENVELOPES_MAX {
        send(&mut ada, &n.to_string(), &world.bob, "x").await;
    }
    for device in &devices {
        let path = format!("/v1/devices/{}", device.device);
        let removed = world.call(Method::DELETE, &path, Some(&world.bob), Value::Null).await;
        assert_eq!(removed.status, 204);
    }
    for socket in [&mut live, &mut idle, &mut full] {
        assert_eq!(close_code(socket).await, CLOSE_SESSION_ENDED);
    }
    for device in &devices {
        assert_eq!(world.call(Method::GET, "/v1/me", Some(device), Value::Null).await.status, 401);
        assert!(device.connect(&world.server.url).await.is_err());
    }
}

/// Frames that were on their way when the session ended are not obeyed.
#[tokio::test]
async fn nothing_that_comes_after_the_end_is_obeyed() {
    let world = world().await;
    let tablet = world.person(&world.ada.phone, "Ada").await;
    let mut socket = tablet.connect(&world.server.url).await.unwrap();
    socket.say(&json!({ "op": "ping" })).await.unwrap();
    assert!(matches!(said(&mut socket).await, ServerFrame::Pong));
    let path = format!("/v1/devices/{}", tablet.device);
    assert_eq!(world.call(Method::DELETE, &path, Some(&world.ada), Value::Null).await.status, 204);
    // The line may be closed already: then nothing was obeyed either.
    let _gone = socket.send_text("1", world.bob.account, "too late").await;
    let ended = loop {
        if let Err(ended) = socket.next().await {
            break ended;
        }
    };
    assert!(matches!(ended, Trouble::Closed(CLOSE_SESSION_ENDED) | Trouble::Socket(_)), "{ended:?}");
    let waiting = world.bob.connect(&world.server.url).await.unwrap().synchronise(0).await.unwrap();
    assert!(!waiting.iter().any(|frame| matches!(frame, ServerFrame::Envelope { .. })), "{waiting:?}");
}

/// A socket that is being opened while its session ends does not survive it.
#[tokio::test]
async fn a_socket_opened_at_the_same_instant_ends_too() {
    let world = world().await;
    for n in 0..8 {
        let eve = world.person(&format!("+12025540{n}02"), "Eve").await;
        let tablet = eve.clone();
        let path = format!("/v1/devices/{}", tablet.device);
        let removing = world.call(Method::DELETE, &path, Some(&eve), Value::Null);
        let (opened, removed) = tokio::join!(tablet.connect(&world.server.url), removing);
        assert_eq!(removed.status, 204);
        if let Ok(mut socket) = opened {
            let closed = tokio::time::timeout(Duration::from_secs(5), close_code(&mut socket)).await;
            assert_eq!(closed.expect("it ends by itself"), CLOSE_SESSION_ENDED);
        }
    }
}
