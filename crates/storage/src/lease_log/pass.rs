//! The pass: once an hour, never before the hour, what must live on is sealed anew for a later lease, and the old one dies.
//!
//! Carried over is what is undelivered and younger than its deadline (for the lease that ends two hours after the current
//! full hour), and what was delivered so late that the recipient's other devices have not had their hour (for the lease that
//! ends then: one to two hours after the ack). Cursors are written again. What is left dies with the lease's key.

use kernel::Millis;
use vault::{EntryAddress, Lease, OpenRefused, SealError};

use super::batch::{Batch, COMMIT, Moved};
use super::format::{Kind, Name, Role};
use super::index::{EntryKind, Index};
use super::read::Loaded;
use super::records::{Cursor, Entry, Message, Record};
use super::{Core, StopReason, times};

/// A pass that is not done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass {
    /// The last lease it ends.
    through: u32,
    /// The next entry and the next account it looks at.
    entry: u32,
    account: u32,
}

/// What is left to do after a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassWork {
    /// Nothing: no pass is running.
    Idle,
    /// More of the same.
    More,
    /// Nothing can be done until the clock is believed again.
    Blocked,
}

/// Entries looked at for each one that may be carried over: most belong to a later lease.
const LOOKED_AT_PER_CARRIED: usize = 16;

/// What a pass does with an entry.
enum Fate {
    /// Seal it anew for this lease.
    Carry(u32),
    /// Let it die: it was delivered, and other devices had their hour.
    Drop,
    /// Its deadline has come.
    Expire,
}

/// What came of carrying over one entry.
enum Carried {
    Done,
    /// The clock is in doubt: go on later.
    InDoubt,
}

impl Core {
    /// Begins the pass of this hour, when a lease has ended that is not done.
    pub(super) fn begin_pass(&mut self, now: Millis) {
        let hour = times::hour(now);
        let ended = |name: Name| name.kind == Kind::Lease && name.hour <= hour;
        if self.pass.is_none() && self.shared.index().segment_names().any(ended) {
            self.pass = Some(Pass { through: hour, entry: 0, account: 0 });
        }
    }

    pub(super) fn pass_slice_once(&mut self, entries_max: usize) -> Result<PassWork, StopReason> {
        self.step_keys_if_due()?;
        let Ok(now) = self.vault.now() else { return Ok(PassWork::Blocked) };
        if self.expire(now)? {
            return Ok(PassWork::More);
        }
        let Some(pass) = self.pass else {
            let more = self.ids.work(&*self.disk, &self.root, now, self.next_batch)?;
            return Ok(if more { PassWork::More } else { PassWork::Idle });
        };
        let (entries, accounts) = {
            let index = self.shared.index();
            (index.entries.numbers(), index.inboxes.numbers())
        };
        if pass.entry < entries {
            self.carry_entries(pass, now, entries_max)?;
        } else if pass.account < accounts {
            self.carry_cursors(pass, now, entries_max)?;
        } else {
            self.end_pass(pass, now)?;
        }
        Ok(PassWork::More)
    }

    fn carry_entries(&mut self, mut pass: Pass, now: Millis, entries_max: usize) -> Result<(), StopReason> {
        let mut batch = self.begin(now, Role::Commit)?;
        let looked_at_max = u32::try_from(entries_max.saturating_mul(LOOKED_AT_PER_CARRIED)).unwrap_or(u32::MAX);
        let end = pass.entry.saturating_add(looked_at_max).min(self.shared.index().entries.numbers());
        let current = self.lease_at(now);
        let mut left = entries_max;
        while pass.entry < end && left > 0 {
            let fate = self.shared.index().fate(pass.entry, pass.through, current, now);
            left -= usize::from(fate.is_some());
            match fate {
                None => {}
                Some(Fate::Drop) => self.shared.index_mut().remove_entry(pass.entry),
                Some(Fate::Expire) => self.expire_entry(&mut batch, pass.entry),
                Some(Fate::Carry(lease)) => {
                    if let Carried::InDoubt = self.carry(&mut batch, pass.entry, lease)? {
                        break;
                    }
                }
            }
            pass.entry += 1;
        }
        self.pass = Some(pass);
        self.finish(batch)
    }

    fn expire_entry(&self, batch: &mut Batch, entry: u32) {
        let message = self.shared.index().message_of(entry);
        if let Some(message) = message {
            self.expire_message(batch, message);
        }
    }

    fn carry(&mut self, batch: &mut Batch, entry: u32, lease: u32) -> Result<Carried, StopReason> {
        let (loaded, until, delivered) = {
            let index = self.shared.index();
            let found = &index.entries[entry];
            let segment =
                index.segment(found.place.segment).expect("the folder of a lease stays until its pass is done");
            let loaded = Loaded::read(segment, found.place.offset)?;
            (loaded, found.until(), index.messages[found.message].delivered)
        };
        let address = EntryAddress { lease: Lease(lease.into()), ..loaded.address };
        let key = match self.vault.open_entry(&loaded.address, &loaded.entry.sealed) {
            Ok(key) => key,
            Err(OpenRefused::ClockCheck(_)) => return Ok(Carried::InDoubt),
            Err(OpenRefused::Expired) => {
                self.expire_entry(batch, entry);
                return Ok(Carried::Done);
            }
            Err(OpenRefused::Gone) => return Ok(self.lose(batch, entry, &loaded)),
            Err(OpenRefused::Damaged(why)) => {
                let what = format!("account {}, seq {}: {why}", address.recipient, address.seq);
                return Err(StopReason::Damaged { what });
            }
        };
        let sealed = match self.vault.seal_entry(&address, &key) {
            Ok(sealed) => sealed,
            Err(SealError::ClockCheck(_)) => return Ok(Carried::InDoubt),
            Err(SealError::Expired) => {
                self.expire_entry(batch, entry);
                return Ok(Carried::Done);
            }
            Err(SealError::Gone(_)) => return Ok(self.lose(batch, entry, &loaded)),
            Err(error) => return Err(StopReason::Keys(error.to_string())),
        };
        let part = self.part(batch, Kind::Lease, lease)?;
        let part = &mut batch.parts[part];
        let message_at = part.message(&Message { delivered, ..loaded.message });
        let place = part.place();
        let own_copy = loaded.entry.own_copy;
        Record::Entry(Entry { message_at, own_copy, until: until.unwrap_or(0), sealed }).encode(&mut part.frame);
        batch.moved.push(Moved { entry, seq: address.seq, place, lease });
        Ok(Carried::Done)
    }

