//! The folder as it is found at the start: which files are there, how far each belongs to committed batches, what they hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::{Disk, Millis};
use vault::Vault;

use super::client_ids::{ClientIds, IdPlace};
use super::drafts::is_over;
use super::format::{FRAME_HEADER_BYTES, HEADER_BYTES, Header, Kind, Name};
use super::index::{EntryKind, Index, Place};
use super::records::{ClientId, Extent, Malformed, Mark};
use super::replay::{Lane, Replay};
use super::segment::{Found, Frames, Next, SegmentFile, Tail};
use super::{StopReason, times};

/// What is found at the start.
pub(super) struct Files<'a> {
    disk: &'a dyn Disk,
    root: &'a Path,
    vault: &'a Vault,
    now: Millis,
    /// Files that never got as far as their header, and folders of leases whose removal was not finished.
    debris: Vec<PathBuf>,
    pub(super) tails: BTreeMap<Name, Tail>,
    pub(super) ids: ClientIds,
}

/// Makes the folders that are not there, durably.
pub(super) fn make_folders(disk: &dyn Disk, root: &Path) -> Result<(), StopReason> {
    let failed = |source| StopReason::disk("make", root, source);
    for kind in [Kind::Lease, Kind::Bodies, Kind::Marks, Kind::ClientIds] {
        disk.create_dir_all(&root.join(kind.folder())).map_err(failed)?;
    }
    disk.sync_dir(root).map_err(failed)?;
    for folder in root.ancestors().skip(1).filter(|folder| folder.components().next().is_some()) {
        disk.sync_dir(folder).map_err(failed)?;
    }
    Ok(())
}

impl<'a> Files<'a> {
    pub(super) fn new(disk: &'a dyn Disk, root: &'a Path, vault: &'a Vault, now: Millis) -> Self {
        let (debris, tails, ids) = (Vec::new(), BTreeMap::new(), ClientIds::default());
        Self { disk, root, vault, now, debris, tails, ids }
    }

    /// Replays the leases' segments. Nothing on disk is changed.
    pub(super) fn replay(&mut self) -> Result<(Replay, Vec<Lane>), StopReason> {
        let mut index = Index::new();
        let mut lanes = Vec::new();
        let folder = self.root.join(Kind::Lease.folder());
        for lease in self.list(&folder)? {
            let Some(hour) = lease.to_str().and_then(|name| name.parse().ok()) else { continue };
            let numbers = self.lease_files(&folder.join(&lease))?;
            if numbers.first() != Some(&1) {
                self.debris
                    .extend(numbers.iter().map(|&number| Name { kind: Kind::Lease, hour, number }.path(self.root)));
                self.debris.push(folder.join(lease));
                continue;
            }
            for number in numbers {
                if let Some((segment, header)) = self.open(Name { kind: Kind::Lease, hour, number })? {
                    index.seq_floor = index.seq_floor.max(header.seq_floor);
                    let known_as = index.add_segment(Arc::clone(&segment));
                    lanes.push(Lane::new(segment, known_as, &header)?);
                }
            }
        }
        let current_lease = u32::try_from(self.vault.lease_for(self.now).0).unwrap_or(0);
        let mut replay = Replay::new(index, current_lease);
        replay.run(&mut lanes)?;
        Ok((replay, lanes))
    }

    /// Cuts what was never committed, and takes in the other files.
    pub(super) fn settle(&mut self, mut replay: Replay, lanes: Vec<Lane>) -> Result<Replay, StopReason> {
        self.sync_folders()?;
        self.clear_debris()?;
        for mut lane in lanes {
            lane.check_tail(replay.extents.get(&lane.segment.name))?;
            if lane.segment.len()? > lane.good.end {
                lane.segment.cut(lane.good.end)?;
            }
            lane.segment.sync()?;
            self.tails.insert(lane.segment.name, lane.good);
        }
        for kind in [Kind::Bodies, Kind::Marks, Kind::ClientIds] {
            let folder = self.root.join(kind.folder());
            for file in self.list(&folder)? {
                match Name::parse(&file) {
                    Some((hour, number, "seg")) => self.other(Name { kind, hour, number }, &mut replay)?,
                    Some((_, _, "tab-new")) => self.debris.push(folder.join(file)),
                    _ => {}
                }
            }
        }
        self.clear_debris()?;
        self.check_all_there(&replay)?;
        self.load_marks(&mut replay)?;
        self.load_ids(&replay)?;
        Ok(replay)
    }

