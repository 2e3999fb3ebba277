//! A message that was delivered: how long other devices get it, and when nobody does any more.

use bench::Person;
use kernel::{HOUR_MS, MINUTE_MS};
use serde_json::Value;
use wire::ReceiptState;

use crate::support::{another_device, assert_found, assert_gone, fetch, host, people, receipts, send, store};

const WORD: &str = "a-heron-on-the-weir";

/// CHAT-3H, D-26: sent at T0, stored ten hours later. 59 minutes after that another device still gets it; three hours
/// after it no device does, and nothing of it opens, in the data or in the copy that was made in between.
#[tokio::test(flavor = "multi_thread")]
async fn three_hours_after_its_delivery_a_message_is_gone() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    let tablet = another_device(&host, &bob).await;
    let sent = send(&host, &ada, "1", &bob, WORD).await;
    host.walk_to(sent.at + 10 * HOUR_MS).await.unwrap();
    assert_eq!(store(&host, &bob).await.texts(), [WORD]);
    let acked = host.time.now();

    host.walk_to(acked + 59 * MINUTE_MS).await.unwrap();
    assert_eq!(fetch(&host, &tablet).await.texts(), [WORD]);
    let copy = assert_found(&mut host, &[WORD]);

    host.live_to(acked + 3 * HOUR_MS).await.unwrap();
    for device in [&ada, &bob, &tablet] {
        assert!(fetch(&host, device).await.texts().is_empty());
    }
    let again = send(&host, &ada, "1", &bob, WORD).await;
    assert_eq!(again.message, sent.message, "the same id is the same message");
    assert!(fetch(&host, &tablet).await.texts().is_empty(), "and does not come back by it");
    assert_eq!(receipts(&fetch(&host, &ada).await, sent.message), [ReceiptState::Delivered]);
    assert_gone(&mut host, &[WORD], &[&copy]);
}

/// CHAT-FIRST, D-03: five messages stored after 1 h, 68 h 59 min, 69 h, 71 h and 71 h 59 min are gone 4 h, 71 h 59 min
/// and three times 72 h after they were sent. A repeated ack, the same id sent again, a restart and a clock that steps
/// back do not make it later.
#[tokio::test(flavor = "multi_thread")]
async fn the_earlier_of_the_two_periods_decides() {
    let words = ["adder-in-fern", "bittern-in-reed", "curlew-on-mud", "dunlin-on-sand", "egret-on-roof"];
    let mut host = host();
    let [ada, bob, cid, dan, eve, fay] = people(&host).await;
    let phones = [bob, cid, dan, eve, fay];
    let mut tablets = Vec::new();
    for person in &phones {
        tablets.push(another_device(&host, person).await);
    }
    let sent_at = host.time.now();
    for (n, (word, to)) in words.iter().zip(&phones).enumerate() {
        send(&host, &ada, &n.to_string(), to, word).await;
    }
    let after = |minutes: i64| sent_at + minutes * MINUTE_MS;
    let empty = async |host: &bench::Host, n: usize| {
        assert!(fetch(host, &phones[n]).await.texts().is_empty() && fetch(host, &tablets[n]).await.texts().is_empty());
    };

    host.walk_to(after(60)).await.unwrap();
    assert_eq!(store(&host, &phones[0]).await.texts(), [words[0]]);
    host.walk_to(after(120)).await.unwrap();
    store(&host, &phones[0]).await;
    send(&host, &ada, "0", &phones[0], words[0]).await;
    let copy = assert_found(&mut host, &words);
    host.time.step_back(5 * HOUR_MS).unwrap();
    host.live_to(after(4 * 60)).await.unwrap();
    empty(&host, 0).await;
    assert_gone(&mut host, &words[..1], &[&copy]);
    host.start().unwrap();

    for (n, minutes) in [(1, 68 * 60 + 59), (2, 69 * 60), (3, 71 * 60)] {
        host.walk_to(after(minutes)).await.unwrap();
        assert_eq!(store(&host, &phones[n]).await.texts(), [words[n]]);
    }
    host.live_to(after(71 * 60 + 59)).await.unwrap();
    empty(&host, 1).await;
    assert_eq!(store(&host, &phones[4]).await.texts(), [words[4]]);
    let late = assert_found(&mut host, &words[4..]);
    assert_gone(&mut host, &words[1..2], &[&copy, &late]);
    host.start().unwrap();

    host.walk_to(after(72 * 60) + kernel::SECOND_MS).await.unwrap();
    for n in 2..5 {
        empty(&host, n).await;
    }
    host.live_to(after(73 * 60)).await.unwrap();
    assert_gone(&mut host, &words, &[&copy, &late]);
}

