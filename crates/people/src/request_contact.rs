//! `POST /v1/contacts/requests`: ask somebody to become a contact.
//!
//! By number, every answer is the same: whether there is an account, whether it is a contact, has blocked the sender or
//! is blocked. The request is not shown to its sender either, for the list would tell whose the number is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use kernel::{AccountId, ContactRequestId, Millis};
use policy::{Permit, Row, purposes, rows};
use storage::sql::Tx;
use wire::Problem;
use wire::rest::{ContactRequested, NewContactRequest, Whom};

use crate::http::JsonBody;
use crate::limits::{CONTACTS_MAX, REQUESTS_WAITING_MAX};
use crate::people::TooMany;
use crate::phone::{Phone, PhoneError};
use crate::problem::{Refuse, answers, faults};
use crate::records::{RequestNote, of_request};
use crate::store::contacts::{self, RequestRow};
use crate::store::{Hash, accounts};
use crate::words::{self, Handle, WordError};
use crate::{Fault, People, SignedIn, secrets};

/// Why there is no request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestContactError {
    /// The number.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// The note.
    #[error(transparent)]
    Words(#[from] WordError),
    /// Nobody has this id or Billet ID.
    #[error("nobody has this id")]
    UnknownAccount,
    /// Themselves.
    #[error("this is your own account")]
    Yourself,
    /// They are contacts.
    #[error("you are contacts already")]
    AlreadyContacts,
    /// The sender has blocked the other.
    #[error("you have blocked this account; unblock it first")]
    Blocked,
    /// One of the two has all the contacts an account may have.
    #[error("one of you has too many contacts")]
    TooManyContacts,
    /// Too many requests.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(RequestContactError);
answers!(RequestContactError);

impl Refuse for RequestContactError {
    fn problem(&self) -> Problem {
        match self {
            Self::Phone(error) => error.problem(),
            Self::Words(error) => error.problem(),
            Self::UnknownAccount => Problem::new(404, "unknown_account", self.to_string()),
            Self::Yourself => Problem::new(422, "yourself", self.to_string()),
            Self::AlreadyContacts => Problem::new(409, "already_contacts", self.to_string()),
            Self::Blocked => Problem::new(409, "blocked", self.to_string()),
            Self::TooManyContacts => Problem::new(409, "too_many_contacts", self.to_string()),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Asks somebody to become a contact. When the other has asked already, both are contacts at once.
#[utoipa::path(post, path = "/v1/contacts/requests", tag = "people", request_body = NewContactRequest, responses(
    (status = 201, description = "asked; by number, whether or not it has an account", body = ContactRequested),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 404, description = "`unknown_account`", body = Problem),
    (status = 409, description = "`already_contacts`, `blocked`, `too_many_contacts`", body = Problem),
    (status = 422, description = "`yourself`, `invalid_phone`, `other_operator`, `invalid_handle`, `invalid_text`",
        body = Problem),
    (status = 429, description = "`too_many`", body = Problem),
))]
pub(crate) async fn request_contact(
    State(people): State<Arc<People>>,
    who: SignedIn,
    JsonBody(body): JsonBody<NewContactRequest>,
) -> Result<(StatusCode, Json<ContactRequested>), RequestContactError> {
    let note = words::note(body.note.as_deref().unwrap_or_default())?;
    let request_id = people.request_contact(who.account, &body.to, note).await?;
    Ok((StatusCode::CREATED, Json(ContactRequested { request_id })))
}

/// A request on its way through the rule.
struct Asking {
    from: AccountId,
    to: AccountId,
    request: ContactRequestId,
    note: RequestNote,
    now: Millis,
}

/// What a request led to.
enum Asked {
    /// It waits and both may see it.
    Waits,
    /// It waits, and the other does not see it, or the sender does not.
    WaitsUnseen,
    /// The other had asked: they are contacts.
    Joined,
}

