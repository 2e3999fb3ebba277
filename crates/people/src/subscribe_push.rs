//! `PUT /v1/me/push`: how this device can be woken. `GET /v1/push/key`: what it subscribes with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use providers::push::{BrowserKeys, HostRefused};
use wire::Problem;
use wire::rest::{PushKey, PushSubscription};

use crate::http::JsonBody;
use crate::problem::{Refuse, answers, faults};
use crate::quiet::Quiet;
use crate::records::{PushRecord, of_device};
use crate::store::accounts;
use crate::store::push::{self, PushRow};
use crate::{Fault, People, SignedIn};

/// Why a device is not subscribed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PushError {
    /// The operator has turned pushes off.
    #[error("this server sends no pushes; its operator can turn them on with --push-hosts")]
    Off,
    /// An address, a key or the quiet hours are none.
    #[error("{0}")]
    Invalid(&'static str),
    /// The push service is none that this server pushes to.
    #[error("this server does not push to this host; its operator can allow it with --push-hosts")]
    HostRefused,
    /// The device was signed out meanwhile.
    #[error("this device is signed out")]
    Gone,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(PushError);
answers!(PushError);

impl Refuse for PushError {
    fn problem(&self) -> Problem {
        let (status, code) = match self {
            Self::Off => (404, "push_off"),
            Self::Invalid(_) => (422, "invalid_push"),
            Self::HostRefused => (422, "push_host_refused"),
            Self::Gone => (410, "account_gone"),
            Self::Fault(fault) => return fault.problem(),
        };
        Problem::new(status, code, self.to_string())
    }
}

impl From<HostRefused> for PushError {
    fn from(refused: HostRefused) -> Self {
        match refused {
            HostRefused::NoAddress => Self::Invalid("`endpoint` is not the address of a push service"),
            HostRefused::NotAllowed => Self::HostRefused,
        }
    }
}

/// Shows the key with which a browser subscribes.
#[utoipa::path(get, path = "/v1/push/key", tag = "people", responses(
    (status = 200, description = "the key", body = PushKey),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 404, description = "`push_off`", body = Problem),
))]
pub(crate) async fn show_push_key(
    State(people): State<Arc<People>>,
    _who: SignedIn,
) -> Result<Json<PushKey>, PushError> {
    let settings = &people.config.push;
    let key = settings.public_key.clone().filter(|_| settings.hosts.any()).ok_or(PushError::Off)?;
    Ok(Json(PushKey { public_key: key }))
}

