//! Rotating the master key: every slot is wrapped anew where it lies, in all copies, and a rotation that was cut short goes
//! on where it is begun again.
//!
//! The preamble first names the new master key beside the old one; then slot after slot is overwritten; then the preamble
//! names the new one alone. In between each slot says by a number which of the two wraps it, and the keys serve nobody.

use std::path::Path;
use std::sync::Arc;

use kernel::{Disk, Rng};

use crate::file::format::{Preamble, Wrap, Wraps};
use crate::file::{Folders, KeyFileError, OpenError, Opened, read_all};
use crate::nonce::Nonces;
use crate::{MasterKey, Options};

/// Slots wrapped anew between two syncs: half a MiB in each copy.
const SLOTS_PER_WRITE: usize = 4_096;

/// A key folder (and its mirror) held for a rotation.
pub struct Rotation {
    disk: Arc<dyn Disk>,
    folders: Folders,
    preamble: Preamble,
}

/// What a rotation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// Slots wrapped anew, in each copy; 0 when the new master key wrapped all of them already.
    pub slots: usize,
    /// How many copies there are.
    pub copies: usize,
    /// An earlier rotation that was cut short was brought to its end.
    pub resumed: bool,
}

/// Why the master key was not rotated. What was begun goes on at the next try.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The keys could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The disk refused.
    #[error(transparent)]
    Write(#[from] KeyFileError),
    /// The new key is the old one.
    #[error("the new master key is the old one: give another")]
    SameKey,
    /// A rotation to a third key was begun before.
    #[error(
        "a rotation to another new master key was begun and cut short: give that key again, so that it can be finished"
    )]
    OtherNewKey,
    /// A slot does not open with the new master key although it was written.
    #[error(
        "a slot does not open with the new master key after it was written: check the disk, then run the rotation again; the old master key is still needed"
    )]
    NotWhole,
}

impl Rotation {
    /// Locks the folders and looks which master key wraps the keys. Fails while a server runs.
    pub fn begin(disk: Arc<dyn Disk>, options: &Options) -> Result<Self, OpenError> {
        let folders = Folders::lock(&*disk, options)?;
        let preamble = folders.identify(&*disk)?.ok_or_else(|| OpenError::NoKeys { folder: options.folder.clone() })?;
        Ok(Self { disk, folders, preamble })
    }

    /// The folder of the keys.
    pub fn folder(&self) -> &Path {
        self.folders.keys()
    }

    /// Whether this master key wraps the keys: alone, or as the old one of a rotation that was cut short.
    pub fn is_wrapped_by(&self, master: &MasterKey) -> bool {
        self.preamble.master == master.id()
    }

    /// Whether a rotation was begun and not ended.
    pub fn is_unfinished(&self) -> bool {
        self.preamble.next.is_some()
    }

    /// Wraps every slot with `new`, durable in all copies when it returns: from then on `old` opens nothing.
    pub fn run(self, old: &MasterKey, new: &MasterKey, rng: &dyn Rng) -> Result<Rotated, RotateError> {
        let Self { disk, folders, preamble } = self;
        let nonces = Arc::new(Nonces::new(rng));
        let new_alone = |number| Wrap { number, cipher: new.cipher() };
        let folder = folders.keys().to_owned();
        match preamble.next {
            _ if old.id() == new.id() => return Err(RotateError::SameKey),
            None if preamble.master == new.id() => {
                let wraps = Wraps(vec![new_alone(preamble.number)]);
                let file = read_all(&*disk, folders, preamble, wraps, nonces)?.file;
                return Ok(Rotated { slots: 0, copies: file.copies(), resumed: false });
            }
            Some(next) if next != new.id() => return Err(RotateError::OtherNewKey),
            _ if preamble.master != old.id() => return Err(OpenError::OtherMaster { folder }.into()),
            _ => {}
        }
        let resumed = preamble.next.is_some();
        let number = preamble.next_number();
        let mut wraps = vec![Wrap { number: preamble.number, cipher: old.cipher() }];
        if resumed {
            wraps.push(new_alone(number));
        }
        let Opened { mut file, slots } = read_all(&*disk, folders, preamble, Wraps(wraps), nonces)?;
        if !resumed {
            file.set_preamble(Preamble { next: Some(new.id()), ..preamble })?;
        }
        file.set_wrap(new_alone(number));
        let count = slots.len();
        let mut numbered = (0..).zip(slots);
        loop {
            let some: Vec<_> = numbered.by_ref().take(SLOTS_PER_WRITE).collect();
            if some.is_empty() {
                break;
            }
            file.overwrite(&some)?;
        }
        if !file.opens_everywhere()? {
            return Err(RotateError::NotWhole);
        }
        file.set_preamble(Preamble { master: new.id(), number, next: None, ..preamble })?;
        Ok(Rotated { slots: count, copies: file.copies(), resumed })
    }
}
