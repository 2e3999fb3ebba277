//! Rows whose policy became shorter end earlier: their deadlines only ever move towards now (D-03, D-63).

use kernel::Millis;
use policy::{Event, Period, Row, RowInfo, rows};
use storage::sql::{Connection, Error, RowExt as _, query};

/// Rows looked at with one statement.
const ROWS_PER_PAGE: i64 = 1_000;

/// A table whose rows end by the clock.
struct Table {
    row: &'static RowInfo,
    /// What its start dates.
    from: Event,
    /// Key, start and deadline of what has not ended, in the order of keys.
    page: &'static str,
    update: &'static str,
}

macro_rules! table {
    ($row:ty, $table:literal, $key:literal, $started:literal) => {
        Table {
            row: <$row>::INFO,
            from: <$row>::INFO.period.starts,
            page: concat!(
                "SELECT ",
                $key,
                " AS record, ",
                $started,
                " AS started, expires_at FROM ",
                $table,
                " WHERE ",
                $key,
                " > $1 AND expires_at > $2 ORDER BY ",
                $key,
                " LIMIT $3"
            ),
            update: concat!("UPDATE ", $table, " SET expires_at = $2 WHERE ", $key, " = $1 AND expires_at > $2"),
        }
    };
}

const TABLES: [Table; 9] = [
    table!(rows::VerificationCode, "verification_code", "number_hash", "sent_at"),
    table!(rows::WaitingChild, "waiting_child", "number_hash", "started_at"),
    table!(rows::Session, "session", "token_hash", "used_at"),
    table!(rows::Login, "login", "login_id", "at"),
    table!(rows::ContactRequest, "contact_request", "request_id", "created_at"),
    table!(rows::DeviceLink, "device_link", "token_hash", "started_at"),
    Table { from: Event::Closing, ..table!(rows::Report, "report", "report_id", "closed_at") },
    table!(rows::ChatDraft, "chat_draft", "draft_id", "written_at"),
    table!(rows::Reminder, "reminder", "reminder_id", "due_at"),
];

/// Moves the deadlines of what is held to where `period` puts them, when that is earlier; gives how many moved. `period`
/// is the policy's own, but in tests.
pub(crate) async fn shorten(
    tx: &mut Connection,
    now: Millis,
    period: impl Fn(&'static RowInfo) -> Period,
) -> Result<u64, Error> {
    let mut moved = 0;
    for table in &TABLES {
        let (period, mut after) = (period(table.row), Vec::new());
        loop {
            let page = query(table.page).bind(after).bind(now.0).bind(ROWS_PER_PAGE).fetch_all(&mut *tx).await?;
            let Some(last) = page.last() else { break };
            after = last.bytes("record")?;
            for row in &page {
                let deadline = period.deadline_from(table.from, row.millis("started")?);
                if let Some(earlier) =
                    deadline.filter(|deadline| deadline.0 < row.int("expires_at").unwrap_or(i64::MIN))
                {
                    let update = query(table.update).bind(row.bytes("record")?).bind(earlier.0);
                    moved += update.execute(&mut *tx).await?.rows_affected();
                }
            }
        }
    }
    Ok(moved)
}
