//! Copies of the data, and crashes at the worst moment.

use std::time::Duration;

use kernel::{HOUR_MS, MINUTE_MS, SECOND_MS};
use wire::ServerFrame;

use crate::support::{assert_found, assert_gone, fetch, host, people, send, store, try_send};

const WORD: &str = "a-wren-in-the-wall";

/// CHAT-PERMANENT, D-28, D-71: the newest copy from before the deadline, with the keys of after it. Nothing of the message
/// opens in it; a server that is started on it says that something was lost, and serves nothing of it either.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_with_the_keys_of_now_brings_nothing_back() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    let sent = send(&host, &ada, "1", &bob, WORD).await;
    let deadline = sent.at + 72 * HOUR_MS;
    host.live_to(deadline - MINUTE_MS).await.unwrap();
    let copy = assert_found(&mut host, &[WORD]);
    host.live_to(deadline + MINUTE_MS).await.unwrap();
    // Life goes on, so that the copy is older than the keys.
    send(&host, &ada, "2", &bob, "after the copy").await;
    host.live_to(deadline + 2 * MINUTE_MS).await.unwrap();
    assert_gone(&mut host, &[WORD], &[&copy]);

    host.put_back(&copy).unwrap();
    host.start().unwrap();
    let waiting = fetch(&host, &bob).await;
    assert!(waiting.texts().is_empty(), "{waiting:?}");
    let told = |frame: &ServerFrame| matches!(frame, ServerFrame::Notice { about, .. } if about == "restored");
    assert!(waiting.frames.iter().any(told), "{waiting:?}");
    assert!(try_send(&host, &ada, "3", &bob, "and goes on").await.is_ok());
    assert_eq!(fetch(&host, &bob).await.texts(), ["and goes on"]);
    assert_gone(&mut host, &[WORD], &[&copy]);
}

/// CHAT-PERMANENT: killed again and again while messages are delivered, their hour ends and their deadline comes. A minute
/// after it nothing opens, whatever was half done.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_the_middle_of_forgetting_forgets_all_the_same() {
    let mut host = host();
    let [ada, bob, cid] = people(&host).await;
    let delivered = send(&host, &ada, "1", &bob, WORD).await;
    let kept = send(&host, &ada, "2", &cid, "a-wren-unread").await;
    store(&host, &bob).await;
    let copy = assert_found(&mut host, &[WORD, "a-wren-unread"]);
    for over in [delivered.at + 3 * HOUR_MS, kept.at + 72 * HOUR_MS] {
        host.live_to(over - MINUTE_MS).await.unwrap();
        // The hour's pass, the deadline's key step and the expiry are somewhere between these.
        for n in 0..12 {
            host.kill().unwrap();
            host.time.advance(6 * SECOND_MS).unwrap();
            host.start().unwrap();
            tokio::time::sleep(Duration::from_millis(90 + n * 130)).await;
        }
        host.live_to(over + MINUTE_MS).await.unwrap();
    }
    assert_gone(&mut host, &[WORD, "a-wren-unread"], &[&copy]);
}