    /// Names and contents that a killed process left in the system's memory are read as if they were on disk. They must be,
    /// before anything is built on them.
    fn sync_folders(&self) -> Result<(), StopReason> {
        let leases = self.root.join(Kind::Lease.folder());
        let mut folders: Vec<_> = self.list(&leases)?.iter().map(|lease| leases.join(lease)).collect();
        folders.extend(
            [Kind::Lease, Kind::Bodies, Kind::Marks, Kind::ClientIds].map(|kind| self.root.join(kind.folder())),
        );
        folders.iter().try_for_each(|folder| {
            self.disk.sync_dir(folder).map_err(|source| StopReason::disk("sync", folder, source))
        })
    }

    fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, StopReason> {
        self.disk.list(folder).map_err(|source| StopReason::disk("list", folder, source))
    }

    /// The numbers of the files in a lease's folder, the lowest first.
    fn lease_files(&self, folder: &Path) -> Result<Vec<u16>, StopReason> {
        let number = |file: &PathBuf| file.to_str()?.strip_suffix(".seg")?.parse().ok();
        let mut numbers: Vec<u16> = self.list(folder)?.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn open(&mut self, name: Name) -> Result<Option<(Arc<SegmentFile>, Header)>, StopReason> {
        match SegmentFile::open(self.disk, self.root, name)? {
            Found::Segment(segment, header) => Ok(Some((Arc::new(segment), header))),
            Found::Unborn => {
                self.debris.push(name.path(self.root));
                Ok(None)
            }
        }
    }

    fn clear_debris(&mut self) -> Result<(), StopReason> {
        for path in std::mem::take(&mut self.debris) {
            let is_folder = path.extension().is_none();
            let removed = if is_folder { self.disk.remove_dir(&path) } else { self.disk.remove_file(&path) };
            let synced = removed.and_then(|()| path.parent().map_or(Ok(()), |folder| self.disk.sync_dir(folder)));
            synced.map_err(|source| StopReason::disk("remove", &path, source))?;
        }
        Ok(())
    }

    /// Takes in a file of bodies, marks or client ids.
    fn other(&mut self, name: Name, replay: &mut Replay) -> Result<(), StopReason> {
        let Some((segment, header)) = self.open(name)? else { return Ok(()) };
        let len = segment.len()?;
        let tail = match replay.extents.get(&name) {
            _ if header.first_batch > replay.last_batch => Some(Tail { end: HEADER_BYTES as u64, sum: header.sum() }),
            Some(Extent { end, sum, .. }) => Some(Tail { end: (*end).into(), sum: *sum }),
            None => None,
        };
        if let Some(tail) = tail {
            if len < tail.end {
                return Err(StopReason::broken(&segment.path, len, "a batch was committed that is not all here"));
            }
            if len > tail.end {
                self.cut(&segment, tail, replay.last_batch)?;
            }
            segment.sync()?;
            self.tails.insert(name, tail);
        }
        replay.index.add_segment(segment);
        Ok(())
    }

    /// Cuts what is left of a batch that was never committed.
    fn cut(&self, segment: &Arc<SegmentFile>, tail: Tail, last_batch: u64) -> Result<(), StopReason> {
        let mut frames = Frames::new(Arc::clone(segment), tail)?;
        match frames.next()? {
            Next::Frame(header, at) if header.batch <= last_batch => {
                Err(StopReason::broken(&segment.path, at, "a committed batch does not know of this frame"))
            }
            Next::Fault(fault) if frames.frame_after(fault.at)? => {
                Err(StopReason::broken(&segment.path, fault.at, fault.what))
            }
            _ => segment.cut(tail.end),
        }
    }

    /// Every file that a committed batch or a waiting message needs is there, as long as it must be.
    fn check_all_there(&self, replay: &Replay) -> Result<(), StopReason> {
        let extents = replay.extents.values().map(|extent| (extent.name, u64::from(extent.end)));
        for (name, end) in extents.chain(replay.bodies.iter().map(|(name, end)| (*name, *end))) {
            let over = match name.kind {
                Kind::Lease => name.hour <= replay.done_through,
                // What was over when the last batch was made was rightly removed, also when the clock was reset since.
                _ => times::message_deadline(times::hour_start(name.hour + 1)) <= self.now.max(replay.last_at),
            };
            let there = match replay.index.segment_named(name) {
                Some((_, segment)) => segment.len()? >= end,
                None => over,
            };
            if !there {
                return Err(StopReason::broken(&name.path(self.root), end, "what committed batches wrote is not here"));
            }
        }
        Ok(())
    }

    /// The segments of a kind that count, by hour and number.
    fn segments(replay: &Replay, kind: Kind) -> Vec<(u32, Arc<SegmentFile>)> {
        let names = replay.index.segment_names().filter(|name| name.kind == kind);
        let named = names.filter_map(|name| replay.index.segment_named(name));
        let counts = named.filter(|(_, segment)| segment.first_batch >= replay.reset_batch);
        counts.map(|(number, segment)| (number, Arc::clone(segment))).collect()
    }

    fn load_marks(&self, replay: &mut Replay) -> Result<(), StopReason> {
        for (number, segment) in Self::segments(replay, Kind::Marks) {
            each_frame(&segment, |end, mut payload| {
                while !payload.is_empty() {
                    let offset = end - payload.len() as u64;
                    let mark = Mark::decode(&mut payload)?;
                    self.load_mark(replay, &mark, Place { segment: number, offset: offset_32(offset) });
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn load_mark(&self, replay: &mut Replay, mark: &Mark<'_>, place: Place) {
        let gone = replay.forgotten.contains(&mark.account) || !self.vault.holds_account(mark.account);
        if gone || is_over(mark.at, self.now) {
            return;
        }
        let index = &mut replay.index;
        let inbox = index.account_or_new(mark.account);
        if let Some(replaced) = index.entry_at(inbox, mark.replaces) {
            index.remove_entry(replaced);
        }
        let entry = index.add_mark(inbox, mark.seq, EntryKind::Mark(mark.kind), place, mark.at);
        index.entries[entry].publish();
    }

    fn load_ids(&mut self, replay: &Replay) -> Result<(), StopReason> {
        let mut tables = BTreeMap::new();
        for (_, segment) in Self::segments(replay, Kind::ClientIds) {
            let Name { hour, number, .. } = segment.name;
            let table = match tables.get(&hour) {
                Some(table) => *table,
                None => self.ids.open_table(self.disk, self.root, hour)?,
            };
            tables.insert(hour, table);
            if table {
                continue;
            }
            each_frame(&segment, |end, mut payload| {
                while !payload.is_empty() {
                    let offset = offset_32(end - payload.len() as u64);
                    let id = ClientId::decode(&mut payload)?;
                    self.ids.insert(hour, id.hash, IdPlace { number, offset });
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// Goes through a whole segment: where each payload ends in the file, and the payload.
fn each_frame(
    segment: &Arc<SegmentFile>,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), Malformed>,
) -> Result<(), StopReason> {
    let mut head = [0; HEADER_BYTES];
    segment.read(0, &mut head)?;
    let header = Header::decode(&head).map_err(|_| StopReason::broken(&segment.path, 0, "the header changed"))?;
    let mut frames = Frames::new(Arc::clone(segment), Tail { end: HEADER_BYTES as u64, sum: header.sum() })?;
    loop {
        match frames.next()? {
            Next::Frame(header, at) => {
                let end = at + FRAME_HEADER_BYTES as u64 + u64::from(header.payload);
                let done = each(end, frames.payload(&header, at));
                done.map_err(|Malformed| StopReason::broken(&segment.path, at, "a frame is not what it should be"))?;
            }
            Next::End => return Ok(()),
            Next::Fault(fault) => return Err(StopReason::broken(&segment.path, fault.at, fault.what)),
        }
    }
}

fn offset_32(offset: u64) -> u32 {
    u32::try_from(offset).expect("a segment that was read through is not longer than offsets are wide")
}
