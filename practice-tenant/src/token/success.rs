//! What a successful token request answers (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use shared::time::UnixTime;
use uuid::Uuid;

use super::{Grant, TokenRequest, refresh_token};
use crate::aadsts::Aadsts;
use crate::authorize::redirect::Platform;
use crate::directory::{Directory, Permission, User, seed};
use crate::scopes::Scopes;
use crate::tokens;

/// The body, in Entra's order; the numbers are numbers in version 2.0.
#[derive(Serialize)]
pub(super) struct Success {
    token_type: &'static str,
    scope: String,
    expires_in: u64,
    ext_expires_in: u64,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_info: Option<String>,
}

/// What the next refresh token takes over.
pub(super) struct Renewal {
    /// The scopes of the sign-in: a token for one resource does not narrow what can be asked for next.
    pub(super) scopes: Scopes,
    /// When the one before expires.
    pub(super) expires: Option<UnixTime>,
}

/// The user of a grant and what is consented, which must cover everything the grant asks for.
pub(super) struct Consented<'d> {
    user: &'d User,
    granted: BTreeSet<Permission>,
}

/// Consent is looked up each time: it may have been taken back since the sign-in.
pub(super) fn consented<'d>(
    request: &TokenRequest<'_>,
    directory: &'d Directory,
    grant: &Grant,
) -> Result<Consented<'d>, Aadsts> {
    let user = directory.user(grant.user).ok_or(Aadsts::UnknownGrant)?;
    let granted = directory.granted(request.client.app_id, user.id);
    if !grant
        .scopes
        .permissions(directory, request.client)
        .is_subset(&granted)
    {
        return Err(Aadsts::ConsentMissing {
            client: request.client.app_id,
            name: request.client.display_name.clone(),
            silent: false,
        });
    }
    Ok(Consented { user, granted })
}

/// Makes the tokens.
pub(super) fn tokens(
    request: &TokenRequest<'_>,
    directory: &Directory,
    grant: &Grant,
    authenticated: &'static str,
    Consented { user, granted }: &Consented<'_>,
    renewal: Renewal,
) -> Success {
    let (face, now) = (request.face, request.exchange.now);
    let access = tokens::access_token(face, now, directory, (user, grant), authenticated, granted);
    let id_token = grant
        .scopes
        .has("openid")
        .then(|| tokens::id_token(face, now, directory, (user, grant)));
    let refresh = grant.scopes.has("offline_access").then(|| {
        let grant = Grant {
            scopes: renewal.scopes,
            nonce: None,
            ..grant.clone()
        };
        refresh_token::issue(face, now, grant, renewal.expires)
    });
    let spa = grant.platform == Platform::Spa;
    Success {
        token_type: "Bearer",
        scope: grant.scopes.response(granted),
        expires_in: access.expires_in,
        ext_expires_in: access.expires_in,
        access_token: access.token.expose().to_owned(),
        refresh_token_expires_in: refresh
            .as_ref()
            .filter(|_| spa)
            .map(|(_, expires)| now.seconds_until(*expires)),
        refresh_token: refresh.map(|(token, _)| token.expose().to_owned()),
        id_token: id_token.map(|token| token.expose().to_owned()),
        client_info: (request.params.get("client_info") == Some("1")).then(|| client_info(user.id)),
    }
}

/// Whose account it is, for Microsoft's client libraries: object id and tenant id.
pub(crate) fn client_info(user: Uuid) -> String {
    #[derive(Serialize)]
    struct ClientInfo {
        uid: Uuid,
        utid: Uuid,
    }
    let info = ClientInfo {
        uid: user,
        utid: seed::TENANT,
    };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&info).expect("two GUIDs make JSON"))
}
