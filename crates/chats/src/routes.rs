use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{Chats, show_message, show_protection};

/// The HTTP calls of this room, with their part of the OpenAPI document.
pub fn routes() -> OpenApiRouter<Chats> {
    OpenApiRouter::new().routes(routes!(show_protection::show_protection)).routes(routes!(show_message::show_message))
}
