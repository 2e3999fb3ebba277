//! Reminders.

use kernel::{AccountId, Millis, ReminderId};
use storage::sql::{Connection, Db, Error, RowExt as _, query};

use super::{account_id, bytes};

/// A reminder as stored.
pub(crate) struct ReminderRow {
    pub(crate) reminder: ReminderId,
    pub(crate) due_at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) sealed: Vec<u8>,
}

/// A new one.
pub(crate) async fn insert(tx: &mut Connection, account: AccountId, row: ReminderRow) -> Result<(), Error> {
    query(
        "INSERT INTO reminder (reminder_id, account_id, due_at, expires_at, told, sealed) VALUES ($1, $2, $3, $4, 0, $5)",
    )
    .bind(bytes(row.reminder.to_bytes()))
    .bind(bytes(account.to_bytes()))
    .bind(row.due_at.0)
    .bind(row.expires_at.0)
    .bind(row.sealed)
    .execute(tx)
    .await
    .map(drop)
}

/// How many an account has.
pub(crate) async fn count(tx: &mut Connection, account: AccountId) -> Result<i64, Error> {
    let count = query("SELECT COUNT(*) AS n FROM reminder WHERE account_id = $1").bind(bytes(account.to_bytes()));
    count.fetch_one(tx).await?.int("n")
}

/// Those of an account that have not run out, the earliest first.
pub(crate) async fn list(db: &Db, account: AccountId, now: Millis) -> Result<Vec<ReminderRow>, Error> {
    let rows = query(
        "SELECT reminder_id, due_at, expires_at, sealed FROM reminder \
         WHERE account_id = $1 AND expires_at > $2 ORDER BY due_at, reminder_id",
    )
    .bind(bytes(account.to_bytes()))
    .bind(now.0)
    .fetch_all(db.read())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ReminderRow {
                reminder: ReminderId::from_bytes(row.array("reminder_id")?),
                due_at: row.millis("due_at")?,
                expires_at: row.millis("expires_at")?,
                sealed: row.bytes("sealed")?,
            })
        })
        .collect()
}

/// Takes one away; false when the account has no such reminder.
pub(crate) async fn remove(tx: &mut Connection, account: AccountId, reminder: ReminderId) -> Result<bool, Error> {
    let removed = query("DELETE FROM reminder WHERE reminder_id = $1 AND account_id = $2")
        .bind(bytes(reminder.to_bytes()))
        .bind(bytes(account.to_bytes()))
        .execute(tx)
        .await?;
    Ok(removed.rows_affected() == 1)
}

/// Whose reminders have become due and were not told, at most `max` of them; from here on they are told.
pub(crate) async fn take_due(tx: &mut Connection, now: Millis, max: i64) -> Result<Vec<AccountId>, Error> {
    let rows = query(
        "UPDATE reminder SET told = 1 WHERE reminder_id IN \
         (SELECT reminder_id FROM reminder WHERE told = 0 AND due_at <= $1 ORDER BY due_at LIMIT $2) \
         RETURNING account_id",
    )
    .bind(now.0)
    .bind(max)
    .fetch_all(tx)
    .await?;
    rows.iter().map(|row| account_id(row, "account_id")).collect()
}

/// When the next one becomes due that was not told.
pub(crate) async fn next_due(tx: &mut Connection) -> Result<Option<Millis>, Error> {
    query("SELECT MIN(due_at) AS due_at FROM reminder WHERE told = 0").fetch_one(tx).await?.millis_or_null("due_at")
}

/// Removes what has run out.
pub(crate) async fn sweep(tx: &mut Connection, now: Millis) -> Result<u64, Error> {
    Ok(query("DELETE FROM reminder WHERE expires_at <= $1").bind(now.0).execute(tx).await?.rows_affected())
}
