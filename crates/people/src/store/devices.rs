//! Devices, their sessions, and the log-ins that began them.

use kernel::{AccountId, DeviceId, LoginId, Millis};
use storage::sql::{Connection, Db, Error, Row, RowExt as _, query};

use super::{Hash, account_id, bytes, device_id, login_id};

/// A session as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionRow {
    pub(crate) account: AccountId,
    pub(crate) device: DeviceId,
    pub(crate) used_at: Millis,
    pub(crate) expires_at: Millis,
}

impl SessionRow {
    fn from(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            account: account_id(row, "account_id")?,
            device: device_id(row, "device_id")?,
            used_at: row.millis("used_at")?,
            expires_at: row.millis("expires_at")?,
        })
    }

    /// What the row's seal is made over: all of it that decides anything. When it ends follows from when it was used, and
    /// its column may only say something earlier (D-63).
    pub(crate) fn sealed_bytes(&self, token: Hash) -> Vec<u8> {
        [&token[..], &self.account.to_bytes(), &self.device.to_bytes(), &self.used_at.0.to_le_bytes()].concat()
    }
}

/// A device as stored.
pub(crate) struct DeviceRow {
    pub(crate) device: DeviceId,
    pub(crate) created_at: Millis,
    pub(crate) sealed: Vec<u8>,
}

/// A log-in as stored.
pub(crate) struct LoginRow {
    pub(crate) login: LoginId,
    pub(crate) at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) sealed: Vec<u8>,
}

/// A new device.
pub(crate) async fn insert(tx: &mut Connection, account: AccountId, row: DeviceRow) -> Result<(), Error> {
    query("INSERT INTO device (device_id, account_id, created_at, sealed) VALUES ($1, $2, $3, $4)")
        .bind(bytes(row.device.to_bytes()))
        .bind(bytes(account.to_bytes()))
        .bind(row.created_at.0)
        .bind(row.sealed)
        .execute(tx)
        .await
        .map(drop)
}

/// The session of a device.
pub(crate) async fn insert_session(
    tx: &mut Connection,
    token: Hash,
    session: &SessionRow,
    seal: Hash,
) -> Result<(), Error> {
    query(
        "INSERT INTO session (token_hash, device_id, account_id, created_at, used_at, expires_at, seal) \
         VALUES ($1, $2, $3, $4, $4, $5, $6)",
    )
    .bind(bytes(token))
    .bind(bytes(session.device.to_bytes()))
    .bind(bytes(session.account.to_bytes()))
    .bind(session.used_at.0)
    .bind(session.expires_at.0)
    .bind(bytes(seal))
    .execute(tx)
    .await
    .map(drop)
}

/// The session under a token's hash with its seal, if it lives.
pub(crate) async fn session(db: &Db, token: Hash, now: Millis) -> Result<Option<(SessionRow, Hash)>, Error> {
    let row = query(
        "SELECT account_id, device_id, used_at, expires_at, seal FROM session \
         WHERE token_hash = $1 AND expires_at > $2",
    )
    .bind(bytes(token))
    .bind(now.0)
    .fetch_optional(db.read())
    .await?;
    row.map(|row| Ok((SessionRow::from(&row)?, row.array("seal")?))).transpose()
}

/// Writes down that a session was used.
pub(crate) async fn touch(tx: &mut Connection, token: Hash, session: &SessionRow, seal: Hash) -> Result<(), Error> {
    query("UPDATE session SET used_at = $2, expires_at = $3, seal = $4 WHERE token_hash = $1 AND used_at < $2")
        .bind(bytes(token))
        .bind(session.used_at.0)
        .bind(session.expires_at.0)
        .bind(bytes(seal))
        .execute(tx)
        .await
        .map(drop)
}

/// Removes a device with its session and gives the hashes of its tokens; nothing when the account has no such device.
pub(crate) async fn remove(
    tx: &mut Connection,
    account: AccountId,
    device: DeviceId,
) -> Result<Option<Vec<Hash>>, Error> {
    let rows = query("DELETE FROM session WHERE device_id = $1 AND account_id = $2 RETURNING token_hash")
        .bind(bytes(device.to_bytes()))
        .bind(bytes(account.to_bytes()))
        .fetch_all(&mut *tx)
        .await?;
    let removed = query("DELETE FROM device WHERE device_id = $1 AND account_id = $2")
        .bind(bytes(device.to_bytes()))
        .bind(bytes(account.to_bytes()))
        .execute(tx)
        .await?;
    let tokens = rows.iter().map(|row| row.array("token_hash")).collect::<Result<_, _>>()?;
    Ok((removed.rows_affected() == 1).then_some(tokens))
}

