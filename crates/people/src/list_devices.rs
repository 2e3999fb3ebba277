//! `GET /v1/devices`: where this account is signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use policy::{Permit, purposes, rows};
use wire::Problem;
use wire::rest::{Device, Devices};

use crate::problem::{Refuse, answers, faults};
use crate::records::{DeviceRecord, of_device};
use crate::store::devices;
use crate::{Fault, People, SignedIn};

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListDevicesError {
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ListDevicesError);
answers!(ListDevicesError);

impl Refuse for ListDevicesError {
    fn problem(&self) -> Problem {
        let Self::Fault(fault) = self;
        fault.problem()
    }
}

/// Lists the devices that are signed in, newest first (SECU-DEVICES).
#[utoipa::path(get, path = "/v1/devices", tag = "people", responses(
    (status = 200, description = "the devices", body = Devices),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn list_devices(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Json<Devices>, ListDevicesError> {
    let mut list = Vec::new();
    for row in devices::list(&people.db, who.account).await? {
        let address = of_device(who.account, row.device, row.created_at);
        let permit = Permit::<rows::Device>::to::<purposes::SecureAccount>();
        let record = people.open_sealed::<DeviceRecord>(&row.sealed, &address, permit)?;
        list.push(Device {
            device_id: row.device,
            name: record.name.clone(),
            platform: record.platform.clone(),
            signed_in_at: row.created_at,
            current: row.device == who.device,
        });
    }
    Ok(Json(Devices { devices: list }))
}
