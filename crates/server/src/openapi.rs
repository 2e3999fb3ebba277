//! The interface, described: `GET /v1/openapi.json` and `billet openapi`, both made from the code that answers.

use std::io::Write;
use std::process::ExitCode;

use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use utoipa::OpenApi;

use crate::Ending;
use crate::router;

/// What no route mentions: the document's head, the socket's frames, the problem document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Billet",
        description = "A messenger that anyone can host, and that forgets on time.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(wire::SocketFrames, wire::ServerFrame, wire::Problem))
)]
pub(crate) struct Document;

/// The finished document.
pub(crate) type Shared = Arc<utoipa::openapi::OpenApi>;

/// Shows the document.
#[utoipa::path(get, path = "/v1/openapi.json", operation_id = "show_document", tag = "server", responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub(crate) async fn show(State(document): State<Shared>) -> Json<utoipa::openapi::OpenApi> {
    Json((*document).clone())
}

/// Prints the document to standard output.
pub(crate) fn print() -> Ending {
    let text = router::document().to_pretty_json().expect("a document of text always serialises");
    // A reader that went away (`| head`) is no failure of ours.
    let _written = writeln!(std::io::stdout(), "{text}");
    Ok(ExitCode::SUCCESS)
}
