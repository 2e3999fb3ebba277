//! `GET /v1/contacts/requests`: what waits for an answer, one's own or another's.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use kernel::AccountId;
use policy::{Permit, purposes, rows};
use wire::Problem;
use wire::rest::{ContactRequest, ContactRequests, Direction};

use crate::limits::REQUESTS_WAITING_MAX;
use crate::problem::{Refuse, answers, faults};
use crate::records::{RequestNote, of_request};
use crate::show_photo::photo_path;
use crate::store::contacts::{self, OpenRequest};
use crate::{Fault, People, SignedIn};

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListRequestsError {
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ListRequestsError);
answers!(ListRequestsError);

impl Refuse for ListRequestsError {
    fn problem(&self) -> Problem {
        let Self::Fault(fault) = self;
        fault.problem()
    }
}

/// Lists open requests, newest first. One's own requests by number are not among them.
#[utoipa::path(get, path = "/v1/contacts/requests", tag = "people", responses(
    (status = 200, description = "the requests", body = ContactRequests),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn list_requests(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Json<ContactRequests>, ListRequestsError> {
    let now = people.now()?;
    let mut requests = Vec::new();
    for open in contacts::requests(&people.db, who.account, now, REQUESTS_WAITING_MAX).await? {
        requests.extend(people.shown_request(who.account, &open)?);
    }
    Ok(Json(ContactRequests { requests }))
}

impl People {
    /// A request as `viewer` sees it, if at all.
    fn shown_request(&self, viewer: AccountId, open: &OpenRequest) -> Result<Option<ContactRequest>, Fault> {
        let row = &open.row;
        let (direction, other) = if row.from == viewer { (Direction::Out, row.to) } else { (Direction::In, row.from) };
        // Somebody who is gone has no profile, and a note dies with its sender.
        let Some(profile) = self.profile_of(other, &open.profile)? else { return Ok(None) };
        let permit = Permit::<rows::ContactRequest>::to::<purposes::ConnectPeople>();
        let address = of_request(row.from, row.request, row.created_at);
        let note = self.open_sealed::<RequestNote>(&row.sealed, &address, permit)?;
        if direction == Direction::Out && note.by_number {
            return Ok(None);
        }
        Ok(Some(ContactRequest {
            request_id: row.request,
            direction,
            account_id: Some(other),
            alias: profile.alias.clone(),
            handle: profile.handle.clone(),
            photo: open.photo.filter(|_| direction == Direction::In).map(|photo| photo_path(other, photo)),
            note: note.note.clone(),
            at: row.created_at,
        }))
    }
}
