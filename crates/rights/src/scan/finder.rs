//! One automaton that finds every form of the text, every sealed box, and every beginning of a compressed stream in one go.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::forms;

/// What begins at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// The text, in this form.
    Text(&'static str),
    /// A sealed box.
    Sealed,
    /// One written in hexadecimal digits.
    SealedHex,
    /// One written in base64, behind so many bytes (0 to 2) of its group.
    SealedBase64(usize),
    /// A compressed stream.
    Packed(Packing),
}

/// How a stream is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zlib,
    Zip,
    Zstd,
}

/// What was found: at which byte it begins and ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) mark: Mark,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The magic number of a sealed box, up to its kind.
const MAGIC: [u8; 3] = [0xB1, 0x11, 0xE7];
/// Version and kind of every box (`docs/formats.md`).
const KINDS: [u8; 4] = [0x11, 0x12, 0x13, 0x14];

/// The magic number of a kind.
pub(super) fn magic(kind: u8) -> [u8; 4] {
    [MAGIC[0], MAGIC[1], MAGIC[2], kind]
}

/// The automaton.
pub(super) struct Finder {
    automaton: AhoCorasick,
    marks: Vec<Mark>,
    longest: usize,
}

impl Finder {
    /// Boxes and compressed streams alone.
    pub(super) fn of_entries() -> Self {
        Self::new(Vec::new())
    }

    /// These, and the text in every form.
    pub(super) fn of_text(text: &str) -> Self {
        Self::new(forms::of(text))
    }

    fn new(forms: Vec<forms::Written>) -> Self {
        let mut patterns: Vec<(Mark, Vec<u8>)> =
            forms.into_iter().map(|(form, bytes)| (Mark::Text(form), bytes)).collect();
        for kind in KINDS {
            patterns.push((Mark::Sealed, magic(kind).to_vec()));
            patterns.extend(forms::hex_of(&magic(kind)).map(|digits| (Mark::SealedHex, digits)));
            patterns.extend((0..3).map(|offset| (Mark::SealedBase64(offset), forms::base64_of(&magic(kind), offset))));
        }
        let packed = |packing, bytes: &[u8]| (Mark::Packed(packing), bytes.to_vec());
        patterns.push(packed(Packing::Gzip, &[0x1F, 0x8B, 0x08]));
        // A window of 32 KiB, as everything writes it, at each level.
        patterns.extend([0x01, 0x5E, 0x9C, 0xDA].map(|level| packed(Packing::Zlib, &[0x78, level])));
        patterns.push(packed(Packing::Zip, b"PK\x03\x04"));
        patterns.push(packed(Packing::Zstd, &[0x28, 0xB5, 0x2F, 0xFD]));
        // Of some kinds the last bits share a character of base64 with what follows.
        patterns.sort_by(|(_, one), (_, other)| one.cmp(other));
        patterns.dedup();
        let longest = patterns.iter().map(|(_, bytes)| bytes.len()).max().unwrap_or(0);
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .build(patterns.iter().map(|(_, bytes)| bytes))
            .expect("some dozens of short patterns make no large automaton");
        Self { automaton, marks: patterns.into_iter().map(|(mark, _)| mark).collect(), longest }
    }

    /// Everything that begins in the first `limit` bytes.
    pub(super) fn hits<'a>(&'a self, bytes: &'a [u8], limit: usize) -> impl Iterator<Item = Hit> + 'a {
        let end = bytes.len().min(limit + self.longest);
        self.automaton
            .find_overlapping_iter(&bytes[..end])
            .map(|found| Hit { mark: self.marks[found.pattern()], start: found.start(), end: found.end() })
            .filter(move |hit| hit.start < limit)
    }

    /// The forms in which the text is in some few bytes.
    pub(super) fn texts_in(&self, bytes: &[u8]) -> Vec<&'static str> {
        let text = |hit: Hit| if let Mark::Text(form) = hit.mark { Some(form) } else { None };
        self.hits(bytes, bytes.len()).filter_map(text).collect()
    }
}
