//! Devices that wait to be let in.

use kernel::{AccountId, Millis};
use storage::sql::{Connection, Db, Error, Row, RowExt as _, query};

use super::{Hash, account_id, bytes};

/// A link as stored.
pub(crate) struct LinkRow {
    pub(crate) token: Hash,
    pub(crate) secret: Hash,
    pub(crate) started_at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) sealed: Vec<u8>,
    /// Who let it in, and the seal that says so.
    pub(crate) confirmed: Option<(AccountId, Hash)>,
}

impl LinkRow {
    fn from(row: &Row) -> Result<Self, Error> {
        let confirmed = match row.bytes_or_null("account_id")? {
            Some(_) => Some((account_id(row, "account_id")?, row.array("seal")?)),
            None => None,
        };
        Ok(Self {
            token: row.array("token_hash")?,
            secret: row.array("secret_hash")?,
            started_at: row.millis("started_at")?,
            expires_at: row.millis("expires_at")?,
            sealed: row.bytes("sealed")?,
            confirmed,
        })
    }
}

/// A new link, which nobody has confirmed.
pub(crate) async fn insert(tx: &mut Connection, row: LinkRow) -> Result<(), Error> {
    query(
        "INSERT INTO device_link (token_hash, secret_hash, started_at, expires_at, sealed, account_id, seal) \
         VALUES ($1, $2, $3, $4, $5, NULL, NULL)",
    )
    .bind(bytes(row.token))
    .bind(bytes(row.secret))
    .bind(row.started_at.0)
    .bind(row.expires_at.0)
    .bind(row.sealed)
    .execute(tx)
    .await
    .map(drop)
}

/// The link under a token's hash, if it has not run out.
pub(crate) async fn read(db: &Db, token: Hash, now: Millis) -> Result<Option<LinkRow>, Error> {
    let row = query(
        "SELECT token_hash, secret_hash, started_at, expires_at, sealed, account_id, seal FROM device_link \
         WHERE token_hash = $1 AND expires_at > $2",
    )
    .bind(bytes(token))
    .bind(now.0)
    .fetch_optional(db.read())
    .await?;
    row.as_ref().map(LinkRow::from).transpose()
}

/// Writes down who lets the device in; false when the link is gone or somebody was first.
pub(crate) async fn confirm(
    tx: &mut Connection,
    token: Hash,
    account: AccountId,
    seal: Hash,
    now: Millis,
) -> Result<bool, Error> {
    let confirmed = query(
        "UPDATE device_link SET account_id = $2, seal = $3 \
         WHERE token_hash = $1 AND account_id IS NULL AND expires_at > $4",
    )
    .bind(bytes(token))
    .bind(bytes(account.to_bytes()))
    .bind(bytes(seal))
    .bind(now.0)
    .execute(tx)
    .await?;
    Ok(confirmed.rows_affected() == 1)
}

/// Takes a link away that nobody has confirmed; false when there is none.
pub(crate) async fn decline(tx: &mut Connection, token: Hash, now: Millis) -> Result<bool, Error> {
    let declined = query("DELETE FROM device_link WHERE token_hash = $1 AND account_id IS NULL AND expires_at > $2")
        .bind(bytes(token))
        .bind(now.0)
        .execute(tx)
        .await?;
    Ok(declined.rows_affected() == 1)
}

/// Uses a link that `account` has confirmed, which ends it; false when it is gone.
pub(crate) async fn take(tx: &mut Connection, token: Hash, account: AccountId, now: Millis) -> Result<bool, Error> {
    let taken = query("DELETE FROM device_link WHERE token_hash = $1 AND account_id = $2 AND expires_at > $3")
        .bind(bytes(token))
        .bind(bytes(account.to_bytes()))
        .bind(now.0)
        .execute(tx)
        .await?;
    Ok(taken.rows_affected() == 1)
}

/// Takes away what an account has confirmed and no device has claimed yet.
pub(crate) async fn remove_confirmed(tx: &mut Connection, account: AccountId) -> Result<(), Error> {
    query("DELETE FROM device_link WHERE account_id = $1").bind(bytes(account.to_bytes())).execute(tx).await.map(drop)
}

/// Removes links that have run out.
pub(crate) async fn sweep(tx: &mut Connection, now: Millis) -> Result<u64, Error> {
    Ok(query("DELETE FROM device_link WHERE expires_at <= $1").bind(now.0).execute(tx).await?.rows_affected())
}
