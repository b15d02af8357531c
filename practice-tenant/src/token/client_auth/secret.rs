//! Client secrets (`passwordCredentials`).

use shared::secret::ClientSecret;
use subtle::ConstantTimeEq as _;

use crate::aadsts::Aadsts;
use crate::token::TokenRequest;

/// Compares what was sent with every secret of the registration and of the service principal, in constant time. One that is not valid yet is as
/// wrong as any other; one that has expired is called so.
pub(super) fn check(
    request: &TokenRequest<'_>,
    sent: &ClientSecret,
) -> Result<&'static str, Aadsts> {
    let mut expired = false;
    let (client, now) = (request.client, request.exchange.now);
    let principal = request.principal.into_iter();
    let of_principal = principal.flat_map(|principal| &principal.password_credentials);
    for credential in client.password_credentials.iter().chain(of_principal) {
        let known = credential.secret_text.expose().as_bytes();
        let same: bool = known.ct_eq(sent.expose().as_bytes()).into();
        if !same || now < credential.start_date_time {
            continue;
        }
        if now < credential.end_date_time {
            return Ok("1");
        }
        expired = true;
    }
    Err(if expired {
        Aadsts::SecretExpired(client.app_id)
    } else {
        Aadsts::WrongSecret(client.app_id)
    })
}
