//! A week of fifty people on the release binary: they write, go offline for hours or days, sign in on more devices, block
//! each other, delete their accounts, while the server is stopped and killed. Beside it a plain record of what was
//! acknowledged and when it was stored. The same seed gives the same week, up to milliseconds.

use std::collections::HashSet;

use bench::{Host, Person};
use kernel::{DAY_MS, HOUR_MS, MINUTE_MS, MessageId, Millis};
use serde_json::{Value, json};
use wire::{ReceiptState, ServerFrame};

use crate::support::{another_device, host, number, try_send};

const SEED: u64 = 2026;
const PEOPLE: usize = 50;
const DAYS: i64 = 7;
/// What happens in one stretch of two hours.
const STRETCHES_PER_DAY: i64 = 12;
const SENDS: usize = 16;
const SYNCS: usize = 14;
/// A server must have made a key step before it is killed: what it forgets of time is looked at twice at the next start.
const STEP: std::time::Duration = std::time::Duration::from_millis(2_200);

/// A message that was acknowledged to its sender.
struct Message {
    word: String,
    id: MessageId,
    from: usize,
    to: usize,
    at: Millis,
    stored: Option<Millis>,
    /// Its sender or its recipient deleted the account, or blocked the other: whether it arrives is not told here.
    free: bool,
}

struct Somebody {
    devices: Vec<(Person, u64)>,
    away_until: Millis,
    deleted: bool,
    told_expired: HashSet<MessageId>,
}

struct Week {
    host: Host,
    chance: Chance,
    people: Vec<Somebody>,
    blocks: HashSet<(usize, usize)>,
    messages: Vec<Message>,
    sent: usize,
}

/// CHAT-KEEP, CHAT-72H, CHAT-3H, CHAT-DELIVER, CHAT-PERMANENT, D-27: each day the audit is clean, nothing of what ended
/// that day opens, what waits does, and everything that was acknowledged has arrived or was told to be expired.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_week_of_fifty_people_nothing_is_lost_and_nothing_stays() {
    let mut week = Week::begin().await;
    let began = week.host.time.now();
    for day in 0..DAYS {
        for stretch in 0..STRETCHES_PER_DAY {
            let end = began + (day * STRETCHES_PER_DAY + stretch + 1) * (DAY_MS / STRETCHES_PER_DAY);
            week.stretch(day, stretch, end).await;
        }
        week.host.live_to(began + (day + 1) * DAY_MS + MINUTE_MS).await.unwrap();
        week.look_back(day).await;
    }
    week.everybody_comes_back().await;
}

