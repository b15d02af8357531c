//! How a client proves itself (RFC 6749 §2.3, RFC 7523 §2.2): a web app or a daemon by a secret, a certificate or
//! another issuer's token, everybody else not at all.

pub(super) mod assertion;
mod audience;
mod certificate;
mod federated;
mod secret;

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared::secret::ClientSecret;
use url::form_urlencoded;

use super::TokenRequest;
use crate::aadsts::Aadsts;
use crate::authorize::redirect::Platform;
use crate::params::Params;
use crate::recording::{Check, found};

/// What a request carries to prove its client.
#[derive(Debug)]
pub(super) enum Presented {
    Nothing,
    Secret(ClientSecret),
    /// An assertion, and what became of it: the `azpacr`, or why it proves nothing.
    Assertion(Result<&'static str, Aadsts>),
}

/// The client id and the proof: in the body, or in HTTP Basic (RFC 6749 §2.3.1), but not two of them (§2.3).
/// `judged` is what became of the assertion, if there is one.
pub(super) fn presented(
    headers: &HeaderMap,
    params: &Params,
    judged: Option<Result<&'static str, Aadsts>>,
) -> Result<(String, Presented), Aadsts> {
    let in_body = match (judged, params.get("client_secret")) {
        (Some(_), Some(_)) => return Err(Aadsts::MalformedRequest),
        (Some(judged), None) => Presented::Assertion(judged),
        (None, Some(secret)) => Presented::Secret(ClientSecret::new(secret)),
        (None, None) => Presented::Nothing,
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
        (Platform::Spa | Platform::PublicClient, Presented::Nothing) => {
            found(
                Check::ClientAuthentication,
                "a public client has nothing to prove itself with",
            );
            Ok("0")
        }
        (Platform::Spa | Platform::PublicClient, _) => Err(Aadsts::PublicClientWithSecret),
        (Platform::Web, _) => confidential(request),
    }
}

/// Checks the proof of a client that must have one.
pub(super) fn confidential(request: &TokenRequest<'_>) -> Result<&'static str, Aadsts> {
    let (by, judged) = match &request.presented {
        Presented::Nothing => return Err(Aadsts::CredentialMissing),
        Presented::Secret(sent) => {
            let judged = secret::check(request, sent);
            ("a client secret", judged)
        }
        Presented::Assertion(judged) => ("a client assertion", judged.clone()),
    };
    judged.inspect(|_| found(Check::ClientAuthentication, format_args!("proven by {by}")))
}

/// Checks the proof of a client in a grant that has no redirect URI to tell its type: it is public if its registration
/// says so ("Allow public client flows", `isFallbackPublicClient`), and confidential otherwise.
pub(super) fn without_redirect_uri(
    request: &TokenRequest<'_>,
) -> Result<(Platform, &'static str), Aadsts> {
    let public = request.client.is_fallback_public_client == Some(true);
    let platform = if public {
        Platform::PublicClient
    } else {
        Platform::Web
    };
    Ok((platform, check(request, platform)?))
}

#[cfg(test)]
mod tests;
