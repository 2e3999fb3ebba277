//! A run of bytes that is looked through as it comes, piece by piece, and what is found in it.

use std::path::Path;

use flate2::Decompress;
use vault::remains::{RemainingKeys, is_box};

use super::finder::{Finder, Hit, Mark, Packing, magic};
use super::inflate::{self, Inflate};
use super::zstd::Zstd;
use super::{Counts, LAYERS_MAX, Place, forms};

/// Most bytes of a sealed box that are looked at: the largest holds a frame of 20 KiB.
pub(super) const BOX_BYTES_MAX: usize = 32 * 1024;
const _: () = assert!(BOX_BYTES_MAX >= 20 * 1024 + 128);
/// A box is decrypted this far even where another one begins in it: the other may have been written over its middle.
const OVERWRITTEN_BYTES: usize = 4 * 1024;
/// Bytes that must be known behind a place before it is looked at: a box in hexadecimal digits.
const AHEAD_BYTES: usize = 2 * BOX_BYTES_MAX;
const _: () = assert!(AHEAD_BYTES > 6 * super::TEXT_BYTES_MAX);
/// Bytes gathered beyond those before they are looked at in one go.
const ROUND_BYTES: usize = 256 * 1024;

/// What looking needs, and where what is found goes.
pub(super) struct Carver<'a> {
    pub(super) path: &'a Path,
    pub(super) finder: &'a Finder,
    pub(super) keys: &'a mut RemainingKeys,
    /// Only the keys of bodies are looked for.
    pub(super) learning: bool,
    pub(super) probe: &'a mut Decompress,
    pub(super) counts: &'a mut Counts,
    pub(super) each: &'a mut dyn FnMut(Place),
}

/// Which layer something is in.
#[derive(Clone)]
pub(super) struct Inside {
    /// ` in gzip in a sealed body …`; nothing for the file itself.
    words: String,
    /// Where the outermost layer in the file begins.
    at: Option<u64>,
    depth: u32,
}

/// A layer, as far as it is known.
pub(super) struct Layer {
    inside: Inside,
    /// What is not looked at yet.
    buffer: Vec<u8>,
    /// Where the buffer begins in the layer.
    position: u64,
    /// Compressed streams that began before the buffer and go on in it.
    streams: Vec<Stream>,
    /// Texts that end before this place are known from elsewhere.
    known_to: u64,
}

/// A compressed stream in a layer, and the layer it holds.
struct Stream {
    decoder: Decoder,
    /// Bytes of the outer layer before its next one.
    skip: usize,
    held: Layer,
}

enum Decoder {
    Inflate(Inflate),
    Zstd(Box<Zstd>),
}

impl Inside {
    /// The file itself.
    pub(super) const fn file() -> Self {
        Self { words: String::new(), at: None, depth: 1 }
    }

    /// In something named `words` that begins at `at` of this layer.
    fn deeper(&self, words: &str, at: u64) -> Self {
        let words = format!(" in {words}{}", self.words);
        Self { words, at: Some(self.at.unwrap_or(at)), depth: self.depth + 1 }
    }
}

impl Layer {
    /// The layer that a file is.
    pub(super) fn file() -> Self {
        Self::new(Inside::file())
    }

    fn new(inside: Inside) -> Self {
        Self { inside, buffer: Vec::new(), position: 0, streams: Vec::new(), known_to: 0 }
    }

    /// More of the layer.
    pub(super) fn feed(&mut self, carver: &mut Carver<'_>, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= AHEAD_BYTES + ROUND_BYTES {
            self.carve(carver, self.buffer.len() - AHEAD_BYTES);
        }
    }

    /// There is no more of it.
    pub(super) fn finish(mut self, carver: &mut Carver<'_>) {
        self.carve(carver, self.buffer.len());
        for stream in self.streams {
            stream.finish(carver);
        }
    }

    /// Looks at everything that begins in the first `limit` bytes of the buffer.
    fn carve(&mut self, carver: &mut Carver<'_>, limit: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        for mut stream in std::mem::take(&mut self.streams) {
            if stream.feed(carver, &buffer[..limit]) {
                self.streams.push(stream);
            } else {
                stream.finish(carver);
            }
        }
        let finder = carver.finder;
        for hit in finder.hits(&buffer, limit) {
            self.look(carver, hit, &buffer, limit);
        }
        buffer.drain(..limit);
        self.position += limit as u64;
        self.buffer = buffer;
    }

    fn look(&mut self, carver: &mut Carver<'_>, hit: Hit, buffer: &[u8], limit: usize) {
        let (inside, at) = (&self.inside, self.position + hit.start as u64);
        let rest = &buffer[hit.start..];
        match hit.mark {
            Mark::Text(form) if self.position + hit.end as u64 > self.known_to => {
                let (offset, form) = (Some(inside.at.unwrap_or(at)), format!("{form}{}", inside.words));
                (carver.each)(Place { path: carver.path.to_owned(), offset, form });
            }
            Mark::Text(_) => {}
            _ if inside.depth >= LAYERS_MAX => {}
            Mark::Sealed => carver.sealed(rest, inside, at, None),
            Mark::SealedHex => carver.sealed(&from_hex(rest), &inside.deeper("hex", at), 0, None),
            Mark::SealedBase64(offset) => {
                carver.sealed(&from_base64(rest, offset), &inside.deeper("base64", at), 0, None);
            }
            Mark::Packed(packing) => {
                if let Some((decoder, skip)) = Decoder::at(packing, rest, carver) {
                    let held = Self::new(inside.deeper(packing.name(), at));
                    let mut stream = Stream { decoder, skip, held };
                    if stream.feed(carver, &buffer[hit.start..limit]) {
                        self.streams.push(stream);
                    } else {
                        stream.finish(carver);
                    }
                }
            }
        }
    }
}

