//! What is not told is not told by time either.
//!
//! Two kinds of question are asked in turns, and their times compared by rank: of all pairs, in how many the one kind took
//! longer. Alike is one half. A statement more, or a sync, would make it nearly one or nearly none on any machine, busy or
//! not, for both kinds wait for the same machine.

use std::time::{Duration, Instant};

use bench::{Person, Socket};
use kernel::{AccountId, Millis};
use reqwest::Method;
use serde_json::{Value, json};
use wire::ServerFrame;

use crate::support::{Answer, World, said, world_with};

#[derive(Default)]
struct Times {
    us: [Vec<u64>; 2],
}

impl Times {
    /// Of all pairs, in how many the first kind took longer.
    fn share(&self) -> f64 {
        let [first, second] = &self.us;
        let longer = |a: &u64| {
            second
                .iter()
                .map(|b| {
                    if a > b {
                        1.0
                    } else if a == b {
                        0.5
                    } else {
                        0.0
                    }
                })
                .sum::<f64>()
        };
        first.iter().map(longer).sum::<f64>() / (first.len() * second.len()) as f64
    }

    /// Four standard errors of that share when both are alike, and a little for what warms up.
    fn check(&self, what: &str) {
        let n = self.us[0].len().min(self.us[1].len()) as f64;
        let allowed = 0.08 + 4.0 * ((2.0 * n + 1.0) / (12.0 * n * n)).sqrt();
        let median = |times: &[u64]| {
            let mut times = times.to_vec();
            times.sort_unstable();
            times[times.len() / 2]
        };
        let share = self.share();
        let said = format!("{what}: {share:.3}, medians {} and {} us", median(&self.us[0]), median(&self.us[1]));
        assert!((share - 0.5).abs() <= allowed, "{said}, allowed 0.5 +- {allowed:.3}");
    }
}

#[expect(clippy::disallowed_methods, reason = "how long an answer takes is measured by the wall")]
async fn timed<T>(work: impl Future<Output = T>) -> (u64, T) {
    let began = Instant::now();
    let done = work.await;
    (u64::try_from(began.elapsed().as_micros()).unwrap(), done)
}

/// Two kinds of question by turns, the first and the second of a turn changing places.
fn turns(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(|n| if n % 2 == 0 { [(n, 0), (n, 1)] } else { [(n, 1), (n, 0)] })
}

async fn open_world() -> World {
    world_with(&["--sign-ups-per-hour-and-address", "100000"]).await
}

fn without_id(answer: &Answer) -> Answer {
    let mut body: Value = serde_json::from_str(&answer.text).unwrap();
    if body.get("request_id").is_some() {
        body["request_id"] = json!("an id");
    }
    Answer { text: body.to_string(), ..answer.clone() }
}

/// SECR-ACCESS: to a sender a stranger, nobody, and a contact who has blocked are one answer in one time.
#[tokio::test]
async fn nobody_a_stranger_and_whoever_blocks_are_alike_to_a_sender() {
    let world = open_world().await;
    let stranger = world.person("+12025540801", "Eve").await;
    let path = format!("/v1/contacts/{}/block", world.ada.account);
    assert_eq!(world.post(&path, &world.bob, Value::Null).await.status, 204);
    let mut socket = world.socket(&world.ada).await;
    let mut frames = Vec::new();
    for (what, other) in [("a stranger", stranger.account), ("one who blocks", world.bob.account)] {
        let mut times = Times::default();
        for (n, kind) in turns(120) {
            let nobody = AccountId::new(Millis(stranger.account.made_at().0), n as u128);
            let to = if kind == 0 { other } else { nobody };
            let (us, frame) = timed(refusal(&mut socket, to)).await;
            if n >= 10 {
                times.us[kind].push(us);
            }
            frames.push(frame);
            // A socket may be refused so often in a second.
            tokio::time::sleep(Duration::from_millis(6)).await;
        }
        times.check(&format!("sending to {what} and to nobody"));
    }
    assert!(frames.iter().all(|frame| *frame == frames[0]), "one answer");
}

async fn refusal(socket: &mut Socket, to: AccountId) -> String {
    socket.send_text("x", to, "hi").await.unwrap();
    let ServerFrame::Error { id, code, detail, .. } = said(socket).await else { panic!("not refused") };
    format!("{id:?} {code} {}", detail.replace(&to.to_string(), "them"))
}

/// SECR-ACCESS, D-56: asking for a code, and trying a wrong one, say nothing about a number.
#[tokio::test]
async fn a_number_with_an_account_and_one_without_are_alike_to_whoever_signs_in() {
    let world = open_world().await;
    let known = people(&world, 40).await;
    let unknown = |n: usize| format!("+1202553{n:04}");
    let (mut codes, mut tries, mut answers) = (Times::default(), Times::default(), Vec::new());
    for (n, kind) in turns(known.len()) {
        let phone = if kind == 0 { known[n].phone.clone() } else { unknown(n) };
        let (us, answer) = timed(world.call(Method::POST, "/v1/codes", None, json!({ "phone": phone }))).await;
        assert_eq!(answer.status, 202);
        codes.us[kind].push(us);
        answers.push(answer);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    codes.check("asking for a code");
    answers.clear();
    for (n, kind) in turns(4 * known.len()) {
        let phone = if kind == 0 { known[n % known.len()].phone.clone() } else { unknown(n % known.len()) };
        // Not six digits, so that no code is ever right by chance; a wrong one takes the same way.
        let body = json!({ "phone": phone, "code": "12345x" });
        let (us, answer) = timed(world.call(Method::POST, "/v1/sessions", None, body)).await;
        assert_eq!((answer.status, &*answer.code()), (422, "wrong_code"));
        tries.us[kind].push(us);
        answers.push(answer);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    tries.check("trying a wrong code");
}

async fn people(world: &World, count: usize) -> Vec<Person> {
    let mut people = Vec::new();
    for n in 0..count {
        people.push(world.person(&format!("+1202552{n:04}"), "Somebody").await);
    }
    people
}

/// SECR-ACCESS, D-56: a contact request by number is answered alike, and in the same time, whoever has the number or nobody.
#[tokio::test]
async fn a_request_by_number_takes_as_long_for_a_number_that_nobody_has() {
    let world = open_world().await;
    let known = people(&world, 30).await;
    let mut times = Times::default();
    let mut answers = Vec::new();
    for asker in 0..5 {
        let asker_phone = format!("+1202551{asker:04}");
        let asker = world.person(&asker_phone, "Asker").await;
        for (n, kind) in turns(known.len()) {
            let nobody = format!("+1202550{n:03}{}", &asker_phone[asker_phone.len() - 1..]);
            let phone = if kind == 0 { known[n].phone.clone() } else { nobody };
            let body = json!({ "to": { "phone": phone }, "note": "hello, it is me" });
            let (us, answer) = timed(world.post("/v1/contacts/requests", &asker, body)).await;
            assert_eq!(answer.status, 201, "{answer:?}");
            times.us[kind].push(us);
            answers.push(without_id(&answer));
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    times.check("asking a number");
    let waiting = world.get("/v1/contacts/requests", &known[0]).await;
    assert_eq!(waiting["requests"].as_array().unwrap().len(), 5, "those that have an account did get them");
}
