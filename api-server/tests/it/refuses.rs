//! Every refusal: status, challenge and body.

use axum::body::Body;
use http::{HeaderValue, Request};
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::test_support::{TestKey, TokenBuilder};

use crate::world::{API, ENDPOINTS, World, bearer, plain};

#[tokio::test]
async fn without_credentials_the_challenge_names_no_error() {
    let world = World::new().await;
    for authorization in [
        None,
        Some("Basic dXNlcjpwYXNz"),
        Some("Bearertoken"),
        Some(""),
    ] {
        let mut request = plain("/api/profile");
        if let Some(value) = authorization {
            request
                .headers_mut()
                .insert("authorization", HeaderValue::from_static(value));
        }
        let answer = world.send(request).await;
        assert_eq!(answer.status, 401, "{authorization:?}");
        assert_eq!(
            answer.header("www-authenticate"),
            format!("Bearer realm=\"api://{API}\"")
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let expected = json!({
            "type": "about:blank", "title": "Unauthorized", "status": 401,
            "detail": "The request carries no bearer token.", "code": "no-credentials",
        });
        assert_eq!(answer.json(), expected);
    }
    assert_eq!(world.authority.fetches(), 0, "nobody asked for a key");
}

#[tokio::test]
async fn a_bad_token_is_named_by_the_check_it_fails() {
    let world = World::new().await;
    let key = TestKey::first();
    let now = 1_800_000_000_i64;
    let cases: Vec<(&str, TokenBuilder)> = vec![
        ("algorithm", world.user().header("alg", "HS256")),
        ("algorithm", world.user().header("alg", "none")),
        ("algorithm", world.user().header("crit", json!(["exp"]))),
        (
            "algorithm",
            world.user().header("jku", "https://evil.example/keys"),
        ),
        ("key-id", world.user().without_header("kid")),
        ("key-id", world.user().header("kid", "nobody's key")),
        ("version", world.user().into_v1(&world.tenant)),
        (
            "issuer",
            world.user().claim("iss", "https://evil.example/v2.0"),
        ),
        (
            "audience",
            world.user().claim("aud", format!("api://{API}")),
        ),
        ("audience", world.user().claim("aud", json!([API]))),
        ("expiry", world.user().claim("exp", now - 60)),
        ("expiry", world.user().without_claim("exp")),
        ("not-before", world.user().claim("nbf", now + 61)),
        ("tenant", world.user().claim("tid", API)),
        ("client", world.user().claim("azp", 7)),
    ];
    for (code, token) in cases {
        let answer = world.get("/api/profile", &token.clone().sign(&key)).await;
        assert_eq!(answer.status, 401, "{token:?}");
        let body = answer.json();
        assert_eq!(body["code"], code, "{token:?}");
        assert_eq!(body.get("checks"), None, "explanations are off");
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.contains("error=\"invalid_token\", error_description=\""),
            "{challenge}"
        );
        assert!(
            challenge.contains(body["detail"].as_str().unwrap()),
            "{challenge}"
        );
    }
}

#[tokio::test]
async fn a_token_that_was_touched_or_signed_by_somebody_else_is_refused() {
    let world = World::new().await;
    let good = world.user().sign(&TestKey::first());
    let imitation = world
        .user()
        .sign(&TestKey::second().named(TestKey::first().kid()));
    let parts: Vec<&str> = good.split('.').collect();
    let other_claims = world
        .user()
        .claim("roles", json!(["Workshop.Admin"]))
        .sign(&TestKey::second());
    let swapped = format!(
        "{}.{}.{}",
        parts[0],
        other_claims.split('.').nth(1).unwrap(),
        parts[2]
    );
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    for token in [imitation, swapped, unsigned] {
        let answer = world.get("/api/profile", &token).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (401, &json!("signature"))
        );
    }
}

#[tokio::test]
async fn a_text_that_is_no_token_is_refused_as_a_token() {
    let world = World::new().await;
    let long = "a".repeat(20_000);
    let doubled = TestKey::first().sign_parts(
        &format!(r#"{{"alg":"RS256","kid":"{}"}}"#, TestKey::first().kid()),
        r#"{"aud":"a","aud":"b"}"#,
    );
    let two = format!("{} x", world.user().sign(&TestKey::first()));
    for token in ["", "x", "a.b.c", "a b", "undefined", &long, &doubled, &two] {
        let answer = world.get("/api/me", token).await;
        assert_eq!(answer.status, 401, "{token}");
        assert_eq!(answer.json()["code"], "format", "{token}");
    }
}

#[tokio::test]
async fn a_good_token_without_the_permission_learns_what_to_ask_for() {
    let world = World::new().await;
    let key = TestKey::first();
    let admin_scope = format!("scope=\"api://{API}/access_as_user\"");
    let cases = [
        (
            "/api/profile",
            world.user().claim("scp", "other"),
            admin_scope.clone(),
        ),
        (
            "/api/service",
            world.user(),
            format!("scope=\"api://{API}/.default\""),
        ),
        ("/api/admin", world.user(), admin_scope),
    ];
    for (path, token, scope) in cases {
        let answer = world.get(path, &token.sign(&key)).await;
        assert_eq!(answer.status, 403, "{path}");
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.contains("error=\"insufficient_scope\""),
            "{challenge}"
        );
        assert!(challenge.ends_with(&scope), "{challenge}");
        assert_eq!(answer.json()["code"], "permission");
    }
}

