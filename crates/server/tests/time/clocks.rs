//! Clocks that lie, and machines that were off.

use std::time::Duration;

use bench::{Host, Socket, Trouble};
use kernel::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use wire::{ReceiptState, ServerFrame};

use crate::support::{another_device, assert_found, assert_gone, fetch, host, people, receipts, send, store};

const WORD: &str = "an-owl-at-noon";

/// D-03, CHAT-FIRST: a clock that steps back by a year, just before a deadline, revives nothing that was over and holds up
/// nothing that is due, also when the server starts anew under it.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_steps_back_revives_nothing_and_holds_up_nothing() {
    let mut host = host();
    let [ada, bob, cid] = people(&host).await;
    let first = send(&host, &ada, "1", &cid, "an-owl-at-dusk").await;
    host.walk_to(first.at + HOUR_MS).await.unwrap();
    let second = send(&host, &ada, "2", &bob, WORD).await;
    host.live_to(first.at + 72 * HOUR_MS + MINUTE_MS).await.unwrap();
    assert_eq!(fetch(&host, &cid).await.missed, 1);
    host.live_to(second.at + 72 * HOUR_MS - 15 * SECOND_MS).await.unwrap();
    assert_eq!(fetch(&host, &bob).await.texts(), [WORD]);
    let copy = assert_found(&mut host, &[WORD]);

    host.time.step_back(365 * DAY_MS).unwrap();
    host.restart().unwrap();
    assert_eq!((fetch(&host, &cid).await.texts().len(), fetch(&host, &cid).await.missed), (0, 1));
    tokio::time::sleep(Duration::from_secs(17)).await;
    assert!(fetch(&host, &bob).await.texts().is_empty(), "its instant came by the boot-time clock");
    assert_eq!(receipts(&fetch(&host, &ada).await, second.message), [ReceiptState::Expired]);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_gone(&mut host, &[WORD, "an-owl-at-dusk"], &[&copy]);
    host.start().unwrap();
    let later = send(&host, &ada, "3", &bob, "by the same time as before").await;
    assert!(later.at > second.at + 72 * HOUR_MS);
}

/// CHAT-KEEP: a jump of the clock that is taken back within the thirty seconds in which it is doubted costs nothing, also
/// over a restart, an orderly stop and a crash. Meanwhile nothing is served and nothing is accepted.
#[tokio::test(flavor = "multi_thread")]
async fn a_jump_that_is_taken_back_in_time_loses_nothing() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    send(&host, &ada, "1", &bob, WORD).await;
    for round in 0..3 {
        let mut open = bob.connect(host.url()).await.unwrap();
        host.time.advance(100 * HOUR_MS).unwrap();
        assert_doubted_on(&mut open, &ada).await;
        assert_doubted(&host, &bob).await;
        match round {
            0 => tokio::time::sleep(Duration::from_secs(20)).await,
            1 => host.restart().unwrap(),
            _ => {
                host.kill().unwrap();
                host.start().unwrap();
            }
        }
        assert_doubted(&host, &bob).await;
        host.time.step_back(100 * HOUR_MS).unwrap();
        host.look().await.unwrap();
        assert_eq!(fetch(&host, &bob).await.texts(), [WORD]);
    }
    assert_found(&mut host, &[WORD]);
    assert_eq!(store(&host, &bob).await.texts(), [WORD]);
}

/// CHAT-72H: a jump that is still there at the second look is believed, and what it makes due is gone a minute later.
#[tokio::test(flavor = "multi_thread")]
async fn a_jump_that_stays_is_believed_and_ends_what_is_due() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    let sent = send(&host, &ada, "1", &bob, WORD).await;
    let copy = assert_found(&mut host, &[WORD]);
    host.jump_to(sent.at + 72 * HOUR_MS).await.unwrap();
    assert!(fetch(&host, &bob).await.texts().is_empty());
    host.live_to(sent.at + 72 * HOUR_MS + MINUTE_MS).await.unwrap();
    assert_eq!(receipts(&fetch(&host, &ada).await, sent.message), [ReceiptState::Expired]);
    assert_gone(&mut host, &[WORD], &[&copy]);
}

/// CHAT-KEEP, CHAT-3H: off for five hours. What nobody had fetched is served; what was delivered and is overdue by then is
/// refused from the first moment, and its key dies with the first pass.
#[tokio::test(flavor = "multi_thread")]
async fn after_five_hours_off_the_undelivered_is_there_and_the_delivered_is_gone() {
    let mut off = Off::of(5 * HOUR_MS).await;
    assert_eq!(fetch(&off.host, &off.bob).await.texts(), [WAITING]);
    assert!(receipts(&fetch(&off.host, &off.ada).await, off.waiting.message).is_empty());
    off.host.kill().unwrap();
    assert!(!off.host.scan(WAITING).unwrap().is_clean());
    let copy = off.copy.clone();
    assert_gone(&mut off.host, &[DELIVERED], &[&copy]);
}