impl People {
    async fn request_contact(
        &self,
        from: AccountId,
        whom: &Whom,
        note: String,
    ) -> Result<ContactRequestId, RequestContactError> {
        let now = self.now()?;
        self.take(&self.limits.requests_per_account, &from.to_bytes(), now)?;
        let by_number = matches!(whom, Whom::Phone(_));
        let (to, target) = self.look_up(from, whom).await?;
        self.take(&self.limits.requests_per_pair, &[&from.to_bytes(), &target[..]].concat(), now)?;

        let request = ContactRequestId::new(now, self.rng.ulid_bits());
        if to == Some(from) {
            return Err(RequestContactError::Yourself);
        }
        let mut tx = self.db.begin_write().await?;
        let note = RequestNote { note, by_number };
        let Some(to) = to else {
            if by_number {
                self.pretend(&mut tx, Asking { from, to: from, request, note, now }).await?;
                tx.commit().await?;
                return Ok(request);
            }
            return Err(RequestContactError::UnknownAccount);
        };
        match self.ask(&mut tx, &Asking { from, to, request, note, now }).await {
            Ok(asked) => {
                tx.commit().await?;
                self.after_asked(from, to, &asked);
                Ok(request)
            }
            Err(error @ RequestContactError::Fault(_)) => Err(error),
            Err(_) if by_number => {
                let note = RequestNote { note: String::new(), by_number };
                self.pretend(&mut tx, Asking { from, to: from, request, note, now }).await?;
                tx.commit().await?;
                Ok(request)
            }
            Err(error) => Err(error),
        }
    }

    /// Whom a request is for, and what the limit per pair is counted by. A number is counted as a number, so that the
    /// limit does not tell whose it is.
    async fn look_up(&self, from: AccountId, whom: &Whom) -> Result<(Option<AccountId>, Vec<u8>), RequestContactError> {
        let hash: Hash = match whom {
            Whom::AccountId(account) => {
                let there = self.vault.holds_account(*account).then_some(*account);
                return Ok((there, account.to_bytes().to_vec()));
            }
            Whom::Token(token) => {
                let owner = self.owner_of_token(token).await?;
                let target = owner.map(|account| account.to_bytes().to_vec());
                return Ok((owner, target.unwrap_or_else(|| token.as_bytes().to_vec())));
            }
            Whom::Handle(text) => secrets::handle_hash(&self.vault, &Handle::parse(text)?),
            Whom::Phone(text) => secrets::number_hash(&self.vault, &Phone::parse(text)?),
        };
        let pointer = accounts::pointer(&self.db, hash).await?;
        let found = pointer.and_then(|pointer| self.vault.open_pointer(&pointer));
        // Somebody's rows are read in any case, so that the time this takes tells nothing.
        let row = accounts::read(&self.db, found.unwrap_or(from)).await?;
        let mut account = None;
        if let Some(found) = found {
            let findable = self.findable_of(found, row.as_ref().and_then(|row| row.findable.as_deref()))?;
            self.check_found(found, row, hash)?;
            let shown = if matches!(whom, Whom::Handle(_)) { findable.by_handle } else { findable.by_phone };
            // To others it is from here on as if nobody had this number or Billet ID.
            account = (shown || found == from).then_some(found);
        }
        let target = match (whom, account) {
            (Whom::Handle(_), Some(account)) => account.to_bytes().to_vec(),
            _ => hash.to_vec(),
        };
        Ok((account, target))
    }

    /// The rule, under the locks of both.
    async fn ask(&self, tx: &mut Tx, asking: &Asking) -> Result<Asked, RequestContactError> {
        let Asking { from, to, ref note, now, .. } = *asking;
        if !accounts::lock_pair(tx, from, to).await? {
            return Err(RequestContactError::UnknownAccount);
        }
        if contacts::has_blocked(tx, from, to).await? {
            return Err(RequestContactError::Blocked);
        }
        if contacts::are_contacts(tx, from, to).await? {
            return Err(RequestContactError::AlreadyContacts);
        }
        if contacts::remove_request(tx, to, from, now).await? {
            self.join(tx, from, to, now).await?;
            return Ok(Asked::Joined);
        }
        let earlier = contacts::request_between(tx, from, to, now).await?;
        if note.by_number && earlier.as_ref().is_some_and(|earlier| self.is_shown(earlier)) {
            // One that its sender sees stays as it is, and so says nothing about the number.
            return Ok(Asked::WaitsUnseen);
        }
        contacts::remove_request(tx, from, to, now).await?;
        if contacts::requests_waiting(tx, to).await? < REQUESTS_WAITING_MAX {
            self.write_request(tx, asking).await?;
        }
        let unseen = contacts::has_blocked(tx, to, from).await?;
        Ok(if unseen { Asked::WaitsUnseen } else { Asked::Waits })
    }

    async fn write_request(&self, tx: &mut Tx, asking: &Asking) -> Result<(), RequestContactError> {
        let Asking { from, to, request, ref note, now } = *asking;
        let expires_at = rows::ContactRequest::INFO.period.deadline(now).unwrap_or(now);
        let sealed = self.seal(note, &of_request(from, request, now))?;
        let row = RequestRow { request, from, to, created_at: now, expires_at, sealed };
        Ok(contacts::insert_request(tx, row).await?)
    }

