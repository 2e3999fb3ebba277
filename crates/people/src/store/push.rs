//! Subscriptions for pushes, one for a device.

use kernel::{AccountId, DeviceId, Millis};
use storage::sql::{Connection, Db, Error, Row, RowExt as _, query};

use super::{account_id, bytes, device_id};

/// A subscription as stored.
pub(crate) struct PushRow {
    pub(crate) device: DeviceId,
    pub(crate) created_at: Millis,
    pub(crate) sealed: Vec<u8>,
}

impl PushRow {
    fn from(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            device: device_id(row, "device_id")?,
            created_at: row.millis("created_at")?,
            sealed: row.bytes("sealed")?,
        })
    }
}

/// Writes the subscription of a device in place of the one before; false when there is no such device.
pub(crate) async fn put(tx: &mut Connection, account: AccountId, row: PushRow) -> Result<bool, Error> {
    let put = query(
        "INSERT INTO push_subscription (device_id, account_id, created_at, sealed) \
         SELECT device_id, account_id, CAST($3 AS BIGINT), $4 FROM device WHERE device_id = $1 AND account_id = $2 \
         ON CONFLICT (device_id) DO UPDATE SET created_at = excluded.created_at, sealed = excluded.sealed",
    )
    .bind(bytes(row.device.to_bytes()))
    .bind(bytes(account.to_bytes()))
    .bind(row.created_at.0)
    .bind(row.sealed)
    .execute(tx)
    .await?;
    Ok(put.rows_affected() == 1)
}

/// Takes the subscription of a device away; with `created_at`, only the one of that moment. False when there is none.
pub(crate) async fn remove(
    tx: &mut Connection,
    account: AccountId,
    device: DeviceId,
    created_at: Option<Millis>,
) -> Result<bool, Error> {
    let removed = query(
        "DELETE FROM push_subscription WHERE device_id = $1 AND account_id = $2 \
         AND created_at = COALESCE(CAST($3 AS BIGINT), created_at)",
    )
    .bind(bytes(device.to_bytes()))
    .bind(bytes(account.to_bytes()))
    .bind(created_at.map(|at| at.0))
    .execute(tx)
    .await?;
    Ok(removed.rows_affected() == 1)
}

/// The subscriptions of an account.
pub(crate) async fn list(db: &Db, account: AccountId) -> Result<Vec<PushRow>, Error> {
    let rows = query("SELECT device_id, created_at, sealed FROM push_subscription WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .fetch_all(db.read())
        .await?;
    rows.iter().map(PushRow::from).collect()
}

/// Which devices have one, after `after` in the order of ids; at most `max`.
pub(crate) async fn page(db: &Db, after: DeviceId, max: i64) -> Result<Vec<(AccountId, DeviceId)>, Error> {
    let rows =
        query("SELECT account_id, device_id FROM push_subscription WHERE device_id > $1 ORDER BY device_id LIMIT $2")
            .bind(bytes(after.to_bytes()))
            .bind(max)
            .fetch_all(db.read())
            .await?;
    rows.iter().map(|row| Ok((account_id(row, "account_id")?, device_id(row, "device_id")?))).collect()
}
