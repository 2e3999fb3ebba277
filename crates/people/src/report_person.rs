//! `POST /v1/reports`: tells the operator of somebody.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use kernel::{AccountId, ReportId};
use wire::Problem;
use wire::rest::{NewReport, Reported, ReportedMessage};

use crate::http::JsonBody;
use crate::limits::{REPORT_BYTES_MAX, REPORT_MESSAGES_MAX};
use crate::people::TooMany;
use crate::problem::{Refuse, answers, faults};
use crate::records::{ReportRecord, of_report};
use crate::store::accounts;
use crate::store::reports::{self, ReportRow};
use crate::words::{self, WordError};
use crate::{Fault, People, SignedIn};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportPersonError {
    /// A text, or too many messages.
    #[error(transparent)]
    Words(#[from] WordError),
    /// Nobody has this id.
    #[error("nobody has this id")]
    UnknownAccount,
    /// Themselves.
    #[error("this is your own account")]
    Yourself,
    /// The reporter's account went meanwhile.
    #[error("this account is gone")]
    Gone,
    /// Too many reports.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ReportPersonError);
answers!(ReportPersonError);

impl Refuse for ReportPersonError {
    fn problem(&self) -> Problem {
        match self {
            Self::Words(error) => error.problem(),
            Self::UnknownAccount => Problem::new(404, "unknown_account", self.to_string()),
            Self::Yourself => Problem::new(422, "yourself", self.to_string()),
            Self::Gone => Problem::new(410, "account_gone", self.to_string()),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Reports somebody to the operator, with the messages that one chooses to show and no others. The other is not told, and
/// nothing more is told of it here.
#[utoipa::path(post, path = "/v1/reports", tag = "people", request_body = NewReport, responses(
    (status = 201, description = "received", body = Reported),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 404, description = "`unknown_account`", body = Problem),
    (status = 410, description = "`account_gone`", body = Problem),
    (status = 413, description = "`too_large`", body = Problem),
    (status = 422, description = "`yourself`, `invalid_text`", body = Problem),
    (status = 429, description = "`too_many`", body = Problem),
))]
pub(crate) async fn report_person(
    State(people): State<Arc<People>>,
    who: SignedIn,
    JsonBody(body): JsonBody<NewReport, REPORT_BYTES_MAX>,
) -> Result<(StatusCode, Json<Reported>), ReportPersonError> {
    let report_id = people.report_person(who.account, body).await?;
    Ok((StatusCode::CREATED, Json(Reported { report_id })))
}

impl People {
    async fn report_person(&self, reporter: AccountId, body: NewReport) -> Result<ReportId, ReportPersonError> {
        let now = self.now()?;
        self.take(&self.limits.reports_per_account, &reporter.to_bytes(), now)?;
        let record = ReportRecord {
            account: body.account_id,
            reason: body.reason,
            text: words::report(body.text.as_deref().unwrap_or_default())?,
            messages: read_messages(body.messages.unwrap_or_default())?,
            decided: None,
        };
        if record.account == reporter {
            return Err(ReportPersonError::Yourself);
        }
        if !self.vault.holds_account(record.account) {
            return Err(ReportPersonError::UnknownAccount);
        }
        let report = ReportId::new(now, self.rng.ulid_bits());
        let sealed = self.seal(&record, &of_report(reporter, report, now))?;
        let mut tx = self.db.begin_write().await?;
        if !accounts::lock(&mut tx, reporter).await? {
            return Err(ReportPersonError::Gone);
        }
        reports::insert(&mut tx, ReportRow { report, reporter, received_at: now, closed_at: None, sealed }).await?;
        tx.commit().await?;
        tracing::info!(%report, "somebody was reported; `billet reports` shows it");
        Ok(report)
    }
}

fn read_messages(messages: Vec<ReportedMessage>) -> Result<Vec<ReportedMessage>, WordError> {
    if messages.len() > REPORT_MESSAGES_MAX {
        return Err(WordError::TooMany { what: "the messages of a report", max: REPORT_MESSAGES_MAX });
    }
    let read = |message: ReportedMessage| Ok(ReportedMessage { text: words::reported(&message.text)?, ..message });
    messages.into_iter().map(read).collect()
}
