//! What stands about a message besides the message: receipts, and the ids that make a repeated send the same message.

use kernel::{HOUR_MS, MINUTE_MS};
use wire::ReceiptState;

use crate::support::{assert_opens, assert_opens_no_more, fetch, host, people, receipts, send, store};

/// D-27, D-47: a receipt waits 72 hours from its delivery, not from the message's sending, and nothing of it opens a minute
/// later. The id of the message is what stands in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_gone_72_hours_after_it_was_made() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    let sent = send(&host, &ada, "1", &bob, "hi").await;
    host.walk_to(sent.at + 10 * HOUR_MS).await.unwrap();
    store(&host, &bob).await;
    let made_by = host.time.now();
    host.live_to(sent.at + 72 * HOUR_MS + MINUTE_MS).await.unwrap();
    assert_eq!(receipts(&fetch(&host, &ada).await, sent.message), [ReceiptState::Delivered]);
    let message = sent.message.to_string();
    let copy = assert_opens(&mut host, &message);
    host.walk_to(made_by + 72 * HOUR_MS).await.unwrap();
    assert!(receipts(&fetch(&host, &ada).await, sent.message).is_empty());
    host.live_to(made_by + 72 * HOUR_MS + MINUTE_MS).await.unwrap();
    assert_opens_no_more(&mut host, &message, &copy);
}

/// D-47: the same id of the same device is the same message for 72 hours, through a restart and after it was delivered;
/// after that it is a new one, and of the old one's id nothing opens.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_id_is_a_new_message_after_72_hours() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    let sent = send(&host, &ada, "same", &bob, "hi").await;
    store(&host, &bob).await;
    host.live_to(sent.at + 72 * HOUR_MS - MINUTE_MS).await.unwrap();
    assert_eq!(send(&host, &ada, "same", &bob, "hi").await.message, sent.message);
    host.restart().unwrap();
    assert_eq!(send(&host, &ada, "same", &bob, "hi").await.message, sent.message);
    let message = sent.message.to_string();
    let copy = assert_opens(&mut host, &message);
    host.live_to(sent.at + 72 * HOUR_MS + MINUTE_MS).await.unwrap();
    assert_opens_no_more(&mut host, &message, &copy);
    host.start().unwrap();
    assert_ne!(send(&host, &ada, "same", &bob, "hi").await.message, sent.message);
    assert_eq!(fetch(&host, &bob).await.texts(), ["hi"]);
}
