//! `DELETE /v1/me/reminders/{reminder_id}`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::ReminderId;
use wire::Problem;

use crate::http::IdPath;
use crate::problem::{Refuse, answers, faults};
use crate::store::reminders;
use crate::{Fault, People, SignedIn};

/// Why it stays.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoveReminderError {
    /// No such reminder, or somebody else's.
    #[error("you have no such reminder")]
    Unknown,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(RemoveReminderError);
answers!(RemoveReminderError);

impl Refuse for RemoveReminderError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::new(404, "unknown_reminder", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Removes a reminder, before its moment or after.
#[utoipa::path(delete, path = "/v1/me/reminders/{reminder_id}", tag = "people",
    params(("reminder_id" = ReminderId, Path, description = "the reminder")),
    responses(
        (status = 204, description = "removed"),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_reminder`", body = Problem),
    )
)]
pub(crate) async fn remove_reminder(
    State(people): State<Arc<People>>,
    who: SignedIn,
    IdPath(reminder): IdPath<ReminderId>,
) -> Result<StatusCode, RemoveReminderError> {
    let mut tx = people.db.begin_write().await?;
    if !reminders::remove(&mut tx, who.account, reminder).await? {
        return Err(RemoveReminderError::Unknown);
    }
    tx.commit().await?;
    people.shed_soon();
    people.tell_reminders_changed(who.account, Some(who.device));
    Ok(StatusCode::NO_CONTENT)
}
