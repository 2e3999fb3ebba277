//! From a number or a Billet ID to its account, and back again: an entry of the blind index counts only when the account
//! it leads to says the same of itself, so that a swapped or damaged entry leads nobody into another's account
//! (SECR-INTEGRITY).

use kernel::AccountId;
use policy::{Permit, purposes, rows};

use crate::phone::Phone;
use crate::records::{FindableRecord, Profile, Registration, of_account};
use crate::store::Hash;
use crate::store::accounts::AccountRow;
use crate::words::Handle;
use crate::{Fault, People, secrets};

impl People {
    /// Whether the account under this hash has that number or that Billet ID itself.
    pub(crate) fn check_found(&self, account: AccountId, row: Option<AccountRow>, hash: Hash) -> Result<(), Fault> {
        let row = row.ok_or(Fault::Contradiction("the index leads to an account without rows"))?;
        let address = of_account(account);
        let permit = Permit::<rows::Registration>::to::<purposes::SetUpAccount>();
        let registration = self.open_sealed::<Registration>(&row.registration, &address, permit)?;
        let number = Phone::parse(&registration.phone).ok().map(|phone| secrets::number_hash(&self.vault, &phone));
        if number == Some(hash) {
            return Ok(());
        }
        let permit = Permit::<rows::Profile>::to::<purposes::ShareProfile>();
        let profile = self.open_sealed::<Profile>(&row.profile, &address, permit)?;
        let handle = profile.handle.as_deref().and_then(|text| Handle::parse(text).ok());
        if handle.is_some_and(|handle| secrets::handle_hash(&self.vault, &handle) == hash) {
            return Ok(());
        }
        Err(Fault::Contradiction("the index leads to an account that has another number and another Billet ID"))
    }

    /// How somebody wants to be found.
    pub(crate) fn findable_of(&self, account: AccountId, sealed: Option<&[u8]>) -> Result<FindableRecord, Fault> {
        let Some(sealed) = sealed else { return Ok(FindableRecord { by_phone: true, by_handle: true }) };
        let permit = Permit::<rows::Findable>::to::<purposes::ConnectPeople>();
        Ok(*self.open_sealed::<FindableRecord>(sealed, &of_account(account), permit)?)
    }
}

