//! `DELETE /v1/devices/{device_id}`: a device is removed, wherever it is (SECU-DEVICES).

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::{AccountId, DeviceId};
use wire::Problem;

use crate::http::IdPath;
use crate::problem::{Refuse, answers, faults};
use crate::store::{Hash, accounts, devices, links};
use crate::{Fault, People, SignedIn};

/// Why no device was removed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RevokeDeviceError {
    /// The account has no such device.
    #[error("you have no such device")]
    Unknown,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(RevokeDeviceError);
answers!(RevokeDeviceError);

impl Refuse for RevokeDeviceError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::new(404, "unknown_device", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Removes a device: its session dies at once, its name goes, and what waits for it is destroyed.
#[utoipa::path(delete, path = "/v1/devices/{device_id}", tag = "people",
    params(("device_id" = DeviceId, Path, description = "the device")),
    responses(
        (status = 204, description = "removed"),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_device`", body = Problem),
    )
)]
pub(crate) async fn revoke_device(
    State(people): State<Arc<People>>,
    who: SignedIn,
    IdPath(device): IdPath<DeviceId>,
) -> Result<StatusCode, RevokeDeviceError> {
    if people.end_device(who.account, device).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(RevokeDeviceError::Unknown)
    }
}

impl People {
    /// Removes a device with its session; false when the account has no such device.
    pub(crate) async fn end_device(&self, account: AccountId, device: DeviceId) -> Result<bool, Fault> {
        let mut tx = self.db.begin_write().await?;
        accounts::lock(&mut tx, account).await?;
        let Some(tokens) = devices::remove(&mut tx, account, device).await? else { return Ok(false) };
        // A device that was let in by this one and is not there yet stays outside; whoever is meant asks again.
        links::remove_confirmed(&mut tx, account).await?;
        tx.commit().await?;
        self.after_device_ended(account, device, &tokens);
        Ok(true)
    }

    /// Once it is durable: from here on no call of that device is answered.
    pub(crate) fn after_device_ended(&self, account: AccountId, device: DeviceId, tokens: &[Hash]) {
        for token in tokens {
            self.sessions.forget(token);
        }
        self.reach.forget(account);
        self.tell_device_ended(account, device);
        self.shed_soon();
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::Value;
    use storage::sql::Engine;

    use crate::SignInError;
    use crate::testing::{ADA, BOB, Person, World, in_a_world};

    async fn revoke(world: &World, who: &Person, device: &Person) -> crate::testing::Answer {
        world.call(Method::DELETE, &format!("/v1/devices/{}", device.device), Some(who), Value::Null).await
    }

    /// SECU-DEVICES: of three devices one is removed; its session dies at once although it was in the cache.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_removed_device_is_refused_at_once_and_the_others_stay() {
        in_a_world(async |world| {
            let mut devices = Vec::new();
            for _ in 0..3 {
                devices.push(world.person(ADA, "Ada").await);
            }
            world.people.authenticate(&devices[1].token).await.unwrap();
            revoke(world, &devices[0], &devices[1]).await.is(204);
            let refused = world.people.authenticate(&devices[1].token).await;
            assert!(matches!(refused, Err(SignInError::NotSignedIn)));
            assert_eq!(world.heard.ended(), [devices[1].device]);
            world.people.authenticate(&devices[2].token).await.unwrap();
            assert_eq!(world.people.device_count(devices[0].account).await, 2);
            revoke(world, &devices[0], &devices[1]).await.refused(404, "unknown_device");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_removes_the_device_of_somebody_else() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            revoke(world, &ada, &bob).await.refused(404, "unknown_device");
            world.get("/v1/me", &bob).await;
            let nonsense = world.call(Method::DELETE, "/v1/devices/nonsense", Some(&ada), Value::Null).await;
            nonsense.refused(404, "not_found");
        })
        .await;
    }

    /// SECU-DEVICES: the name is gone from the database's files too (SQLite, whose files are ours).
    #[tokio::test(flavor = "multi_thread")]
    async fn the_sealed_name_of_a_removed_device_is_in_no_file() {
        in_a_world(async |world| {
            let (phone, tablet) = (world.person(ADA, "Ada").await, world.person(ADA, "Ada").await);
            if world.db.engine() != Engine::Sqlite {
                return;
            }
            let rows = crate::store::devices::list(&world.db, phone.account).await.unwrap();
            let sealed = rows.into_iter().find(|row| row.device == tablet.device).unwrap().sealed;
            assert!(world.found_in_files(&sealed), "the search must be able to see it");
            revoke(world, &phone, &tablet).await.is(204);
            // The files are cut beside the answer; this waits for that.
            world.db.shed().await.unwrap();
            assert!(!world.found_in_files(&sealed));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn devices_are_listed_newest_first_with_the_one_that_asks() {
        in_a_world(async |world| {
            let (phone, tablet) = (world.person(ADA, "Ada").await, world.person(ADA, "Ada").await);
            let list = world.get("/v1/devices", &phone).await;
            let seen: Vec<_> = list["devices"]
                .as_array()
                .unwrap()
                .iter()
                .map(|device| (device["device_id"].as_str().unwrap(), device["current"].as_bool().unwrap()))
                .collect();
            assert_eq!(seen, [(&*tablet.device.to_string(), false), (&*phone.device.to_string(), true)]);
            assert_eq!(list["devices"][0]["name"], "a phone");
            assert_eq!(list["devices"][0]["platform"], "test");
        })
        .await;
    }
}
