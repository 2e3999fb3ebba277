//! `GET /v1/contacts`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use wire::Problem;
use wire::rest::Contacts;

use crate::problem::{Refuse, answers, faults};
use crate::store::contacts;
use crate::{Fault, People, SignedIn};

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListContactsError {
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ListContactsError);
answers!(ListContactsError);

impl Refuse for ListContactsError {
    fn problem(&self) -> Problem {
        let Self::Fault(fault) = self;
        fault.problem()
    }
}

/// Lists the contacts of the account that asks; of a person, the public profile and no more (PROF-FIELDS).
#[utoipa::path(get, path = "/v1/contacts", tag = "people", responses(
    (status = 200, description = "the contacts", body = Contacts),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn list_contacts(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Json<Contacts>, ListContactsError> {
    let rows = contacts::list(&people.db, who.account).await?;
    Ok(Json(Contacts { contacts: people.persons(who.account, &rows)? }))
}
