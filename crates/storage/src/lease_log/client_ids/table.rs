//! A hash table of client ids on disk, with a filter in memory.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use kernel::{Disk, DiskFile, Open};

use super::IdPlace;
use crate::lease_log::format::{HEADER_BYTES, Header, HeaderFault, Name};
use crate::lease_log::stop::StopReason;

/// Hash, offset, number, and the low half of their checksum.
const SLOT_BYTES: usize = 16 + 4 + 2 + 2;
/// Filter bits an id; with 8 of them set for each, 1 in 1,700 other ids looks the same.
const FILTER_BITS: usize = 16;
const FILTER_HASHES: u64 = 8;
/// After the header: slots, words of the filter, checksum of the filter.
const SIZES_BYTES: usize = 8 + 8 + 4;
/// Written at once, so that sends in between wait no longer than for a megabyte.
const SLICE_BYTES: usize = 1 << 20;
/// Slots looked at in one read.
const SLOTS_READ: usize = 16;

/// A table on disk.
pub(super) struct Table {
    filter: Vec<u64>,
    slots: u64,
    file: Box<dyn DiskFile>,
    path: PathBuf,
}

/// A table being written, a slice at a time.
pub(super) struct TableWriter {
    table: Table,
    name: Name,
    temporary: PathBuf,
    bytes: Vec<u8>,
    written: usize,
}

impl TableWriter {
    /// Builds the table of `ids` and makes its file.
    pub(super) fn start(
        disk: &dyn Disk,
        root: &Path,
        header: Header,
        ids: &HashMap<u128, IdPlace>,
    ) -> Result<Self, StopReason> {
        let path = header.name.path(root);
        let temporary = path.with_extension("tab-new");
        let failed = |source| StopReason::disk("make", &temporary, source);
        match disk.remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let file = disk.open(&temporary, Open::CreateNew).map_err(failed)?;
        let slots = (ids.len() as u64 * 2).max(1);
        let filter = filter_of(ids);
        let bytes = encode(&header, ids, slots, &filter);
        let table = Table { filter, slots, file, path };
        Ok(Self { table, name: header.name, temporary, bytes, written: 0 })
    }

    /// Writes on; the table once it is durable.
    pub(super) fn go_on(&mut self, disk: &dyn Disk, root: &Path) -> Result<Option<Table>, StopReason> {
        let failed = |source| StopReason::disk("write", &self.temporary, source);
        let slice = &self.bytes[self.written..self.bytes.len().min(self.written + SLICE_BYTES)];
        self.table.file.write_at(self.written as u64, slice).map_err(failed)?;
        self.table.file.sync().map_err(failed)?;
        self.written += slice.len();
        if self.written < self.bytes.len() {
            return Ok(None);
        }
        disk.rename(&self.temporary, &self.table.path).map_err(failed)?;
        disk.sync_dir(&self.name.folder(root)).map_err(failed)?;
        Table::open(disk, root, self.name)
    }
}

