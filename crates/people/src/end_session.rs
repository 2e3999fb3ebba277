//! `DELETE /v1/sessions/current`: sign out. The device ends with its session: signing in again makes a new one.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use wire::Problem;

use crate::problem::{Refuse, answers, faults};
use crate::{Fault, People, SignedIn};

/// Why the session did not end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EndSessionError {
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(EndSessionError);
answers!(EndSessionError);

impl Refuse for EndSessionError {
    fn problem(&self) -> Problem {
        let Self::Fault(fault) = self;
        fault.problem()
    }
}

/// Takes the cookie away.
pub(crate) const NO_COOKIE: HeaderValue =
    HeaderValue::from_static("__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");

/// Signs this device out. Its socket closes with 4001.
#[utoipa::path(delete, path = "/v1/sessions/current", tag = "people", responses(
    (status = 204, description = "signed out"),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn end_session(State(people): State<Arc<People>>, who: SignedIn) -> Result<Response, EndSessionError> {
    people.end_device(who.account, who.device).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, NO_COOKIE)]).into_response())
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::Value;

    use crate::testing::{ADA, in_a_world};

    #[tokio::test(flavor = "multi_thread")]
    async fn signing_out_ends_the_session_and_its_device_and_no_other() {
        in_a_world(async |world| {
            let (phone, tablet) = (world.person(ADA, "Ada").await, world.person(ADA, "Ada").await);
            assert_eq!(world.heard.added(), [phone.device, tablet.device]);
            world.get("/v1/me", &phone).await;
            let answer = world.call(Method::DELETE, "/v1/sessions/current", Some(&phone), Value::Null).await;
            assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
            answer.is(204);
            assert_eq!(world.heard.ended(), [phone.device]);
            for _ in 0..2 {
                let again = world.call(Method::GET, "/v1/me", Some(&phone), Value::Null).await;
                again.refused(401, "not_signed_in");
            }
            let devices = world.get("/v1/devices", &tablet).await;
            assert_eq!(devices["devices"].as_array().unwrap().len(), 1);
            assert_eq!(world.people.devices_of(tablet.account).await.unwrap(), [tablet.device]);
        })
        .await;
    }
}
