//! `/practice`: what no real tenant has. Everything seeded is told here, and keys, lifetimes and the whole state can be
//! changed by whoever holds the practice key.
//!
//! No other origin may read an answer (no CORS, and `Cross-Origin-Resource-Policy: same-origin`) or cause a change.

mod body;
mod by_correlation_id;
mod decisions;
mod error;
mod guard;
mod messages;
mod reset;
mod rollover;
mod seeded;
mod settings;
mod snapshots;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{get, post, put};
use axum::{Router, middleware};

pub use guard::own_page;
pub(crate) use guard::{KEY_HEADER, is_key};
pub(crate) use reset::Beginning;
pub use seeded::SeededUser;
pub(crate) use seeded::users;

use crate::Face;

pub(crate) fn routes(face: &Face) -> Router<Face> {
    Router::new()
        .route("/practice", get(seeded::handler))
        .route("/practice/decisions", get(decisions::handler))
        .route("/practice/messages", get(messages::handler))
        .route("/practice/keys/rollover", post(rollover::handler))
        .route(
            "/practice/settings",
            get(settings::read).patch(settings::change),
        )
        .route("/practice/reset", post(reset::handler))
        .route(
            "/practice/snapshots",
            get(snapshots::list).post(snapshots::take),
        )
        .route(
            "/practice/snapshots/{id}",
            put(snapshots::renew).delete(snapshots::drop),
        )
        .route("/practice/snapshots/{id}/restore", post(snapshots::restore))
        .method_not_allowed_fallback(error::wrong_method)
        .route_layer(middleware::from_fn_with_state(face.clone(), guard::around))
        .route_layer(middleware::map_response(private))
}

/// What every answer carries.
async fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

#[cfg(test)]
mod tests;
