//! Where each client id of the last 72 hours lies, so that a repeated send gets its first answer again.
//!
//! The ids of the running hour are in memory. A finished hour is written as a table (a hash table on disk) with a filter that
//! stays in memory: two bytes an id. A filter says "perhaps" wrongly once in 1,700 times; then one read settles it.

mod table;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use kernel::{Disk, Millis};

use self::table::{Table, TableWriter};
use super::format::{Header, Kind, Name};
use super::stop::StopReason;
use super::times;

/// Where the record of a client id lies in the segments of its hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IdPlace {
    pub(super) number: u16,
    pub(super) offset: u32,
}

/// The hours whose client ids are still answered.
#[derive(Default)]
pub(super) struct ClientIds {
    hours: BTreeMap<u32, Hour>,
}

enum Hour {
    /// Still in memory.
    Memory(HashMap<u128, IdPlace>),
    /// Being written; answers come from memory until it is done.
    Writing(HashMap<u128, IdPlace>, Box<TableWriter>),
    /// On disk.
    Table(Table),
}

impl ClientIds {
    /// Notes an id of hour `hour`.
    pub(super) fn insert(&mut self, hour: u32, hash: u128, place: IdPlace) {
        match self.hours.entry(hour).or_insert_with(|| Hour::Memory(HashMap::new())) {
            Hour::Memory(ids) | Hour::Writing(ids, _) => ids.insert(hash, place),
            Hour::Table(_) => unreachable!("a finished hour never comes back: effective time only rises"),
        };
    }

    /// The places where this id was noted, the newest first. More than one only when it was used again after 72 hours.
    pub(super) fn find(&self, hash: u128) -> Result<Vec<(u32, IdPlace)>, StopReason> {
        let mut found = Vec::new();
        for (hour, ids) in self.hours.iter().rev() {
            let place = match ids {
                Hour::Memory(ids) | Hour::Writing(ids, _) => ids.get(&hash).copied(),
                Hour::Table(table) => table.find(hash)?,
            };
            found.extend(place.map(|place| (*hour, place)));
        }
        Ok(found)
    }

    /// Opens the table of an hour; `false` when there is none and the segments must be gone through.
    pub(super) fn open_table(&mut self, disk: &dyn Disk, root: &Path, hour: u32) -> Result<bool, StopReason> {
        let table = Table::open(disk, root, name(hour))?;
        let found = table.is_some();
        self.hours.extend(table.map(|table| (hour, Hour::Table(table))));
        Ok(found)
    }

    /// Writes a slice of the table of a finished hour. `true` while there is more to do.
    pub(super) fn work(&mut self, disk: &dyn Disk, root: &Path, now: Millis, batch: u64) -> Result<bool, StopReason> {
        let this_hour = times::hour(now);
        let finished = |(hour, ids): &(&u32, &mut Hour)| **hour < this_hour && !matches!(ids, Hour::Table(_));
        let Some((&hour, ids)) = self.hours.iter_mut().find(finished) else { return Ok(false) };
        match ids {
            Hour::Memory(memory) => {
                let header = Header { name: name(hour), first_batch: batch, seq_floor: 0 };
                let writer = TableWriter::start(disk, root, header, memory)?;
                *ids = Hour::Writing(std::mem::take(memory), Box::new(writer));
            }
            Hour::Writing(_, writer) => {
                if let Some(table) = writer.go_on(disk, root)? {
                    *ids = Hour::Table(table);
                }
            }
            Hour::Table(_) => {}
        }
        Ok(true)
    }

    /// The hours whose ids are no longer answered at `now`.
    pub(super) fn ended(&self, now: Millis) -> Vec<u32> {
        let ended = |hour: &&u32| times::client_id_deadline(times::hour_start(**hour + 1)) <= now;
        self.hours.keys().take_while(ended).copied().collect()
    }

    /// Forgets an hour and removes its table.
    pub(super) fn remove(&mut self, disk: &dyn Disk, root: &Path, hour: u32) -> Result<(), StopReason> {
        self.hours.remove(&hour);
        table::remove(disk, root, name(hour))
    }

    /// How many ids each hour has, the earliest first.
    pub(super) fn hours(&self) -> Vec<(u32, u64)> {
        let count = |hour: &Hour| match hour {
            Hour::Memory(ids) | Hour::Writing(ids, _) => ids.len() as u64,
            Hour::Table(table) => table.ids(),
        };
        self.hours.iter().map(|(hour, ids)| (*hour, count(ids))).collect()
    }

    /// Bytes of memory taken.
    pub(super) fn bytes(&self) -> usize {
        let bytes = |hour: &Hour| match hour {
            Hour::Memory(ids) | Hour::Writing(ids, _) => ids.capacity() * size_of::<(u128, IdPlace)>(),
            Hour::Table(table) => table.bytes(),
        };
        self.hours.values().map(bytes).sum()
    }
}

fn name(hour: u32) -> Name {
    Name { kind: Kind::ClientIdTable, hour, number: 1 }
}
