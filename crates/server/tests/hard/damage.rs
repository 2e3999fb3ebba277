//! A byte of any file changes while the server is down: it refuses to start and says which file, or everything it serves
//! is right.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use bench::{Person, Trouble};
use serde_json::{Value, json};
use wire::ServerFrame;

use crate::support::{Rig, Running, pair};

/// Bytes changed after a clean stop, one a try.
const TRIES_AFTER_A_STOP: usize = 700;
/// Bytes changed after `kill -9`, when there is more to look through.
const TRIES_AFTER_A_KILL: usize = 300;
/// Tries at the same time.
const AT_ONCE: usize = 2;
/// The second day of the story begins so much later: what was waiting was carried over, client ids lie in tables.
const LATER_S: &str = "7500";

/// What is asked for as each person.
const CALLS: [&str; 6] = ["/v1/me", "/v1/contacts", "/v1/contacts/requests", "/v1/blocks", "/v1/devices", "/v1/logins"];

/// People with something of every kind that is stored.
struct Story {
    rig: Rig,
    people: Vec<Person>,
    truth: Seen,
    /// The same without the last change of the database before a crash: damage there looks like a torn write.
    before: Option<Seen>,
}

/// All that a server serves.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    calls: Vec<Value>,
    /// What waits for each person, by seq; nothing when it was refused.
    waiting: Vec<Option<Vec<Value>>>,
    /// How client ids are answered that were used before.
    repeated: Vec<Value>,
    /// What a stranger's message is answered.
    stranger: Value,
}

async fn story() -> Story {
    let mut rig = Rig::new().with_trouble();
    let server = rig.start().unwrap();
    let url = server.url.clone();
    let (ada, bob) = pair(&url).await;
    let eve = Person::register(&url, "+12025550103", "Eve").await.unwrap();
    let tablet = Person::register(&url, &ada.phone, "Ada").await.unwrap();
    let body = json!({ "to": { "account_id": bob.account }, "note": "it is me" });
    eve.post(&url, "/v1/contacts/requests", &body).await.unwrap();
    eve.post(&url, &format!("/v1/contacts/{}/block", ada.account), &json!({})).await.unwrap();
    send(&url, &ada, &bob, 0..30).await;
    let mut socket = bob.connect(&url).await.unwrap();
    let frames = socket.synchronise(0).await.unwrap();
    let fifth = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Envelope { seq, .. } => Some(*seq),
        _ => None,
    });
    let fifth = fifth.take(5).last().unwrap();
    socket.acknowledge(fifth).await.unwrap();
    drop(socket);
    assert!(server.stop().status.success());
    // After another boot the clock is believed at once.
    let boot = "\"0b7e5f2a-2f6b-4d0e-9a57-4b1d8c6f3a21\"";
    rig.environment.push(("TROUBLE_CLOCK_S".into(), LATER_S.into()));
    rig.environment.push(("TROUBLE_BOOT".into(), rig.path().join("boot").into()));
    std::fs::write(rig.path().join("boot"), boot).unwrap();
    let server = rig.start().unwrap();
    // The pass and the tables of client ids are the background loop's, which turns once a second.
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    send(&server.url, &ada, &bob, 30..40).await;
    assert!(server.stop().status.success());
    let people = vec![ada, bob, eve, tablet];
    Story { rig, people, truth: Seen::default(), before: None }
}

async fn send(url: &str, from: &Person, to: &Person, which: std::ops::Range<usize>) {
    let mut socket = from.connect(url).await.unwrap();
    for n in which {
        socket.send_text(&format!("m{n}"), to.account, &format!("message {n}")).await.unwrap();
        assert!(matches!(socket.next_but_notices().await.unwrap(), ServerFrame::Sent { .. }));
    }
}

/// Asks for everything. What is refused is told as such, and never as something else.
async fn look(url: &str, people: &[Person]) -> Seen {
    let mut seen = Seen::default();
    for person in people {
        for call in CALLS {
            seen.calls.push(person.get(url, call).await.unwrap_or_else(|trouble| refusal(&trouble)));
        }
        seen.waiting.push(waiting(url, person).await.ok());
    }
    for n in [0, 29, 39] {
        seen.repeated.push(say(url, &people[0], &people[1], &format!("m{n}"), &format!("message {n}")).await);
    }
    seen.stranger = say(url, &people[2], &people[1], "s", "hello").await;
    seen
}

