//! The writer: everything that changes goes through [`Core::commit`] and [`Core::tick`], one batch after the other.
//!
//! It is plain and synchronous, so that a simulation can drive it step by step; [`LeaseLog`](super::LeaseLog) gives it a thread.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use kernel::{AccountId, DeviceId, Disk, FolderLock, MessageId, Millis};
use vault::Vault;

use super::batch::{Batch, COMMIT};
use super::client_ids::ClientIds;
use super::drafts::Receipt;
use super::format::{FRAME_HEADER_BYTES, Header, Kind, Name, Role, SEGMENT_BYTES_MAX, finish_frame};
use super::index::Index;
use super::pass::Pass;
use super::records::{COMMIT_HEAD_BYTES, CommitHead, Extent};
use super::segment::{SegmentFile, Tail};
use super::send::Prepared;
use super::space::Space;
use super::{
    AckError, Acked, ChangeError, Deliveries, NewMessage, PassStatus, PassWork, Reader, RecallError, Recalled,
    SendError, Sent, StopReason,
};

/// What can be asked of the writer.
pub enum Op {
    /// Store a message; made by [`Op::send`].
    Send(Prepared),
    /// A device stored everything up to `seq`.
    Ack {
        /// Whose device.
        account: AccountId,
        /// Which device.
        device: DeviceId,
        /// Up to here.
        seq: u64,
    },
    /// A device that may read and ack from now on.
    AddDevice {
        /// Whose device.
        account: AccountId,
        /// Which device.
        device: DeviceId,
    },
    /// A device that may no longer.
    RemoveDevice {
        /// Whose device.
        account: AccountId,
        /// Which device.
        device: DeviceId,
    },
    /// An account that was deleted.
    ForgetAccount {
        /// Which account.
        account: AccountId,
        /// Who gets a notice of it.
        tell: Vec<AccountId>,
    },
    /// A sender takes a message back.
    Recall {
        /// Who sent it.
        sender: AccountId,
        /// What.
        message: MessageId,
    },
}

impl Op {
    /// A message to store. The keyed hash of its client id is made here, outside of the writer.
    pub fn send(vault: &Vault, message: NewMessage) -> Self {
        Self::Send(Prepared::new(vault, message))
    }
}

/// What came of an [`Op`].
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Of a send.
    Sent(Result<Sent, SendError>),
    /// Of an ack.
    Acked(Result<Acked, AckError>),
    /// Of a change of devices or accounts.
    Changed(Result<(), ChangeError>),
    /// Of a recall.
    Recalled(Result<Recalled, RecallError>),
}

/// What the lease log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Entries of messages: undelivered, or delivered and still readable for other devices.
    pub waiting: u64,
    /// Receipts, recalled marks and notices.
    pub marks: u64,
    /// Bytes of memory of the index.
    pub index_bytes: u64,
    /// Bytes of memory of client ids.
    pub client_id_bytes: u64,
    /// The last batch.
    pub batch: u64,
    /// Sends are refused because the disk is nearly full.
    pub storage_full: bool,
    /// A pass is running.
    pub pass_running: bool,
    /// Messages stored since the start, repeated ones not counted again.
    pub sends: u64,
    /// Acks taken since the start.
    pub acks: u64,
}

/// What readers and the writer share.
pub(super) struct Shared {
    pub(super) vault: Arc<Vault>,
    index: RwLock<Index>,
    /// What only the writer knows, as of its last tick.
    gauges: Mutex<Stats>,
    /// The same of the pass, and of client ids by the hour.
    pub(super) pass_status: Mutex<PassStatus>,
    pub(super) client_id_hours: Mutex<Vec<(u32, u64)>>,
    /// Why everything stopped, if it has.
    pub(super) stop: OnceLock<Arc<StopReason>>,
}

impl Shared {
    pub(super) fn new(vault: Arc<Vault>, index: Index) -> Self {
        Self {
            vault,
            index: RwLock::new(index),
            gauges: Mutex::default(),
            pass_status: Mutex::default(),
            client_id_hours: Mutex::default(),
            stop: OnceLock::new(),
        }
    }

    pub(super) fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stats(&self) -> Stats {
        let index = self.index();
        let gauges = *self.gauges.lock().unwrap_or_else(PoisonError::into_inner);
        Stats { waiting: index.waiting, marks: index.marks, index_bytes: index.bytes() as u64, ..gauges }
    }

    /// Stops everything: the first reason is the one that counts.
    pub(super) fn stop(&self, reason: StopReason) -> Arc<StopReason> {
        Arc::clone(self.stop.get_or_init(|| Arc::new(reason)))
    }
}

