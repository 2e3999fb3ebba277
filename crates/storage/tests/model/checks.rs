//! What must be true at any moment.

use kernel::{HOUR_MS, MINUTE_MS, Millis};
use storage::lease_log::{Delivery, Notice, ReceiptState, What};
use vault::EntryAddress;

use crate::model::{DEADLINE_MS, Model};
use crate::truth::{Device, Happened, Message};

/// A key is dead at most this long after the deadline.
const KEY_DEATH_MS: i64 = MINUTE_MS;

impl Model {
    /// Reads as every device, and tries every key that remains on every box that was ever written.
    pub(crate) fn check(&mut self) {
        for person in 0..self.people.len() {
            for device in 0..self.people[person].devices.len() {
                if self.people[person].is_there() && self.people[person].devices[device].is_there() {
                    self.check_device(person, device);
                }
            }
        }
        self.check_keys();
    }

    fn check_device(&mut self, person: usize, device: usize) {
        let Some(all) = self.read(person, device, 0, usize::MAX, usize::MAX) else { return };
        let Some(now) = self.machine.now() else { return };
        let account = self.people[person].id;
        assert!(all.last().is_none_or(|last| last.seq <= self.machine.core().reader().last_seq(account)));
        for number in 0..self.messages.len() {
            self.check_envelope(number, person, device, &all, now);
        }
        // The first device of each was there from the beginning: it gets every mark.
        if device == 0 && !self.restored {
            for message in &self.messages {
                self.check_receipts(message, person, &all, now);
            }
            self.check_missed(person, device, now);
        }
        if self.restored && device == 0 {
            let told = |delivery: &Delivery| delivery.what == What::Notice(Notice::Restored);
            let _ = all.iter().any(told);
        }
    }

    /// Readable as long as it must be, and no longer.
    fn check_envelope(&self, number: usize, person: usize, device: usize, all: &[Delivery], now: Millis) {
        let message = &self.messages[number];
        let is_it = |delivery: &Delivery| match &delivery.what {
            What::Envelope(envelope) => envelope.body == message.text.as_bytes(),
            _ => false,
        };
        let found = all.iter().filter(|delivery| is_it(delivery)).count();
        let text = &message.text;
        assert!(found <= 1, "{text} is there twice");
        let there = found == 1;
        let first_tried = message.tried.iter().map(|(_, at)| *at).max();
        let sent_at = message.sent.map(|sent| sent.at).or(first_tried);
        let Some(sent_at) = sent_at else { return };
        let device = &self.people[person].devices[device];
        let over = now.since(sent_at) >= DEADLINE_MS
            || message.recalled == Happened::Yes
            || message.over.is_some()
            || self.people[message.sender].key_destroyed == Happened::Yes
            || self.people[message.sender].forgotten == Happened::Yes
            || device.id == message.device;
        assert!(!(there && over), "{text} is readable although it is over");
        let must = message.sent.is_some()
            && !over
            && message.recalled == Happened::No
            && self.people[message.sender].is_there();
        let until_acked_and = |hours: i64, acked: Millis| now.since(acked) < hours * HOUR_MS;
        if person == message.sender {
            assert!(!there || until_acked_and(2, sent_at), "{text}: the sender's own copy is readable for too long");
            let lost = message.recipients.iter().any(|recipient| recipient.perhaps_lost);
            if must && message.own_copy && !lost && device.was_there(message) && until_acked_and(1, sent_at) {
                assert!(there, "{text}: the sender's other devices have less than an hour");
            }
            return;
        }
        let Some(recipient) = message.recipients.iter().find(|recipient| recipient.person == person) else { return };
        if let Some(acked) = recipient.acked {
            assert!(!there || until_acked_and(2, acked.at), "{text} is readable too long after its first ack");
        }
        if must && !recipient.perhaps_lost {
            match recipient.perhaps_acked {
                None => assert!(there, "{text} is lost although nobody has stored it"),
                Some(acked) if device.was_there(message) && until_acked_and(1, acked) => {
                    assert!(there, "{text}: other devices have less than an hour");
                }
                Some(_) => {}
            }
        }
    }

