//! The on-behalf-of grant (RFC 7523 §2.1, Entra "OAuth 2.0 On-Behalf-Of flow"): an API trades the access token it was
//! called with for one of its own, and stays the user's.

use shared::authority::ClientId;
use shared::jwt::UnverifiedToken;
use shared::time::UnixTime;
use uuid::Uuid;

use super::success::{self, Success};
use super::{Grant, TokenRequest, client_auth};
use crate::aadsts::{Aadsts, OtherAudience};
use crate::authorize::redirect::Platform;
use crate::directory::Directory;
use crate::recording::{Check, found};
use crate::version::Version;

/// Trades the assertion of a request.
pub(super) fn redeem(request: &TokenRequest<'_>, directory: &Directory) -> Result<Success, Aadsts> {
    let params = request.params;
    let assertion = params.require("assertion")?;
    if params.require("requested_token_use")? != "on_behalf_of" {
        return Err(Aadsts::UnsupportedValue {
            name: "requested_token_use",
        });
    }
    if let Some(origin) = request.origin {
        return Err(Aadsts::CrossOriginRedemption(origin.to_owned()));
    }
    let authenticated = client_auth::confidential(request)?;
    let user = user(request, directory, assertion)?;
    found(
        Check::Grant,
        "the assertion is a user's access token for this client",
    );
    let name = match request.version {
        Version::V1 => "resource",
        Version::V2 => "scope",
    };
    let scopes = request.scopes(directory)?;
    let scopes = scopes.ok_or(Aadsts::MissingParameter { name })?;
    if scopes.resources.len() > 1 {
        let scope = params.require(name)?;
        return Err(Aadsts::SeveralResources(scope.to_owned()));
    }
    let grant = Grant {
        client_id: ClientId(request.client.app_id),
        platform: Platform::Web,
        user,
        scopes,
        nonce: None,
        kept: false,
        signed_in: None,
        session: None,
    };
    success::first_tokens(request, directory, &grant, authenticated)
}

/// The user of an access token that was issued for this very client, by either listener and in either version.
fn user(
    request: &TokenRequest<'_>,
    directory: &Directory,
    assertion: &str,
) -> Result<Uuid, Aadsts> {
    let (client, now) = (request.client, request.exchange.now);
    let token = UnverifiedToken::decode(assertion).map_err(|_| Aadsts::MalformedToken)?;
    if !request.face.tenant.has_signed(now, &token) {
        let kid = token.header_text("kid").unwrap_or_default();
        return Err(Aadsts::AssertionNotSignedHere(kid.to_owned()));
    }
    let audience = token.claim_text("aud").unwrap_or_default();
    let resource = directory.resource(audience);
    if resource.is_none_or(|resource| resource.app_id != client.app_id) {
        return Err(Aadsts::AssertionForAnother(Box::new(OtherAudience {
            audience: audience.to_owned(),
            client: client.app_id,
            name: client.display_name.clone(),
        })));
    }
    let time = |claim| token.claims().get(claim)?.as_i64().map(UnixTime);
    let expires = time("exp").ok_or(Aadsts::MalformedToken)?;
    if expires <= now || time("nbf").is_some_and(|from| from > now) {
        return Err(Aadsts::AssertionExpired { now, expires });
    }
    let oid = token.claim_text("oid");
    if token.claim_text("scp").is_none() {
        return Err(if oid.is_some() && oid == token.claim_text("sub") {
            Aadsts::AssertionWithoutUser(client.app_id)
        } else {
            // An ID token is addressed to the client as well, and is no access token.
            Aadsts::MalformedToken
        });
    }
    oid.and_then(|oid| oid.parse().ok())
        .ok_or(Aadsts::MalformedToken)
}

#[cfg(test)]
mod tests;
