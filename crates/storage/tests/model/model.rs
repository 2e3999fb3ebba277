//! One run: what is asked of the server, and what of it is known to have happened.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use kernel::{AccountId, DeviceId, HOUR_MS, MessageId, Millis, Rng};
use storage::lease_log::{NewMessage, Op, Outcome, SendError, What};

use crate::machine::{End, Machine, START};
use crate::truth::{Acked, Device, Happened, Message, Person, Recipient, Sent, Wish};

/// 72 hours, written out on purpose: the model does not ask the policy that it checks.
pub(crate) const DEADLINE_MS: i64 = 72 * HOUR_MS;

pub(crate) struct Model {
    pub(crate) machine: Machine,
    pub(crate) people: Vec<Person>,
    pub(crate) messages: Vec<Message>,
    pub(crate) by_text: BTreeMap<String, usize>,
    /// What was being done when the power went.
    pub(crate) pending: Vec<Wish>,
    /// Most entries a slice of the pass looks at, and most slices at a time. 0 slices: the pass is stuck.
    pub(crate) slices: u64,
    /// Names the run so far.
    pub(crate) transcript: u64,
    pub(crate) restored: bool,
}

/// `BILLET_MODEL_LOG` prints what happens.
static LOG: LazyLock<bool> = LazyLock::new(|| std::env::var_os("BILLET_MODEL_LOG").is_some());

#[expect(clippy::print_stderr, reason = "asked for by whoever looks for the cause of a failed run")]
pub(crate) fn print_line(line: &str) {
    eprintln!("{line}");
}

impl Model {
    pub(crate) fn new(seed: u64) -> Self {
        let mut machine = Machine::new(seed);
        assert!(machine.try_start());
        let mut model = Self {
            machine,
            people: Vec::new(),
            messages: Vec::new(),
            by_text: BTreeMap::new(),
            pending: Vec::new(),
            slices: 100,
            transcript: 0,
            restored: false,
        };
        for n in 0..2 + model.machine.below(3) {
            let id = AccountId::new(START, u128::from(n) + 1);
            model.machine.vault().create_account(id).unwrap();
            model.people.push(Person {
                id,
                devices: Vec::new(),
                forgotten: Happened::No,
                key_destroyed: Happened::No,
                seen: BTreeMap::new(),
                seq_told: 0,
                seq_before: 0,
                envelopes: BTreeMap::new(),
            });
            for _ in 0..1 + model.machine.below(3) {
                let wish = model.new_device(n as usize);
                assert!(model.batch(vec![wish]));
            }
        }
        model
    }