/// The lease log's writer.
pub struct Core {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) vault: Arc<Vault>,
    pub(super) root: PathBuf,
    pub(super) shared: Arc<Shared>,
    pub(super) deliveries: Arc<dyn Deliveries>,
    /// Segments that may be added to.
    pub(super) tails: BTreeMap<Name, Tail>,
    pub(super) ids: ClientIds,
    pub(super) next_batch: u64,
    /// The last lease whose pass is done, and when it was.
    pub(super) done_through: u32,
    pub(super) done_at: Option<Millis>,
    /// The highest seq given while each lease was current.
    pub(super) seq_max: BTreeMap<u32, u64>,
    pub(super) pass: Option<Pass>,
    pub(super) space: Space,
    /// Receipts that could not be sealed because the clock was in doubt.
    pub(super) owed: Vec<Receipt>,
    pub(super) owed_missed: BTreeMap<AccountId, u32>,
    /// Counted since the start.
    pub(super) sends: u64,
    pub(super) acks: u64,
    pub(super) _lock: FolderLock,
}

impl Core {
    /// Does all of `ops` in one batch: what comes back is durable. An error is the end: nothing can be asked any more.
    pub fn commit(&mut self, ops: Vec<Op>) -> Result<Vec<Outcome>, Arc<StopReason>> {
        self.guarded(|core| core.commit_ops(ops))
    }

    /// What must happen with time: keys step, messages expire, files go, a pass begins. Called every second or so; a pass goes
    /// on with [`Core::pass_slice`].
    pub fn tick(&mut self) -> Result<(), Arc<StopReason>> {
        self.guarded(Self::tick_once)?;
        self.note_gauges();
        Ok(())
    }

    /// Carries over some more of what a running pass must look at.
    pub fn pass_slice(&mut self, entries_max: usize) -> Result<PassWork, Arc<StopReason>> {
        self.guarded(|core| core.pass_slice_once(entries_max))
    }