impl Carver<'_> {
    /// What begins with a magic number at `at` of a layer. With `known` bytes of it looked at before, only what lies behind
    /// them is told.
    pub(super) fn sealed(&mut self, bytes: &[u8], inside: &Inside, at: u64, known: Option<usize>) {
        let bytes = &bytes[..bytes.len().min(BOX_BYTES_MAX)];
        if !is_box(bytes) {
            return;
        }
        if self.learning {
            self.keys.learn(bytes);
            return;
        }
        let bytes = if known.is_some() { bytes } else { &bytes[..extent(bytes)] };
        let opened = self.keys.streams(bytes);
        if known.is_none() {
            self.counts.boxes += 1;
            self.counts.opened += u64::from(!opened.is_empty());
        }
        for opened in opened {
            let row = opened.row.and_then(policy::by_number).map_or(String::new(), |row| format!(" of row {}", row.id));
            let pages = if known.is_some() { " over several pages" } else { "" };
            let words = format!("a sealed {}{row}{pages}, opened with {}", opened.kind, opened.keys);
            let mut layer = Layer::new(inside.deeper(&words, at));
            layer.known_to = known.map_or(0, |known| known.saturating_sub(opened.content_at)) as u64;
            layer.feed(self, &opened.plain);
            layer.finish(self);
        }
    }
}

/// How far a box may reach: to the next one, or further where that may lie upon it.
fn extent(bytes: &[u8]) -> usize {
    let [first, second, third, _] = magic(0);
    let starts =
        |at: &usize| bytes[*at] == first && bytes[*at + 1..].starts_with(&[second, third]) && is_box(&bytes[*at..]);
    let next = (1..bytes.len()).find(starts).unwrap_or(bytes.len());
    next.max(OVERWRITTEN_BYTES).min(bytes.len())
}

fn from_hex(digits: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let pairs = digits.as_chunks::<2>().0.iter().take(BOX_BYTES_MAX);
    pairs.map_while(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// A box whose magic number was found in base64 behind `offset` bytes of its group. Lines may end in it.
fn from_base64(characters: &[u8], offset: usize) -> Vec<u8> {
    let before = forms::first_sextet(offset);
    let known: Vec<u8> = std::iter::repeat_n(0, offset).chain(magic(0)).collect();
    // The characters before those that were found hold bits of the bytes before; of the rest of them the magic is known.
    let mut bits = known[..(before * 6) / 8].to_vec();
    let (mut held, mut count) = match before * 6 % 8 {
        0 => (0_u32, 0),
        count => (u32::from(known[before * 6 / 8] >> (8 - count)), count),
    };
    let sextets =
        characters.iter().filter(|byte| !matches!(byte, b'\n' | b'\r')).map_while(|byte| forms::sextet_of(*byte));
    for sextet in sextets.take(BOX_BYTES_MAX * 4 / 3) {
        held = held << 6 | u32::from(sextet);
        count += 6;
        if count >= 8 {
            count -= 8;
            bits.push((held >> count & 0xFF) as u8);
        }
    }
    bits.drain(..offset.min(bits.len()));
    bits
}

impl Packing {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zip => "zip",
            Self::Zstd => "zstd",
        }
    }
}

impl Decoder {
    /// A stream that begins with `bytes`, and how many of them stand before what is compressed.
    fn at(packing: Packing, bytes: &[u8], carver: &mut Carver<'_>) -> Option<(Self, usize)> {
        let head = match packing {
            Packing::Zstd => return Zstd::at(bytes).map(|(zstd, head)| (Self::Zstd(Box::new(zstd)), head)),
            Packing::Gzip => inflate::gzip_head(bytes)?,
            Packing::Zlib => inflate::ZLIB_HEAD_BYTES,
            Packing::Zip => inflate::zip_head(bytes)?,
        };
        inflate::is_likely(carver.probe, bytes.get(head..)?).then(|| (Self::Inflate(Inflate::new()), head))
    }
}

impl Stream {
    /// More of the outer layer; false when the stream is over.
    fn feed(&mut self, carver: &mut Carver<'_>, bytes: &[u8]) -> bool {
        let skipped = self.skip.min(bytes.len());
        self.skip -= skipped;
        let bytes = &bytes[skipped..];
        let held = &mut self.held;
        let mut out = |piece: &[u8]| held.feed(carver, piece);
        match &mut self.decoder {
            Decoder::Inflate(inflate) => inflate.feed(bytes, &mut out),
            Decoder::Zstd(zstd) => zstd.feed(bytes, &mut out),
        }
    }

    fn finish(self, carver: &mut Carver<'_>) {
        let mut held = self.held;
        if let Decoder::Zstd(zstd) = self.decoder {
            zstd.finish(&mut |piece| held.feed(carver, piece));
        }
        held.finish(carver);
    }
}