async fn waiting(url: &str, person: &Person) -> Result<Vec<Value>, Trouble> {
    let frames = person.connect(url).await?.synchronise(0).await?;
    Ok(frames.iter().map(|frame| serde_json::to_value(frame).unwrap()).collect())
}

async fn say(url: &str, from: &Person, to: &Person, id: &str, text: &str) -> Value {
    let answer = async {
        let mut socket = from.connect(url).await?;
        socket.send_text(id, to.account, text).await?;
        socket.next_but_notices().await
    };
    answer.await.map_or_else(|trouble| refusal(&trouble), |frame| serde_json::to_value(&frame).unwrap())
}

fn refusal(trouble: &Trouble) -> Value {
    json!({ "refused": trouble.to_string() })
}

fn is_refusal(answer: &Value) -> bool {
    let word = answer["refused"].as_str().unwrap_or_default();
    let code = answer["code"].as_str().unwrap_or_default();
    let beginnings = ["unexpected answer: 5", "unexpected answer: 401", "socket", "the server", "http"];
    beginnings.iter().any(|beginning| word.starts_with(beginning)) || ["unavailable", "stopped"].contains(&code)
}

/// What is wrong with what was seen. Refusals are right when the server said why.
fn wrong(seen: &Seen, truth: &Seen) -> (Vec<String>, bool) {
    let (mut wrong, mut refused) = (Vec::new(), false);
    let answers = |seen: &Seen| {
        let rest = seen.repeated.iter().chain([&seen.stranger]).cloned();
        seen.calls.iter().cloned().chain(rest).collect::<Vec<_>>()
    };
    for (seen, truth) in answers(seen).iter().zip(&answers(truth)) {
        match (seen == truth, is_refusal(seen)) {
            (true, _) => {}
            (_, true) => refused = true,
            _ => wrong.push(format!("{seen} instead of {truth}")),
        }
    }
    for (seen, truth) in seen.waiting.iter().zip(&truth.waiting) {
        match seen {
            None => refused = true,
            Some(frames) if Some(frames) != truth.as_ref() => wrong.push(format!("{frames:?} instead of {truth:?}")),
            Some(_) => {}
        }
    }
    (wrong, refused)
}

/// One byte, somewhere.
struct Flip {
    file: PathBuf,
    at: u64,
    bit: u8,
}

/// Places: each file in turn, so that small ones are not forgotten, and a random byte of it.
fn flips(rig: &Rig, count: usize, seed: u64) -> Vec<Flip> {
    let files: Vec<(PathBuf, u64)> = rig
        .files()
        .into_iter()
        .map(|file| (file.clone(), std::fs::metadata(&file).unwrap().len()))
        .filter(|(file, bytes)| *bytes > 0 && file.file_name().is_some_and(|name| name != "ballast"))
        .collect();
    assert!(files.len() >= 8, "there is a file of every kind: {files:?}");
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    (0..count)
        .map(|n| {
            let (file, bytes) = &files[n % files.len()];
            let file = file.strip_prefix(rig.path()).unwrap().to_owned();
            Flip { file, at: (next() << 20 ^ next()) % bytes, bit: 1 << (next() % 8) }
        })
        .collect()
}

impl Flip {
    fn apply(&self, folder: &Path) {
        use std::os::unix::fs::FileExt;
        let file = std::fs::OpenOptions::new().read(true).write(true).open(folder.join(&self.file)).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, self.at).unwrap();
        file.write_all_at(&[byte[0] ^ self.bit], self.at).unwrap();
    }
}

/// What became of a try.
#[derive(Default, Debug)]
struct Counts {
    refused_to_start: AtomicUsize,
    refused_something: AtomicUsize,
    served_all: AtomicUsize,
}