impl From<FindableRecord> for wire::rest::Findable {
    fn from(record: FindableRecord) -> Self {
        Self { by_phone: record.by_phone, by_handle: record.by_handle }
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::{Value, json};
    use storage::sql::{RowExt as _, query};

    use crate::testing::{ADA, BOB, EVE, Person, World, in_a_world};

    async fn execute(world: &World, statement: &'static str) {
        let mut tx = world.db.begin_write().await.unwrap();
        query(statement).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Gives each of the two rows of a table what is sealed for the other.
    async fn swap(world: &World, read: &'static str, write: &'static str) {
        let rows = query(read).fetch_all(world.db.read()).await.unwrap();
        let cells: Vec<_> = rows.iter().map(|row| (row.bytes("k").unwrap(), row.bytes("v").unwrap())).collect();
        let [(one, first), (two, second)] = cells.try_into().unwrap();
        let mut tx = world.db.begin_write().await.unwrap();
        for (key, value) in [(one, second), (two, first)] {
            query(write).bind(key).bind(value).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        world.clear_caches();
    }

    /// As after a start: nothing is cached.
    async fn refused(world: &World, who: &Person) {
        world.clear_caches();
        let answer = world.call(Method::GET, "/v1/me", Some(who), Value::Null).await;
        answer.refused(401, "not_signed_in");
    }

    /// SECR-INTEGRITY: what was sealed for one person opens for nobody else, whatever the rows say.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_sealed_column_of_another_person_is_not_served() {
        for (read, write) in [
            (
                "SELECT account_id AS k, sealed AS v FROM account",
                "UPDATE account SET sealed = $2 WHERE account_id = $1",
            ),
            (
                "SELECT account_id AS k, sealed AS v FROM profile",
                "UPDATE profile SET sealed = $2 WHERE account_id = $1",
            ),
        ] {
            in_a_world(async |world| {
                let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
                assert_eq!(world.get("/v1/me", &ada).await["alias"], "Ada");
                swap(world, read, write).await;
                for who in [&ada, &bob] {
                    let answer = world.call(Method::GET, "/v1/me", Some(who), Value::Null).await;
                    answer.refused(500, "internal");
                }
            })
            .await;
        }
    }

    /// SECR-INTEGRITY: a session's row cannot be given another account, another device or a longer life.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_session_that_was_changed_in_the_tables_is_refused() {
        for change in ["UPDATE session SET used_at = used_at + 1", "UPDATE session SET used_at = used_at - 1"] {
            in_a_world(async |world| {
                let ada = world.person(ADA, "Ada").await;
                world.person(BOB, "Bob").await;
                world.clear_caches();
                world.get("/v1/me", &ada).await;
                execute(world, change).await;
                refused(world, &ada).await;
            })
            .await;
        }
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            execute(world, "UPDATE session SET expires_at = expires_at + 99999999999").await;
            world.clear_caches();
            world.get("/v1/me", &ada).await;
            world.clock.advance(91 * kernel::DAY_MS);
            refused(world, &ada).await;
        })
        .await;
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let mut tx = world.db.begin_write().await.unwrap();
            let change = query("UPDATE session SET account_id = $1, device_id = $2 WHERE account_id = $3");
            let change = change.bind(ada.account.to_bytes().to_vec()).bind(ada.device.to_bytes().to_vec());
            let change = change.bind(bob.account.to_bytes().to_vec());
            assert_eq!(change.execute(&mut *tx).await.unwrap().rows_affected(), 1);
            tx.commit().await.unwrap();
            refused(world, &bob).await;
            world.get("/v1/me", &ada).await;
        })
        .await;
    }

    /// SECR-INTEGRITY: whoever exchanges two entries of the index gets into nobody's account with their own number.
    #[tokio::test(flavor = "multi_thread")]
    async fn swapped_entries_of_the_index_lead_nowhere() {
        in_a_world(async |world| {
            let (ada, _) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let read = "SELECT hash AS k, pointer AS v FROM blind_index";
            swap(world, read, "UPDATE blind_index SET pointer = $2 WHERE hash = $1").await;
            let code = world.code_for(BOB).await;
            world.sign_in(json!({ "phone": BOB, "code": code })).await.refused(500, "internal");
            let eve = world.person(EVE, "Eve").await;
            world.ask(&eve, json!({ "phone": ADA })).await.refused(500, "internal");
            world.get("/v1/me", &ada).await;
        })
        .await;
    }

    /// SECR-INTEGRITY: a contact on one side alone reaches nobody.
    #[tokio::test(flavor = "multi_thread")]
    async fn half_a_contact_is_none() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            world.clear_caches();
            world.people.may_send(ada.account, bob.account).await.unwrap();
            let mut tx = world.db.begin_write().await.unwrap();
            let cut = query("DELETE FROM contact WHERE account_id = $1").bind(bob.account.to_bytes().to_vec());
            cut.execute(&mut *tx).await.unwrap();
            tx.commit().await.unwrap();
            world.clear_caches();
            assert!(world.people.may_send(ada.account, bob.account).await.is_err());
        })
        .await;
    }

    /// SECR-INTEGRITY: a deadline that was set back (or forward) in the tables keeps nothing readable that has run out.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_rolled_back_deadline_serves_nothing() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let logins = world.get("/v1/logins", &ada).await;
            assert_eq!(logins["logins"].as_array().map(Vec::len), Some(1), "{logins}");
            execute(world, "UPDATE login SET expires_at = expires_at + 31536000000").await;
            for _ in 0..2 {
                world.clock.advance(60 * kernel::DAY_MS);
                world.get("/v1/me", &ada).await;
            }
            let answer = world.call(Method::GET, "/v1/logins", Some(&ada), Value::Null).await;
            answer.refused(500, "internal");
        })
        .await;
    }
}
