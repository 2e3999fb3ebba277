//! Reading all copies of every slot; the newest whole one wins, and the others are brought up to date before anything is
//! served: a copy that lags would open what is gone.

use std::io;
use std::path::PathBuf;

use super::format::{Content, FileId, HEADER_SLOT, Header, SLOT_BYTES, SlotBytes, Wrap, Wraps};
use super::{CopyFile, Folders, OpenError, offset};

/// Slots read at a time: 1 MiB of each copy.
pub(crate) const CHUNK_SLOTS: usize = 8_192;

/// What all copies hold once they agree.
pub(crate) struct Repaired {
    pub(crate) slots: Vec<Content>,
    pub(crate) generations: Vec<u64>,
    pub(crate) header: Header,
}

/// A slot that one copy must take over from another.
struct Lag {
    copy: usize,
    number: u32,
    bytes: SlotBytes,
}

pub(super) fn read_and_repair(
    folders: &Folders,
    copies: &[CopyFile],
    wraps: &Wraps,
    file: &FileId,
) -> Result<Repaired, OpenError> {
    let mut reader = Reader { folders, copies, wraps, file, lags: Vec::new(), keys_ahead: false, mirror_ahead: false };
    let (_, first) = reader.winner(HEADER_SLOT, &reader.read(HEADER_SLOT, 1)?, 0)?;
    let Content::Header(header) = first else { return Err(reader.damaged("slot 0 is no header".to_owned())) };
    reader.lags.clear();
    let mut slots = Vec::with_capacity(header.slots as usize);
    let mut generations = Vec::with_capacity(header.slots as usize);
    for start in (0..header.slots).step_by(CHUNK_SLOTS) {
        let count = CHUNK_SLOTS.min((header.slots - start) as usize);
        let chunks = reader.read(start, count)?;
        for (at, number) in (start..header.slots).take(count).enumerate() {
            let (generation, content) = reader.winner(number, &chunks, at)?;
            generations.push(generation);
            slots.push(content);
        }
    }
    reader.must_go_together()?;
    reader.repair(header.slots)?;
    Ok(Repaired { slots, generations, header })
}

