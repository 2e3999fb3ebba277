//! A file of the lease log: making one, adding a frame, reading it through.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::{Disk, DiskFile, Open};

use super::format::{FRAME_HEADER_BYTES, FRAME_MAGIC, FrameHeader, HEADER_BYTES, Header, HeaderFault, Name};
use super::stop::StopReason;

/// Read at once when going through a file.
const READ_BYTES: usize = 1 << 20;

/// An open segment.
pub(super) struct SegmentFile {
    /// Which one.
    pub(super) name: Name,
    /// Where it lies.
    pub(super) path: PathBuf,
    /// The first batch that wrote to it.
    pub(super) first_batch: u64,
    file: Box<dyn DiskFile>,
}

/// Where the next frame of a segment goes. Only the writer has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tail {
    /// The length so far.
    pub(super) end: u64,
    /// The checksum of the last frame, or of the header.
    pub(super) sum: u32,
}

/// What opening a file for reading found.
pub(super) enum Found {
    /// A segment.
    Segment(SegmentFile, Header),
    /// A file that never got as far as its header, so nothing was ever written to it.
    Unborn,
}

impl SegmentFile {
    /// Makes a new segment with its header; its name and header are durable when this returns.
    pub(super) fn create(disk: &dyn Disk, root: &Path, header: Header) -> Result<(Self, Tail), StopReason> {
        let (folder, path) = (header.name.folder(root), header.name.path(root));
        let failed = |source| StopReason::disk("make", &path, source);
        disk.create_dir_all(&folder).map_err(failed)?;
        let file = disk.open(&path, Open::CreateNew).map_err(failed)?;
        file.write_at(0, &header.encode()).map_err(failed)?;
        file.sync().map_err(failed)?;
        disk.sync_dir(&folder).map_err(failed)?;
        if let Some(parent) = folder.parent() {
            disk.sync_dir(parent).map_err(failed)?;
        }
        let tail = Tail { end: HEADER_BYTES as u64, sum: header.sum() };
        Ok((Self { name: header.name, path, first_batch: header.first_batch, file }, tail))
    }

    /// Opens a segment that should be `name`.
    pub(super) fn open(disk: &dyn Disk, root: &Path, name: Name) -> Result<Found, StopReason> {
        let path = name.path(root);
        let failed = |source| StopReason::disk("open", &path, source);
        let file = disk.open(&path, Open::Write).map_err(failed)?;
        let mut bytes = [0; HEADER_BYTES];
        let read = file.read_at(0, &mut bytes).map_err(failed)?;
        match Header::decode(&bytes[..read]) {
            Ok(header) if header.name == name => {
                Ok(Found::Segment(Self { name, path, first_batch: header.first_batch, file }, header))
            }
            Err(HeaderFault::OtherVersion(version)) => Err(StopReason::OtherVersion { path, version }),
            _ if file.len().map_err(failed)? <= HEADER_BYTES as u64 => Ok(Found::Unborn),
            _ => Err(StopReason::broken(&path, 0, "the header is not that of this file")),
        }
    }

    /// The length of the file.
    pub(super) fn len(&self) -> Result<u64, StopReason> {
        self.file.len().map_err(|source| StopReason::disk("measure", &self.path, source))
    }

    /// Cuts the file to `end`, durably.
    pub(super) fn cut(&self, end: u64) -> Result<(), StopReason> {
        let cut = self.file.set_len(end).and_then(|()| self.file.sync());
        cut.map_err(|source| StopReason::disk("cut", &self.path, source))
    }

    /// Writes a finished frame at its end. Durable only after [`SegmentFile::sync`].
    pub(super) fn append(&self, tail: &mut Tail, frame: &[u8], sum: u32) -> Result<(), StopReason> {
        self.file.write_at(tail.end, frame).map_err(|source| StopReason::disk("write", &self.path, source))?;
        *tail = Tail { end: tail.end + frame.len() as u64, sum };
        Ok(())
    }

    /// Makes everything written durable.
    pub(super) fn sync(&self) -> Result<(), StopReason> {
        self.file.sync().map_err(|source| StopReason::disk("sync", &self.path, source))
    }

    /// Fills `buffer` from `offset`; a shorter file is an error.
    pub(super) fn read(&self, offset: u32, buffer: &mut [u8]) -> Result<(), StopReason> {
        let read = self.file.read_at(offset.into(), buffer);
        match read.map_err(|source| StopReason::disk("read", &self.path, source))? {
            all if all == buffer.len() => Ok(()),
            _ => Err(StopReason::broken(&self.path, offset.into(), "the file ends in the middle of a record")),
        }
    }
}