    /// The work of [`People::ask`] where there is nobody to ask, statement for statement, on a request to oneself that is
    /// taken back: how long the answer takes tells as little about a number as the answer does (SECR-ACCESS, D-56).
    async fn pretend(&self, tx: &mut Tx, asking: Asking) -> Result<(), RequestContactError> {
        let Asking { from, to, now, .. } = asking;
        accounts::lock_pair(tx, from, to).await?;
        contacts::has_blocked(tx, from, to).await?;
        contacts::are_contacts(tx, from, to).await?;
        contacts::request_between(tx, to, from, now).await?;
        contacts::request_between(tx, from, to, now).await?;
        contacts::requests_waiting(tx, to).await?;
        self.write_request(tx, &asking).await?;
        contacts::remove_request(tx, from, to, now).await?;
        contacts::has_blocked(tx, to, from).await?;
        Ok(())
    }

    /// Makes two people contacts, when both have room.
    pub(crate) async fn join(
        &self,
        tx: &mut Tx,
        one: AccountId,
        other: AccountId,
        now: Millis,
    ) -> Result<(), RequestContactError> {
        let most = contacts::count(tx, one).await?.max(contacts::count(tx, other).await?);
        if most >= CONTACTS_MAX {
            return Err(RequestContactError::TooManyContacts);
        }
        contacts::remove_request(tx, one, other, now).await?;
        contacts::remove_request(tx, other, one, now).await?;
        Ok(contacts::join(tx, one, other, now).await?)
    }

    fn after_asked(&self, from: AccountId, to: AccountId, asked: &Asked) {
        match asked {
            Asked::Joined => self.after_joined(from, to),
            Asked::Waits => {
                self.tell_contacts_changed(to);
                self.tell_contacts_changed(from);
                self.tell_requested(to);
            }
            Asked::WaitsUnseen => self.tell_contacts_changed(from),
        }
    }

    /// Once it is durable that two became contacts, or ceased to be.
    pub(crate) fn after_joined(&self, one: AccountId, other: AccountId) {
        for account in [one, other] {
            self.reach.forget(account);
            self.tell_contacts_changed(account);
        }
        self.shed_soon();
    }

