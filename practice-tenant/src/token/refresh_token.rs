//! The grant `refresh_token` (RFC 6749 §6, Entra "Refresh tokens").
//!
//! Each answer brings a new refresh token and the old one stays valid. A single-page app's lasts 24 hours from the
//! sign-in, whatever happens; everybody else's 90 days from its last use.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::secret::RefreshToken;
use shared::time::UnixTime;
use uuid::Uuid;

use super::authorization_code::PREFIX;
use super::success::{self, Renewal, Success};
use super::{Grant, TokenRequest, client_auth, origin};
use crate::Face;
use crate::aadsts::Aadsts;
use crate::authorize::redirect::Platform;
use crate::directory::Directory;
use crate::recording::{Check, found};

/// From the sign-in, for a single-page app.
const SPA_LIFETIME: Duration = Duration::from_hours(24);
/// From its issue, for everybody else.
const LIFETIME: Duration = Duration::from_hours(24 * 90);
/// How long an expired one is remembered, to say that it has expired.
const REMEMBERED: Duration = Duration::from_hours(24);

/// A refresh token that was given out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IssuedRefreshToken {
    pub(super) grant: Grant,
    issued: UnixTime,
    expires: UnixTime,
    /// When it was taken back.
    #[serde(default)]
    revoked: Option<UnixTime>,
}

impl IssuedRefreshToken {
    /// Takes it back if it belongs to a user whose password has changed. What a web app holds stays good (Entra
    /// "Refresh tokens", revocation).
    pub(crate) fn password_changed(&mut self, user: Uuid, now: UnixTime) {
        if self.grant.user == user && self.grant.platform != Platform::Web {
            self.revoked.get_or_insert(now);
        }
    }
}

/// Gives out a refresh token. `expires` is carried over from a single-page app's earlier one.
pub(super) fn issue(
    face: &Face,
    now: UnixTime,
    grant: Grant,
    expires: Option<UnixTime>,
) -> (RefreshToken, UnixTime) {
    let expires = match (grant.platform, expires) {
        (Platform::Spa, Some(expires)) => expires,
        (Platform::Spa, None) => now + SPA_LIFETIME,
        (Platform::PublicClient | Platform::Web, _) => now + LIFETIME,
    };
    let token = format!("{PREFIX}{}", face.tenant.entropy.token(64));
    let issued = IssuedRefreshToken {
        grant,
        issued: now,
        expires,
        revoked: None,
    };
    face.tenant
        .refresh_tokens
        .insert(now, &token, expires + REMEMBERED, issued);
    (RefreshToken::new(token), expires)
}

/// Whether a code or refresh token looks like one of ours; what does not was cut off or made up.
pub(super) fn well_formed(token: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    token
        .strip_prefix(PREFIX)
        .is_some_and(|rest| rest.len() >= 64 && rest.chars().all(allowed))
}

/// Redeems the refresh token of a request.
pub(super) fn redeem(request: &TokenRequest<'_>, directory: &Directory) -> Result<Success, Aadsts> {
    let TokenRequest {
        face,
        exchange,
        params,
        ..
    } = *request;
    let token = params.require("refresh_token")?;
    if !well_formed(token) {
        return Err(Aadsts::MalformedGrant {
            refresh_token: true,
        });
    }
    let issued = face
        .tenant
        .refresh_tokens
        .get(exchange.now, token)
        .ok_or(Aadsts::UnknownGrant)?;
    if issued.grant.client_id.0 != request.client.app_id {
        return Err(Aadsts::UnknownGrant);
    }
    let platform = issued.grant.platform;
    origin::check(platform, request.origin)?;
    let authenticated = client_auth::check(request, platform)?;
    if let Some(valid_from) = issued.revoked {
        let issued = issued.issued;
        return Err(Aadsts::GrantRevoked { issued, valid_from });
    }
    if issued.expires <= exchange.now {
        let issued = issued.issued;
        return Err(match platform {
            Platform::Spa => Aadsts::SpaRefreshTokenExpired { issued },
            Platform::PublicClient | Platform::Web => Aadsts::RefreshTokenInactive { issued },
        });
    }
    found(
        Check::Grant,
        format_args!(
            "the refresh token was given to this client on {}, and is good until {}",
            issued.issued, issued.expires
        ),
    );
    let mut grant = issued.grant;
    // The nonce belongs to the sign-in and its ID token.
    grant.nonce = None;
    let original = grant.scopes.clone();
    if let Some(later) = request.scopes(directory)? {
        // Whoever signed in for a resource and now names none is taken to mean the client itself.
        if later.resources.is_empty() && !grant.scopes.resources.is_empty() {
            return Err(Aadsts::TokenForItself {
                client: request.client.app_id,
                name: request.client.display_name.clone(),
            });
        }
        // Of several resources the first is meant.
        grant.scopes = grant.scopes.narrowed(later);
    }
    let permissions = success::consented(request, directory, &grant)?;
    let renewal = Renewal {
        scopes: original,
        expires: Some(issued.expires),
    };
    Ok(success::tokens(
        request,
        directory,
        &grant,
        authenticated,
        &permissions,
        renewal,
    ))
}

#[cfg(test)]
mod tests;
