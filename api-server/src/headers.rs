//! What every answer carries: who may read it, what a browser may do with it, which request it belongs to.

use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method};
use shared::correlation;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tracing::Instrument as _;

use crate::settings::ApiSettings;

/// Ties together what client, authority and API recorded of one sign-in. Clients of this API send it in the address,
/// where it causes no preflight.
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static(correlation::CLIENT_REQUEST_ID);

/// Lets pages of the allowed origins call and read; nobody else. There are no cookies here, hence no credentials.
pub(crate) fn cors(settings: &ApiSettings) -> CorsLayer {
    let origins: Vec<HeaderValue> = settings
        .allowed_origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok())
        .collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, CLIENT_REQUEST_ID])
        .expose_headers([WWW_AUTHENTICATE, CLIENT_REQUEST_ID])
        .max_age(Duration::from_secs(600))
}

/// Answers hold claims: no cache keeps them, no page embeds them, nothing in them is run.
/// `Cross-Origin-Resource-Policy` binds `<img>` and `<script>`, not the calls that CORS allows (Fetch, "cross-origin
/// resource policy check").
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Logs under the correlation ID of the request, and gives it back. A value that is not a GUID is ignored.
pub(crate) async fn correlate(request: Request, next: Next) -> Response {
    let Some(id) = correlation_id(&request) else {
        return next.run(request).await;
    };
    let span = tracing::info_span!("request", correlation = %id);
    let mut response = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(CLIENT_REQUEST_ID, value);
    }
    response
}

fn correlation_id(request: &Request) -> Option<uuid::Uuid> {
    let header = request.headers().get(CLIENT_REQUEST_ID);
    let header = header.and_then(|value| value.to_str().ok());
    correlation::chosen(request.uri().query(), header)
}
