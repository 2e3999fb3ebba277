//! What happens in a run, by chance.

use kernel::sim::SimDisk;
use kernel::{DAY_MS, DeviceId, HOUR_MS, MINUTE_MS, Millis, SECOND_MS};
use storage::lease_log::{AckError, Op, Outcome, PassWork, ReadError};

use crate::machine::End;
use crate::model::{DEADLINE_MS, Model};
use crate::truth::{Happened, Message, Recipient, Wish};

impl Model {
    pub(crate) fn step(&mut self) {
        match self.machine.below(100) {
            0..=27 => self.some_batch(),
            28..=47 => self.some_device_syncs(),
            48..=72 => {
                let ms = self.some_while();
                self.serve(ms);
            }
            73..=78 => self.work(),
            79 => self.long_while(),
            80..=83 => self.machine.cut_power_soon(),
            84..=86 => self.some_end(),
            87..=88 => self.clock_goes_wrong(),
            89..=90 => {
                self.slices = [0, 0, 1, 3, 100, 100][self.machine.below(6) as usize];
            }
            91 => self.some_account_is_deleted(),
            92 if self.machine.one_in(2) => self.machine.data.inner.fail_syncs(1),
            93 if self.machine.one_in(12) => self.older_data_comes_back(),
            94 => self.some_bad_ack(),
            _ => self.check(),
        }
        if !self.pending.is_empty() && self.machine.now().is_some() {
            let pending = std::mem::take(&mut self.pending);
            self.batch(pending);
        }
    }

    /// Ends a run well: the pass works again, and all is checked once more, also after everything must be over.
    pub(crate) fn finish(&mut self) {
        self.slices = 100;
        self.check();
        for hours in [1, 2, 73] {
            for _ in 0..2 {
                self.serve(30 * MINUTE_MS);
            }
            self.check();
            self.end(End::Kill, hours * HOUR_MS);
            self.serve(MINUTE_MS);
            self.check();
        }
    }

    fn some_batch(&mut self) {
        let wishes: Vec<_> = (0..1 + self.machine.below(4)).filter_map(|_| self.some_wish()).collect();
        // No two acks of one device and no two sends of one message in a batch: what came of each must be told apart.
        let mut names: Vec<_> = wishes.iter().map(|wish| format!("{wish:?}")).collect();
        names.sort();
        names.dedup();
        if names.len() == wishes.len() && !wishes.is_empty() {
            self.batch(wishes);
        }
    }

    fn some_wish(&mut self) -> Option<Wish> {
        let chance = self.machine.below(20);
        let known: Vec<_> = (0..self.messages.len()).filter(|n| self.messages[*n].sent.is_some()).collect();
        let some_message = |model: &Self| {
            let newest = known.len().saturating_sub(6);
            let from = if model.machine.one_in(2) { newest } else { 0 };
            let count = (known.len() - from) as u64;
            (count > 0).then(|| known[from + model.machine.below(count) as usize])
        };
        match chance {
            0..=10 => self.new_message(),
            11..=13 => self.some_ack(),
            14 => some_message(self).map(Wish::Recall),
            15..=16 => some_message(self).map(Wish::Repeat),
            17 => some_message(self).map(Wish::Misuse),
            18 => {
                let person = self.some_person()?;
                Some(self.new_device(person))
            }
            _ => {
                let person = self.some_person().filter(|_| self.machine.one_in(3))?;
                let devices = self.people[person].devices.len() as u64;
                // The first device of each stays, so that there is always one that has seen everything.
                let device = 1 + self.machine.below(devices.max(2) - 1) as usize;
                (device < devices as usize).then_some(Wish::RemoveDevice { person, device })
            }
        }
    }

    fn some_person(&self) -> Option<usize> {
        let person = self.machine.below(self.people.len() as u64) as usize;
        self.people[person].is_there().then_some(person)
    }

    fn new_message(&mut self) -> Option<Wish> {
        let sender = self.some_person()?;
        let devices: Vec<DeviceId> =
            self.people[sender].devices.iter().filter(|device| device.is_there()).map(|device| device.id).collect();
        let device = *devices.get(self.machine.below(devices.len().max(1) as u64) as usize)?;
        let mut recipients: Vec<_> = (0..self.people.len()).filter(|person| *person != sender).collect();
        let count = 1 + self.machine.below(recipients.len() as u64) as usize;
        while recipients.len() > count {
            recipients.remove(self.machine.below(recipients.len() as u64) as usize);
        }
        recipients.retain(|person| self.people[*person].is_there());
        if recipients.is_empty() {
            return None;
        }
        let recipient = |person| Recipient {
            person,
            perhaps_acked: None,
            acked: None,
            perhaps_lost: false,
            expiry_tried: None,
            expired: None,
        };
        let number = self.messages.len();
        let text = format!("message {number}");
        self.by_text.insert(text.clone(), number);
        self.messages.push(Message {
            text,
            client_id: format!("client id {number}"),
            sender,
            device,
            recipients: recipients.into_iter().map(recipient).collect(),
            own_copy: devices.len() > 1,
            tried: Vec::new(),
            sent: None,
            seen_id: None,
            recalled: Happened::No,
            recalled_at: None,
            over: None,
        });
        Some(Wish::Send(number))
    }

