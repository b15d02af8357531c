//! Client secrets (`passwordCredentials`).

use shared::secret::ClientSecret;
use shared::time::UnixTime;
use subtle::ConstantTimeEq as _;

use crate::aadsts::Aadsts;
use crate::directory::Application;

/// Compares what was sent with every secret of the registration, in constant time. One that is not valid yet is as
/// wrong as any other; one that has expired is called so.
pub(super) fn check(
    client: &Application,
    sent: &ClientSecret,
    now: UnixTime,
) -> Result<&'static str, Aadsts> {
    let mut expired = false;
    for credential in &client.password_credentials {
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
