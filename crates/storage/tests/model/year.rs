//! A year of traffic, hour by hour, without mishaps: what is left of it that opens.

use kernel::{AccountId, DAY_MS, DeviceId, HOUR_MS, MINUTE_MS, MessageId, Millis, Rng};
use storage::lease_log::{Delivery, NewMessage, Op, Outcome, PassWork, What};
use vault::EntryAddress;

use crate::machine::{End, Machine};
use crate::model::DEADLINE_MS;

/// Who acknowledges at once, after some hours, once in five days, never.
const ACK_EVERY: [Option<u64>; 4] = [Some(1), Some(5), Some(120), None];
/// The one who never does.
const NEVER: usize = 3;

struct Year {
    machine: Machine,
    people: Vec<(AccountId, DeviceId)>,
    sent: usize,
}

impl Year {
    fn new() -> Self {
        let mut machine = Machine::new(365);
        assert!(machine.try_start());
        let now = machine.now().unwrap();
        let ids = |n: u128| (AccountId::new(now, n), DeviceId::new(now, n));
        let people: Vec<_> = (0..4).map(ids).collect();
        for (account, device) in &people {
            machine.vault().create_account(*account).unwrap();
            machine.core().commit(vec![Op::AddDevice { account: *account, device: *device }]).unwrap();
        }
        Self { machine, people, sent: 0 }
    }

    fn hour(&mut self, n: u64) {
        self.machine.serve(HOUR_MS);
        self.machine.core().tick().unwrap();
        while self.machine.core().pass_slice(64).unwrap() == PassWork::More {}
        let from = self.machine.below(4) as usize;
        let to = (from + 1 + self.machine.below(3) as usize) % 4;
        self.send(from, to);
        self.send(0, NEVER);
        for (person, every) in ACK_EVERY.iter().enumerate().take(self.people.len()) {
            if every.is_some_and(|every| n.is_multiple_of(every)) {
                let (account, device) = self.people[person];
                let Some(seq) = self.inbox(account, device).last().map(|last| last.seq) else { continue };
                let outcomes = self.machine.core().commit(vec![Op::Ack { account, device, seq }]).unwrap();
                assert!(matches!(outcomes[..], [Outcome::Acked(Ok(_))]), "{outcomes:?}");
            }
        }
        if n.is_multiple_of(250) {
            self.machine.end(End::Stop);
            assert!(self.machine.try_start());
        }
    }

    fn send(&mut self, from: usize, to: usize) {
        let now = self.machine.now().unwrap();
        let (sender, device) = self.people[from];
        let message = NewMessage {
            sender,
            device,
            client_id: self.sent.to_string(),
            message: MessageId::new(now, self.machine.rng.ulid_bits()),
            recipients: vec![self.people[to].0],
            sender_copy: false,
            body: format!("message {}", self.sent).into(),
        };
        let op = Op::send(self.machine.vault(), message);
        let outcomes = self.machine.core().commit(vec![op]).unwrap();
        assert!(matches!(outcomes[..], [Outcome::Sent(Ok(_))]), "{outcomes:?}");
        self.sent += 1;
        self.machine.told.take();
    }

    fn inbox(&mut self, account: AccountId, device: DeviceId) -> Vec<Delivery> {
        self.machine.core().reader().read_after(account, device, 0, usize::MAX, usize::MAX).unwrap()
    }

    /// When each message was sent that any key opens, of all boxes that were ever written to the disk.
    fn opened(&self) -> Vec<Millis> {
        let keys = self.machine.remaining_keys();
        let leases = keys.leases();
        let seen = self.machine.seen();
        let boxes = seen.messages.values().flat_map(|boxes| boxes.entries.iter().map(move |entry| (boxes, entry)));
        let opened = boxes.filter_map(|(boxes, sealed)| {
            let address = EntryAddress::of(sealed).unwrap();
            let key = leases.contains(&address.lease).then(|| keys.open_entry(sealed)).flatten()?;
            keys.open_body(&key, &boxes.body).map(|_| address.sent_at)
        });
        opened.collect()
    }
}

/// CHAT-NOTSTORED, D-70: a year of traffic between people who fetch their messages at once, after hours, after days and
/// never. Every five days every box that was ever written is tried with every key that is left: what opens was sent within 72
/// hours. At the end a new device is given nothing that any device has stored, and nothing older.
#[test]
fn after_a_year_of_traffic_nothing_older_than_72_hours_opens() {
    let mut year = Year::new();
    for day in 0..365 {
        for n in 0..24 {
            year.hour(day * 24 + n);
        }
        if day % 5 > 0 {
            continue;
        }
        let now = year.machine.now().unwrap();
        let opened = year.opened();
        let oldest = opened.iter().map(|sent_at| now.since(*sent_at)).max().unwrap_or(0);
        assert!(oldest < DEADLINE_MS + MINUTE_MS, "day {day}: something sent {} h ago opens", oldest / HOUR_MS);
        assert!(day < 3 || oldest > DEADLINE_MS - 2 * HOUR_MS, "day {day}: what waits must open, up to its deadline");
    }
    assert_eq!(year.sent, 365 * 24 * 2);

    let now = year.machine.now().unwrap();
    let (account, first) = year.people[0];
    let waiting = year.inbox(account, first).iter().filter(|delivery| is_envelope(delivery)).count();
    let device = DeviceId::new(now, 99);
    year.machine.core().commit(vec![Op::AddDevice { account, device }]).unwrap();
    let given = year.inbox(account, device);
    assert!(!given.iter().any(is_envelope), "the first device has stored all there is: {given:?}");
    assert!(waiting < 24, "which waits for other devices for an hour or two: {waiting}");

    let (account, _) = year.people[NEVER];
    let device = DeviceId::new(now, 100);
    year.machine.core().commit(vec![Op::AddDevice { account, device }]).unwrap();
    let given = year.inbox(account, device);
    let envelopes: Vec<_> = given.iter().filter(|delivery| is_envelope(delivery)).collect();
    assert!(!envelopes.is_empty());
    let old = |delivery: &&&Delivery| matches!(&delivery.what, What::Envelope(e) if now.since(e.at) >= 3 * DAY_MS);
    assert_eq!(envelopes.iter().find(old), None);
}

fn is_envelope(delivery: &Delivery) -> bool {
    matches!(delivery.what, What::Envelope(_))
}
