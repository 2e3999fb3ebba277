//! `POST /v1/contacts/{account_id}/block`: nothing passes between the two any more, either way.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::AccountId;
use wire::Problem;

use crate::http::IdPath;
use crate::limits::BLOCKS_MAX;
use crate::problem::{Refuse, answers, faults};
use crate::store::{accounts, contacts};
use crate::{Fault, People, SignedIn};

/// Why nobody was blocked or unblocked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BlockError {
    /// There is no such account.
    #[error("nobody has this id")]
    UnknownAccount,
    /// Themselves.
    #[error("this is your own account")]
    Yourself,
    /// As many as an account may block.
    #[error("you have blocked as many accounts as one may")]
    TooManyBlocks,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(BlockError);
answers!(BlockError);

impl Refuse for BlockError {
    fn problem(&self) -> Problem {
        match self {
            Self::UnknownAccount => Problem::new(404, "unknown_account", self.to_string()),
            Self::Yourself => Problem::new(422, "yourself", self.to_string()),
            Self::TooManyBlocks => Problem::new(409, "too_many_blocks", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Blocks somebody, contact or not. The other is not told; being contacts outlives it.
#[utoipa::path(post, path = "/v1/contacts/{account_id}/block", tag = "people",
    params(("account_id" = AccountId, Path, description = "whom to block")),
    responses(
        (status = 204, description = "blocked"),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_account`", body = Problem),
        (status = 409, description = "`too_many_blocks`", body = Problem),
        (status = 422, description = "`yourself`", body = Problem),
    )
)]
pub(crate) async fn block_person(
    State(people): State<Arc<People>>,
    who: SignedIn,
    IdPath(other): IdPath<AccountId>,
) -> Result<StatusCode, BlockError> {
    people.block_person(who.account, other).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl People {
    async fn block_person(&self, account: AccountId, other: AccountId) -> Result<(), BlockError> {
        if account == other {
            return Err(BlockError::Yourself);
        }
        let now = self.now()?;
        let mut tx = self.db.begin_write().await?;
        if !accounts::lock_pair(&mut tx, account, other).await? {
            return Err(BlockError::UnknownAccount);
        }
        if contacts::count_blocked(&mut tx, account).await? >= BLOCKS_MAX {
            return Err(BlockError::TooManyBlocks);
        }
        contacts::block(&mut tx, account, other, now).await?;
        // One's own request to somebody one blocks is taken back; theirs waits unseen.
        contacts::remove_request(&mut tx, account, other, now).await?;
        tx.commit().await?;
        self.after_block_changed(account);
        Ok(())
    }

    /// Once it is durable.
    pub(crate) fn after_block_changed(&self, account: AccountId) {
        self.reach.forget(account);
        self.tell_contacts_changed(account);
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use kernel::AccountId;
    use serde_json::{Value, json};

    use crate::Refusal;
    use crate::testing::{ADA, Answer, BOB, EVE, Person, START, World, accept, in_a_world};

    async fn set(world: &World, who: &Person, other: AccountId, what: &str) -> Answer {
        world.post(&format!("/v1/contacts/{other}/{what}"), who, Value::Null).await
    }

    /// PROTOCOL: a block stops both directions, and only the one who blocked is told `blocked`.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_block_holds_both_ways_and_is_told_to_the_blocker_alone() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            let may = async |from: &Person, to: &Person| world.people.may_send(from.account, to.account).await;
            assert_eq!((may(&ada, &bob).await, may(&bob, &ada).await), (Ok(()), Ok(())));
            set(world, &ada, bob.account, "block").await.is(204);
            assert_eq!(may(&ada, &bob).await, Err(Refusal::Blocked));
            assert_eq!(may(&bob, &ada).await, Err(Refusal::NotAContact));
            set(world, &ada, bob.account, "unblock").await.is(204);
            assert_eq!((may(&ada, &bob).await, may(&bob, &ada).await), (Ok(()), Ok(())));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_who_block_each_other_are_each_told_of_their_own_block() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            set(world, &ada, bob.account, "block").await.is(204);
            set(world, &bob, ada.account, "block").await.is(204);
            let may = async |from: &Person, to: &Person| world.people.may_send(from.account, to.account).await;
            assert_eq!(may(&ada, &bob).await, Err(Refusal::Blocked));
            assert_eq!(may(&bob, &ada).await, Err(Refusal::Blocked));
            set(world, &ada, bob.account, "unblock").await.is(204);
            assert_eq!(may(&ada, &bob).await, Err(Refusal::NotAContact));
            assert_eq!(may(&bob, &ada).await, Err(Refusal::Blocked));
        })
        .await;
    }

    /// A block is not felt as one: the blocked see what they would see of somebody who does not answer.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_to_somebody_who_blocks_waits_unseen() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            set(world, &bob, ada.account, "block").await.is(204);
            world.heard.contacts();
            let asked = world.ask(&ada, json!({ "account_id": bob.account })).await.is(201);
            assert!(!world.heard.contacts().contains(&bob.account));
            assert_eq!(world.get("/v1/contacts/requests", &ada).await["requests"].as_array().unwrap().len(), 1);
            assert_eq!(world.get("/v1/contacts/requests", &bob).await["requests"], json!([]));
            world.post(&accept(&asked), &bob, Value::Null).await.refused(404, "unknown_request");
            set(world, &bob, ada.account, "unblock").await.is(204);
            world.post(&accept(&asked), &bob, Value::Null).await.is(204);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn blocking_takes_back_ones_own_request() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let asked = world.ask(&ada, json!({ "account_id": bob.account })).await.is(201);
            set(world, &ada, bob.account, "block").await.is(204);
            world.post(&accept(&asked), &bob, Value::Null).await.refused(404, "unknown_request");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn blocks_are_listed_and_doing_either_twice_is_doing_it_once() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            let eve = world.person(EVE, "Eve").await;
            for other in [bob.account, eve.account, bob.account] {
                set(world, &ada, other, "block").await.is(204);
                world.clock.advance(1);
            }
            let blocks = world.get("/v1/blocks", &ada).await;
            let names: Vec<_> = blocks["blocked"].as_array().unwrap().iter().map(|person| &person["alias"]).collect();
            assert_eq!(names, ["Eve", "other"]);
            for _ in 0..2 {
                set(world, &ada, bob.account, "unblock").await.is(204);
            }
            assert_eq!(world.get("/v1/blocks", &ada).await["blocked"].as_array().unwrap().len(), 1);
            assert_eq!(world.get("/v1/contacts", &ada).await["contacts"].as_array().unwrap().len(), 1);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whom_one_cannot_block_is_told() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            set(world, &ada, ada.account, "block").await.refused(422, "yourself");
            set(world, &ada, AccountId::new(START, 1), "block").await.refused(404, "unknown_account");
            let anonymous = world.call(Method::GET, "/v1/blocks", None, Value::Null).await;
            anonymous.refused(401, "not_signed_in");
        })
        .await;
    }
}
