//! Client assertions (RFC 7523 §2.2): which kind one is, and what they have in common.
//!
//! One that the client has issued itself is proven by its certificate, one of another issuer by trust in that issuer
//! (Entra "Certificate credentials", "Workload identity federation"). Entra takes an assertion as often as it is shown
//! until it expires, and so does this tenant: `jti` is not remembered.

use std::time::Duration;

use shared::jwt::UnverifiedToken;
use shared::time::UnixTime;
use url::Url;

use super::{certificate, federated};
use crate::Face;
use crate::aadsts::Aadsts;
use crate::exchange::Exchange;
use crate::params::Params;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far a client's clock may be ahead. There is none for one that is behind: public reports show Entra refuse
/// assertions that had expired for less than five minutes.
const LEEWAY: Duration = Duration::from_mins(5);

/// What becomes of the request's assertion; `None` if it carries none. The keys of another issuer may have to be
/// fetched, so this comes before anything else looks at the request.
pub(crate) async fn judged(
    face: &Face,
    exchange: &Exchange,
    params: &Params,
) -> Option<Result<&'static str, Aadsts>> {
    let assertion = params.get("client_assertion")?;
    Some(judge(face, exchange, params, assertion).await)
}

async fn judge(
    face: &Face,
    exchange: &Exchange,
    params: &Params,
    assertion: &str,
) -> Result<&'static str, Aadsts> {
    if params.require("client_assertion_type")? != JWT_BEARER {
        return Err(Aadsts::UnsupportedValue {
            name: "client_assertion_type",
        });
    }
    let token = UnverifiedToken::decode(assertion).map_err(|_| Aadsts::MalformedToken)?;
    // RFC 7515 §4.1.11: what must be understood is not.
    if token.header().contains_key("crit") {
        return Err(Aadsts::MalformedToken);
    }
    let now = exchange.now;
    // An id that is none is refused by whoever looks up the client.
    let client = params.require("client_id")?.parse().unwrap_or_default();
    if is_url(token.claim_text("iss")) {
        let credential = federated::credential(face, client, &token)?;
        federated::check(face, client, &credential, &token, now).await?;
    } else {
        certificate::check(face, client, &token, now)?;
    }
    in_time(&token, now)?;
    // Unverified: the value for a federated credential.
    Ok("2")
}

/// Only other issuers are URLs; the client's own name is a GUID.
fn is_url(issuer: Option<&str>) -> bool {
    issuer
        .and_then(|issuer| Url::parse(issuer).ok())
        .is_some_and(|url| url.has_host())
}

fn in_time(token: &UnverifiedToken<'_>, now: UnixTime) -> Result<(), Aadsts> {
    let time = |name| match token.claims().get(name) {
        None => Ok(None),
        // NumericDate may have a fraction (RFC 7519 §2), and no assertion lives in another age.
        Some(value) => value
            .as_f64()
            .filter(|seconds| seconds.abs() < 1e12)
            .map(|seconds| Some(whole(seconds)))
            .ok_or(Aadsts::MalformedToken),
    };
    let (from, to) = (time("nbf")?, time("exp")?);
    let expires = to.ok_or(Aadsts::MalformedToken)?;
    if expires <= now || from.is_some_and(|from| from > now + LEEWAY) {
        return Err(Aadsts::AssertionTime { now, from, expires });
    }
    Ok(())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the caller has bounded it to what 64 bits hold"
)]
fn whole(seconds: f64) -> UnixTime {
    UnixTime(seconds.floor() as i64)
}
