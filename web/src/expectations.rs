//! What a token should say, beside what this one says. The rows follow the workshop guide's table.

use serde_json::Value;
use shared::authority::Version;
use shared::jwt::Object;
use shared::time::UnixTime;

use crate::config::Config;
use crate::moment;

/// How a claim compares with what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Matches,
    /// There, but not as expected.
    Differs,
    /// Expected, but not there.
    Missing,
    /// Not expected in a token of this kind.
    NotNeeded,
}

impl Verdict {
    /// The verdict in words.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Matches => "matches",
            Verdict::Differs => "differs",
            Verdict::Missing => "missing",
            Verdict::NotNeeded => "not needed",
        }
    }
}

/// One row: a claim, what it should be, what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The claim.
    pub claim: &'static str,
    /// The question that it answers.
    pub question: &'static str,
    /// What it should be.
    pub expected: String,
    /// What it is.
    pub found: String,
    /// How the two compare.
    pub verdict: Verdict,
}

/// The guide's table for an access token with a person behind it.
pub fn access_token(claims: &Object, config: &Config) -> Vec<Expectation> {
    let client = config.client_id.to_string();
    let (app, app_value) = match claims.get("appid") {
        Some(value) => ("appid", Some(value)),
        None => ("azp", claims.get("azp")),
    };
    let scope = config.scope_name();
    let granted = claims
        .get("scp")
        .and_then(Value::as_str)
        .map(|scp| scp.split(' ').any(|granted| granted == scope));
    vec![
        exact(
            "aud",
            "Is it meant for the API?",
            config.api_client_id.to_string(),
            claims.get("aud"),
        ),
        exact(
            "iss",
            "Is it from the right tenant?",
            config.authority().issuer(Version::V2),
            claims.get("iss"),
        ),
        Expectation {
            claim: "scp",
            question: "What may the app do for the person?",
            expected: scope.to_owned(),
            found: shown(claims.get("scp")),
            verdict: match granted {
                Some(true) => Verdict::Matches,
                Some(false) => Verdict::Differs,
                None => Verdict::Missing,
            },
        },
        Expectation {
            claim: "roles",
            question: "What may an app without a person do?",
            expected: format!("[\"{}\"], in tokens without a person", config.app_role),
            found: shown(claims.get("roles")),
            verdict: Verdict::NotNeeded,
        },
        exact(app, "Which app asked for it?", client, app_value),
    ]
}

/// The checks that this app made before it believed the ID token (OpenID Connect Core §3.1.3.7).
pub fn id_token(
    claims: &Object,
    config: &Config,
    nonce: Option<&str>,
    now: UnixTime,
) -> Vec<Expectation> {
    let mut rows = vec![
        exact(
            "iss",
            "Is it from the tenant that was asked?",
            config.authority().issuer(Version::V2),
            claims.get("iss"),
        ),
        exact(
            "aud",
            "Is it for this app?",
            config.client_id.to_string(),
            claims.get("aud"),
        ),
        exact(
            "tid",
            "Is the tenant the same everywhere?",
            config.tenant_id.to_string(),
            claims.get("tid"),
        ),
    ];
    if let Some(nonce) = nonce {
        rows.push(exact(
            "nonce",
            "Does it answer this very request?",
            nonce.to_owned(),
            claims.get("nonce"),
        ));
    }
    let expiry = claims.get("exp").and_then(Value::as_i64).map(UnixTime);
    rows.push(Expectation {
        claim: "exp",
        question: "Is it still good?",
        expected: format!("later than {}", moment::local(now)),
        found: expiry.map_or_else(|| shown(claims.get("exp")), moment::local),
        verdict: match expiry {
            Some(expiry) if expiry > now => Verdict::Matches,
            Some(_) => Verdict::Differs,
            None => Verdict::Missing,
        },
    });
    rows
}

