//! Who may reach whom.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{AccountId, DeviceId};
use storage::sql::{Db, Error};
use vault::Vault;

use crate::cache::Cache;
use crate::limits::CIRCLES_CACHED_MAX;
use crate::store::{contacts, devices};
use crate::{Fault, People};

/// Why one account may not write to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They are no contacts, or there is no such account, or the other has blocked the sender: nobody can tell which.
    #[error("this account is not a contact; send a contact request first")]
    NotAContact,
    /// The sender has blocked the other, and only the sender is told so.
    #[error("you have blocked this account; unblock it first")]
    Blocked,
    /// It could not be found out; the cause is in the log.
    #[error("the server cannot answer now; try again")]
    Unavailable,
}

impl Refusal {
    /// The stable code of this refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAContact => "not_a_contact",
            Self::Blocked => "blocked",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What decides about one account.
#[derive(Debug, Default)]
pub(crate) struct Circle {
    pub(crate) contacts: HashSet<AccountId>,
    pub(crate) blocked: HashSet<AccountId>,
    pub(crate) devices: Vec<DeviceId>,
}

/// The circles of the accounts that were asked about lately.
#[derive(Debug)]
pub(crate) struct Reach {
    circles: Cache<AccountId, Arc<Circle>>,
}

impl Reach {
    pub(crate) fn new() -> Self {
        Self { circles: Cache::new(CIRCLES_CACHED_MAX) }
    }

    /// To be called for every account whose contacts, blocks or devices changed, once that is durable.
    pub(crate) fn forget(&self, account: AccountId) {
        self.circles.forget(&account);
    }

    #[cfg(test)]
    pub(crate) fn clear(&self) {
        self.circles.clear();
    }

    async fn circle(&self, db: &Db, account: AccountId) -> Result<Arc<Circle>, Error> {
        let ticket = match self.circles.get(&account) {
            Ok(circle) => return Ok(circle),
            Err(ticket) => ticket,
        };
        let (contacts, blocked) = contacts::circle(db, account).await?;
        let devices = devices::list(db, account).await?.into_iter().map(|row| row.device).collect();
        let circle =
            Circle { contacts: contacts.into_iter().collect(), blocked: blocked.into_iter().collect(), devices };
        let circle = Arc::new(circle);
        self.circles.put(ticket, account, Arc::clone(&circle));
        Ok(circle)
    }

    /// The rule. The sender's own block is told first, so that whoever blocked knows what to undo.
    async fn may_send(&self, db: &Db, vault: &Vault, from: AccountId, to: AccountId) -> Result<(), Rule> {
        let mine = self.circle(db, from).await?;
        if mine.blocked.contains(&to) {
            return Err(Rule::Refused(Refusal::Blocked));
        }
        if !mine.contacts.contains(&to) || !vault.holds_account(to) {
            return Err(Rule::Refused(Refusal::NotAContact));
        }
        let theirs = self.circle(db, to).await?;
        // Contacts are so on both sides or not at all: one side alone is a damaged table (SECR-INTEGRITY).
        if theirs.blocked.contains(&from) || !theirs.contacts.contains(&from) {
            return Err(Rule::Refused(Refusal::NotAContact));
        }
        Ok(())
    }
}

enum Rule {
    Refused(Refusal),
    Failed(Error),
}

impl From<Error> for Rule {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl People {
    /// Whether `from` may write to `to`, be shown typing to, call. No SQL when both were asked about before.
    pub async fn may_send(&self, from: AccountId, to: AccountId) -> Result<(), Refusal> {
        match self.reach.may_send(&self.db, &self.vault, from, to).await {
            Ok(()) => Ok(()),
            Err(Rule::Refused(refusal)) => Err(refusal),
            Err(Rule::Failed(error)) => {
                tracing::error!(%error, "who may reach whom could not be read");
                Err(Refusal::Unavailable)
            }
        }
    }

    /// The devices of an account, newest first; cached.
    pub async fn devices_of(&self, account: AccountId) -> Result<Vec<DeviceId>, Fault> {
        Ok(self.reach.circle(&self.db, account).await?.devices.clone())
    }

    /// Whether a device still belongs to an account: its session has not ended. Cached; a device that ended is not found
    /// from that instant on.
    pub async fn has_device(&self, account: AccountId, device: DeviceId) -> Result<bool, Fault> {
        Ok(self.reach.circle(&self.db, account).await?.devices.contains(&device))
    }

