//! How a client proves itself (RFC 6749 §2.3): a web app by a secret or an assertion, everybody else not at all.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared::secret::ClientSecret;
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

use super::TokenRequest;
use crate::aadsts::Aadsts;
use crate::authorize::redirect::Platform;
use crate::params::Params;

/// What a request carries to prove its client.
#[derive(Debug)]
pub(super) enum Presented {
    Nothing,
    Secret(ClientSecret),
    Assertion,
}

/// The client id and the proof: in the body, or in HTTP Basic (RFC 6749 §2.3.1), but not one of each.
pub(super) fn presented(
    headers: &HeaderMap,
    params: &Params,
) -> Result<(String, Presented), Aadsts> {
    let in_body = if params.get("client_assertion").is_some() {
        Presented::Assertion
    } else {
        match params.get("client_secret") {
            Some(secret) => Presented::Secret(ClientSecret::new(secret)),
            None => Presented::Nothing,
        }
    };
    let Some(basic) = basic(headers)? else {
        return Ok((params.require("client_id")?.to_owned(), in_body));
    };
    let (client_id, secret) = basic;
    let contradicted = params.get("client_id").is_some_and(|id| id != client_id);
    if contradicted || !matches!(in_body, Presented::Nothing) {
        return Err(Aadsts::MalformedRequest);
    }
    Ok((client_id, Presented::Secret(ClientSecret::new(secret))))
}

fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, Aadsts> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let decoded = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.ok_or(Aadsts::MalformedRequest)?;
    let (id, secret) = decoded.split_once(':').ok_or(Aadsts::MalformedRequest)?;
    Ok(Some((form_decoded(id), form_decoded(secret))))
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
fn form_decoded(text: &str) -> String {
    let pair = format!("={}", text.replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect()
}

/// Checks the proof against the platform whose redirect URI was used. Answers the `azpacr` of the access token.
pub(super) fn check(
    request: &TokenRequest<'_>,
    platform: Platform,
) -> Result<&'static str, Aadsts> {
    match (platform, &request.presented) {
        (Platform::Spa | Platform::PublicClient, Presented::Nothing) => Ok("0"),
        (Platform::Spa | Platform::PublicClient, _) => Err(Aadsts::PublicClientWithSecret),
        (Platform::Web, Presented::Nothing) => Err(Aadsts::CredentialMissing),
        (Platform::Web, Presented::Assertion) => Err(Aadsts::UnknownAssertionKey),
        (Platform::Web, Presented::Secret(secret)) => {
            let secret = secret.expose().as_bytes();
            let known = request
                .client
                .password_credentials
                .iter()
                .any(|credential| {
                    credential
                        .secret_text
                        .expose()
                        .as_bytes()
                        .ct_eq(secret)
                        .into()
                });
            if known {
                Ok("1")
            } else {
                Err(Aadsts::WrongSecret(request.client.app_id))
            }
        }
    }
}