fn exact(
    claim: &'static str,
    question: &'static str,
    expected: String,
    found: Option<&Value>,
) -> Expectation {
    let verdict = match found {
        None => Verdict::Missing,
        Some(Value::String(found)) if *found == expected => Verdict::Matches,
        Some(_) => Verdict::Differs,
    };
    Expectation {
        claim,
        question,
        expected,
        found: shown(found),
        verdict,
    }
}

/// A claim's value as text: strings without quotes, everything else as JSON.
pub fn shown(value: Option<&Value>) -> String {
    match value {
        None => "not in this token".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Whether a claim counts seconds since 1970.
pub fn moment_of(claim: &str, value: &Value) -> Option<UnixTime> {
    matches!(claim, "iat" | "nbf" | "exp" | "auth_time")
        .then(|| value.as_i64().map(UnixTime))
        .flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Verdict::{Differs, Matches, Missing, NotNeeded};
    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";
    const CLIENT: &str = "66666666-7777-8888-9999-000000000000";
    const API: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

    fn config() -> Config {
        serde_json::from_value(json!({
            "tenantId": TENANT, "clientId": CLIENT, "apiClientId": API, "authorityHost": "http://localhost:8400",
            "apiUrl": "http://localhost:8081", "scope": format!("api://{API}/access_as_user"),
            "appRole": "Svc.Invoke", "practice": true,
        }))
        .unwrap()
    }

    fn verdicts(claims: &Value) -> Vec<(&'static str, Verdict)> {
        let rows = access_token(claims.as_object().unwrap(), &config());
        rows.into_iter()
            .map(|row| (row.claim, row.verdict))
            .collect()
    }

    #[test]
    fn a_token_as_the_guide_wants_it_matches_everywhere() {
        let claims = json!({
            "aud": API, "iss": format!("http://localhost:8400/{TENANT}/v2.0"), "scp": "other access_as_user", "azp": CLIENT,
        });
        assert_eq!(
            verdicts(&claims),
            [
                ("aud", Matches),
                ("iss", Matches),
                ("scp", Matches),
                ("roles", NotNeeded),
                ("azp", Matches)
            ]
        );
    }

    #[test]
    fn a_version_1_token_differs_where_the_guide_says_so() {
        let claims = json!({
            "aud": format!("api://{API}"), "iss": format!("https://sts.windows.net/{TENANT}/"), "appid": CLIENT,
        });
        assert_eq!(
            verdicts(&claims),
            [
                ("aud", Differs),
                ("iss", Differs),
                ("scp", Missing),
                ("roles", NotNeeded),
                ("appid", Matches)
            ]
        );
    }

    #[test]
    fn an_audience_that_is_a_list_is_not_the_audience() {
        assert_eq!(verdicts(&json!({ "aud": [API] }))[0].1, Verdict::Differs);
    }

    #[test]
    fn the_id_token_is_held_against_this_request() {
        let now = UnixTime(1_800_000_000);
        let claims = json!({
            "iss": format!("http://localhost:8400/{TENANT}/v2.0"), "aud": CLIENT, "tid": TENANT, "nonce": "n",
            "exp": now.0 + 1,
        });
        let claims = claims.as_object().unwrap();
        assert!(
            id_token(claims, &config(), Some("n"), now)
                .iter()
                .all(|row| row.verdict == Verdict::Matches)
        );
        let other = id_token(claims, &config(), Some("m"), UnixTime(now.0 + 1));
        let differing: Vec<_> = other
            .iter()
            .filter(|row| row.verdict == Verdict::Differs)
            .map(|row| row.claim)
            .collect();
        assert_eq!(differing, ["nonce", "exp"]);
    }

    #[test]
    fn only_moments_are_read_as_moments() {
        assert_eq!(moment_of("exp", &json!(5)), Some(UnixTime(5)));
        assert_eq!(moment_of("exp", &json!("5")), None);
        assert_eq!(moment_of("uti", &json!(5)), None);
    }
}