/// Subscribes this device, in place of what it had subscribed with before. What it is pushed says that there is something to
/// fetch and of which kind, no more: no text, no name, no id.
#[utoipa::path(put, path = "/v1/me/push", tag = "people", request_body = PushSubscription, responses(
    (status = 204, description = "subscribed"),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 404, description = "`push_off`", body = Problem),
    (status = 410, description = "`account_gone`", body = Problem),
    (status = 422, description = "`invalid_push`, `push_host_refused`", body = Problem),
))]
pub(crate) async fn subscribe_push(
    State(people): State<Arc<People>>,
    who: SignedIn,
    JsonBody(body): JsonBody<PushSubscription>,
) -> Result<StatusCode, PushError> {
    people.subscribe_push(who, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the subscription of this device. Done twice is done once.
#[utoipa::path(delete, path = "/v1/me/push", tag = "people", responses(
    (status = 204, description = "ended"),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn unsubscribe_push(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<StatusCode, PushError> {
    people.unsubscribe_push(who.account, who.device, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl People {
    async fn subscribe_push(&self, who: SignedIn, body: &PushSubscription) -> Result<(), PushError> {
        if !self.config.push.hosts.any() {
            return Err(PushError::Off);
        }
        let endpoint = self.config.push.hosts.check(&body.endpoint)?;
        BrowserKeys::parse(&body.keys.p256dh, &body.keys.auth)
            .ok_or(PushError::Invalid("`keys` are not those of a browser's subscription"))?;
        let quiet = body.quiet.as_ref().map(|hours| {
            Quiet::read(hours).ok_or(PushError::Invalid("`quiet` needs minutes from 0 to 1439 and an IANA time zone"))
        });
        let record = PushRecord {
            endpoint: endpoint.as_str().to_owned(),
            p256dh: body.keys.p256dh.clone(),
            auth: body.keys.auth.clone(),
            quiet: quiet.transpose()?,
        };
        let now = self.now()?;
        let sealed = self.seal(&record, &of_device(who.account, who.device, now))?;
        let mut tx = self.db.begin_write().await?;
        accounts::lock(&mut tx, who.account).await?;
        if !push::put(&mut tx, who.account, PushRow { device: who.device, created_at: now, sealed }).await? {
            return Err(PushError::Gone);
        }
        tx.commit().await?;
        self.tell_push_changed(who.account, who.device, true);
        self.shed_soon();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::{Value, json};

    use crate::testing::{ADA, Answer, BOB, P256DH, Person, World, in_a_world};

    fn subscription(endpoint: &str) -> Value {
        json!({ "endpoint": endpoint, "keys": { "p256dh": P256DH, "auth": "BTBZMqHH6r4Tts7J_aSIgg" } })
    }

    async fn subscribe(world: &World, who: &Person, body: Value) -> Answer {
        world.call(Method::PUT, "/v1/me/push", Some(who), body).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_device_subscribes_changes_and_ends_its_own_subscription() {
        in_a_world(async |world| {
            let (phone, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let desk = world.person(ADA, "Ada").await;
            subscribe(world, &phone, subscription("https://fcm.googleapis.com/fcm/send/one")).await.is(204);
            subscribe(world, &desk, subscription("https://web.push.apple.com/two")).await.is(204);
            subscribe(world, &phone, subscription("https://fcm.googleapis.com/fcm/send/three")).await.is(204);
            let targets = world.people.push_targets(phone.account).await.unwrap();
            let mut endpoints: Vec<_> = targets.iter().map(|target| target.endpoint.as_str()).collect();
            endpoints.sort_unstable();
            assert_eq!(endpoints, ["https://fcm.googleapis.com/fcm/send/three", "https://web.push.apple.com/two"]);
            assert!(world.people.push_targets(bob.account).await.unwrap().is_empty());
            assert_eq!(world.people.push_devices().await.unwrap().len(), 2);
            for _ in 0..2 {
                world.call(Method::DELETE, "/v1/me/push", Some(&phone), Value::Null).await.is(204);
            }
            let targets = world.people.push_targets(phone.account).await.unwrap();
            assert_eq!(targets.iter().map(|target| target.device).collect::<Vec<_>>(), [desk.device]);
            assert_eq!(world.heard.pushes().len(), 4, "three times subscribed, once ended");
        })
        .await;
    }

    /// SSRF: nobody makes this server call where its operator has not said.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_no_subscription_with_an_allowed_push_service_is_refused() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            for host in
                ["https://evil.test/x", "http://fcm.googleapis.com/x", "http://169.254.169.254/", "http://127.0.0.1/"]
            {
                subscribe(world, &ada, subscription(host)).await.refused(422, "push_host_refused");
            }
            subscribe(world, &ada, subscription("no address")).await.refused(422, "invalid_push");
            let good = subscription("https://fcm.googleapis.com/fcm/send/one");
            for (field, value) in [
                ("/keys/p256dh", json!("AAAA")),
                ("/keys/auth", json!("AAAA")),
                ("/quiet", json!({ "from_minute": 0, "to_minute": 1440, "time_zone": "UTC" })),
                ("/quiet", json!({ "from_minute": 0, "to_minute": 1, "time_zone": "Mars/Olympus" })),
            ] {
                let mut bad = good.clone();
                bad["quiet"] = Value::Null;
                *bad.pointer_mut(field).unwrap() = value;
                subscribe(world, &ada, bad).await.refused(422, "invalid_push");
            }
            assert_eq!(world.rows("push_subscription").await, 0);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_subscription_ends_with_its_device_and_is_stored_sealed() {
        in_a_world(async |world| {
            let (phone, desk) = (world.person(ADA, "Ada").await, world.person(ADA, "Ada").await);
            subscribe(world, &phone, subscription("https://fcm.googleapis.com/fcm/send/one")).await.is(204);
            let bytes = crate::store::testing::all_bytes(&world.db).await;
            let found = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
            assert!(found(&phone.device.to_bytes()), "the row must be among what is looked through");
            assert!(!found(b"googleapis") && !found(P256DH.as_bytes()));
            let path = format!("/v1/devices/{}", phone.device);
            world.call(Method::DELETE, &path, Some(&desk), Value::Null).await.is(204);
            assert_eq!(world.rows("push_subscription").await, 0);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_push_service_that_ends_an_old_subscription_does_not_end_the_new_one() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            subscribe(world, &ada, subscription("https://fcm.googleapis.com/fcm/send/old")).await.is(204);
            let old = world.people.push_targets(ada.account).await.unwrap().remove(0);
            world.clock.advance(1);
            subscribe(world, &ada, subscription("https://fcm.googleapis.com/fcm/send/new")).await.is(204);
            world.people.unsubscribe_push(ada.account, ada.device, Some(old.created_at)).await.unwrap();
            let new = world.people.push_targets(ada.account).await.unwrap().remove(0);
            assert_eq!(new.endpoint.as_str(), "https://fcm.googleapis.com/fcm/send/new");
            world.people.unsubscribe_push(ada.account, ada.device, Some(new.created_at)).await.unwrap();
            assert!(world.people.push_targets(ada.account).await.unwrap().is_empty());
        })
        .await;
    }
}
