//! Reset and snapshots.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{send, set, tokens};
use crate::directory::seed::{API, CLIENT, DAEMON};
use crate::testing::{Browser, NOW, SPA, Workshop, redemption};

async fn post(workshop: &Workshop, path: &str, body: Value) -> Value {
    let answer = send(workshop, &Method::POST, path, &body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.body);
    answer.json()
}

async fn restore(workshop: &Workshop, id: &Value) -> Value {
    let path = format!("/practice/snapshots/{}/restore", id.as_str().unwrap());
    post(workshop, &path, json!({})).await
}

fn rename(workshop: &Workshop, name: &str) {
    let mut directory = workshop.tenant.0.tenant.directory_mut();
    directory.organization.display_name = name.to_owned();
}

/// The name of the tenant, asked for as everybody asks.
async fn name(workshop: &Workshop) -> String {
    let seeded = workshop.get("/practice").await.json();
    seeded["tenant"]["displayName"].as_str().unwrap().to_owned()
}

async fn snapshots(workshop: &Workshop) -> Vec<Value> {
    let list = workshop.get("/practice/snapshots").await.json();
    list["snapshots"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_reset_brings_the_seed_back_ends_every_sign_in_and_keeps_the_practice_key() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let answer = browser.sign_in_as("mara").await;
    let code = answer.redirected()["code"].clone();
    let bought = tokens(&workshop).await;
    let page = Browser::new(&workshop).authorize(&[]).await;
    rename(&workshop, "Changed");
    set(&workshop, json!({ "accessTokenLifetimeSeconds": 5 })).await;

    post(&workshop, "/practice/reset", json!({})).await;
    assert_eq!(name(&workshop).await, "Juniper Harbour");
    let settings = workshop.get("/practice/settings").await.json();
    assert_eq!(settings["accessTokenLifetimeSeconds"], Value::Null);
    let refused = workshop.token(Some(SPA), &redemption(&code, &[])).await;
    refused.assert_error("invalid_grant", 70000);
    let client = CLIENT.to_string();
    let refresh = [
        ("client_id", client.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", bought["refresh_token"].as_str().unwrap()),
    ];
    let refused = workshop.token(Some(SPA), &refresh).await;
    refused.assert_error("invalid_grant", 70000);
    let silent = browser.authorize(&[("prompt", "none")]).await;
    silent.assert_redirect_error("login_required", 50058);
    assert!(page.body.contains("i0116"));
    // The key in `send` is still the one of the start.
    post(&workshop, "/practice/reset", json!({ "to": "seed" })).await;
}

#[tokio::test]
async fn a_reset_can_be_undone_and_the_undoing_too() {
    let workshop = Workshop::new();
    rename(&workshop, "Changed");
    let mut browser = Browser::new(&workshop);
    browser.sign_in_as("mara").await;
    let undo = post(&workshop, "/practice/reset", json!({})).await;
    let redo = restore(&workshop, &undo["snapshot"]).await;
    assert_eq!(name(&workshop).await, "Changed");
    let silent = browser.authorize(&[("prompt", "none")]).await;
    assert!(silent.redirected().contains_key("code"));
    restore(&workshop, &redo["snapshot"]).await;
    assert_eq!(name(&workshop).await, "Juniper Harbour");
}

#[tokio::test]
async fn from_bare_registrations_one_has_names_and_ids_and_configures_the_rest() {
    let workshop = Workshop::new();
    let before = workshop.get("/practice").await.json();
    post(&workshop, "/practice/reset", json!({ "to": "bare" })).await;
    let after = workshop.get("/practice").await.json();
    for member in ["clientId", "objectId", "servicePrincipalId"] {
        assert_eq!(before["apps"]["api"][member], after["apps"]["api"][member]);
    }
    assert_eq!(after["apps"]["api"]["identifierUri"], Value::Null);
    assert_eq!(after["apps"]["api"]["appRoles"], json!({}));
    assert_eq!(after["apps"]["client"]["redirectUris"]["spa"], json!([]));
    assert_eq!(after["apps"]["daemon"]["clientSecret"], Value::Null);
    assert_eq!(after["users"][1]["appRoles"], json!([]));
    {
        let directory = workshop.tenant.0.tenant.directory();
        for app_id in [API, CLIENT, DAEMON] {
            let application = directory.application(app_id).unwrap();
            assert!(application.display_name.starts_with("workshop-"));
            assert!(application.required_resource_access.is_empty());
            assert_eq!(application.api.requested_access_token_version, None);
        }
    }
    let page = Browser::new(&workshop).authorize(&[]).await;
    page.assert_page_error(900_971);
}

#[tokio::test]
async fn a_snapshot_can_be_returned_to_again_and_again() {
    let workshop = Workshop::new();
    rename(&workshop, "First");
    let taken = post(&workshop, "/practice/snapshots", json!({})).await;
    assert_eq!(taken["lease"], Value::Null);
    for _ in 0..2 {
        rename(&workshop, "Second");
        restore(&workshop, &taken["id"]).await;
        assert_eq!(name(&workshop).await, "First");
    }
    let path = format!("/practice/snapshots/{}", taken["id"].as_str().unwrap());
    let dropped = send(&workshop, &Method::DELETE, &path, &json!({})).await;
    assert_eq!(dropped.status, StatusCode::NO_CONTENT);
    let gone = send(&workshop, &Method::DELETE, &path, &json!({})).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(gone.json()["error"]["code"], "SnapshotNotFound");
}

#[tokio::test]
async fn whoever_vanishes_with_a_lease_leaves_the_tenant_as_it_was() {
    let workshop = Workshop::new();
    rename(&workshop, "Before");
    let taken = post(
        &workshop,
        "/practice/snapshots",
        json!({ "leaseSeconds": 30 }),
    )
    .await;
    assert_eq!(
        taken["lease"],
        json!({ "seconds": 30, "until": NOW.0 + 30 })
    );
    rename(&workshop, "Broken on purpose");
    workshop.clock.advance(Duration::from_secs(29));
    assert_eq!(name(&workshop).await, "Broken on purpose");
    workshop.clock.advance(Duration::from_secs(1));
    assert_eq!(name(&workshop).await, "Before");
    assert!(snapshots(&workshop).await.is_empty());
    rename(&workshop, "Later");
    assert_eq!(name(&workshop).await, "Later");
}

#[tokio::test]
async fn a_renewed_lease_goes_on_and_a_restored_one_is_over() {
    let workshop = Workshop::new();
    let taken = post(
        &workshop,
        "/practice/snapshots",
        json!({ "leaseSeconds": 30 }),
    )
    .await;
    let path = format!("/practice/snapshots/{}", taken["id"].as_str().unwrap());
    rename(&workshop, "Changed");
    workshop.clock.advance(Duration::from_secs(29));
    let renewed = send(&workshop, &Method::PUT, &path, &json!({}))
        .await
        .json();
    assert_eq!(renewed["lease"]["until"], NOW.0 + 59);
    workshop.clock.advance(Duration::from_secs(29));
    assert_eq!(name(&workshop).await, "Changed");
    restore(&workshop, &taken["id"]).await;
    assert_eq!(name(&workshop).await, "Juniper Harbour");
    rename(&workshop, "Later");
    workshop.clock.advance(Duration::from_secs(60));
    assert_eq!(name(&workshop).await, "Later");
    let late = send(&workshop, &Method::PUT, &path, &json!({})).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_lease_within_a_lease_ends_with_it() {
    let workshop = Workshop::new();
    post(
        &workshop,
        "/practice/snapshots",
        json!({ "leaseSeconds": 10 }),
    )
    .await;
    rename(&workshop, "Outer");
    post(
        &workshop,
        "/practice/snapshots",
        json!({ "leaseSeconds": 20 }),
    )
    .await;
    rename(&workshop, "Inner");
    workshop.clock.advance(Duration::from_secs(10));
    assert_eq!(name(&workshop).await, "Juniper Harbour");
    workshop.clock.advance(Duration::from_secs(10));
    assert_eq!(name(&workshop).await, "Juniper Harbour");
    assert!(snapshots(&workshop).await.is_empty());
}

#[tokio::test]
async fn after_a_reset_no_lease_brings_anything_back() {
    let workshop = Workshop::new();
    rename(&workshop, "Before");
    post(
        &workshop,
        "/practice/snapshots",
        json!({ "leaseSeconds": 10 }),
    )
    .await;
    post(&workshop, "/practice/reset", json!({})).await;
    workshop.clock.advance(Duration::from_secs(10));
    assert_eq!(name(&workshop).await, "Juniper Harbour");
}

#[tokio::test]
async fn snapshots_do_not_grow_without_end() {
    let workshop = Workshop::new();
    for _ in 0..8 {
        post(&workshop, "/practice/snapshots", json!({})).await;
    }
    let answer = send(&workshop, &Method::POST, "/practice/snapshots", &json!({})).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let first = post(&workshop, "/practice/reset", json!({})).await;
    for _ in 0..4 {
        post(&workshop, "/practice/reset", json!({})).await;
    }
    assert_eq!(snapshots(&workshop).await.len(), 12);
    let path = format!(
        "/practice/snapshots/{}/restore",
        first["snapshot"].as_str().unwrap()
    );
    let answer = send(&workshop, &Method::POST, &path, &json!({})).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_beginning_no_lease_and_no_snapshot_is_refused() {
    let workshop = Workshop::new();
    rename(&workshop, "Changed");
    for (path, body, status) in [
        ("/practice/reset", json!({ "to": "nothing" }), 400),
        ("/practice/reset", json!({ "from": "seed" }), 400),
        ("/practice/snapshots", json!({ "leaseSeconds": 0 }), 400),
        (
            "/practice/snapshots",
            json!({ "leaseSeconds": 86_401 }),
            400,
        ),
        ("/practice/snapshots", json!({ "seconds": 1 }), 400),
        ("/practice/snapshots/x/restore", json!({}), 404),
        (
            "/practice/snapshots/00000000-0000-4000-8000-000000000000/restore",
            json!({}),
            404,
        ),
    ] {
        let answer = send(&workshop, &Method::POST, path, &body).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{path} {body}: {}",
            answer.body
        );
        assert!(answer.json()["error"]["message"].is_string());
    }
    assert_eq!(name(&workshop).await, "Changed");
}
