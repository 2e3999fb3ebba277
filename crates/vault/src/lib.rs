//! Floor 2. Keys that die on time, effective time, sealing.
//!
//! - A **slot** holds one key, wrapped by the [`MasterKey`], in a file kept twice, and twice more in its mirror. Destroying a
//!   key is overwriting its slot in all copies, synced; only then does it count.
//! - A **deadline key** dies once its time has come; a **lease key** dies with its hour; an **account** or **item** key dies when
//!   it is destroyed. What is sealed is gone with any one of its keys.
//! - **Effective time** ([`Vault::now`]) never goes back, and a sudden jump forward is not believed at once.
//!
//! Absences: nothing here waits, spawns or reads the environment; no key and no opened record has `Debug`, `Display` or
//! `Serialize`; no other room touches the key file; no byte is sealed under a key that does not die.
//!
//! ```
//! use std::sync::Arc;
//! use kernel::sim::{SimClock, SimDisk, SimRng};
//! use kernel::{AccountId, Millis};
//! use policy::{Permit, purposes, rows};
//! use vault::{Address, MasterKey, Options, Vault};
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Profile { alias: String }
//! policy::stored!(Profile => rows::Profile);
//!
//! let clock = Arc::new(SimClock::new(Millis(1_800_000_000_000)));
//! let rng = Arc::new(SimRng::new(1));
//! let master = MasterKey::from_bytes([7; 32]);
//! let vault = Vault::open(Arc::new(SimDisk::new()), Options::new("/keys"), master, clock, rng)?;
//!
//! let ada = AccountId::new(vault.now()?, 1);
//! vault.create_account(ada)?;
//! let address = Address { owner: Some(ada), record: [1; 16], started: vault.now()? };
//! let sealed = vault.seal(&Profile { alias: "Ada".into() }, &address)?;
//! let permit = Permit::<rows::Profile>::to::<purposes::ShareProfile>();
//! assert_eq!(vault.open_record::<Profile>(&sealed, &address, permit)?.alias, "Ada");
//!
//! vault.destroy_account(ada)?;
//! let permit = Permit::<rows::Profile>::to::<purposes::ShareProfile>();
//! assert!(vault.open_record::<Profile>(&sealed, &address, permit).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blind_index;
mod boxes;
mod census;
mod crypto;
mod deadlines;
mod file;
mod inspect;
mod keys;
mod lags;
mod leases;
mod master;
mod messages;
mod nonce;
mod os_disk;
mod records;
pub mod remains;
mod reset_clock;
mod rotate;
mod slots;
mod step;
mod time;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

use kernel::{Clock, Disk, Millis, Rng};

use crate::file::KeyFile;
use crate::keys::Keys;
use crate::lags::LagBook;
use crate::nonce::Nonces;
use crate::time::{Look, Time};
use crate::writer::{Holds, Writer};

pub use blind_index::PointerError;
pub use census::KeyCensus;
pub use deadlines::{KEY_DEATH_MS_MAX, STEP_MS};
pub use file::{KeyFileError, OpenError};
pub use inspect::{CopyState, Inspection, KeyCopy, Stand, inspect};
pub use lags::{Histogram, Lags, WhileOff};
pub use leases::{EndLeaseError, HOLD_MS_MAX, Lease};
pub use master::{MasterKey, MasterKeyError};
pub use messages::{BODY_OVERHEAD_BYTES, BodyAddress, BodyKey, ENTRY_BOX_BYTES, EntryAddress, EntryBox};
pub use os_disk::OsDisk;
pub use records::{Address, OpenRefused, Opened, SealError};
pub use reset_clock::{ClockReset, ResetError};
pub use rotate::{RotateError, Rotated, Rotation};
pub use slots::SlotError;
pub use step::{Mark, StepError, StepReport};
pub use time::{ClockCheck, FAR_JUMP_MS};

/// How to open the vault.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the key file, apart from all data.
    pub folder: PathBuf,
    /// A folder on a second disk that holds the same, overwritten in step.
    pub mirror: Option<PathBuf>,
    /// The operator says that a clock more than 400 days ahead of the keys is right.
    pub believe_far_jumps: bool,
}

impl Options {
    /// Keys in `folder` without a mirror; jumps of the clock over 400 days are refused.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), mirror: None, believe_far_jumps: false }
    }
}

