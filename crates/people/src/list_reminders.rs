//! `GET /v1/me/reminders`: what one wants to be reminded of, past ones too.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use policy::{Permit, purposes, rows};
use wire::rest::{Reminder, Reminders};
use wire::{Problem, To};

use crate::problem::{Refuse, answers, faults};
use crate::records::{ReminderRecord, of_reminder};
use crate::store::reminders;
use crate::{Fault, People, SignedIn};

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListRemindersError {
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ListRemindersError);
answers!(ListRemindersError);

impl Refuse for ListRemindersError {
    fn problem(&self) -> Problem {
        let Self::Fault(fault) = self;
        fault.problem()
    }
}

/// Lists the reminders of this account, the earliest first.
#[utoipa::path(get, path = "/v1/me/reminders", tag = "people", responses(
    (status = 200, description = "the reminders", body = Reminders),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn list_reminders(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Json<Reminders>, ListRemindersError> {
    let mut list = Vec::new();
    for row in reminders::list(&people.db, who.account, people.now()?).await? {
        let permit = Permit::<rows::Reminder>::to::<purposes::ProvideChat>();
        let address = of_reminder(who.account, row.reminder, row.due_at);
        let record = people.open_sealed::<ReminderRecord>(&row.sealed, &address, permit)?;
        list.push(Reminder {
            reminder_id: row.reminder,
            conversation: To::Account(record.peer),
            message: record.message,
            at: row.due_at,
        });
    }
    Ok(Json(Reminders { reminders: list }))
}
