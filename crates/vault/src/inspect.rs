//! Looking at a key file without locking, changing or serving anything: for `doctor`, also while a server writes it.

use std::io;
use std::path::PathBuf;

use kernel::{Disk, Millis, Open};

use crate::file::format::{Content, HEADER_SLOT, Identity, Preamble, SLOT_BYTES, SlotBytes, Wrap, Wraps};
use crate::file::{COPIES, offset};
use crate::{MasterKey, Options};

/// What lies where a copy should be.
#[derive(Debug)]
pub enum CopyState {
    /// No file.
    Missing,
    /// It cannot be read.
    Unreadable(io::Error),
    /// It does not begin as a key file does.
    Damaged,
    /// A format that this program does not read.
    OtherVersion(u8),
    /// A copy of a key file.
    There {
        /// Slots that do not open although the master key is the right one: torn or damaged. 0 when it was not tried.
        broken: usize,
        /// Slots that are not as in the first copy that is there.
        different: usize,
    },
}

/// A copy of the key file.
#[derive(Debug)]
pub struct KeyCopy {
    /// Where.
    pub path: PathBuf,
    /// Whether it is of the mirror.
    pub mirror: bool,
    /// What is there.
    pub state: CopyState,
}

/// Whether the master key opens the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// It does, and where the keys stood at their last step.
    Opens {
        /// Durable steps so far.
        step: u64,
        /// Effective time of the last one.
        at: Millis,
    },
    /// It was not given.
    NotTried,
    /// The keys are wrapped by another one.
    OtherMaster,
    /// A rotation was cut short.
    RotationUnfinished,
    /// It is the right one, and the header does not open in any copy.
    NoHeader,
    /// There are no keys.
    NoKeys,
}

/// What was found.
#[derive(Debug)]
pub struct Inspection {
    /// Every copy there should be.
    pub copies: Vec<KeyCopy>,
    /// Whether copies belong to different key files.
    pub mixed: bool,
    /// Whether the master key fits.
    pub stand: Stand,
}

/// Reads all copies. A server that writes meanwhile makes slots differ for an instant: look again.
pub fn inspect(disk: &dyn Disk, options: &Options, master: Option<&MasterKey>) -> Inspection {
    let folders = [Some((&options.folder, false)), options.mirror.as_ref().map(|mirror| (mirror, true))];
    let paths = folders.into_iter().flatten().flat_map(|(at, mirror)| COPIES.map(|name| (at.join(name), mirror)));
    let found: Vec<_> = paths.map(|(path, mirror)| (read(disk, &path), path, mirror)).collect();
    let preambles: Vec<_> = found.iter().filter_map(|(bytes, ..)| preamble(bytes.as_ref().ok()?.as_ref()?)).collect();
    let newest = preambles.iter().copied().max_by_key(|preamble| preamble.changes);
    let mixed = preambles.windows(2).any(|pair| pair[0].file != pair[1].file);
    let first = found.iter().find_map(|(bytes, ..)| bytes.as_ref().ok()?.as_ref().filter(|b| preamble(b).is_some()));
    let wraps = newest.zip(master).filter(|(newest, master)| newest.master == master.id() && newest.next.is_none());
    let wraps = wraps.map(|(newest, master)| Wraps(vec![Wrap { number: newest.number, cipher: master.cipher() }]));
    let mut stand = match (newest, master, &wraps) {
        (None, ..) => Stand::NoKeys,
        (Some(newest), ..) if newest.next.is_some() => Stand::RotationUnfinished,
        (_, None, _) => Stand::NotTried,
        (_, _, None) => Stand::OtherMaster,
        (_, _, Some(_)) => Stand::NoHeader,
    };
    let mut copies = Vec::new();
    for (bytes, path, mirror) in &found {
        let state = match bytes {
            Err(error) => CopyState::Unreadable(io::Error::new(error.kind(), error.to_string())),
            Ok(None) => CopyState::Missing,
            Ok(Some(bytes)) => match Identity::decode(bytes) {
                Identity::Damaged => CopyState::Damaged,
                Identity::OtherVersion(version) => CopyState::OtherVersion(version),
                Identity::Ours(ours) => {
                    look(bytes, &ours, wraps.as_ref(), first.map_or(&[], |first| first), &mut stand)
                }
            },
        };
        copies.push(KeyCopy { path: path.clone(), mirror: *mirror, state });
    }
    Inspection { copies, mixed, stand }
}

fn look(bytes: &[u8], ours: &Preamble, wraps: Option<&Wraps>, first: &[u8], stand: &mut Stand) -> CopyState {
    let broken = wraps.map_or(0, |wraps| {
        let opens = |(number, slot): (u32, &SlotBytes)| {
            let opened = wraps.decode(slot, &ours.file, number);
            if let (HEADER_SLOT, Some((_, Content::Header(header)))) = (number, &opened)
                && !matches!(stand, Stand::Opens { step, .. } if *step >= header.step)
            {
                *stand = Stand::Opens { step: header.step, at: header.at };
            }
            opened.is_some()
        };
        (0..).zip(slots(bytes)).map(opens).filter(|opens| !opens).count()
    });
    let short = slots(bytes).len().abs_diff(slots(first).len());
    let different = slots(bytes).iter().zip(slots(first)).filter(|(a, b)| a != b).count() + short;
    CopyState::There { broken, different }
}

fn slots(bytes: &[u8]) -> &[SlotBytes] {
    let first = usize::try_from(offset(0)).expect("128 fits");
    bytes.get(first..).unwrap_or_default().as_chunks::<SLOT_BYTES>().0
}

fn preamble(bytes: &[u8]) -> Option<Preamble> {
    match Identity::decode(bytes) {
        Identity::Ours(preamble) => Some(preamble),
        _ => None,
    }
}

/// All bytes of a file; `None` when it does not exist.
fn read(disk: &dyn Disk, path: &std::path::Path) -> io::Result<Option<Vec<u8>>> {
    let file = match disk.open(path, Open::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = vec![0; usize::try_from(file.len()?).unwrap_or(usize::MAX)];
    let count = file.read_at(0, &mut bytes)?;
    bytes.truncate(count);
    Ok(Some(bytes))
}
