//! `GET /v1/me`: the account and its profile, to its owner.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use policy::{Permit, purposes, rows};
use wire::Problem;
use wire::rest::Me;

use crate::problem::{Refuse, answers, faults};
use crate::records::{Profile, Registration, of_account};
use crate::show_photo::photo_path;
use crate::store::accounts;
use crate::{Fault, People, SignedIn};

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShowMeError {
    /// The account went meanwhile.
    #[error("this account is gone")]
    Gone,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ShowMeError);
answers!(ShowMeError);

impl Refuse for ShowMeError {
    fn problem(&self) -> Problem {
        match self {
            Self::Gone => Problem::new(410, "account_gone", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Shows the account that asks.
#[utoipa::path(get, path = "/v1/me", tag = "people", responses(
    (status = 200, description = "the account", body = Me),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn show_me(State(people): State<Arc<People>>, who: SignedIn) -> Result<Json<Me>, ShowMeError> {
    people.me(who).await.map(Json)
}

impl People {
    pub(crate) async fn me(&self, who: SignedIn) -> Result<Me, ShowMeError> {
        let row = accounts::read(&self.db, who.account).await?.ok_or(ShowMeError::Gone)?;
        let address = of_account(who.account);
        let permit = Permit::<rows::Registration>::to::<purposes::SetUpAccount>();
        let registration = self.open_sealed::<Registration>(&row.registration, &address, permit)?;
        let permit = Permit::<rows::Profile>::to::<purposes::ShareProfile>();
        let profile = self.open_sealed::<Profile>(&row.profile, &address, permit)?;
        Ok(Me {
            account_id: who.account,
            device_id: who.device,
            alias: profile.alias.clone(),
            handle: profile.handle.clone(),
            region: profile.region.to_string(),
            phone: registration.phone.clone(),
            photo: row.photo.map(|photo| photo_path(who.account, photo)),
            findable: self.findable_of(who.account, row.findable.as_deref())?.into(),
            created_at: row.created_at,
        })
    }
}
