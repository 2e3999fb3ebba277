//! `GET /v1/health`: is it there, which version, whose.

use axum::Json;
use axum::extract::State;
use wire::rest::Health;

/// What the answer says besides `ok`.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// Whether this is a demonstration.
    pub(crate) demo: bool,
    /// Who runs it.
    pub(crate) operator: String,
}

/// Says that the server is up.
#[utoipa::path(get, path = "/v1/health", operation_id = "show_health", tag = "server", responses((status = 200, description = "it is up", body = Health)))]
pub(crate) async fn show(State(about): State<About>) -> Json<Health> {
    Json(Health {
        status: "ok".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        demo: about.demo,
        operator: about.operator,
        policy_version: policy::version().number,
        policy_digest: policy::digest().to_owned(),
    })
}
