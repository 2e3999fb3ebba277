//! `billet audit`: what is held of each row of the policy, and whether it dies on time.
//!
//! Nouns: a row's **answer** ([`RowAnswer`]), from whoever stores it (`held.rs` of a room); the **audit** ([`Audit`]), all answers
//! with the state of keys, pass and lags; its **verdict** ([`Audit::clean`] with [`Audit::why`]).
//!
//! - Every row of the policy is in it: what nothing stores yet says so, and a row that nobody answers for is not clean.
//! - *Overdue* is what ended more than a minute ago and could still be opened. *Remains* is what nothing opens any more and
//!   is not yet removed.
//! - The audit of a stopped server shows what lies on the disk, before the keys die that the next start kills; it changes
//!   nothing ([`of_stopped`]).
//!
//! Absences: no id of anybody, no content, nothing opened: numbers and instants alone.

pub mod lag_file;
mod overlay;
mod running;
mod stopped;
mod text;
mod verdict;

use kernel::Millis;
use policy::{Held, Row as _, RowInfo, rows};
use serde::{Deserialize, Serialize};
use storage::lease_log::PassStatus;
use vault::{Histogram, KeyCensus, Lags};

pub use running::{Running, of_running};
pub use stopped::{Stopped, of_stopped};

/// Why there is no audit.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// There is nothing to look at.
    #[error("no server's data are in {folder}; check --data and --keys", folder = folder.display())]
    NothingHere {
        /// Where.
        folder: std::path::PathBuf,
    },
    /// The keys.
    #[error("the keys cannot be read")]
    Keys(#[from] vault::OpenError),
    /// The messages in flight.
    #[error("the messages in flight cannot be read")]
    LeaseLog(#[from] storage::lease_log::StopReason),
    /// The database.
    #[error("the database cannot be read")]
    Database(#[from] storage::sql::OpenError),
    /// The rows of people.
    #[error("the rows of accounts cannot be counted")]
    People(#[from] people::Fault),
    /// What was measured so far.
    #[error(transparent)]
    Lags(#[from] lag_file::LagFileError),
    /// The thread that counted.
    #[error("counting broke off")]
    Broken,
}

/// The audit, as `GET /audit` and `billet audit --json` give it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Audit {
    /// When: effective time, or the wall clock when that is later and no server runs.
    pub at: Millis,
    /// Of the program.
    pub version: String,
    /// Of the policy it was built with (KEEP-ROWS).
    pub policy_digest: String,
    /// A server runs.
    pub running: bool,
    /// Nothing is overdue, and keys die within a minute.
    pub clean: bool,
    /// Why it is not clean, a sentence each.
    pub why: Vec<String>,
    /// The keys.
    pub keys: KeysAnswer,
    /// The hourly pass.
    pub pass: PassAnswer,
    /// How late keys died, since the data began.
    pub lag_ms: LagAnswer,
    /// Each row of the policy, in its order.
    pub rows: Vec<RowAnswer>,
}

/// The state of the keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeysAnswer {
    /// Durable steps so far.
    pub step: u64,
    /// Effective time of the last.
    pub stepped_at: Millis,
    /// Effective time now.
    pub effective_time: Millis,
    /// The jump of the clock that is not believed, in words.
    pub clock_check: Option<String>,
    /// How long ago the earliest deadline was that may still have a key. At most a minute while a server runs.
    pub behind_ms: i64,
    /// Keys of accounts.
    pub accounts: u64,
    /// Keys of leases.
    pub leases: u64,
}

/// The hourly pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PassAnswer {
    /// When the last one was done; unknown when it was too long ago.
    pub last_done_at: Option<Millis>,
    /// The lease that it ended, by the hour since 1970 at whose start that lease ends.
    pub lease: Option<u32>,
    /// One is running.
    pub running: bool,
}

/// Quantiles of a lag in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Quantiles {
    /// Of how many.
    pub count: u64,
    /// Half are at most this.
    pub p50: u64,
    /// Of a thousand, 999 are at most this.
    pub p99_9: u64,
    /// All are at most this.
    pub max: u64,
}

/// How late keys died.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LagAnswer {
    /// Deadlines and destroyed keys while a server ran.
    #[serde(flatten)]
    pub served: Quantiles,
    /// Counted since.
    pub since: Millis,
    /// How long leases were held beyond their hour, in served time; an hour is part of the period.
    pub leases: Quantiles,
    /// What ended while no server ran, when keys cannot die: they do before anything is served again.
    pub while_off: vault::WhileOff,
}

