//! `GET /v1/policy/notice` and `POST /v1/policy/notice`: what an account has to be told of the policy, and that it was.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use kernel::AccountId;
use wire::Problem;
use wire::rest::{PolicyNotice, PolicyNoticeRead, PolicyWords};

use crate::http::JsonBody;
use crate::problem::{Refuse, answers, faults};
use crate::store::policy as store;
use crate::{Fault, People, SignedIn};

/// Why nothing is shown or written down.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PolicyNoticeError {
    /// There is no such version to be told of.
    #[error("there is no such version of the policy to be told of")]
    NoVersion,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(PolicyNoticeError);
answers!(PolicyNoticeError);

impl Refuse for PolicyNoticeError {
    fn problem(&self) -> Problem {
        match self {
            Self::NoVersion => Problem::new(404, "not_found", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Shows the change of the policy that this account has not read of yet (NOTI-BEFORE).
#[utoipa::path(get, path = "/v1/policy/notice", tag = "people", responses(
    (status = 200, description = "a change to be told of", body = PolicyNotice),
    (status = 204, description = "nothing new"),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn show_policy_notice(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Response, PolicyNoticeError> {
    Ok(match people.policy_notice(who.account).await? {
        Some(notice) => Json(notice).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Writes down that this account has read of a change.
#[utoipa::path(post, path = "/v1/policy/notice", tag = "people", request_body = PolicyNoticeRead, responses(
    (status = 204, description = "written down"),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
))]
pub(crate) async fn read_policy_notice(
    State(people): State<Arc<People>>,
    who: SignedIn,
    JsonBody(body): JsonBody<PolicyNoticeRead>,
) -> Result<StatusCode, PolicyNoticeError> {
    people.policy_notice_read(who.account, body.version).await.map(|()| StatusCode::NO_CONTENT)
}

impl People {
    /// What this account has to be told of. Costs no SQL before the second version.
    pub async fn policy_notice(&self, account: AccountId) -> Result<Option<PolicyNotice>, Fault> {
        let policy = &self.config.policy;
        if policy.is_first() || store::knows(&self.db, account, policy.version()).await? {
            return Ok(None);
        }
        Ok(Some(PolicyNotice {
            version: policy.number,
            effective: policy.effective.to_owned(),
            effective_at: policy.effective_at,
            significant: policy.significant,
            summary: PolicyWords { en: policy.summary.en.to_owned(), zh: policy.summary.zh.to_owned() },
        }))
    }

    async fn policy_notice_read(&self, account: AccountId, version: u32) -> Result<(), PolicyNoticeError> {
        if version != self.config.policy.number {
            return Err(PolicyNoticeError::NoVersion);
        }
        let now = self.now()?;
        let mut tx = self.db.begin_write().await?;
        store::tell(&mut tx, account, version.into(), now, "app").await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::DAY_MS;
    use serde_json::json;

    use crate::testing::{ADA, BOB, START, in_a_world, second_version};

    /// NOTI-BEFORE, NOTI-SIG: whoever was here is told in the app before the new version takes effect, until they have
    /// read it; whoever comes later accepted it and is not. What is significant is marked, a comma is not.
    #[tokio::test(flavor = "multi_thread")]
    async fn people_who_were_here_are_told_and_newcomers_are_not() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            assert!(world.people.policy_notice(ada.account).await.unwrap().is_none(), "the first version is no change");
            let second = second_version(START + 30 * DAY_MS);
            let later = world.with_policy(second).await.unwrap();
            let notice = later.people.policy_notice(ada.account).await.unwrap().unwrap();
            assert_eq!((notice.version, notice.significant), (2, true));
            assert!(notice.effective_at > START, "it is told before it takes effect");
            let bob = later.person(BOB, "Bob").await;
            assert!(later.people.policy_notice(bob.account).await.unwrap().is_none());

            later.post("/v1/policy/notice", &ada, json!({ "version": 1 })).await.refused(404, "not_found");
            assert_eq!(later.get("/v1/policy/notice", &ada).await["summary"]["en"], "Less is kept.");
            later.post("/v1/policy/notice", &ada, json!({ "version": 2 })).await.is(204);
            assert!(later.people.policy_notice(ada.account).await.unwrap().is_none());

            let comma = crate::PolicyEdition { number: 3, significant: false, ..second };
            let third = later.with_policy(comma).await.unwrap();
            assert!(!third.people.policy_notice(ada.account).await.unwrap().unwrap().significant);
        })
        .await;
    }

    /// SCOP-AGREE: the version that was accepted and when stand beside the account.
    #[tokio::test(flavor = "multi_thread")]
    async fn opening_an_account_writes_down_which_version_was_accepted() {
        in_a_world(async |world| {
            assert_eq!(world.rows("consent_proof").await, 0);
            let ada = world.person(ADA, "Ada").await;
            assert_eq!(world.rows("consent_proof").await, 1);
            let knows = crate::store::policy::knows;
            assert!(knows(&world.db, ada.account, 1).await.unwrap());
            assert!(!knows(&world.db, ada.account, 2).await.unwrap());
        })
        .await;
    }
}
