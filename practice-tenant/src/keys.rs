//! The key the tenant signs tokens with, and its self-signed certificate.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pem::Pem;
use rcgen::{CertificateParams, DistinguishedName, DnType, PKCS_RSA_SHA256};
use serde::Serialize;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use shared::jwt::UnverifiedToken;
use shared::secret::PrivateKey;
use shared::time::UnixTime;
use time::{Duration, OffsetDateTime};

use crate::options::StartError;
use crate::version::Version;

/// An RSA key with its certificate. Its name (`kid`) is the certificate's SHA-1 thumbprint, as with Entra.
pub(crate) struct SigningKey {
    key: RsaKeyPair,
    kid: String,
    certificate: Vec<u8>,
}

/// The header of a token (Entra "Access tokens"): v1 tokens have `x5t`, Graph's a `nonce`.
#[derive(Serialize)]
struct Header<'a> {
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    x5t: Option<&'a str>,
    kid: &'a str,
}

/// One key of the key set (RFC 7517 §4), with the members Entra publishes: there is no `alg`.
#[derive(Serialize)]
pub(crate) struct Jwk {
    kty: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    kid: String,
    x5t: String,
    n: String,
    e: String,
    x5c: [String; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
}

impl SigningKey {
    /// Makes a key of 2048 bits. Its randomness is the cryptography library's own: a key must not be predictable even
    /// where everything else is.
    pub(crate) fn generate(now: UnixTime) -> Result<Self, StartError> {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| StartError::SigningKey)?;
        let certificate = certificate(&key, now)?;
        Ok(Self::with(key, certificate))
    }

    /// The key and its certificate, as [`from_pem`](Self::from_pem) takes them.
    pub(crate) fn to_pem(&self) -> Result<PrivateKey, StartError> {
        let key = pkcs8(&self.key)?;
        let blocks = [
            Pem::new("PRIVATE KEY", key.as_ref()),
            Pem::new("CERTIFICATE", self.certificate.as_slice()),
        ];
        Ok(PrivateKey::new(pem::encode_many(&blocks)))
    }

    /// A key that was kept.
    pub(crate) fn from_pem(pem: &PrivateKey) -> Result<Self, StartError> {
        let blocks = pem::parse_many(pem.expose()).map_err(|_| StartError::SigningKey)?;
        let block = |tag| blocks.iter().find(|block| block.tag() == tag);
        let (Some(key), Some(certificate)) = (block("PRIVATE KEY"), block("CERTIFICATE")) else {
            return Err(StartError::SigningKey);
        };
        let key = RsaKeyPair::from_pkcs8(key.contents()).map_err(|_| StartError::SigningKey)?;
        Ok(Self::with(key, certificate.contents().to_vec()))
    }

    fn with(key: RsaKeyPair, certificate: Vec<u8>) -> Self {
        Self {
            kid: URL_SAFE_NO_PAD.encode(Sha1::digest(&certificate)),
            key,
            certificate,
        }
    }

    /// Signs `claims` with RS256. Only tokens for Graph have a `nonce`: what is signed is its digest, so that nobody
    /// but Graph, which knows this, can verify the token.
    pub(crate) fn sign(
        &self,
        claims: &impl Serialize,
        version: Version,
        nonce: Option<&str>,
    ) -> String {
        let claims = json(claims);
        let signature = self.signature(&self.signed_text(version, nonce, &claims));
        let header = json(&self.header(version, nonce));
        format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn header<'a>(&'a self, version: Version, nonce: Option<&'a str>) -> Header<'a> {
        Header {
            typ: "JWT",
            nonce,
            alg: "RS256",
            x5t: (version == Version::V1).then_some(&self.kid),
            kid: &self.kid,
        }
    }

    /// What the signature of a token is computed over, given its encoded claims.
    fn signed_text(&self, version: Version, nonce: Option<&str>, claims: &str) -> String {
        let digest = nonce.map(|nonce| URL_SAFE_NO_PAD.encode(Sha256::digest(nonce)));
        let header = self.header(version, digest.as_deref());
        format!("{}.{claims}", json(&header))
    }

    fn signature(&self, text: &str) -> Vec<u8> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .expect("a 2048-bit key signs a SHA-256 digest");
        signature
    }

    /// Whether this key has signed `token`, those for Graph included.
    pub(crate) fn has_signed(&self, token: &UnverifiedToken<'_>) -> bool {
        let version = match token.header_text("x5t") {
            Some(_) => Version::V1,
            None => Version::V2,
        };
        let nonce = token.header_text("nonce");
        let (header, claims) = token.signing_input().split_once('.').unwrap_or_default();
        let ours = header == json(&self.header(version, nonce));
        let text = self.signed_text(version, nonce, claims);
        ours && self.verifies(&text, token.signature())
    }

    /// Whether `signature` (base64url) is this key's for `text`, as anybody can tell.
    pub(crate) fn verifies(&self, text: &str, signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.key.public_key());
        URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| key.verify(text.as_bytes(), &signature).is_ok())
    }

    /// The key's name.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, as published. Only the v2 key set names an issuer.
    pub(crate) fn jwk(&self, issuer: Option<String>) -> Jwk {
        let public = self.key.public_key();
        Jwk {
            kty: "RSA",
            usage: "sig",
            kid: self.kid.clone(),
            x5t: self.kid.clone(),
            n: URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            e: URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
            x5c: [STANDARD.encode(&self.certificate)],
            issuer,
        }
    }
}

fn json(part: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).expect("headers and claims have string keys"))
}

fn pkcs8(key: &RsaKeyPair) -> Result<Pkcs8V1Der<'static>, StartError> {
    AsDer::as_der(key).map_err(|_| StartError::SigningKey)
}

/// Self-signed, with the subject that Entra's signing certificates have.
fn certificate(key: &RsaKeyPair, now: UnixTime) -> Result<Vec<u8>, StartError> {
    let key = pkcs8(key)?;
    let key = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&key.as_ref().into(), &PKCS_RSA_SHA256)?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "accounts.accesscontrol.windows.net");
    let now = OffsetDateTime::from_unix_timestamp(now.0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    params.not_before = now - Duration::days(1);
    params.not_after = now + Duration::days(5 * 365);
    Ok(params.self_signed(&key)?.der().to_vec())
}
