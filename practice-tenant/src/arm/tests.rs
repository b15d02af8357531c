//! What `az login` asks of Resource Manager.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::directory::GRAPH;
use crate::directory::seed::{CLIENT, SUBSCRIPTION, TENANT};
use crate::testing::{Answer, NOW, ORIGIN, Workshop};
use crate::version::Version;

async fn ask(workshop: &Workshop, path: &str, changes: &Value) -> Answer {
    let mut claims = json!({
        "aud": "https://management.core.windows.net/",
        "iss": format!("{ORIGIN}/{TENANT}/"),
        "nbf": NOW.0,
        "exp": NOW.0 + 60,
        "tid": TENANT,
        "appid": CLIENT,
        "oid": "e0000000-0000-4000-8000-000000000001",
        "scp": "user_impersonation",
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let keys = workshop.tenant.0.tenant.keys.active();
    let token = keys.sign(&claims, Version::V1, None);
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    workshop.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn who_signs_in_finds_the_tenant_and_its_subscription() {
    let workshop = Workshop::new();
    let ask = async |path: &str| ask(&workshop, path, &json!({})).await;
    let tenants = ask("/tenants?api-version=2022-12-01").await.json();
    assert_eq!(tenants["value"][0]["tenantId"], TENANT.to_string());
    assert_eq!(
        tenants["value"][0]["defaultDomain"],
        "juniperharbour.example"
    );
    let subscriptions = ask("/subscriptions?api-version=2022-12-01").await.json();
    let only = &subscriptions["value"][0];
    assert_eq!(only["subscriptionId"], SUBSCRIPTION.to_string());
    assert_eq!(
        (&only["state"], &only["tenantId"]),
        (&json!("Enabled"), &json!(TENANT))
    );
    let path = format!("/subscriptions/{SUBSCRIPTION}?api-version=2022-12-01");
    assert_eq!(ask(&path).await.json(), *only);
    let other = ask("/subscriptions/x?api-version=2022-12-01").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert_eq!(other.json()["error"]["code"], "SubscriptionNotFound");
}

#[tokio::test]
async fn without_a_token_for_resource_manager_nothing_is_told() {
    let workshop = Workshop::new();
    let path = "/subscriptions?api-version=2022-12-01";
    let bare = workshop.get(path).await;
    assert_eq!(bare.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bare.json()["error"]["code"], "AuthenticationFailed");
    assert!(bare.header(header::WWW_AUTHENTICATE).is_some());
    for (changes, code) in [
        (json!({"aud": GRAPH}), "InvalidAuthenticationTokenAudience"),
        (json!({"exp": NOW.0}), "ExpiredAuthenticationToken"),
        (json!({"tid": GRAPH}), "InvalidAuthenticationToken"),
    ] {
        let refused = ask(&workshop, path, &changes).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(refused.json()["error"]["code"], code);
    }
    let versionless = ask(&workshop, "/tenants", &json!({})).await;
    assert_eq!(
        versionless.json()["error"]["code"],
        "MissingApiVersionParameter"
    );
}

#[tokio::test]
async fn the_clouds_metadata_lead_to_this_listener() {
    let workshop = Workshop::new();
    let cloud = workshop
        .get("/metadata/endpoints?api-version=2022-09-01")
        .await
        .json();
    assert_eq!(cloud["authentication"]["loginEndpoint"], ORIGIN);
    assert_eq!(
        cloud["microsoftGraphResourceId"],
        "http://127.0.0.1:8400/graph/"
    );
}
