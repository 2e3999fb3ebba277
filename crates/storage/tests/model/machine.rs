//! A simulated machine: clocks, two disks (keys and data), and the server that runs on it until it dies.

use std::panic::Location;
use std::path::Path;
use std::sync::{Arc, Mutex};

use kernel::sim::{AfterCut, SimClock, SimDisk, SimRng};
use kernel::{AccountId, Clock, Disk, HOUR_MS, Millis};
use storage::lease_log::{Core, Deliveries, Delivery, LeaseLogOptions, SpaceLimits};
use vault::remains::RemainingKeys;
use vault::{Lease, MasterKey, Options, Vault};

use crate::recorder::{Recorder, Seen};

/// When every run begins: a while after a full hour.
pub(crate) const START: Millis = Millis(500_004 * HOUR_MS + 1_234_567);

/// Keys step this often.
const KEY_STEP_MS: i64 = 15_000;

/// What was told since it was last asked for.
#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<(AccountId, Delivery)>>);

impl Deliveries for Told {
    fn committed(&self, to: AccountId, delivery: &Delivery) {
        self.0.lock().unwrap().push((to, delivery.clone()));
    }
}

impl Told {
    pub(crate) fn take(&self) -> Vec<(AccountId, Delivery)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// How the server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The power goes.
    Power,
    /// The process is killed; the system lives on.
    Kill,
    /// It takes a last step and stops.
    Stop,
}

pub(crate) struct Machine {
    pub(crate) clock: Arc<SimClock>,
    pub(crate) rng: Arc<SimRng>,
    vault_rng: Arc<SimRng>,
    pub(crate) keys: SimDisk,
    pub(crate) data: Recorder,
    pub(crate) told: Arc<Told>,
    pub(crate) vault: Option<Arc<Vault>>,
    pub(crate) core: Option<Core>,
    /// Milliseconds the server has served, as far as the keys know of them: a start forgets what came after the last step.
    pub(crate) served: i64,
    /// The leases that lived before the last step: what is missing after a start may have died with the power.
    live: Vec<Lease>,
    /// Leases that died unfinished, since it was last asked.
    pub(crate) killed: Vec<Lease>,
}

fn master() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

impl Machine {
    pub(crate) fn new(seed: u64) -> Self {
        let rng = Arc::new(SimRng::new(seed));
        Self {
            clock: Arc::new(SimClock::new(START)),
            vault_rng: Arc::new(SimRng::new(seed ^ 0x5EED)),
            rng,
            keys: SimDisk::new(),
            data: Recorder { inner: SimDisk::new(), seen: Arc::default() },
            told: Arc::default(),
            vault: None,
            core: None,
            served: 0,
            live: Vec::new(),
            killed: Vec::new(),
        }
    }

    pub(crate) fn vault(&self) -> &Arc<Vault> {
        self.vault.as_ref().unwrap()
    }

    pub(crate) fn core(&mut self) -> &mut Core {
        self.core.as_mut().unwrap()
    }

    /// Effective time, unless it is in doubt.
    pub(crate) fn now(&self) -> Option<Millis> {
        self.vault().now().ok()
    }

    pub(crate) fn below(&self, bound: u64) -> u64 {
        self.rng.below(bound)
    }

    pub(crate) fn one_in(&self, n: u64) -> bool {
        self.rng.one_in(n)
    }

    /// Starts the server; `false` when the power goes on the way.
    #[track_caller]
    pub(crate) fn try_start(&mut self) -> bool {
        let disk: Arc<dyn Disk> = Arc::new(self.keys.clone());
        let clock: Arc<dyn Clock> = self.clock.clone();
        let vault = match Vault::open(disk, Options::new("/keys"), master(), clock, self.vault_rng.clone()) {
            Ok(vault) => Arc::new(vault),
            Err(error) => return self.must_be_cut(&error.to_string(), Location::caller()),
        };
        let space = SpaceLimits { reserve_bytes: 0, ballast_bytes: 0 };
        let options = LeaseLogOptions { space, ..LeaseLogOptions::new("/data/lease-log") };
        let disk: Arc<dyn Disk> = Arc::new(self.data.clone());
        match Core::open(options, disk, Arc::clone(&vault), self.told.clone()) {
            Ok(core) => {
                (self.vault, self.core) = (Some(vault), Some(core));
                self.served -= KEY_STEP_MS;
                let live = self.vault().live_leases();
                self.killed.extend(self.live.iter().filter(|lease| !live.contains(lease)));
                true
            }
            Err(error) => {
                drop(vault);
                self.must_be_cut(&error.to_string(), Location::caller())
            }
        }
    }

    fn must_be_cut(&self, error: &str, caller: &Location<'_>) -> bool {
        assert!(self.is_cut(), "{caller}: it failed although the power is on: {error}");
        false
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.keys.is_cut() || self.data.inner.is_cut()
    }

    /// Ends the server. After a loss of power each unsynced write is kept, torn or lost.
    pub(crate) fn end(&mut self, end: End) {
        if end == End::Stop && !self.is_cut() {
            let _ = self.vault().step();
        }
        self.core = None;
        self.vault = None;
        self.told.take();
        self.data.inner.fail_syncs(0);
        if end == End::Power || self.is_cut() {
            let after = match self.below(4) {
                0 => AfterCut::LoseAll,
                1 => AfterCut::KeepAll,
                _ => AfterCut::Chance(&self.rng),
            };
            self.keys.restart(after);
            self.data.inner.restart(after);
        }
    }

    /// Cuts the power somewhere in what comes next.
    pub(crate) fn cut_power_soon(&self) {
        let units = self.below(1 << self.below(15));
        if self.one_in(3) { self.keys.cut_power_after(units) } else { self.data.inner.cut_power_after(units) }
    }

    /// Time passes while the server serves.
    pub(crate) fn serve(&mut self, ms: i64) {
        self.clock.advance(ms);
        if self.step() {
            self.served += ms;
        }
    }

    /// Keys step first of all, so that the model sees which leases die unfinished.
    pub(crate) fn step(&mut self) -> bool {
        self.live = self.vault().live_leases();
        let report = self.vault().step();
        let done = report.is_ok();
        self.killed.extend(report.into_iter().flat_map(|report| report.leases_ended));
        done
    }

    /// Every key that remains anywhere.
    pub(crate) fn remaining_keys(&self) -> RemainingKeys {
        RemainingKeys::read(&self.keys, &[Path::new("/keys")], &master()).unwrap()
    }

    pub(crate) fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.data.seen.lock().unwrap()
    }
}
