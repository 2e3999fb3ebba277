//! `kill -9` under load, again and again: nothing acknowledged is lost, nothing comes twice under two ids, order is kept.
//! CHAT-DELIVER, CHAT-KEEP.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use bench::{Person, Server, Socket, Trouble};
use kernel::MessageId;
use wire::ServerFrame;

/// How often the server is killed.
const KILLS: usize = 50;
/// Pairs of people writing at the same time.
const PAIRS: usize = 4;
/// Messages of one sender without an answer: more than one batch of the log.
const IN_FLIGHT: usize = 32;

/// One who writes: which of their messages were acknowledged, and as what.
struct Writer {
    person: Person,
    to: kernel::AccountId,
    acknowledged: HashMap<usize, MessageId>,
    next: usize,
}

/// One who reads: what came, in order, and up to where it is stored.
struct Reader {
    person: Person,
    stored: u64,
    received: Vec<(usize, MessageId)>,
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed_fifty_times() {
    let folder = tempfile::tempdir().unwrap();
    let start = Server::on(Path::new(env!("CARGO_BIN_EXE_billet")), &folder.path().join("data"));
    let mut server = start.start().unwrap();
    let people = bench::load::pairs(&server.url, PAIRS).await.unwrap();
    let mut pairs: Vec<(Writer, Reader)> = people.into_iter().map(pair).collect();

    for round in 0..KILLS {
        let mut tasks = Vec::new();
        for (mut writer, mut reader) in pairs {
            let url = server.url.clone();
            tasks.push(tokio::spawn(async move {
                let (writing, reading) = tokio::join!(write(&url, &mut writer), read(&url, &mut reader));
                for end in [writing, reading] {
                    assert!(is_cut(&end), "a socket ended otherwise than by the kill: {end:?}");
                }
                (writer, reader)
            }));
        }
        // Different moments of a commit, of a key step and of a start.
        tokio::time::sleep(Duration::from_millis(60 + (round as u64 * 37) % 240)).await;
        server.kill().unwrap();
        pairs = Vec::new();
        for task in tasks {
            pairs.push(task.await.unwrap());
        }
        server = start.start().unwrap();
    }

    let mut acknowledged = 0;
    for (writer, mut reader) in pairs {
        let mut socket = reader.person.connect(&server.url).await.unwrap();
        for frame in socket.synchronise(reader.stored).await.unwrap() {
            store(&mut reader, &frame);
        }
        check(&writer, &reader);
        acknowledged += writer.acknowledged.len();
    }
    assert!(acknowledged > KILLS * PAIRS, "the load was too small to show anything: {acknowledged}");
    server.stop().unwrap();
}

fn pair((ada, bob): (Person, Person)) -> (Writer, Reader) {
    let writer = Writer { to: bob.account, person: ada, acknowledged: HashMap::new(), next: 0 };
    (writer, Reader { person: bob, stored: 0, received: Vec::new() })
}

/// Sends what was not answered before, then on and on, until the socket is cut.
async fn write(url: &str, writer: &mut Writer) -> Trouble {
    match write_on(url, writer).await {
        Err(trouble) => trouble,
        Ok(never) => match never {},
    }
}

async fn write_on(url: &str, writer: &mut Writer) -> Result<std::convert::Infallible, Trouble> {
    let mut socket = writer.person.connect(url).await?;
    let first = (0..writer.next).find(|n| !writer.acknowledged.contains_key(n)).unwrap_or(writer.next);
    let (mut next, mut answered) = (first, writer.acknowledged.range_from(first));
    loop {
        while next - first - answered < IN_FLIGHT {
            if !writer.acknowledged.contains_key(&next) {
                socket.send_text(&next.to_string(), writer.to, &next.to_string()).await?;
            }
            next += 1;
            writer.next = writer.next.max(next);
        }
        if let ServerFrame::Sent { id, message, .. } = socket.next_but_notices().await? {
            let n: usize = id.parse().expect("ids are numbers here");
            let before = writer.acknowledged.insert(n, message);
            assert!(before.is_none_or(|before| before == message), "message {n} was answered under two ids");
            answered += 1;
        }
    }
}

/// Counting from a first message on.
trait RangeFrom {
    fn range_from(&self, first: usize) -> usize;
}

impl RangeFrom for HashMap<usize, MessageId> {
    fn range_from(&self, first: usize) -> usize {
        self.keys().filter(|n| **n >= first).count()
    }
}

/// Stores what comes and acknowledges it, until the socket is cut.
async fn read(url: &str, reader: &mut Reader) -> Trouble {
    match read_on(url, reader).await {
        Err(trouble) => trouble,
        Ok(never) => match never {},
    }
}

async fn read_on(url: &str, reader: &mut Reader) -> Result<std::convert::Infallible, Trouble> {
    let mut socket: Socket = reader.person.connect(url).await?;
    socket.say(&serde_json::json!({ "op": "sync", "after": reader.stored })).await?;
    loop {
        let frame = socket.next().await?;
        if store(reader, &frame) {
            socket.say(&serde_json::json!({ "op": "ack", "seq": reader.stored })).await?;
        }
    }
}

/// Keeps an envelope as a device does: what it holds already it drops. Says whether there is something to acknowledge.
fn store(reader: &mut Reader, frame: &ServerFrame) -> bool {
    let ServerFrame::Envelope { seq, message, content, .. } = frame else { return false };
    assert!(*seq > reader.stored, "seq went back: {seq} after {}", reader.stored);
    reader.stored = *seq;
    let n = content.0["text"].as_str().and_then(|n| n.parse().ok()).expect("texts are numbers here");
    reader.received.push((n, *message));
    true
}

fn check(writer: &Writer, reader: &Reader) {
    let received: HashMap<usize, MessageId> = reader.received.iter().copied().collect();
    assert_eq!(received.len(), reader.received.len(), "a message came twice");
    for (n, message) in &writer.acknowledged {
        assert_eq!(received.get(n), Some(message), "acknowledged message {n} did not arrive, or under another id");
    }
    assert!(reader.received.is_sorted_by_key(|(n, _)| *n), "messages arrived out of order");
}

/// What a killed server looks like from outside.
fn is_cut(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Socket(_) | Trouble::Closed(1006))
}