    /// An entry whose lease died before the pass came to it, or whose recipient's key is destroyed.
    fn lose(&self, batch: &mut Batch, entry: u32, loaded: &Loaded) -> Carried {
        let EntryAddress { recipient, seq, .. } = loaded.address;
        let mut index = self.shared.index_mut();
        batch.record(Record::Lost { recipient, seq });
        if let Some(receipt) = index.undeliverable(entry) {
            batch.miss(recipient);
            batch.receipt(receipt);
        }
        index.remove_entry(entry);
        Carried::Done
    }

    /// Writes the cursors again that lie in a lease that ends.
    fn carry_cursors(&mut self, mut pass: Pass, now: Millis, accounts_max: usize) -> Result<(), StopReason> {
        let mut batch = self.begin(now, Role::Commit)?;
        let segment = batch.parts[COMMIT].segment;
        {
            let mut index = self.shared.index_mut();
            let count = u32::try_from(accounts_max).unwrap_or(u32::MAX);
            let end = pass.account.saturating_add(count).min(index.inboxes.numbers());
            for inbox in pass.account..end {
                let account = index.inboxes[inbox].id;
                for position in 0..index.inboxes[inbox].devices.len() {
                    let device = index.inboxes[inbox].devices[position];
                    if index.hour_of(device.segment) <= pass.through {
                        let cursor = Cursor { account, device: device.id, acked: device.acked, joined: device.joined };
                        batch.record(Record::Cursor(cursor));
                        index.inboxes[inbox].devices[position].segment = segment;
                    }
                }
            }
            pass.account = end;
        }
        self.pass = Some(pass);
        self.finish(batch)
    }

    /// Everything is carried over, durably: the leases die, and their folders go.
    fn end_pass(&mut self, pass: Pass, now: Millis) -> Result<(), StopReason> {
        let mut batch = self.begin(now, Role::Commit)?;
        let later = self.seq_max.split_off(&(pass.through + 1));
        let highest = std::mem::replace(&mut self.seq_max, later).into_values().max().unwrap_or(0);
        let seq_floor = self.shared.index().seq_floor.max(highest);
        batch.record(Record::PassDone { through: pass.through, seq_floor });
        self.finish(batch)?;
        self.shared.index_mut().seq_floor = seq_floor;
        self.done_through = pass.through;
        self.done_at = Some(now);
        for lease in self.vault.live_leases().into_iter().filter(|lease| lease.0 <= pass.through.into()) {
            self.vault.end_lease(lease).map_err(|error| StopReason::Keys(error.to_string()))?;
        }
        self.remove_leases(|hour| hour <= pass.through)?;
        self.pass = None;
        // An hour may have begun meanwhile.
        self.begin_pass(now);
        Ok(())
    }

    /// Removes the folders of leases. The first file of each goes first: a folder without it is dead, however much is left.
    pub(super) fn remove_leases(&mut self, ended: impl Fn(u32) -> bool) -> Result<(), StopReason> {
        let names: Vec<_> = {
            let index = self.shared.index();
            index.segment_names().filter(|name| name.kind == Kind::Lease && ended(name.hour)).collect()
        };
        for (position, name) in names.iter().enumerate() {
            self.remove_segment(*name)?;
            if names.get(position + 1).is_none_or(|next| next.hour != name.hour) {
                self.remove_lease_folder(*name)?;
            }
        }
        Ok(())
    }

    pub(super) fn remove_lease_folder(&self, name: Name) -> Result<(), StopReason> {
        let folder = name.folder(&self.root);
        let removed =
            self.disk.remove_dir(&folder).and_then(|()| self.disk.sync_dir(&self.root.join(name.kind.folder())));
        removed.map_err(|source| StopReason::disk("remove", &folder, source))
    }
}

impl Index {
    /// What the pass through lease `through` does with an entry at `now`, when new messages are sealed for `current`; `None`
    /// when it is none of its business.
    fn fate(&self, number: u32, through: u32, current: u32, now: Millis) -> Option<Fate> {
        let entry = &self.entries[number];
        if !entry.is_live() || matches!(entry.kind(), EntryKind::Mark(_)) || self.hour_of(entry.place.segment) > through
        {
            return None;
        }
        if times::message_deadline(self.messages[entry.message].at()) <= now {
            return Some(Fate::Expire);
        }
        Some(match entry.until() {
            None => Fate::Carry(current),
            Some(until) if until > times::hour(now) => Fate::Carry(until),
            Some(_) => Fate::Drop,
        })
    }
}
