//! Whoever tries somebody else's things finds what is not there.

use kernel::{AccountId, ContactRequestId, DeviceId, HOUR_MS, MessageId, Millis, ReminderId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{send, world};

/// What a stranger's id answers: blocking needs no acquaintance, so that whoever knows an id may block it; and a QR code is
/// there to be read by others, that of a device by whoever is to let it in.
const OPEN_TO_STRANGERS: [&str; 5] = [
    "/v1/contacts/{account_id}/block",
    "/v1/add/{token}",
    "/v1/device_links/{token}",
    "/v1/device_links/{token}/confirm",
    "/v1/device_links/{token}/decline",
];

/// SECR-ACCESS: every call that takes an id, with a token of somebody else's: a real id is answered as one that nothing has.
#[tokio::test]
async fn somebody_elses_things_are_answered_as_things_that_are_not_there() {
    let world = world().await;
    let eve = world.person("+12025540901", "Eve").await;
    let zoe = world.person("+12025540902", "Zoe").await;
    // Zoe waits for Bob; Ada is his contact. Eve has nothing to do with any of them.
    let asked = world.post("/v1/contacts/requests", &zoe, json!({ "to": { "account_id": world.bob.account } })).await;
    let asked: Value = serde_json::from_str(&asked.text).unwrap();
    let mut line = world.socket(&world.ada).await;
    let sent = send(&mut line, "1", &world.bob, "between the two").await;
    let later = Millis(sent.made_at().0 + HOUR_MS);
    let wish = json!({ "conversation": { "account": world.ada.account }, "message": sent, "at": later });
    let reminder: Value = serde_json::from_str(&world.post("/v1/me/reminders", &world.bob, wish).await.text).unwrap();
    let id = |name: &str| -> Option<(String, String)> {
        let made_up = Millis(world.bob.account.made_at().0);
        Some(match name {
            "account_id" => (world.bob.account.to_string(), AccountId::new(made_up, 7).to_string()),
            "device_id" => (world.bob.device.to_string(), DeviceId::new(made_up, 7).to_string()),
            "request_id" => (asked["request_id"].as_str()?.to_owned(), ContactRequestId::new(made_up, 7).to_string()),
            "message_id" => (sent.to_string(), MessageId::new(made_up, 7).to_string()),
            "reminder_id" => (reminder["reminder_id"].as_str()?.to_owned(), ReminderId::new(made_up, 7).to_string()),
            _ => return None,
        })
    };
    let document = world.get("/v1/openapi.json", &eve).await;
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some((_, rest)) = path.split_once('{') else { continue };
        for (method, operation) in item.as_object().unwrap() {
            // What needs no session is everybody's.
            if operation["responses"].get("401").is_none() || OPEN_TO_STRANGERS.contains(&path.as_str()) {
                continue;
            }
            let name = rest.split_once('}').unwrap().0;
            let (real, none) = id(name).unwrap_or_else(|| panic!("{method} {path}: teach this test a real {name}"));
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = operation.get("requestBody").map_or(Value::Null, |_| json!({ "remark": "mine" }));
            let mut answers = Vec::new();
            for id in [&real, &none] {
                let path = path.replace(&format!("{{{name}}}"), id);
                answers.push(world.call(method.clone(), &path, Some(&eve), body.clone()).await);
            }
            // An answer may name what was asked for.
            let known = answers[0].text.replace(&real, &none);
            answers[0].text = known;
            assert_eq!(answers[0], answers[1], "{method} {path}");
            tried += 1;
        }
    }
    assert!(tried >= 6, "the document must have been understood: {tried}");
    // And nothing has happened to anybody.
    assert_eq!(world.get("/v1/contacts", &world.bob).await["contacts"].as_array().unwrap().len(), 1);
    assert_eq!(world.get("/v1/contacts/requests", &world.bob).await["requests"].as_array().unwrap().len(), 1);
    assert_eq!(world.get("/v1/devices", &world.bob).await["devices"].as_array().unwrap().len(), 1);
}
