//! A message that nobody has fetched: kept until its deadline, and not beyond.

use kernel::{HOUR_MS, MINUTE_MS, SECOND_MS};
use wire::ReceiptState;

use crate::support::{assert_found, assert_gone, fetch, host, people, receipts, send, store};

const WORD: &str = "a-kite-over-the-ridge";

/// CHAT-72H, D-03, D-27: a minute before the deadline a device that connects gets it; from the instant on it does not. The
/// sender is told `expired`, the recipient how many were missed, and a minute later nothing of it opens.
#[tokio::test(flavor = "multi_thread")]
async fn seventy_two_hours_after_it_was_sent_a_message_is_gone() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    let sent = send(&host, &ada, "1", &bob, WORD).await;
    let deadline = sent.at + 72 * HOUR_MS;
    host.live_to(deadline - MINUTE_MS).await.unwrap();
    assert_eq!(fetch(&host, &bob).await.texts(), [WORD]);
    assert!(receipts(&fetch(&host, &ada).await, sent.message).is_empty());
    let copy = assert_found(&mut host, &[WORD]);

    host.walk_to(deadline).await.unwrap();
    assert!(fetch(&host, &bob).await.texts().is_empty());
    host.live_to(deadline + MINUTE_MS).await.unwrap();
    assert_eq!(receipts(&fetch(&host, &ada).await, sent.message), [ReceiptState::Expired]);
    let bobs = fetch(&host, &bob).await;
    assert_eq!((bobs.texts().len(), bobs.missed), (0, 1));
    assert_gone(&mut host, &[WORD], &[&copy]);
}

/// CHAT-KEEP: the recipient is away while the server is stopped and killed again and again, with every pass in between.
/// After 71 hours all that was acknowledged arrives, in order.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_undelivered_is_there_after_71_hours_of_restarts_and_crashes() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    let first = send(&host, &ada, "0", &bob, "kept-0").await;
    let mut kept = vec!["kept-0".to_owned()];
    for n in 1..12 {
        host.live_to(first.at + n * 71 * HOUR_MS / 12).await.unwrap();
        if n % 2 == 0 {
            host.kill().unwrap()
        } else {
            host.stop().unwrap()
        }
        host.start().unwrap();
        let word = format!("kept-{n}");
        send(&host, &ada, &n.to_string(), &bob, &word).await;
        kept.push(word);
    }
    host.walk_to(first.at + 71 * HOUR_MS).await.unwrap();
    assert_eq!(store(&host, &bob).await.texts(), kept);
    let adas = fetch(&host, &ada).await;
    assert_eq!(receipts(&adas, first.message), [ReceiptState::Delivered]);
}

/// CHAT-72H, D-27: what expired is counted for 72 hours, and a receipt of it waits as long.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_counted_for_72_hours_and_then_forgotten() {
    let host = host();
    let [ada, bob] = people(&host).await;
    for id in ["1", "2", "3"] {
        send(&host, &ada, id, &bob, WORD).await;
    }
    let deadline = host.time.now() + 72 * HOUR_MS;
    host.live_to(deadline + 5 * SECOND_MS).await.unwrap();
    assert_eq!(fetch(&host, &bob).await.missed, 3);
    assert_eq!(fetch(&host, &ada).await.frames.len(), 3);
    host.walk_to(deadline + 71 * HOUR_MS).await.unwrap();
    assert_eq!(fetch(&host, &bob).await.missed, 3);
    host.live_to(deadline + 72 * HOUR_MS + MINUTE_MS).await.unwrap();
    assert_eq!(fetch(&host, &bob).await.missed, 0);
    assert!(fetch(&host, &ada).await.frames.is_empty());
}