/// Whether every slot of every copy is whole and opens with this master key.
pub(super) fn opens_everywhere(copies: &[CopyFile], wrap: &Wrap, file: &FileId, slots: u32) -> Result<bool, OpenError> {
    for copy in copies {
        for start in (0..slots).step_by(CHUNK_SLOTS) {
            let chunk = read(copy, start, CHUNK_SLOTS.min((slots - start) as usize))?;
            let opens = |(number, slot): (u32, &SlotBytes)| Content::decode(slot, &wrap.cipher, file, number).is_some();
            if !(start..).zip(chunk.as_chunks::<SLOT_BYTES>().0).all(opens) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

struct Reader<'a> {
    folders: &'a Folders,
    copies: &'a [CopyFile],
    wraps: &'a Wraps,
    file: &'a FileId,
    lags: Vec<Lag>,
    /// Some slot is newer in the folder of the keys than in the mirror.
    keys_ahead: bool,
    /// Some slot is newer in the mirror.
    mirror_ahead: bool,
}

impl Reader<'_> {
    /// The same slots from every copy.
    fn read(&self, start: u32, count: usize) -> Result<Vec<Vec<u8>>, OpenError> {
        self.copies.iter().map(|copy| read(copy, start, count)).collect()
    }

    fn winner(&mut self, number: u32, chunks: &[Vec<u8>], at: usize) -> Result<(u64, Content), OpenError> {
        let slot = |chunk: &Vec<u8>| {
            *chunk[at * SLOT_BYTES..].first_chunk::<SLOT_BYTES>().expect("a chunk is cut to whole slots")
        };
        let bytes: Vec<SlotBytes> = chunks.iter().map(slot).collect();
        let decode = |copy: usize| self.wraps.decode(&bytes[copy], self.file, number);
        if bytes.windows(2).all(|pair| pair[0] == pair[1]) {
            return decode(0).ok_or_else(|| self.damaged(format!("slot {number}")));
        }
        let mut best: Option<(usize, (u64, Content))> = None;
        // The newest generation of either folder.
        let mut newest = [None, None];
        for copy in 0..bytes.len() {
            let Some((generation, content)) = decode(copy) else { continue };
            let of_folder = &mut newest[usize::from(self.copies[copy].mirror)];
            *of_folder = (*of_folder).max(Some(generation));
            match &best {
                Some((other, (same, _))) if *same == generation && bytes[*other] != bytes[copy] => {
                    return Err(self.two_contents(number, *other, copy));
                }
                Some((_, (newer, _))) if *newer >= generation => {}
                _ => best = Some((copy, (generation, content))),
            }
        }
        if let [Some(keys), Some(mirror)] = newest {
            self.keys_ahead |= keys > mirror;
            self.mirror_ahead |= mirror > keys;
        }
        let (winner, content) = best.ok_or_else(|| self.damaged(format!("slot {number}")))?;
        let lags = (0..bytes.len()).filter(|copy| bytes[*copy] != bytes[winner]);
        self.lags.extend(lags.map(|copy| Lag { copy, number, bytes: bytes[winner] }));
        Ok(content)
    }

    fn two_contents(&self, number: u32, one: usize, other: usize) -> OpenError {
        if self.copies[one].mirror == self.copies[other].mirror {
            return self.damaged(format!("slot {number} has two contents of one generation"));
        }
        self.apart()
    }

    /// Keys are written before their mirror. If each is ahead of the other somewhere, both went on alone.
    fn must_go_together(&self) -> Result<(), OpenError> {
        if self.keys_ahead && self.mirror_ahead { Err(self.apart()) } else { Ok(()) }
    }

    fn apart(&self) -> OpenError {
        let mirror = self.folders.mirror().map_or_else(PathBuf::new, PathBuf::from);
        OpenError::Apart { folder: self.folders.keys().to_owned(), mirror }
    }

    /// Makes what was read durable, then what lagged: a process that was killed leaves writes that no disk has seen yet.
    /// What lies behind the last slot is an extension that was cut short.
    fn repair(&self, slots: u32) -> Result<(), OpenError> {
        for copy in self.copies {
            let long = copy.handle.len().map(|len| len > offset(slots));
            let cut = long.and_then(|long| if long { copy.handle.set_len(offset(slots)) } else { Ok(()) });
            cut.map_err(|source| io_error(copy, "shortened", source))?;
        }
        self.sync()?;
        if self.lags.is_empty() {
            return Ok(());
        }
        for (number, copy) in self.copies.iter().enumerate() {
            let slots = self.lags.iter().filter(|lag| lag.copy == number).count();
            if slots > 0 {
                tracing::warn!(path = %copy.path.display(), slots, "a copy of the keys lags and is brought up to date");
            }
        }
        for lag in &self.lags {
            let copy = &self.copies[lag.copy];
            let written = copy.handle.write_at(offset(lag.number), &lag.bytes);
            written.map_err(|source| io_error(copy, "repaired", source))?;
        }
        self.sync()
    }

    fn sync(&self) -> Result<(), OpenError> {
        let sync = |copy: &CopyFile| copy.handle.sync().map_err(|source| io_error(copy, "synced", source));
        self.copies.iter().try_for_each(sync)
    }

    fn damaged(&self, what: String) -> OpenError {
        OpenError::Damaged { folder: self.folders.keys().to_owned(), what }
    }
}

/// Slots of one copy; what lies behind the end of the file reads as zeros, which is no whole slot.
fn read(copy: &CopyFile, start: u32, count: usize) -> Result<Vec<u8>, OpenError> {
    let mut bytes = vec![0; count * SLOT_BYTES];
    let read = copy.handle.read_at(offset(start), &mut bytes);
    read.map(|_| bytes).map_err(|source| io_error(copy, "read", source))
}

fn io_error(copy: &CopyFile, doing: &'static str, source: io::Error) -> OpenError {
    OpenError::io(copy.mirror, copy.path.clone(), doing, source)
}
