//! After a jump of the clock that was wrong and believed: effective time goes back to the wall clock, and everything sealed
//! under a deadline or a lease is given up. Nothing that was gone comes back: what had a time to die at has no key any more.
//!
//! In an order in which a cut at any place leaves either the old time or everything expired: first the number of the drawing
//! and of the batches goes up, then roots and leases are overwritten, then the caller clears away rows, then time is set.

use std::sync::Arc;

use kernel::{Clock, Disk, MINUTE_MS, Millis, Rng, SECOND_MS};

use crate::file::format::{Content, HEADER_SLOT, Header};
use crate::file::{KeyFile, KeyFileError, OpenError, Opened, Tools};
use crate::keys::Keys;
use crate::nonce::Nonces;
use crate::time::Time;
use crate::{MasterKey, Options};

/// Up to this lead it is shorter to wait until the clock has caught up.
const WAIT_MS_MAX: i64 = 10 * MINUTE_MS;
/// Added to the batches of the lease log that the keys count, so that any data there is counts as older than the keys: what
/// is in flight then expires, with a notice. At 1,000 batches a second it is 49 days' worth, and a u64 holds 2^32 of it.
const BATCHES_AHEAD: u64 = 1 << 32;

/// Keys whose time is about to be set back, held for that.
pub struct ClockReset {
    file: KeyFile,
    clock: Arc<dyn Clock>,
    effective: Millis,
    /// Slots of roots and leases.
    mortal: Vec<u32>,
    leases: usize,
}

/// Why the time cannot be set back.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The keys could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The disk refused.
    #[error(transparent)]
    Write(#[from] KeyFileError),
    /// There is nothing to set back.
    #[error("the time of the keys is not ahead of this machine's clock: nothing is to be reset; is the clock right?")]
    NotAhead,
    /// The clock catches up by itself.
    #[error("the time of the keys is only {} s ahead of this machine's clock: wait so long, nothing is to be reset", ahead_ms / SECOND_MS)]
    SoonOver {
        /// By how much it is ahead.
        ahead_ms: i64,
    },
}

impl ClockReset {
    /// Opens the keys of a stopped server and looks how far they are ahead. Changes nothing but copies that lag.
    pub fn begin(
        disk: &dyn Disk,
        options: &Options,
        master: &MasterKey,
        clock: Arc<dyn Clock>,
        rng: &dyn Rng,
    ) -> Result<Self, ResetError> {
        let nonces = Arc::new(Nonces::new(rng));
        let tools = Tools { disk, master, clock: &*clock, rng, nonces };
        let folders = crate::file::Folders::lock(disk, options)?;
        let preamble = folders.identify(disk)?.ok_or_else(|| OpenError::NoKeys { folder: options.folder.clone() })?;
        let Opened { file, slots } = KeyFile::open_in(folders, preamble, &tools)?;
        let leases = slots.iter().filter(|content| matches!(content, Content::Lease { .. })).count();
        let is_mortal = |content: &Content| matches!(content, Content::Lease { .. } | Content::Root { .. });
        let mortal = (0..).zip(&slots).filter(|(_, content)| is_mortal(content)).map(|(number, _)| number).collect();
        let reached = Keys::load(slots).map_or(Millis(i64::MIN), |keys| keys.reached());
        let time = Time::resume(file.header(), reached, &*clock, true);
        let effective = time.map_or(file.header().at, |mut time| time.look(&*clock).at);
        let ahead_ms = effective.since(clock.wall());
        match ahead_ms {
            ..=0 => return Err(ResetError::NotAhead),
            1..=WAIT_MS_MAX => return Err(ResetError::SoonOver { ahead_ms }),
            _ => {}
        }
        Ok(Self { file, clock, effective, mortal, leases })
    }

    /// The effective time that was believed.
    pub fn effective(&self) -> Millis {
        self.effective
    }

    /// The time it will be.
    pub fn wall(&self) -> Millis {
        self.clock.wall()
    }

    /// Lease keys that will be destroyed, and roots of deadline keys.
    pub fn doomed(&self) -> (usize, usize) {
        (self.leases, self.mortal.len() - self.leases)
    }

    /// Destroys every lease key and every deadline key, durable in all copies when it returns. Time stays where it was.
    pub fn destroy(&mut self) -> Result<(), KeyFileError> {
        // A program that does not know of drawings must not open this file any more.
        let preamble = *self.file.preamble();
        self.file.set_preamble(preamble)?;
        let header = *self.file.header();
        self.write_header(Header {
            step: header.step + 1,
            batches: header.batches + BATCHES_AHEAD,
            drawing: header.drawing.wrapping_add(1),
            ..header
        })?;
        let free: Vec<_> = self.mortal.drain(..).map(|slot| (slot, Content::Free)).collect();
        self.file.overwrite(&free)
    }

    /// Sets effective time to the wall clock. The next start draws fresh roots.
    pub fn set_time(mut self) -> Result<(), KeyFileError> {
        let header = *self.file.header();
        self.write_header(Header {
            step: header.step + 1,
            at: self.clock.wall(),
            boot: self.clock.boot_id(),
            boot_ms: self.clock.boot_ms(),
            ..header
        })
    }

    fn write_header(&mut self, header: Header) -> Result<(), KeyFileError> {
        self.file.overwrite(&[(HEADER_SLOT, Content::Header(header))])
    }
}
