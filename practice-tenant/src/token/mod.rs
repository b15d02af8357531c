//! `POST /{tenant}/oauth2/v2.0/token`, and v1 without `/v2.0`: grants become tokens (RFC 6749 §3.2).
//!
//! Other origins may read an answer only where a single-page app is at work; what a page that must not redeem gets
//! (AADSTS9002326) it cannot read, as with Entra.

mod authorization_code;
mod client_auth;
mod client_credentials;
mod device_code;
mod on_behalf_of;
mod origin;
mod password;
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
use shared::time::UnixTime;
use uuid::Uuid;

pub(crate) use authorization_code::{IssuedCode, issue as issue_code};
pub(crate) use refresh_token::IssuedRefreshToken;
pub(crate) use success::{Seconds, capable, client_info};

use crate::Face;
use crate::aadsts::Aadsts;
use crate::authorize::redirect::Platform;
use crate::directory::{Directory, ServicePrincipal};
use crate::exchange::{self, Exchange};
use crate::params::{self, Params};
use crate::scopes::Scopes;
use crate::session::Account;
use crate::tenant_path::UnverifiedTenant;
use crate::tokens;
use crate::version::Version;
use client_auth::{Presented, assertion};
use success::Success;

pub(crate) fn routes() -> Router<Face> {
    let endpoint = || post(handler).options(preflight).fallback(wrong_method);
    Router::new()
        .route("/{tenant}/oauth2/v2.0/token", endpoint())
        .route("/{tenant}/oauth2/token", endpoint())
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
    /// When the person typed their password.
    #[serde(default)]
    pub(crate) signed_in: Option<UnixTime>,
    /// The session in which they did.
    #[serde(default)]
    pub(crate) session: Option<Uuid>,
}

impl Grant {
    /// What `account` allows a client. There is no nonce yet.
    pub(crate) fn by(
        account: &Account,
        client_id: ClientId,
        platform: Platform,
        scopes: Scopes,
    ) -> Self {
        Self {
            client_id,
            platform,
            user: account.user,
            scopes,
            nonce: None,
            kept: account.kept,
            signed_in: account.signed_in,
            session: Some(account.session_state),
        }
    }
}

/// A token request whose client is known, but not yet proven.
struct TokenRequest<'a> {
    face: &'a Face,
    exchange: &'a Exchange,
    version: Version,
    params: &'a Params,
    client: &'a crate::directory::Application,
    /// The client as a member of this tenant, which may have secrets of its own.
    principal: Option<&'a ServicePrincipal>,
    presented: Presented,
    origin: Option<&'a str>,
}

impl TokenRequest<'_> {
    /// The client, once it is proven, as its tokens describe it.
    fn client(&self, authenticated: &'static str) -> tokens::Client {
        tokens::Client {
            id: self.client.app_id,
            authenticated,
            capable: capable(self.params),
        }
    }

    /// The scopes the request names: by `resource` in v1, by `scope` in v2.
    fn scopes(&self, directory: &Directory) -> Result<Option<Scopes>, Aadsts> {
        let scopes = match self.version {
            Version::V1 => (self.params.get("resource"))
                .map(|resource| Scopes::of_resource(directory, self.client, resource)),
            Version::V2 => {
                (self.params.get("scope")).map(|scope| Scopes::parse(directory, self.client, scope))
            }
        };
        scopes.transpose()
    }
}

async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    version: Version,
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
                (version, &path),
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
    add_headers(&mut response, readable);
    response
}

/// The headers of Entra's recorded answers.
fn add_headers(response: &mut Response, readable: bool) {
    let value = HeaderValue::from_static;
    let success = response.status().is_success();
    let headers = response.headers_mut();
    exchange::forbid_caching(headers);
    exchange::add_recorded_headers(headers);
    if success {
        headers.insert("x-ms-clitelem", value("1,0,0,,"));
    }
    if readable {
        origin::allow(headers);
        if success {
            headers.insert("x-ms-srs", value("1.P"));
            headers.insert(
                header::REFERRER_POLICY,
                value("strict-origin-when-cross-origin"),
            );
        }
    }
}

/// Judges a request. `readable` becomes false when no single-page app can be behind it: a client without a redirect URI
/// of that type. Whether Entra lets pages read errors at all is unverified, but its own client library reads them.
fn redeem(
    face: &Face,
    exchange: &Exchange,
    (version, path): (Version, &UnverifiedTenant),
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
        version,
        params,
        client,
        principal: directory.service_principal(client.app_id),
        presented,
        origin,
    };
    match grant_type {
        "authorization_code" => authorization_code::redeem(&request, &directory),
        "client_credentials" => client_credentials::redeem(&request, &directory, tenant),
        "password" => password::redeem(&request, &directory, tenant),
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => on_behalf_of::redeem(&request, &directory),
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
