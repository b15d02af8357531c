//! `/devicelogin`: where a person types the code that a device shows. What follows are the pages of a sign-in.

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use crate::Face;
use crate::exchange::Exchange;
use crate::pages;
use crate::params::{self, Params};
use crate::sign_in::{self, Purpose, guard};

#[derive(Template)]
#[template(path = "device.html")]
struct Page<'a> {
    tenant: &'a str,
    problem: Option<&'static str>,
}

/// The page has several addresses with Entra; devices name the first.
pub(super) fn routes() -> Router<Face> {
    let page = || get(show).post(submit);
    Router::new()
        .route("/devicelogin", page())
        .route("/{tenant}/oauth2/deviceauth", page())
}

async fn show(State(face): State<Face>) -> Response {
    page(&face, None)
}

fn page(face: &Face, problem: Option<&'static str>) -> Response {
    let directory = face.tenant.directory();
    let page = Page {
        tenant: &directory.organization.display_name,
        problem,
    };
    pages::form(&page, "")
}

async fn submit(
    State(face): State<Face>,
    exchange: Exchange,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if !guard::from_own_page(&face, &headers) {
        return pages::forged(&face);
    }
    let form = params::whole(body).and_then(|body| Params::form(&headers, &body));
    let form = match form {
        Ok(form) => form,
        Err(refusal) => return pages::refused(&face, &exchange, &refusal),
    };
    let devices = &face.tenant.devices;
    if !devices.guesses.allowed(exchange.now) {
        return page(
            &face,
            Some("Too many wrong codes were typed. Wait a minute and try again."),
        );
    }
    let typed: String = form
        .get("otc")
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let Some(device) = devices.shown(exchange.now, &typed) else {
        devices.guesses.was_wrong(exchange.now);
        return page(
            &face,
            Some("That code is not known. Check the code on your device and try again."),
        );
    };
    sign_in::begin(&face, &exchange, &headers, Purpose::Device(device))
}
