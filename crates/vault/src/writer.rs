//! The one place where keys change: first all copies of the file, then memory.

use std::collections::BTreeMap;

use kernel::Millis;

use crate::Vault;
use crate::file::format::Content;
use crate::file::{KeyFile, KeyFileError};
use crate::leases::Lease;

/// Slots kept free for roots and leases, so that no step ever waits for the file to grow: a step that draws without
/// anything dying draws one root of each grain and two leases.
const RESERVED_SLOTS: usize = 16;

/// What the one writer holds.
pub(crate) struct Writer {
    pub(crate) file: KeyFile,
    pub(crate) holds: Holds,
}

/// How long leases have been held beyond their time, in served time: neither downtime nor a jump of the clock counts, and
/// starting again does not begin the hour anew.
pub(crate) struct Holds {
    last_look_boot_ms: i64,
    since: BTreeMap<Lease, Hold>,
}

struct Hold {
    boot_ms: i64,
    before_ms: i64,
}

impl Holds {
    /// Service starts now.
    pub(crate) fn new(boot_ms: i64) -> Self {
        Self { last_look_boot_ms: boot_ms, since: BTreeMap::new() }
    }

    /// How long `lease`, whose time has come, has been held; earlier processes held it `before_ms`.
    pub(crate) fn held_ms(&mut self, lease: Lease, before_ms: i64, now: Millis, boot_ms: i64) -> i64 {
        let served_ms = boot_ms - self.last_look_boot_ms;
        let overdue_ms = now.since(lease.ends()).min(served_ms);
        let hold = self.since.entry(lease).or_insert(Hold { boot_ms: boot_ms - overdue_ms, before_ms });
        hold.before_ms + (boot_ms - hold.boot_ms)
    }

    pub(crate) fn looked(&mut self, boot_ms: i64) {
        self.last_look_boot_ms = boot_ms;
    }
}

impl Vault {
    /// Overwrites slots in all copies, then in memory.
    pub(crate) fn commit(&self, writer: &mut Writer, changes: Vec<(u32, Content)>) -> Result<(), KeyFileError> {
        writer.file.overwrite(&changes)?;
        self.note_mark(writer);
        let mut keys = self.keys_mut();
        for (number, content) in changes {
            if let Content::Free = content {
                writer.holds.since.retain(|lease, _| keys.leases.get(lease).is_none_or(|key| key.slot != number));
            }
            keys.put(number, content);
        }
        Ok(())
    }

    /// Makes sure that `count` slots are free and the reserve beside them.
    pub(crate) fn make_room(&self, writer: &mut Writer, count: usize) -> Result<(), KeyFileError> {
        while self.keys().free.len() < count {
            let slots = writer.file.extend()?;
            self.keys_mut().grow(slots.end);
        }
        Ok(())
    }

    /// A free slot that is not of the reserve.
    pub(crate) fn free_slot(&self, writer: &mut Writer) -> Result<u32, KeyFileError> {
        self.make_room(writer, RESERVED_SLOTS + 1)?;
        Ok(*self.keys().free.first().expect("room was just made"))
    }
}