/// Goes through the frames of a segment.
pub(super) struct Frames {
    segment: Arc<SegmentFile>,
    /// Where the next frame should be, and the checksum it should follow.
    pub(super) tail: Tail,
    len: u64,
    window: Vec<u8>,
    window_at: u64,
}

/// Why going through the frames of a segment ended before the file did.
pub(super) struct Fault {
    /// Where.
    pub(super) at: u64,
    /// What is wrong there.
    pub(super) what: &'static str,
}

/// What stands at the next place of a segment.
pub(super) enum Next {
    /// A frame, which begins at this offset.
    Frame(FrameHeader, u64),
    /// Nothing more.
    End,
    /// Something that is no frame: a torn tail, or damage.
    Fault(Fault),
}

impl Frames {
    /// From `tail` on.
    pub(super) fn new(segment: Arc<SegmentFile>, tail: Tail) -> Result<Self, StopReason> {
        let len = segment.len()?;
        Ok(Self { segment, tail, len, window: Vec::new(), window_at: 0 })
    }

    /// The next frame, checked. Its payload is [`Frames::payload`] until the next call.
    pub(super) fn next(&mut self) -> Result<Next, StopReason> {
        let at = self.tail.end;
        let fault = |what| Ok(Next::Fault(Fault { at, what }));
        if at >= self.len {
            return Ok(if at == self.len {
                Next::End
            } else {
                Next::Fault(Fault { at, what: "the file is too short" })
            });
        }
        let Some(header) = FrameHeader::decode(self.bytes(at, FRAME_HEADER_BYTES)?) else {
            return fault("there is no frame where one should begin");
        };
        if !header.matches(self.bytes(at, header.frame_bytes())?) {
            return fault("the checksum of a frame is wrong");
        }
        if header.before != self.tail.sum {
            return fault("a frame does not follow the one before it");
        }
        self.tail = Tail { end: at + header.frame_bytes() as u64, sum: header.sum };
        Ok(Next::Frame(header, at))
    }

    /// The payload of the frame that begins at `at`, just read.
    pub(super) fn payload(&self, header: &FrameHeader, at: u64) -> &[u8] {
        let start = usize::try_from(at - self.window_at).expect("a frame fits in memory") + FRAME_HEADER_BYTES;
        &self.window[start..start + header.payload as usize]
    }

    /// Whether a whole frame begins anywhere after `at`: then what is wrong at `at` is damage and not a torn tail.
    pub(super) fn frame_after(&mut self, at: u64) -> Result<bool, StopReason> {
        let mut place = at + 1;
        while place + FRAME_HEADER_BYTES as u64 <= self.len {
            let window = self.bytes(place, READ_BYTES)?;
            let found = window.windows(FRAME_MAGIC.len()).position(|bytes| bytes == FRAME_MAGIC);
            let Some(found) = found else {
                place += (window.len() - (FRAME_MAGIC.len() - 1)) as u64;
                continue;
            };
            place += found as u64;
            let header = FrameHeader::decode(self.bytes(place, FRAME_HEADER_BYTES)?);
            if let Some(header) = header
                && place + header.frame_bytes() as u64 <= self.len
                && header.matches(self.bytes(place, header.frame_bytes())?)
            {
                return Ok(true);
            }
            place += 1;
        }
        Ok(false)
    }

    /// Up to `count` bytes at `at`; fewer at the end of the file.
    fn bytes(&mut self, at: u64, count: usize) -> Result<&[u8], StopReason> {
        let left = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let count = count.min(left);
        let inside = at >= self.window_at && at + count as u64 <= self.window_at + self.window.len() as u64;
        if !inside {
            self.window.resize(count.max(READ_BYTES).min(left), 0);
            let read = self.segment.file.read_at(at, &mut self.window);
            let read = read.map_err(|source| StopReason::disk("read", &self.segment.path, source))?;
            if read < count {
                let short = io::Error::from(io::ErrorKind::UnexpectedEof);
                return Err(StopReason::disk("read", &self.segment.path, short));
            }
            self.window.truncate(read);
            self.window_at = at;
        }
        let start = usize::try_from(at - self.window_at).expect("the window is in memory");
        Ok(&self.window[start..start + count])
    }
}
