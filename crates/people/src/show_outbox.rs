//! `GET /v1/demo/outbox`: in demo mode, the texts that would have been sent to a number.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use wire::Problem;
use wire::rest::OutboxItem;

use crate::phone::{Phone, PhoneError};
use crate::problem::{Refuse, answers};
use crate::{Fault, People};

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShowOutboxError {
    /// This is no demonstration.
    #[error("this server is not in demo mode")]
    NoDemo,
    /// The number.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

answers!(ShowOutboxError);

impl Refuse for ShowOutboxError {
    fn problem(&self) -> Problem {
        match self {
            Self::NoDemo => Problem::new(404, "no_demo", self.to_string()),
            Self::Phone(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Whose texts.
#[derive(Deserialize)]
pub(crate) struct To {
    #[serde(default)]
    to: String,
}

/// Shows what would have been sent to a number, newest first. Only in demo mode, which listens on loopback alone.
#[utoipa::path(get, path = "/v1/demo/outbox", tag = "demo",
    params(("to" = String, Query, description = "the number", example = "+12025550123")),
    responses(
        (status = 200, description = "the texts", body = Vec<OutboxItem>),
        (status = 404, description = "`no_demo`", body = Problem),
        (status = 422, description = "`invalid_phone`, `other_operator`", body = Problem),
    )
)]
pub(crate) async fn show_outbox(
    State(people): State<Arc<People>>,
    to: Result<Query<To>, QueryRejection>,
) -> Result<Json<Vec<OutboxItem>>, ShowOutboxError> {
    let outbox = people.config.demo_outbox.as_ref().ok_or(ShowOutboxError::NoDemo)?;
    let Query(to) = to.map_err(|_| PhoneError::Invalid)?;
    // An unescaped `+` in a query is a space.
    let text = if to.to.starts_with(' ') { to.to.replacen(' ', "+", 1) } else { to.to };
    let phone = Phone::parse(&text)?;
    let texts = outbox.newest(phone.e164(), people.now()?);
    let items = texts.into_iter().map(|sent| OutboxItem { to: sent.to, text: sent.text, code: sent.code, at: sent.at });
    Ok(Json(items.collect()))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use kernel::MINUTE_MS;
    use serde_json::{Value, json};

    use crate::testing::{ADA, START, in_a_world};

    #[tokio::test(flavor = "multi_thread")]
    async fn the_outbox_shows_the_texts_to_a_number_newest_first_until_they_are_of_no_use() {
        in_a_world(async |world| {
            let first = world.code_for(ADA).await;
            world.clock.advance(MINUTE_MS);
            let second = world.code_for(ADA).await;
            for to in ["+12025550123", "%2B12025550123", "0012025550123"] {
                let path = format!("/v1/demo/outbox?to={to}");
                let list = world.call(Method::GET, &path, None, Value::Null).await.is(200);
                let codes: Vec<_> = list.as_array().unwrap().iter().map(|item| &item["code"]).collect();
                assert_eq!(codes, [&json!(second), &json!(first)]);
                assert_eq!(list[1]["at"], START.0);
                assert!(list[0]["text"].as_str().unwrap().contains(&second));
            }
            world.clock.advance(5 * MINUTE_MS);
            let list = world.call(Method::GET, "/v1/demo/outbox?to=%2B12025550123", None, Value::Null).await;
            assert_eq!(list.is(200), json!([]));
            let none = world.call(Method::GET, "/v1/demo/outbox", None, Value::Null).await;
            none.refused(422, "invalid_phone");
        })
        .await;
    }
}
