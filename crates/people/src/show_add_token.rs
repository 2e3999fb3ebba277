//! `GET /v1/me/add_token`: the token in one's own QR code, made when it is first asked for.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use kernel::AccountId;
use policy::{Permit, purposes, rows};
use storage::sql::Tx;
use wire::Problem;
use wire::rest::AddToken;

use crate::problem::{Refuse, answers, faults};
use crate::records::{AddTokenRecord, of_account};
use crate::store::accounts;
use crate::store::finding::{self, AddTokenRow};
use crate::{Fault, People, SignedIn, secrets};

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddTokenError {
    /// The account went meanwhile.
    #[error("this account is gone")]
    Gone,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(AddTokenError);
answers!(AddTokenError);

impl Refuse for AddTokenError {
    fn problem(&self) -> Problem {
        match self {
            Self::Gone => Problem::new(410, "account_gone", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Shows the token of one's own QR code; the first call makes it, and so does the first after it was revoked.
#[utoipa::path(get, path = "/v1/me/add_token", tag = "people", responses(
    (status = 200, description = "the token", body = AddToken),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 410, description = "`account_gone`", body = Problem),
))]
pub(crate) async fn show_add_token(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Json<AddToken>, AddTokenError> {
    people.add_token(who.account).await.map(Json)
}

impl People {
    async fn add_token(&self, account: AccountId) -> Result<AddToken, AddTokenError> {
        if let Some(row) = finding::token(&self.db, account).await? {
            return Ok(self.shown(&row)?);
        }
        let mut tx = self.db.begin_write().await?;
        match self.new_add_token(&mut tx, account).await? {
            Some(made) => {
                tx.commit().await?;
                Ok(made)
            }
            // Another device was first.
            None => {
                drop(tx);
                let row = finding::token(&self.db, account).await?.ok_or(AddTokenError::Gone)?;
                Ok(self.shown(&row)?)
            }
        }
    }

    /// A fresh token, written down; nothing when the account has one.
    pub(crate) async fn new_add_token(
        &self,
        tx: &mut Tx,
        account: AccountId,
    ) -> Result<Option<AddToken>, AddTokenError> {
        if !accounts::lock(tx, account).await? {
            return Err(AddTokenError::Gone);
        }
        let created_at = self.now()?;
        let token = secrets::shown_token(&*self.rng);
        let sealed = self.seal(&AddTokenRecord { token: token.clone() }, &of_account(account))?;
        let hash = secrets::add_token_hash(&self.vault, &token);
        let made = finding::insert_token(tx, AddTokenRow { account, created_at, sealed }, hash).await?;
        Ok(made.then(|| AddToken { url: self.client_url("add", &token), token, created_at }))
    }

    fn shown(&self, row: &AddTokenRow) -> Result<AddToken, Fault> {
        let token = self.token_of(row)?;
        Ok(AddToken { url: self.client_url("add", &token), token, created_at: row.created_at })
    }

    fn token_of(&self, row: &AddTokenRow) -> Result<String, Fault> {
        let permit = Permit::<rows::AddToken>::to::<purposes::ConnectPeople>();
        let record = self.open_sealed::<AddTokenRecord>(&row.sealed, &of_account(row.account), permit)?;
        Ok(record.token.clone())
    }

    /// Whose QR code holds this token. A row counts only when its owner's own seal says the same (SECR-INTEGRITY).
    pub(crate) async fn owner_of_token(&self, token: &str) -> Result<Option<AccountId>, Fault> {
        if !secrets::is_shown_token(token) {
            return Ok(None);
        }
        let hash = secrets::add_token_hash(&self.vault, token);
        let Some(row) = finding::token_under(&self.db, hash).await? else { return Ok(None) };
        if !self.vault.holds_account(row.account) {
            return Ok(None);
        }
        if self.token_of(&row)? != token {
            return Err(Fault::Contradiction("a token leads to an account whose QR code holds another"));
        }
        Ok(Some(row.account))
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::{Value, json};
    use storage::sql::{RowExt as _, query};

    use crate::store::testing::all_bytes;
    use crate::testing::{ADA, BOB, EVE, ORIGIN, Person, World, accept, in_a_world};

    async fn token(world: &World, who: &Person) -> String {
        world.get("/v1/me/add_token", who).await["token"].as_str().unwrap().to_owned()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_qr_code_is_made_once_and_says_where_this_server_is() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let first = world.get("/v1/me/add_token", &ada).await;
            let token = first["token"].as_str().unwrap();
            assert_eq!(first["url"], format!("{ORIGIN}/add#{token}"));
            world.clock.advance(60_000);
            assert_eq!(world.get("/v1/me/add_token", &ada).await, first);
            assert_eq!(world.rows("add_token").await, 1);
            let found = all_bytes(&world.db).await.windows(token.len()).any(|window| window == token.as_bytes());
            assert!(!found, "the token stands nowhere in clear");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_devices_that_ask_at_once_are_shown_the_same_qr_code() {
        in_a_world(async |world| {
            let (phone, tablet) = (world.person(ADA, "Ada").await, world.person(ADA, "Ada").await);
            let (one, other) = tokio::join!(token(world, &phone), token(world, &tablet));
            assert_eq!((one == other, world.rows("add_token").await), (true, 1));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_scans_it_sees_whose_it_is_and_may_ask() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let token = token(world, &ada).await;
            let owner = world.get(&format!("/v1/add/{token}"), &bob).await;
            assert_eq!(owner, json!({ "account_id": ada.account, "alias": "Ada", "photo": null }));
            let asked = world.ask(&bob, json!({ "token": token })).await.is(201);
            world.post(&accept(&asked), &ada, Value::Null).await.is(204);
            world.people.may_send(bob.account, ada.account).await.unwrap();
            world.ask(&bob, json!({ "token": token })).await.refused(409, "already_contacts");
            world.ask(&ada, json!({ "token": token })).await.refused(422, "yourself");
        })
        .await;
    }

    /// Policy row `add_token`: it ends when it is revoked or replaced, and with the account.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_qr_code_that_was_revoked_or_replaced_leads_nowhere() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let dead = async |token: &str| {
                let path = format!("/v1/add/{token}");
                let answer = world.call(Method::GET, &path, Some(&bob), Value::Null).await;
                answer.refused(404, "unknown_token");
                world.ask(&bob, json!({ "token": token })).await.refused(404, "unknown_account");
            };
            let first = token(world, &ada).await;
            let second = world.post("/v1/me/add_token", &ada, Value::Null).await.is(200);
            let second = second["token"].as_str().unwrap();
            assert_ne!(first, second);
            assert_eq!(token(world, &ada).await, second);
            dead(&first).await;
            world.get(&format!("/v1/add/{second}"), &bob).await;
            for _ in 0..2 {
                world.call(Method::DELETE, "/v1/me/add_token", Some(&ada), Value::Null).await.is(204);
            }
            assert_eq!(world.rows("add_token").await, 0);
            dead(second).await;
            let third = token(world, &ada).await;
            assert_ne!(third, second);
            world.vault.destroy_account(ada.account).unwrap();
            dead(&third).await;
            dead("no-token").await;
        })
        .await;
    }

    /// SECR-INTEGRITY: whoever exchanges the hashes of two QR codes leads nobody to another person.
    #[tokio::test(flavor = "multi_thread")]
    async fn swapped_qr_codes_lead_nowhere() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let eve = world.person(EVE, "Eve").await;
            let codes = [token(world, &ada).await, token(world, &bob).await];
            let rows = query("SELECT account_id, token_hash FROM add_token").fetch_all(world.db.read()).await.unwrap();
            let mut tx = world.db.begin_write().await.unwrap();
            let at = |row: usize, column| rows[row].bytes(column).unwrap();
            for (row, hash) in [(0, vec![0; 32]), (1, at(0, "token_hash")), (0, at(1, "token_hash"))] {
                let change = query("UPDATE add_token SET token_hash = $2 WHERE account_id = $1");
                change.bind(at(row, "account_id")).bind(hash).execute(&mut *tx).await.unwrap();
            }
            tx.commit().await.unwrap();
            for code in codes {
                let path = format!("/v1/add/{code}");
                world.call(Method::GET, &path, Some(&eve), Value::Null).await.refused(500, "internal");
                world.ask(&eve, json!({ "token": code })).await.refused(500, "internal");
            }
        })
        .await;
    }
}
