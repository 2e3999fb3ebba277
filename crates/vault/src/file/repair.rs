//! Reading both copies of every slot; the newer whole one wins, and the other is brought up to date before anything is
//! served: a copy that lags would open what is gone.

use std::io;
use std::path::Path;

use super::format::{Content, FileId, HEADER_SLOT, Header, SLOT_BYTES, SlotBytes};
use super::{COPIES, CopyFile, OpenError, offset};
use crate::crypto::Cipher;

/// Slots read at a time: 1 MiB of each copy.
pub(crate) const CHUNK_SLOTS: usize = 8_192;

/// What both copies hold once they agree.
pub(crate) struct Repaired {
    pub(crate) slots: Vec<Content>,
    pub(crate) generations: Vec<u64>,
    pub(crate) header: Header,
}

/// A slot that one copy must take over from the other.
struct Lag {
    copy: usize,
    number: u32,
    bytes: SlotBytes,
}

pub(crate) fn read_and_repair(
    folder: &Path,
    copies: &[CopyFile; 2],
    master: &Cipher,
    file: &FileId,
) -> Result<Repaired, OpenError> {
    let reader = Reader { folder, copies, master, file };
    let mut lags = Vec::new();
    let (_, first) = reader.winner(HEADER_SLOT, &reader.read(HEADER_SLOT, 1)?, 0, &mut Vec::new())?;
    let Content::Header(header) = first else { return Err(reader.damaged("slot 0 is no header".to_owned())) };
    let mut slots = Vec::with_capacity(header.slots as usize);
    let mut generations = Vec::with_capacity(header.slots as usize);
    for start in (0..header.slots).step_by(CHUNK_SLOTS) {
        let count = CHUNK_SLOTS.min((header.slots - start) as usize);
        let chunks = reader.read(start, count)?;
        for (at, number) in (start..header.slots).take(count).enumerate() {
            let (generation, content) = reader.winner(number, &chunks, at, &mut lags)?;
            generations.push(generation);
            slots.push(content);
        }
    }
    reader.repair(&lags, header.slots)?;
    Ok(Repaired { slots, generations, header })
}

struct Reader<'a> {
    folder: &'a Path,
    copies: &'a [CopyFile; 2],
    master: &'a Cipher,
    file: &'a FileId,
}

impl Reader<'_> {
    /// The same slots from both copies; what lies behind the end of a file reads as zeros, which is no whole slot.
    fn read(&self, start: u32, count: usize) -> Result<[Vec<u8>; 2], OpenError> {
        let read = |copy: usize| {
            let mut bytes = vec![0; count * SLOT_BYTES];
            let read = self.copies[copy].handle.read_at(offset(start), &mut bytes);
            read.map(|_| bytes).map_err(|source| self.io(copy, "read", source))
        };
        Ok([read(0)?, read(1)?])
    }

    fn winner(
        &self,
        number: u32,
        chunks: &[Vec<u8>; 2],
        at: usize,
        lags: &mut Vec<Lag>,
    ) -> Result<(u64, Content), OpenError> {
        let bytes = chunks
            .each_ref()
            .map(|chunk| *chunk[at * SLOT_BYTES..].first_chunk::<SLOT_BYTES>().expect("a chunk is cut to whole slots"));
        let first = Content::decode(&bytes[0], self.master, self.file, number);
        if bytes[0] == bytes[1] {
            return first.ok_or_else(|| self.damaged(format!("slot {number}")));
        }
        let second = Content::decode(&bytes[1], self.master, self.file, number);
        let (winner, content) = match (first, second) {
            (None, None) => return Err(self.damaged(format!("slot {number}"))),
            (Some(a), Some(b)) if a.0 == b.0 => {
                return Err(self.damaged(format!("slot {number} has two contents of one generation")));
            }
            (Some(a), Some(b)) if a.0 < b.0 => (1, b),
            (Some(a), _) => (0, a),
            (None, Some(b)) => (1, b),
        };
        lags.push(Lag { copy: 1 - winner, number, bytes: bytes[winner] });
        Ok(content)
    }

    /// Makes what was read durable, then what lagged: a process that was killed leaves writes that no disk has seen yet.
    /// What lies behind the last slot is an extension that was cut short.
    fn repair(&self, lags: &[Lag], slots: u32) -> Result<(), OpenError> {
        for (copy, file) in self.copies.iter().enumerate() {
            let long = file.handle.len().map(|len| len > offset(slots));
            let cut = long.and_then(|long| if long { file.handle.set_len(offset(slots)) } else { Ok(()) });
            cut.map_err(|source| self.io(copy, "shortened", source))?;
        }
        self.sync()?;
        if lags.is_empty() {
            return Ok(());
        }
        let lagging =
            COPIES.each_ref().map(|name| (*name, lags.iter().filter(|lag| COPIES[lag.copy] == *name).count()));
        tracing::warn!(slots = ?lagging, "an overwrite of keys was cut short; the copies are being brought up to date");
        for lag in lags {
            let written = self.copies[lag.copy].handle.write_at(offset(lag.number), &lag.bytes);
            written.map_err(|source| self.io(lag.copy, "repaired", source))?;
        }
        self.sync()
    }

    fn sync(&self) -> Result<(), OpenError> {
        let sync =
            |(copy, file): (usize, &CopyFile)| file.handle.sync().map_err(|source| self.io(copy, "synced", source));
        self.copies.iter().enumerate().try_for_each(sync)
    }

    fn io(&self, copy: usize, doing: &'static str, source: io::Error) -> OpenError {
        OpenError::Io { path: self.copies[copy].path.clone(), doing, source }
    }

    fn damaged(&self, what: String) -> OpenError {
        OpenError::Damaged { folder: self.folder.to_owned(), what }
    }
}
