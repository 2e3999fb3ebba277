//! `DELETE /v1/me`: an account ends at once (D-05).
//!
//! The order makes every cut harmless. One transaction takes the rows away: from its commit on nobody is signed in, and
//! number and Billet ID are free. Then the key is destroyed, and with it everything that was sealed for the account,
//! wherever a copy lies. Then the others forget it. A key without rows is destroyed at the next start
//! (`sweep_unfinished_accounts`), and the lease log forgets there whoever has no key.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use kernel::{AccountId, Millis};
use policy::{Permit, purposes, rows};
use storage::sql::Tx;
use wire::Problem;
use wire::rest::AccountDeletion;

use crate::end_session::NO_COOKIE;
use crate::http::{ClientAddress, JsonBody};
use crate::limits::CODE_TRIES_MAX;
use crate::people::TooMany;
use crate::phone::Phone;
use crate::problem::{Refuse, answers, faults};
use crate::records::{Profile, Registration, of_account};
use crate::store::{Hash, accounts, codes, contacts, devices};
use crate::words::Handle;
use crate::{Fault, People, SignedIn, secrets};

/// Why the account stays.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeleteAccountError {
    /// The code is wrong, too old, tried too often, or there is none.
    #[error("the code is wrong or no longer good")]
    WrongCode,
    /// It went meanwhile.
    #[error("this account is gone")]
    Gone,
    /// Too many tries from this address.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(DeleteAccountError);
answers!(DeleteAccountError);

impl Refuse for DeleteAccountError {
    fn problem(&self) -> Problem {
        match self {
            Self::WrongCode => {
                Problem::new(422, "wrong_code", "the code is wrong or no longer good; look again, or ask for another")
            }
            Self::Gone => Problem::new(410, "account_gone", self.to_string()),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Deletes the account that asks, at once and for good: its sessions end and sockets close (4001), its number and Billet
/// ID are free, what it sent and is not delivered is withdrawn, and nobody, the operator included, can read what it left.
/// It takes a code that went to the account's own number (`POST /v1/codes`): a session alone is not enough.
#[utoipa::path(delete, path = "/v1/me", tag = "people", request_body = AccountDeletion, responses(
    (status = 204, description = "deleted"),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 410, description = "`account_gone`", body = Problem),
    (status = 422, description = "`wrong_code`", body = Problem),
    (status = 429, description = "`too_many`", body = Problem),
))]
pub(crate) async fn delete_account(
    State(people): State<Arc<People>>,
    who: SignedIn,
    from: ClientAddress,
    JsonBody(body): JsonBody<AccountDeletion>,
) -> Result<Response, DeleteAccountError> {
    // On its own, so that it goes on to its end when whoever asked hangs up.
    let deletion = tokio::spawn(async move { people.delete_account(who.account, &body.code, from).await });
    deletion.await.map_err(|_| Fault::Broken)??;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, NO_COOKIE)]).into_response())
}

/// An account whose rows are gone and whose key is not yet.
pub(crate) struct Removed {
    account: AccountId,
    tokens: Vec<Hash>,
    /// They get a notice that waits for them.
    contacts: Vec<AccountId>,
    /// Their lists have changed.
    others: Vec<AccountId>,
}

impl People {
    async fn delete_account(
        &self,
        account: AccountId,
        code: &str,
        from: ClientAddress,
    ) -> Result<(), DeleteAccountError> {
        let now = self.now()?;
        self.take(&self.limits.logins_per_address, &from.network(), now)?;
        let removed = self.remove_rows(account, code, now).await?;
        self.forget_removed(removed).await?;
        Ok(())
    }

    /// The first step: proves that it is meant, and takes every row of the account away in one transaction.
    pub(crate) async fn remove_rows(
        &self,
        account: AccountId,
        code: &str,
        now: Millis,
    ) -> Result<Removed, DeleteAccountError> {
        let row = accounts::read(&self.db, account).await?.ok_or(DeleteAccountError::Gone)?;
        let number = self.number_of(account, &row.registration)?;
        // The code's row first, as signing in does, so that the two never wait for each other.
        let mut tx = self.db.begin_write().await?;
        let expected = codes::try_code(&mut tx, number, now, CODE_TRIES_MAX).await?;
        let given = secrets::typed_code(code).map(|code| secrets::code_hash(&self.vault, number, &code));
        if expected.is_none() || expected != given {
            // The try counts.
            tx.commit().await?;
            return Err(DeleteAccountError::WrongCode);
        }
        if !accounts::lock(&mut tx, account).await? {
            return Err(DeleteAccountError::Gone);
        }
        let tokens = devices::tokens(&mut tx, account).await?;
        let (contacts, others) = contacts::acquainted(&mut tx, account).await?;
        self.free_names(&mut tx, account, number).await?;
        accounts::remove(&mut tx, account).await?;
        tx.commit().await?;
        Ok(Removed { account, tokens, contacts, others })
    }

