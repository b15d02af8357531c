//! Everything around the decision: health, metadata, CORS, headers, wrong paths and methods.

use axum::body::Body;
use http::{HeaderValue, Request};
use serde_json::json;
use shared::test_support::TestKey;

use crate::world::{API, TENANT, World, bearer, plain};

const PAGE: &str = "http://localhost:3000";

async fn with_page() -> World {
    World::with(|settings| {
        settings.allowed_origins = vec![PAGE.parse().unwrap()];
        settings.public_origin = Some("http://localhost:8081".parse().unwrap());
    })
    .await
}

#[tokio::test]
async fn health_needs_nothing_and_readiness_needs_keys() {
    let world = World::new().await;
    assert_eq!(
        world.send(plain("/healthz")).await.json(),
        json!({"status": "ok"})
    );
    assert_eq!(world.authority.fetches(), 0);
    assert_eq!(
        world.send(plain("/readyz")).await.json(),
        json!({"status": "ready"})
    );
    assert_eq!(world.authority.fetches(), 1);
}

#[tokio::test]
async fn the_metadata_tells_a_client_how_to_get_a_token() {
    let world = with_page().await;
    let answer = world
        .send(plain("/.well-known/oauth-protected-resource"))
        .await;
    let expected = json!({
        "resource": "http://localhost:8081",
        "resource_name": "Entra workshop API",
        "authorization_servers": [format!("{}/{TENANT}/v2.0", world.authority.origin)],
        "scopes_supported": [format!("api://{API}/access_as_user")],
        "bearer_methods_supported": ["header"],
    });
    assert_eq!(answer.json(), expected);
    let challenge = world.send(plain("/api/me")).await;
    let expected = format!(
        "Bearer realm=\"api://{API}\", \
         resource_metadata=\"http://localhost:8081/.well-known/oauth-protected-resource\""
    );
    assert_eq!(challenge.header("www-authenticate"), expected);
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_problems_too() {
    let world = World::new().await;
    for path in [
        "/",
        "/api",
        "/api/profile/",
        "/api/../healthz",
        "/favicon.ico",
        "/api/profile%00",
    ] {
        let answer = world.send(plain(path)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (404, &json!("not-found")),
            "{path}"
        );
    }
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "JUNK"] {
        let request = Request::builder().method(method).uri("/api/profile");
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), "GET,HEAD");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let world = World::new().await;
    let mut request = bearer("/api/me", &world.user().sign(&TestKey::first()));
    *request.method_mut() = http::Method::HEAD;
    let answer = world.send(request).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
}

#[tokio::test]
async fn a_listed_page_may_call_and_read_the_challenge() {
    let world = with_page().await;
    let preflight = Request::options("/api/profile")
        .header("origin", PAGE)
        .header("access-control-request-method", "GET")
        .header(
            "access-control-request-headers",
            "authorization,client-request-id",
        );
    let answer = world.send(preflight.body(Body::empty()).unwrap()).await;
    assert!(answer.status.is_success());
    assert_eq!(answer.header("access-control-allow-origin"), PAGE);
    assert_eq!(answer.header("access-control-allow-methods"), "GET,POST");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "authorization,content-type,client-request-id"
    );
    assert_eq!(answer.header("access-control-allow-credentials"), "");

    let mut refused = plain("/api/profile");
    refused
        .headers_mut()
        .insert("origin", HeaderValue::from_static(PAGE));
    let answer = world.send(refused).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("access-control-allow-origin"), PAGE);
    assert!(
        answer
            .header("access-control-expose-headers")
            .contains("www-authenticate")
    );
    let vary: Vec<&str> = answer
        .headers
        .get_all("vary")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    assert!(vary.iter().any(|line| line.contains("origin")), "{vary:?}");
}

#[tokio::test]
async fn no_other_page_learns_anything() {
    let configured = with_page().await;
    let closed = World::new().await;
    for world in [&configured, &closed] {
        for origin in [
            "http://localhost:3001",
            "https://localhost:3000",
            "null",
            "http://localhost:3000.evil.example",
        ] {
            for method in ["GET", "OPTIONS"] {
                let request = Request::builder()
                    .method(method)
                    .uri("/api/profile")
                    .header("origin", origin)
                    .header("access-control-request-method", "GET");
                let answer = world.send(request.body(Body::empty()).unwrap()).await;
                assert!(
                    !answer.headers.contains_key("access-control-allow-origin"),
                    "{origin}"
                );
            }
        }
    }
}

#[tokio::test]
async fn every_answer_is_for_its_caller_alone() {
    let world = World::new().await;
    let token = world.user().sign(&TestKey::first());
    for request in [
        bearer("/api/me", &token),
        plain("/api/me"),
        plain("/healthz"),
        plain("/nowhere"),
    ] {
        let answer = world.send(request).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
    }
}

#[tokio::test]
async fn a_correlation_id_comes_back_and_anything_else_is_ignored() {
    let world = World::new().await;
    let id = "0a1b2c3d-0000-4000-8000-000000000001";
    let answer = world
        .send(plain(&format!("/api/me?client-request-id={id}")))
        .await;
    assert_eq!(answer.header("client-request-id"), id);
    let mut request = plain("/healthz");
    request
        .headers_mut()
        .insert("client-request-id", HeaderValue::from_static(id));
    assert_eq!(world.send(request).await.header("client-request-id"), id);
    let answer = world
        .send(plain("/healthz?client-request-id=%0d%0aset-cookie"))
        .await;
    assert_eq!(answer.header("client-request-id"), "");
}
