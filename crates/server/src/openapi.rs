//! The interface, described: `GET /v1/openapi.json` and `billet openapi`, both made from the code that answers.

use std::io::Write;
use std::process::ExitCode;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::OpenApi;
use wire::Problem;

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
pub(crate) type Shared = Arc<Value>;

/// Adds what holds for every call and no call says of itself: how one signs in, that refusals are problem documents, and
/// how bodies, tokens and the moment are refused.
pub(crate) fn complete(document: &utoipa::openapi::OpenApi) -> Value {
    let mut value = serde_json::to_value(document).expect("a document of text always serialises");
    value["components"]["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer" },
        "cookie": { "type": "apiKey", "in": "cookie", "name": "__Host-session" },
    });
    for (path, item) in value["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete_call(path, method, operation);
        }
    }
    value
}

fn complete_call(path: &str, method: &str, operation: &mut Value) {
    let problem = |description: &str| {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        json!({ "description": description, "content": { Problem::MEDIA_TYPE: { "schema": schema } } })
    };
    let takes_body = operation.get("requestBody").is_some();
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    let signed_in = responses.contains_key("401");
    let mut add = |status: &str, description: &str| {
        responses.entry(status).or_insert_with(|| problem(description));
    };
    add("421", "`unknown_host`: this server does not answer to that host name");
    if path.contains('{') {
        add("404", "`not_found`: there is nothing with this id");
    }
    if takes_body {
        add("400", "`malformed`");
        add("413", "`too_large`");
        add("415", "`not_json`");
    }
    if path != "/v1/health" && path != "/v1/openapi.json" {
        add("503", "`unavailable`, `clock_check`: try again");
    }
    if signed_in && method != "get" {
        add("403", "`foreign_origin`: the cookie came from another page");
    }
    for response in responses.values_mut() {
        let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else { continue };
        let is_problem = content
            .get("application/json")
            .is_some_and(|media| media["schema"]["$ref"] == "#/components/schemas/Problem");
        if is_problem && let Some(media) = content.remove("application/json") {
            content.insert(Problem::MEDIA_TYPE.to_owned(), media);
        }
    }
    if signed_in {
        operation["security"] = json!([{ "bearer": [] }, { "cookie": [] }]);
    }
}

/// Shows the document.
#[utoipa::path(get, path = "/v1/openapi.json", operation_id = "show_document", tag = "server", responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub(crate) async fn show(State(document): State<Shared>) -> Json<Value> {
    Json((*document).clone())
}

/// Prints the document to standard output.
pub(crate) fn print() -> Ending {
    let text = serde_json::to_string_pretty(&router::document()).expect("a document of text always serialises");
    // A reader that went away (`| head`) is no failure of ours.
    let _written = writeln!(std::io::stdout(), "{text}");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What each field is that a body must have, as a category of the fides taxonomy; none where it says nothing of a person.
    const REQUIRED: [(&str, Option<&str>); 25] = [
        ("account", Some("user.unique_id")),
        ("account_id", Some("user.unique_id")),
        ("at", None),
        ("auth", Some("user.authorization.credentials")),
        ("chats", Some("user.account.settings")),
        ("code", Some("user.authorization.credentials")),
        ("conversation", Some("user.social")),
        ("endpoint", Some("user.contact.url")),
        ("from_minute", None),
        ("group", Some("user.unique_id")),
        ("handle", Some("user.account.username")),
        ("keys", Some("user.authorization.credentials")),
        ("message", Some("user.unique_id")),
        ("name", Some("user.device")),
        ("p256dh", Some("user.authorization.credentials")),
        ("phone", Some("user.contact.phone_number")),
        ("platform", Some("user.device")),
        ("reason", Some("user.content.private")),
        ("secret", Some("user.authorization.credentials")),
        ("text", Some("user.content.private")),
        ("time_zone", Some("user.account.settings")),
        ("to", Some("user.unique_id")),
        ("to_minute", None),
        ("token", Some("user.unique_id")),
        ("version", None),
    ];
    /// Categories of what a person need not tell anybody.
    const SPECIAL: [&str; 8] = [
        "user.authorization.biometric",
        "user.biometric",
        "user.criminal_history",
        "user.demographic.political_opinion",
        "user.demographic.race_ethnicity",
        "user.demographic.religious_belief",
        "user.demographic.sexual_orientation",
        "user.health_and_medical",
    ];

    fn required(document: &Value, schema: &Value, seen: &mut BTreeSet<String>, found: &mut BTreeSet<String>) {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            if seen.insert(name.to_owned()) {
                required(document, &document["components"]["schemas"][name], seen, found);
            }
            return;
        }
        if !schema.is_object() {
            return;
        }
        let list = |key: &str| schema[key].as_array().cloned().unwrap_or_default();
        found.extend(list("required").iter().filter_map(Value::as_str).map(str::to_owned));
        let properties = schema["properties"].as_object().into_iter().flat_map(|fields| fields.values().cloned());
        let parts = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(list).chain(properties);
        parts.chain([schema["items"].clone()]).for_each(|part| required(document, &part, seen, found));
    }

    /// SENS-NOTREQ: every field that any call of this interface demands is classified, none is of a special category, and no
    /// row that is stored has one.
    #[test]
    fn nothing_sensitive_is_needed() {
        let document = router::document();
        let mut found = BTreeSet::new();
        for operations in document["paths"].as_object().expect("paths").values() {
            for operation in operations.as_object().expect("operations").values() {
                let content = operation["requestBody"]["content"].as_object();
                let schemas = content.into_iter().flat_map(|kinds| kinds.values().map(|kind| &kind["schema"]));
                schemas.for_each(|schema| required(&document, schema, &mut BTreeSet::new(), &mut found));
            }
        }
        let known: BTreeSet<String> = REQUIRED.iter().map(|(field, _)| (*field).to_owned()).collect();
        assert_eq!(found, known, "a field that is demanded has to be classified here");
        let is_special = |category: &str| SPECIAL.iter().any(|special| category.starts_with(special));
        assert!(REQUIRED.iter().filter_map(|(_, category)| *category).all(|category| !is_special(category)));
        let stored = policy::all().iter().filter(|row| !row.planned && row.required);
        for row in stored {
            assert!(!row.categories.iter().any(|category| is_special(category)), "{}", row.id);
        }
    }
}
