//! The audit of a stopped server: its rooms are opened as the last key step left them, over a disk that keeps every change
//! to itself. So nothing is stepped, cut or removed, and what is overdue is seen as it lies there.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use kernel::{AccountId, BootId, Clock, Disk, Millis, Rng};
use storage::lease_log::{Core, Deliveries, Delivery, LeaseLogOptions};
use storage::sql::Db;
use vault::{KeyCensus, MasterKey, Options, Vault};

use super::overlay::Overlay;
use super::{Audit, AuditError, Parts, lag_file};

/// Where a stopped server's data are.
pub struct Stopped<'a> {
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// The data folder.
    pub data: &'a Path,
    /// The keys folder, and its mirror.
    pub keys: Options,
    /// What wraps the keys.
    pub master: MasterKey,
    /// The database's address.
    pub database: &'a str,
    /// The wall clock now.
    pub wall: Millis,
    /// For what opening draws (and nobody keeps).
    pub rng: Arc<dyn Rng>,
    /// Of the program.
    pub version: &'a str,
}

/// Looks at a stopped server. Takes the locks of its folders, so that none starts meanwhile; changes nothing.
pub async fn of_stopped(stopped: Stopped<'_>) -> Result<Audit, AuditError> {
    let Stopped { disk, data, keys, master, database, wall, rng, version } = stopped;
    for folder in [data, &keys.folder] {
        if disk.list(folder).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            return Err(AuditError::NothingHere { folder: folder.to_owned() });
        }
    }
    let db = Db::look(database).await?;
    let lags = lag_file::load(&*disk, data)?;
    let disk: Arc<dyn Disk> = Arc::new(Overlay::over(disk));
    let clock = Arc::new(StillClock::new(&*rng));
    let vault = Arc::new(Vault::open(Arc::clone(&disk), keys, master, clock, rng)?);
    let found = (vault.mark_at_open(), vault.stepped_before_open());
    let keys = KeyCensus { mark: found.0, stepped_at: found.1, ..vault.census() };
    let now = keys.at.max(wall);
    let mut held = people::held::in_database(&db, &keys, now).await?;
    held.extend(people::held::in_no_memory());
    let log = Core::open(LeaseLogOptions::new(data.join(LEASE_LOG)), disk, vault, Arc::new(Nobody))?;
    held.extend(log.reader().census(&keys, now));
    let pass = log.reader().pass_status();
    db.close().await;
    let lags = lags.unwrap_or_else(|| vault::Lags { since: now, ..vault::Lags::default() });
    Ok(Parts { held, keys, pass, lags, now, running: false, version: version.to_owned() }.audit())
}

/// Its folder below the data.
const LEASE_LOG: &str = "lease-log";

/// A clock of a boot that nobody knows and that says nothing: time resumes where the last key step left it.
struct StillClock(BootId);

impl StillClock {
    fn new(rng: &dyn Rng) -> Self {
        let mut boot = [0; 16];
        rng.fill(&mut boot);
        Self(BootId(boot))
    }
}

impl Clock for StillClock {
    fn wall(&self) -> Millis {
        Millis(0)
    }

    fn boot_ms(&self) -> i64 {
        0
    }

    fn boot_id(&self) -> BootId {
        self.0
    }
}

/// Nobody is connected to a stopped server.
struct Nobody;

impl Deliveries for Nobody {
    fn committed(&self, _to: AccountId, _delivery: &Delivery) {}
}
