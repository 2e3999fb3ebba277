//! A server's wall clock in the hands of a test: libfaketime under the real binary. The boot-time clock stays real, so a
//! jump looks to the server like the jump of a wall clock that it is.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

use kernel::{Millis, SECOND_MS};

use crate::Trouble;

/// Where Debian puts the library: the folder between is the machine's architecture.
const LIBRARIES: &str = "/usr/lib";
/// Its name there, for programs with threads.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// A wall clock that a test sets. It runs on at the speed of the real one.
#[derive(Debug)]
pub struct FakeTime {
    library: PathBuf,
    file: PathBuf,
    ahead_ms: AtomicI64,
}

impl FakeTime {
    /// A clock that shows the real time until it is moved. `file` is where the server reads how far it is ahead.
    pub fn new(file: &Path) -> Result<Self, Trouble> {
        let library = std::fs::read_dir(LIBRARIES)
            .into_iter()
            .flatten()
            .filter_map(|folder| Some(folder.ok()?.path().join(LIBRARY)))
            .find(|path| path.is_file())
            .ok_or(Trouble::NoFakeTime)?;
        let time = Self { library, file: file.into(), ahead_ms: AtomicI64::new(0) };
        time.lead(0)?;
        Ok(time)
    }

    /// What the server's wall clock shows.
    #[expect(clippy::disallowed_methods, reason = "the fake clock is the real one and a lead")]
    pub fn now(&self) -> Millis {
        let real = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(real.as_millis()).unwrap_or(i64::MAX)) + self.ahead_ms.load(Ordering::SeqCst)
    }

    /// Sets the clock.
    pub fn set(&self, to: Millis) -> Result<(), Trouble> {
        self.advance(to.since(self.now()))
    }

    /// Moves it forward, all at once.
    pub fn advance(&self, ms: i64) -> Result<(), Trouble> {
        self.lead(self.ahead_ms.load(Ordering::SeqCst) + ms)
    }

    /// Moves it back, all at once.
    pub fn step_back(&self, ms: i64) -> Result<(), Trouble> {
        self.advance(-ms)
    }

    /// What a process needs in its environment to live by this clock.
    pub fn variables(&self) -> [(&'static str, String); 7] {
        let yes = || "1".to_owned();
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", yes()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", yes()),
            ("DONT_FAKE_MONOTONIC", yes()),
            ("NO_FAKE_STAT", yes()),
            // A process that is killed would leave its piece of shared memory behind.
            ("FAKETIME_DISABLE_SHM", yes()),
        ]
    }

    /// Writes the lead beside the file and renames it, so that nobody ever reads half of it.
    fn lead(&self, ms: i64) -> Result<(), Trouble> {
        let (sign, lead) = (if ms < 0 { '-' } else { '+' }, ms.unsigned_abs());
        let second = SECOND_MS.unsigned_abs();
        let draft = self.file.with_extension("draft");
        std::fs::write(&draft, format!("{sign}{}.{:03}\n", lead / second, lead % second))
            .and_then(|()| std::fs::rename(&draft, &self.file))
            .map_err(|e| Trouble::Process(format!("the clock's file cannot be written: {e}")))?;
        self.ahead_ms.store(ms, Ordering::SeqCst);
        Ok(())
    }
}
