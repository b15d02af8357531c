//! Checking an ID token that came straight from the token endpoint.

use std::time::Duration;

use serde_json::Value;

use crate::authority::{Authority, ClientId, Version};
use crate::jwt::{MalformedToken, Object, UnverifiedToken};
use crate::secret::{IdToken, Nonce};
use crate::time::UnixTime;

/// How far the clocks of client and Entra may differ.
pub const CLOCK_SKEW: Duration = Duration::from_secs(300);

/// What an ID token must say to be believed.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The tenant that was asked.
    pub authority: &'a Authority,
    /// The client that asked.
    pub client_id: ClientId,
    /// The nonce of the request; `None` for a token that came with a refresh, which carries none.
    pub nonce: Option<&'a Nonce>,
}

/// Why an ID token is not believed (OpenID Connect Core §3.1.3.7).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// It is no token.
    #[error("the ID token is malformed: {0}")]
    Malformed(#[from] MalformedToken),
    /// `iss` names another authority or tenant.
    #[error("the ID token's issuer is {found}, expected {expected}")]
    Issuer {
        /// The issuer of the tenant that was asked.
        expected: String,
        /// What the token says.
        found: String,
    },
    /// `aud` names another client.
    #[error("the ID token is for {found}, expected {expected}")]
    Audience {
        /// The client that asked.
        expected: String,
        /// What the token says.
        found: String,
    },
    /// `exp` or `iat` is missing or not a whole number of seconds.
    #[error("the ID token's {0} is missing or not a number of seconds")]
    Time(&'static str),
    /// It has expired.
    #[error("the ID token expired at {0}")]
    Expired(UnixTime),
    /// It was issued in the future: one of the two clocks is wrong.
    #[error(
        "the ID token was issued at {0}, which is in the future; is this machine's clock right?"
    )]
    NotYetValid(UnixTime),
    /// The nonce is missing or another request's.
    #[error("the ID token's nonce is not the one that was sent")]
    Nonce,
    /// `tid` is missing or another tenant's.
    #[error("the ID token's tenant is not the one that was asked")]
    Tenant,
}

/// Checks issuer, audience, times, tenant and nonce, and returns the claims.
///
/// Does **not** check the signature: the token came over TLS (or loopback) straight from the token endpoint, which
/// OpenID Connect Core §3.1.3.7 (6) accepts in its place. Never use this for a token from anywhere else.
pub fn check(
    token: &IdToken,
    expected: Expected<'_>,
    now: UnixTime,
) -> Result<Object, IdTokenError> {
    let unverified = UnverifiedToken::decode(token.expose())?;
    let claims = unverified.claims();

    let issuer = expected.authority.issuer(Version::V2);
    if unverified.claim_text("iss") != Some(&issuer) {
        return Err(IdTokenError::Issuer {
            expected: issuer,
            found: shown(claims.get("iss")),
        });
    }
    let audience = expected.client_id.to_string();
    if unverified.claim_text("aud") != Some(&audience) {
        return Err(IdTokenError::Audience {
            expected: audience,
            found: shown(claims.get("aud")),
        });
    }
    let expiry = seconds(claims, "exp")?;
    if expiry + CLOCK_SKEW <= now {
        return Err(IdTokenError::Expired(expiry));
    }
    let issued = seconds(claims, "iat")?;
    if issued > now + CLOCK_SKEW {
        return Err(IdTokenError::NotYetValid(issued));
    }
    if unverified.claim_text("tid") != Some(&expected.authority.tenant().to_string()) {
        return Err(IdTokenError::Tenant);
    }
    if let Some(nonce) = expected.nonce
        && unverified.claim_text("nonce") != Some(nonce.expose())
    {
        return Err(IdTokenError::Nonce);
    }
    Ok(claims.clone())
}

fn seconds(claims: &Object, name: &'static str) -> Result<UnixTime, IdTokenError> {
    claims
        .get(name)
        .and_then(Value::as_i64)
        .map(UnixTime)
        .ok_or(IdTokenError::Time(name))
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(
        || "missing".to_owned(),
        |value| value.to_string().chars().take(120).collect(),
    )
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::authority::AuthorityHost;

    const NOW: UnixTime = UnixTime(1_800_000_000);
    const TENANT: &str = "11111111-2222-3333-4444-555555555555";
    const CLIENT: &str = "99999999-8888-7777-6666-555555555555";

    fn good() -> Value {
        json!({
            "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
            "aud": CLIENT, "exp": NOW.0 + 3600, "iat": NOW.0, "tid": TENANT, "nonce": "n",
        })
    }

    fn check_claims(claims: &Value, nonce: Option<&str>) -> Result<Object, IdTokenError> {
        let authority = Authority::new(AuthorityHost::default(), TENANT.parse().unwrap());
        let nonce = nonce.map(Nonce::new);
        let token = IdToken::new(format!(
            "e30.{}.",
            URL_SAFE_NO_PAD.encode(claims.to_string())
        ));
        check(
            &token,
            Expected {
                authority: &authority,
                client_id: CLIENT.parse().unwrap(),
                nonce: nonce.as_ref(),
            },
            NOW,
        )
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = good();
        claims[name] = value;
        claims
    }

    #[test]
    fn a_good_token_gives_its_claims() {
        assert_eq!(check_claims(&good(), Some("n")).unwrap()["aud"], CLIENT);
    }

    #[test]
    fn another_tenant_audience_or_nonce_is_refused() {
        assert!(matches!(
            check_claims(&with("iss", json!("https://evil.example/v2.0")), Some("n")),
            Err(IdTokenError::Issuer { .. })
        ));
        assert!(matches!(
            check_claims(&with("aud", json!("other")), Some("n")),
            Err(IdTokenError::Audience { .. })
        ));
        assert!(matches!(
            check_claims(&with("aud", json!([CLIENT])), Some("n")),
            Err(IdTokenError::Audience { .. })
        ));
        assert_eq!(
            check_claims(&with("tid", json!("other")), Some("n")),
            Err(IdTokenError::Tenant)
        );
        assert_eq!(
            check_claims(&good(), Some("other")),
            Err(IdTokenError::Nonce)
        );
        assert_eq!(
            check_claims(&with("nonce", Value::Null), Some("n")),
            Err(IdTokenError::Nonce)
        );
    }

    #[test]
    fn a_refreshed_token_needs_no_nonce() {
        assert!(check_claims(&with("nonce", Value::Null), None).is_ok());
    }

    #[test]
    fn time_is_judged_with_five_minutes_of_leeway() {
        assert!(check_claims(&with("exp", json!(NOW.0 - 299)), Some("n")).is_ok());
        assert!(matches!(
            check_claims(&with("exp", json!(NOW.0 - 300)), Some("n")),
            Err(IdTokenError::Expired(_))
        ));
        assert!(check_claims(&with("iat", json!(NOW.0 + 300)), Some("n")).is_ok());
        assert!(matches!(
            check_claims(&with("iat", json!(NOW.0 + 301)), Some("n")),
            Err(IdTokenError::NotYetValid(_))
        ));
        assert_eq!(
            check_claims(&with("exp", json!("soon")), Some("n")),
            Err(IdTokenError::Time("exp"))
        );
        assert_eq!(
            check_claims(&with("exp", json!(1.5)), Some("n")),
            Err(IdTokenError::Time("exp"))
        );
    }
}
