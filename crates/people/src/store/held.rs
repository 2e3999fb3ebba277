//! How many rows there are of each kind, how old, and how many have ended. One pass over a table each.

use kernel::Millis;
use storage::sql::{Db, Error, RowExt as _, query};

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) rows: i64,
    pub(crate) oldest: Option<Millis>,
    /// When the next row ends that has not.
    pub(crate) next_end: Option<Millis>,
    /// Rows that ended by `now`.
    pub(crate) ended: i64,
    /// Rows that ended by `overdue_at`.
    pub(crate) overdue: i64,
    /// Rows that ended by `dead_through`.
    pub(crate) dead: i64,
}

/// The instants that rows are compared with, none later than `now`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instants {
    pub(crate) now: Millis,
    pub(crate) overdue_at: Millis,
    pub(crate) dead_through: Millis,
}

/// Tables with a period, by when their rows end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dated {
    Login,
    WaitingChild,
    VerificationCode,
    Session,
    ContactRequest,
    DeviceLink,
    /// Open ones have no end yet.
    Report,
    ChatDraft,
    Reminder,
}

/// Tables whose rows only events end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undated {
    Account,
    Profile,
    BlindIndex,
    AddToken,
    Findable,
    Device,
    Contact,
    Remark,
    ContactTag,
    ChatSetting,
    PushSubscription,
    Block,
    ConsentProof,
    PolicyNotice,
    PolicyEdition,
}

/// Counts a table with a period.
pub(crate) async fn dated(db: &Db, table: Dated, at: Instants) -> Result<Count, Error> {
    macro_rules! statement {
        ($table:literal, $started:literal) => {
            concat!(
                "SELECT COUNT(*) AS n, MIN(CASE WHEN expires_at > $3 THEN ",
                $started,
                " END) AS oldest, ",
                "MIN(CASE WHEN expires_at > $1 THEN expires_at END) AS next_end, ",
                "COUNT(CASE WHEN expires_at <= $1 THEN 1 END) AS ended, ",
                "COUNT(CASE WHEN expires_at < $2 THEN 1 END) AS overdue, ",
                "COUNT(CASE WHEN expires_at <= $3 THEN 1 END) AS dead FROM ",
                $table
            )
        };
    }
    let statement = match table {
        Dated::Login => statement!("login", "at"),
        Dated::WaitingChild => statement!("waiting_child", "started_at"),
        Dated::VerificationCode => statement!("verification_code", "sent_at"),
        Dated::Session => statement!("session", "used_at"),
        Dated::ContactRequest => statement!("contact_request", "created_at"),
        Dated::Report => statement!("report", "closed_at"),
        Dated::DeviceLink => statement!("device_link", "started_at"),
        Dated::ChatDraft => statement!("chat_draft", "written_at"),
        Dated::Reminder => statement!("reminder", "due_at"),
    };
    let instants = query(statement).bind(at.now.0).bind(at.overdue_at.0).bind(at.dead_through.0);
    let row = instants.fetch_one(db.read()).await?;
    Ok(Count {
        rows: row.int("n")?,
        oldest: row.millis_or_null("oldest")?,
        next_end: row.millis_or_null("next_end")?,
        ended: row.int("ended")?,
        overdue: row.int("overdue")?,
        dead: row.int("dead")?,
    })
}

/// Counts a table without one.
pub(crate) async fn undated(db: &Db, table: Undated) -> Result<(i64, Option<Millis>), Error> {
    let statement = match table {
        Undated::Account => "SELECT COUNT(*) AS n, MIN(created_at) AS oldest FROM account",
        Undated::Profile => {
            "SELECT COUNT(*) + (SELECT COUNT(*) FROM profile_photo) AS n, MIN(account.created_at) AS oldest \
             FROM profile JOIN account ON account.account_id = profile.account_id"
        }
        Undated::BlindIndex => "SELECT COUNT(*) AS n, CAST(NULL AS BIGINT) AS oldest FROM blind_index",
        Undated::AddToken => "SELECT COUNT(*) AS n, MIN(created_at) AS oldest FROM add_token",
        Undated::Findable => "SELECT COUNT(*) AS n, CAST(NULL AS BIGINT) AS oldest FROM findable",
        Undated::Device => "SELECT COUNT(*) AS n, MIN(created_at) AS oldest FROM device",
        Undated::Contact => "SELECT COUNT(*) AS n, MIN(since) AS oldest FROM contact",
        Undated::Remark => "SELECT COUNT(*) AS n, CAST(NULL AS BIGINT) AS oldest FROM remark",
        Undated::ContactTag => "SELECT COUNT(*) AS n, CAST(NULL AS BIGINT) AS oldest FROM contact_tag",
        Undated::ChatSetting => "SELECT COUNT(*) AS n, CAST(NULL AS BIGINT) AS oldest FROM chat_setting",
        Undated::PushSubscription => "SELECT COUNT(*) AS n, MIN(created_at) AS oldest FROM push_subscription",
        Undated::Block => "SELECT COUNT(*) AS n, MIN(since) AS oldest FROM block",
        Undated::ConsentProof => "SELECT COUNT(*) AS n, MIN(accepted_at) AS oldest FROM consent_proof",
        Undated::PolicyNotice => "SELECT COUNT(*) AS n, MIN(told_at) AS oldest FROM policy_notice",
        Undated::PolicyEdition => "SELECT COUNT(*) AS n, MIN(begun_at) AS oldest FROM policy_edition",
    };
    let row = query(statement).fetch_one(db.read()).await?;
    Ok((row.int("n")?, row.millis_or_null("oldest")?))
}
