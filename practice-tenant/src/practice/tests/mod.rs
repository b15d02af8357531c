mod returning;

use std::time::Duration;

use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::directory::seed::TENANT;
use crate::testing::{Answer, Browser, NOW, ORIGIN, SPA, Workshop, opened, redemption};

/// A change, as the browser app's own page makes it.
async fn send(workshop: &Workshop, method: &Method, path: &str, body: &Value) -> Answer {
    let key = workshop.tenant.practice_key().expose();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-practice-key", key)
        .header(header::HOST, "localhost:8400")
        .header(header::ORIGIN, ORIGIN)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/json");
    workshop
        .send(request.body(body.to_string().into()).unwrap())
        .await
}

async fn roll_over(workshop: &Workshop, emergency: bool) -> Value {
    let body = json!({ "emergency": emergency });
    let answer = send(workshop, &Method::POST, "/practice/keys/rollover", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

async fn set(workshop: &Workshop, body: Value) -> Answer {
    send(workshop, &Method::PATCH, "/practice/settings", &body).await
}

async fn published(workshop: &Workshop) -> Vec<Value> {
    let keys = workshop
        .get(&format!("/{TENANT}/discovery/v2.0/keys"))
        .await
        .json();
    let keys = keys["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].clone()).collect()
}

/// The tokens of a new sign-in.
async fn tokens(workshop: &Workshop) -> Value {
    let mut browser = Browser::new(workshop);
    let answer = browser.sign_in_as("mara").await;
    let code = &answer.redirected()["code"];
    let answer = workshop.token(Some(SPA), &redemption(code, &[])).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

async fn kid(workshop: &Workshop) -> Value {
    let (header, _) = opened(&tokens(workshop).await["access_token"]);
    header["kid"].clone()
}

#[tokio::test]
async fn after_a_rollover_the_announced_key_signs_and_the_old_one_is_published_for_its_grace_time()
{
    let workshop = Workshop::new();
    let old = kid(&workshop).await;
    let announced = published(&workshop).await[0].clone();
    let names = roll_over(&workshop, false).await;
    assert_eq!(names["active"], announced);
    assert_eq!(names["retired"][0]["kid"], old);
    assert_eq!(names["retired"][0]["until"], NOW.0 + 86400);
    assert_eq!(kid(&workshop).await, announced);
    let keys = published(&workshop).await;
    assert_eq!(keys.len(), 3);
    assert_eq!(keys[0], names["next"]);
    assert!(keys.contains(&old));
    workshop.clock.advance(Duration::from_secs(86400 - 1));
    assert!(published(&workshop).await.contains(&old));
    workshop.clock.advance(Duration::from_secs(1));
    assert!(!published(&workshop).await.contains(&old));
}

#[tokio::test]
async fn in_an_emergency_every_key_is_gone_at_once() {
    let workshop = Workshop::new();
    roll_over(&workshop, false).await;
    let before = published(&workshop).await;
    let names = roll_over(&workshop, true).await;
    let after = published(&workshop).await;
    assert_eq!(after, [names["next"].clone(), names["active"].clone()]);
    assert!(after.iter().all(|kid| !before.contains(kid)));
    assert_eq!(kid(&workshop).await, names["active"]);
}

#[tokio::test]
async fn old_keys_are_kept_for_as_long_as_is_set_and_never_without_bound() {
    let workshop = Workshop::new();
    set(&workshop, json!({ "keyGraceSeconds": 0 })).await;
    roll_over(&workshop, false).await;
    assert_eq!(published(&workshop).await.len(), 2);
    set(&workshop, json!({ "keyGraceSeconds": 5 })).await;
    for _ in 0..8 {
        roll_over(&workshop, false).await;
    }
    let before = published(&workshop).await;
    assert_eq!(before.len(), 10);
    let answer = send(
        &workshop,
        &Method::POST,
        "/practice/keys/rollover",
        &json!({}),
    )
    .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(answer.json()["error"]["code"], "TooManyKeys");
    assert_eq!(published(&workshop).await, before);
    workshop.clock.advance(Duration::from_secs(5));
    roll_over(&workshop, false).await;
}

#[tokio::test]
async fn access_tokens_last_as_long_as_is_set() {
    let workshop = Workshop::new();
    let answer = set(&workshop, json!({ "accessTokenLifetimeSeconds": 3 }))
        .await
        .json();
    assert_eq!(answer["accessTokenLifetimeSeconds"], 3);
    assert_eq!(answer["authorizationCodeLifetimeSeconds"], Value::Null);
    let effective = json!({ "minimum": 3, "maximum": 3 });
    assert_eq!(answer["effective"]["accessTokenLifetimeSeconds"], effective);
    assert_eq!(answer["effective"]["authorizationCodeLifetimeSeconds"], 600);
    assert_eq!(answer["effective"]["keyGraceSeconds"], 86400);
    assert_eq!(workshop.get("/practice/settings").await.json(), answer);
    let bought = tokens(&workshop).await;
    assert_eq!(bought["expires_in"], 3);
    let (_, claims) = opened(&bought["access_token"]);
    assert_eq!(claims["exp"], NOW.0 + 3);

    let answer = set(&workshop, json!({ "accessTokenLifetimeSeconds": null }))
        .await
        .json();
    let effective = json!({ "minimum": 3600, "maximum": 5400 });
    assert_eq!(answer["effective"]["accessTokenLifetimeSeconds"], effective);
    let lifetime = tokens(&workshop).await["expires_in"].as_u64().unwrap();
    assert!((3600..=5400).contains(&lifetime), "{lifetime}");
}

#[tokio::test]
async fn codes_expire_when_it_was_set() {
    let workshop = Workshop::new();
    set(&workshop, json!({ "authorizationCodeLifetimeSeconds": 2 })).await;
    let mut browser = Browser::new(&workshop);
    let answer = browser.sign_in_as("mara").await;
    workshop.clock.advance(Duration::from_secs(2));
    let code = &answer.redirected()["code"];
    let redemption = redemption(code, &[]);
    let refused = workshop.token(Some(SPA), &redemption).await;
    refused.assert_error("invalid_grant", 70008);
}

#[tokio::test]
async fn what_is_no_setting_changes_nothing() {
    let workshop = Workshop::new();
    let before = workshop.get("/practice/settings").await.body;
    for body in [
        json!({ "accessTokenLifetimeSeconds": 0 }),
        json!({ "accessTokenLifetimeSeconds": 86401 }),
        json!({ "accessTokenLifetimeSeconds": -1 }),
        json!({ "accessTokenLifetimeSeconds": 1.5 }),
        json!({ "accessTokenLifetimeSeconds": "60" }),
        json!({ "authorizationCodeLifetimeSeconds": 3601 }),
        json!({ "keyGraceSeconds": 604_801 }),
        json!({ "accessTokenLifetimeSeconds": 60, "keyGraceSeconds": 604_801 }),
        json!({ "accessTokenLifetime": 60 }),
        json!([]),
        json!(null),
    ] {
        let answer = set(&workshop, body.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        let error = answer.json();
        assert_eq!(error["error"]["code"], "BadRequest", "{body}");
        assert!(error["error"]["message"].is_string());
    }
    assert_eq!(workshop.get("/practice/settings").await.body, before);
}

#[tokio::test]
async fn without_the_key_nothing_is_changed() {
    let workshop = Workshop::new();
    let before = published(&workshop).await;
    for key in [None, Some(""), Some("wrong"), Some("\u{fe}")] {
        let mut request = Request::post("/practice/keys/rollover");
        if let Some(key) = key {
            request = request.header("x-practice-key", key);
        }
        let answer = workshop.send(request.body("{}".into()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
    }
    assert_eq!(published(&workshop).await, before);
}

#[tokio::test]
async fn with_the_key_a_page_of_another_origin_still_changes_and_reads_nothing() {
    let workshop = Workshop::new();
    let before = published(&workshop).await;
    let key = workshop.tenant.practice_key().expose();
    for (name, value) in [
        ("origin", "http://localhost:3000"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "localhost:8400"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for path in ["/practice/keys/rollover", "/practice/settings", "/practice"] {
            let method = if path.ends_with("rollover") {
                Method::POST
            } else {
                Method::GET
            };
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header(header::HOST, "localhost:8400")
                .header("x-practice-key", key)
                .header(name, value);
            let answer = workshop.send(request.body("{}".into()).unwrap()).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{path} {name}: {value}"
            );
            assert_eq!(answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
        }
    }
    assert_eq!(published(&workshop).await, before);
}

#[tokio::test]
async fn an_origin_said_twice_is_nobodys() {
    let workshop = Workshop::new();
    let request = Request::get("/practice")
        .header(header::HOST, "localhost:8400")
        .header(header::ORIGIN, "http://localhost:8400")
        .header(header::ORIGIN, "http://evil.example");
    let answer = workshop.send(request.body("".into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_link_from_anywhere_may_lead_to_what_is_seeded() {
    let workshop = Workshop::new();
    let request = Request::get("/practice")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate");
    let answer = workshop.send(request.body("".into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_is_not_json_or_too_long_and_a_wrong_method_are_refused_in_words() {
    let workshop = Workshop::new();
    let key = workshop.tenant.practice_key().expose();
    let path = "/practice/settings";
    let long = " ".repeat(70_000);
    for (method, kind, body, status) in [
        (
            Method::PATCH,
            "text/plain",
            "{}",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            Method::PATCH,
            "application/json",
            "{",
            StatusCode::BAD_REQUEST,
        ),
        (
            Method::PATCH,
            "application/json",
            &long,
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (
            Method::DELETE,
            "application/json",
            "",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
    ] {
        let request = Request::builder()
            .method(&method)
            .uri(path)
            .header("x-practice-key", key)
            .header(header::CONTENT_TYPE, kind);
        let answer = workshop
            .send(request.body(body.to_owned().into()).unwrap())
            .await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.json()["error"]["message"].is_string());
        let allow = answer.header(header::ALLOW);
        assert_eq!(allow.is_some(), status == StatusCode::METHOD_NOT_ALLOWED);
    }
}
