//! Looking for a text in every byte of a file, so that anyone can see what is gone and what is not (`D-71`, `CHAT-PERMANENT`).
//!
//! - A **form** is a way a text may be written: raw, UTF-16, base64, hex, percent-encoded, escaped as in JSON.
//! - A **layer** is a run of bytes that is looked through: a file, what a compressed stream in it holds, what a sealed box
//!   holds. Layers lie in each other, up to [`LAYERS_MAX`].
//! - A **place** is where the text was found. It never shows what stands around it.
//!
//! Files are read twice: [`Scan::learn`] finds the keys of bodies in the entries of messages, wherever they lie, then
//! [`Scan::search`] looks for the text and tries every remaining key on every sealed box. A box is decrypted from its
//! beginning on without knowing its end, so one that is cut, torn or partly overwritten is found too
//! (`docs/decisions/0050-scan.md`).
//!
//! Absences: nothing is written; no file is interpreted by a database engine; memory does not grow with the size of a file.

mod finder;
mod forms;
mod inflate;
mod layer;
mod sqlite;
mod zstd;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Decompress;
use kernel::{Disk, DiskFile, Open};
use vault::remains::RemainingKeys;

use self::finder::Finder;
use self::layer::{Carver, Layer};

/// Fewest bytes of a text: shorter ones are found by chance, one in 4 GiB of noise at four bytes.
pub const TEXT_BYTES_MIN: usize = 4;
/// Most bytes of a text. What people write in one field is shorter.
pub const TEXT_BYTES_MAX: usize = 1_024;
/// Layers in a file: a box in a hex dump in a compressed file in a compressed file, and the box's content.
pub const LAYERS_MAX: u32 = 5;
/// Bytes read at a time.
const READ_BYTES: usize = 1 << 20;

/// A text that cannot be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Too short.
    #[error("the text has {0} bytes; give at least {TEXT_BYTES_MIN}, so that what is found is not found by chance")]
    Short(usize),
    /// Too long.
    #[error("the text has {0} bytes; give a part of it of at most {TEXT_BYTES_MAX}")]
    Long(usize),
}

/// A file that could not be read to its end. What is in it is not known.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be read, so nothing is known of what it holds; run this as the account that runs the server", path.display())]
pub struct Unreadable {
    /// Which.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// Where the text was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// Where in it: of a text in a compressed stream or a sealed box, where that begins. None for a name.
    pub offset: Option<u64>,
    /// How it is written there: `raw`, `base64 in gzip`, `raw in a sealed record of row profile, opened with account`.
    pub form: String,
}

/// What was looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes of files.
    pub bytes: u64,
    /// Sealed boxes.
    pub boxes: u64,
    /// Those for which there were keys.
    pub opened: u64,
}

/// One text being looked for.
pub struct Scan {
    disk: Arc<dyn Disk>,
    keys: RemainingKeys,
    entries: Finder,
    text: Finder,
    probe: Decompress,
    counts: Counts,
}

impl Scan {
    /// Looks for `text` on `disk`, with the keys that remain.
    pub fn new(disk: Arc<dyn Disk>, text: &str, keys: RemainingKeys) -> Result<Self, TextError> {
        match text.len() {
            short @ ..TEXT_BYTES_MIN => return Err(TextError::Short(short)),
            TEXT_BYTES_MIN..=TEXT_BYTES_MAX => {}
            long => return Err(TextError::Long(long)),
        }
        let (entries, text) = (Finder::of_entries(), Finder::of_text(text));
        Ok(Self { disk, keys, entries, text, probe: Decompress::new(false), counts: Counts::default() })
    }

    /// The first look at a file: takes the keys of bodies out of every entry in it that opens.
    pub fn learn(&mut self, path: &Path) -> Result<(), Unreadable> {
        // Entries open with lease keys alone; without any there is nothing to learn.
        if self.keys.leases().is_empty() {
            return Ok(());
        }
        self.look(path, true, &mut |_| {})
    }

    /// The second look, when all files were learned: every place where the text is found.
    pub fn search(&mut self, path: &Path, each: &mut dyn FnMut(Place)) -> Result<(), Unreadable> {
        self.look(path, false, each)
    }

    /// Whether a name of a file or the target of a link holds the text.
    pub fn search_name(&mut self, path: &Path, name: &[u8], each: &mut dyn FnMut(Place)) {
        for form in self.text.texts_in(name) {
            each(Place { path: path.to_owned(), offset: None, form: format!("{form} in its name") });
        }
    }

    /// What was looked through so far by [`Scan::search`].
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn look(&mut self, path: &Path, learning: bool, each: &mut dyn FnMut(Place)) -> Result<(), Unreadable> {
        let unreadable = |source| Unreadable { path: path.to_owned(), source };
        let mut counts = Counts::default();
        let mut carver = Carver {
            path,
            finder: if learning { &self.entries } else { &self.text },
            keys: &mut self.keys,
            learning,
            probe: &mut self.probe,
            counts: &mut counts,
            each,
        };
        let file = self.disk.open(path, Open::Read).map_err(unreadable)?;
        carve(&*file, &mut carver).map_err(unreadable)?;
        if !learning {
            sqlite::carve(&*self.disk, path, &*file, &mut carver).map_err(unreadable)?;
            self.counts.bytes += counts.bytes;
            self.counts.boxes += counts.boxes;
            self.counts.opened += counts.opened;
        }
        Ok(())
    }
}

/// A whole file, byte by byte.
fn carve(file: &dyn DiskFile, carver: &mut Carver<'_>) -> io::Result<()> {
    let mut layer = Layer::file();
    let mut buffer = vec![0; READ_BYTES];
    let mut at = 0;
    loop {
        let count = file.read_at(at, &mut buffer)?;
        if count == 0 {
            layer.finish(carver);
            return Ok(());
        }
        layer.feed(carver, &buffer[..count]);
        at += count as u64;
        carver.counts.bytes += count as u64;
    }
}
