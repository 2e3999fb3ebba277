//! `PATCH /v1/contacts/{account_id}`: what one calls a contact and sorts it under, for oneself alone.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::AccountId;
use wire::Problem;
use wire::rest::ContactChange;

use crate::http::{IdPath, JsonBody};
use crate::records::{RemarkRecord, TagsRecord, of_remark};
use crate::remove_contact::ChangeContactError;
use crate::store::{accounts, contacts};
use crate::{People, SignedIn, words};

/// Sets the remark and the tags of a contact; what is left out stays, and what is empty is taken away.
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
    let remark = body.remark.as_deref().map(words::remark).transpose()?;
    let tags = body.tags.as_deref().map(words::tags).transpose()?;
    if remark.is_some() || tags.is_some() {
        people.change_contact(who.account, contact, remark, tags).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

impl People {
    async fn change_contact(
        &self,
        account: AccountId,
        contact: AccountId,
        remark: Option<Option<String>>,
        tags: Option<Vec<String>>,
    ) -> Result<(), ChangeContactError> {
        let mut tx = self.db.begin_write().await?;
        accounts::lock(&mut tx, account).await?;
        if !contacts::are_contacts(&mut tx, account, contact).await? {
            return Err(ChangeContactError::NotAContact);
        }
        let address = of_remark(account, contact);
        if let Some(remark) = remark {
            let record = remark.map(|remark| RemarkRecord { remark });
            let sealed = record.map(|record| self.seal(&record, &address)).transpose()?;
            contacts::keep(&mut tx, contacts::REMARK, account, contact, sealed).await?;
        }
        if let Some(tags) = tags {
            let record = (!tags.is_empty()).then_some(TagsRecord { tags });
            let sealed = record.map(|record| self.seal(&record, &address)).transpose()?;
            contacts::keep(&mut tx, contacts::TAGS, account, contact, sealed).await?;
        }
        tx.commit().await?;
        self.shed_soon();
        self.tell_contacts_changed(account);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use http::Method;
    use serde_json::{Value, json};

    use crate::store::testing::all_bytes;
    use crate::testing::{ADA, BOB, EVE, in_a_world};

    /// Policy row `contact_tag`: for oneself alone, until they are taken away or the two part.
    #[tokio::test(flavor = "multi_thread")]
    async fn tags_are_seen_by_who_set_them_and_go_with_the_contact() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            let path = format!("/v1/contacts/{}", bob.account);
            let patch = async |change: Value| world.call(Method::PATCH, &path, Some(&ada), change).await;
            let seen = async || world.get("/v1/contacts", &ada).await["contacts"][0].clone();
            assert_eq!(seen().await["tags"], json!([]));
            world.heard.contacts();
            patch(json!({ "tags": ["chess", " work ", "chess"] })).await.is(204);
            assert_eq!(world.heard.contacts(), HashSet::from([ada.account]));
            patch(json!({ "remark": "Bobby" })).await.is(204);
            patch(json!({})).await.is(204);
            let contact = seen().await;
            assert_eq!((&contact["tags"], &contact["remark"]), (&json!(["chess", "work"]), &json!("Bobby")));
            assert_eq!(world.get("/v1/contacts", &bob).await["contacts"][0]["tags"], json!([]));
            assert!(!all_bytes(&world.db).await.windows(5).any(|window| window == b"chess"));
            patch(json!({ "tags": ["x".repeat(33)] })).await.refused(422, "invalid_text");
            patch(json!({ "tags": vec!["x"; 21] })).await.refused(422, "invalid_text");
            let stranger = world.person(EVE, "Eve").await;
            let elsewhere = format!("/v1/contacts/{}", stranger.account);
            let change = json!({ "tags": ["chess"] });
            world.call(Method::PATCH, &elsewhere, Some(&ada), change).await.refused(404, "not_a_contact");
            patch(json!({ "tags": [] })).await.is(204);
            assert_eq!(world.rows("contact_tag").await, 0);
            patch(json!({ "tags": ["chess"] })).await.is(204);
            world.call(Method::DELETE, &path, Some(&ada), Value::Null).await.is(204);
            assert_eq!((world.rows("contact_tag").await, world.rows("remark").await), (0, 0));
        })
        .await;
    }
}
