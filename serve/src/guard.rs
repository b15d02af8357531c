//! What stands between every request and the router behind it: the host check, the length of the address, the time an
//! answer may take, and what becomes of a panic.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;

use crate::host::{AllowedHosts, HostError};
use crate::options::Limits;

/// Puts a router behind the guard. The last layer is the first that a request meets.
pub(crate) fn guarded(router: Router, hosts: AllowedHosts, limits: Limits) -> Router {
    // The path only: queries carry codes and tokens, which have no place in a log.
    let trace = TraceLayer::new_for_http().make_span_with(|request: &Request| {
        tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
    });
    router
        .layer(from_fn_with_state(limits.request_time, in_time))
        .layer(from_fn_with_state(limits.url_bytes, short_address))
        .layer(from_fn_with_state(Arc::new(hosts), known_host))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(trace)
}

async fn known_host(
    State(hosts): State<Arc<AllowedHosts>>,
    request: Request,
    next: Next,
) -> Response {
    match hosts.check(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => {
            tracing::warn!(
                path = request.uri().path(),
                ?error,
                "refused a request by its host"
            );
            let status = match error {
                HostError::Missing | HostError::Malformed => StatusCode::BAD_REQUEST,
                HostError::Foreign => StatusCode::MISDIRECTED_REQUEST,
            };
            plain(status, &error.to_string())
        }
    }
}

async fn short_address(State(bytes): State<usize>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let length = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    if length > bytes {
        return plain(
            StatusCode::URI_TOO_LONG,
            &format!("The address has {length} bytes; this server reads {bytes}."),
        );
    }
    next.run(request).await
}

async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let has_body = !request.body().is_end_stream();
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        // Every handler is quick once it has its input, so a request with a body was most likely sent too slowly.
        Err(_) if has_body => plain(
            StatusCode::REQUEST_TIMEOUT,
            "The request took too long to arrive.",
        ),
        Err(_) => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "The answer took too long. Try again.",
        ),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature is tower-http's"
)]
fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(message, "a request made the server panic");
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something broke in this server; its log says what.",
    )
}

fn plain(status: StatusCode, sentence: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, format!("{sentence}\n")).into_response()
}