/// What is held of one row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowAnswer {
    /// Its id in the policy.
    pub row: String,
    /// Items held.
    pub held: u64,
    /// When the oldest of them started.
    pub oldest_at: Option<Millis>,
    /// When the next of them ends by the clock.
    pub next_end_at: Option<Millis>,
    /// Items that ended over a minute ago and can still be opened.
    pub overdue: u64,
    /// Items that nothing opens any more and that are not yet removed.
    pub remains: u64,
    /// No code stores it yet.
    pub planned: bool,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// What an audit is made of.
struct Parts {
    held: Vec<Held>,
    keys: KeyCensus,
    pass: PassStatus,
    lags: Lags,
    now: Millis,
    running: bool,
    version: String,
}

/// Rows that no room can count, and where they are.
const ELSEWHERE: &[(&str, &str)] =
    &[("service_log", "written to standard error, which the host keeps no longer than the period")];
const UNANSWERED: &str = "nobody can say what is held";

impl Parts {
    fn audit(mut self) -> Audit {
        self.held.push(self.key_store());
        self.held.push(self.deletion_lag());
        let rows = policy::all().iter().map(|row| self.answer(row)).collect();
        let Self { keys, pass, lags, now, running, version, .. } = self;
        let mut audit = Audit {
            at: now,
            version,
            policy_digest: policy::digest().to_owned(),
            running,
            clean: false,
            why: Vec::new(),
            keys: KeysAnswer {
                step: keys.mark.step,
                stepped_at: keys.stepped_at,
                effective_time: keys.at,
                clock_check: keys.clock_check.map(|check| check.to_string()),
                behind_ms: now.since(keys.dead_through).max(0),
                accounts: keys.accounts,
                leases: keys.leases.len() as u64,
            },
            pass: PassAnswer {
                last_done_at: pass.last_done_at,
                lease: Some(pass.lease).filter(|lease| *lease > 0),
                running: pass.running,
            },
            lag_ms: LagAnswer {
                served: quantiles(&lags.served),
                since: lags.since,
                leases: quantiles(&lags.leases),
                while_off: lags.while_off,
            },
            rows,
        };
        audit.why = verdict::reasons(&audit);
        audit.clean = audit.why.is_empty();
        audit
    }

    fn answer(&self, row: &'static RowInfo) -> RowAnswer {
        let mut answer = RowAnswer {
            row: row.id.to_owned(),
            held: 0,
            oldest_at: None,
            next_end_at: None,
            overdue: 0,
            remains: 0,
            planned: row.planned,
            note: None,
        };
        let elsewhere = ELSEWHERE.iter().find(|(id, _)| *id == row.id).map(|(_, note)| *note);
        match self.held.iter().find(|held| held.row.id == row.id) {
            Some(held) => {
                answer.held = held.count;
                answer.oldest_at = held.oldest;
                answer.next_end_at = held.next_end;
                answer.overdue = held.overdue;
                answer.remains = held.remains;
            }
            None if row.planned => answer.note = Some("nothing stored yet".to_owned()),
            None => answer.note = Some(elsewhere.unwrap_or(UNANSWERED).to_owned()),
        }
        answer
    }

    /// The keys themselves: late ones count while a server runs; when none does, the next start kills them first.
    fn key_store(&self) -> Held {
        let keys = &self.keys;
        let late_ms = self.now.since(keys.dead_through) - policy::GONE_MS_MAX;
        let overdue = if self.running && late_ms > 0 {
            late_ms.unsigned_abs().div_ceil(vault::STEP_MS.unsigned_abs())
        } else {
            0
        };
        let next_end = Some(keys.next_step_at).filter(|at| self.running && *at > self.now);
        Held { count: keys.keys(), next_end, overdue, ..Held::none(rows::KeyStore::INFO) }
    }

    fn deletion_lag(&self) -> Held {
        let lags = &self.lags;
        let count = lags.served.count() + lags.leases.count() + lags.while_off.count;
        Held { count, oldest: Some(lags.since), ..Held::none(rows::DeletionLag::INFO) }
    }
}

fn quantiles(values: &Histogram) -> Quantiles {
    Quantiles {
        count: values.count(),
        p50: values.quantile_ms(500),
        p99_9: values.quantile_ms(999),
        max: values.max_ms(),
    }
}