impl Table {
    /// Opens the table; `None` when there is none.
    pub(super) fn open(disk: &dyn Disk, root: &Path, name: Name) -> Result<Option<Self>, StopReason> {
        let path = name.path(root);
        let file = match disk.open(&path, Open::Read) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(|source| StopReason::disk("open", &path, source))?,
        };
        let mut head = [0; HEADER_BYTES + SIZES_BYTES];
        read(&*file, &path, 0, &mut head)?;
        match Header::decode(&head) {
            Ok(header) if header.name == name => {}
            Err(HeaderFault::OtherVersion(version)) => return Err(StopReason::OtherVersion { path, version }),
            _ => return Err(StopReason::broken(&path, 0, "the header is not that of this file")),
        }
        let word = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().expect("8 bytes"));
        let (slots, words) = (word(HEADER_BYTES), word(HEADER_BYTES + 8));
        let sum = u32::from_le_bytes(head[HEADER_BYTES + 16..].try_into().expect("4 bytes"));
        let len = file.len().map_err(|source| StopReason::disk("measure", &path, source))?;
        let expected =
            slots.checked_mul(SLOT_BYTES as u64).zip(words.checked_mul(8)).map(|(slots, filter)| slots + filter);
        if slots == 0 || words == 0 || expected.is_none_or(|bytes| bytes + head.len() as u64 != len) {
            return Err(StopReason::broken(&path, HEADER_BYTES as u64, "the sizes do not fit the file"));
        }
        let mut bytes = vec![0; usize::try_from(words * 8).expect("smaller than the file")];
        read(&*file, &path, head.len() as u64, &mut bytes)?;
        if crc32c::crc32c(&bytes) != sum {
            return Err(StopReason::broken(&path, head.len() as u64, "the checksum of the filter is wrong"));
        }
        let filter = bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().expect("8 bytes"))).collect();
        Ok(Some(Self { filter, slots, file, path }))
    }

    /// Where the record of this id lies.
    pub(super) fn find(&self, hash: u128) -> Result<Option<IdPlace>, StopReason> {
        if !filter_places(hash, self.filter.len()).all(|(word, bit)| self.filter[word] & bit != 0) {
            return Ok(None);
        }
        let start = (HEADER_BYTES + SIZES_BYTES + self.filter.len() * 8) as u64;
        let mut slot = first_slot(hash, self.slots);
        let mut bytes = [0; SLOT_BYTES * SLOTS_READ];
        loop {
            let count = SLOTS_READ.min(usize::try_from(self.slots - slot).unwrap_or(SLOTS_READ));
            let at = start + slot * SLOT_BYTES as u64;
            read(&*self.file, &self.path, at, &mut bytes[..count * SLOT_BYTES])?;
            for found in bytes[..count * SLOT_BYTES].chunks_exact(SLOT_BYTES) {
                match decode_slot(found).ok_or_else(|| StopReason::broken(&self.path, at, "a slot is damaged"))? {
                    None => return Ok(None),
                    Some((found, place)) if found == hash => return Ok(Some(place)),
                    Some(_) => {}
                }
            }
            slot = (slot + count as u64) % self.slots;
        }
    }

    /// How many ids it holds: it was made with two slots for each.
    pub(super) fn ids(&self) -> u64 {
        self.slots / 2
    }

    pub(super) fn bytes(&self) -> usize {
        self.filter.len() * 8
    }
}

