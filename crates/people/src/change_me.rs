//! `PATCH /v1/me`: alias, Billet ID, region, and how one is found. What is replaced leaves no history (PROF-RETAIN).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use kernel::{AccountId, Millis};
use policy::{Permit, purposes, rows};
use storage::sql::Tx;
use wire::Problem;
use wire::rest::{FindableChange, Me, MeChange};

use crate::http::JsonBody;
use crate::limits::HANDLE_CHANGE_AFTER_MS;
use crate::problem::{Refuse, answers, faults, seconds};
use crate::records::{FindableRecord, Profile, Registration, of_account};
use crate::show_me::ShowMeError;
use crate::store::accounts::{self, AccountRow};
use crate::store::finding;
use crate::words::{self, Handle, Region, WordError};
use crate::{Fault, People, SignedIn, secrets};

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeMeError {
    /// A text is not acceptable.
    #[error(transparent)]
    Words(#[from] WordError),
    /// Somebody has that Billet ID, in this or another case.
    #[error("this Billet ID is taken; choose another")]
    HandleTaken,
    /// It was changed not long ago.
    #[error("a Billet ID can be changed again only after a while")]
    HandleTooSoon {
        /// How long to wait.
        wait_ms: i64,
    },
    /// The account went meanwhile.
    #[error("this account is gone")]
    Gone,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ChangeMeError);
answers!(ChangeMeError);

impl Refuse for ChangeMeError {
    fn problem(&self) -> Problem {
        match self {
            Self::Words(error) => error.problem(),
            Self::HandleTaken => Problem::new(409, "handle_taken", self.to_string()),
            Self::HandleTooSoon { wait_ms } => {
                Problem::new(409, "handle_too_soon", self.to_string()).retry_in(seconds(*wait_ms))
            }
            Self::Gone => Problem::new(410, "account_gone", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

impl From<ShowMeError> for ChangeMeError {
    fn from(error: ShowMeError) -> Self {
        match error {
            ShowMeError::Gone => Self::Gone,
            ShowMeError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Changes alias, Billet ID, region or how one is found; what is left out stays.
#[utoipa::path(patch, path = "/v1/me", tag = "people", request_body = MeChange, responses(
    (status = 200, description = "changed", body = Me),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 409, description = "`handle_taken`, `handle_too_soon`", body = Problem),
    (status = 422, description = "`invalid_text`, `invalid_handle`, `invalid_region`", body = Problem),
))]
pub(crate) async fn change_me(
    State(people): State<Arc<People>>,
    who: SignedIn,
    JsonBody(body): JsonBody<MeChange>,
) -> Result<Json<Me>, ChangeMeError> {
    people.change_me(who.account, Change::read(&body)?).await?;
    Ok(Json(people.me(who).await?))
}

/// A change whose fields were read.
struct Change {
    alias: Option<String>,
    handle: Option<Handle>,
    region: Option<Region>,
    findable: Option<FindableChange>,
}

impl Change {
    fn read(body: &MeChange) -> Result<Self, WordError> {
        Ok(Self {
            alias: body.alias.as_deref().map(words::alias).transpose()?,
            handle: body.handle.as_deref().map(Handle::parse).transpose()?,
            region: body.region.as_deref().map(Region::parse).transpose()?,
            findable: body.findable,
        })
    }

    /// Whether others see any of it.
    fn is_of_profile(&self) -> bool {
        self.alias.is_some() || self.handle.is_some() || self.region.is_some()
    }
}

impl People {
    async fn change_me(&self, account: AccountId, change: Change) -> Result<(), ChangeMeError> {
        let seen_by_others = change.is_of_profile();
        let mut tx = self.db.begin_write().await?;
        accounts::lock(&mut tx, account).await?;
        let row = accounts::read_in(&mut tx, account).await?.ok_or(ChangeMeError::Gone)?;
        if let Some(wanted) = change.findable {
            self.change_findable(&mut tx, account, &row, wanted).await?;
        }
        if seen_by_others {
            self.change_profile(&mut tx, account, row, change).await?;
        }
        tx.commit().await?;

        self.shed_soon();
        self.tell_profile_changed(account);
        if seen_by_others {
            for contact in self.contacts_of(account).await? {
                self.tell_contacts_changed(contact);
            }
        }
        Ok(())
    }

    async fn change_findable(
        &self,
        tx: &mut Tx,
        account: AccountId,
        row: &AccountRow,
        wanted: FindableChange,
    ) -> Result<(), ChangeMeError> {
        let old = self.findable_of(account, row.findable.as_deref())?;
        let new = FindableRecord {
            by_phone: wanted.by_phone.unwrap_or(old.by_phone),
            by_handle: wanted.by_handle.unwrap_or(old.by_handle),
        };
        // Being found in every way is what no row says: then nothing is kept about it.
        let hides = !(new.by_phone && new.by_handle);
        let sealed = hides.then(|| self.seal(&new, &of_account(account))).transpose()?;
        Ok(finding::set_findable(tx, account, sealed).await?)
    }

    async fn change_profile(
        &self,
        tx: &mut Tx,
        account: AccountId,
        mut row: AccountRow,
        change: Change,
    ) -> Result<(), ChangeMeError> {
        let now = self.now()?;
        let address = of_account(account);
        let permit = Permit::<rows::Profile>::to::<purposes::ShareProfile>();
        let old = self.open_sealed::<Profile>(&row.profile, &address, permit)?;
        let mut handle = old.handle.clone();
        if let Some(new) = change.handle.filter(|new| old.handle.as_deref() != Some(new.as_str())) {
            let old = old.handle.as_deref().and_then(|text| Handle::parse(text).ok());
            if self.change_handle(tx, account, old, &new, row.handle_changed_at, now).await? {
                row.handle_changed_at = Some(now);
            }
            handle = Some(new.as_str().to_owned());
        }
        let profile = Profile {
            alias: change.alias.unwrap_or_else(|| old.alias.clone()),
            handle,
            region: change.region.unwrap_or(old.region),
        };
        let permit = Permit::<rows::Registration>::to::<purposes::SetUpAccount>();
        let registration = self.open_sealed::<Registration>(&row.registration, &address, permit)?;
        let registration =
            Registration { phone: registration.phone.clone(), alias: profile.alias.clone(), region: profile.region };
        row.profile = self.seal(&profile, &address)?;
        row.registration = self.seal(&registration, &address)?;
        Ok(accounts::update(tx, account, row).await?)
    }

    /// Takes the new Billet ID and frees the old one; false when they differ in case alone, which changes nothing.
    async fn change_handle(
        &self,
        tx: &mut Tx,
        account: AccountId,
        old: Option<Handle>,
        new: &Handle,
        changed_at: Option<Millis>,
        now: Millis,
    ) -> Result<bool, ChangeMeError> {
        let old_hash = old.map(|old| secrets::handle_hash(&self.vault, &old));
        let new_hash = secrets::handle_hash(&self.vault, new);
        if old_hash == Some(new_hash) {
            return Ok(false);
        }
        if let Some(wait_ms) = changed_at.map(|at| HANDLE_CHANGE_AFTER_MS - now.since(at)).filter(|wait| *wait > 0) {
            return Err(ChangeMeError::HandleTooSoon { wait_ms });
        }
        let there = accounts::pointer_in(tx, new_hash).await?;
        if there.as_deref().and_then(|pointer| self.vault.open_pointer(pointer)).is_some() {
            return Err(ChangeMeError::HandleTaken);
        }
        let pointer = self.vault.seal_pointer(account).map_err(Fault::from)?;
        if !accounts::put_pointer(tx, new_hash, pointer, there).await? {
            return Err(ChangeMeError::HandleTaken);
        }
        if let Some(old_hash) = old_hash {
            accounts::remove_pointer(tx, old_hash).await?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::{Value, json};
    use storage::sql::Engine;

    use crate::limits::HANDLE_CHANGE_AFTER_MS;
    use crate::testing::{ADA, Answer, BOB, Person, World, in_a_world};

    async fn change(world: &World, who: &Person, change: Value) -> Answer {
        world.call(Method::PATCH, "/v1/me", Some(who), change).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_left_out_stays() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            change(world, &ada, json!({ "handle": "AdaLovelace" })).await.is(200);
            let me = change(world, &ada, json!({ "alias": " Ada L. " })).await.is(200);
            assert_eq!((me["alias"].as_str(), me["handle"].as_str()), (Some("Ada L."), Some("AdaLovelace")));
            let me = change(world, &ada, json!({ "region": "gb" })).await.is(200);
            assert_eq!((me["alias"].as_str(), me["region"].as_str()), (Some("Ada L."), Some("GB")));
            assert_eq!(change(world, &ada, json!({})).await.is(200), world.get("/v1/me", &ada).await);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_billet_id_belongs_to_one_person_whatever_its_case() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            change(world, &ada, json!({ "handle": "Lovelace" })).await.is(200);
            for taken in ["Lovelace", "lovelace", "LOVELACE"] {
                change(world, &bob, json!({ "handle": taken })).await.refused(409, "handle_taken");
            }
            assert_eq!(world.get("/v1/me", &bob).await["handle"], Value::Null);
            // Her own in another case is not a change of it.
            assert_eq!(change(world, &ada, json!({ "handle": "LoveLace" })).await.is(200)["handle"], "LoveLace");
            for bad in ["ada", "1lovelace", "love lace", "x".repeat(21).as_str()] {
                change(world, &ada, json!({ "handle": bad })).await.refused(422, "invalid_handle");
            }
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_billet_id_is_changed_only_after_a_while_and_then_the_old_one_is_free() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            change(world, &ada, json!({ "handle": "first-one" })).await.is(200);
            change(world, &ada, json!({ "handle": "second-one" })).await.refused(409, "handle_too_soon");
            world.clock.advance(HANDLE_CHANGE_AFTER_MS);
            change(world, &ada, json!({ "handle": "second-one" })).await.is(200);
            change(world, &bob, json!({ "handle": "first-one" })).await.is(200);
            assert_eq!(world.rows("blind_index").await, 4, "two numbers and two Billet IDs");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_who_want_a_billet_id_at_once_get_one_between_them() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let (one, other) = tokio::join!(
                change(world, &ada, json!({ "handle": "Wanted" })),
                change(world, &bob, json!({ "handle": "wanted" })),
            );
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn contacts_are_told_and_see_the_new_name() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            world.heard.contacts();
            change(world, &ada, json!({ "alias": "Countess" })).await.is(200);
            assert!(world.heard.contacts().contains(&bob.account));
            assert_eq!(world.get("/v1/contacts", &bob).await["contacts"][0]["alias"], "Countess");
        })
        .await;
    }

    /// Policy row `findable`: what hides somebody is kept, and nothing once they hide no more; contacts are not told.
    #[tokio::test(flavor = "multi_thread")]
    async fn how_somebody_is_found_is_theirs_alone() {
        in_a_world(async |world| {
            let (ada, _) = world.contacts(ADA, BOB).await;
            let found = async || world.get("/v1/me", &ada).await["findable"].clone();
            assert_eq!(found().await, json!({ "by_phone": true, "by_handle": true }));
            world.heard.contacts();
            let me = change(world, &ada, json!({ "findable": { "by_phone": false } })).await.is(200);
            assert_eq!(me["findable"], json!({ "by_phone": false, "by_handle": true }));
            change(world, &ada, json!({ "findable": { "by_handle": false } })).await.is(200);
            change(world, &ada, json!({ "findable": {} })).await.is(200);
            assert_eq!(found().await, json!({ "by_phone": false, "by_handle": false }));
            assert_eq!((world.rows("findable").await, world.heard.contacts().len()), (1, 0));
            change(world, &ada, json!({ "alias": "Countess" })).await.is(200);
            assert_eq!(found().await, json!({ "by_phone": false, "by_handle": false }));
            change(world, &ada, json!({ "findable": { "by_phone": true, "by_handle": true } })).await.is(200);
            assert_eq!((found().await["by_phone"].clone(), world.rows("findable").await), (json!(true), 0));
        })
        .await;
    }

    /// PROF-RETAIN: replaced values do not linger as history (in the files of SQLite, which are ours).
    #[tokio::test(flavor = "multi_thread")]
    async fn a_replaced_profile_is_in_no_file() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            if world.db.engine() != Engine::Sqlite {
                return;
            }
            let old = crate::store::accounts::read(&world.db, ada.account).await.unwrap().unwrap();
            assert!(world.found_in_files(&old.profile) && world.found_in_files(&old.registration));
            change(world, &ada, json!({ "alias": "Countess" })).await.is(200);
            world.db.shed().await.unwrap();
            assert!(!world.found_in_files(&old.profile) && !world.found_in_files(&old.registration));
        })
        .await;
    }
}
