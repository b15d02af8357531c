//! The grant `authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.5).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use shared::secret::AuthorizationCode;
use shared::time::UnixTime;
use subtle::ConstantTimeEq as _;

use super::success::{self, Renewal, Success};
use super::{Grant, TokenRequest, client_auth, origin};
use crate::Face;
use crate::aadsts::Aadsts;
use crate::authorize::redirect::pathless;
use crate::authorize::{AuthorizeRequest, Challenge};
use crate::directory::Directory;
use crate::recording::{Check, found};
use crate::scopes::Scopes;

/// How long a code is remembered after its time, to tell one that expired or was redeemed from one that never was.
const REMEMBERED: Duration = Duration::from_hours(1);
/// How codes and refresh tokens begin.
pub(super) const PREFIX: &str = "1.A";

/// A code that was given out.
#[derive(Clone, Debug)]
pub(crate) struct IssuedCode {
    grant: Grant,
    redirect_uri: String,
    challenge: Option<Challenge>,
    expires: UnixTime,
    redeemed: bool,
}

/// Gives out a code for what somebody has allowed.
pub(crate) fn issue(
    face: &Face,
    now: UnixTime,
    request: &AuthorizeRequest,
    grant: Grant,
) -> AuthorizationCode {
    let code = format!("{PREFIX}{}", face.tenant.entropy.token(48));
    let expires = now + face.tenant.lifetimes().authorization_code();
    let issued = IssuedCode {
        grant,
        redirect_uri: request.reply.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        expires,
        redeemed: false,
    };
    face.tenant
        .codes
        .insert(now, &code, expires + REMEMBERED, issued);
    AuthorizationCode::new(code)
}

/// Redeems the code of a request.
pub(super) fn redeem(request: &TokenRequest<'_>, directory: &Directory) -> Result<Success, Aadsts> {
    let TokenRequest {
        face,
        exchange,
        params,
        ..
    } = *request;
    let code = params.require("code")?;
    let redirect_uri = params.require("redirect_uri")?;
    if !super::refresh_token::well_formed(code) {
        return Err(Aadsts::MalformedGrant {
            refresh_token: false,
        });
    }
    let issued = face
        .tenant
        .codes
        .get(exchange.now, code)
        .ok_or(Aadsts::UnknownGrant)?;
    if issued.grant.client_id.0 != request.client.app_id {
        return Err(Aadsts::UnknownGrant);
    }
    origin::check(issued.grant.platform, request.origin)?;
    let authenticated = client_auth::check(request, issued.grant.platform)?;
    if pathless(&issued.redirect_uri) != pathless(redirect_uri) {
        return Err(Aadsts::ReplyAddressMismatch {
            sent: redirect_uri.to_owned(),
            expected: issued.redirect_uri,
        });
    }
    // What the code bought stays valid: Entra's text sends the client to its refresh token, and whoever knows no more
    // than a spent code must not be able to end somebody's sign-in.
    if issued.redeemed {
        return Err(Aadsts::CodeRedeemed);
    }
    if issued.expires <= exchange.now {
        return Err(Aadsts::CodeExpired);
    }
    found(
        Check::Grant,
        format_args!(
            "the code was given out at {redirect_uri} for this client, and was not redeemed before"
        ),
    );
    check_verifier(issued.challenge.as_ref(), params.get("code_verifier"))?;
    if issued.challenge.is_some() {
        found(Check::Pkce, "the code_verifier fits the code_challenge");
    }
    let mut grant = issued.grant;
    let original = grant.scopes.clone();
    if let Some(later) = later_scopes(request, directory)? {
        if later.resources.len() > 1 {
            let asked = params.get("scope").unwrap_or_default();
            return Err(Aadsts::SeveralResources(asked.to_owned()));
        }
        grant.scopes = grant.scopes.narrowed(later);
    }
    let permissions = success::consented(request, directory, &grant)?;
    // Of two simultaneous requests only one redeems it.
    let first = face.tenant.codes.update(exchange.now, code, |kept| {
        !std::mem::replace(&mut kept.redeemed, true)
    });
    if first != Some(true) {
        return Err(Aadsts::CodeRedeemed);
    }
    let renewal = Renewal::first(original);
    Ok(success::tokens(
        request,
        directory,
        &grant,
        authenticated,
        &permissions,
        renewal,
    ))
}

/// What the redemption itself asks for. Entra has numbers of its own for a scope that makes no sense here.
fn later_scopes(
    request: &TokenRequest<'_>,
    directory: &Directory,
) -> Result<Option<Scopes>, Aadsts> {
    request.scopes(directory).map_err(|refusal| match refusal {
        Aadsts::InvalidScope(scope) if scope.is_empty() => Aadsts::EmptyScopeOfCode,
        Aadsts::InvalidScope(scope) => Aadsts::InvalidScopeOfCode(scope),
        other => other,
    })
}

fn check_verifier(challenge: Option<&Challenge>, verifier: Option<&str>) -> Result<(), Aadsts> {
    let (challenge, derived) = match (challenge, verifier) {
        (None, None) => return Ok(()),
        (None, Some(_)) => return Err(Aadsts::VerifierMismatch),
        (Some(_), None) => {
            return Err(Aadsts::MissingParameter {
                name: "code_verifier",
            });
        }
        (Some(Challenge::S256(challenge)), Some(verifier)) => {
            (challenge, URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)))
        }
        (Some(Challenge::Plain(challenge)), Some(verifier)) => (challenge, verifier.to_owned()),
    };
    if challenge.as_bytes().ct_eq(derived.as_bytes()).into() {
        Ok(())
    } else {
        Err(Aadsts::VerifierMismatch)
    }
}