    /// How many devices an account has; cached. When that cannot be read it is taken to be several, which is never wrong
    /// and at worst costs a copy that nobody fetches.
    pub async fn device_count(&self, account: AccountId) -> usize {
        self.reach.circle(&self.db, account).await.map_or(usize::MAX, |circle| circle.devices.len())
    }

    /// The contacts of an account; cached.
    pub async fn contacts_of(&self, account: AccountId) -> Result<Vec<AccountId>, Fault> {
        Ok(self.reach.circle(&self.db, account).await?.contacts.iter().copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use http::Method;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{Person, World, accept, decline, in_a_world};

    /// What people do to each other.
    #[derive(Clone, Copy, Debug)]
    enum Act {
        Ask { by_number: bool },
        Accept,
        Decline,
        Remove,
        Block,
        Unblock,
    }

    /// The rule of this room in as few words as possible.
    #[derive(Default)]
    struct Model {
        contacts: HashSet<(usize, usize)>,
        /// From, to: whether the sender sees it.
        asked: HashMap<(usize, usize), bool>,
        blocked: HashSet<(usize, usize)>,
    }

    impl Model {
        fn act(&mut self, me: usize, act: Act, you: usize) {
            let (mine, yours) = ((me, you), (you, me));
            let blocked = self.blocked.contains(&mine);
            match act {
                Act::Ask { by_number } => {
                    if blocked || self.contacts.contains(&mine) {
                        return;
                    }
                    if self.asked.remove(&yours).is_some() {
                        self.join(mine);
                    } else {
                        let seen = self.asked.get(&mine).is_some_and(|seen| *seen);
                        self.asked.insert(mine, seen || !by_number);
                    }
                }
                Act::Accept if !blocked && self.asked.contains_key(&yours) => self.join(mine),
                Act::Decline if !blocked => {
                    self.asked.remove(&yours);
                }
                Act::Remove => {
                    self.contacts.remove(&mine);
                    self.contacts.remove(&yours);
                }
                Act::Block => {
                    self.blocked.insert(mine);
                    self.asked.remove(&mine);
                }
                Act::Unblock => {
                    self.blocked.remove(&mine);
                }
                Act::Accept | Act::Decline => {}
            }
        }

        fn join(&mut self, (me, you): (usize, usize)) {
            self.asked.remove(&(me, you));
            self.asked.remove(&(you, me));
            self.contacts.extend([(me, you), (you, me)]);
        }

        fn may_send(&self, from: usize, to: usize) -> Result<(), Refusal> {
            if self.blocked.contains(&(from, to)) {
                return Err(Refusal::Blocked);
            }
            if !self.contacts.contains(&(from, to)) || self.blocked.contains(&(to, from)) {
                return Err(Refusal::NotAContact);
            }
            Ok(())
        }
    }

    /// Does it as a client would: looks at the list for what to answer.
    async fn act(world: &World, numbers: &[String], me: &Person, act: Act, you: (usize, &Person)) {
        let contact = format!("/v1/contacts/{}", you.1.account);
        match act {
            Act::Ask { by_number: true } => {
                world.ask(me, json!({ "phone": numbers[you.0] })).await.is(201);
            }
            Act::Ask { by_number: false } => {
                let answer = world.ask(me, json!({ "account_id": you.1.account })).await;
                assert!([201, 409].contains(&answer.status.as_u16()), "{answer:?}");
            }
            Act::Accept | Act::Decline => {
                let list = world.get("/v1/contacts/requests", me).await;
                let theirs =
                    list["requests"].as_array().unwrap().iter().find(|request| {
                        request["direction"] == "in" && request["account_id"] == you.1.account.to_string()
                    });
                if let Some(request) = theirs {
                    let path = if matches!(act, Act::Accept) { accept(request) } else { decline(request) };
                    world.post(&path, me, Value::Null).await.is(204);
                }
            }
            Act::Remove => {
                let answer = world.call(Method::DELETE, &contact, Some(me), Value::Null).await;
                assert!([204, 404].contains(&answer.status.as_u16()), "{answer:?}");
            }
            Act::Block => {
                world.post(&format!("{contact}/block"), me, Value::Null).await.is(204);
            }
            Act::Unblock => {
                world.post(&format!("{contact}/unblock"), me, Value::Null).await.is(204);
            }
        }
    }

    /// Everything that three people can see agrees with the model.
    async fn compare(world: &World, model: &Model, persons: &[Person], after: &str) {
        let ids = |list: &Value, field: &str| -> HashSet<String> {
            list.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
        };
        for (me, person) in persons.iter().enumerate() {
            for (you, other) in persons.iter().enumerate().filter(|(you, _)| *you != me) {
                let found = world.people.may_send(person.account, other.account).await;
                assert_eq!(found, model.may_send(me, you), "{me} to {you} {after}");
            }
            let others = |pairs: &dyn Fn(usize) -> bool| -> HashSet<String> {
                (0..persons.len()).filter(|you| pairs(*you)).map(|you| persons[you].account.to_string()).collect()
            };
            let contacts = world.get("/v1/contacts", person).await;
            let expected = others(&|you| model.contacts.contains(&(me, you)));
            assert_eq!(ids(&contacts["contacts"], "account_id"), expected, "contacts of {me} {after}");
            let blocks = world.get("/v1/blocks", person).await;
            let expected = others(&|you| model.blocked.contains(&(me, you)));
            assert_eq!(ids(&blocks["blocked"], "account_id"), expected, "blocks of {me} {after}");
            let requests = world.get("/v1/contacts/requests", person).await;
            let expected = others(&|you| {
                let seen_from_me = model.asked.get(&(me, you)).is_some_and(|seen| *seen);
                let from_you = model.asked.contains_key(&(you, me)) && !model.blocked.contains(&(me, you));
                seen_from_me || from_you
            });
            assert_eq!(ids(&requests["requests"], "account_id"), expected, "requests of {me} {after}");
        }
    }

    fn acts() -> impl Strategy<Value = Vec<(usize, Act, usize)>> {
        let act = prop_oneof![
            3 => any::<bool>().prop_map(|by_number| Act::Ask { by_number }),
            3 => Just(Act::Accept),
            1 => Just(Act::Decline),
            1 => Just(Act::Remove),
            1 => Just(Act::Block),
            1 => Just(Act::Unblock),
        ];
        let step = (0..3_usize, act, 1..3_usize).prop_map(|(me, act, further)| (me, act, (me + further) % 3));
        proptest::collection::vec(step, 1..25)
    }

    /// The state machine of contacts, requests and blocks, driven through the interface and compared with a model after
    /// every step, caches included: 40 runs of up to 24 steps on each engine.
    #[tokio::test(flavor = "multi_thread")]
    async fn contacts_requests_and_blocks_follow_the_rule_whatever_people_do() {
        use proptest::strategy::ValueTree as _;
        use proptest::test_runner::TestRunner;
        in_a_world(async |world| {
            let mut runner = TestRunner::deterministic();
            for run in 0..40 {
                let steps = acts().new_tree(&mut runner).unwrap().current();
                let numbers: Vec<_> = (0..3).map(|n| format!("+4477009{:05}", run * 3 + n)).collect();
                let mut persons = Vec::new();
                for number in &numbers {
                    persons.push(world.person(number, "somebody").await);
                    world.clock.advance(kernel::HOUR_MS);
                }
                let mut model = Model::default();
                for (at, (me, what, you)) in steps.iter().enumerate() {
                    // Time enough that no limit is met, and less than a request's 30 days.
                    world.clock.advance(12 * kernel::HOUR_MS);
                    act(world, &numbers, &persons[*me], *what, (*you, &persons[*you])).await;
                    model.act(*me, *what, *you);
                    compare(world, &model, &persons, &format!("after {:?} (run {run})", &steps[..=at])).await;
                }
            }
        })
        .await;
    }

    /// What is asked again costs no SQL: it is answered with the database closed.
    #[tokio::test(flavor = "multi_thread")]
    async fn asking_again_costs_no_sql() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(crate::testing::ADA, crate::testing::BOB).await;
            world.people.may_send(ada.account, bob.account).await.unwrap();
            world.people.authenticate(&ada.token).await.unwrap();
            world.db.close().await;
            for _ in 0..1_000 {
                assert_eq!(world.people.may_send(ada.account, bob.account).await, Ok(()));
                world.people.authenticate(&ada.token).await.unwrap();
            }
            assert_eq!(world.people.device_count(ada.account).await, 1);
            let nobody = AccountId::new(crate::testing::START, 5);
            assert_eq!(world.people.may_send(nobody, ada.account).await, Err(Refusal::Unavailable));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_writes_to_themselves_to_strangers_or_to_nobody() {
        in_a_world(async |world| {
            let ada = world.person(crate::testing::ADA, "Ada").await;
            let bob = world.person(crate::testing::BOB, "Bob").await;
            let nobody = AccountId::new(crate::testing::START, 5);
            for to in [ada.account, bob.account, nobody] {
                assert_eq!(world.people.may_send(ada.account, to).await, Err(Refusal::NotAContact));
            }
        })
        .await;
    }
}
