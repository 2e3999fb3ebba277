//! A number's first session: the account comes into being, or waits for a parent.

use kernel::{AccountId, Millis};
use policy::{Row, regions, rows};
use storage::sql::Tx;
use wire::rest::{SignedIn, Waiting};

use crate::create_session::{Claim, CreateSessionError};
use crate::http::ClientAddress;
use crate::records::{Profile, Registration, WaitingChild, of_account, of_waiting};
use crate::store::{self, accounts, codes};
use crate::{Fault, People};

impl People {
    /// Opens an account. Its key is made first: if we stop here, a key without an account is left, which opens nothing
    /// and is destroyed at the next start; rows without a key would be lost.
    pub(crate) async fn register(
        &self,
        tx: Tx,
        alias: String,
        stale: Option<Vec<u8>>,
        claim: &Claim,
        from: ClientAddress,
        now: Millis,
    ) -> Result<SignedIn, CreateSessionError> {
        let account = AccountId::new(now, self.rng.ulid_bits());
        self.with_vault(move |vault| vault.create_account(account)).await?.map_err(Fault::from)?;
        let registered = self.write_account(tx, account, alias, stale, claim, from, now).await;
        if registered.is_err() {
            let destroyed = self.with_vault(move |vault| vault.destroy_account(account)).await;
            if !matches!(destroyed, Ok(Ok(()))) {
                tracing::warn!(%account, "the key of an account that was not opened is left until the next start");
            }
        }
        registered
    }

    #[expect(clippy::too_many_arguments, reason = "one caller, just above; a struct would only be unpacked again")]
    async fn write_account(
        &self,
        mut tx: Tx,
        account: AccountId,
        alias: String,
        stale: Option<Vec<u8>>,
        claim: &Claim,
        from: ClientAddress,
        now: Millis,
    ) -> Result<SignedIn, CreateSessionError> {
        let registration =
            Registration { phone: claim.phone.e164().to_owned(), alias: alias.clone(), region: claim.region };
        let profile = Profile { alias, handle: None, region: claim.region };
        let address = of_account(account);
        let (registration, profile) = (self.seal(&registration, &address)?, self.seal(&profile, &address)?);
        accounts::insert(&mut tx, account, now, registration, profile).await?;
        store::policy::accept(&mut tx, account, self.config.policy.version(), now).await?;
        let pointer = self.vault.seal_pointer(account).map_err(Fault::from)?;
        if !accounts::put_pointer(&mut tx, claim.number, pointer, stale).await? {
            return Err(Fault::Contradiction("a number was taken while its code was locked").into());
        }
        let (device, token) = self.begin_session(&mut tx, account, &claim.device, from, now).await?;
        codes::remove(&mut tx, claim.number).await?;
        tx.commit().await?;
        self.tell_device_added(account, device);
        Ok(SignedIn { account_id: account, device_id: device, token: Some(token), created: true })
    }

    /// Somebody below the region's consent age waits for a parent, and so does a number that waits already, whatever
    /// birth date it comes with now: a second try with another date is not consent (AGE-16, D-39, D-40).
    pub(crate) async fn wait_for_parent(
        &self,
        tx: &mut Tx,
        claim: &Claim,
        now: Millis,
    ) -> Result<Option<Waiting>, CreateSessionError> {
        let consent_age = regions::consent_age(claim.region.as_str());
        let waiting = |gone_at| Some(Waiting { state: "waiting".to_owned(), consent_age, gone_at });
        if let Some(gone_at) = codes::waiting_until(tx, claim.number, now).await? {
            return Ok(waiting(gone_at));
        }
        let Some(child) = claim.birth_date.filter(|born| born.is_under(consent_age, now)) else { return Ok(None) };
        let record = WaitingChild { number: claim.phone.e164().to_owned(), birth_year: child.year() };
        let sealed = self.seal(&record, &of_waiting(claim.number, now))?;
        let gone_at = rows::WaitingChild::INFO.period.deadline(now).unwrap_or(now);
        codes::put_waiting(tx, claim.number, now, gone_at, sealed).await?;
        Ok(waiting(gone_at))
    }
}

#[cfg(test)]
mod tests {
    use kernel::{DAY_MS, Millis};
    use policy::{Permit, purposes, rows};
    use serde_json::{Value, json};
    use vault::OpenRefused;

    use crate::records::{WaitingChild, of_waiting};
    use crate::store::testing::{all_bytes, waiting};
    use crate::testing::{ADA, Answer, START, World, in_a_world};

    async fn register(world: &World, birth_date: &str, region: Option<&str>) -> Answer {
        let code = world.code_for(ADA).await;
        let mut fields = json!({ "phone": ADA, "code": code, "alias": "Kid", "birth_date": birth_date });
        if let Some(region) = region {
            fields["region"] = region.into();
        }
        let answer = world.sign_in(fields).await;
        world.clock.advance(crate::limits::CODE_RESEND_AFTER_MS);
        answer
    }

