//! The audit of this very server, for the control socket and for metrics; and its lags, which outlive the process.

use std::path::PathBuf;
use std::sync::Arc;

use kernel::{Clock, SECOND_MS};
use rights::audit::{Audit, AuditError, Running, lag_file, of_running};
use tokio::sync::Mutex;
use vault::{Lags, OsDisk, Vault};

/// Metrics are at most this old, however often they are fetched.
const RECENT_MS: i64 = 10 * SECOND_MS;

/// Looks at the rooms, one look at a time.
pub(crate) struct Looker {
    rooms: Running,
    clock: Arc<dyn Clock>,
    last: Mutex<Option<(i64, Arc<Audit>)>>,
}

impl Looker {
    pub(crate) fn new(rooms: Running, clock: Arc<dyn Clock>) -> Self {
        Self { rooms, clock, last: Mutex::const_new(None) }
    }

    /// The rooms looked at.
    pub(crate) fn rooms(&self) -> &Running {
        &self.rooms
    }

    /// An audit of this moment.
    pub(crate) async fn now(&self) -> Result<Arc<Audit>, AuditError> {
        self.at_most(0).await
    }

    /// An audit of the last ten seconds.
    pub(crate) async fn recent(&self) -> Result<Arc<Audit>, AuditError> {
        self.at_most(RECENT_MS).await
    }

    async fn at_most(&self, age_ms: i64) -> Result<Arc<Audit>, AuditError> {
        let mut last = self.last.lock().await;
        let now = self.clock.boot_ms();
        if let Some((at, audit)) = &*last
            && now - at < age_ms
        {
            return Ok(Arc::clone(audit));
        }
        let audit = Arc::new(of_running(&self.rooms, env!("CARGO_PKG_VERSION")).await?);
        *last = Some((self.clock.boot_ms(), Arc::clone(&audit)));
        Ok(audit)
    }
}

/// Keeps the measured lags in the data folder.
pub(crate) struct LagKeeper {
    vault: Arc<Vault>,
    data: PathBuf,
    saved: std::sync::Mutex<Lags>,
}

impl LagKeeper {
    /// Goes on counting where the last server stopped.
    pub(crate) fn resume(vault: Arc<Vault>, data: PathBuf) -> Self {
        match lag_file::load(&OsDisk, &data) {
            Ok(earlier) => earlier.iter().for_each(|earlier| vault.add_lags(earlier)),
            Err(error) => tracing::error!(%error, "the deletion lag is counted from now on"),
        }
        let keeper = Self { vault, data, saved: std::sync::Mutex::default() };
        keeper.save();
        keeper
    }

    /// Writes down what was measured since the last time, if anything was. A server that is killed loses at most what was
    /// measured since then.
    pub(crate) fn save(&self) {
        let lags = self.vault.lags();
        let mut saved = self.saved.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *saved == lags {
            return;
        }
        match lag_file::save(&OsDisk, &self.data, &lags) {
            Ok(()) => *saved = lags,
            Err(error) => tracing::warn!(%error, "the deletion lag is not written down"),
        }
    }
}
