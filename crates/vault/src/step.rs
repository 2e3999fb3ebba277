//! The key step: what dies now and what is drawn ahead, in one overwrite.

use kernel::Millis;

use crate::Vault;
use crate::crypto::Key;
use crate::deadlines::{Grain, ms_to_next_step, stepped};
use crate::file::KeyFileError;
use crate::file::format::{Content, HEADER_SLOT, Header};
use crate::keys::Keys;
use crate::lags::Dead;
use crate::leases::{HOLD_MS_MAX, LEASE_HOURS_AHEAD, Lease};
use crate::time::{ClockCheck, Look};
use crate::writer::Writer;

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// Durable steps so far.
    pub step: u64,
    /// Effective time of this look.
    pub at: Millis,
    /// Leases that died although no pass had finished with them.
    pub leases_ended: Vec<Lease>,
    /// Deadline roots (hours and days) whose last key died.
    pub roots_ended: usize,
    /// The clock is not believed at the moment; `at` is what the time would be without its jump.
    pub clock_check: Option<ClockCheck>,
}

/// The step could not be made. Until it is, keys may outlive their time: the server must stop.
pub type StepError = KeyFileError;

/// Where the keys stand: the lease log compares this with what its batches say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Durable steps so far.
    pub step: u64,
    /// The highest batch of the lease log that was known durable at that step.
    pub batches: u64,
}

/// What a step will overwrite.
#[derive(Default)]
struct Plan {
    /// Slots whose keys die.
    due: Vec<u32>,
    /// Roots one or more steps further.
    advanced: Vec<(u32, Content)>,
    /// How long leases have been held: written along, worth no step of its own.
    held: Vec<(u32, Content)>,
    /// What is needed ahead and not there.
    missing: Vec<Content>,
    leases_ended: Vec<Lease>,
    roots_ended: usize,
    /// The steps that die, and how long each lease was held that dies: for the lag.
    dead: Vec<Dead>,
    leases_held_ms: Vec<i64>,
}

impl Vault {
    /// Advances every key to effective time: overwrites what is due, draws what is needed ahead. Durable when it returns,
    /// and cheap when nothing is due. Called every second or so, at each start and before a stop.
    pub fn step(&self) -> Result<StepReport, StepError> {
        self.make_step(false)
    }

    /// The first step of a process, written even when nothing is due: the time it starts from must not be lost again.
    pub(crate) fn first_step(&self) -> Result<StepReport, StepError> {
        self.make_step(true)
    }

    /// The last step of a process, written even when nothing is due: from then on the keys know every batch of the lease
    /// log, so that the next start finds one missing that was acknowledged, and tells an older copy of the data from these.
    pub fn last_step(&self) -> Result<StepReport, StepError> {
        self.make_step(true)
    }

    fn make_step(&self, always: bool) -> Result<StepReport, StepError> {
        let mut writer = self.writer();
        let look = self.look();
        self.book().look(look);
        let mut plan = Plan::default();
        {
            let keys = self.keys();
            plan.roots(self, &keys, Grain::Hour, look.at);
            plan.roots(self, &keys, Grain::Day, look.at);
            plan.leases(self, &keys, &mut writer, look.at, look.boot_ms);
        }
        let write = always || !plan.is_empty();
        let mut report = StepReport {
            step: writer.file.header().step,
            at: look.at,
            leases_ended: std::mem::take(&mut plan.leases_ended),
            roots_ended: plan.roots_ended,
            clock_check: look.check,
        };
        if !write {
            return Ok(report);
        }
        let (dead, leases_held_ms) = (std::mem::take(&mut plan.dead), std::mem::take(&mut plan.leases_held_ms));
        let mut changes = self.place(&mut writer, plan)?;
        let header = *writer.file.header();
        report.step = header.step + 1;
        changes.push((
            HEADER_SLOT,
            Content::Header(Header {
                step: report.step,
                batches: self.batches_noted(),
                at: look.at.max(header.at),
                boot: self.clock().boot_id(),
                boot_ms: look.boot_ms,
                slots: header.slots,
                drawing: header.drawing,
            }),
        ));
        self.commit(&mut writer, changes)?;
        let took_ms = self.clock().boot_ms() - look.boot_ms;
        let done = Look { at: look.at + took_ms, boot_ms: look.boot_ms + took_ms, ..look };
        let mut book = self.book();
        book.died(&dead, done);
        leases_held_ms.iter().for_each(|held_ms| book.lease_ended(held_ms + took_ms));
        drop(book);
        self.keys().forget_until(look.at);
        Ok(report)
    }

