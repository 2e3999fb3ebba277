//! `PATCH /v1/contacts/{account_id}`: what one calls a contact, for oneself alone.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::AccountId;
use wire::Problem;
use wire::rest::ContactChange;

use crate::http::{IdPath, JsonBody};
use crate::records::{RemarkRecord, of_remark};
use crate::remove_contact::ChangeContactError;
use crate::store::{accounts, contacts};
use crate::{People, SignedIn, words};

/// Sets the remark on a contact; an empty one takes it away.
#[utoipa::path(patch, path = "/v1/contacts/{account_id}", tag = "people", request_body = ContactChange,
    params(("account_id" = AccountId, Path, description = "the contact")),
    responses(
        (status = 204, description = "changed"),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`not_a_contact`", body = Problem),
        (status = 422, description = "`invalid_text`", body = Problem),
    )
)]
pub(crate) async fn set_remark(
    State(people): State<Arc<People>>,
    who: SignedIn,
    IdPath(contact): IdPath<AccountId>,
    JsonBody(body): JsonBody<ContactChange>,
) -> Result<StatusCode, ChangeContactError> {
    if let Some(text) = &body.remark {
        let remark = words::remark(text)?;
        people.set_remark(who.account, contact, remark).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

impl People {
    async fn set_remark(
        &self,
        account: AccountId,
        contact: AccountId,
        remark: Option<String>,
    ) -> Result<(), ChangeContactError> {
        let mut tx = self.db.begin_write().await?;
        accounts::lock(&mut tx, account).await?;
        if !contacts::are_contacts(&mut tx, account, contact).await? {
            return Err(ChangeContactError::NotAContact);
        }
        let record = remark.map(|remark| RemarkRecord { remark });
        let sealed = record.map(|record| self.seal(&record, &of_remark(account, contact))).transpose()?;
        contacts::set_remark(&mut tx, account, contact, sealed).await?;
        tx.commit().await?;
        self.shed_soon();
        self.tell_contacts_changed(account);
        Ok(())
    }
}