    /// Everything that was seen and answered goes into the transcript.
    pub(crate) fn note(&mut self, what: impl std::fmt::Debug) {
        let text = format!("{what:?}");
        if *LOG {
            print_line(&format!("{:?} {text}", self.machine.vault.as_ref().map(|vault| vault.now())));
        }
        self.transcript =
            text.bytes().fold(self.transcript, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    }

    pub(crate) fn new_device(&mut self, person: usize) -> Wish {
        let bits = self.machine.rng.ulid_bits();
        let joined = self.machine.now().unwrap_or(START);
        self.people[person].devices.push(Device {
            id: DeviceId::new(START, bits),
            added: Happened::No,
            removed: Happened::No,
            joined,
            stored: 0,
            acked: 0,
            live: false,
        });
        Wish::AddDevice { person, device: self.people[person].devices.len() - 1 }
    }

    /// Does all of it in one batch. `false` when the power goes meanwhile; then it is done again after the next start.
    pub(crate) fn batch(&mut self, wishes: Vec<Wish>) -> bool {
        let Some(now) = self.machine.now() else {
            self.pending.extend(wishes);
            return true;
        };
        let wishes: Vec<_> = wishes.into_iter().filter(|wish| self.makes_sense(wish, now)).collect();
        let ops: Vec<_> = wishes.iter().map(|wish| self.try_wish(wish, now)).collect();
        self.note((&wishes, now));
        self.new_seqs_from_here();
        match self.machine.core().commit(ops) {
            Ok(outcomes) => {
                self.note(&outcomes);
                for (wish, outcome) in wishes.iter().zip(outcomes) {
                    self.wish_done(wish, outcome, now);
                }
                self.take_told();
                true
            }
            Err(_) => {
                self.pending.extend(wishes);
                self.crashed();
                false
            }
        }
    }

    pub(crate) fn new_seqs_from_here(&mut self) {
        self.people.iter_mut().for_each(|person| person.seq_before = person.seq_told);
    }

    /// Clients give up after 72 hours, and deleted accounts ask for nothing.
    fn makes_sense(&self, wish: &Wish, now: Millis) -> bool {
        match wish {
            Wish::Send(message) | Wish::Repeat(message) | Wish::Misuse(message) => {
                let message = &self.messages[*message];
                let first = message.tried.iter().map(|(_, at)| *at).min();
                let in_time = first.is_none_or(|first| now.since(first) < DEADLINE_MS);
                in_time && message.over.is_none() && self.people[message.sender].is_there()
            }
            Wish::Recall(message) => self.messages[*message].over.is_none(),
            Wish::Ack { person, .. } | Wish::AddDevice { person, .. } | Wish::RemoveDevice { person, .. } => {
                self.people[*person].is_there()
            }
            Wish::Forget(_) => true,
        }
    }

    /// The op for a wish; from now on it may have happened.
    fn try_wish(&mut self, wish: &Wish, now: Millis) -> Op {
        match *wish {
            Wish::Send(message) => self.send_op(message, now, false),
            Wish::Repeat(message) => self.send_op(message, now, false),
            Wish::Misuse(message) => self.send_op(message, now, true),
            Wish::Ack { person, device, seq } => {
                for recipient in self.covered(person, seq) {
                    recipient.perhaps_acked.get_or_insert(now);
                }
                Op::Ack { account: self.people[person].id, device: self.people[person].devices[device].id, seq }
            }
            Wish::Recall(message) => {
                let message = &mut self.messages[message];
                message.recalled = message.recalled.max(Happened::Maybe);
                Op::Recall { sender: self.people[message.sender].id, message: message.sent.expect("only these").id }
            }
            Wish::AddDevice { person, device } => {
                let person = &mut self.people[person];
                person.devices[device].added = person.devices[device].added.max(Happened::Maybe);
                Op::AddDevice { account: person.id, device: person.devices[device].id }
            }
            Wish::RemoveDevice { person, device } => {
                let person = &mut self.people[person];
                person.devices[device].removed = person.devices[device].removed.max(Happened::Maybe);
                Op::RemoveDevice { account: person.id, device: person.devices[device].id }
            }
            Wish::Forget(person) => {
                let person = &mut self.people[person];
                person.forgotten = person.forgotten.max(Happened::Maybe);
                Op::ForgetAccount { account: person.id, tell: Vec::new() }
            }
        }
    }

    fn send_op(&mut self, message: usize, now: Millis, other: bool) -> Op {
        let id = MessageId::new(now, self.machine.rng.ulid_bits());
        let found = &mut self.messages[message];
        found.tried.push((id, now));
        let body = if other { format!("{} but other", found.text) } else { found.text.clone() };
        let new = NewMessage {
            sender: self.people[found.sender].id,
            device: found.device,
            client_id: found.client_id.clone(),
            message: id,
            recipients: found.recipients.iter().map(|recipient| self.people[recipient.person].id).collect(),
            sender_copy: found.own_copy,
            body: Bytes::from(body),
        };
        Op::send(self.machine.vault(), new)
    }

    /// The recipients whose undelivered envelopes an ack of `person` up to `seq` covers.
    fn covered(&mut self, person: usize, seq: u64) -> Vec<&mut Recipient> {
        let known: Vec<_> = self.people[person].envelopes.range(..=seq).map(|(_, message)| *message).collect();
        let messages = self.messages.iter_mut().enumerate().filter(|(number, _)| known.contains(number));
        messages
            .flat_map(|(_, message)| message.recipients.iter_mut())
            .filter(|recipient| recipient.person == person)
            .collect()
    }

    fn wish_done(&mut self, wish: &Wish, outcome: Outcome, now: Millis) {
        match (*wish, outcome) {
            (Wish::Send(message) | Wish::Repeat(message), Outcome::Sent(sent)) => self.sent(message, sent),
            (Wish::Misuse(message), Outcome::Sent(sent)) => self.misused(message, sent, now),
            (Wish::Ack { person, device, seq }, Outcome::Acked(acked)) => self.acked(person, device, seq, acked, now),
            (Wish::Recall(message), Outcome::Recalled(recalled)) => {
                let served = self.machine.served;
                let found = &self.messages[message];
                let mut others = found.recipients.iter().map(|recipient| recipient.person);
                let there = self.people[found.sender].is_there() && others.any(|other| self.people[other].is_there());
                let message = &mut self.messages[message];
                let late = now.since(message.sent.expect("only these").at) > 2 * 60_000;
                assert!(recalled.is_ok() || late || !there, "a recall in time was refused: {recalled:?}");
                if recalled.is_ok() {
                    message.recalled = Happened::Yes;
                    message.recalled_at.get_or_insert((now, served));
                }
            }
            (Wish::AddDevice { person, device }, Outcome::Changed(Ok(()))) => {
                let device = &mut self.people[person].devices[device];
                if device.added != Happened::Yes {
                    (device.added, device.joined) = (Happened::Yes, now);
                }
            }
            (Wish::RemoveDevice { person, device }, Outcome::Changed(Ok(()))) => {
                self.people[person].devices[device].removed = Happened::Yes;
            }
            (Wish::Forget(person), Outcome::Changed(Ok(()))) => self.people[person].forgotten = Happened::Yes,
            (wish, outcome) => panic!("{wish:?} was answered with {outcome:?}"),
        }
    }

    fn sent(&mut self, number: usize, answer: Result<storage::lease_log::Sent, SendError>) {
        let served = self.machine.served;
        let message = &mut self.messages[number];
        let nobody = !self.people[message.sender].is_there()
            || message.recipients.iter().all(|recipient| !self.people[recipient.person].is_there());
        let answer = match answer {
            Err(SendError::NoAccount) if nobody => return,
            answer => answer.unwrap_or_else(|error| panic!("the send of {} was refused: {error}", message.text)),
        };
        let first = message.sent.is_none();
        let known = *message.sent.get_or_insert(Sent { id: answer.message, at: answer.at, seq: answer.seq, served });
        assert_eq!(
            (known.id, known.at, known.seq),
            (answer.message, answer.at, answer.seq),
            "one client id, one answer"
        );
        assert!(message.tried.contains(&(known.id, known.at)), "the answer is of one of the tries");
        assert!(message.seen_id.is_none_or(|seen| seen == known.id), "stored twice under different ids");
        if first && !answer.repeated {
            let sender = &mut self.people[message.sender];
            assert!(known.seq > sender.seq_before, "a seq came back");
            sender.seq_told = sender.seq_told.max(known.seq);
        }
    }

    fn misused(&mut self, number: usize, answer: Result<storage::lease_log::Sent, SendError>, now: Millis) {
        let held = self.must_be_held(number, now);
        let message = &mut self.messages[number];
        let known = message.sent.expect("only these");
        match answer {
            Ok(answer) => {
                assert!(!held, "other content was taken under the id of {}", message.text);
                assert_eq!((known.id, known.at, known.seq), (answer.message, answer.at, answer.seq));
            }
            Err(SendError::IdReused) => {}
            Err(SendError::NoAccount) if !held => {}
            Err(error) => panic!("{error}"),
        }
    }

    fn acked(
        &mut self,
        person: usize,
        device: usize,
        seq: u64,
        answer: Result<storage::lease_log::Acked, storage::lease_log::AckError>,
        now: Millis,
    ) {
        if !self.people[person].is_there() || !self.people[person].devices[device].is_there() {
            return;
        }
        let answer = answer.unwrap_or_else(|error| panic!("an ack was refused: {error}"));
        let known = &mut self.people[person].devices[device];
        assert!(answer.seq >= seq.max(known.acked), "an ack was forgotten");
        known.acked = answer.seq;
        let ack = Acked { at: now, served: self.machine.served };
        let known: Vec<_> = self.people[person].envelopes.range(..=seq).map(|(_, message)| *message).collect();
        for message in known {
            let sender_there = self.people[self.messages[message].sender].is_there();
            let message = &mut self.messages[message];
            let at = message.sent.map(|sent| sent.at);
            let in_time = at.is_some_and(|at| now.since(at) < DEADLINE_MS);
            let counts = in_time && sender_there && message.recalled == Happened::No && message.over.is_none();
            let recipient = message.recipients.iter_mut().find(|recipient| recipient.person == person);
            if let Some(recipient) = recipient.filter(|recipient| counts && !recipient.perhaps_lost) {
                recipient.acked.get_or_insert(ack);
            }
        }
    }

    /// Whether some entry of this message can surely be opened.
    pub(crate) fn must_be_held(&self, number: usize, now: Millis) -> bool {
        let message = &self.messages[number];
        let Some(sent) = message.sent else { return false };
        let whole =
            message.recalled == Happened::No && message.over.is_none() && self.people[message.sender].is_there();
        let waits = |recipient: &Recipient| {
            let there = self.people[recipient.person].is_there() && !recipient.perhaps_lost;
            there && recipient.perhaps_acked.is_none_or(|acked| now.since(acked) < HOUR_MS)
        };
        whole && now.since(sent.at) < DEADLINE_MS && message.recipients.iter().any(waits)
    }

    /// What was told live reaches the devices that have read to the end.
    pub(crate) fn take_told(&mut self) {
        for (account, delivery) in self.machine.told.take() {
            self.note((account, &delivery));
            let person = self.people.iter().position(|person| person.id == account).expect("only these");
            let again = self.people[person].seen.contains_key(&delivery.seq);
            self.observe(person, &delivery);
            let known = &mut self.people[person];
            assert!(!again && delivery.seq > known.seq_before, "a seq was given again or went back");
            known.seq_told = known.seq_told.max(delivery.seq);
            for device in known.devices.iter_mut().filter(|device| device.live) {
                device.stored = device.stored.max(delivery.seq);
            }
        }
    }

    /// The server has failed: it must be because the power went, or a sync failed.
    pub(crate) fn crashed(&mut self) {
        let end = if self.machine.is_cut() { End::Power } else { End::Kill };
        self.end(end, 0);
    }

    /// Ends the server and starts it again after a while.
    pub(crate) fn end(&mut self, end: End, downtime_ms: i64) {
        self.note((end, downtime_ms));
        // What was told before the end was heard: it must be there again.
        self.take_told();
        self.machine.end(end);
        for device in self.people.iter_mut().flat_map(|person| &mut person.devices) {
            device.live = false;
        }
        if self.machine.one_in(2) {
            self.machine.clock.advance(downtime_ms);
        } else {
            self.machine.clock.reboot(downtime_ms);
        }
        self.start();
    }

    pub(crate) fn start(&mut self) {
        let mut tries = 0;
        loop {
            tries += 1;
            if tries < 5 && self.machine.one_in(8) {
                self.machine.cut_power_soon();
            }
            if self.machine.try_start() {
                break;
            }
            self.take_told();
            self.machine.end(End::Power);
        }
        self.step_keys();
        self.note(("started", self.machine.now()));
        self.take_told();
        self.destroy_pending();
        if self.machine.now().is_some() {
            let pending = std::mem::take(&mut self.pending);
            if !pending.is_empty() {
                self.batch(pending);
            }
        }
    }

    /// Leases that died before a pass had finished with them may have taken with them what was on its way.
    pub(crate) fn step_keys(&mut self) {
        self.machine.step();
        self.leases_died();
    }

    pub(crate) fn leases_died(&mut self) {
        if !std::mem::take(&mut self.machine.killed).is_empty() {
            for message in &mut self.messages {
                message.recipients.iter_mut().for_each(|recipient| recipient.perhaps_lost = true);
            }
        }
    }

    /// Destroys the keys of accounts whose destruction was asked for.
    pub(crate) fn destroy_pending(&mut self) {
        for person in 0..self.people.len() {
            if self.people[person].key_destroyed == Happened::Maybe {
                match self.machine.vault().destroy_account(self.people[person].id) {
                    Ok(()) => self.people[person].key_destroyed = Happened::Yes,
                    Err(_) => return self.crashed(),
                }
            }
        }
    }

    /// What stands at a seq never changes, and nobody sees what is not for them.
    pub(crate) fn observe(&mut self, person: usize, delivery: &storage::lease_log::Delivery) {
        let what = format!("{} {}", delivery.message, fingerprint(&delivery.what));
        let seen = self.people[person].seen.entry(delivery.seq).or_insert_with(|| what.clone());
        assert_eq!(*seen, what, "what stands at a seq has changed");
        let What::Envelope(envelope) = &delivery.what else { return };
        let text = String::from_utf8(envelope.body.to_vec()).unwrap();
        let number = *self.by_text.get(&text).unwrap_or_else(|| panic!("nobody wrote {text:?}"));
        let message = &mut self.messages[number];
        assert_eq!(envelope.from, self.people[message.sender].id);
        assert!(message.tried.contains(&(envelope.message, envelope.at)));
        let id = *message.seen_id.get_or_insert(envelope.message);
        assert_eq!(id, envelope.message, "{text} is stored twice under different ids");
        assert!(message.sent.is_none_or(|sent| sent.id == id), "{text} is stored twice under different ids");
        let own = person == message.sender && message.own_copy;
        assert!(own || message.recipients.iter().any(|recipient| recipient.person == person), "not for them");
        if !own {
            self.people[person].envelopes.insert(delivery.seq, number);
        }
    }
}

fn fingerprint(what: &What) -> String {
    match what {
        What::Envelope(envelope) => format!("{:?} {:?}", envelope, envelope.body),
        other => format!("{other:?}"),
    }
}
