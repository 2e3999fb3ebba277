//! What is kept about people for a time: log-ins, codes, children who wait, requests, sessions.

use bench::{Host, Person};
use kernel::{DAY_MS, MINUTE_MS, Millis, SECOND_MS};
use serde_json::{Value, json};

use crate::support::{another_device, assert_found, assert_gone, date, host, host_at, number, people};

/// LOGI-3M, LOGI-90D, D-04, D-07: log-ins of 1 February and 1 March of a common year. The first is listed to the last second
/// of 30 April and gone with 1 May, the second after 90 days, on 30 May. A minute later neither its address nor, once the
/// device is removed, its device opens, not even in the copies of before.
#[tokio::test(flavor = "multi_thread")]
async fn log_ins_of_february_and_march_go_on_1_and_30_may() {
    let (february, march) = (date(2027, 2, 1), date(2027, 3, 1));
    let mut host = host_at(Some(february));
    let first = sign_in(&host, "127.201.7.61", "first-of-february").await;
    let again = async |host: &Host| logins(host, &first).await;
    assert_eq!(again(&host).await.len(), 1);
    let began = again(&host).await[0].at;
    assert!(began.since(february) < 30 * SECOND_MS);

    host.walk_to(march).await.unwrap();
    let second = sign_in(&host, "127.201.7.62", "first-of-march").await;
    let listed = logins(&host, &second).await;
    let ends = [listed[1].gone_at, listed[0].gone_at];
    assert_eq!(ends[0], date(2027, 5, 1) + began.since(february));
    assert_eq!(ends[1], date(2027, 5, 30) + listed[0].at.since(march));
    let copy = assert_found(&mut host, &["127.201.7.61", "first-of-february", "127.201.7.62"]);

    second.delete(host.url(), &format!("/v1/devices/{}", first.device)).await.unwrap();
    host.jump_to(date(2027, 5, 1) - MINUTE_MS).await.unwrap();
    host.walk_to(date(2027, 5, 1) - SECOND_MS).await.unwrap();
    assert_eq!(logins(&host, &second).await.len(), 2);
    let late = assert_found(&mut host, &["127.201.7.61", "first-of-february"]);
    host.walk_to(ends[0]).await.unwrap();
    assert_eq!(logins(&host, &second).await.len(), 1);
    host.live_to(ends[0] + MINUTE_MS).await.unwrap();
    assert_gone(&mut host, &["127.201.7.61", "first-of-february"], &[&late]);
    assert_gone(&mut host, &["127.201.7.61"], &[&copy]);
    assert!(!host.scan("127.201.7.62").unwrap().is_clean());
    host.start().unwrap();

    host.walk_to(ends[1] - SECOND_MS).await.unwrap();
    assert_eq!(logins(&host, &second).await.len(), 1);
    host.walk_to(ends[1]).await.unwrap();
    assert!(logins(&host, &second).await.is_empty());
    host.live_to(ends[1] + MINUTE_MS).await.unwrap();
    assert_gone(&mut host, &["127.201.7.61", "127.201.7.62"], &[&copy, &late]);
}

/// D-47: a code is good to the last second of its five minutes, through a restart, and the number it went to stands nowhere
/// until an account is opened with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_five_minutes_and_leaves_no_number() {
    let mut host = host();
    let (early, late) = (number(1), number(2));
    let codes = [ask(&host, &early).await, ask(&host, &late).await];
    let asked = host.time.now();
    host.restart().unwrap();
    host.walk_to(asked + 5 * MINUTE_MS - 5 * SECOND_MS).await.unwrap();
    assert_eq!(open(&host, &early, &codes[0]).await, 201);
    host.walk_to(asked + 5 * MINUTE_MS).await.unwrap();
    assert_eq!(open(&host, &late, &codes[1]).await, 422);
    assert_found(&mut host, &[&early]);
    host.live_to(asked + 6 * MINUTE_MS).await.unwrap();
    assert_gone(&mut host, &[&late], &[]);
}

/// AGE-NOKNOW, D-40: a child whose parent did not agree within seven days. Until then the number waits, whatever birth
/// date comes with it; after that nothing is left of it, and nothing opens in the copy of before.
#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_waits_is_forgotten_after_seven_days() {
    let mut host = host();
    let child = number(7);
    let waiting = |answer: &Value| answer["state"] == "waiting";
    let born = json!({ "alias": "Kid", "birth_date": "2020-02-03" });
    let answer = Person::try_sign_in(host.url(), &child, born).await.unwrap();
    assert!(waiting(&answer), "{answer}");
    let asked = host.time.now();
    host.walk_to(asked + 7 * DAY_MS - 2 * MINUTE_MS).await.unwrap();
    let older = json!({ "alias": "Kid", "birth_date": "1990-02-03" });
    assert!(waiting(&Person::try_sign_in(host.url(), &child, older.clone()).await.unwrap()));
    let copy = assert_found(&mut host, &[&child]);
    host.live_to(asked + 7 * DAY_MS + MINUTE_MS).await.unwrap();
    assert_gone(&mut host, &[&child], &[&copy]);
    host.start().unwrap();
    assert_eq!(Person::try_sign_in(host.url(), &child, older).await.unwrap()["created"], true);
}