    /// For reading what was committed, from any thread.
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.shared))
    }

    /// What there is.
    pub fn stats(&self) -> Stats {
        self.note_gauges();
        self.shared.stats()
    }

    pub(super) fn note_gauges(&self) {
        let gauges = Stats {
            client_id_bytes: self.ids.bytes() as u64,
            batch: self.next_batch - 1,
            storage_full: self.space.is_full(),
            pass_running: self.pass.is_some(),
            sends: self.sends,
            acks: self.acks,
            ..Stats::default()
        };
        let pass = PassStatus { last_done_at: self.done_at, lease: self.done_through, running: self.pass.is_some() };
        *self.shared.pass_status.lock().unwrap_or_else(PoisonError::into_inner) = pass;
        *self.shared.client_id_hours.lock().unwrap_or_else(PoisonError::into_inner) = self.ids.hours();
        *self.shared.gauges.lock().unwrap_or_else(PoisonError::into_inner) = gauges;
    }

    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, StopReason>) -> Result<T, Arc<StopReason>> {
        if let Some(reason) = self.shared.stop.get() {
            return Err(Arc::clone(reason));
        }
        work(self).map_err(|reason| self.shared.stop(reason))
    }

    fn commit_ops(&mut self, ops: Vec<Op>) -> Result<Vec<Outcome>, StopReason> {
        self.step_keys_if_due()?;
        let Ok(now) = self.vault.now() else {
            return Ok(ops.iter().map(Outcome::clock_check).collect());
        };
        let mut batch = self.begin(now, Role::Commit)?;
        let mut outcomes = Vec::with_capacity(ops.len());
        for op in ops {
            outcomes.push(match op {
                Op::Send(message) => Outcome::Sent(self.send(&mut batch, message)?),
                Op::Ack { account, device, seq } => Outcome::Acked(self.ack(&mut batch, account, device, seq)),
                Op::AddDevice { account, device } => Outcome::Changed(self.add_device(&mut batch, account, device)),
                Op::RemoveDevice { account, device } => {
                    Outcome::Changed(self.remove_device(&mut batch, account, device))
                }
                Op::ForgetAccount { account, tell } => {
                    Outcome::Changed(self.forget_account(&mut batch, account, tell)?)
                }
                Op::Recall { sender, message } => Outcome::Recalled(self.recall(&mut batch, sender, message)?),
            });
        }
        self.finish(batch)?;
        for outcome in &outcomes {
            self.sends += u64::from(matches!(outcome, Outcome::Sent(Ok(sent)) if !sent.repeated));
            self.acks += u64::from(matches!(outcome, Outcome::Acked(Ok(_))));
        }
        Ok(outcomes)
    }

    /// Leases are drawn and die with the keys' steps, so none may be late when a batch is made.
    pub(super) fn step_keys_if_due(&self) -> Result<(), StopReason> {
        if self.vault.now().is_ok_and(|now| now < self.vault.next_step_at()) {
            return Ok(());
        }
        self.vault.step().map(drop).map_err(|error| StopReason::Keys(error.to_string()))
    }

    /// The lease of what is sent at `now`.
    pub(super) fn lease_at(&self, now: Millis) -> u32 {
        u32::try_from(self.vault.lease_for(now).0).expect("effective time stays below the year 491,000")
    }

    /// Makes a batch durable, shows it to readers and tells whom it concerns.
    pub(super) fn finish(&mut self, mut batch: Batch) -> Result<(), StopReason> {
        self.flush_drafts(&mut batch)?;
        if batch.is_empty() {
            return Ok(());
        }
        self.write(&mut batch)?;
        self.publish(&batch);
        for (account, delivery) in &batch.told {
            self.deliveries.committed(*account, delivery);
        }
        Ok(())
    }

    /// Every other file first, synced; then the commit frame, which names how far each of them belongs to the batch.
    fn write(&mut self, batch: &mut Batch) -> Result<(), StopReason> {
        let step = self.vault.mark().step;
        let segments: Vec<_> = {
            let index = self.shared.index();
            let open = |segment| Arc::clone(index.segment(segment).expect("parts are of open segments"));
            batch.parts.iter().map(|part| open(part.segment)).collect()
        };
        let records = batch.parts[COMMIT].frame.len() - FRAME_HEADER_BYTES - COMMIT_HEAD_BYTES;
        let records = u32::try_from(records).expect("a batch is limited");
        let head = CommitHead { records, seq_max: batch.seq_max }.encode();
        for (part, segment) in batch.parts.iter_mut().zip(&segments).skip(1) {
            let tail = self.tails.get_mut(&part.name).expect("parts are of segments that may be added to");
            let sum = finish_frame(&mut part.frame, Role::Part, batch.number, step, batch.now, tail.sum);
            segment.append(tail, &part.frame, sum)?;
        }
        segments.iter().skip(1).try_for_each(|segment| segment.sync())?;
        let (commit, others) = batch.parts.split_first_mut().expect("a batch has its commit frame");
        for part in others {
            let Tail { end, sum } = self.tails[&part.name];
            let end = u32::try_from(end).expect("segments and batches are limited");
            Extent { name: part.name, end, sum }.encode(&mut commit.frame);
        }
        commit.frame[FRAME_HEADER_BYTES..][..COMMIT_HEAD_BYTES].copy_from_slice(&head);
        let tail = self.tails.get_mut(&commit.name).expect("the commit frame's segment may be added to");
        let sum = finish_frame(&mut commit.frame, batch.role, batch.number, step, batch.now, tail.sum);
        segments[COMMIT].append(tail, &commit.frame, sum)?;
        segments[COMMIT].sync()
    }

    fn publish(&mut self, batch: &Batch) {
        let mut index = self.shared.index_mut();
        for &entry in &batch.fresh {
            index.entries[entry].publish();
        }
        for moved in &batch.moved {
            let entry = &mut index.entries[moved.entry];
            if entry.is_live() && entry.seq() == moved.seq {
                entry.place = moved.place;
                let message = entry.message;
                index.watch_deadline(message, moved.lease);
            }
        }
        let seq_max = self.seq_max.entry(batch.parts[COMMIT].name.hour).or_default();
        *seq_max = batch.seq_max.max(*seq_max);
        self.next_batch = batch.number + 1;
        self.vault.note_batch(batch.number);
    }

    /// The segment of this kind and hour that takes the next frame, and where. Made if there is none.
    pub(super) fn open_segment(&mut self, kind: Kind, hour: u32, batch: u64) -> Result<(Name, u32, u64), StopReason> {
        let first = Name { kind, hour, number: 1 };
        let last = Name { number: u16::MAX, ..first };
        if let Some((name, tail)) = self.tails.range(first..=last).next_back()
            && tail.end <= SEGMENT_BYTES_MAX
        {
            let (segment, _) = self.shared.index().segment_named(*name).map(|(n, s)| (n, Arc::clone(s))).expect("open");
            return Ok((*name, segment, tail.end));
        }
        let number = {
            let index = self.shared.index();
            index.segment_names().rev().find(|name| (first..=last).contains(name)).map_or(1, |name| name.number + 1)
        };
        let seq_floor = self.shared.index().seq_floor;
        let header = Header { name: Name { number, ..first }, first_batch: batch, seq_floor };
        let (segment, tail) = SegmentFile::create(&*self.disk, &self.root, header)?;
        self.tails.insert(header.name, tail);
        Ok((header.name, self.shared.index_mut().add_segment(Arc::new(segment)), tail.end))
    }
}

impl Outcome {
    fn clock_check(op: &Op) -> Self {
        match op {
            Op::Send(_) => Self::Sent(Err(SendError::ClockCheck)),
            Op::Ack { .. } => Self::Acked(Err(AckError::ClockCheck)),
            Op::Recall { .. } => Self::Recalled(Err(RecallError::ClockCheck)),
            Op::AddDevice { .. } | Op::RemoveDevice { .. } | Op::ForgetAccount { .. } => {
                Self::Changed(Err(ChangeError::ClockCheck))
            }
        }
    }
}
