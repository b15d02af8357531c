//! `GET /config.json`: what the browser app must know before it can ask for anything.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use shared::authority::{AuthorityHost, ClientId, TenantId};

use super::headers;

/// The answer. In practice mode it holds the practice key, so no other origin may read it: other pages are refused, there
/// are no CORS headers, and `Cross-Origin-Resource-Policy` keeps it out of whoever does not say that it is a page.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClientConfig {
    /// The directory (tenant) ID.
    pub(crate) tenant_id: TenantId,
    /// The application (client) ID of the browser app.
    pub(crate) client_id: ClientId,
    /// The application (client) ID of the API.
    pub(crate) api_client_id: ClientId,
    /// The origin of the authorization server.
    pub(crate) authority_host: AuthorityHost,
    /// The API's origin.
    pub(crate) api_url: String,
    /// The workload's origin.
    pub(crate) workload_url: String,
    /// The scope to ask for, complete: `api://<API's client ID>/access_as_user`.
    pub(crate) scope: String,
    /// The app role that a caller without a user needs.
    pub(crate) app_role: String,
    /// Whether the tenant is the practice tenant.
    pub(crate) practice: bool,
    /// What only the practice tenant has.
    #[serde(flatten)]
    pub(crate) practice_tenant: Option<PracticeConfig>,
    /// This program's version.
    pub(crate) version: &'static str,
}

/// What only the practice tenant has.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PracticeConfig {
    /// The value of `x-practice-key`, without which nothing in the practice tenant can be changed.
    pub(crate) practice_key: String,
    /// The tenant's display name.
    pub(crate) tenant_name: String,
    /// The tenant's domain.
    pub(crate) tenant_domain: String,
}

/// The answer's text: it stays the same for as long as the servers run.
#[derive(Clone)]
pub(super) struct Answer(Arc<str>);

pub(super) fn answer(config: &ClientConfig) -> Answer {
    Answer(
        serde_json::to_string(config)
            .expect("strings and a flag make JSON")
            .into(),
    )
}

pub(super) async fn handler(State(Answer(text)): State<Answer>, asked: HeaderMap) -> Response {
    let (mut response, kind) = if practice_tenant::own_page(&asked) {
        (text.to_string().into_response(), "application/json")
    } else {
        let sentence =
            "This address is for the browser app and for programs, not for other pages.\n";
        (
            (StatusCode::FORBIDDEN, sentence).into_response(),
            "text/plain; charset=utf-8",
        )
    };
    let headers = response.headers_mut();
    headers::protect(headers);
    headers::set(headers, &header::CONTENT_TYPE, kind);
    headers::set(headers, &header::CACHE_CONTROL, "no-store");
    response
}
