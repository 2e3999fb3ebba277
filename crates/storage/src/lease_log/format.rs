//! Files and frames as they lie on disk (`docs/formats.md`, "Lease log").
//!
//! A file is a header and frames. A batch adds at most one frame to a file; each frame's checksum covers the checksum of the
//! frame before it, so nothing can be missing from the middle unnoticed. The batch's *commit frame* is written last, to the
//! segment of the current lease, after every other file of the batch is synced: a batch is there when its commit frame is.

use std::path::{Path, PathBuf};

use kernel::Millis;

/// First eight bytes of every file of the lease log.
pub const MAGIC: [u8; 8] = *b"BILLETLL";
/// Version of the format this program writes, and the only one it reads.
pub const VERSION: u8 = 1;
/// Bytes of a file's header.
pub const HEADER_BYTES: usize = 64;
/// First four bytes of every frame.
pub const FRAME_MAGIC: [u8; 4] = *b"LLfr";
/// Bytes before a frame's payload.
pub const FRAME_HEADER_BYTES: usize = 44;
/// Bytes of a frame header that its checksum covers (all but the checksum itself).
const FRAME_SUMMED_BYTES: usize = 40;

/// A segment is closed when it is longer than this; positions are 32 bits wide.
pub const SEGMENT_BYTES_MAX: u64 = 1 << 30;
/// Most bytes a batch may add to one file.
pub const BATCH_BYTES_MAX: u64 = 1 << 30;
const _: () = assert!(SEGMENT_BYTES_MAX + BATCH_BYTES_MAX < u32::MAX as u64);

/// What a file holds, and what its hour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Entries, acks and cursors; the hour is the lease, at whose start its key dies.
    Lease = 1,
    /// Bodies, by their hour of sending.
    Bodies = 2,
    /// Receipts, recalled marks and notices, by the hour they were made in.
    Marks = 3,
    /// Client ids, by the hour they were first seen in.
    ClientIds = 4,
    /// Where each client id of a finished hour lies, with its filter.
    ClientIdTable = 5,
}

impl Kind {
    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        [Self::Lease, Self::Bodies, Self::Marks, Self::ClientIds, Self::ClientIdTable]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }

    /// The folder its files lie in.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Lease => "leases",
            Self::Bodies => "bodies",
            Self::Marks => "marks",
            Self::ClientIds | Self::ClientIdTable => "client-ids",
        }
    }
}

/// Which file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// What it holds.
    pub kind: Kind,
    /// The hour since 1970 (for [`Kind::Lease`] the lease).
    pub hour: u32,
    /// Counts the files of that hour, from 1. The first file of a lease is removed first: without it the rest is dead.
    pub number: u16,
}

impl Name {
    /// The folder it lies in.
    pub fn folder(&self, root: &Path) -> PathBuf {
        match self.kind {
            Kind::Lease => root.join(self.kind.folder()).join(self.hour.to_string()),
            _ => root.join(self.kind.folder()),
        }
    }

    /// Where it lies.
    pub fn path(&self, root: &Path) -> PathBuf {
        let file = match self.kind {
            Kind::Lease => format!("{:05}.seg", self.number),
            Kind::ClientIdTable => format!("{}-{:05}.tab", self.hour, self.number),
            _ => format!("{}-{:05}.seg", self.hour, self.number),
        };
        self.folder(root).join(file)
    }

    /// The hour and number in a file name such as `495123-00001.seg`, and its extension.
    pub fn parse(file: &Path) -> Option<(u32, u16, &str)> {
        let (stem, extension) = file.to_str()?.split_once('.')?;
        let (hour, number) = stem.split_once('-')?;
        Some((hour.parse().ok()?, number.parse().ok()?, extension))
    }
}

/// The header of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Which file this is; must agree with where it lies.
    pub name: Name,
    /// The first batch that wrote to it.
    pub first_batch: u64,
    /// No seq up to this one is given again to anybody, known when the file was made.
    pub seq_floor: u64,
}

/// Why a header cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// The bytes are not those of a header of ours: never finished, foreign or damaged.
    NotOurs,
    /// Ours, but of another version.
    OtherVersion(u8),
}

impl Header {
    /// The header as bytes.
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8] = VERSION;
        bytes[9] = self.name.kind as u8;
        bytes[10..12].copy_from_slice(&self.name.number.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.name.hour.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first_batch.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.seq_floor.to_le_bytes());
        let sum = crc32c::crc32c(&bytes[..60]);
        bytes[60..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Reads a header back.
    pub fn decode(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let bytes: &[u8; HEADER_BYTES] =
            bytes.get(..HEADER_BYTES).and_then(|b| b.try_into().ok()).ok_or(HeaderFault::NotOurs)?;
        if bytes[..8] != MAGIC || bytes[8] == 0 {
            return Err(HeaderFault::NotOurs);
        }
        if bytes[8] != VERSION {
            return Err(HeaderFault::OtherVersion(bytes[8]));
        }
        let mut fields = Fields(&bytes[9..]);
        let kind = Kind::from_byte(fields.u8()).ok_or(HeaderFault::NotOurs)?;
        let number = fields.u16();
        let name = Name { kind, hour: fields.u32(), number };
        let header = Self { name, first_batch: fields.u64(), seq_floor: fields.u64() };
        if crc32c::crc32c(&bytes[..60]).to_le_bytes() == bytes[60..] { Ok(header) } else { Err(HeaderFault::NotOurs) }
    }

    /// Its checksum: where the chain of the file's frames begins.
    pub fn sum(&self) -> u32 {
        let bytes = self.encode();
        u32::from_le_bytes([bytes[60], bytes[61], bytes[62], bytes[63]])
    }
}