/// Removes a table, finished or not.
pub(super) fn remove(disk: &dyn Disk, root: &Path, name: Name) -> Result<(), StopReason> {
    let path = name.path(root);
    for path in [path.with_extension("tab-new"), path] {
        match disk.remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StopReason::disk("remove", &path, error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn read(file: &dyn DiskFile, path: &Path, at: u64, buffer: &mut [u8]) -> Result<(), StopReason> {
    let read = file.read_at(at, buffer).map_err(|source| StopReason::disk("read", path, source))?;
    if read == buffer.len() { Ok(()) } else { Err(StopReason::broken(path, at, "the file is too short")) }
}

fn first_slot(hash: u128, slots: u64) -> u64 {
    (hash as u64) % slots
}

/// The bits of an id in a filter of so many words.
fn filter_places(hash: u128, words: usize) -> impl Iterator<Item = (usize, u64)> {
    let (start, stride) = ((hash >> 64) as u64, (hash as u64) | 1);
    let bits = words as u64 * 64;
    (0..FILTER_HASHES).map(move |n| {
        let bit = start.wrapping_add(n.wrapping_mul(stride)) % bits;
        (usize::try_from(bit / 64).expect("an index of the filter"), 1 << (bit % 64))
    })
}

fn filter_of(ids: &HashMap<u128, IdPlace>) -> Vec<u64> {
    let mut filter = vec![0; (ids.len() * FILTER_BITS).div_ceil(64).max(1)];
    for hash in ids.keys() {
        for (word, bit) in filter_places(*hash, filter.len()) {
            filter[word] |= bit;
        }
    }
    filter
}

fn encode(header: &Header, ids: &HashMap<u128, IdPlace>, slots: u64, filter: &[u64]) -> Vec<u8> {
    let slot_count = usize::try_from(slots).expect("twice the ids in memory");
    let filter: Vec<u8> = filter.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + SIZES_BYTES + filter.len() + slot_count * SLOT_BYTES);
    bytes.extend_from_slice(&header.encode());
    bytes.extend_from_slice(&slots.to_le_bytes());
    bytes.extend_from_slice(&(filter.len() as u64 / 8).to_le_bytes());
    bytes.extend_from_slice(&crc32c::crc32c(&filter).to_le_bytes());
    bytes.extend_from_slice(&filter);
    let start = bytes.len();
    bytes.resize(start + slot_count * SLOT_BYTES, 0);
    let table = &mut bytes[start..];
    // The order of a map in memory is chance; the file should not be.
    let mut sorted: Vec<_> = ids.iter().collect();
    sorted.sort_unstable_by_key(|(hash, _)| **hash);
    for (hash, place) in sorted {
        let mut slot = usize::try_from(first_slot(*hash, slots)).expect("an index of the table");
        while table[slot * SLOT_BYTES..][20..22] != [0; 2] {
            slot = (slot + 1) % slot_count;
        }
        table[slot * SLOT_BYTES..][..SLOT_BYTES].copy_from_slice(&encode_slot(*hash, *place));
    }
    bytes
}

fn encode_slot(hash: u128, place: IdPlace) -> [u8; SLOT_BYTES] {
    let mut slot = [0; SLOT_BYTES];
    slot[..16].copy_from_slice(&hash.to_le_bytes());
    slot[16..20].copy_from_slice(&place.offset.to_le_bytes());
    slot[20..22].copy_from_slice(&place.number.to_le_bytes());
    let sum = crc32c::crc32c(&slot[..22]).to_le_bytes();
    slot[22..].copy_from_slice(&sum[..2]);
    slot
}

/// What a slot holds: `None` when it is damaged, `Some(None)` when it is empty.
#[expect(clippy::option_option, reason = "damaged, empty and used are three things")]
fn decode_slot(slot: &[u8]) -> Option<Option<(u128, IdPlace)>> {
    if slot.iter().all(|byte| *byte == 0) {
        return Some(None);
    }
    if crc32c::crc32c(&slot[..22]).to_le_bytes()[..2] != slot[22..24] {
        return None;
    }
    let hash = u128::from_le_bytes(slot[..16].try_into().ok()?);
    let offset = u32::from_le_bytes(slot[16..20].try_into().ok()?);
    let number = u16::from_le_bytes(slot[20..22].try_into().ok()?);
    Some(Some((hash, IdPlace { number, offset })))
}

#[cfg(test)]
mod tests {
    use kernel::sim::SimDisk;

    use super::*;
    use crate::lease_log::format::Kind;

    #[test]
    fn every_id_of_an_hour_is_found_in_its_table_and_others_hardly_ever() {
        let (disk, root) = (SimDisk::new(), Path::new("/log"));
        let name = Name { kind: Kind::ClientIdTable, hour: 7, number: 1 };
        disk.create_dir_all(&name.folder(root)).unwrap();
        let hash = |n: u64| u128::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let place = |n: u64| IdPlace { number: 1, offset: n as u32 };
        let ids = (0..50_000).map(|n| (hash(n), place(n))).collect();
        let header = Header { name, first_batch: 1, seq_floor: 0 };
        let mut writer = TableWriter::start(&disk, root, header, &ids).unwrap();
        let table = loop {
            if let Some(table) = writer.go_on(&disk, root).unwrap() {
                break table;
            }
        };
        assert!((0..50_000).all(|n| table.find(hash(n)).unwrap() == Some(place(n))));
        assert!((50_000..100_000).all(|n| table.find(hash(n)).unwrap().is_none()));
        let perhaps = |n: &u64| filter_places(hash(*n), table.filter.len()).all(|(w, bit)| table.filter[w] & bit != 0);
        assert!((50_000..150_000).filter(perhaps).count() < 100);
    }
}
