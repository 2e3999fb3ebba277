//! `POST /v1/device_links/claim`: the device that waits asks for its session, and sleeps until it is let in or turned away.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use kernel::Millis;
use policy::{Permit, purposes, rows};
use wire::Problem;
use wire::rest::{DeviceLinkClaim, LinkWaiting, SignedIn};

use crate::begin_session::begun;
use crate::http::{ClientAddress, JsonBody};
use crate::people::TooMany;
use crate::problem::{Refuse, answers, faults};
use crate::records::{DeviceRecord, LinkRecord, of_link};
use crate::store::links::{self, LinkRow};
use crate::store::{Hash, accounts};
use crate::{Fault, People, secrets};

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClaimDeviceLinkError {
    /// A session in a cookie was asked for by another page.
    #[error("a session in a cookie can be opened by this server's own page alone")]
    ForeignOrigin,
    /// Never made, another's, run out, declined or used: all the same to whoever tries.
    #[error("this link has ended; make another")]
    Ended,
    /// Too many that ended from this address.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ClaimDeviceLinkError);
answers!(ClaimDeviceLinkError);

impl Refuse for ClaimDeviceLinkError {
    fn problem(&self) -> Problem {
        match self {
            Self::ForeignOrigin => Problem::new(403, "foreign_origin", self.to_string()),
            Self::Ended => Problem::new(410, "link_ended", self.to_string()),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Claims the session of a link. While nobody has confirmed it the answer is kept back, for up to 25 seconds; then claim again.
#[utoipa::path(post, path = "/v1/device_links/claim", tag = "people", request_body = DeviceLinkClaim, responses(
    (status = 201, description = "signed in; with `cookie` the session comes as a cookie", body = SignedIn),
    (status = 202, description = "nobody has confirmed yet", body = LinkWaiting),
    (status = 403, description = "`foreign_origin`", body = Problem),
    (status = 410, description = "`link_ended`: unknown, declined, expired or used", body = Problem),
    (status = 429, description = "`too_many`", body = Problem),
))]
pub(crate) async fn claim_device_link(
    State(people): State<Arc<People>>,
    from: ClientAddress,
    headers: HeaderMap,
    JsonBody(body): JsonBody<DeviceLinkClaim>,
) -> Result<Response, ClaimDeviceLinkError> {
    if body.cookie && !people.is_our_origin(&headers) {
        return Err(ClaimDeviceLinkError::ForeignOrigin);
    }
    match people.claim_device_link(&body, from).await {
        Ok(Some(signed_in)) => Ok(begun(signed_in, body.cookie)),
        Ok(None) => {
            let waiting = LinkWaiting { state: "waiting".to_owned() };
            Ok((StatusCode::ACCEPTED, Json(waiting)).into_response())
        }
        // Only these are counted: whoever waits asks often.
        Err(ClaimDeviceLinkError::Ended) => {
            people.take(&people.limits.logins_per_address, &from.network(), people.now()?)?;
            Err(ClaimDeviceLinkError::Ended)
        }
        Err(error) => Err(error),
    }
}

impl People {
    /// The session, or nothing when it still waits.
    async fn claim_device_link(
        &self,
        claim: &DeviceLinkClaim,
        from: ClientAddress,
    ) -> Result<Option<SignedIn>, ClaimDeviceLinkError> {
        if !secrets::is_shown_token(&claim.token) || !secrets::is_token(&claim.secret) {
            return Err(ClaimDeviceLinkError::Ended);
        }
        let token = secrets::link_hash(&self.vault, &claim.token);
        let secret = secrets::link_secret_hash(&self.vault, token, &claim.secret);
        // It listens before it looks, so that no answer falls between the two.
        let waiter = self.link_waits.wait(token);
        let mut answered = pin!(waiter.answered.notified());
        answered.as_mut().enable();
        let now = self.now()?;
        let link = self.link_of(token, secret, now).await?;
        if link.confirmed.is_some() {
            return self.open_linked(link, from, now).await.map(Some);
        }
        let left_ms = u64::try_from(link.expires_at.since(now)).unwrap_or(0);
        let wait = Duration::from_millis(left_ms.min(self.config.claim_wait_ms));
        let _answered = tokio::time::timeout(wait, answered).await;
        let now = self.now()?;
        let link = self.link_of(token, secret, now).await?;
        if link.confirmed.is_none() {
            return Ok(None);
        }
        self.open_linked(link, from, now).await.map(Some)
    }

    async fn link_of(&self, token: Hash, secret: Hash, now: Millis) -> Result<LinkRow, ClaimDeviceLinkError> {
        let link = links::read(&self.db, token, now).await?;
        link.filter(|link| link.secret == secret).ok_or(ClaimDeviceLinkError::Ended)
    }

    /// The session of a link that was confirmed, which ends it.
    async fn open_linked(
        &self,
        link: LinkRow,
        from: ClientAddress,
        now: Millis,
    ) -> Result<SignedIn, ClaimDeviceLinkError> {
        let (account, seal) = link.confirmed.ok_or(ClaimDeviceLinkError::Ended)?;
        if seal != secrets::link_seal(&self.vault, &link, account) {
            return Err(Fault::Contradiction("a device link is not as it was confirmed").into());
        }
        let permit = Permit::<rows::DeviceLink>::to::<purposes::SetUpAccount>();
        let record = self.open_sealed::<LinkRecord>(&link.sealed, &of_link(link.token, link.started_at), permit)?;
        let device = DeviceRecord { name: record.name.clone(), platform: record.platform.clone() };
        let mut tx = self.db.begin_write().await?;
        let there = self.vault.holds_account(account) && accounts::lock(&mut tx, account).await?;
        if !(there && links::take(&mut tx, link.token, account, now).await?) {
            return Err(ClaimDeviceLinkError::Ended);
        }
        let signed_in = self.add_session(tx, account, &device, from, now).await?;
        self.shed_soon();
        Ok(signed_in)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use http::{Method, Request};
    use kernel::MINUTE_MS;
    use serde_json::{Value, json};
    use storage::sql::query;

    use crate::limits::{SIGN_UPS_PER_HOUR_AND_ADDRESS, links_per_address, logins_per_address};
    use crate::store::testing::all_bytes;
    use crate::testing::{ADA, Answer, BOB, ORIGIN, Person, World, in_a_world};

    const CLAIM: &str = "/v1/device_links/claim";

    /// A laptop that waits to be let in.
    pub(crate) async fn link(world: &World) -> Value {
        let device = json!({ "device": { "name": "Laptop", "platform": "linux" } });
        world.call(Method::POST, "/v1/device_links", None, device).await.is(201)
    }

    /// As the laptop asks.
    pub(crate) async fn claim(world: &World, link: &Value) -> Answer {
        let body = json!({ "token": link["token"], "secret": link["secret"] });
        world.call(Method::POST, CLAIM, None, body).await
    }

    fn path(link: &Value, verb: &str) -> String {
        format!("/v1/device_links/{}{verb}", link["token"].as_str().unwrap())
    }

    /// As the phone answers.
    pub(crate) async fn confirm(world: &World, link: &Value, who: &Person) -> Answer {
        world.post(&path(link, "/confirm"), who, Value::Null).await
    }

    /// Every way to ask after a link is answered as if there had never been one.
    async fn is_gone(world: &World, link: &Value, who: &Person) {
        let answer = world.call(Method::GET, &path(link, ""), Some(who), Value::Null).await;
        answer.refused(404, "unknown_link");
        confirm(world, link, who).await.refused(404, "unknown_link");
        world.post(&path(link, "/decline"), who, Value::Null).await.refused(404, "unknown_link");
        claim(world, link).await.refused(410, "link_ended");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_device_that_waits_is_signed_in_the_moment_another_confirms_it() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            world.heard.added();
            let link = link(world).await;
            assert_eq!(link["expires_in_s"], 300);
            assert_eq!(link["url"], format!("{ORIGIN}/link#{}", link["token"].as_str().unwrap()));
            world.clock.advance(MINUTE_MS);
            let shown = world.get(&path(&link, ""), &ada).await;
            assert_eq!(shown, json!({ "device": { "name": "Laptop", "platform": "linux" }, "expires_in_s": 240 }));
            let (claimed, ()) = tokio::join!(claim(world, &link), async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                confirm(world, &link, &ada).await.is(204);
            });
            let claimed = claimed.is(201);
            assert_eq!((&claimed["account_id"], &claimed["created"]), (&json!(ada.account), &json!(false)));
            let laptop = Person {
                account: ada.account,
                device: serde_json::from_value(claimed["device_id"].clone()).unwrap(),
                token: claimed["token"].as_str().unwrap().to_owned(),
            };
            assert_eq!(world.get("/v1/me", &laptop).await["device_id"], json!(laptop.device));
            assert_eq!(world.heard.added(), [laptop.device]);
            assert_eq!(world.get("/v1/devices", &ada).await["devices"][0]["name"], "Laptop");
            let logins = world.get("/v1/logins", &ada).await;
            assert_eq!(logins["logins"].as_array().map(Vec::len), Some(2), "{logins}");
            assert_eq!(world.rows("device_link").await, 0);
            is_gone(world, &link, &ada).await;
            assert!(world.people.link_waits.is_empty());
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn while_nobody_answers_it_is_told_to_ask_again() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let link = link(world).await;
            for _ in 0..2 {
                assert_eq!(claim(world, &link).await.is(202), json!({ "state": "waiting" }));
            }
            confirm(world, &link, &ada).await.is(204);
            confirm(world, &link, &ada).await.refused(404, "unknown_link");
            claim(world, &link).await.is(201);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_that_stops_keeps_nobody_waiting() {
        in_a_world(async |world| {
            let link = link(world).await;
            let claiming = tokio::time::timeout(Duration::from_millis(1_200), claim(world, &link));
            let (claimed, ()) = tokio::join!(claiming, async {
                while world.people.link_waits.is_empty() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
                world.people.answer_who_waits();
            });
            assert_eq!(claimed.expect("before its time is over").is(202), json!({ "state": "waiting" }));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_that_is_turned_away_hears_it_while_it_waits() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let link = link(world).await;
            let (claimed, ()) = tokio::join!(claim(world, &link), async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                world.post(&path(&link, "/decline"), &ada, Value::Null).await.is(204);
            });
            claimed.refused(410, "link_ended");
            is_gone(world, &link, &ada).await;
            assert_eq!((world.rows("device_link").await, world.rows("device").await), (0, 1));
        })
        .await;
    }

    /// Policy row `device_link`: five minutes from its issue, confirmed or not.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_link_ends_after_five_minutes() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let (open, confirmed) = (link(world).await, link(world).await);
            confirm(world, &confirmed, &ada).await.is(204);
            world.clock.advance(5 * MINUTE_MS - 1);
            world.get(&path(&open, ""), &ada).await;
            world.clock.advance(1);
            is_gone(world, &open, &ada).await;
            is_gone(world, &confirmed, &ada).await;
            assert_eq!(world.rows("device_link").await, 2);
            assert_eq!(world.people.sweep().await.unwrap().rows, 2);
            assert_eq!(world.rows("device_link").await, 0);
        })
        .await;
    }

    /// The secret is in no QR code, and neither it nor the token is in any table.
    #[tokio::test(flavor = "multi_thread")]
    async fn who_sees_the_qr_code_alone_claims_nothing() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let link = link(world).await;
            let (token, secret) = (link["token"].as_str().unwrap(), link["secret"].as_str().unwrap());
            assert!(!link["url"].as_str().unwrap().contains(secret));
            let bytes = all_bytes(&world.db).await;
            for text in [token, secret, "Laptop"] {
                assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
            }
            confirm(world, &link, &ada).await.is(204);
            let unknown = json!({ "token": "0".repeat(32), "secret": secret });
            let unknown = world.call(Method::POST, CLAIM, None, unknown).await;
            let (status, body) = (unknown.status, unknown.body.clone());
            unknown.refused(410, "link_ended");
            for guess in ["0".repeat(64), token.to_owned(), String::new(), secret.to_uppercase()] {
                let answer = world.call(Method::POST, CLAIM, None, json!({ "token": token, "secret": guess })).await;
                assert_eq!((answer.status, &answer.body), (status, &body), "as for a token that nobody has");
            }
            claim(world, &link).await.is(201);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn links_and_guesses_have_an_end() {
        in_a_world(async |world| {
            for _ in 0..links_per_address(SIGN_UPS_PER_HOUR_AND_ADDRESS).burst {
                link(world).await;
            }
            world.call(Method::POST, "/v1/device_links", None, json!({})).await.refused(429, "too_many");
            let guess = json!({ "token": "0".repeat(32), "secret": "0".repeat(64) });
            for _ in 0..logins_per_address(SIGN_UPS_PER_HOUR_AND_ADDRESS).burst {
                world.call(Method::POST, CLAIM, None, guess.clone()).await.refused(410, "link_ended");
            }
            world.call(Method::POST, CLAIM, None, guess).await.refused(429, "too_many");
            let long = json!({ "device": { "name": "x".repeat(65), "platform": "" } });
            let answer = world.call_from("192.0.2.9", Method::POST, "/v1/device_links", None, long).await;
            answer.refused(422, "invalid_text");
        })
        .await;
    }

    /// The first to confirm it has it; and it goes with the account.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_link_belongs_to_whoever_confirmed_it_first() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let (first, second) = (link(world).await, link(world).await);
            confirm(world, &first, &ada).await.is(204);
            confirm(world, &first, &bob).await.refused(404, "unknown_link");
            assert_eq!(claim(world, &first).await.is(201)["account_id"], json!(ada.account));
            confirm(world, &second, &bob).await.is(204);
            world.vault.destroy_account(bob.account).unwrap();
            claim(world, &second).await.refused(410, "link_ended");
        })
        .await;
    }

    /// SECR-INTEGRITY: whoever can write to the tables lets no device into an account.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_confirmation_written_into_the_table_opens_nothing() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let (forged, real) = (link(world).await, link(world).await);
            confirm(world, &real, &bob).await.is(204);
            let mut tx = world.db.begin_write().await.unwrap();
            let forge = "UPDATE device_link SET account_id = $1, seal = COALESCE(seal, $2)";
            let forge = query(forge).bind(ada.account.to_bytes().to_vec()).bind(vec![7; 32]);
            assert_eq!(forge.execute(&mut *tx).await.unwrap().rows_affected(), 2);
            tx.commit().await.unwrap();
            for link in [&forged, &real] {
                claim(world, link).await.refused(500, "internal");
            }
            assert_eq!(world.rows("device").await, 2);
        })
        .await;
    }

    /// As with any sign-in: a cookie is given to this server's own page alone.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_browser_gets_its_session_as_a_cookie() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let link = link(world).await;
            confirm(world, &link, &ada).await.is(204);
            let body = json!({ "token": link["token"], "secret": link["secret"], "cookie": true }).to_string();
            let call = |origin: &str| {
                let request = Request::builder().method(Method::POST).uri(CLAIM).header("origin", origin);
                request.header("content-type", "application/json").body(body.clone().into()).unwrap()
            };
            world.send(call("https://evil.test")).await.refused(403, "foreign_origin");
            let answer = world.send(call(ORIGIN)).await;
            assert!(answer.headers["set-cookie"].to_str().unwrap().starts_with("__Host-session="));
            assert_eq!(answer.is(201).get("token"), None);
        })
        .await;
    }
}