    /// The rest, each step of which the next start would take as well.
    pub(crate) async fn forget_removed(&self, removed: Removed) -> Result<(), Fault> {
        let Removed { account, tokens, contacts, others } = removed;
        for token in &tokens {
            self.sessions.forget(token);
        }
        self.reach.forget(account);
        for other in contacts.iter().chain(&others) {
            self.reach.forget(*other);
        }
        self.with_vault(move |vault| vault.destroy_account(account)).await??;
        self.tell_account_deleted(account, contacts.clone()).await;
        for other in contacts.into_iter().chain(others) {
            self.tell_contacts_changed(other);
        }
        // What others had written about it (remarks, notes) was sealed under keys of theirs that live on.
        self.shed_soon();
        tracing::info!(%account, "an account was deleted by its owner");
        Ok(())
    }

    /// Makes number and Billet ID free, and takes away the code and whatever else goes by the number.
    async fn free_names(&self, tx: &mut Tx, account: AccountId, number: Hash) -> Result<(), DeleteAccountError> {
        let row = accounts::read_in(tx, account).await?.ok_or(DeleteAccountError::Gone)?;
        let permit = Permit::<rows::Profile>::to::<purposes::FulfilRights>();
        let profile = self.open_sealed::<Profile>(&row.profile, &of_account(account), permit)?;
        if let Some(handle) = profile.handle.as_deref().and_then(|text| Handle::parse(text).ok()) {
            accounts::remove_pointer(tx, secrets::handle_hash(&self.vault, &handle)).await?;
        }
        accounts::remove_pointer(tx, number).await?;
        Ok(codes::remove(tx, number).await?)
    }

