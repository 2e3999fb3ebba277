//! What every sealed box has in common: a magic number, its version, and its associated data in clear, so that a search of
//! the disk can find each box and try it.

use crate::records::OpenRefused;

/// The kinds of boxes, as the fourth byte of the magic number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BoxKind {
    Record = 1,
    Body = 2,
    Entry = 3,
    Pointer = 4,
}

/// Bytes of the magic number.
pub(crate) const MAGIC_BYTES: usize = 4;
const MAGIC: [u8; 3] = [0xB1, 0x11, 0xE7];
/// The version of all boxes, in the upper half of the fourth byte.
const VERSION: u8 = 1;

/// The first bytes of a box.
pub(crate) const fn magic(kind: BoxKind) -> [u8; MAGIC_BYTES] {
    [MAGIC[0], MAGIC[1], MAGIC[2], VERSION << 4 | kind as u8]
}

/// Whether this is such a box, of this version.
pub(crate) fn check(sealed: &[u8], kind: BoxKind) -> Result<(), OpenRefused> {
    match sealed.first_chunk::<MAGIC_BYTES>() {
        Some(found) if *found == magic(kind) => Ok(()),
        Some(found) if found[..3] == MAGIC && found[3] >> 4 != VERSION => {
            Err(OpenRefused::Damaged("it was sealed by another version of this program"))
        }
        _ => Err(OpenRefused::Damaged("it is no sealed box of this kind")),
    }
}

/// The kind of box whose magic number these bytes begin with; `None` when it is none of this version.
pub(crate) fn kind_of(bytes: &[u8]) -> Option<BoxKind> {
    let found = bytes.first_chunk::<MAGIC_BYTES>()?;
    [BoxKind::Record, BoxKind::Body, BoxKind::Entry, BoxKind::Pointer].into_iter().find(|kind| *found == magic(*kind))
}

/// Takes fields from the front.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn after_magic(bytes: &'a [u8]) -> Option<Self> {
        (bytes.len() >= MAGIC_BYTES).then_some(Self { bytes, position: MAGIC_BYTES })
    }

    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let field = self.bytes.get(self.position..)?.first_chunk::<N>()?;
        self.position += N;
        Some(*field)
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }
}