    fn some_device(&self) -> Option<(usize, usize)> {
        let person = self.some_person()?;
        let device = self.machine.below(self.people[person].devices.len() as u64) as usize;
        self.people[person].devices[device].is_there().then_some((person, device))
    }

    fn some_ack(&mut self) -> Option<Wish> {
        let (person, device) = self.some_device()?;
        let stored = self.people[person].devices[device].stored;
        (stored > 0).then_some(Wish::Ack { person, device, seq: stored })
    }

    fn some_bad_ack(&mut self) {
        let Some((person, device)) = self.some_device().filter(|_| self.machine.now().is_some()) else { return };
        let (account, device) = (self.people[person].id, self.people[person].devices[device].id);
        let seq = self.machine.core().reader().last_seq(account) + 1;
        let op = Op::Ack { account, device, seq };
        match self.machine.core().commit(vec![op]) {
            Ok(outcomes) => assert_eq!(outcomes, [Outcome::Acked(Err(AckError::BadSeq))]),
            Err(_) => self.crashed(),
        }
    }

    /// A device asks for what it has not got, some or all of it, and perhaps acks it.
    fn some_device_syncs(&mut self) {
        let Some((person, device)) = self.some_device() else { return };
        let max = 1 + self.machine.below(8) as usize;
        let max_bytes = if self.machine.one_in(4) { 1 } else { usize::MAX };
        for _ in 0..1 + self.machine.below(4) {
            let after = self.people[person].devices[device].stored;
            let Some(deliveries) = self.read(person, device, after, max, max_bytes) else { return };
            let known = &mut self.people[person].devices[device];
            known.live = deliveries.is_empty();
            known.stored = deliveries.last().map_or(after, |last| last.seq);
            if known.live {
                break;
            }
        }
        if self.machine.one_in(2) {
            let seq = self.people[person].devices[device].stored;
            if seq > 0 {
                self.batch(vec![Wish::Ack { person, device, seq }]);
            }
        }
    }