    fn number_of(&self, account: AccountId, sealed: &[u8]) -> Result<Hash, Fault> {
        let permit = Permit::<rows::Registration>::to::<purposes::FulfilRights>();
        let registration = self.open_sealed::<Registration>(sealed, &of_account(account), permit)?;
        let phone = Phone::parse(&registration.phone).map_err(|_| Fault::Contradiction("a stored number is none"))?;
        Ok(secrets::number_hash(&self.vault, &phone))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use http::Method;
    use serde_json::{Value, json};

    use crate::limits::CODE_TRIES_MAX;
    use crate::store::testing::all_bytes;
    use crate::testing::{ADA, Answer, BOB, EVE, Person, World, in_a_world};
    use crate::{Refusal, SignInError};

    const EVERY_TABLE: [&str; 23] = [
        "account",
        "add_token",
        "blind_index",
        "block",
        "chat_draft",
        "chat_setting",
        "consent_proof",
        "contact",
        "contact_request",
        "contact_tag",
        "device",
        "device_link",
        "findable",
        "login",
        "policy_notice",
        "profile",
        "profile_photo",
        "push_subscription",
        "remark",
        "reminder",
        "report",
        "session",
        "verification_code",
    ];

    async fn delete(world: &World, who: &Person, code: &str) -> Answer {
        world.call(Method::DELETE, "/v1/me", Some(who), json!({ "code": code })).await
    }

    /// Deletes the account of a number.
    async fn leave(world: &World, who: &Person, phone: &str) -> Answer {
        let code = world.code_for(phone).await;
        let answer = delete(world, who, &code).await;
        world.clock.advance(crate::limits::CODE_RESEND_AFTER_MS);
        answer
    }

    /// Ada with something of everything: contact, remarks both ways, requests both ways, blocks both ways, a Billet ID.
    async fn a_life(world: &World) -> (Person, Person) {
        let (ada, bob) = world.contacts(ADA, BOB).await;
        let eve = world.person(EVE, "Eve").await;
        let zoe = world.person("+33612345678", "Zoe").await;
        for (who, other) in [(&ada, &bob), (&bob, &ada)] {
            let path = format!("/v1/contacts/{}", other.account);
            world.call(Method::PATCH, &path, Some(who), json!({ "remark": "a remark" })).await.is(204);
        }
        world.ask(&ada, json!({ "account_id": eve.account })).await.is(201);
        world.ask(&zoe, json!({ "account_id": ada.account })).await.is(201);
        world.post(&format!("/v1/contacts/{}/block", zoe.account), &ada, Value::Null).await.is(204);
        world.post(&format!("/v1/contacts/{}/block", ada.account), &eve, Value::Null).await.is(204);
        world.call(Method::PATCH, "/v1/me", Some(&ada), json!({ "handle": "ada_lovelace" })).await.is(200);
        (ada, bob)
    }

    /// ACCT-DELETE, D-05: a right code to the account's own number deletes it at once: every session dies, cached or not, the key
    /// is destroyed, and no row of it or about it is left.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_deleted_account_leaves_nothing_and_is_signed_out_everywhere() {
        in_a_world(async |world| {
            let mut before = Vec::new();
            let (bob, zoe) = (world.person(BOB, "Bob").await, world.person(EVE, "Eve").await);
            world.befriend(&bob, &zoe).await;
            for table in EVERY_TABLE {
                before.push(world.rows(table).await);
            }
            let ada = world.person(ADA, "Ada").await;
            let tablet = world.person(ADA, "Ada").await;
            world.befriend(&ada, &bob).await;
            let path = format!("/v1/contacts/{}", ada.account);
            let notes = json!({ "remark": "a remark", "tags": ["a tag"] });
            world.call(Method::PATCH, &path, Some(&bob), notes).await.is(204);
            world.ask(&ada, json!({ "account_id": zoe.account })).await.is(201);
            for (who, other) in [(&ada, &bob), (&bob, &ada)] {
                let chat = json!({ "conversation": { "account": other.account }, "muted": true, "draft": "dear" });
                let body = json!({ "chats": [chat] });
                world.call(Method::PATCH, "/v1/me/chats", Some(who), body).await.is(200);
            }
            let keys = json!({ "p256dh": crate::testing::P256DH, "auth": "BTBZMqHH6r4Tts7J_aSIgg" });
            let push = json!({ "endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": keys });
            world.call(Method::PUT, "/v1/me/push", Some(&ada), push).await.is(204);
            let message = kernel::MessageId::new(kernel::Millis(1), 1);
            let later = world.vault.now().unwrap() + kernel::HOUR_MS;
            let reminder = json!({ "conversation": { "account": bob.account }, "message": message, "at": later });
            world.post("/v1/me/reminders", &ada, reminder).await.is(201);
            world.post(&format!("{path}/block"), &zoe, Value::Null).await.is(204);
            let change = json!({ "handle": "ada_lovelace", "findable": { "by_phone": false } });
            world.call(Method::PATCH, "/v1/me", Some(&ada), change).await.is(200);
            world.get("/v1/me/add_token", &ada).await;
            let report = json!({ "account_id": bob.account, "reason": "spam" });
            world.post("/v1/reports", &ada, report).await.is(201);
            world.put_photo(&ada, crate::jpeg::tests::picture(8, 8, &[], &[])).await.is(200);
            let laptop = json!({ "device": { "name": "Laptop", "platform": "linux" } });
            let link = world.call(Method::POST, "/v1/device_links", None, laptop).await.is(201);
            let path = format!("/v1/device_links/{}/confirm", link["token"].as_str().unwrap());
            world.post(&path, &ada, Value::Null).await.is(204);
            for (table, before) in EVERY_TABLE.iter().zip(&before) {
                let same = ["block", "consent_proof", "policy_notice", "verification_code"].contains(table);
                assert!(same || world.rows(table).await > *before, "{table} holds something of hers");
            }
            world.people.authenticate(&tablet.token).await.unwrap();
            world.heard.contacts();

            leave(world, &ada, ADA).await.is(204);
            for token in [&ada.token, &tablet.token] {
                assert!(matches!(world.people.authenticate(token).await, Err(SignInError::NotSignedIn)));
            }
            assert!(!world.vault.holds_account(ada.account));
            for (table, before) in EVERY_TABLE.iter().zip(before) {
                assert_eq!(world.rows(table).await, before, "{table}");
            }
            assert_eq!(world.heard.deleted(), [(ada.account, vec![bob.account])]);
            assert_eq!(world.heard.contacts(), HashSet::from([bob.account, zoe.account]));
            let bytes = all_bytes(&world.db).await;
            let id = ada.account.to_bytes();
            assert!(!bytes.windows(id.len()).any(|window| window == id), "her id stands in no sealed box's address");
        })
        .await;
    }

