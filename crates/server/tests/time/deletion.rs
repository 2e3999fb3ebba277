//! An account that is deleted: at once, for every field there is, in every copy.

use bench::{Host, Person};
use kernel::{HOUR_MS, MINUTE_MS, MessageId};
use serde_json::json;
use wire::ReceiptState;

use crate::support::{another_device, assert_found, assert_gone, fetch, host, number, people, receipts, send, store};

const UNREAD: &str = "a-swift-unread";
const READ: &str = "a-swift-read";

/// D-05, ACCT-DELETE, REGN-RETAIN: one canary in every field that a person can fill today. All
/// of them are found; the account is deleted and the plug pulled; none opens, in the data or in the copy of before.
#[tokio::test(flavor = "multi_thread")]
async fn with_its_account_everything_about_a_person_is_gone_at_once() {
    let mut host = host();
    let [bob, cid] = people(&host).await;
    let phone = number(61);
    let fields =
        json!({ "alias": "alias-of-ada", "device": { "name": "phone-of-ada", "platform": "platform-of-ada" } });
    let ada = Person::sign_in_from(host.url(), "127.202.3.4".parse().unwrap(), &phone, fields).await.unwrap();
    let tablet = another_device(&host, &ada).await;
    ada.befriend(host.url(), &bob).await.unwrap();
    ada.patch(host.url(), "/v1/me", &json!({ "handle": "handle_of_ada" })).await.unwrap();
    let contact = format!("/v1/contacts/{}", bob.account);
    ada.patch(host.url(), &contact, &json!({ "remark": "remark-by-ada", "tags": ["tag-by-ada"] })).await.unwrap();
    let shown = json!([{ "message": MessageId::new(bob.account.made_at(), 1), "at": 1, "text": "shown-by-ada" }]);
    let report = json!({ "account_id": cid.account, "reason": "other", "text": "report-by-ada", "messages": shown });
    ada.post(host.url(), "/v1/reports", &report).await.unwrap();
    let code = ada.get(host.url(), "/v1/me/add_token").await.unwrap();
    let of = MessageId::new(bob.account.made_at(), 2).to_string();
    keep_on_devices(&host, &ada, &bob, &of).await;
    let request = json!({ "to": { "account_id": cid.account }, "note": "note-by-ada" });
    ada.post(host.url(), "/v1/contacts/requests", &request).await.unwrap();
    send(&host, &ada, "1", &bob, READ).await;
    assert_eq!(store(&host, &bob).await.texts(), [READ]);
    send(&host, &ada, "2", &bob, UNREAD).await;
    let lost = send(&host, &bob, "1", &ada, "a-swift-for-ada").await;
    let canaries = [
        "alias-of-ada",
        "phone-of-ada",
        "platform-of-ada",
        "127.202.3.4",
        "handle_of_ada",
        "remark-by-ada",
        "note-by-ada",
        "tag-by-ada",
        "report-by-ada",
        "shown-by-ada",
        code["token"].as_str().unwrap(),
        "photo-of-ada",
        "draft-by-ada",
        "push-of-ada",
        &of,
        &phone,
        READ,
        UNREAD,
        "a-swift-for-ada",
    ];
    let copy = assert_found(&mut host, &canaries);

    let mut open = tablet.connect(host.url()).await.unwrap();
    ada.delete_account(host.url()).await.unwrap();
    while open.next().await.is_ok() {}
    for device in [&ada, &tablet] {
        assert!(device.get(host.url(), "/v1/me").await.unwrap_err().to_string().contains("401"));
    }
    assert!(fetch(&host, &bob).await.texts().is_empty(), "what was not delivered is withdrawn");
    assert_eq!(receipts(&fetch(&host, &bob).await, lost.message), [ReceiptState::Expired]);
    let contacts = bob.get(host.url(), "/v1/contacts").await.unwrap().to_string();
    assert!(!contacts.contains(&ada.account.to_string()), "{contacts}");
    let request = json!({ "to": { "account_id": ada.account }, "note": "are you there?" });
    let refused = cid.post(host.url(), "/v1/contacts/requests", &request).await.unwrap_err().to_string();
    assert!(refused.contains("404"), "{refused}");
    assert_gone(&mut host, &canaries, &[&copy]);
}

/// What a client keeps on the server for its other devices: photo, draft, a reminder of a message, how it can be woken.
async fn keep_on_devices(host: &Host, who: &Person, peer: &Person, message: &str) {
    who.put_photo(host.url(), "photo-of-ada").await.unwrap();
    let conversation = json!({ "account": peer.account });
    let draft = json!({ "chats": [{ "conversation": conversation, "draft": "draft-by-ada" }] });
    who.patch(host.url(), "/v1/me/chats", &draft).await.unwrap();
    let reminder = json!({ "conversation": conversation, "message": message, "at": i64::from(u32::MAX) });
    who.post(host.url(), "/v1/me/reminders", &reminder).await.unwrap();
    who.subscribe_push(host.url(), "http://127.0.0.1:9/push-of-ada").await.unwrap();
}

/// CHAT-SENDERDEL, D-05: of two messages the recipient has stored one when the sender's account is deleted. The other is
/// withdrawn at once and never comes; the stored one is the device's own, and nothing of it opens on the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_sender_who_leaves_withdraws_what_was_not_delivered() {
    let mut host = host();
    let [ada, bob] = people(&host).await;
    send(&host, &ada, "1", &bob, READ).await;
    let mut phone = bob.connect(host.url()).await.unwrap();
    let held = phone.catch_up(0).await.unwrap();
    phone.acknowledge(held.seq).await.unwrap();
    drop(phone);
    let unread = send(&host, &ada, "2", &bob, UNREAD).await;
    let copy = assert_found(&mut host, &[READ, UNREAD]);
    ada.delete_account(host.url()).await.unwrap();
    assert!(fetch(&host, &bob).await.texts().is_empty());
    assert_gone(&mut host, &[READ, UNREAD], &[&copy]);
    host.start().unwrap();
    assert!(fetch(&host, &bob).await.texts().is_empty(), "not after a crash either");
    assert_eq!(held.texts(), [READ], "what a device holds stays there");
    host.live_to(unread.at + 72 * HOUR_MS + MINUTE_MS).await.unwrap();
    assert_gone(&mut host, &[READ, UNREAD], &[&copy]);
}
