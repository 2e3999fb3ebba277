//! Opening: memory is built again from the files, and data is compared with the keys.

use std::io;
use std::sync::Arc;

use kernel::{Disk, HOUR_MS, MINUTE_MS, Millis};
use vault::Vault;

use super::batch::COMMIT;
use super::core::Shared;
use super::files::Files;
use super::format::{Kind, Role};
use super::index::Device;
use super::records::{Cursor, Record};
use super::space::Space;
use super::{Core, Deliveries, LeaseLogOptions, StopReason, times};

/// After older data came back, seqs begin this far ahead: those of the lost data were given at most until the keys' last
/// step, which is seconds ago.
const RESTORED_SEQ_AHEAD_MS: i64 = HOUR_MS;

/// After a crash with a clock that went back, effective time may be a step of the keys behind the last batch. Further back it
/// goes only by `billet clock reset`.
const CLOCK_RESET_MS: i64 = 10 * MINUTE_MS;

impl Core {
    /// Opens the lease log in a folder, made at the first start. What was in flight is there again; when the data is older than
    /// the keys (a backup came back) or the clock was reset, it has expired, and every account is told.
    pub fn open(
        options: LeaseLogOptions,
        disk: Arc<dyn Disk>,
        vault: Arc<Vault>,
        deliveries: Arc<dyn Deliveries>,
    ) -> Result<Self, StopReason> {
        let root = options.folder;
        super::files::make_folders(&*disk, &root)?;
        let lock = disk.lock(&root).map_err(|source| match source.kind() {
            io::ErrorKind::WouldBlock => StopReason::Locked { path: root.clone() },
            _ => StopReason::disk("lock", &root, source),
        })?;
        let now = vault.step().map_err(|error| StopReason::Keys(error.to_string()))?.at;
        let mut files = Files::new(&*disk, &root, &vault, now);
        let (replay, lanes) = files.replay()?;
        let mark = vault.mark_at_open();
        if replay.last_step > mark.step {
            return Err(StopReason::KeysOlder { data_step: replay.last_step, key_step: mark.step });
        }
        // The one batch that is missing was counted by the keys, so it was whole once, and its remains are here.
        if mark.batches == replay.last_batch + 1
            && let Some(damage) = lanes.iter().find_map(|lane| lane.remains(mark.batches))
        {
            return Err(damage);
        }
        let (older, clock_reset) = (replay.last_batch < mark.batches, replay.last_at.since(now) > CLOCK_RESET_MS);
        let replay = files.settle(replay, lanes)?;
        let (tails, ids) = (files.tails, files.ids);
        let space = Space::open(&*disk, &root, options.space)?;
        let mut core = Self {
            shared: Arc::new(Shared::new(Arc::clone(&vault), replay.index)),
            disk,
            vault,
            root,
            deliveries,
            tails,
            ids,
            next_batch: replay.last_batch.max(mark.batches) + 1,
            done_through: replay.done_through,
            done_at: replay.done_at,
            seq_max: replay.seq_max,
            pass: None,
            space,
            owed: Vec::new(),
            owed_missed: std::collections::BTreeMap::new(),
            sends: 0,
            acks: 0,
            _lock: lock,
        };
        core.vault.note_batch(replay.last_batch);
        if older || clock_reset {
            tracing::error!(older, clock_reset, "data and keys are of different times: what was in flight has expired");
            core.expire_everything(now)?;
        } else if replay.reset_batch > 0 {
            core.remove_before(replay.reset_batch)?;
        }
        core.forget_the_keyless()?;
        core.note_gauges();
        Ok(core)
    }

    /// Begins anew with the devices that are known, and tells every account. All of it is one batch.
    fn expire_everything(&mut self, now: Millis) -> Result<(), StopReason> {
        let now = self.vault.now().map_err(|error| StopReason::Keys(error.to_string()))?.max(now);
        let mut cursors = Vec::new();
        let seq_floor = {
            let mut index = self.shared.index_mut();
            let mut floor = index.seq_floor.max(times::micros(now + RESTORED_SEQ_AHEAD_MS));
            for inbox in 0..index.inboxes.numbers() {
                let inbox = &index.inboxes[inbox];
                floor = floor.max(inbox.last_seq);
                cursors.extend(inbox.devices.iter().map(|device| (inbox.id, *device)));
            }
            index.clear();
            index.seq_floor = floor;
            floor
        };
        cursors.retain(|(account, _)| self.vault.holds_account(*account));
        // A pass of a wrong time may have gone through leases that are yet to come.
        self.done_through = self.done_through.min(times::hour(now));
        // New files only, so that the old ones can go.
        self.tails.clear();
        self.seq_max.clear();
        let reset_batch = self.next_batch;
        let mut batch = self.begin(now, Role::Reset)?;
        let segment = batch.parts[COMMIT].segment;
        batch.record(Record::PassDone { through: self.done_through, seq_floor });
        for (account, Device { id, acked, .. }) in cursors {
            batch.record(Record::Cursor(Cursor { account, device: id, acked, joined: acked }));
            let mut index = self.shared.index_mut();
            let inbox = index.account_or_new(account);
            index.inboxes[inbox].set_device(Device { id, acked, joined: acked, segment });
            if batch.restored.last() != Some(&account) {
                batch.restored.push(account);
            }
        }
        self.finish(batch)?;
        self.remove_before(reset_batch)
    }

    /// Removes the files of the time before a reset. The folder of a lease stays when the reset is in it.
    fn remove_before(&mut self, reset_batch: u64) -> Result<(), StopReason> {
        let (old, kept): (Vec<_>, Vec<_>) = {
            let index = self.shared.index();
            let first_batch = |name| index.segment_named(name).map_or(0, |(_, segment)| segment.first_batch);
            index.segment_names().partition(|name| first_batch(*name) < reset_batch)
        };
        let is_kept = |hour| kept.iter().any(|name| name.kind == Kind::Lease && name.hour == hour);
        self.remove_leases(|hour| !is_kept(hour))?;
        for name in old.into_iter().filter(|name| name.kind != Kind::Lease) {
            if name.kind == Kind::ClientIds && !kept.iter().any(|kept| (kept.kind, kept.hour) == (name.kind, name.hour))
            {
                self.ids.remove(&*self.disk, &self.root, name.hour)?;
            }
            self.remove_segment(name)?;
        }
        Ok(())
    }
}