    /// AGE-16, D-39: one day under, on and over sixteen (the tests' day is 2026-03-23), and where a region asks for more.
    #[tokio::test(flavor = "multi_thread")]
    async fn somebody_under_the_consent_age_waits() {
        let stricter = policy::regions::all().iter().filter(|region| region.consent_age == 18);
        let higher: &str = stricter.flat_map(|region| region.codes.iter()).find(|code| code.len() == 2).unwrap();
        for (birth_date, region, status) in [
            ("2010-03-24", None, 202),
            ("2010-03-23", None, 201),
            ("2010-03-22", None, 201),
            ("2010-03-22", Some(higher), 202),
            ("2008-03-24", Some(higher), 202),
            ("2008-03-23", Some(higher), 201),
        ] {
            in_a_world(async |world| {
                let body = register(world, birth_date, region).await.is(status);
                assert_eq!(world.rows("account").await, i64::from(status == 201), "{birth_date} {region:?}");
                assert_eq!(world.rows("waiting_child").await, i64::from(status == 202));
                if status == 202 {
                    assert_eq!(body["state"], "waiting");
                    assert_eq!(body["consent_age"], if region.is_some() { 18 } else { 16 });
                    assert_eq!(body["gone_at"], (START + 7 * DAY_MS).0);
                    assert_eq!(body.get("token"), None);
                }
            })
            .await;
        }
    }

    /// AGE-NOKNOW, D-40: a waiting child leaves a number and a birth year and nothing else, for seven days.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_waiting_child_leaves_a_number_and_a_birth_year_and_both_are_gone_in_seven_days() {
        in_a_world(async |world| {
            register(world, "2015-06-07", None).await.is(202);
            for table in ["account", "blind_index", "device", "session", "login", "verification_code"] {
                assert_eq!(world.rows(table).await, 0, "{table}");
            }
            let (number, started, sealed) = waiting(&world.db).await;
            let open = || {
                let permit = Permit::<rows::WaitingChild>::to::<purposes::CheckParent>();
                world.vault.open_record::<WaitingChild>(&sealed, &of_waiting(number, started), permit)
            };
            let record = open().unwrap_or_else(|refused| panic!("{refused}"));
            let fields = serde_json::to_value(&*record).unwrap();
            assert_eq!(fields, json!({ "number": ADA, "birth_year": 2015 }));
            assert!(world.vault.accounts().is_empty());

            world.clock.advance(7 * DAY_MS - (world.vault.now().unwrap().since(started)) - 1);
            assert!(open().is_ok());
            world.clock.advance(1);
            assert_eq!(open().err(), Some(OpenRefused::Expired));
            world.people.sweep().await.unwrap();
            assert_eq!(world.rows("waiting_child").await, 0);
        })
        .await;
    }

    /// AGE-16: the waiting state is not left by typing another date.
    #[tokio::test(flavor = "multi_thread")]
    async fn another_birth_date_does_not_end_the_waiting() {
        in_a_world(async |world| {
            let first = register(world, "2015-06-07", None).await.is(202);
            let second = register(world, "1990-01-01", None).await.is(202);
            assert_eq!(first["gone_at"], second["gone_at"], "nor does it prolong it");
            world.clock.advance(7 * DAY_MS);
            register(world, "1990-01-01", None).await.is(201);
        })
        .await;
    }

    /// D-39: the birth date is looked at and not kept. That the search finds what is there is shown with the id.
    #[tokio::test(flavor = "multi_thread")]
    async fn no_birth_date_is_stored_with_an_account() {
        in_a_world(async |world| {
            let body = register(world, "1987-11-29", None).await.is(201);
            let account: kernel::AccountId = serde_json::from_value(body["account_id"].clone()).unwrap();
            let row = crate::store::accounts::read(&world.db, account).await.unwrap().unwrap();
            let address = crate::records::of_account(account);
            let permit = Permit::<rows::Registration>::to::<purposes::SetUpAccount>();
            let registration =
                world.vault.open_record::<crate::records::Registration>(&row.registration, &address, permit);
            let text = serde_json::to_string(&*registration.unwrap_or_else(|refused| panic!("{refused}"))).unwrap();
            assert!(text.contains(ADA) && !text.contains("1987"), "{text}");
            let stored = all_bytes(&world.db).await;
            assert!(stored.windows(16).any(|window| window == account.to_bytes()));
            assert!(!stored.windows(4).any(|window| window == b"1987"));
        })
        .await;
    }

    /// REGN-MIN: the birth date is asked for and not demanded.
    #[tokio::test(flavor = "multi_thread")]
    async fn an_account_opens_without_a_birth_date() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            let fields = json!({ "phone": ADA, "code": code, "alias": "Ada", "birth_date": Value::Null });
            world.sign_in(fields).await.is(201);
        })
        .await;
    }

    /// ACCT: a number whose account is gone opens a new one; the old entry of the index leads nowhere.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_number_whose_account_is_gone_opens_a_new_one() {
        in_a_world(async |world| {
            let old = world.person(ADA, "Ada").await;
            world.vault.destroy_account(old.account).unwrap();
            let new = world.person(ADA, "Ada again").await;
            assert_ne!(old.account, new.account);
            assert_eq!(world.get("/v1/me", &new).await["alias"], "Ada again");
            let refused = world.call(http::Method::GET, "/v1/me", Some(&old), Value::Null).await;
            refused.refused(401, "not_signed_in");
            assert!(world.vault.now().unwrap() > Millis(0));
        })
        .await;
    }
}
