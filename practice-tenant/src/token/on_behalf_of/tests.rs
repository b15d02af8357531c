use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use shared::secret::ClientSecret;
use uuid::Uuid;

use crate::directory::seed::{API, CLIENT, DAEMON, TENANT};
use crate::directory::{
    GRAPH, PasswordCredential, PermissionKind, RequiredResourceAccess, ResourceAccess,
};
use crate::testing::{Answer, Browser, NOW, SPA, Workshop, opened, redemption};
use crate::version::Version;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SECRET: &str = "the secret of the API";
/// `User.Read` of Graph.
const USER_READ: Uuid = Uuid::from_u128(0xe1fe_6dd8_ba31_4d61_89e7_8863_9da4_683d);

/// An API with a secret, and with a permission on Graph that users have consented to.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.register(API, |api| {
        api.password_credentials.push(PasswordCredential {
            key_id: API,
            display_name: None,
            start_date_time: NOW,
            end_date_time: NOW + Duration::from_hours(24),
            secret_text: ClientSecret::new(SECRET),
        });
        api.required_resource_access.push(RequiredResourceAccess {
            resource_app_id: GRAPH,
            resource_access: vec![ResourceAccess {
                id: USER_READ,
                kind: PermissionKind::Scope,
            }],
        });
    });
    workshop
}

fn consented(workshop: &Workshop, scopes: &[&str]) {
    let permissions = scopes.iter().map(|scope| crate::directory::Permission {
        resource: GRAPH,
        value: (*scope).to_owned(),
    });
    let permissions = permissions.collect();
    let mut directory = workshop.tenant.0.tenant.directory_mut();
    directory.grant(API, None, &permissions, || "consent".into());
}

/// What the SPA got for Mara.
async fn incoming(workshop: &Workshop) -> Value {
    let answer = Browser::new(workshop).sign_in_as("mara").await;
    let code = answer.redirected()["code"].clone();
    let answer = workshop.token(Some(SPA), &redemption(&code, &[])).await;
    answer.json()
}

