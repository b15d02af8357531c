//! The style sheet of the pages, and the script of the one page that has one.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::Face;

pub(crate) fn routes() -> Router<Face> {
    Router::new()
        .route(
            "/assets/pages.css",
            get(|| async {
                file(
                    "text/css; charset=utf-8",
                    include_str!("../assets/pages.css"),
                )
            }),
        )
        .route(
            "/assets/continue.js",
            get(|| async {
                file(
                    "text/javascript; charset=utf-8",
                    include_str!("../assets/continue.js"),
                )
            }),
        )
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        text,
    )
}