/// What a frame is to its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// A share of a batch in one of its other files. Counts only when the batch's commit frame is there.
    Part = 1,
    /// Makes the batch.
    Commit = 2,
    /// Makes a batch before which nothing counts any more: what was in flight has expired.
    Reset = 3,
}

/// What stands before a frame's payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// What it is to its batch.
    pub role: Role,
    /// The batch's number; commit frames follow each other without a gap.
    pub batch: u64,
    /// The key step the batch was made in.
    pub step: u64,
    /// Effective time of the batch.
    pub at: Millis,
    /// Checksum of the frame before it in this file; of the header for the first.
    pub before: u32,
    /// Bytes of payload.
    pub payload: u32,
    /// Checksum of all of the above and the payload.
    pub sum: u32,
}

/// A frame starts with room for its header; this fills it in and gives the frame's checksum.
pub fn finish_frame(frame: &mut [u8], role: Role, batch: u64, step: u64, at: Millis, before: u32) -> u32 {
    let payload = u32::try_from(frame.len() - FRAME_HEADER_BYTES).expect("a batch is smaller than BATCH_BYTES_MAX");
    frame[..4].copy_from_slice(&FRAME_MAGIC);
    frame[4..8].copy_from_slice(&[role as u8, 0, 0, 0]);
    frame[8..12].copy_from_slice(&payload.to_le_bytes());
    frame[12..20].copy_from_slice(&batch.to_le_bytes());
    frame[20..28].copy_from_slice(&step.to_le_bytes());
    frame[28..36].copy_from_slice(&at.0.to_le_bytes());
    frame[36..40].copy_from_slice(&before.to_le_bytes());
    let sum = frame_sum(frame);
    frame[FRAME_SUMMED_BYTES..FRAME_HEADER_BYTES].copy_from_slice(&sum.to_le_bytes());
    sum
}

fn frame_sum(frame: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&frame[..FRAME_SUMMED_BYTES]), &frame[FRAME_HEADER_BYTES..])
}

impl FrameHeader {
    /// Reads the header of a frame; `None` when there is none here.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..FRAME_HEADER_BYTES)?;
        if bytes[..4] != FRAME_MAGIC {
            return None;
        }
        let mut fields = Fields(&bytes[8..]);
        let role = match bytes[4] {
            1 => Role::Part,
            2 => Role::Commit,
            3 => Role::Reset,
            _ => return None,
        };
        let payload = fields.u32();
        let (batch, step, at) = (fields.u64(), fields.u64(), Millis(fields.i64()));
        Some(Self { role, batch, step, at, before: fields.u32(), payload, sum: fields.u32() })
    }

    /// Bytes of the whole frame.
    pub fn frame_bytes(&self) -> usize {
        FRAME_HEADER_BYTES + self.payload as usize
    }

    /// Whether `frame` (header and payload) is what was written.
    pub fn matches(&self, frame: &[u8]) -> bool {
        frame.len() == self.frame_bytes() && frame_sum(frame) == self.sum
    }
}

/// Takes little-endian fields off the front of bytes known to be long enough.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).try_into().expect("took N bytes")
    }

    pub(super) fn u8(&mut self) -> u8 {
        self.take(1)[0]
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    pub(super) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    pub(super) fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.array())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        let name = Name { kind: Kind::Lease, hour: 495_123, number: 7 };
        Header { name, first_batch: 42, seq_floor: 1 << 50 }
    }

    #[test]
    fn a_header_survives_its_bytes_and_no_changed_bit_goes_unnoticed() {
        let bytes = header().encode();
        assert_eq!(Header::decode(&bytes), Ok(header()));
        for bit in 0..HEADER_BYTES * 8 {
            let mut bent = bytes;
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(Header::decode(&bent).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn another_version_is_named() {
        let mut bytes = header().encode();
        bytes[8] = 2;
        assert_eq!(Header::decode(&bytes), Err(HeaderFault::OtherVersion(2)));
        assert_eq!(Header::decode(&[0; HEADER_BYTES]), Err(HeaderFault::NotOurs));
    }

    #[test]
    fn a_frame_survives_its_bytes_and_no_changed_bit_goes_unnoticed() {
        let mut frame = vec![0; FRAME_HEADER_BYTES];
        frame.extend_from_slice(b"payload");
        let sum = finish_frame(&mut frame, Role::Commit, 3, 4, Millis(5), 6);
        let header = FrameHeader::decode(&frame).unwrap();
        let expected = FrameHeader { role: Role::Commit, batch: 3, step: 4, at: Millis(5), before: 6, payload: 7, sum };
        assert_eq!(header, expected);
        assert!(header.matches(&frame));
        for bit in 0..frame.len() * 8 {
            let mut bent = frame.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            let noticed = FrameHeader::decode(&bent).is_none_or(|header| !header.matches(&bent));
            assert!(noticed, "bit {bit}");
        }
    }

    #[test]
    fn names_are_read_back() {
        let name = Name { kind: Kind::Marks, hour: 495_123, number: 2 };
        let path = name.path(Path::new("/log"));
        assert_eq!(path, Path::new("/log/marks/495123-00002.seg"));
        let file = PathBuf::from(path.file_name().unwrap());
        assert_eq!(Name::parse(&file), Some((495_123, 2, "seg")));
        let lease = Name { kind: Kind::Lease, ..name };
        assert_eq!(lease.path(Path::new("/log")), Path::new("/log/leases/495123/00002.seg"));
    }
}
