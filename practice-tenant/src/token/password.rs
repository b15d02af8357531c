//! The grant `password` (RFC 6749 §4.3): the client sends a person's name and password itself. Entra keeps it for
//! programs of old, and only for clients that are marked as public or prove themselves.

use shared::authority::ClientId;
use subtle::ConstantTimeEq as _;

use super::success::{self, Success};
use super::{Grant, TokenRequest, client_auth};
use crate::aadsts::Aadsts;
use crate::directory::{Directory, User};
use crate::recording::{Check, found};
use crate::tenant_path::TenantPath;

/// Answers a request.
pub(super) fn redeem(
    request: &TokenRequest<'_>,
    directory: &Directory,
    tenant: TenantPath,
) -> Result<Success, Aadsts> {
    if let Some(origin) = request.origin {
        return Err(Aadsts::CrossOriginRedemption(origin.to_owned()));
    }
    if tenant == TenantPath::Common {
        return Err(Aadsts::NotOverCommon);
    }
    let (platform, authenticated) = client_auth::without_redirect_uri(request)?;
    let user = user(request, directory)?;
    found(Check::SignIn, "user name and password");
    let scopes = request.scopes(directory)?;
    let scopes = scopes.ok_or(Aadsts::MissingParameter { name: "scope" })?;
    let grant = Grant {
        client_id: ClientId(request.client.app_id),
        platform,
        user: user.id,
        scopes,
        nonce: None,
        kept: false,
        signed_in: Some(request.exchange.now),
        session: None,
    };
    success::first_tokens(request, directory, &grant, authenticated)
}

fn user<'d>(request: &TokenRequest<'_>, directory: &'d Directory) -> Result<&'d User, Aadsts> {
    let name = request.params.require("username")?;
    let password = request.params.require("password")?;
    let user = directory
        .user_named(name)
        .ok_or_else(|| Aadsts::UnknownUser(directory.organization.display_name.clone()))?;
    let right: bool = user
        .password
        .expose()
        .as_bytes()
        .ct_eq(password.as_bytes())
        .into();
    if right {
        Ok(user)
    } else {
        Err(Aadsts::WrongPassword)
    }
}

#[cfg(test)]
mod tests;
