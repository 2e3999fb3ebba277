//! Reports.

use kernel::{AccountId, Millis, ReportId};
use storage::sql::{Connection, Db, Error, Row, RowExt as _, query};

use super::{account_id, bytes};

/// A report as stored.
pub(crate) struct ReportRow {
    pub(crate) report: ReportId,
    pub(crate) reporter: AccountId,
    pub(crate) received_at: Millis,
    pub(crate) closed_at: Option<Millis>,
    pub(crate) sealed: Vec<u8>,
}

impl ReportRow {
    fn from(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            report: row.array("report_id").map(ReportId::from_bytes)?,
            reporter: account_id(row, "reporter_id")?,
            received_at: row.millis("received_at")?,
            closed_at: row.millis_or_null("closed_at")?,
            sealed: row.bytes("sealed")?,
        })
    }
}

/// A new report, which waits.
pub(crate) async fn insert(tx: &mut Connection, row: ReportRow) -> Result<(), Error> {
    query(
        "INSERT INTO report (report_id, reporter_id, received_at, closed_at, expires_at, sealed) \
         VALUES ($1, $2, $3, NULL, NULL, $4)",
    )
    .bind(bytes(row.report.to_bytes()))
    .bind(bytes(row.reporter.to_bytes()))
    .bind(row.received_at.0)
    .bind(row.sealed)
    .execute(tx)
    .await
    .map(drop)
}

/// Reports that have not run out, at most `max`: those that wait before those that are closed, each the oldest first.
pub(crate) async fn list(db: &Db, now: Millis, max: i64) -> Result<Vec<ReportRow>, Error> {
    let rows = query(
        "SELECT report_id, reporter_id, received_at, closed_at, sealed FROM report \
         WHERE expires_at IS NULL OR expires_at > $1 ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, report_id LIMIT $2",
    )
    .bind(now.0)
    .bind(max)
    .fetch_all(db.read())
    .await?;
    rows.iter().map(ReportRow::from).collect()
}

/// The report with this id, if it waits.
pub(crate) async fn waiting(tx: &mut Connection, report: ReportId) -> Result<Option<ReportRow>, Error> {
    let row = query(
        "SELECT report_id, reporter_id, received_at, closed_at, sealed FROM report \
         WHERE report_id = $1 AND closed_at IS NULL",
    )
    .bind(bytes(report.to_bytes()))
    .fetch_optional(tx)
    .await?;
    row.as_ref().map(ReportRow::from).transpose()
}

/// Closes a report that waits; false when it was closed or is gone.
pub(crate) async fn close(
    tx: &mut Connection,
    report: ReportId,
    closed_at: Millis,
    expires_at: Millis,
    sealed: Vec<u8>,
) -> Result<bool, Error> {
    let closed = query(
        "UPDATE report SET closed_at = $2, expires_at = $3, sealed = $4 WHERE report_id = $1 AND closed_at IS NULL",
    )
    .bind(bytes(report.to_bytes()))
    .bind(closed_at.0)
    .bind(expires_at.0)
    .bind(sealed)
    .execute(tx)
    .await?;
    Ok(closed.rows_affected() == 1)
}

/// When the reports ended that a sweep at `now` removes: no key of their own seals them.
pub(crate) async fn ends_to_sweep(tx: &mut Connection, now: Millis) -> Result<Vec<Millis>, Error> {
    let ended = query("SELECT expires_at FROM report WHERE expires_at <= $1").bind(now.0);
    ended.fetch_all(tx).await?.iter().map(|row| row.millis("expires_at")).collect()
}

/// Removes what has run out.
pub(crate) async fn sweep(tx: &mut Connection, now: Millis) -> Result<u64, Error> {
    Ok(query("DELETE FROM report WHERE expires_at <= $1").bind(now.0).execute(tx).await?.rows_affected())
}
