//! What leaves the tables when a wrong time is taken back.

use kernel::Millis;
use storage::sql::{Connection, Db, Error, RowExt as _, query};

use crate::DeadlineRows;
use crate::reports::ends;

/// How many rows live under a deadline.
pub(crate) async fn count(db: &Db) -> Result<DeadlineRows, Error> {
    let row = query(
        "SELECT (SELECT COUNT(*) FROM session) AS sessions, (SELECT COUNT(*) FROM login) AS logins, \
         (SELECT COUNT(*) FROM verification_code) AS codes, (SELECT COUNT(*) FROM waiting_child) AS waiting, \
         (SELECT COUNT(*) FROM device_link) AS links, \
         (SELECT COUNT(*) FROM contact_request) AS requests, (SELECT COUNT(*) FROM chat_draft) AS drafts, \
         (SELECT COUNT(*) FROM reminder) AS reminders",
    )
    .fetch_one(db.read())
    .await?;
    Ok(DeadlineRows {
        sessions: row.int("sessions")?,
        logins: row.int("logins")?,
        codes: row.int("codes")? + row.int("waiting")? + row.int("links")?,
        requests: row.int("requests")?,
        drafts: row.int("drafts")?,
        reminders: row.int("reminders")?,
    })
}

/// Ends all of them. Sessions only run out: the sweep then ends their devices in order.
pub(crate) async fn end(tx: &mut Connection, now: Millis) -> Result<(), Error> {
    query("DELETE FROM login").execute(&mut *tx).await?;
    query("DELETE FROM verification_code").execute(&mut *tx).await?;
    query("DELETE FROM waiting_child").execute(&mut *tx).await?;
    query("DELETE FROM device_link").execute(&mut *tx).await?;
    query("DELETE FROM contact_request").execute(&mut *tx).await?;
    query("DELETE FROM chat_draft").execute(&mut *tx).await?;
    query("DELETE FROM reminder").execute(&mut *tx).await?;
    query("UPDATE session SET expires_at = $1 WHERE expires_at > $1").bind(now.0).execute(tx).await.map(drop)
}

/// Moments that are yet to come and have already been written down as past.
pub(crate) async fn bring_back(tx: &mut Connection, now: Millis) -> Result<(), Error> {
    query("UPDATE profile SET handle_changed_at = $1 WHERE handle_changed_at > $1")
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
    query("UPDATE report SET closed_at = $1, expires_at = $2 WHERE closed_at > $1")
        .bind(now.0)
        .bind(ends(now).0)
        .execute(tx)
        .await
        .map(drop)
}
