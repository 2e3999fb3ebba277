//! A session begins: a device, a token and a log-in are written down, whichever way somebody was let in.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use kernel::{AccountId, DeviceId, LoginId, Millis};
use policy::{Row, rows};
use storage::sql::Tx;
use wire::rest::SignedIn;

use crate::http::ClientAddress;
use crate::limits::DEVICES_MAX;
use crate::problem::seconds;
use crate::records::{DeviceRecord, LoginRecord, of_device, of_login};
use crate::signed_in::{COOKIE_NAME, new_session, session_ends};
use crate::store::devices;
use crate::store::devices::{DeviceRow, LoginRow};
use crate::{Fault, People, secrets};

/// A new session as an answer, as a cookie or in the body.
pub(crate) fn begun(mut signed_in: SignedIn, by_cookie: bool) -> Response {
    let token = signed_in.token.take_if(|_| by_cookie);
    let mut response = (StatusCode::CREATED, Json(signed_in)).into_response();
    response.headers_mut().extend(token.map(|token| (SET_COOKIE, cookie(&token))));
    response
}

/// The cookie lives as long as a session that is not used; each visit starts its period again only on the server, so a
/// browser asks for the code again at the latest then.
fn cookie(token: &str) -> HeaderValue {
    let age_s = seconds(session_ends(Millis(0)).0);
    let text = format!("{COOKIE_NAME}={token}; Path=/; Max-Age={age_s}; Secure; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&text).expect("a token is made of hexadecimal digits")
}

impl People {
    /// A session on a new device of an account whose lock `tx` has, as its last act; the device used longest ago makes room.
    pub(crate) async fn add_session(
        &self,
        mut tx: Tx,
        account: AccountId,
        record: &DeviceRecord,
        from: ClientAddress,
        now: Millis,
    ) -> Result<SignedIn, Fault> {
        let mut ended = Vec::new();
        for device in devices::beyond(&mut tx, account, DEVICES_MAX - 1).await? {
            let tokens = devices::remove(&mut tx, account, device).await?.unwrap_or_default();
            ended.push((device, tokens));
        }
        let (device, token) = self.begin_session(&mut tx, account, record, from, now).await?;
        tx.commit().await?;
        for (device, tokens) in ended {
            self.after_device_ended(account, device, &tokens);
        }
        self.reach.forget(account);
        self.tell_device_added(account, device);
        Ok(SignedIn { account_id: account, device_id: device, token: Some(token), created: false })
    }

    /// Writes down a device, its session and the log-in; gives the device and the token.
    pub(crate) async fn begin_session(
        &self,
        tx: &mut Tx,
        account: AccountId,
        record: &DeviceRecord,
        from: ClientAddress,
        now: Millis,
    ) -> Result<(DeviceId, String), Fault> {
        let device = DeviceId::new(now, self.rng.ulid_bits());
        let sealed = self.seal(record, &of_device(account, device, now))?;
        devices::insert(tx, account, DeviceRow { device, created_at: now, sealed }).await?;

        let token = secrets::token(&*self.rng);
        let hash = secrets::token_hash(&self.vault, &token);
        let session = new_session(account, device, now);
        let seal = secrets::session_seal(&self.vault, hash, &session);
        devices::insert_session(tx, hash, &session, seal).await?;

        let login = LoginId::new(now, self.rng.ulid_bits());
        let record =
            LoginRecord { address: from.0.to_string(), device: record.name.clone(), platform: record.platform.clone() };
        let sealed = self.seal(&record, &of_login(account, login, now))?;
        // The earlier of 90 days and three months, fixed here (LOGI-3M, LOGI-90D, D-04, D-07).
        let expires_at = rows::Login::INFO.period.deadline(now).unwrap_or(now);
        devices::insert_login(tx, account, LoginRow { login, at: now, expires_at, sealed }).await?;
        Ok((device, token))
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, Request};
    use serde_json::{Value, json};

    use crate::limits::DEVICES_MAX;
    use crate::testing::{ADA, ORIGIN, in_a_world};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_twenty_first_device_takes_the_place_of_the_one_used_longest_ago() {
        in_a_world(async |world| {
            let mut devices = Vec::new();
            for _ in 0..DEVICES_MAX {
                devices.push(world.person(ADA, "Ada").await);
                world.clock.advance(kernel::HOUR_MS);
            }
            // The first one is in use, so that the second goes.
            world.clock.advance(kernel::DAY_MS);
            world.get("/v1/me", &devices[0]).await;
            world.heard.ended();
            world.person(ADA, "Ada").await;
            assert_eq!(world.heard.ended(), [devices[1].device]);
            world.get("/v1/me", &devices[0]).await;
            let gone = world.call(Method::GET, "/v1/me", Some(&devices[1]), Value::Null).await;
            gone.refused(401, "not_signed_in");
            assert_eq!(world.people.device_count(devices[0].account).await, 20);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_session_in_a_cookie_is_for_our_own_page() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            let body = json!({
                "phone": ADA, "code": code, "alias": "Ada", "cookie": true, "device": { "name": "", "platform": "web" },
            });
            let request = |origin: Option<&str>| {
                let request = Request::builder().method(Method::POST).uri("/v1/sessions");
                let request = request.header("content-type", "application/json");
                let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
                request.body(axum::body::Body::from(body.to_string())).unwrap()
            };
            world.send(request(None)).await.refused(403, "foreign_origin");
            world.send(request(Some("https://evil.test"))).await.refused(403, "foreign_origin");
            let answer = world.send(request(Some(ORIGIN))).await;
            assert_eq!(answer.body.get("token"), None);
            let cookie = answer.headers["set-cookie"].to_str().unwrap();
            assert!(cookie.starts_with("__Host-session="), "{cookie}");
            // 90 days: the period of the policy row `session`.
            for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age=7776000"] {
                assert!(cookie.split("; ").any(|found| found == part), "{cookie} lacks {part}");
            }
            answer.is(201);
        })
        .await;
    }
}
