//! The explanation and the decision are one thing.

use axum::body::Body;
use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::test_support::TestKey;

use crate::authority::Answer;
use crate::world::{Answered, ENDPOINTS, World, plain};

async fn explaining() -> World {
    World::with(|settings| settings.explain = true).await
}

async fn post(world: &World, content_type: &str, body: impl Into<Body>) -> Answered {
    let request = Request::post("/api/explain").header("content-type", content_type);
    world.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn without_the_setting_there_is_no_such_address() {
    let world = World::new().await;
    let answer = post(&world, "text/plain", "x").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (404, &json!("not-found"))
    );
}

#[tokio::test]
async fn every_way_to_hand_in_a_token_gives_the_same_explanation() {
    let world = explaining().await;
    let token = world.user().sign(&TestKey::first());
    let expected = world.explain(&token, "/api/profile").await;
    assert_eq!(expected["status"], 200);
    assert_eq!(expected["endpoint"], "/api/profile");
    let verdicts: Vec<&Value> = expected["verdicts"].as_array().unwrap().iter().collect();
    assert_eq!(
        verdicts[2],
        &json!({"endpoint": "/api/service", "status": 403})
    );
    let names: Vec<&Value> = expected["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| &check["name"])
        .collect();
    assert_eq!(
        names,
        [
            "format",
            "algorithm",
            "key-id",
            "signature",
            "version",
            "issuer",
            "audience",
            "expiry",
            "not-before",
            "tenant",
            "client",
            "permission"
        ]
    );

    let pasted = format!("Bearer {token}\n");
    assert_eq!(
        post(&world, "text/plain; charset=utf-8", pasted.clone())
            .await
            .json(),
        expected
    );
    let body = json!({ "token": pasted }).to_string();
    assert_eq!(
        post(&world, "application/json", body).await.json(),
        expected
    );
    let header = Request::post("/api/explain").header("authorization", format!("Bearer {token}"));
    let answer = world.send(header.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.json(), expected);
    let header = Request::post("/api/explain")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    let answer = world
        .send(
            header
                .body(r#"{"endpoint":"/api/service"}"#.into())
                .unwrap(),
        )
        .await;
    assert_eq!(answer.json()["status"], 403);
}

#[tokio::test]
async fn an_explanation_never_repeats_the_token() {
    let world = explaining().await;
    let token = world.user().claim("aud", "another").sign(&TestKey::first());
    let explanation = world.explain(&token, "/api/profile").await;
    let text = explanation.to_string();
    for part in token.split('.') {
        assert!(!text.contains(part));
    }
    let audience = &explanation["checks"][6];
    assert_eq!(audience["outcome"], "failed");
    assert_eq!(audience["found"], "another");
    assert_eq!(explanation["checks"][7]["outcome"], "not-reached");
}

#[tokio::test]
async fn a_refusal_carries_the_same_list_where_explanations_are_on() {
    let world = explaining().await;
    let token = world.app().sign(&TestKey::first());
    let refusal = world.get("/api/me", &token).await.json();
    assert_eq!(
        refusal["checks"],
        world.explain(&token, "/api/me").await["checks"]
    );
}

#[tokio::test]
async fn what_cannot_be_explained_is_refused_clearly() {
    let world = explaining().await;
    let many = "x".repeat(70_000);
    let cases = [
        ("application/json", "{", 400, "malformed-body"),
        ("application/json", "[]x", 400, "malformed-body"),
        ("application/json", r#"{"token":7}"#, 400, "malformed-body"),
        (
            "application/json",
            r#"{"token":"a","token":"b"}"#,
            400,
            "malformed-body",
        ),
        (
            "application/json",
            r#"{"token":"a","endpoint":"/healthz"}"#,
            400,
            "unknown-endpoint",
        ),
        ("application/json", "{}", 400, "no-token"),
        (
            "application/x-www-form-urlencoded",
            "token=a",
            415,
            "unsupported-media-type",
        ),
        ("", "a", 415, "unsupported-media-type"),
        ("text/plain", "  ", 400, "no-token"),
        ("text/plain", "", 400, "no-token"),
        ("text/plain", &many, 413, "unreadable-body"),
    ];
    for (content_type, body, status, code) in cases {
        let answer = post(&world, content_type, body.to_owned()).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (status, &json!(code)),
            "{content_type} {code}"
        );
    }
    assert_eq!(
        post(&world, "text/plain", vec![0xff, 0xfe]).await.status,
        400
    );
    let request = Request::post("/api/explain?access_token=a")
        .body(Body::empty())
        .unwrap();
    assert_eq!(world.send(request).await.status, 400);
    let answer = world.send(plain("/api/explain")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("allow")),
        (405, "POST")
    );
}

#[tokio::test]
async fn junk_is_explained_and_not_refused() {
    let world = explaining().await;
    let explanation = post(&world, "text/plain", "not a token").await.json();
    assert_eq!(explanation["status"], 401);
    assert_eq!(explanation["checks"][0]["outcome"], "failed");
}

#[tokio::test]
async fn while_the_keys_are_out_of_reach_the_explanation_says_so() {
    let world = explaining().await;
    world
        .authority
        .answers(Answer::Status(http::StatusCode::NOT_FOUND));
    let explanation = world
        .explain(&world.user().sign(&TestKey::first()), "/api/me")
        .await;
    assert_eq!(explanation["status"], 503);
    assert_eq!(explanation["checks"][2]["outcome"], "failed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_explanation_agrees_with_every_endpoint(
        app in any::<bool>(),
        claim in prop::sample::select(vec!["aud", "iss", "exp", "nbf", "tid", "ver", "azp", "scp", "roles", "idtyp", "sub"]),
        value in prop::sample::select(vec![
            json!("access_as_user"), json!("2.0"), json!("app"), json!(["Svc.Invoke"]), json!(["Workshop.Admin"]),
            json!(1_800_000_100), json!(1_700_000_000), json!(null), json!({}), json!("Svc.Invoke"),
        ]),
        second_key in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = explaining().await;
            let token = if app { world.app() } else { world.user() }.claim(claim, value);
            let key = if second_key { TestKey::second() } else { TestKey::first() };
            let token = token.sign(&key);
            for endpoint in ENDPOINTS {
                let answer = world.get(endpoint, &token).await;
                let explanation = world.explain(&token, endpoint).await;
                assert_eq!(explanation["status"], answer.status.as_u16());
                let verdicts = explanation["verdicts"].as_array().unwrap();
                assert!(verdicts.contains(&json!({"endpoint": endpoint, "status": answer.status.as_u16()})));
                if answer.status == 200 {
                    let checks = explanation["checks"].as_array().unwrap();
                    assert!(checks.iter().all(|check| check["outcome"] == "passed"));
                } else {
                    assert_eq!(answer.json()["checks"], explanation["checks"]);
                }
            }
        });
    }
}
