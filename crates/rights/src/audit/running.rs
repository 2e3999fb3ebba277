//! The audit of the running server, from inside it.

use std::sync::Arc;

use people::People;
use storage::lease_log::LeaseLog;
use storage::sql::Db;
use vault::Vault;

use super::{Audit, AuditError, Parts};

/// The rooms that hold something.
#[derive(Clone)]
pub struct Running {
    /// Accounts and all that belongs to them.
    pub db: Db,
    /// What that room has in memory.
    pub people: Arc<People>,
    /// Messages in flight.
    pub log: LeaseLog,
    /// The keys.
    pub vault: Arc<Vault>,
}

/// Asks every room.
pub async fn of_running(rooms: &Running, version: &str) -> Result<Audit, AuditError> {
    let keys = rooms.vault.census();
    let now = keys.at;
    let mut held = people::held::in_database(&rooms.db, &keys, now).await?;
    held.extend(rooms.people.held_in_memory(now));
    let (log, flight_keys) = (rooms.log.clone(), keys.clone());
    let in_flight = tokio::task::spawn_blocking(move || log.reader().census(&flight_keys, now));
    held.extend(in_flight.await.map_err(|_| AuditError::Broken)?);
    let (pass, lags) = (rooms.log.reader().pass_status(), rooms.vault.lags());
    Ok(Parts { held, keys, pass, lags, now, running: true, version: version.to_owned() }.audit())
}
