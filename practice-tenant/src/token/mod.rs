//! `POST /{tenant}/oauth2/v2.0/token`: codes and refresh tokens become tokens (RFC 6749 §3.2).
//!
//! Other origins may read an answer only where a single-page app is at work; what a page that must not redeem gets
//! (AADSTS9002326) it cannot read, as with Entra.

mod authorization_code;
mod client_auth;
mod device_code;
mod origin;
mod refresh_token;
mod success;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use shared::authority::ClientId;
use shared::secret::Nonce;
use uuid::Uuid;

pub(crate) use authorization_code::{IssuedCode, issue as issue_code};
pub(crate) use refresh_token::IssuedRefreshToken;
pub(crate) use success::client_info;

use crate::Face;
use crate::aadsts::Aadsts;
use crate::authorize::redirect::Platform;
use crate::exchange::Exchange;
use crate::params::{self, Params};
use crate::scopes::Scopes;
use crate::tenant_path::UnverifiedTenant;
use client_auth::{Presented, assertion};
use success::Success;

pub(crate) fn routes() -> Router<Face> {
    Router::new().route(
        "/{tenant}/oauth2/v2.0/token",
        post(handler).options(preflight).fallback(wrong_method),
    )
}

/// What a person has allowed a client: it stands behind a code and every refresh token that comes of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Grant {
    pub(crate) client_id: ClientId,
    pub(crate) platform: Platform,
    pub(crate) user: Uuid,
    pub(crate) scopes: Scopes,
    /// Belongs to the sign-in, not to a refresh token.
    #[serde(skip)]
    pub(crate) nonce: Option<Nonce>,
    /// Whether the person wished to stay signed in.
    pub(crate) kept: bool,
}

/// A token request whose client is known, but not yet proven.
struct TokenRequest<'a> {
    face: &'a Face,
    exchange: &'a Exchange,
    params: &'a Params,
    client: &'a crate::directory::Application,
    presented: Presented,
    origin: Option<&'a str>,
}

async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    path: UnverifiedTenant,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let origin = headers
        .get(header::ORIGIN)
        .map(|value| value.to_str().unwrap_or("null"));
    let mut readable = origin.is_some();
    let result = match params::whole(body).and_then(|body| Params::form(&headers, &body)) {
        Err(refusal) => Err(refusal),
        Ok(params) => {
            let judged = assertion::judged(&face, &exchange, &params).await;
            let presented = client_auth::presented(&headers, &params, judged);
            redeem(
                &face,
                &exchange,
                &path,
                presented,
                &params,
                origin,
                &mut readable,
            )
        }
    };
    readable &= !matches!(result, Err(Aadsts::CrossOriginRedemption(_)));
    let mut response = match result {
        Ok(success) => Json(success).into_response(),
        Err(refusal) => {
            let body = refusal.body(&exchange, &face.origin);
            (refusal.wire().status, Json(body)).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, no-cache"),
    );
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::EXPIRES, HeaderValue::from_static("-1"));
    if readable {
        origin::allow(headers);
    }
    response
}

/// Judges a request. `readable` becomes false when no single-page app can be behind it: a client without a redirect URI
/// of that type. Whether Entra lets pages read errors at all is unverified, but its own client library reads them.
fn redeem(
    face: &Face,
    exchange: &Exchange,
    path: &UnverifiedTenant,
    presented: Result<(String, Presented), Aadsts>,
    params: &Params,
    origin: Option<&str>,
    readable: &mut bool,
) -> Result<Success, Aadsts> {
    let directory = face.tenant.directory();
    let tenant = path.find(&directory.organization)?;
    let grant_type = params.require("grant_type")?;
    let (client_id, presented) = presented?;
    let client = tenant.client(&directory, &client_id)?;
    *readable &= !client.spa.redirect_uris.is_empty();
    if directory.is_disabled(client) {
        return Err(Aadsts::ClientDisabled {
            client: client.app_id,
            name: client.display_name.clone(),
        });
    }
    let request = TokenRequest {
        face,
        exchange,
        params,
        client,
        presented,
        origin,
    };
    match grant_type {
        "authorization_code" => authorization_code::redeem(&request, &directory),
        "refresh_token" => refresh_token::redeem(&request, &directory),
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => {
            device_code::redeem(&request, &directory)
        }
        other => Err(Aadsts::UnsupportedGrantType(other.to_owned())),
    }
}

/// The answer to a preflight is unverified: MSAL never causes one. A page that asks is allowed to ask; whether it may
/// read the answer is decided there.
async fn preflight(headers: HeaderMap) -> Response {
    let mut response = StatusCode::OK.into_response();
    origin::allow(response.headers_mut());
    if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    response
}

async fn wrong_method(State(face): State<Face>, exchange: Exchange, method: Method) -> Response {
    let refusal = Aadsts::WrongMethod {
        allowed: "POST, OPTIONS",
        method: method.to_string(),
    };
    let body = Json(refusal.body(&exchange, &face.origin));
    (
        refusal.wire().status,
        [(header::ALLOW, "POST, OPTIONS")],
        body,
    )
        .into_response()
}

#[cfg(test)]
mod tests;
