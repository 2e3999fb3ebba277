//! All routes in one place: the interface under `/v1`, everything else is the web client.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware;
use chats::Chats;
use people::People;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::headers::{Hosts, Tls};
use crate::health::About;
use crate::openapi::Document;
use crate::socket::{Doors, SocketState};
use crate::{assets, headers, health, listen, openapi, policy_page, socket};

/// What the routes need.
pub(crate) struct Parts {
    pub(crate) about: About,
    pub(crate) policy: policy_page::Shared,
    pub(crate) hosts: Hosts,
    pub(crate) tls: Tls,
    pub(crate) people: Arc<People>,
    pub(crate) chats: Chats,
    pub(crate) doors: Doors,
    pub(crate) client: assets::Client,
}

/// The router to serve.
pub(crate) fn build(parts: Parts) -> Router {
    let document: openapi::Shared = Arc::new(document());
    let (own, _) = health_routes().split_for_parts();
    let (people, _) = people::routes().split_for_parts();
    let (socket, _) = socket_routes().split_for_parts();
    let (chats, _) = chats::routes().split_for_parts();
    let (openapi, _) = openapi_routes().split_for_parts();
    let (policy, _) = policy_page::routes().split_for_parts();
    Router::new()
        .merge(own.with_state(parts.about))
        .merge(policy.merge(policy_page::pages()).with_state(parts.policy))
        .merge(people.with_state(parts.people))
        .merge(chats.with_state(parts.chats.clone()))
        .merge(socket.with_state(SocketState { chats: parts.chats, doors: parts.doors }))
        .merge(openapi.with_state(document))
        .fallback_service(assets::serve.with_state(parts.client))
        .layer(middleware::from_fn(listen::limit_time))
        .layer(middleware::from_fn_with_state(parts.hosts, headers::check_host))
        .layer(middleware::from_fn_with_state(parts.tls, headers::protect))
}

/// The OpenAPI document of all routes.
pub(crate) fn document() -> serde_json::Value {
    let mut document = Document::openapi();
    for part in [
        health_routes().into_openapi(),
        policy_page::routes().into_openapi(),
        people::routes().into_openapi(),
        chats::routes().into_openapi(),
        socket_routes().into_openapi(),
        openapi_routes().into_openapi(),
    ] {
        document.merge(part);
    }
    openapi::complete(&document)
}

fn health_routes() -> OpenApiRouter<About> {
    OpenApiRouter::new().routes(routes!(health::show))
}

fn socket_routes() -> OpenApiRouter<SocketState> {
    OpenApiRouter::new().routes(routes!(socket::open))
}

fn openapi_routes() -> OpenApiRouter<openapi::Shared> {
    OpenApiRouter::new().routes(routes!(openapi::show))
}
