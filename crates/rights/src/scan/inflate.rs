//! Deflate: what gzip, zlib and zip hold.

use flate2::{Decompress, FlushDecompress, Status};

/// Bytes before the compressed ones of a zlib stream.
pub(super) const ZLIB_HEAD_BYTES: usize = 2;
/// Bytes made at a time.
const OUT_BYTES: usize = 32 * 1024;
/// Bytes tried before a stream is believed to be one, and made of them at least when it breaks off in them.
const PROBE_BYTES: usize = 512;
const PROBE_OUT_BYTES_MIN: usize = 8;

/// A deflate stream on its way.
pub(super) struct Inflate(Decompress);

impl Inflate {
    pub(super) fn new() -> Self {
        Self(Decompress::new(false))
    }

    /// Inflates `bytes`; false when the stream has ended or is none from here on.
    pub(super) fn feed(&mut self, mut bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> bool {
        let mut buffer = vec![0; OUT_BYTES];
        loop {
            let step = step(&mut self.0, bytes, &mut buffer);
            out(&buffer[..step.made]);
            if step.over {
                return false;
            }
            bytes = &bytes[step.taken..];
            if bytes.is_empty() && step.made < buffer.len() || step.taken == 0 && step.made == 0 {
                return true;
            }
        }
    }
}

struct Step {
    taken: usize,
    made: usize,
    over: bool,
}

/// One go. What was made before an error counts.
fn step(inflater: &mut Decompress, bytes: &[u8], buffer: &mut [u8]) -> Step {
    let (taken, made) = (inflater.total_in(), inflater.total_out());
    let status = inflater.decompress(bytes, buffer, FlushDecompress::None);
    let since = |now: u64, before: u64| usize::try_from(now - before).expect("no more than the buffers hold");
    Step {
        taken: since(inflater.total_in(), taken),
        made: since(inflater.total_out(), made),
        over: !matches!(status, Ok(Status::Ok | Status::BufError)),
    }
}

/// Whether these may be the first bytes of a stream: most that only look so break off at once.
pub(super) fn is_likely(probe: &mut Decompress, bytes: &[u8]) -> bool {
    probe.reset(false);
    let mut buffer = [0; 4 * PROBE_BYTES];
    let step = step(probe, &bytes[..bytes.len().min(PROBE_BYTES)], &mut buffer);
    !step.over || step.made >= PROBE_OUT_BYTES_MIN
}

/// Bytes of the head of a gzip member (RFC 1952).
pub(super) fn gzip_head(bytes: &[u8]) -> Option<usize> {
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    const CHECK: u8 = 2;
    let flags = *bytes.get(3)?;
    let mut head = 10;
    if flags & EXTRA != 0 {
        head += 2 + usize::from(u16_at(bytes, head)?);
    }
    for flag in [NAME, COMMENT] {
        if flags & flag != 0 {
            head += bytes.get(head..)?.iter().position(|byte| *byte == 0)? + 1;
        }
    }
    Some(if flags & CHECK != 0 { head + 2 } else { head })
}

/// Bytes of the head of a member of a zip file that is deflated.
pub(super) fn zip_head(bytes: &[u8]) -> Option<usize> {
    const DEFLATED: u16 = 8;
    let names = usize::from(u16_at(bytes, 26)?) + usize::from(u16_at(bytes, 28)?);
    (u16_at(bytes, 8)? == DEFLATED).then_some(30 + names)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