/// D-47: the note of a request is shown for thirty days and then gone, from the copy of before as well; one that was answered
/// leaves the data at once.
#[tokio::test(flavor = "multi_thread")]
async fn the_note_of_a_request_goes_with_its_answer_or_after_thirty_days() {
    let mut host = host();
    let [ada] = people(&host).await;
    let [bob, cid] = [number(51), number(52)];
    let bob = Person::register(host.url(), &bob, "Bob").await.unwrap();
    let cid = Person::register(host.url(), &cid, "Cid").await.unwrap();
    for (to, note) in [(&bob, "a-note-unanswered"), (&cid, "a-note-answered")] {
        let body = json!({ "to": { "account_id": to.account }, "note": note });
        ada.post(host.url(), "/v1/contacts/requests", &body).await.unwrap();
    }
    let asked = host.time.now();
    let copy = assert_found(&mut host, &["a-note-unanswered", "a-note-answered"]);
    let requests = cid.get(host.url(), "/v1/contacts/requests").await.unwrap();
    let id = requests["requests"][0]["request_id"].as_str().unwrap();
    cid.post(host.url(), &format!("/v1/contacts/requests/{id}/accept"), &json!({})).await.unwrap();
    host.live_to(asked + 2 * MINUTE_MS).await.unwrap();
    assert_gone(&mut host, &["a-note-answered"], &[]);
    host.start().unwrap();

    let waiting = async |host: &Host| {
        let requests = bob.get(host.url(), "/v1/contacts/requests").await.unwrap();
        requests["requests"].as_array().unwrap().len()
    };
    host.walk_to(asked + 30 * DAY_MS - MINUTE_MS).await.unwrap();
    assert_eq!(waiting(&host).await, 1);
    host.walk_to(asked + 30 * DAY_MS).await.unwrap();
    assert_eq!(waiting(&host).await, 0);
    host.live_to(asked + 30 * DAY_MS + MINUTE_MS).await.unwrap();
    assert_gone(&mut host, &["a-note-unanswered", "a-note-answered"], &[&copy]);
}

/// D-50: a session that is used lives on; one that was not used for ninety days ends, and its device with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_ninety_days_after_its_last_use() {
    let host = host();
    let [ada] = people(&host).await;
    let used = another_device(&host, &ada).await;
    let signed_in = host.time.now();
    let me = async |host: &Host, device: &Person| device.get(host.url(), "/v1/me").await;
    host.jump_to(signed_in + 89 * DAY_MS).await.unwrap();
    me(&host, &used).await.unwrap();
    host.walk_to(signed_in + 90 * DAY_MS).await.unwrap();
    let refused = me(&host, &ada).await.unwrap_err().to_string();
    assert!(refused.contains("401"), "{refused}");
    me(&host, &used).await.unwrap();
}

/// One log-in as it is listed.
struct Login {
    at: Millis,
    gone_at: Millis,
}

async fn logins(host: &Host, device: &Person) -> Vec<Login> {
    let logins = device.get(host.url(), "/v1/logins").await.unwrap();
    let time = |login: &Value, field: &str| Millis(login[field].as_i64().unwrap());
    let logins = logins["logins"].as_array().unwrap().iter();
    logins.map(|login| Login { at: time(login, "at"), gone_at: time(login, "gone_at") }).collect()
}

/// Signs one and the same person in from an address, on a device of this name.
async fn sign_in(host: &Host, address: &str, device: &str) -> Person {
    let fields = json!({ "alias": "Ada", "device": { "name": device, "platform": "linux" } });
    Person::sign_in_from(host.url(), address.parse().unwrap(), &number(31), fields).await.unwrap()
}

/// Asks for a code and reads it.
async fn ask(host: &Host, phone: &str) -> String {
    let http = reqwest::Client::new();
    let body = json!({ "phone": phone });
    let asked = http.post(format!("{}/v1/codes", host.url())).json(&body).send().await.unwrap();
    assert_eq!(asked.status(), 202);
    let outbox = http.get(format!("{}/v1/demo/outbox", host.url())).query(&[("to", phone)]).send().await.unwrap();
    outbox.json::<Value>().await.unwrap()[0]["code"].as_str().unwrap().to_owned()
}

/// Tries to open an account with a code: the status of the answer.
async fn open(host: &Host, phone: &str, code: &str) -> u16 {
    let device = json!({ "name": "a phone", "platform": "linux" });
    let body = json!({ "phone": phone, "code": code, "alias": "somebody", "device": device });
    let http = reqwest::Client::new();
    http.post(format!("{}/v1/sessions", host.url())).json(&body).send().await.unwrap().status().as_u16()
}
