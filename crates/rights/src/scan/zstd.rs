//! Zstandard, block by block, so that a small file cannot become a large one in memory.

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The largest window that is followed, as the usual programs have it: 128 MiB, only held when a frame asks for it.
const WINDOW_BYTES_MAX: u64 = 128 << 20;
const BLOCK_HEAD_BYTES: usize = 3;
/// An empty last block: ends a frame that broke off, so that what it still holds comes out.
const LAST_BLOCK: [u8; BLOCK_HEAD_BYTES] = [1, 0, 0];

/// A frame on its way.
pub(super) struct Zstd {
    decoder: FrameDecoder,
    pending: Vec<u8>,
    over: bool,
}

impl Zstd {
    /// A frame that begins with `bytes`, and the bytes of its head.
    pub(super) fn at(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW_BYTES_MAX);
        let mut rest = bytes;
        decoder.init(&mut rest).ok()?;
        Some((Self { decoder, pending: Vec::new(), over: false }, bytes.len() - rest.len()))
    }

    /// Decodes the blocks that are whole; false when the frame has ended or is none from here on.
    pub(super) fn feed(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> bool {
        self.pending.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        while !self.over
            && let Some(block) = block_bytes(rest).filter(|block| *block <= rest.len())
        {
            self.block(&rest[..block], out);
            rest = &rest[block..];
        }
        self.pending = rest.to_vec();
        !self.over
    }

    /// Gives what a frame that broke off still holds.
    pub(super) fn finish(mut self, out: &mut dyn FnMut(&[u8])) {
        if !self.over {
            self.end(out);
        }
    }

    fn block(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) {
        match self.decode(bytes) {
            Ok(over) => self.over = over,
            Err(_) => return self.end(out),
        }
        if let Some(piece) = self.decoder.collect() {
            out(&piece);
        }
    }

    fn end(&mut self, out: &mut dyn FnMut(&[u8])) {
        self.over = true;
        if self.decode(&LAST_BLOCK).is_ok()
            && let Some(piece) = self.decoder.collect()
        {
            out(&piece);
        }
    }

    /// Decodes one block; true when it was the last. Behind that the decoder may want a checksum, which is not looked at.
    fn decode(&mut self, block: &[u8]) -> Result<bool, FrameDecoderError> {
        let source = std::io::Read::chain(block, [0; 4].as_slice());
        self.decoder.decode_blocks(source, BlockDecodingStrategy::UptoBlocks(1))
    }
}

/// Bytes of the block that begins here, its head included.
fn block_bytes(bytes: &[u8]) -> Option<usize> {
    const REPEATED: u32 = 1;
    let [a, b, c] = *bytes.first_chunk::<BLOCK_HEAD_BYTES>()?;
    let head = u32::from_le_bytes([a, b, c, 0]);
    let content = if head >> 1 & 3 == REPEATED { 1 } else { head >> 3 };
    Some(BLOCK_HEAD_BYTES + content as usize)
}
