//! `POST /{tenant}/oauth2/v2.0/devicecode`, and v1 without `/v2.0`: a device asks for its codes (RFC 8628 §3.1).

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Serialize;
use shared::authority::ClientId;

use super::{Codes, LIFETIME_SECONDS};
use crate::Face;
use crate::aadsts::Aadsts;
use crate::exchange::{self, Exchange};
use crate::params::{self, Params};
use crate::scopes::Scopes;
use crate::tenant_path::UnverifiedTenant;
use crate::token::Seconds;
use crate::version::Version;

/// Seconds between two requests of the device. A faster one is not told to slow down: Entra does not either.
const INTERVAL: i64 = 5;

/// The answer, in Entra's order; there is no `verification_uri_complete`.
#[derive(Serialize)]
struct DeviceAuthorization {
    user_code: String,
    device_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_uri: Option<String>,
    /// What v1 calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_url: Option<String>,
    expires_in: Seconds,
    interval: Seconds,
    message: String,
}

pub(super) fn routes() -> Router<Face> {
    let endpoint = || post(handler).fallback(wrong_method);
    Router::new()
        .route("/{tenant}/oauth2/v2.0/devicecode", endpoint())
        .route("/{tenant}/oauth2/devicecode", endpoint())
}

async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    version: Version,
    path: UnverifiedTenant,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let authorization = no_page_asks(&headers)
        .and_then(|()| params::whole(body))
        .and_then(|body| Params::form(&headers, &body))
        .and_then(|params| authorize(&face, &exchange, (version, &path), &params));
    let mut response = match authorization {
        Ok(authorization) => Json(authorization).into_response(),
        Err(refusal) => refused(&face, &exchange, &refusal),
    };
    exchange::forbid_caching(response.headers_mut());
    response
}

/// A device is no web page, and a page could push out the devices that wait. Unverified: that Entra refuses one too.
fn no_page_asks(headers: &HeaderMap) -> Result<(), Aadsts> {
    match headers.get(header::ORIGIN) {
        None => Ok(()),
        Some(origin) => Err(Aadsts::CrossOriginRedemption(
            String::from_utf8_lossy(origin.as_bytes()).into_owned(),
        )),
    }
}

fn authorize(
    face: &Face,
    exchange: &Exchange,
    (version, path): (Version, &UnverifiedTenant),
    params: &Params,
) -> Result<DeviceAuthorization, Aadsts> {
    let directory = face.tenant.directory();
    let tenant = path.find(&directory.organization)?;
    let client = tenant.client(&directory, params.require("client_id")?)?;
    let scopes = match version {
        Version::V1 => Scopes::of_resource(&directory, client, params.require("resource")?),
        Version::V2 => Scopes::parse(&directory, client, params.require("scope")?),
    }?;
    let tenant = &face.tenant;
    let Codes {
        device_code,
        user_code,
    } = tenant.devices.begin(
        &*tenant.entropy,
        exchange.now,
        ClientId(client.app_id),
        scopes,
    );
    let page = format!("{}/devicelogin", face.origin);
    let message = format!(
        "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
    );
    let (verification_url, verification_uri) = match version {
        Version::V1 => (Some(page), None),
        Version::V2 => (None, Some(page)),
    };
    Ok(DeviceAuthorization {
        user_code,
        device_code,
        verification_uri,
        verification_url,
        expires_in: Seconds::new(version, LIFETIME_SECONDS),
        interval: Seconds::new(version, INTERVAL),
        message,
    })
}

async fn wrong_method(State(face): State<Face>, exchange: Exchange, method: Method) -> Response {
    let refusal = Aadsts::WrongMethod {
        allowed: "POST",
        method: method.to_string(),
    };
    (
        [(header::ALLOW, "POST")],
        refused(&face, &exchange, &refusal),
    )
        .into_response()
}

fn refused(face: &Face, exchange: &Exchange, refusal: &Aadsts) -> Response {
    let body = Json(refusal.body(exchange, &face.origin));
    (refusal.wire().status, body).into_response()
}