/// Whether an account has this device.
pub(crate) async fn exists(tx: &mut Connection, account: AccountId, device: DeviceId) -> Result<bool, Error> {
    let found = query("SELECT device_id FROM device WHERE account_id = $1 AND device_id = $2")
        .bind(bytes(account.to_bytes()))
        .bind(bytes(device.to_bytes()))
        .fetch_optional(tx)
        .await?;
    Ok(found.is_some())
}

/// The hashes of all tokens of an account.
pub(crate) async fn tokens(tx: &mut Connection, account: AccountId) -> Result<Vec<Hash>, Error> {
    let rows = query("SELECT token_hash FROM session WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .fetch_all(tx)
        .await?;
    rows.iter().map(|row| row.array("token_hash")).collect()
}

/// The devices of an account, newest first.
pub(crate) async fn list(db: &Db, account: AccountId) -> Result<Vec<DeviceRow>, Error> {
    let rows = query("SELECT device_id, created_at, sealed FROM device WHERE account_id = $1 ORDER BY device_id DESC")
        .bind(bytes(account.to_bytes()))
        .fetch_all(db.read())
        .await?;
    rows.iter()
        .map(|row| {
            Ok(DeviceRow {
                device: device_id(row, "device_id")?,
                created_at: row.millis("created_at")?,
                sealed: row.bytes("sealed")?,
            })
        })
        .collect()
}

/// Devices of an account beyond the `keep` that were used last.
pub(crate) async fn beyond(tx: &mut Connection, account: AccountId, keep: i64) -> Result<Vec<DeviceId>, Error> {
    // Without its session a device was last used when it was made: such a one cannot be left, but would go first.
    let rows = query(
        "SELECT device.device_id AS device_id FROM device LEFT JOIN session ON session.device_id = device.device_id \
         WHERE device.account_id = $1 ORDER BY COALESCE(session.used_at, device.created_at) DESC, \
         device.device_id DESC LIMIT 1000 OFFSET $2",
    )
    .bind(bytes(account.to_bytes()))
    .bind(keep)
    .fetch_all(tx)
    .await?;
    rows.iter().map(|row| device_id(row, "device_id")).collect()
}

/// Devices whose session has run out and when it did, at most `max`.
pub(crate) async fn lapsed(
    tx: &mut Connection,
    now: Millis,
    max: i64,
) -> Result<Vec<(AccountId, DeviceId, Millis)>, Error> {
    let rows = query(
        "SELECT account_id, device_id, expires_at FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2",
    )
    .bind(now.0)
    .bind(max)
    .fetch_all(tx)
    .await?;
    let lapsed = |row| Ok((account_id(row, "account_id")?, device_id(row, "device_id")?, row.millis("expires_at")?));
    rows.iter().map(lapsed).collect()
}

/// Writes a log-in down.
pub(crate) async fn insert_login(tx: &mut Connection, account: AccountId, row: LoginRow) -> Result<(), Error> {
    query("INSERT INTO login (login_id, account_id, at, expires_at, sealed) VALUES ($1, $2, $3, $4, $5)")
        .bind(bytes(row.login.to_bytes()))
        .bind(bytes(account.to_bytes()))
        .bind(row.at.0)
        .bind(row.expires_at.0)
        .bind(row.sealed)
        .execute(tx)
        .await
        .map(drop)
}

/// The log-ins of an account that have not run out, newest first.
pub(crate) async fn logins(db: &Db, account: AccountId, now: Millis) -> Result<Vec<LoginRow>, Error> {
    let rows = query(
        "SELECT login_id, at, expires_at, sealed FROM login \
         WHERE account_id = $1 AND expires_at > $2 ORDER BY login_id DESC LIMIT 200",
    )
    .bind(bytes(account.to_bytes()))
    .bind(now.0)
    .fetch_all(db.read())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(LoginRow {
                login: login_id(row, "login_id")?,
                at: row.millis("at")?,
                expires_at: row.millis("expires_at")?,
                sealed: row.bytes("sealed")?,
            })
        })
        .collect()
}

/// Removes log-ins that have run out.
pub(crate) async fn sweep_logins(tx: &mut Connection, now: Millis) -> Result<u64, Error> {
    Ok(query("DELETE FROM login WHERE expires_at <= $1").bind(now.0).execute(tx).await?.rows_affected())
}