async fn trade(workshop: &Workshop, assertion: &str, changes: &[(&str, &str)]) -> Answer {
    let api = API.to_string();
    let mut pairs = vec![
        ("client_id", api.as_str()),
        ("client_secret", SECRET),
        ("grant_type", JWT_BEARER),
        ("assertion", assertion),
        ("requested_token_use", "on_behalf_of"),
        (
            "scope",
            "https://graph.microsoft.com/User.Read offline_access",
        ),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    workshop.token(None, &pairs).await
}

#[tokio::test]
async fn an_api_trades_the_users_token_for_one_of_its_own() {
    let workshop = workshop();
    consented(&workshop, &["User.Read", "offline_access"]);
    let incoming = incoming(&workshop).await;
    let assertion = incoming["access_token"].as_str().unwrap();
    let answer = trade(&workshop, assertion, &[("client_info", "1")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let body = answer.json();
    assert_eq!(body["scope"], "https://graph.microsoft.com/User.Read");
    assert!(body["client_info"].is_string());
    assert!(body.get("id_token").is_none());
    let (_, before) = opened(&incoming["access_token"]);
    let (_, after) = opened(&body["access_token"]);
    assert_eq!(after["oid"], before["oid"]);
    assert_eq!(after["appid"], API.to_string());
    assert_eq!(after["appidacr"], "1");
    assert_eq!(after["scp"], "User.Read");

    let api = API.to_string();
    let refresh = [
        ("client_id", api.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", body["refresh_token"].as_str().unwrap()),
    ];
    let unproven = workshop.token(None, &refresh).await;
    unproven.assert_error("invalid_client", 7_000_218);
    let proven = [&refresh[..], &[("client_secret", SECRET)]].concat();
    let refreshed = workshop.token(None, &proven).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.body);

    let default = [("scope", "https://graph.microsoft.com/.default")];
    let answer = trade(&workshop, assertion, &default).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(answer.json().get("refresh_token").is_none());
}

#[tokio::test]
async fn what_nobody_has_consented_to_is_not_traded() {
    let workshop = workshop();
    let incoming = incoming(&workshop).await;
    let refused = trade(&workshop, incoming["access_token"].as_str().unwrap(), &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    refused.assert_error("invalid_grant", 65001);
    assert_eq!(refused.json()["suberror"], "consent_required");
}

#[tokio::test]
async fn only_a_users_access_token_for_this_very_api_is_traded_while_it_lasts() {
    let workshop = workshop();
    consented(&workshop, &["User.Read", "offline_access"]);
    let incoming = incoming(&workshop).await;
    let assertion = incoming["access_token"].as_str().unwrap();

    let foreign = shared::test_support::TestKey::second();
    let foreign = foreign.sign_parts(
        r#"{"alg":"RS256","kid":"k"}"#,
        &json!({"aud": API}).to_string(),
    );
    let (_, of_another) = incoming["id_token"]
        .as_str()
        .unwrap()
        .rsplit_once('.')
        .unwrap();
    let (signed, _) = assertion.rsplit_once('.').unwrap();
    for assertion in [foreign, format!("{signed}.{of_another}")] {
        let answer = trade(&workshop, &assertion, &[]).await;
        answer.assert_error("invalid_grant", 50013);
    }
    let nonsense = trade(&workshop, "x", &[]).await;
    nonsense.assert_error("invalid_request", 50027);
    let id_token = incoming["id_token"].as_str().unwrap();
    let addressed_to_the_spa = trade(&workshop, id_token, &[]).await;
    addressed_to_the_spa.assert_error("invalid_grant", 500_131);

    let tenant = &workshop.tenant.0.tenant;
    let sign = |claims: Value| tenant.keys.active().sign(&claims, Version::V2, None);
    let later = NOW + Duration::from_mins(60);
    let app_only = sign(json!({"aud": API, "exp": later, "oid": DAEMON, "sub": DAEMON}));
    let app_only = trade(&workshop, &app_only, &[]).await;
    app_only.assert_error("invalid_grant", 7_000_114);
    let id_token = sign(json!({"aud": API, "exp": later, "oid": CLIENT, "sub": "x"}));
    let id_token = trade(&workshop, &id_token, &[]).await;
    id_token.assert_error("invalid_request", 50027);

    workshop.clock.advance(Duration::from_mins(91));
    let expired = trade(&workshop, assertion, &[]).await;
    expired.assert_error("invalid_grant", 500_133);
}

fn assertion(incoming: &Value) -> &str {
    incoming["access_token"].as_str().unwrap()
}

#[tokio::test]
async fn an_api_that_wants_version_one_trades_by_its_uri_as_well() {
    let workshop = workshop();
    consented(&workshop, &["User.Read", "offline_access"]);
    workshop.register(API, |api| api.api.requested_access_token_version = None);
    let incoming = incoming(&workshop).await;
    let (_, claims) = opened(&incoming["access_token"]);
    assert_eq!(claims["aud"], format!("api://{API}"));
    let answer = trade(&workshop, assertion(&incoming), &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    // At the v1 endpoint by resource.
    let api = API.to_string();
    let pairs = [
        ("client_id", api.as_str()),
        ("client_secret", SECRET),
        ("grant_type", JWT_BEARER),
        ("assertion", assertion(&incoming)),
        ("requested_token_use", "on_behalf_of"),
        ("resource", "https://graph.microsoft.com"),
    ];
    let path = format!("/{TENANT}/oauth2/token");
    let answer = workshop.post(&path, &pairs).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.json()["resource"], "https://graph.microsoft.com");
}

#[tokio::test]
async fn a_request_is_complete_and_proven_or_refused() {
    let workshop = workshop();
    consented(&workshop, &["User.Read", "offline_access"]);
    let incoming = incoming(&workshop).await;
    let two = format!("User.Read {DAEMON}/x");
    for (changes, error, code) in [
        ([("assertion", "")], "invalid_request", 900_144),
        ([("requested_token_use", "")], "invalid_request", 900_144),
        ([("requested_token_use", "x")], "invalid_request", 90023),
        ([("scope", "")], "invalid_request", 900_144),
        ([("scope", two.as_str())], "invalid_client", 650_053),
        ([("client_secret", "")], "invalid_client", 7_000_218),
        ([("client_secret", "x")], "invalid_client", 7_000_215),
    ] {
        let answer = trade(&workshop, assertion(&incoming), &changes).await;
        answer.assert_error(error, code);
    }
}

#[tokio::test]
async fn consent_to_everything_of_an_api_that_knows_the_client_covers_the_apis_own_permissions() {
    let workshop = workshop();
    workshop.register(API, |api| {
        api.api.known_client_applications.push(CLIENT);
    });
    let mut browser = Browser::new(&workshop);
    let scope = format!("openid profile offline_access api://{API}/.default");
    let page = browser.authorize(&[("scope", &scope)]).await;
    let page = browser.log_in(page, "mara").await;
    assert!(
        page.body.contains("data-permission=\"User.Read\""),
        "{}",
        page.body
    );
    let answer = browser.submit(&page, &[("accept", "Accept")]).await;
    let code = answer.redirected()["code"].clone();
    let incoming = workshop
        .token(Some(SPA), &redemption(&code, &[]))
        .await
        .json();
    let scope = [("scope", "https://graph.microsoft.com/User.Read")];
    let answer = trade(&workshop, assertion(&incoming), &scope).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}
