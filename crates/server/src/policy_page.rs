//! The policy, public: `/policy` for people, `/v1/policy.json` and the versions for programs. Rendered once, at the start.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use disclosure::{Edition, Site};
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use http::{HeaderMap, StatusCode};
use policy::Language;
use serde::Deserialize;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::Problem;
use wire::rest::{PolicyVersion, PolicyVersions, PolicyWords};

/// Everything that is told, ready to be sent.
pub(crate) struct Pages {
    pages: BTreeMap<Language, String>,
    past: BTreeMap<(u32, Language), String>,
    linked_data: Value,
    editions: Vec<Edition>,
}

/// The state of these routes.
pub(crate) type Shared = Arc<Pages>;

impl Pages {
    /// All pages of a site.
    pub(crate) fn of(site: &Site<'_>) -> Shared {
        let mut past = BTreeMap::new();
        for (edition, language) in site.editions.iter().flat_map(|edition| Language::ALL.map(|l| (edition.number, l))) {
            past.extend(disclosure::past_page(site, edition, language).map(|page| ((edition, language), page)));
        }
        Arc::new(Self {
            pages: Language::ALL.map(|language| (language, disclosure::page(site, language))).into(),
            past,
            linked_data: disclosure::linked_data(site),
            editions: site.editions.clone(),
        })
    }
}

/// The pages for people: no part of the OpenAPI document.
pub(crate) fn pages() -> Router<Shared> {
    Router::new()
        .route("/policy", get(by_browser))
        .route(disclosure::STYLE_PATH, get(style))
        .route("/policy/{language}", get(in_language))
        .route("/policy/versions/{number}", get(past))
}

/// The calls for programs.
pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show_policy))
        .routes(routes!(list_policy_versions))
        .routes(routes!(show_policy_version))
}

async fn by_browser(State(pages): State<Shared>, headers: HeaderMap) -> Response {
    let mut response = html(&pages.pages, language_of(&headers));
    response.headers_mut().insert(VARY, ACCEPT_LANGUAGE.into());
    response
}

/// A third language is answered in English (LANG-TRANS).
async fn in_language(State(pages): State<Shared>, Path(tag): Path<String>) -> Response {
    html(&pages.pages, Language::of(&tag))
}

#[derive(Deserialize)]
struct Chosen {
    lang: Option<String>,
}

async fn past(
    State(pages): State<Shared>,
    Path(number): Path<u32>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Response {
    let language = chosen.lang.map_or_else(|| language_of(&headers), |tag| Language::of(&tag));
    match pages.past.get(&(number, language)) {
        Some(page) => answer(page, language),
        None => no_version().into_response(),
    }
}

async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")], disclosure::STYLE).into_response()
}

fn html(pages: &BTreeMap<Language, String>, language: Language) -> Response {
    answer(&pages[&language], language)
}

fn answer(page: &str, language: Language) -> Response {
    let headers =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_LANGUAGE, language.tag()), (CACHE_CONTROL, "no-cache")];
    (headers, page.to_owned()).into_response()
}

fn language_of(headers: &HeaderMap) -> Language {
    Language::accepted(headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default())
}

fn no_version() -> (StatusCode, [(http::HeaderName, &'static str); 1], Json<Problem>) {
    let status = StatusCode::NOT_FOUND;
    let problem = Problem::new(status.as_u16(), "not_found", "there is no such version of the policy");
    (status, [(CONTENT_TYPE, Problem::MEDIA_TYPE)], Json(problem))
}

/// Shows the policy as linked data (JSON-LD with terms of the W3C's Data Privacy Vocabulary).
#[utoipa::path(get, path = "/v1/policy.json", operation_id = "show_policy", tag = "policy", responses((status = 200, description = "the policy, every row of it", body = Object, content_type = "application/ld+json")))]
async fn show_policy(State(pages): State<Shared>) -> Response {
    let headers = [(CONTENT_TYPE, "application/ld+json"), (CACHE_CONTROL, "no-cache")];
    (headers, pages.linked_data.to_string()).into_response()
}

/// Lists every version of the policy, the newest first.
#[utoipa::path(get, path = "/v1/policy/versions", operation_id = "list_policy_versions", tag = "policy", responses((status = 200, description = "the versions", body = PolicyVersions)))]
async fn list_policy_versions(State(pages): State<Shared>) -> Json<PolicyVersions> {
    Json(PolicyVersions { versions: pages.editions.iter().rev().map(version).collect() })
}

/// Shows the rows of a version as they were.
#[utoipa::path(get, path = "/v1/policy/versions/{number}", operation_id = "show_policy_version", tag = "policy",
    params(("number" = u32, Path, description = "the version")), responses(
    (status = 200, description = "its rows", body = Object),
    (status = 404, description = "`not_found`", body = Problem),
))]
async fn show_policy_version(State(pages): State<Shared>, Path(number): Path<String>) -> Response {
    let edition = pages.editions.iter().find(|edition| edition.number.to_string() == number);
    match edition {
        Some(edition) => Json(serde_json::json!({
            "version": version(edition),
            "rows": edition.rows,
        }))
        .into_response(),
        None => no_version().into_response(),
    }
}

fn version(edition: &Edition) -> PolicyVersion {
    PolicyVersion {
        number: edition.number,
        published: edition.published.clone(),
        effective: edition.effective.clone(),
        draft: edition.draft,
        significant: edition.significant,
        digest: edition.digest.clone(),
        summary: PolicyWords { en: edition.summary.en.to_owned(), zh: edition.summary.zh.to_owned() },
    }
}
