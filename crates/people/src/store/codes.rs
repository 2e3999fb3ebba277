//! Verification codes and waiting children: rows that belong to a number and to no account.

use kernel::Millis;
use storage::sql::{Connection, Error, RowExt as _, query};

use super::{Hash, bytes};

/// A code that is out.
pub(crate) struct Code {
    pub(crate) code_hash: Hash,
    pub(crate) sent_at: Millis,
}

/// When the code that is out for a number was sent.
pub(crate) async fn sent_at(tx: &mut Connection, number: Hash) -> Result<Option<Millis>, Error> {
    let row = query("SELECT sent_at FROM verification_code WHERE number_hash = $1")
        .bind(bytes(number))
        .fetch_optional(tx)
        .await?;
    row.map(|row| row.millis("sent_at")).transpose()
}

/// Writes a code down in place of an older one; false when one was sent after `not_since`.
pub(crate) async fn put(
    tx: &mut Connection,
    number: Hash,
    code: &Code,
    expires_at: Millis,
    not_since: Millis,
) -> Result<bool, Error> {
    let put = query(
        "INSERT INTO verification_code (number_hash, code_hash, tries, sent_at, expires_at) VALUES ($1, $2, 0, $3, $4) \
         ON CONFLICT (number_hash) DO UPDATE SET code_hash = excluded.code_hash, tries = 0, \
         sent_at = excluded.sent_at, expires_at = excluded.expires_at WHERE verification_code.sent_at <= $5",
    )
    .bind(bytes(number))
    .bind(bytes(code.code_hash))
    .bind(code.sent_at.0)
    .bind(expires_at.0)
    .bind(not_since.0)
    .execute(tx)
    .await?;
    Ok(put.rows_affected() == 1)
}

/// Counts a try and gives the code to compare with; nothing when there is none, it is too old or tried too often. The
/// row stays locked until the transaction ends.
pub(crate) async fn try_code(
    tx: &mut Connection,
    number: Hash,
    now: Millis,
    tries_max: i64,
) -> Result<Option<Hash>, Error> {
    let row = query(
        "UPDATE verification_code SET tries = tries + 1 \
         WHERE number_hash = $1 AND expires_at > $2 AND tries < $3 RETURNING code_hash",
    )
    .bind(bytes(number))
    .bind(now.0)
    .bind(tries_max)
    .fetch_optional(tx)
    .await?;
    row.map(|row| row.array("code_hash")).transpose()
}

/// Takes a code away: it was used, or never went out.
pub(crate) async fn remove(tx: &mut Connection, number: Hash) -> Result<(), Error> {
    query("DELETE FROM verification_code WHERE number_hash = $1").bind(bytes(number)).execute(tx).await.map(drop)
}

/// When the codes ended that a sweep at `now` removes: no key of their own seals them.
pub(crate) async fn ends_to_sweep(tx: &mut Connection, now: Millis) -> Result<Vec<Millis>, Error> {
    let ended = query("SELECT expires_at FROM verification_code WHERE expires_at <= $1").bind(now.0);
    ended.fetch_all(tx).await?.iter().map(|row| row.millis("expires_at")).collect()
}

/// Removes what has run out.
pub(crate) async fn sweep(tx: &mut Connection, now: Millis) -> Result<u64, Error> {
    let codes = query("DELETE FROM verification_code WHERE expires_at <= $1").bind(now.0).execute(&mut *tx).await?;
    let children = query("DELETE FROM waiting_child WHERE expires_at <= $1").bind(now.0).execute(tx).await?;
    Ok(codes.rows_affected() + children.rows_affected())
}

/// When the waiting record of a number goes, if there is one.
pub(crate) async fn waiting_until(tx: &mut Connection, number: Hash, now: Millis) -> Result<Option<Millis>, Error> {
    let row = query("SELECT expires_at FROM waiting_child WHERE number_hash = $1 AND expires_at > $2")
        .bind(bytes(number))
        .bind(now.0)
        .fetch_optional(tx)
        .await?;
    row.map(|row| row.millis("expires_at")).transpose()
}

/// Writes a waiting record; one that has run out makes room.
pub(crate) async fn put_waiting(
    tx: &mut Connection,
    number: Hash,
    started_at: Millis,
    expires_at: Millis,
    sealed: Vec<u8>,
) -> Result<(), Error> {
    query(
        "INSERT INTO waiting_child (number_hash, started_at, expires_at, sealed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (number_hash) DO UPDATE SET started_at = excluded.started_at, \
         expires_at = excluded.expires_at, sealed = excluded.sealed",
    )
    .bind(bytes(number))
    .bind(started_at.0)
    .bind(expires_at.0)
    .bind(sealed)
    .execute(tx)
    .await
    .map(drop)
}
