//! Whatever this server lets in, `jsonwebtoken`'s own validation lets in too.

use std::sync::Arc;

use api_server::{ApiServer, ApiSettings};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use proptest::prelude::*;
use serde_json::{Value, json};
use serve::system::SystemClock;
use shared::authority::{Authority, Version};
use shared::test_support::{TestKey, TokenBuilder};
use shared::time::Clock as _;

use crate::authority::{Answer, TestAuthority};
use crate::world::{API, TENANT, bearer, send};

fn oracle_accepts(token: &str, issuer: &str) -> bool {
    let jwk = TestKey::first().jwk();
    let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
    let key = DecodingKey::from_rsa_components(&text("n"), &text("e")).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[API]);
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(&["exp", "aud", "iss"]);
    validation.validate_nbf = true;
    validation.leeway = 60;
    jsonwebtoken::decode::<Value>(token, &key, &validation).is_ok()
}

/// What is done to one claim.
#[derive(Clone, Debug)]
enum Change {
    None,
    Remove(&'static str),
    Set(&'static str, Value),
    /// Seconds from now, away from the edges where the two clocks could differ.
    Time(&'static str, i64),
}

fn change() -> impl Strategy<Value = Change> {
    let name = || prop::sample::select(vec!["aud", "iss", "exp", "nbf", "iat"]);
    let value = prop::sample::select(vec![
        json!(API),
        json!([API]),
        json!("x"),
        json!(1.5e9),
        json!(-1),
        json!("1"),
        json!(true),
        json!({}),
    ]);
    let offset = prop::sample::select(vec![-100_000, -3_600, -90, -30, 0, 30, 90, 3_600, 100_000]);
    prop_oneof![
        1 => Just(Change::None),
        1 => name().prop_map(Change::Remove),
        3 => (name(), value).prop_map(|(name, value)| Change::Set(name, value)),
        3 => (prop::sample::select(vec!["exp", "nbf"]), offset).prop_map(|(name, by)| Change::Time(name, by)),
    ]
}

/// Whether a change alone, times aside, already breaks one of Entra's rules that are stricter than the oracle's.
fn is_entra_like(change: &Change) -> bool {
    matches!(change, Change::None | Change::Time(..))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_is_accepted_that_the_oracle_refuses(change in change(), second_key in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mock = TestAuthority::start(Answer::Keys(vec![TestKey::first().jwk()])).await;
            let tenant = Authority::new(mock.origin.parse().unwrap(), TENANT.parse().unwrap());
            let api = API.parse().unwrap();
            let now = SystemClock.now();
            let token = TokenBuilder::user(&tenant, api, now);
            let token = match &change {
                Change::None => token,
                Change::Remove(name) => token.without_claim(name),
                Change::Set(name, value) => token.claim(name, value.clone()),
                Change::Time(name, by) => token.claim(name, now.0 + by),
            };
            let key = if second_key { TestKey::second().named(TestKey::first().kid()) } else { TestKey::first() };
            let token = token.sign(&key);
            let server = ApiServer::new(ApiSettings::new(tenant.clone(), api), Arc::new(SystemClock)).unwrap();
            let accepted = send(server.router(), bearer("/api/me", &token)).await.status == 200;
            let oracle = oracle_accepts(&token, &tenant.issuer(Version::V2));
            assert!(!accepted || oracle, "{change:?}");
            if is_entra_like(&change) {
                assert_eq!(accepted, oracle, "{change:?}");
            }
        });
    }
}