    /// When the next key dies or is drawn, if nothing unforeseen happens.
    pub fn next_step_at(&self) -> Millis {
        let at = self.stepped_at();
        at + ms_to_next_step(at)
    }

    /// Gives everything missing a slot: first those that fall free in this very step.
    fn place(&self, writer: &mut Writer, plan: Plan) -> Result<Vec<(u32, Content)>, KeyFileError> {
        let Plan { mut due, mut advanced, mut held, missing, .. } = plan;
        let lacking = missing.len().saturating_sub(due.len());
        let room = self.make_room(writer, lacking);
        let spare: Vec<u32> = self.keys().free.iter().copied().take(lacking).collect();
        if spare.len() < lacking {
            // Deaths come first: without room only what is drawn for later has to wait.
            tracing::error!(keys = lacking - spare.len(), error = ?room.err(), "no room for new keys; sending will fail");
        }
        let mut changes = Vec::with_capacity(advanced.len() + held.len() + missing.len() + due.len() + 1);
        changes.append(&mut advanced);
        changes.append(&mut held);
        let mut places = spare.into_iter();
        for content in missing {
            let Some(slot) = due.pop().or_else(|| places.next()) else { break };
            changes.push((slot, content));
        }
        changes.extend(due.into_iter().map(|slot| (slot, Content::Free)));
        Ok(changes)
    }
}

impl Plan {
    fn is_empty(&self) -> bool {
        self.due.is_empty() && self.advanced.is_empty() && self.missing.is_empty()
    }

    fn roots(&mut self, vault: &Vault, keys: &Keys, grain: Grain, now: Millis) {
        let wanted = grain.wanted(now);
        for (&index, root) in keys.roots(grain) {
            let passed = grain.passed(index, now);
            let first = Millis(index * grain.span_ms() + i64::from(root.position) * grain.step_ms());
            let steps = passed.saturating_sub(root.position);
            self.dead.extend((steps > 0).then_some(Dead { first, step_ms: grain.step_ms(), steps }));
            if index < *wanted.start() {
                self.due.push(root.slot);
                self.roots_ended += 1;
            } else if passed > root.position {
                let state = stepped(root.state.clone(), passed - root.position);
                self.advanced.push((root.slot, Content::Root { grain, index, position: passed, state }));
            }
        }
        for index in wanted.filter(|index| !keys.roots(grain).contains_key(index)) {
            let state = Key::random(vault.rng());
            self.missing.push(Content::Root { grain, index, position: grain.passed(index, now), state });
        }
    }

    fn leases(&mut self, vault: &Vault, keys: &Keys, writer: &mut Writer, now: Millis, boot_ms: i64) {
        for (&lease, key) in keys.leases.iter().filter(|(lease, _)| lease.ends() <= now) {
            let held_ms = writer.holds.held_ms(lease, key.held_ms, now, boot_ms);
            if held_ms >= HOLD_MS_MAX {
                self.due.push(key.slot);
                self.leases_ended.push(lease);
                self.leases_held_ms.push(held_ms);
            } else {
                self.held.push((key.slot, Content::Lease { lease, key: key.key.clone(), held_ms }));
            }
        }
        writer.holds.looked(boot_ms);
        for ahead in 1..=LEASE_HOURS_AHEAD {
            let lease = Lease(now.hour() + ahead);
            if !keys.leases.contains_key(&lease) {
                self.missing.push(Content::Lease { lease, key: Key::random(vault.rng()), held_ms: 0 });
            }
        }
    }
}