/// CHAT-72H, D-27: off for 73 hours. Every deadline has passed: nothing is served, the sender is told, the recipient gets the
/// count.
#[tokio::test(flavor = "multi_thread")]
async fn after_73_hours_off_all_is_gone_and_told() {
    assert_all_gone_after(73 * HOUR_MS).await;
}

/// CHAT-72H, D-27: the same after 30 days.
#[tokio::test(flavor = "multi_thread")]
async fn after_30_days_off_all_is_gone_and_told() {
    assert_all_gone_after(30 * DAY_MS).await;
}

/// D-03: a jump that was wrong and believed, and the clock put right by the operator. What had a deadline is gone and told;
/// who is whose contact stays, and new messages have the right time.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_jump_that_was_believed_can_be_taken_back() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    send(&host, &ada, "1", &bob, WORD).await;
    let copy = assert_found(&mut host, &[WORD]);
    host.jump_to(host.time.now() + 40 * HOUR_MS).await.unwrap();
    assert_eq!(fetch(&host, &bob).await.texts(), [WORD], "not old enough");
    host.time.step_back(40 * HOUR_MS).unwrap();
    host.stop().unwrap();
    host.operator(&["clock", "reset", "--yes"]).unwrap();
    host.start().unwrap();
    // Sessions had a deadline too: both sign in anew, on devices that were not there before.
    let (ada, bob) = (another_device(&host, &ada).await, another_device(&host, &bob).await);
    let sent = send(&host, &ada, "2", &bob, "in time again").await;
    assert!(sent.at.since(host.time.now()).abs() < MINUTE_MS, "{:?}", sent.at);
    assert_eq!(fetch(&host, &bob).await.texts(), ["in time again"]);
    assert_gone(&mut host, &[WORD], &[&copy]);
}

const DELIVERED: &str = "an-owl-that-was-heard";
const WAITING: &str = "an-owl-that-was-not";

/// A host that was off, with one message delivered half an hour before and one that waited.
struct Off {
    host: Host,
    ada: bench::Person,
    bob: bench::Person,
    waiting: crate::support::Sent,
    copy: std::path::PathBuf,
}

impl Off {
    async fn of(ms: i64) -> Self {
        let mut host = host();
        let [ada, bob] = people(&host).await;
        send(&host, &ada, "1", &bob, DELIVERED).await;
        assert_eq!(store(&host, &bob).await.texts(), [DELIVERED]);
        host.walk_to(host.time.now() + HOUR_MS / 2).await.unwrap();
        let waiting = send(&host, &ada, "2", &bob, WAITING).await;
        let copy = assert_found(&mut host, &[DELIVERED, WAITING]);
        host.stop().unwrap();
        host.time.advance(ms).unwrap();
        host.start().unwrap();
        // The boot is the same, so that the clock is doubted first: nothing is served.
        assert_doubted(&host, &bob).await;
        host.believed().await.unwrap();
        Self { host, ada, bob, waiting, copy }
    }
}

async fn assert_all_gone_after(ms: i64) {
    let mut off = Off::of(ms).await;
    let waiting = fetch(&off.host, &off.bob).await;
    assert_eq!((waiting.texts().len(), waiting.missed), (0, 1));
    assert_eq!(receipts(&fetch(&off.host, &off.ada).await, off.waiting.message), [ReceiptState::Expired]);
    let copy = off.copy.clone();
    assert_gone(&mut off.host, &[DELIVERED, WAITING], &[&copy]);
}

/// Nothing is answered and nobody is let in while the clock is doubted.
async fn assert_doubted(host: &Host, device: &bench::Person) {
    let refused = host.look().await.unwrap_err().to_string();
    assert!(refused.contains("503") && refused.contains("clock_check"), "{refused}");
    let refused = device.get(host.url(), "/v1/contacts").await.unwrap_err().to_string();
    assert!(refused.contains("503") && refused.contains("clock_check"), "{refused}");
    let refused = device.connect(host.url()).await.unwrap_err().to_string();
    assert!(refused.contains("503"), "{refused}");
}

/// Nor on a socket that was open before.
async fn assert_doubted_on(socket: &mut Socket, to: &bench::Person) {
    let Err(Trouble::Answer(refused)) = socket.catch_up(0).await else { panic!("served under a doubted clock") };
    assert!(refused.starts_with("clock_check"), "{refused}");
    socket.send_text("doubted", to.account, "hi").await.unwrap();
    let answer = socket.next_but_notices().await.unwrap();
    assert!(matches!(&answer, ServerFrame::Error { code, .. } if code == "clock_check"), "{answer:?}");
}
