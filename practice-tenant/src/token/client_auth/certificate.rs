//! Assertions that a client signs with the key of a certificate it has registered (Entra "Certificate credentials").
//!
//! The header names the certificate by its thumbprint: `x5t#S256` with SHA-256, `x5t` with SHA-1, in base64url as RFC
//! 7515 has it or in plain base64 as some of Microsoft's own libraries send it. A chain in `x5c` is not looked at: it
//! is the sender's word.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use shared::jwt::UnverifiedToken;
use shared::time::UnixTime;
use uuid::Uuid;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::audience;
use crate::Face;
use crate::aadsts::{Aadsts, BadSignature};
use crate::directory::{Application, KeyCredential};

/// Checks everything but the times.
pub(super) fn check(
    face: &Face,
    client: Uuid,
    token: &UnverifiedToken<'_>,
    now: UnixTime,
) -> Result<(), Aadsts> {
    let directory = face.tenant.directory();
    // Who is unknown is told so by whoever looks up the client; this is never shown.
    let client = directory
        .application(client)
        .ok_or(Aadsts::AssertionOfAnother)?;
    let own = |claim| {
        let claimed = token.claim_text(claim).and_then(|id| id.parse().ok());
        claimed == Some(client.app_id)
    };
    if !own("iss") || !own("sub") {
        return Err(Aadsts::AssertionOfAnother);
    }
    if !audience::is_this_tenant(face, &directory.organization, token.claims().get("aud")) {
        return Err(Aadsts::AssertionAudience);
    }
    signed(client, token, now)
}

fn signed(client: &Application, token: &UnverifiedToken<'_>, now: UnixTime) -> Result<(), Aadsts> {
    let algorithm = algorithm(token)?;
    let wanted = Thumbprint::of(token)?;
    let bad = |why| Aadsts::BadAssertionSignature {
        why,
        thumbprint: wanted.shown(),
        client: client.app_id,
    };
    let found = client.key_credentials.iter().find_map(|credential| {
        let certificate = STANDARD.decode(&credential.key).ok()?;
        wanted
            .fits(credential, &certificate)
            .then_some((credential, certificate))
    });
    let (credential, certificate) = found.ok_or_else(|| bad(BadSignature::KeyNotFound))?;
    if now < credential.start_date_time || credential.end_date_time <= now {
        return Err(bad(BadSignature::KeyExpired));
    }
    let (_, certificate) =
        X509Certificate::from_der(&certificate).map_err(|_| bad(BadSignature::KeyNotFound))?;
    let signature = URL_SAFE_NO_PAD
        .decode(token.signature())
        .map_err(|_| Aadsts::MalformedToken)?;
    UnparsedPublicKey::new(algorithm, certificate.public_key().raw)
        .verify(token.signing_input().as_bytes(), &signature)
        .map_err(|_| bad(BadSignature::Mismatch))
}

fn algorithm(token: &UnverifiedToken<'_>) -> Result<&'static RsaParameters, Aadsts> {
    match token.header_text("alg") {
        Some("PS256") => Ok(&RSA_PSS_2048_8192_SHA256),
        Some("RS256") => Ok(&RSA_PKCS1_2048_8192_SHA256),
        other => Err(Aadsts::AssertionAlgorithm(
            other.unwrap_or_default().to_owned(),
        )),
    }
}

/// How the header names the certificate.
struct Thumbprint {
    sha256: Option<Vec<u8>>,
    sha1: Option<Vec<u8>>,
    /// `kid`, where there is neither: the credential's id, or a thumbprint in hex.
    key_id: Option<String>,
}

impl Thumbprint {
    fn of(token: &UnverifiedToken<'_>) -> Result<Self, Aadsts> {
        let digest = |name| token.header_text(name).map(decoded).transpose();
        let wanted = Self {
            sha256: digest("x5t#S256")?,
            sha1: digest("x5t")?,
            key_id: token.header_text("kid").map(str::to_owned),
        };
        if wanted.sha256.is_none() && wanted.sha1.is_none() && wanted.key_id.is_none() {
            return Err(Aadsts::NoThumbprint);
        }
        Ok(wanted)
    }

    fn fits(&self, credential: &KeyCredential, certificate: &[u8]) -> bool {
        let sha1 = Sha1::digest(certificate);
        if self.sha256.is_none() && self.sha1.is_none() {
            return self.key_id.as_ref().is_some_and(|key_id| {
                credential.key_id.to_string().eq_ignore_ascii_case(key_id)
                    || hex(&sha1).eq_ignore_ascii_case(key_id)
            });
        }
        let same = |wanted: &Option<Vec<u8>>, digest: &[u8]| {
            wanted.as_ref().is_none_or(|wanted| wanted == digest)
        };
        same(&self.sha1, &sha1) && same(&self.sha256, &Sha256::digest(certificate))
    }

    /// As Entra shows it: in hex.
    fn shown(&self) -> String {
        let digest = self.sha1.as_deref().or(self.sha256.as_deref());
        digest.map_or_else(|| self.key_id.clone().unwrap_or_default(), hex)
    }
}

/// Either alphabet, with or without padding.
fn decoded(thumbprint: &str) -> Result<Vec<u8>, Aadsts> {
    let unpadded = thumbprint.trim_end_matches('=');
    let url_safe = unpadded.replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD
        .decode(url_safe)
        .map_err(|_| Aadsts::MalformedToken)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}