    /// ACCT-DELETE: contacts see it gone; nobody finds it by number or Billet ID; what it did to others is undone.
    #[tokio::test(flavor = "multi_thread")]
    async fn to_everybody_else_it_is_as_if_there_were_no_such_account() {
        in_a_world(async |world| {
            let (ada, bob) = a_life(world).await;
            leave(world, &ada, ADA).await.is(204);
            assert_eq!(world.get("/v1/contacts", &bob).await["contacts"], json!([]));
            assert_eq!(world.people.may_send(bob.account, ada.account).await, Err(Refusal::NotAContact));
            world.ask(&bob, json!({ "account_id": ada.account })).await.refused(404, "unknown_account");
            world.ask(&bob, json!({ "handle": "ada_lovelace" })).await.refused(404, "unknown_account");
            world.ask(&bob, json!({ "phone": ADA })).await.is(201);
            let path = format!("/v1/contacts/{}", ada.account);
            world.post(&format!("{path}/block"), &bob, Value::Null).await.refused(404, "unknown_account");
            world.call(Method::DELETE, &path, Some(&bob), Value::Null).await.refused(404, "not_a_contact");
        })
        .await;
    }

    /// ACCT-REREG: the number starts afresh; old friends see a stranger, and the Billet ID is anybody's.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_number_registers_again_and_nothing_of_the_old_account_comes_back() {
        in_a_world(async |world| {
            let (ada, bob) = a_life(world).await;
            leave(world, &ada, ADA).await.is(204);
            let code = world.code_for(ADA).await;
            world.sign_in(json!({ "phone": ADA, "code": code })).await.refused(422, "alias_required");
            let fields = json!({ "phone": ADA, "code": code, "alias": "Somebody" });
            let again = world.sign_in(fields).await.is(201);
            assert_eq!(again["created"], true);
            assert_ne!(again["account_id"], ada.account.to_string());
            let again = Person {
                account: serde_json::from_value(again["account_id"].clone()).unwrap(),
                device: serde_json::from_value(again["device_id"].clone()).unwrap(),
                token: again["token"].as_str().unwrap().to_owned(),
            };
            let me = world.get("/v1/me", &again).await;
            assert_eq!((&me["alias"], &me["handle"]), (&json!("Somebody"), &Value::Null));
            for (path, list) in
                [("/v1/contacts", "contacts"), ("/v1/contacts/requests", "requests"), ("/v1/blocks", "blocked")]
            {
                assert_eq!(world.get(path, &again).await[list], json!([]), "{path}");
            }
            assert_eq!(world.get("/v1/logins", &again).await["logins"].as_array().unwrap().len(), 1);
            assert_eq!(world.people.may_send(bob.account, again.account).await, Err(Refusal::NotAContact));
            world.call(Method::PATCH, "/v1/me", Some(&bob), json!({ "handle": "Ada_Lovelace" })).await.is(200);
        })
        .await;
    }

    /// D-56: a session alone is no proof. A wrong code counts, a right one of another number does not, and all of it leaves the
    /// account as it was.
    #[tokio::test(flavor = "multi_thread")]
    async fn only_a_good_code_to_the_accounts_own_number_deletes_it() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            delete(world, &ada, "123456").await.refused(422, "wrong_code");
            let bobs = world.code_for(BOB).await;
            delete(world, &ada, &bobs).await.refused(422, "wrong_code");
            let code = world.code_for(ADA).await;
            world.call(Method::DELETE, "/v1/me", None, json!({ "code": code })).await.refused(401, "not_signed_in");
            let without = world.call(Method::DELETE, "/v1/me", Some(&ada), Value::Null).await;
            without.refused(415, "not_json");
            let wrong = if code.starts_with('1') { "222222" } else { "111111" };
            for _ in 0..CODE_TRIES_MAX {
                delete(world, &ada, wrong).await.refused(422, "wrong_code");
            }
            delete(world, &ada, &code).await.refused(422, "wrong_code");
            world.get("/v1/me", &ada).await;
            assert!(world.heard.deleted().is_empty());
            world.clock.advance(crate::limits::CODE_RESEND_AFTER_MS);
            leave(world, &ada, ADA).await.is(204);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn deleting_twice_is_deleting_once() {
        in_a_world(async |world| {
            let (ada, tablet) = (world.person(ADA, "Ada").await, world.person(ADA, "Ada").await);
            let code = world.code_for(ADA).await;
            let (one, other) = tokio::join!(delete(world, &ada, &code), delete(world, &tablet, &code));
            let mut answers = [one.status.as_u16(), other.status.as_u16()];
            answers.sort_unstable();
            assert_eq!(answers[0], 204);
            assert!([401, 410, 422].contains(&answers[1]), "{answers:?}");
            assert_eq!(world.heard.deleted().len(), 1);
            delete(world, &ada, &code).await.refused(401, "not_signed_in");
        })
        .await;
    }

    /// A code is good for one thing: whoever comes first has it.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_sign_in_at_the_same_instant_finds_the_account_or_none() {
        in_a_world(async |world| {
            for _ in 0..5 {
                let ada = world.person(ADA, "Ada").await;
                let code = world.code_for(ADA).await;
                let (left, came) = tokio::join!(
                    delete(world, &ada, &code),
                    world.sign_in(json!({ "phone": ADA, "code": code, "alias": "Ada" })),
                );
                world.clock.advance(crate::limits::CODE_RESEND_AFTER_MS);
                if left.status == 204 {
                    assert_eq!(came.status, 422, "{came:?}");
                    assert_eq!(world.rows("account").await, 0);
                } else {
                    left.refused(422, "wrong_code");
                    assert_eq!(came.is(201)["account_id"], ada.account.to_string());
                    leave(world, &ada, ADA).await.is(204);
                }
                world.clock.advance(kernel::HOUR_MS);
            }
        })
        .await;
    }

    /// D-05: a stop between any two steps. The start ends what was begun, and the number is free.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_deletion_that_was_cut_off_is_finished_at_the_next_start() {
        in_a_world(async |world| {
            let (ada, bob) = a_life(world).await;
            let code = world.code_for(ADA).await;
            let removed = world.people.remove_rows(ada.account, &code, world.vault.now().unwrap()).await.unwrap();
            // The process ends here: nothing after the commit has happened.
            drop(removed);
            assert!(world.vault.holds_account(ada.account), "the test must be able to see the key go");
            let people = world.open_again().await;
            assert!(!world.vault.holds_account(ada.account) && world.vault.holds_account(bob.account));
            assert!(matches!(people.authenticate(&ada.token).await, Err(SignInError::NotSignedIn)));
            world.clock.advance(crate::limits::CODE_RESEND_AFTER_MS);
            assert_ne!(world.person(ADA, "Ada").await.account, ada.account);
        })
        .await;
    }

    /// D-40: a child who waits has no account that could be deleted, and a deletion leaves their record alone.
    #[tokio::test(flavor = "multi_thread")]
    async fn somebody_elses_waiting_child_goes_on_waiting() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let code = world.code_for(BOB).await;
            let child = json!({ "phone": BOB, "code": code, "alias": "Kid", "birth_date": "2020-01-01" });
            world.sign_in(child).await.is(202);
            world.clock.advance(crate::limits::CODE_RESEND_AFTER_MS);
            leave(world, &ada, ADA).await.is(204);
            assert_eq!(world.rows("waiting_child").await, 1);
            // And a number that is free again is nobody's: a child may wait with it.
            let code = world.code_for(ADA).await;
            let child = json!({ "phone": ADA, "code": code, "alias": "Kid", "birth_date": "2020-01-01" });
            world.sign_in(child).await.is(202);
        })
        .await;
    }

    /// ACCT-DELETE: on SQLite, whose files are ours, what others had sealed about it is in no file either.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_remark_of_a_friend_is_in_no_file() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            let path = format!("/v1/contacts/{}", ada.account);
            world.call(Method::PATCH, &path, Some(&bob), json!({ "remark": "a remark" })).await.is(204);
            if world.db.engine() != storage::sql::Engine::Sqlite {
                return;
            }
            let rows = crate::store::contacts::list(&world.db, bob.account).await.unwrap();
            let sealed = rows[0].remark.clone().unwrap();
            assert!(world.found_in_files(&sealed), "the search must be able to see it");
            leave(world, &ada, ADA).await.is(204);
            world.db.shed().await.unwrap();
            assert!(!world.found_in_files(&sealed));
        })
        .await;
    }
}
