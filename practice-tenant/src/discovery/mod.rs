//! What anybody may read to find their way: the metadata documents, and which authorities are known.

mod document;
mod instance;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use crate::Face;
use crate::aadsts::Aadsts;
use crate::exchange::{self, Exchange};

pub(crate) fn routes() -> Router<Face> {
    let document = || get(document::handler).options(preflight);
    Router::new()
        .route(
            "/{tenant}/v2.0/.well-known/openid-configuration",
            document(),
        )
        .route("/{tenant}/.well-known/openid-configuration", document())
        .route(
            "/common/discovery/instance",
            get(instance::handler).options(preflight),
        )
}

/// Discovery and keys may be read by any page, even when the answer is an error.
pub(crate) fn public(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    let value = HeaderValue::from_static;
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, value("GET, OPTIONS"));
    headers.insert(header::CACHE_CONTROL, value("max-age=86400, private"));
    exchange::add_recorded_headers(headers);
    if response.status().is_client_error() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, value("no-store, no-cache"));
    }
    response
}

/// What a browser asks before a request that is not a simple one. Which headers Entra allows is unverified.
pub(crate) async fn preflight() -> Response {
    let allowed = [(header::ACCESS_CONTROL_ALLOW_HEADERS, "*")];
    public((StatusCode::NO_CONTENT, allowed))
}

/// An unknown tenant is `invalid_tenant` here and `invalid_request` at the token endpoint.
pub(crate) fn refused(refusal: Aadsts, exchange: &Exchange, origin: &str) -> Response {
    let refusal = match refusal {
        Aadsts::UnknownTenant { tenant, .. } => Aadsts::UnknownTenant {
            tenant,
            at_discovery: true,
        },
        other => other,
    };
    (refusal.wire().status, Json(refusal.body(exchange, origin))).into_response()
}
