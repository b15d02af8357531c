//! Reading a key document (RFC 7517 §5): keys that are no good for checking Entra's signatures are left out, the others
//! still count.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use shared::jwt::UnverifiedToken;

/// Most keys kept of one document; Microsoft publishes fewer than ten and advises a bound.
const MOST_KEYS: usize = 100;
/// RFC 7518 §3.3: at least 2048 bits; and no more than a verifier can be asked to compute with.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A public RSA key.
pub(crate) struct Key {
    kid: String,
    issuer: String,
    public: DecodingKey,
}

/// Why a document gives no keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadKeyDocument {
    /// It is not a JSON object with an array of keys.
    #[error("the answer is no key document: {0}")]
    NotAKeyDocument(#[from] serde_json::Error),
    /// No key in it can be used.
    #[error("the answer holds no usable key")]
    Empty,
}

impl Key {
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The issuer it is published for; may hold `{tenantid}`.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether the token's signature is made with the private half, by RS256.
    pub(crate) fn verifies(&self, token: &UnverifiedToken<'_>) -> bool {
        let input = token.signing_input().as_bytes();
        jsonwebtoken::crypto::verify(token.signature(), input, &self.public, Algorithm::RS256)
            .unwrap_or(false)
    }
}

/// The usable keys of a document. A key without an `issuer` of its own is for `issuer`.
pub(super) fn parse(document: &[u8], issuer: &str) -> Result<Vec<Key>, BadKeyDocument> {
    #[derive(Deserialize)]
    struct Document {
        keys: Vec<Value>,
    }

    let document: Document = serde_json::from_slice(document)?;
    let jwks = document
        .keys
        .into_iter()
        .filter_map(|key| Jwk::deserialize(key).ok());
    let keys: Vec<Key> = jwks
        .filter_map(|jwk| jwk.usable(issuer))
        .take(MOST_KEYS)
        .collect();
    if keys.is_empty() {
        Err(BadKeyDocument::Empty)
    } else {
        Ok(keys)
    }
}

/// RFC 7517 §4 and RFC 7518 §6.3.1, and Entra's `issuer`.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    n: String,
    e: String,
    r#use: Option<String>,
    alg: Option<String>,
    issuer: Option<String>,
}

impl Jwk {
    fn usable(self, issuer: &str) -> Option<Key> {
        let for_signatures = self.r#use.as_deref().is_none_or(|r#use| r#use == "sig")
            && self.alg.as_deref().is_none_or(|alg| alg == "RS256");
        if self.kty != "RSA" || self.kid.is_empty() || !for_signatures {
            return None;
        }
        let modulus = number(&self.n)?;
        let exponent = number(&self.e)?;
        if !MODULUS_BITS.contains(&bits(&modulus)) || !is_sound_exponent(&exponent) {
            return None;
        }
        Some(Key {
            kid: self.kid,
            issuer: self.issuer.unwrap_or_else(|| issuer.to_owned()),
            public: DecodingKey::from_rsa_raw_components(&modulus, &exponent),
        })
    }
}

/// A big-endian number without leading zeros.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes[zeros..].to_vec())
}

fn bits(number: &[u8]) -> usize {
    number
        .first()
        .map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// Odd, at least 3 and not huge: with the exponent 1 anybody could sign.
fn is_sound_exponent(exponent: &[u8]) -> bool {
    match exponent {
        [only] => *only >= 3 && only % 2 == 1,
        [_, .., last] => exponent.len() <= 4 && last % 2 == 1,
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::test_support::TestKey;

    use super::*;

    fn kids(keys: &[Value]) -> Option<Vec<String>> {
        let document = json!({ "keys": keys }).to_string();
        let keys = parse(document.as_bytes(), "issuer").ok()?;
        Some(keys.into_iter().map(|key| key.kid).collect())
    }

    #[test]
    fn keys_that_are_no_good_are_left_out_and_the_others_stay() {
        let with = |name: &str, value: Value| {
            let mut jwk = TestKey::second().jwk();
            jwk[name] = value;
            jwk
        };
        let short = URL_SAFE_NO_PAD.encode([0xff; 128]);
        let bad = [
            json!({"kty": "EC", "kid": "ec", "crv": "P-256", "x": "", "y": ""}),
            json!("not a key"),
            with("use", json!("enc")),
            with("alg", json!("RS512")),
            with("kid", json!("")),
            with("kid", json!(7)),
            with("n", json!(short)),
            with("n", json!("AAAA")),
            with("n", json!("not base64url!")),
            with("e", json!("AQ")),
            with("e", json!("Ag")),
            with("e", json!("")),
            with("e", json!("AQAAAAAAAAAB")),
        ];
        for bad in &bad {
            let kids = kids(&[bad.clone(), TestKey::first().jwk()]);
            assert_eq!(kids, Some(vec!["first-test-key".to_owned()]), "{bad}");
        }
        assert_eq!(kids(&bad), None);
    }

    #[test]
    fn a_flood_of_keys_is_cut_off() {
        let many: Vec<Value> = (0..300)
            .map(|n| TestKey::first().named(&n.to_string()).jwk())
            .collect();
        assert_eq!(kids(&many).unwrap().len(), MOST_KEYS);
    }

    #[test]
    fn what_is_no_key_document_gives_no_keys() {
        for document in [
            "",
            "[]",
            "{}",
            "null",
            r#"{"keys":{}}"#,
            r#"{"keys":[]}"#,
            "<html>",
        ] {
            assert!(parse(document.as_bytes(), "issuer").is_err(), "{document}");
        }
    }
}
