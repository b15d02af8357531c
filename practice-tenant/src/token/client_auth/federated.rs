//! Tokens of another issuer that stand for a credential (Entra "Workload identity federation").
//!
//! The registration names issuer, subject and audience, and all three must be the token's to the letter. The issuer's
//! keys are fetched as OpenID Connect Discovery says, from this machine only: a practice tenant asks nobody outside.
//! The tenant's own tokens need no fetching, so that a managed identity can stand for an application.

use std::time::Duration;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::authority::is_loopback;
use shared::jwt::UnverifiedToken;
use shared::time::UnixTime;
use url::Url;
use uuid::Uuid;

use crate::Face;
use crate::aadsts::{Aadsts, BadSignature, PresentedAssertion};
use crate::directory::FederatedIdentityCredential;

/// Longest document read from an issuer, in bytes.
const LONGEST: usize = 256 * 1024;
/// How long an issuer may take for one document.
const PATIENCE: Duration = Duration::from_secs(5);

/// The registration's trust in this token's issuer, subject and audience.
pub(super) fn credential(
    face: &Face,
    client: Uuid,
    token: &UnverifiedToken<'_>,
) -> Result<FederatedIdentityCredential, Aadsts> {
    let directory = face.tenant.directory();
    let text = |claim| token.claim_text(claim).unwrap_or_default();
    let (issuer, subject) = (text("iss"), text("sub"));
    let audiences: Vec<&str> = match token.claims().get("aud") {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect(),
        None => Vec::new(),
    };
    let trusted = directory.application(client).and_then(|client| {
        client.federated_identity_credentials.iter().find(|known| {
            known.issuer == issuer
                && known.subject == subject
                && known
                    .audiences
                    .iter()
                    .any(|known| audiences.contains(&known.as_str()))
        })
    });
    trusted.cloned().ok_or_else(|| {
        Aadsts::NoFederatedCredential(Box::new(PresentedAssertion {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            audience: audiences.join(" "),
        }))
    })
}

/// Checks the signature with the issuer's keys.
pub(super) async fn check(
    face: &Face,
    client: Uuid,
    credential: &FederatedIdentityCredential,
    token: &UnverifiedToken<'_>,
    now: UnixTime,
) -> Result<(), Aadsts> {
    // Entra takes no other from an issuer.
    let algorithm = token.header_text("alg").unwrap_or_default();
    if algorithm != "RS256" {
        return Err(Aadsts::AssertionAlgorithm(algorithm.to_owned()));
    }
    let kid = token.header_text("kid");
    let bad = |why| Aadsts::BadAssertionSignature {
        why,
        thumbprint: kid.unwrap_or_default().to_owned(),
        client,
    };
    let tenant = face.tenant.directory().organization.id;
    if (face.tenant.addresses).is_own_issuer(&credential.issuer, tenant) {
        let signed = face.tenant.has_signed(now, token);
        return signed
            .then_some(())
            .ok_or_else(|| bad(BadSignature::KeyNotFound));
    }
    let keys = keys(&credential.issuer)
        .await
        .map_err(|why| Aadsts::IssuerUnreachable {
            issuer: credential.issuer.clone(),
            why,
        })?;
    let signature = URL_SAFE_NO_PAD
        .decode(token.signature())
        .map_err(|_| Aadsts::MalformedToken)?;
    // A token without `kid` is one of whatever keys there are.
    let mut fitting = keys
        .iter()
        .filter(|key| kid.is_none() || key.kid.as_deref() == kid)
        .peekable();
    if fitting.peek().is_none() {
        return Err(bad(BadSignature::KeyNotFound));
    }
    if fitting.any(|key| key.verifies(token.signing_input().as_bytes(), &signature)) {
        Ok(())
    } else {
        Err(bad(BadSignature::Mismatch))
    }
}

/// Where an issuer's keys are (OpenID Connect Discovery §3).
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// RFC 7517 §5.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

/// An RSA key; of any other kind `n` and `e` are missing.
#[derive(Deserialize)]
struct Key {
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Key {
    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let part = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_ref()?).ok();
        let (Some(n), Some(e)) = (part(&self.n), part(&self.e)) else {
            return false;
        };
        RsaPublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            .is_ok()
    }
}

async fn keys(issuer: &str) -> Result<Vec<Key>, String> {
    let http = http().map_err(|error| error.to_string())?;
    let discovery = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let discovery: Discovery = document(&http, &discovery).await?;
    if discovery.issuer != issuer {
        return Err(format!("it calls itself {}", discovery.issuer));
    }
    let set: KeySet = document(&http, &discovery.jwks_uri).await?;
    Ok(set.keys)
}

/// Fetches a JSON document of this machine.
async fn document<T: DeserializeOwned>(http: &reqwest::Client, url: &str) -> Result<T, String> {
    let url = Url::parse(url).map_err(|_| format!("{url} is no URL"))?;
    let known = matches!(url.scheme(), "http" | "https");
    if !known || !is_loopback(&url) {
        return Err(format!("{url} is not on this machine"));
    }
    let mut answer = http
        .get(url.clone())
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(|_| format!("{url} does not answer"))?;
    let mut body = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|_| format!("{url} broke off"))?
    {
        if body.len() + chunk.len() > LONGEST {
            return Err(format!("{url} is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|_| format!("{url} is not what it should be"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "it follows no redirect, uses no proxy, and its time is bounded"
)]
fn http() -> reqwest::Result<reqwest::Client> {
    shared::trust::build(|| {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
    })
}