    /// Reads for a device; `None` when that could not be done.
    pub(crate) fn read(
        &mut self,
        person: usize,
        device: usize,
        after: u64,
        max: usize,
        max_bytes: usize,
    ) -> Option<Vec<storage::lease_log::Delivery>> {
        let (account, id) = (self.people[person].id, self.people[person].devices[device].id);
        match self.machine.core().reader().read_after(account, id, after, max, max_bytes) {
            Ok(deliveries) => {
                let mut last = after;
                for delivery in &deliveries {
                    assert!(delivery.seq > last, "not in the order of seq");
                    last = delivery.seq;
                    self.observe(person, delivery);
                }
                self.note((account, after, &deliveries));
                Some(deliveries)
            }
            Err(ReadError::ClockCheck(_)) => {
                assert!(self.machine.now().is_none());
                None
            }
            Err(ReadError::Stopped(reason)) => {
                assert!(self.machine.is_cut(), "reading failed although the power is on: {reason}");
                self.crashed();
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// How long until the next move: often until the very moment at which something changes.
    fn some_while(&mut self) -> i64 {
        let Some(now) = self.machine.now() else {
            return [1, 10 * SECOND_MS, 31 * SECOND_MS][self.machine.below(3) as usize];
        };
        let mut moments = vec![Millis((now.hour() + 1) * HOUR_MS)];
        for message in self.messages.iter().rev().take(12) {
            let Some(sent) = message.sent else { continue };
            moments.push(sent.at + DEADLINE_MS);
            moments.push(sent.at + DEADLINE_MS + MINUTE_MS);
            let acked = message.recipients.iter().filter_map(|recipient| recipient.perhaps_acked);
            moments.extend(acked.flat_map(|acked| [acked + HOUR_MS, acked + 2 * HOUR_MS, acked + 3 * HOUR_MS]));
        }
        moments.retain(|moment| (1..30 * MINUTE_MS).contains(&moment.since(now)));
        if !moments.is_empty() && self.machine.one_in(2) {
            let moment = moments[self.machine.below(moments.len() as u64) as usize];
            return (moment.since(now) + [-1, 0, 1][self.machine.below(3) as usize]).max(0);
        }
        match self.machine.below(5) {
            0 => self.machine.below(2_000) as i64,
            1 => self.machine.below(90_000) as i64,
            2 => 15 * SECOND_MS,
            _ => self.machine.below(30 * 60_000) as i64,
        }
    }

    /// Time passes while the server serves, and it does what is due.
    pub(crate) fn serve(&mut self, ms: i64) {
        self.machine.serve(ms);
        self.note(("served", ms, self.machine.now()));
        self.work();
    }

    /// A long stretch of service, in steps in which a pass has time to work.
    fn long_while(&mut self) {
        for _ in 0..1 + self.machine.below(40) {
            let ms = (10 + self.machine.below(20) as i64) * MINUTE_MS;
            self.serve(ms);
        }
    }

    /// The tick, and as much of the pass as is done these days.
    pub(crate) fn work(&mut self) {
        self.step_keys();
        let Some(now) = self.machine.now() else { return };
        for recipient in self.due(now) {
            recipient.expiry_tried.get_or_insert(now);
        }
        self.new_seqs_from_here();
        let mut done = self.machine.core().tick().is_ok();
        let mut pass_done = false;
        let size = 1 + self.machine.below(4) as usize;
        for _ in 0..self.slices {
            if !done {
                break;
            }
            match self.machine.core().pass_slice(size) {
                Ok(PassWork::More) => {}
                Ok(PassWork::Idle) => {
                    pass_done = true;
                    break;
                }
                Ok(PassWork::Blocked) => break,
                Err(_) => done = false,
            }
        }
        if !done {
            return self.crashed();
        }
        // A jump of the clock takes more to its end than the tick knows of; the pass comes to all.
        for recipient in if pass_done { self.due(now) } else { Vec::new() } {
            recipient.expired.get_or_insert(now);
        }
        self.take_told();
    }

    /// Recipients whom a message did not reach before its deadline.
    fn due(&mut self, now: Millis) -> Vec<&mut Recipient> {
        let people = &self.people;
        let due = |message: &&mut Message| {
            let ended = message.sent.is_some_and(|sent| now.since(sent.at) >= DEADLINE_MS);
            let counts = message.recalled == Happened::No && message.over.is_none();
            ended && counts && people[message.sender].is_there()
        };
        let recipients = self.messages.iter_mut().filter(due).flat_map(|message| message.recipients.iter_mut());
        let undelivered = |recipient: &&mut Recipient| {
            recipient.perhaps_acked.is_none() && !recipient.perhaps_lost && people[recipient.person].is_there()
        };
        recipients.filter(undelivered).collect()
    }

    fn some_end(&mut self) {
        let end = [End::Power, End::Kill, End::Stop][self.machine.below(3) as usize];
        let downtime = [0, 2 * SECOND_MS, 20 * MINUTE_MS, 5 * HOUR_MS, 73 * HOUR_MS, 30 * DAY_MS];
        let likely = if self.machine.one_in(4) { 6 } else { 4 };
        let downtime = downtime[self.machine.below(likely) as usize];
        self.end(end, downtime);
    }

    fn clock_goes_wrong(&mut self) {
        let ms = [-3 * HOUR_MS, -5 * MINUTE_MS, 9 * MINUTE_MS, 11 * MINUTE_MS, 5 * HOUR_MS, 90 * HOUR_MS, 500 * DAY_MS];
        let jump = ms[self.machine.below(if self.machine.one_in(3) { 7 } else { 5 }) as usize];
        self.note(("jump", jump));
        self.machine.clock.jump(jump);
        self.step_keys();
        if self.machine.one_in(3) || jump > 400 * DAY_MS {
            self.check();
            self.machine.clock.jump(-jump);
        }
        self.work();
    }

    fn some_account_is_deleted(&mut self) {
        let Some(person) = self.some_person().filter(|_| self.machine.one_in(3)) else { return };
        self.note(("deleted", person));
        if self.machine.one_in(2) {
            self.people[person].key_destroyed = Happened::Maybe;
            self.destroy_pending();
            self.batch(vec![Wish::Forget(person)]);
        } else if self.batch(vec![Wish::Forget(person)]) {
            self.people[person].key_destroyed = Happened::Maybe;
            self.destroy_pending();
        }
    }

    /// A backup of the data comes back, and the keys know of later batches: everything in flight has expired.
    fn older_data_comes_back(&mut self) {
        if self.machine.is_cut() || self.machine.now().is_none() {
            return;
        }
        self.end(End::Stop, 0);
        let backup: SimDisk = self.machine.data.inner.fork();
        let before = self.machine.core().stats().batch;
        for _ in 0..3 {
            self.some_batch();
            self.serve(16 * SECOND_MS);
        }
        if self.machine.now().is_none() || self.machine.vault().mark().batches <= before {
            return;
        }
        self.machine.end(End::Stop);
        self.machine.data.inner = backup;
        self.restored = true;
        for device in self.people.iter_mut().flat_map(|person| &mut person.devices) {
            device.live = false;
            // A device that was added since the backup is added again when it connects.
            device.added = device.added.min(Happened::Maybe);
            device.acked = 0;
        }
        let served = self.machine.served;
        self.messages.iter_mut().for_each(|message| message.over = Some(message.over.unwrap_or(served)));
        self.pending.clear();
        self.start();
        let devices = self.people.iter().enumerate().flat_map(|(person, known)| {
            let added =
                known.devices.iter().enumerate().filter(|(_, d)| d.added != Happened::No && d.removed != Happened::Yes);
            added.map(move |(device, _)| Wish::AddDevice { person, device })
        });
        let again = devices.collect();
        self.batch(again);
    }
}
