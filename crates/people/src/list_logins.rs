//! `GET /v1/logins`: when and from where this account was signed in to, as long as that is kept.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use kernel::{LoginId, Millis};
use policy::{Permit, Row, purposes, rows};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::Problem;

use crate::problem::{Refuse, answers, faults};
use crate::records::{LoginRecord, of_login};
use crate::store::devices::{self, LoginRow};
use crate::{Fault, People, SignedIn};

/// One log-in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Login {
    /// Its id.
    pub login_id: LoginId,
    /// When.
    pub at: Millis,
    /// When this record goes: the earlier of 90 days and three months (D-04).
    pub gone_at: Millis,
    /// From which address.
    pub address: String,
    /// What its owner called the device.
    pub device: String,
    /// `web`, `linux`, …
    pub platform: String,
}

/// `GET /v1/logins`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Logins {
    /// Newest first.
    pub logins: Vec<Login>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListLoginsError {
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ListLoginsError);
answers!(ListLoginsError);

impl Refuse for ListLoginsError {
    fn problem(&self) -> Problem {
        let Self::Fault(fault) = self;
        fault.problem()
    }
}

/// Lists the log-ins that are still kept.
#[utoipa::path(get, path = "/v1/logins", tag = "people", responses(
    (status = 200, description = "the log-ins", body = Logins),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn list_logins(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Json<Logins>, ListLoginsError> {
    let now = people.now()?;
    let mut list = Vec::new();
    for row in devices::logins(&people.db, who.account, now).await? {
        let address = of_login(who.account, row.login, row.at);
        let permit = Permit::<rows::Login>::to::<purposes::SecureAccount>();
        let record = people.open_sealed::<LoginRecord>(&row.sealed, &address, permit)?;
        list.push(Login {
            login_id: row.login,
            at: row.at,
            gone_at: gone_at(&row),
            address: record.address.clone(),
            device: record.device.clone(),
            platform: record.platform.clone(),
        });
    }
    Ok(Json(Logins { logins: list }))
}

/// When it goes: never later than the policy says, whatever the column says.
fn gone_at(row: &LoginRow) -> Millis {
    rows::Login::INFO.period.deadline(row.at).map_or(row.expires_at, |deadline| deadline.min(row.expires_at))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use kernel::{DAY_MS, Millis};
    use policy::{Permit, purposes, rows};
    use serde_json::{Value, json};
    use vault::OpenRefused;

    use crate::records::{LoginRecord, of_login};
    use crate::store::testing::login;
    use crate::testing::{ADA, START, World, in_a_world};

    /// 1 February 2026, 00:00 UTC, and the day each period ends: 28 + 31 + 30 days later, or 90.
    const FIRST_OF_FEBRUARY: Millis = Millis(1_769_904_000_000);
    const FIRST_OF_MARCH: Millis = Millis(FIRST_OF_FEBRUARY.0 + 28 * DAY_MS);

    /// A log-in at `at`, and whether it can be read and is kept just before and at `end`.
    async fn check(at: Millis, end: Millis) {
        in_a_world(async |world: &World| {
            // A year on, so that the day lies ahead; the year after is a common one as well.
            let year = 365 * DAY_MS;
            world.clock.advance(at.0 + year - START.0);
            let ada = world.person(ADA, "Ada").await;
            let (id, began, sealed) = login(&world.db).await;
            assert_eq!(began, at + year);
            let open = || {
                let permit = Permit::<rows::Login>::to::<purposes::SecureAccount>();
                world.vault.open_record::<LoginRecord>(&sealed, &of_login(ada.account, id, began), permit)
            };
            let list = async || world.get("/v1/logins", &ada).await["logins"].as_array().unwrap().len();

            world.clock.advance(end.0 + year - 1 - world.vault.now().unwrap().0);
            assert!(open().is_ok());
            assert_eq!(list().await, 1);
            world.clock.advance(1);
            assert_eq!(open().err(), Some(OpenRefused::Expired));
            assert_eq!(list().await, 0);
            world.people.sweep().await.unwrap();
            assert_eq!(world.rows("login").await, 0);
            assert_eq!(world.rows("account").await, 1, "registration data stays");
        })
        .await;
    }

    /// LOGI-3M, D-07: a log-in of 1 February is readable until 30 April, 23:59:59, and gone at 1 May, 00:00:00; that is
    /// three months and 89 days, so before the 90.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_login_of_1_february_goes_on_1_may() {
        check(FIRST_OF_FEBRUARY, FIRST_OF_FEBRUARY + 89 * DAY_MS).await;
    }

    /// LOGI-90D, D-04: a log-in of 1 March goes after 90 days, which is before three months.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_login_of_1_march_goes_on_30_may() {
        check(FIRST_OF_MARCH, FIRST_OF_MARCH + 90 * DAY_MS).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_login_tells_when_from_where_and_with_what() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            let body = json!({
                "phone": ADA, "code": code, "alias": "Ada", "device": { "name": "my phone", "platform": "android" },
            });
            let answer = world.call_from("2001:db8::7", Method::POST, "/v1/sessions", None, body).await.is(201);
            let ada = crate::testing::Person {
                account: serde_json::from_value(answer["account_id"].clone()).unwrap(),
                device: serde_json::from_value(answer["device_id"].clone()).unwrap(),
                token: answer["token"].as_str().unwrap().to_owned(),
            };
            let logins = world.get("/v1/logins", &ada).await;
            let login = &logins["logins"][0];
            assert_eq!(login["address"], "2001:db8::7");
            assert_eq!((login["device"].as_str(), login["platform"].as_str()), (Some("my phone"), Some("android")));
            assert_eq!(login["at"], START.0);
            assert_ne!(login["login_id"], Value::Null);
        })
        .await;
    }
}