    /// Whether a request is shown to whoever made it.
    pub(crate) fn is_shown(&self, row: &RequestRow) -> bool {
        let permit = Permit::<rows::ContactRequest>::to::<purposes::ConnectPeople>();
        let address = of_request(row.from, row.request, row.created_at);
        self.open_sealed::<RequestNote>(&row.sealed, &address, permit).is_ok_and(|note| !note.by_number)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use http::Method;
    use kernel::{AccountId, DAY_MS};
    use serde_json::{Value, json};

    use crate::limits::{NOTE_CHARS_MAX, REQUESTS_PER_ACCOUNT, REQUESTS_PER_PAIR};
    use crate::testing::{ADA, Answer, BOB, EVE, START, World, accept, decline, in_a_world};

    /// A number that nobody registered.
    const NOBODY: &str = "+447700900999";

    fn requests(list: &Value) -> Vec<&Value> {
        list["requests"].as_array().unwrap().iter().collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_shows_on_both_sides_and_makes_contacts_when_accepted() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            world.heard.contacts();
            let body = json!({ "to": { "account_id": bob.account }, "note": " hello, it is Ada " });
            let asked = world.post("/v1/contacts/requests", &ada, body).await.is(201);
            assert_eq!(world.heard.contacts(), HashSet::from([ada.account, bob.account]));

            let seen_by_bob = world.get("/v1/contacts/requests", &bob).await;
            let [request] = requests(&seen_by_bob)[..] else { panic!("{seen_by_bob}") };
            assert_eq!(request["direction"], "in");
            assert_eq!(request["account_id"], ada.account.to_string());
            assert_eq!((request["alias"].as_str(), request["note"].as_str()), (Some("Ada"), Some("hello, it is Ada")));
            let seen_by_ada = world.get("/v1/contacts/requests", &ada).await;
            assert_eq!(requests(&seen_by_ada)[0]["direction"], "out");
            assert_eq!(requests(&seen_by_ada)[0]["alias"], "Bob");

            world.post(&accept(&asked), &ada, Value::Null).await.refused(404, "unknown_request");
            world.post(&accept(&asked), &bob, Value::Null).await.is(204);
            for (who, other) in [(&ada, &bob), (&bob, &ada)] {
                assert!(requests(&world.get("/v1/contacts/requests", who).await).is_empty());
                let contacts = world.get("/v1/contacts", who).await;
                assert_eq!(contacts["contacts"][0]["account_id"], other.account.to_string());
            }
            assert_eq!(world.rows("contact_request").await, 0, "answered, it ends with its note");
            world.post(&accept(&asked), &bob, Value::Null).await.refused(404, "unknown_request");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_declined_request_is_gone_and_nobody_is_a_contact() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let asked = world.ask(&ada, json!({ "account_id": bob.account })).await.is(201);
            world.post(&decline(&asked), &bob, Value::Null).await.is(204);
            assert_eq!(world.rows("contact_request").await, 0);
            world.post(&accept(&asked), &bob, Value::Null).await.refused(404, "unknown_request");
            world.post(&decline(&asked), &bob, Value::Null).await.refused(404, "unknown_request");
            assert!(world.people.may_send(ada.account, bob.account).await.is_err());
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_who_ask_each_other_are_contacts_without_accepting() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            world.ask(&ada, json!({ "phone": BOB })).await.is(201);
            world.ask(&bob, json!({ "phone": ADA })).await.is(201);
            world.people.may_send(ada.account, bob.account).await.unwrap();
            world.people.may_send(bob.account, ada.account).await.unwrap();
            assert_eq!(world.rows("contact_request").await, 0);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_who_ask_each_other_at_once_are_contacts_and_nothing_waits() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let (one, other) = tokio::join!(
                world.ask(&ada, json!({ "account_id": bob.account })),
                world.ask(&bob, json!({ "account_id": ada.account })),
            );
            one.is(201);
            other.is(201);
            world.people.may_send(ada.account, bob.account).await.unwrap();
            assert_eq!((world.rows("contact").await, world.rows("contact_request").await), (2, 0));
        })
        .await;
    }

    /// D-56, PROTOCOL: by number the answer is 201 whether the number has an account, is a contact, has blocked or is
    /// blocked; and the sender's own list looks the same in each case.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_by_number_says_nothing_about_the_number() {
        in_a_world(async |world| {
            let (ada, contact) = world.contacts(ADA, BOB).await;
            let (blocks_ada, _) = (world.person(EVE, "Eve").await, ());
            world.post(&format!("/v1/contacts/{}/block", ada.account), &blocks_ada, Value::Null).await.is(204);
            let stranger = world.person("+390612345678", "Stranger").await;
            let blocked = world.person("+33612345678", "Blocked").await;
            world.post(&format!("/v1/contacts/{}/block", blocked.account), &ada, Value::Null).await.is(204);

            let mut seen = Vec::new();
            for phone in [NOBODY, BOB, EVE, "+390612345678", "+33612345678"] {
                let answer = world.ask(&ada, json!({ "phone": phone })).await;
                let mut body = answer.body.clone();
                assert!(body["request_id"].take().is_string());
                seen.push((answer.status, body, world.get("/v1/contacts/requests", &ada).await));
            }
            for other in &seen[1..] {
                assert_eq!(other, &seen[0]);
            }
            assert_eq!(seen[0].0, 201);
            // That the request arrived where it should is seen on the other side.
            assert_eq!(requests(&world.get("/v1/contacts/requests", &stranger).await).len(), 1);
            assert_eq!(requests(&world.get("/v1/contacts/requests", &blocks_ada).await).len(), 0);
            assert_eq!(requests(&world.get("/v1/contacts/requests", &contact).await).len(), 0);
        })
        .await;
    }

    /// D-56: neither does the limit per pair, nor a request that its sender sees.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_by_number_leaves_one_by_id_and_its_limit_alone() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            for _ in 0..REQUESTS_PER_PAIR.burst {
                world.ask(&ada, json!({ "account_id": bob.account })).await.is(201);
            }
            world.ask(&ada, json!({ "account_id": bob.account })).await.refused(429, "too_many");
            let before = world.get("/v1/contacts/requests", &ada).await;
            assert_eq!(requests(&before).len(), 1);
            for phone in [BOB, NOBODY] {
                for _ in 0..REQUESTS_PER_PAIR.burst {
                    world.ask(&ada, json!({ "phone": phone })).await.is(201);
                }
                world.ask(&ada, json!({ "phone": phone })).await.refused(429, "too_many");
            }
            assert_eq!(world.get("/v1/contacts/requests", &ada).await, before);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn somebody_is_found_by_billet_id_in_any_case() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            world.call(Method::PATCH, "/v1/me", Some(&bob), json!({ "handle": "BobTheBuilder" })).await.is(200);
            world.ask(&ada, json!({ "handle": "bobthebuilder" })).await.is(201);
            assert_eq!(requests(&world.get("/v1/contacts/requests", &bob).await).len(), 1);
            world.ask(&ada, json!({ "handle": "bobthebuilde" })).await.refused(404, "unknown_account");
            world.ask(&ada, json!({ "handle": "no" })).await.refused(422, "invalid_handle");
            let nobody = AccountId::new(START, 1);
            world.ask(&ada, json!({ "account_id": nobody })).await.refused(404, "unknown_account");
        })
        .await;
    }

    /// D-56: whoever is not to be found by number or Billet ID is to others as somebody who does not exist.
    #[tokio::test(flavor = "multi_thread")]
    async fn who_hides_is_answered_for_like_nobody() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let patch = async |change: Value| {
                world.call(Method::PATCH, "/v1/me", Some(&bob), change).await.is(200);
            };
            patch(json!({ "handle": "BobTheBuilder", "findable": { "by_phone": false, "by_handle": false } })).await;
            let mut seen = Vec::new();
            for phone in [NOBODY, BOB] {
                let mut answers = Vec::new();
                for _ in 0..=REQUESTS_PER_PAIR.burst {
                    let mut answer = world.ask(&ada, json!({ "phone": phone })).await;
                    answer.body["request_id"] = Value::Null;
                    answers.push((answer.status, answer.body, world.get("/v1/contacts/requests", &ada).await));
                }
                seen.push(answers);
            }
            assert_eq!(seen[0], seen[1]);
            for handle in ["bobthebuilder", "nobodyatall"] {
                world.ask(&ada, json!({ "handle": handle })).await.refused(404, "unknown_account");
            }
            assert!(requests(&world.get("/v1/contacts/requests", &bob).await).is_empty());
            // To himself he is there, and each way is his to open.
            world.ask(&bob, json!({ "handle": "bobthebuilder" })).await.refused(422, "yourself");
            patch(json!({ "findable": { "by_handle": true } })).await;
            world.ask(&ada, json!({ "handle": "bobthebuilder" })).await.is(201);
            assert_eq!(requests(&world.get("/v1/contacts/requests", &bob).await).len(), 1);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_makes_no_sense_is_told() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            world.ask(&ada, json!({ "account_id": bob.account })).await.refused(409, "already_contacts");
            world.ask(&ada, json!({ "account_id": ada.account })).await.refused(422, "yourself");
            world.ask(&ada, json!({ "phone": ADA })).await.refused(422, "yourself");
            world.ask(&ada, json!({ "phone": "+8613800138000" })).await.refused(422, "other_operator");
            let eve = world.person(EVE, "Eve").await;
            world.post(&format!("/v1/contacts/{}/block", eve.account), &ada, Value::Null).await.is(204);
            world.ask(&ada, json!({ "account_id": eve.account })).await.refused(409, "blocked");
            let note = "x".repeat(NOTE_CHARS_MAX + 1);
            let body = json!({ "to": { "account_id": eve.account }, "note": note });
            world.post("/v1/contacts/requests", &ada, body).await.refused(422, "invalid_text");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_account_asks_only_so_many_people() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let ask = async |n: u32| -> Answer { world.ask(&ada, json!({ "phone": format!("+4477009{n:05}") })).await };
            for n in 0..REQUESTS_PER_ACCOUNT.burst {
                ask(n).await.is(201);
            }
            ask(99_999).await.refused(429, "too_many");
        })
        .await;
    }

    /// Policy row `contact_request`: 30 days.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_that_nobody_answers_is_gone_after_30_days() {
        in_a_world(async |world: &World| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let asked = world.ask(&ada, json!({ "account_id": bob.account })).await.is(201);
            world.clock.advance(30 * DAY_MS - 1);
            assert_eq!(requests(&world.get("/v1/contacts/requests", &bob).await).len(), 1);
            world.clock.advance(1);
            assert_eq!(requests(&world.get("/v1/contacts/requests", &bob).await).len(), 0);
            world.post(&accept(&asked), &bob, Value::Null).await.refused(404, "unknown_request");
            // One that has run out does not make contacts when the other asks.
            world.ask(&bob, json!({ "account_id": ada.account })).await.is(201);
            assert!(world.people.may_send(ada.account, bob.account).await.is_err());
            world.people.sweep().await.unwrap();
            assert_eq!(world.rows("contact_request").await, 1, "Bob's waits");
        })
        .await;
    }
}