/// One try; what is wrong with it.
async fn attempt(story: &Story, flip: &Flip, counts: &Counts) -> Vec<String> {
    let rig = story.rig.copy();
    flip.apply(rig.path());
    match rig.start() {
        Err(ended) => {
            counts.refused_to_start.fetch_add(1, Ordering::Relaxed);
            let name = flip.file.file_name().unwrap().to_str().unwrap();
            let named = ended.said.contains(name) || (name.starts_with("keys.") && ended.said.contains("data-keys"));
            let clear = named && !ended.said.contains("panicked");
            (!clear).then(|| format!("refused without naming the file: {}", ended.said)).into_iter().collect()
        }
        Ok(server) => {
            let seen = look(&server.url, &story.people).await;
            let in_wal = flip.file.extension().is_some_and(|end| end == "sqlite-wal");
            let before = story.before.as_ref().filter(|before| in_wal && **before == seen);
            let (mut wrong, refused) = wrong(&seen, before.unwrap_or(&story.truth));
            let said = server.kill().said;
            if refused && !["damaged", "not as it was", "contradicts itself"].iter().any(|word| said.contains(word)) {
                wrong.push(format!("refused something and did not say why: {said}"));
            }
            if said.contains("panicked") {
                wrong.push(said);
            }
            let counted = if refused { &counts.refused_something } else { &counts.served_all };
            counted.fetch_add(1, Ordering::Relaxed);
            wrong
        }
    }
}

fn try_all(story: &Story, flips: &[Flip]) -> Counts {
    let (next, counts) = (AtomicUsize::new(0), Counts::default());
    let mut failures = Vec::new();
    std::thread::scope(|scope| {
        let work = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let mut failures = Vec::new();
            while let Some(flip) = flips.get(next.fetch_add(1, Ordering::Relaxed)) {
                let wrong = runtime.block_on(attempt(story, flip, &counts));
                let place = format!("{} byte {} bit {:#04x}", flip.file.display(), flip.at, flip.bit);
                failures.extend(wrong.into_iter().map(|wrong| format!("{place}: {wrong}")));
            }
            failures
        };
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            failures.extend(worker.join().unwrap());
        }
    });
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), flips.len(), failures.join("\n"));
    counts
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}

/// What an undamaged copy serves.
fn learn_the_truth(story: &mut Story) {
    story.truth = on_a_runtime(async {
        let copy = story.rig.copy();
        let server: Running = copy.start().unwrap();
        look(&server.url, &story.people).await
    });
    let bob = story.truth.waiting[1].as_ref().unwrap();
    assert_eq!(bob.iter().filter(|frame| frame["op"] == "envelope").count(), 35, "{bob:?}");
    assert!(story.truth.repeated.iter().all(|answer| answer["op"] == "sent"), "{:?}", story.truth.repeated);
    assert_eq!(story.truth.stranger["code"], "not_a_contact");
    assert!(story.truth.calls.iter().all(|answer| answer.get("refused").is_none()));
}

/// SECR-INTEGRITY: one changed byte in any file of a stopped server is found, healed or harmless; nothing wrong is
/// served and nothing acknowledged is silently missing.
#[test]
fn a_byte_changed_after_a_stop_is_found_or_harmless() {
    let mut story = on_a_runtime(story());
    learn_the_truth(&mut story);
    let counts = try_all(&story, &flips(&story.rig, TRIES_AFTER_A_STOP, 1));
    println!("{counts:?}");
    assert!(counts.refused_to_start.load(Ordering::Relaxed) > TRIES_AFTER_A_STOP / 4, "{counts:?}");
}

/// SECR-INTEGRITY: the same after `kill -9`, with a WAL beside the database and no note of a clean stop.
#[test]
fn a_byte_changed_after_a_kill_is_found_or_harmless() {
    let mut story = on_a_runtime(async {
        let story = story().await;
        let server = story.rig.start().unwrap();
        let ada = &story.people[0];
        for alias in ["Ada L", "Ada Lo", "Ada Lovelace"] {
            ada.patch(&server.url, "/v1/me", &json!({ "alias": alias })).await.unwrap();
        }
        server.kill();
        story
    });
    learn_the_truth(&mut story);
    let before = |answer: &Value| serde_json::from_str(&answer.to_string().replace("Ada Lovelace", "Ada Lo")).unwrap();
    story.before = Some(Seen { calls: story.truth.calls.iter().map(before).collect(), ..story.truth.clone() });
    let counts = try_all(&story, &flips(&story.rig, TRIES_AFTER_A_KILL, 2));
    println!("{counts:?}");
}