/// CHAT-DELIVER between two people: each device of the recipient gets a message once, in the order of sending; nobody else
/// gets it in any way, contact or not.
#[tokio::test(flavor = "multi_thread")]
async fn each_device_gets_a_message_once_and_nobody_else_does() {
    let host = host();
    let [ada, bob, cid] = people(&host).await;
    let (tablet, desk) = (another_device(&host, &bob).await, another_device(&host, &ada).await);
    let stranger = Person::register(host.url(), "+12025550199", "nobody's friend").await.unwrap();
    for id in ["1", "2"] {
        send(&host, &ada, id, &bob, &format!("{WORD}-{id}")).await;
    }
    for device in [&bob, &tablet, &desk] {
        assert_eq!(fetch(&host, device).await.texts(), [format!("{WORD}-1"), format!("{WORD}-2")]);
    }
    assert!(fetch(&host, &ada).await.texts().is_empty(), "the device that sent it holds it already");
    for other in [&cid, &stranger] {
        assert!(!everything_shown_to(&host, other).await.contains(WORD));
    }
    assert!(everything_shown_to(&host, &bob).await.contains(WORD), "this way of looking finds what is there");
    for device in [&bob, &tablet] {
        let mut socket = device.connect(host.url()).await.unwrap();
        let seq = socket.catch_up(0).await.unwrap().seq;
        socket.acknowledge(seq).await.unwrap();
        assert!(socket.catch_up(seq).await.unwrap().texts().is_empty(), "once it is stored it does not come again");
    }
}

/// CHAT-DEVICEONLY: delivered and over, with both devices wiped. No call of anybody brings it back, nor does anything the
/// operator can do with what the server has.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_brings_back_what_only_wiped_devices_held() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    let sent = send(&host, &ada, "1", &bob, WORD).await;
    assert!(everything_shown_to(&host, &bob).await.contains(WORD));
    assert_eq!(store(&host, &bob).await.texts(), [WORD]);
    let copy = assert_found(&mut host, &[WORD]);
    host.live_to(sent.at + 3 * HOUR_MS).await.unwrap();
    for wiped in [&ada, &bob] {
        let new = another_device(&host, wiped).await;
        for device in [wiped, &new] {
            assert!(!everything_shown_to(&host, device).await.contains(WORD));
        }
    }
    host.live_to(sent.at + 3 * HOUR_MS + MINUTE_MS).await.unwrap();
    assert_gone(&mut host, &[WORD], &[&copy]);
}

/// Every answer of every call that reads, and all that waits in the inbox.
async fn everything_shown_to(host: &bench::Host, device: &Person) -> String {
    let mut shown = format!("{:?}", fetch(host, device).await);
    let document = device.get(host.url(), "/v1/openapi.json").await.unwrap();
    let paths = document["paths"].as_object().unwrap();
    let reads = |(_, path): &(&String, &Value)| !path["get"].is_null();
    let plain: Vec<_> = paths.iter().filter(reads).map(|(path, _)| path).filter(|p| !p.ends_with("/socket")).collect();
    assert!(plain.len() > 5, "{plain:?}");
    for path in plain {
        shown.push_str(&format!("{:?}", device.get(host.url(), path).await));
    }
    shown
}
