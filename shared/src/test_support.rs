//! Signing keys and tokens for tests.
//!
//! **The two private keys in this module's folder are test keys**: they are published with the source and protect
//! nothing. Only builds with the feature `test-support` contain them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::sign;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::authority::{Authority, ClientId, Version};
use crate::jwt::Object;
use crate::time::UnixTime;

/// A published RSA key of 2048 bits for signing test tokens.
pub struct TestKey {
    kid: String,
    private: EncodingKey,
}

impl TestKey {
    /// The key that a test's authority publishes.
    pub fn first() -> Self {
        Self::from_pem(
            "first-test-key",
            include_bytes!("test_support/first.test-key.pem"),
        )
    }

    /// Another key: for a rollover, or for somebody else's signature.
    pub fn second() -> Self {
        Self::from_pem(
            "second-test-key",
            include_bytes!("test_support/second.test-key.pem"),
        )
    }

    fn from_pem(kid: &str, pem: &[u8]) -> Self {
        let private = EncodingKey::from_rsa_pem(pem).expect("the checked-in PEM holds an RSA key");
        Self {
            kid: kid.to_owned(),
            private,
        }
    }

    /// The same key under another name.
    #[must_use]
    pub fn named(self, kid: &str) -> Self {
        Self {
            kid: kid.to_owned(),
            ..self
        }
    }

    /// The key's name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as an authority publishes it (RFC 7517), without `issuer`.
    ///
    /// # Panics
    /// Never: the key is checked in.
    pub fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.private, Algorithm::RS256)
            .expect("an RSA key has public components");
        let AlgorithmParameters::RSA(public) = jwk.algorithm else {
            unreachable!("an RSA key has RSA parameters")
        };
        json!({"kty": "RSA", "use": "sig", "kid": self.kid, "n": public.n, "e": public.e})
    }

    /// The public half with the `issuer` that Entra's v2 key documents carry.
    pub fn jwk_for(&self, issuer: &str) -> Value {
        let mut jwk = self.jwk();
        jwk["issuer"] = issuer.into();
        jwk
    }

    /// Signs two parts exactly as they are given, JSON or not, by RS256.
    ///
    /// # Panics
    /// Never: the key is checked in.
    pub fn sign_parts(&self, header: &str, payload: &str) -> String {
        let input = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        let signature = sign(input.as_bytes(), &self.private, Algorithm::RS256)
            .expect("a good key signs any bytes");
        format!("{input}.{signature}")
    }
}

/// A token as Entra would issue it; a test changes one thing and signs.
#[derive(Clone, Debug)]
pub struct TokenBuilder {
    header: Object,
    claims: Object,
    names_its_key: bool,
}

impl TokenBuilder {
    /// A v2 access token of a person, issued at `now` for an hour, with the scope `access_as_user`.
    pub fn user(authority: &Authority, api: ClientId, now: UnixTime) -> Self {
        Self::v2(authority, api, now)
            .claim("name", "Ada Example")
            .claim("preferred_username", "ada@example.test")
            .claim("oid", "aaaaaaaa-0000-4000-8000-000000000001")
            .claim("sub", "pairwise-subject-of-ada")
            .claim("azpacr", "0")
            .claim("scp", "access_as_user")
    }

    /// A v2 access token of an application by itself, issued at `now` for an hour, with the role `Svc.Invoke`.
    pub fn app(authority: &Authority, api: ClientId, now: UnixTime) -> Self {
        let principal = "aaaaaaaa-0000-4000-8000-000000000002";
        Self::v2(authority, api, now)
            .claim("oid", principal)
            .claim("sub", principal)
            .claim("azpacr", "1")
            .claim("roles", json!(["Svc.Invoke"]))
    }

    fn v2(authority: &Authority, api: ClientId, now: UnixTime) -> Self {
        let empty = Self {
            header: Object::new(),
            claims: Object::new(),
            names_its_key: true,
        };
        empty
            .header("typ", "JWT")
            .header("alg", "RS256")
            .claim("aud", api.to_string())
            .claim("iss", authority.issuer(Version::V2))
            .claim("iat", now.0)
            .claim("nbf", now.0)
            .claim("exp", now.0 + 3600)
            .claim("azp", "cccccccc-0000-4000-8000-000000000003")
            .claim("tid", authority.tenant().to_string())
            .claim("uti", "test-token-identifier")
            .claim("ver", "2.0")
    }

    /// The same token as version 1.0: another issuer, `appid` instead of `azp`.
    #[must_use]
    pub fn into_v1(mut self, authority: &Authority) -> Self {
        for (old, new) in [("azp", "appid"), ("azpacr", "appidacr")] {
            if let Some(value) = self.claims.remove(old) {
                self.claims.insert(new.to_owned(), value);
            }
        }
        self.claim("iss", authority.issuer(Version::V1))
            .claim("ver", "1.0")
    }

    /// Sets a claim.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Removes a claim.
    #[must_use]
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Sets a member of the header. `kid` is otherwise the signing key's.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.names_its_key &= name != "kid";
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Removes a member of the header.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.names_its_key &= name != "kid";
        self.header.remove(name);
        self
    }

    /// The header and the payload as JSON text, to be tampered with.
    pub fn parts(&self) -> (String, String) {
        let text = |object: &Object| Value::Object(object.clone()).to_string();
        (text(&self.header), text(&self.claims))
    }

    /// Signs the token by RS256, whatever its header says.
    pub fn sign(mut self, key: &TestKey) -> String {
        if self.names_its_key {
            self = self.header("kid", key.kid());
        }
        let (header, payload) = self.parts();
        key.sign_parts(&header, &payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::UnverifiedToken;

    #[test]
    fn a_built_token_verifies_with_the_published_half_of_its_key() {
        let authority = Authority::new(
            "http://localhost:8400".parse().unwrap(),
            "11111111-2222-3333-4444-555555555555".parse().unwrap(),
        );
        let api = "99999999-2222-3333-4444-555555555555".parse().unwrap();
        let key = TestKey::first();
        let raw = TokenBuilder::user(&authority, api, UnixTime(1_000)).sign(&key);
        let token = UnverifiedToken::decode(&raw).unwrap();
        let jwk = key.jwk();
        let public = jsonwebtoken::DecodingKey::from_rsa_components(
            jwk["n"].as_str().unwrap(),
            jwk["e"].as_str().unwrap(),
        )
        .unwrap();
        assert_eq!(token.header_text("kid"), Some(key.kid()));
        let verified = jsonwebtoken::crypto::verify(
            token.signature(),
            token.signing_input().as_bytes(),
            &public,
            Algorithm::RS256,
        );
        assert!(verified.unwrap());
    }
}