impl Week {
    async fn begin() -> Self {
        let host = host();
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            let person = Person::register(host.url(), &number(n), "somebody").await.unwrap();
            let (told_expired, away_until) = (HashSet::new(), Millis(0));
            people.push(Somebody { devices: vec![(person, 0)], away_until, deleted: false, told_expired });
        }
        let week = Self { host, chance: Chance(SEED), people, blocks: HashSet::new(), messages: Vec::new(), sent: 0 };
        for n in 0..PEOPLE {
            for friend in friends(n) {
                week.person(n).befriend(week.host.url(), week.person(friend)).await.unwrap();
            }
        }
        week
    }

    fn person(&self, n: usize) -> &Person {
        &self.people[n].devices[0].0
    }

    /// Two hours.
    async fn stretch(&mut self, day: i64, stretch: i64, end: Millis) {
        let began = self.host.time.now();
        for part in 1..=4 {
            for _ in 0..SENDS / 4 {
                self.send(day, stretch).await;
            }
            for _ in 0..SYNCS / 4 {
                let who = self.chance.below(PEOPLE);
                self.come_online(who).await;
            }
            self.host.walk_to(began + end.since(began) * part / 4).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(120)).await;
        }
        match self.chance.below(12) {
            0 | 1 => self.host.restart().unwrap(),
            2 | 3 => {
                tokio::time::sleep(STEP).await;
                self.host.kill().unwrap();
                self.host.start().unwrap();
            }
            4 | 5 => self.somebody_leaves(),
            6 => self.somebody_blocks().await,
            7 => self.somebody_gets_a_device().await,
            8 => self.host.time.step_back(HOUR_MS / 2).unwrap(),
            9 if stretch > 8 => self.somebody_deletes_the_account().await,
            _ => {}
        }
    }

    async fn send(&mut self, day: i64, stretch: i64) {
        let from = self.chance.below(PEOPLE);
        let friends = friends(from);
        let to = friends[self.chance.below(friends.len())];
        if self.people[from].deleted || self.people[from].away_until > self.host.time.now() {
            return;
        }
        let device = self.chance.below(self.people[from].devices.len());
        let twice = self.chance.below(8) == 0;
        let (id, word) = (self.sent.to_string(), format!("word{day}-{stretch}-{}-end", self.sent));
        self.sent += 1;
        let (sender, recipient) = (&self.people[from].devices[device].0, self.person(to));
        let blocked = self.blocks.contains(&(from, to)) || self.blocks.contains(&(to, from));
        match try_send(&self.host, sender, &id, recipient, &word).await {
            Ok(sent) => {
                assert!(!blocked && !self.people[to].deleted, "{word} was accepted");
                if twice {
                    let again = try_send(&self.host, sender, &id, recipient, &word).await.unwrap();
                    assert_eq!(again.message, sent.message, "{word} is two messages");
                }
                let (id, at) = (sent.message, sent.at);
                self.messages.push(Message { word, id, from, to, at, stored: None, free: false });
            }
            Err(code) => assert!(blocked || self.people[to].deleted, "{word} was refused: {code}"),
        }
    }

    /// One of somebody's devices fetches and stores what waits.
    async fn come_online(&mut self, who: usize) {
        let before = self.host.time.now();
        if self.people[who].deleted || self.people[who].away_until > before {
            return;
        }
        let device = self.chance.below(self.people[who].devices.len());
        let (person, stored) = &self.people[who].devices[device];
        let mut socket = person.connect(self.host.url()).await.unwrap();
        let caught_up = socket.catch_up(*stored).await.unwrap();
        let now = self.host.time.now();
        let words: HashSet<&str> = caught_up.texts().into_iter().collect();
        assert_eq!(words.len(), caught_up.texts().len(), "a message came twice to one device");
        for message in self.messages.iter().filter(|message| !message.free) {
            let came = words.contains(message.word.as_str());
            if came && message.from != who {
                assert_eq!(message.to, who, "{} came to somebody else", message.word);
                assert!(before.since(message.at) < 72 * HOUR_MS, "{} came too late", message.word);
                let long_ago = message.stored.is_some_and(|stored| before.since(stored) >= 3 * HOUR_MS);
                assert!(!long_ago, "{} came three hours after it was stored", message.word);
            }
            let must = message.to == who && message.stored.is_none() && now.since(message.at) < 72 * HOUR_MS;
            assert!(came || !must, "{} did not come, {} min old", message.word, now.since(message.at) / MINUTE_MS);
        }
        socket.acknowledge(caught_up.seq).await.unwrap();
        let stored_at = self.host.time.now();
        for message in self.messages.iter_mut().filter(|message| message.to == who) {
            if words.contains(message.word.as_str()) {
                message.stored.get_or_insert(stored_at);
            }
        }
        for frame in &caught_up.frames {
            if let ServerFrame::Receipt { message, state: ReceiptState::Expired, .. } = frame {
                self.people[who].told_expired.insert(*message);
            }
        }
        self.people[who].devices[device].1 = caught_up.seq;
    }

    fn somebody_leaves(&mut self) {
        let (who, hours) = (self.chance.below(PEOPLE), 6 + self.chance.below(90));
        self.people[who].away_until = self.host.time.now() + i64::try_from(hours).unwrap() * HOUR_MS;
    }

    async fn somebody_blocks(&mut self) {
        let who = self.chance.below(PEOPLE);
        let whom = friends(who)[0];
        if self.people[who].deleted || self.people[whom].deleted {
            return;
        }
        let path = format!("/v1/contacts/{}/block", self.person(whom).account);
        self.person(who).post(self.host.url(), &path, &Value::Null).await.unwrap();
        self.blocks.insert((who, whom));
        self.let_go(|message| [(who, whom), (whom, who)].contains(&(message.from, message.to)));
    }

    async fn somebody_gets_a_device(&mut self) {
        let who = self.chance.below(PEOPLE);
        if !self.people[who].deleted && self.people[who].devices.len() < 3 {
            let device = another_device(&self.host, self.person(who)).await;
            self.people[who].devices.push((device, 0));
        }
    }

    async fn somebody_deletes_the_account(&mut self) {
        let who = self.chance.below(PEOPLE);
        if !self.people[who].deleted {
            self.person(who).delete_account(self.host.url()).await.unwrap();
            self.people[who].deleted = true;
            self.let_go(|message| message.from == who || message.to == who);
        }
    }

    /// Says nothing more about the arrival of messages that were not stored yet.
    fn let_go(&mut self, which: impl Fn(&Message) -> bool) {
        for message in self.messages.iter_mut().filter(|message| which(message) && message.stored.is_none()) {
            message.free = true;
        }
    }

    /// At the end of a day: the audit, and a look for what ended and for what waits.
    async fn look_back(&mut self, day: i64) {
        let audit = self.host.audit().unwrap();
        assert_eq!(audit["clean"], true, "day {day}: {}", audit["why"]);
        let now = self.host.time.now();
        self.host.kill().unwrap();
        let mut over = Vec::new();
        if day >= 3 {
            over.push(format!("word{}-", day - 3));
        }
        let delivered = |message: &&Message| message.stored.is_some_and(|at| now.since(at) >= 3 * HOUR_MS);
        over.extend(self.messages.iter().rev().filter(delivered).take(4).map(|message| message.word.clone()));
        over.extend((0..PEOPLE).filter(|n| self.people[*n].deleted).map(|n| self.person(n).phone.clone()));
        let waits = |message: &&Message| !message.free && message.stored.is_none() && now.since(message.at) < DAY_MS;
        let waiting: Vec<_> = self.messages.iter().filter(waits).take(3).map(|message| message.word.clone()).collect();
        assert!(!waiting.is_empty());
        for word in waiting {
            assert!(!self.host.scan(&word).unwrap().is_clean(), "day {day}: {word} waits and is not found");
        }
        for word in over {
            assert!(self.host.scan(&word).unwrap().is_clean(), "day {day}: {word} is over and still found");
        }
        self.host.start().unwrap();
    }

    /// Everything that is younger than its deadline arrives; what expired of late was told to its sender.
    #[expect(clippy::print_stdout, reason = "the figures of the week are worth reading")]
    async fn everybody_comes_back(&mut self) {
        for who in 0..PEOPLE {
            self.people[who].away_until = Millis(0);
            for _ in 0..2 * self.people[who].devices.len() {
                self.come_online(who).await;
            }
        }
        let now = self.host.time.now();
        let (mut arrived, mut expired) = (0, 0);
        for message in self.messages.iter().filter(|message| !message.free) {
            if message.stored.is_some() {
                arrived += 1;
                continue;
            }
            let age = now.since(message.at);
            assert!(age >= 72 * HOUR_MS, "{} did not arrive", message.word);
            let told = self.people[message.from].told_expired.contains(&message.id);
            let recent = age < 143 * HOUR_MS && !self.people[message.from].deleted;
            assert!(told || !recent, "nobody was told that {} has expired", message.word);
            expired += 1;
        }
        assert!(arrived > 300 && expired > 5, "too little happened to show anything: {arrived}, {expired}");
        let lag = &self.host.audit().unwrap()["lag_ms"];
        assert!(lag["p99_9"].as_u64().unwrap() <= 60_000 && lag["count"].as_u64().unwrap() > 1_000, "{lag}");
        println!("{arrived} arrived, {expired} expired; deletion lag in ms {}", json!(lag));
    }
}

/// Whom somebody has among the contacts from the beginning: those who asked, and those who were asked.
fn friends(n: usize) -> [usize; 2] {
    [(n + 1) % PEOPLE, (n + 7) % PEOPLE]
}

/// A seeded generator (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }
}