#[tokio::test]
async fn who_asks_for_plain_text_gets_the_guides_own_strings() {
    let world = World::new().await;
    let key = TestKey::first();
    let forbidden = world.user().claim("scp", "other").sign(&key);
    let cases = [
        (plain("/api/profile"), 401, "Unauthorized\n"),
        (bearer("/api/profile", "junk"), 401, "Invalid token\n"),
        (
            bearer("/api/profile", &forbidden),
            403,
            "Forbidden: insufficient permissions\n",
        ),
        (plain("/nowhere"), 404, "Not Found\n"),
    ];
    for (mut request, status, text) in cases {
        request
            .headers_mut()
            .insert("accept", HeaderValue::from_static("text/plain"));
        let answer = world.send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (status, text)
        );
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(
            answer.headers.contains_key("www-authenticate"),
            status != 404
        );
    }
}

#[tokio::test]
async fn two_tokens_or_a_token_in_the_address_make_a_bad_request() {
    let world = World::new().await;
    let token = world.user().sign(&TestKey::first());
    let mut twice = bearer("/api/profile", &token);
    twice
        .headers_mut()
        .append("authorization", format!("Bearer {token}").parse().unwrap());
    let in_address = plain(&format!("/api/profile?access_token={token}"));
    let both = bearer(&format!("/api/profile?x=1&access%5Ftoken={token}"), &token);
    for (request, code) in [
        (twice, "repeated-authorization"),
        (in_address, "token-in-address"),
        (both, "token-in-address"),
    ] {
        let answer = world.send(request).await;
        assert_eq!(answer.status, 400);
        assert!(
            answer
                .header("www-authenticate")
                .contains("error=\"invalid_request\"")
        );
        assert_eq!(answer.json()["code"], code);
    }
}

#[tokio::test]
async fn only_listed_applications_may_call() {
    let world = World::with(|settings| settings.allowed_clients = vec![API.parse().unwrap()]).await;
    let key = TestKey::first();
    assert_eq!(
        world.get("/api/me", &world.user().sign(&key)).await.json()["code"],
        "client"
    );
    assert_eq!(
        world
            .status("/api/me", &world.user().claim("azp", API).sign(&key))
            .await,
        200
    );
}

#[tokio::test]
async fn a_key_of_another_issuer_does_not_open_anything() {
    let world = World::new().await;
    let foreign = TestKey::first().jwk_for("https://login.microsoftonline.com/{tenantid}/v2.0");
    world
        .authority
        .answers(crate::authority::Answer::Keys(vec![foreign]));
    let answer = world
        .get("/api/me", &world.user().sign(&TestKey::first()))
        .await;
    assert_eq!(answer.json()["code"], "issuer");
}

#[tokio::test]
async fn a_token_expires_while_the_clock_moves() {
    let world = World::new().await;
    let token = world.user().sign(&TestKey::first());
    world.clock.advance(std::time::Duration::from_secs(3659));
    assert_eq!(world.status("/api/me", &token).await, 200);
    world.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(world.status("/api/me", &token).await, 401);
}

fn in_runtime<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn junk_in_headers_and_addresses_is_the_clients_fault_and_never_ours(
        authorization in prop::collection::vec(prop::collection::vec(0x20_u8..=0xff, 0..60), 0..3),
        accept in "[ -~]{0,40}",
        id in "[ -~]{0,40}",
        query in "[a-z_=&%0-9]{0,40}",
    ) {
        in_runtime(async {
            let world = World::with(|settings| settings.explain = true).await;
            for path in ENDPOINTS.into_iter().chain(["/healthz", "/nowhere"]) {
                let mut request = Request::get(format!("{path}?{query}"))
                    .header("accept", &accept)
                    .header("client-request-id", &id);
                for value in &authorization {
                    if let Ok(value) = HeaderValue::from_bytes(&[b"Bearer ", &value[..]].concat()) {
                        request = request.header("authorization", value);
                    }
                }
                let answer = world.send(request.body(Body::empty()).unwrap()).await;
                let expected = if path == "/healthz" { 200..300 } else { 400..500 };
                assert!(expected.contains(&answer.status.as_u16()), "{path}: {}", answer.status);
            }
        });
    }

    #[test]
    fn signed_nonsense_is_refused_in_the_same_way(payload in prop::collection::hash_map("[a-z]{2,4}", any::<i32>(), 0..6)) {
        in_runtime(async {
            let world = World::new().await;
            let header = json!({"alg": "RS256", "kid": TestKey::first().kid()}).to_string();
            let payload: Value = payload.into_iter().map(|(name, value)| (name, json!(value))).collect();
            let token = TestKey::first().sign_parts(&header, &payload.to_string());
            assert_eq!(world.status("/api/profile", &token).await, 401);
        });
    }
}
