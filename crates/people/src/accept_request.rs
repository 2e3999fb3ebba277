//! `POST /v1/contacts/requests/{request_id}/accept`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::{AccountId, ContactRequestId};
use wire::Problem;

use crate::http::IdPath;
use crate::problem::{Refuse, answers, faults};
use crate::request_contact::RequestContactError;
use crate::store::{accounts, contacts};
use crate::{Fault, People, SignedIn};

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerRequestError {
    /// No such request waits for this account: there was none, it was answered, or it ran out.
    #[error("no such request waits for you")]
    Unknown,
    /// One of the two has all the contacts an account may have.
    #[error("one of you has too many contacts")]
    TooManyContacts,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(AnswerRequestError);
answers!(AnswerRequestError);

impl Refuse for AnswerRequestError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::new(404, "unknown_request", self.to_string()),
            Self::TooManyContacts => Problem::new(409, "too_many_contacts", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

impl From<RequestContactError> for AnswerRequestError {
    fn from(error: RequestContactError) -> Self {
        match error {
            RequestContactError::TooManyContacts => Self::TooManyContacts,
            RequestContactError::Fault(fault) => Self::Fault(fault),
            _ => Self::Unknown,
        }
    }
}

/// Accepts a request: both are contacts.
#[utoipa::path(post, path = "/v1/contacts/requests/{request_id}/accept", tag = "people",
    params(("request_id" = ContactRequestId, Path, description = "the request")),
    responses(
        (status = 204, description = "you are contacts"),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_request`", body = Problem),
        (status = 409, description = "`too_many_contacts`", body = Problem),
    )
)]
pub(crate) async fn accept_request(
    State(people): State<Arc<People>>,
    who: SignedIn,
    IdPath(request): IdPath<ContactRequestId>,
) -> Result<StatusCode, AnswerRequestError> {
    people.accept_request(who.account, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl People {
    async fn accept_request(&self, account: AccountId, request: ContactRequestId) -> Result<(), AnswerRequestError> {
        let now = self.now()?;
        let row = contacts::request_to(&self.db, request, account, now).await?.ok_or(AnswerRequestError::Unknown)?;
        let mut tx = self.db.begin_write().await?;
        if !accounts::lock_pair(&mut tx, account, row.from).await? || !self.vault.holds_account(row.from) {
            return Err(AnswerRequestError::Unknown);
        }
        // Looked at again under the locks: it may have been answered, withdrawn or replaced meanwhile.
        let still = contacts::request_between(&mut tx, row.from, account, now).await?;
        let hidden = contacts::has_blocked(&mut tx, account, row.from).await?;
        if still.is_none_or(|still| still.request != request) || hidden {
            return Err(AnswerRequestError::Unknown);
        }
        self.join(&mut tx, account, row.from, now).await?;
        tx.commit().await?;
        self.after_joined(account, row.from);
        Ok(())
    }
}