    /// The sender learns what became of a message, and every recipient that it was recalled.
    fn check_receipts(&self, message: &Message, person: usize, all: &[Delivery], now: Millis) {
        let Some(sent) = message.sent else { return };
        let about = all.iter().filter(|delivery| delivery.message == sent.id).map(|delivery| &delivery.what);
        let about: Vec<_> = about.collect();
        if message.recalled == Happened::Yes {
            let told = about.contains(&&What::Recalled);
            let concerns = person == message.sender || message.recipients.iter().any(|r| r.person == person);
            let recent = message.recalled_at.is_some_and(|(at, _)| now.since(at) < DEADLINE_MS);
            assert!(told || !concerns || !recent, "{}: not everybody was told of the recall", message.text);
        }
        if person != message.sender || message.recalled != Happened::No {
            return;
        }
        let all_there = message.recipients.iter().all(|recipient| self.people[recipient.person].is_there());
        let receipt = |what: &What| match what {
            What::Receipt { state, delivered, .. } => Some((*state, *delivered)),
            _ => None,
        };
        let receipts: Vec<_> = about.into_iter().filter_map(receipt).collect();
        let acked: Vec<_> = message.recipients.iter().filter_map(|recipient| recipient.acked).collect();
        let perhaps = message.recipients.iter().filter(|recipient| recipient.perhaps_acked.is_some()).count();
        let told =
            receipts.iter().filter(|(state, _)| *state == ReceiptState::Delivered).map(|(_, n)| *n as usize).max();
        assert!(told.is_none_or(|told| told <= perhaps), "{}: more deliveries than acks", message.text);
        let last = acked.iter().map(|acked| acked.at).max();
        if last.is_some_and(|last| now.since(last) < DEADLINE_MS) {
            assert!(told.is_some_and(|told| told >= acked.len()), "{}: a receipt is missing", message.text);
        }
        let expired = receipts.iter().any(|(state, _)| *state == ReceiptState::Expired);
        let must = |r: &crate::truth::Recipient| {
            r.expired.is_some() && r.expiry_tried.is_some_and(|tried| now.since(tried) < DEADLINE_MS) && !r.perhaps_lost
        };
        if all_there {
            assert!(expired || !message.recipients.iter().any(must), "{}: its expiry was not told", message.text);
            let may = |r: &crate::truth::Recipient| {
                let after = now.since(sent.at) >= DEADLINE_MS;
                r.perhaps_lost || r.expiry_tried.is_some() || after && r.acked.is_none()
            };
            assert!(!expired || message.recipients.iter().any(may), "{} is not expired", message.text);
        }
    }

    /// The recipient learns how many messages never reached any device.
    fn check_missed(&mut self, person: usize, device: usize, now: Millis) {
        let (account, id) = (self.people[person].id, self.people[person].devices[device].id);
        let Ok(missed) = self.machine.core().reader().missed(account, id) else { return };
        let each = self.messages.iter().flat_map(|message| message.recipients.iter().map(move |r| (&message.text, r)));
        let recipients = each.filter(|(_, r)| r.person == person);
        let surely = |(_, r): &(&String, &crate::truth::Recipient)| {
            r.expired.is_some() && r.expiry_tried.is_some_and(|tried| now.since(tried) < DEADLINE_MS)
        };
        let surely: Vec<_> = recipients.filter(surely).collect();
        assert!(missed as usize >= surely.len(), "missed {missed}, but surely {surely:?}");
    }

    /// What must be gone does not open with any key that remains; what must be readable does.
    fn check_keys(&mut self) {
        self.step_keys();
        let Some(now) = self.machine.now().filter(|_| !self.machine.is_cut()) else { return };
        let keys = self.machine.remaining_keys();
        // Without the key of its lease a box cannot open: asked first, because deriving the deadline's key takes long.
        let leases = keys.leases();
        let opens = |boxes: &crate::recorder::Boxes, sealed: &vault::EntryBox| {
            let lease = EntryAddress::of(sealed).ok()?.lease;
            leases
                .contains(&lease)
                .then(|| keys.open_entry(sealed))
                .flatten()
                .and_then(|key| keys.open_body(&key, &boxes.body))
        };
        let seen = self.machine.seen();
        for boxes in seen.messages.values() {
            for sealed in &boxes.entries {
                let sent_at = EntryAddress::of(sealed).unwrap().sent_at;
                let over = now.since(sent_at) >= DEADLINE_MS + KEY_DEATH_MS;
                assert!(!over || opens(boxes, sealed).is_none(), "a key outlives its deadline");
            }
        }
        for (number, message) in self.messages.iter().enumerate() {
            let Some(sent) = message.sent else { continue };
            let boxes = &seen.messages[&sent.id];
            let mut opened = !self.must_be_held(number, now);
            for sealed in &boxes.entries {
                let dead = self.must_be_dead(message, EntryAddress::of(sealed).unwrap().recipient);
                if dead || !opened {
                    let text = opens(boxes, sealed);
                    assert!(text.is_none() || !dead, "{} outlives its time", message.text);
                    assert!(text.as_ref().is_none_or(|text| text == message.text.as_bytes()));
                    opened |= text.is_some();
                }
            }
            assert!(opened, "{}: no key is left", message.text);
        }
    }

    /// Three hours of service after its first ack, or with the account of either, an entry cannot be opened any more.
    fn must_be_dead(&self, message: &Message, recipient: kernel::AccountId) -> bool {
        let long_ago = |served: i64| self.machine.served - served >= 3 * HOUR_MS;
        let person = self.people.iter().position(|person| person.id == recipient).expect("only these");
        let destroyed = |person: usize| self.people[person].key_destroyed == Happened::Yes;
        let acked = message.recipients.iter().find(|r| r.person == person).and_then(|r| r.acked);
        let own_copy = person == message.sender && message.sent.is_some_and(|sent| long_ago(sent.served));
        destroyed(person)
            || destroyed(message.sender)
            || own_copy
            || acked.is_some_and(|acked| long_ago(acked.served))
            || message.recalled == Happened::Yes && message.recalled_at.is_some_and(|(_, served)| long_ago(served))
            || message.over.is_some_and(long_ago)
    }
}

impl Device {
    /// Whether it had joined before the message was sent.
    fn was_there(&self, message: &Message) -> bool {
        message.sent.is_some_and(|sent| self.joined < sent.at)
    }
}
