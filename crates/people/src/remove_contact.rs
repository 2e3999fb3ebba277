//! `DELETE /v1/contacts/{account_id}`: both cease to be contacts.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::AccountId;
use wire::Problem;

use crate::http::IdPath;
use crate::problem::{Refuse, answers, faults};
use crate::store::{accounts, contacts};
use crate::{Fault, People, SignedIn};

/// Why a contact was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeContactError {
    /// They are no contacts.
    #[error("this account is not a contact")]
    NotAContact,
    /// A text is not acceptable.
    #[error(transparent)]
    Words(#[from] crate::words::WordError),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ChangeContactError);
answers!(ChangeContactError);

impl Refuse for ChangeContactError {
    fn problem(&self) -> Problem {
        match self {
            Self::NotAContact => Problem::new(404, "not_a_contact", self.to_string()),
            Self::Words(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Removes a contact. Neither can write to the other from then on, and what each called the other is gone.
#[utoipa::path(delete, path = "/v1/contacts/{account_id}", tag = "people",
    params(("account_id" = AccountId, Path, description = "the contact")),
    responses(
        (status = 204, description = "removed"),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`not_a_contact`", body = Problem),
    )
)]
pub(crate) async fn remove_contact(
    State(people): State<Arc<People>>,
    who: SignedIn,
    IdPath(contact): IdPath<AccountId>,
) -> Result<StatusCode, ChangeContactError> {
    let mut tx = people.db.begin_write().await?;
    accounts::lock_pair(&mut tx, who.account, contact).await?;
    if !contacts::part(&mut tx, who.account, contact).await? {
        return Err(ChangeContactError::NotAContact);
    }
    tx.commit().await?;
    people.after_joined(who.account, contact);
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use http::Method;
    use serde_json::{Value, json};

    use crate::Refusal;
    use crate::testing::{ADA, BOB, EVE, in_a_world};

    #[tokio::test(flavor = "multi_thread")]
    async fn removing_ends_it_for_both_with_both_remarks() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            for (who, other) in [(&ada, &bob), (&bob, &ada)] {
                let path = format!("/v1/contacts/{}", other.account);
                world.call(Method::PATCH, &path, Some(who), json!({ "remark": "secret name" })).await.is(204);
            }
            world.people.may_send(ada.account, bob.account).await.unwrap();
            world.heard.contacts();
            let path = format!("/v1/contacts/{}", bob.account);
            world.call(Method::DELETE, &path, Some(&ada), Value::Null).await.is(204);
            assert_eq!(world.heard.contacts(), HashSet::from([ada.account, bob.account]));
            for (from, to) in [(&ada, &bob), (&bob, &ada)] {
                assert_eq!(world.people.may_send(from.account, to.account).await, Err(Refusal::NotAContact));
                assert_eq!(world.get("/v1/contacts", from).await["contacts"], json!([]));
            }
            assert_eq!((world.rows("contact").await, world.rows("remark").await), (0, 0));
            world.call(Method::DELETE, &path, Some(&ada), Value::Null).await.refused(404, "not_a_contact");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_remark_is_seen_by_its_writer_alone_and_taken_away_when_empty() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            let eve = world.person(EVE, "Eve").await;
            let path = format!("/v1/contacts/{}", bob.account);
            let set =
                async |remark: Value| world.call(Method::PATCH, &path, Some(&ada), json!({ "remark": remark })).await;
            set(json!("  Bobby ")).await.is(204);
            assert_eq!(world.get("/v1/contacts", &ada).await["contacts"][0]["remark"], "Bobby");
            assert_eq!(world.get("/v1/contacts", &bob).await["contacts"][0]["remark"], Value::Null);
            set(Value::Null).await.is(204);
            assert_eq!(world.get("/v1/contacts", &ada).await["contacts"][0]["remark"], "Bobby");
            set(json!("a\u{0}b")).await.refused(422, "invalid_text");
            set(json!("")).await.is(204);
            assert_eq!(world.get("/v1/contacts", &ada).await["contacts"][0]["remark"], Value::Null);
            assert_eq!(world.rows("remark").await, 0);
            let stranger = format!("/v1/contacts/{}", eve.account);
            let answer = world.call(Method::PATCH, &stranger, Some(&ada), json!({ "remark": "x" })).await;
            answer.refused(404, "not_a_contact");
        })
        .await;
    }

    /// PROF-FIELDS: of a person, these and no more.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_contact_shows_the_public_profile_and_no_number() {
        in_a_world(async |world| {
            let (ada, _) = world.contacts(ADA, BOB).await;
            let contacts = world.get("/v1/contacts", &ada).await;
            let fields: Vec<_> = contacts["contacts"][0].as_object().unwrap().keys().cloned().collect();
            // Remark and tags are the viewer's own.
            assert_eq!(fields, ["account_id", "alias", "handle", "photo", "protection", "remark", "tags"]);
            assert!(!contacts.to_string().contains("7700"));
        })
        .await;
    }

    /// D-05: a contact whose account is gone is shown no more and cannot be written to.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_deleted_account_is_nobodys_contact() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            world.people.may_send(ada.account, bob.account).await.unwrap();
            world.vault.destroy_account(bob.account).unwrap();
            assert_eq!(world.people.may_send(ada.account, bob.account).await, Err(Refusal::NotAContact));
            assert_eq!(world.get("/v1/contacts", &ada).await["contacts"], json!([]));
            world.ask(&ada, json!({ "account_id": bob.account })).await.refused(404, "unknown_account");
        })
        .await;
    }
}
