//! A load of pairs that write to each other, each with so many messages in flight.

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::Message;

use crate::person::{next_text, send_frame};
use crate::{Person, Server, Trouble};

/// Numbers of fictional people: +1 202 555 01xx is reserved for that; more pairs take the next exchange.
pub fn fictional_number(n: usize) -> String {
    format!("+1202{:03}{:04}", 555 - n / 100, 100 + n % 100)
}

/// What to load with.
#[derive(Clone, Debug)]
pub struct Load {
    /// How many pairs.
    pub pairs: usize,
    /// Messages of one sender without an answer.
    pub in_flight: usize,
    /// How long.
    pub seconds: u64,
    /// Length of each text.
    pub bytes: usize,
}

/// What was measured.
#[derive(Debug)]
pub struct Figures {
    /// Messages that were sent, answered, delivered and acknowledged.
    pub messages: usize,
    /// Over this time.
    pub seconds: f64,
    /// From `send` to `sent`, in microseconds, sorted.
    pub answer_us: Vec<u64>,
    /// Processor time of the server for each message, in microseconds.
    pub server_cpu_us_per_message: f64,
}

impl Figures {
    /// Messages each second.
    pub fn per_second(&self) -> f64 {
        self.messages as f64 / self.seconds
    }

    /// The time within which this share of the answers came, in microseconds.
    pub fn answer_us_at(&self, share: f64) -> u64 {
        let last = self.answer_us.len().saturating_sub(1);
        self.answer_us.get((last as f64 * share) as usize).copied().unwrap_or(0)
    }
}

/// Registers `count` pairs of contacts.
pub async fn pairs(url: &str, count: usize) -> Result<Vec<(Person, Person)>, Trouble> {
    let mut pairs = Vec::with_capacity(count);
    for n in 0..count {
        let ada = Person::register(url, &fictional_number(2 * n), "Ada").await?;
        let bob = Person::register(url, &fictional_number(2 * n + 1), "Bob").await?;
        ada.befriend(url, &bob).await?;
        pairs.push((ada, bob));
    }
    Ok(pairs)
}

/// Subscribes every device for pushes, at an address of this machine where nobody listens.
pub async fn subscribe(url: &str, people: &[(Person, Person)]) -> Result<(), Trouble> {
    for (ada, bob) in people {
        ada.subscribe_push(url, "http://127.0.0.1:9/nobody").await?;
        bob.subscribe_push(url, "http://127.0.0.1:9/nobody").await?;
    }
    Ok(())
}

/// Runs a load: in each pair one writes and the other receives and acknowledges.
#[expect(clippy::disallowed_methods, reason = "throughput is measured by the wall")]
pub async fn run(server: &Server, people: &[(Person, Person)], load: &Load) -> Result<Figures, Trouble> {
    let (began, cpu) = (Instant::now(), cpu_us(server.pid()));
    let until = began + Duration::from_secs(load.seconds);
    let mut tasks = Vec::new();
    for (ada, bob) in people.iter().cloned() {
        let (url, load) = (server.url.clone(), load.clone());
        let (to, listener_url) = (bob.account, url.clone());
        let listening = tokio::spawn(async move { receive(&listener_url, &bob).await });
        tasks.push((tokio::spawn(async move { send(&url, &ada, to, &load, until).await }), listening));
    }
    let (mut messages, mut answer_us) = (0, Vec::new());
    for (sending, listening) in tasks {
        let times = sending.await.map_err(|e| Trouble::Answer(e.to_string()))??;
        messages += times.len();
        answer_us.extend(times);
        listening.abort();
    }
    answer_us.sort_unstable();
    let seconds = began.elapsed().as_secs_f64();
    let used = cpu_us(server.pid()).saturating_sub(cpu);
    Ok(Figures { messages, seconds, answer_us, server_cpu_us_per_message: used as f64 / messages.max(1) as f64 })
}

/// Sends until the time is over, then waits for the answers still out. A message counts when its receipt has come, too.
#[expect(clippy::disallowed_methods, reason = "latency is measured by the wall")]
async fn send(
    url: &str,
    ada: &Person,
    to: kernel::AccountId,
    load: &Load,
    until: Instant,
) -> Result<Vec<u64>, Trouble> {
    let mut socket = ada.connect(url).await?;
    socket.synchronise(0).await?;
    let text = "x".repeat(load.bytes);
    let (mut started, mut times) = (Vec::<Instant>::new(), Vec::new());
    let (mut receipts, mut highest) = (0, 0);
    loop {
        let open = Instant::now() < until;
        while open && started.len() - times.len() < load.in_flight {
            let frame = send_frame(&started.len().to_string(), to, &text).to_string();
            socket.out.feed(Message::Text(frame.into())).await?;
            started.push(Instant::now());
        }
        socket.out.flush().await?;
        if !open && times.len() == started.len() && receipts >= times.len() {
            return Ok(times);
        }
        let frame = next_text(&mut socket.incoming).await?;
        if let Some(id) = between(&frame, "\"op\":\"sent\",\"id\":\"", "\"") {
            let n: usize = id.parse().map_err(|_| Trouble::Answer(frame.to_string()))?;
            times.push(u64::try_from(started[n].elapsed().as_micros()).unwrap_or(u64::MAX));
        } else if frame.contains("\"op\":\"receipt\"") {
            receipts += 1;
            highest = highest.max(seq_of(&frame)?);
            if receipts % 64 == 0 || !open {
                socket.out.feed(Message::Text(format!("{{\"op\":\"ack\",\"seq\":{highest}}}").into())).await?;
            }
        } else if frame.contains("\"op\":\"error\"") {
            return Err(Trouble::Answer(frame.to_string()));
        }
    }
}

/// Receives and acknowledges whatever has come before the next frame is waited for.
async fn receive(url: &str, bob: &Person) -> Result<(), Trouble> {
    let mut socket = bob.connect(url).await?;
    socket.synchronise(0).await?;
    loop {
        let frame = next_text(&mut socket.incoming).await?;
        if frame.contains("\"op\":\"envelope\"") {
            let ack = format!("{{\"op\":\"ack\",\"seq\":{}}}", seq_of(&frame)?);
            socket.out.send(Message::Text(ack.into())).await?;
        }
    }
}

fn seq_of(frame: &str) -> Result<u64, Trouble> {
    between(frame, "\"seq\":", ",").and_then(|n| n.parse().ok()).ok_or_else(|| Trouble::Answer(frame.into()))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// Processor time a process has used so far, in microseconds (Linux counts in hundredths of a second).
fn cpu_us(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    ticks * 10_000
}