/// All keys of this server. Reading is cheap and never waits for the disk; [`Vault::step`], accounts and items write.
pub struct Vault {
    keys: RwLock<Keys>,
    writer: Mutex<Writer>,
    time: Mutex<Time>,
    /// Step, batches and effective time as the key file has them.
    written: Mutex<(Mark, Millis)>,
    /// Step, batches and effective time as the key file had them when it was opened.
    found: (Mark, Millis),
    /// The highest batch of the lease log known durable.
    batches: AtomicU64,
    /// Which drawing of roots deadlines are sealed under.
    drawing: u8,
    lags: Mutex<LagBook>,
    nonces: Arc<Nonces>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
}

impl Vault {
    /// Opens the keys in a folder, made at the first start, and brings every key to effective time before anything is
    /// served. The folder is locked for this process until the vault is dropped.
    pub fn open(
        disk: Arc<dyn Disk>,
        options: Options,
        master: MasterKey,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, OpenError> {
        let nonces = Arc::new(Nonces::new(&*rng));
        let tools =
            file::Tools { disk: &*disk, master: &master, clock: &*clock, rng: &*rng, nonces: Arc::clone(&nonces) };
        let file::Opened { file, slots } = KeyFile::open(&options, &tools)?;
        let keys = Keys::load(slots).ok_or_else(|| OpenError::Damaged {
            folder: options.folder.clone(),
            what: "the key of the indexes is missing".to_owned(),
        })?;
        let header = *file.header();
        let time = Time::resume(&header, keys.reached(), &*clock, options.believe_far_jumps);
        let time = time.map_err(|ahead_ms| OpenError::ClockFarAhead {
            folder: options.folder.clone(),
            days: ahead_ms / kernel::DAY_MS,
        })?;
        let mut time = time;
        let lags = Mutex::new(LagBook::new(time.look(&*clock), header.step > 0));
        let vault = Self {
            keys: RwLock::new(keys),
            writer: Mutex::new(Writer { file, holds: Holds::new(clock.boot_ms()) }),
            time: Mutex::new(time),
            written: Mutex::new((Mark { step: header.step, batches: header.batches }, header.at)),
            found: (Mark { step: header.step, batches: header.batches }, header.at),
            batches: AtomicU64::new(header.batches),
            drawing: header.drawing,
            lags,
            nonces,
            clock,
            rng,
        };
        vault.first_step()?;
        Ok(vault)
    }

    /// Effective time: never goes back. Refuses while a jump of the clock is not believed.
    pub fn now(&self) -> Result<Millis, ClockCheck> {
        let look = self.look();
        look.check.map_or(Ok(look.at), Err)
    }

    /// Where the keys stand after the last step.
    pub fn mark(&self) -> Mark {
        self.written.lock().expect("nobody panics here").0
    }

    /// Where the keys stood when they were opened, before the step that an open makes: data that names a later step than
    /// this was written with newer keys.
    pub fn mark_at_open(&self) -> Mark {
        self.found.0
    }

    /// Effective time of the last step before the one that an open makes.
    pub fn stepped_before_open(&self) -> Millis {
        self.found.1
    }

    /// Does something short while no key changes: both copies of the key file are the same and on disk.
    pub fn while_still<T>(&self, work: impl FnOnce() -> T) -> T {
        let _writer = self.writer();
        work()
    }

    /// Notes the highest batch of the lease log known durable; the next step writes it down.
    pub fn note_batch(&self, batch: u64) {
        self.batches.fetch_max(batch, Ordering::Relaxed);
    }

    fn batches_noted(&self) -> u64 {
        self.batches.load(Ordering::Relaxed)
    }

    fn stepped_at(&self) -> Millis {
        self.written.lock().expect("nobody panics here").1
    }

    fn note_mark(&self, writer: &Writer) {
        let header = writer.file.header();
        let mark = Mark { step: header.step, batches: header.batches };
        *self.written.lock().expect("nobody panics here") = (mark, header.at);
    }

    fn look(&self) -> Look {
        self.time.lock().expect("nobody panics here").look(&*self.clock)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().expect("nobody panics while writing keys")
    }

    fn book(&self) -> MutexGuard<'_, LagBook> {
        self.lags.lock().expect("nobody panics while counting")
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().expect("nobody panics while changing keys")
    }

    fn keys_mut(&self) -> RwLockWriteGuard<'_, Keys> {
        self.keys.write().expect("nobody panics while changing keys")
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn rng(&self) -> &dyn Rng {
        &*self.rng
    }
}
