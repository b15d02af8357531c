//! The device code grant (RFC 8628 §3.4): a device asks for its tokens until a person has approved it.

use shared::authority::ClientId;

use super::success::{self, Renewal, Success};
use super::{Grant, TokenRequest, client_auth};
use crate::aadsts::Aadsts;
use crate::directory::Directory;
use crate::recording::{Check, found};

/// Redeems the device code of a request.
pub(super) fn redeem(request: &TokenRequest<'_>, directory: &Directory) -> Result<Success, Aadsts> {
    let TokenRequest {
        face,
        exchange,
        params,
        ..
    } = *request;
    // Version 1.0 calls it `code`.
    let device_code = params
        .get("device_code")
        .or_else(|| params.get("code"))
        .ok_or(Aadsts::MissingParameter {
            name: "device_code",
        })?;
    if let Some(origin) = request.origin {
        return Err(Aadsts::CrossOriginRedemption(origin.to_owned()));
    }
    let (platform, authenticated) = client_auth::without_redirect_uri(request)?;
    let client_id = ClientId(request.client.app_id);
    let devices = &face.tenant.devices;
    let (asked, account) = devices.approved(exchange.now, client_id, device_code)?;
    found(Check::Grant, "a person has approved the device");
    let grant = Grant::by(&account, client_id, platform, asked.scopes);
    let permissions = success::consented(request, directory, &grant)?;
    if !devices.redeem(exchange.now, device_code) {
        return Err(Aadsts::CodeRedeemed);
    }
    let renewal = Renewal::first(grant.scopes.clone());
    Ok(success::tokens(
        request,
        directory,
        &grant,
        authenticated,
        &permissions,
        renewal,
    ))
}
