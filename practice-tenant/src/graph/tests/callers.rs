//! Who is let in, and what for.

use axum::http::{Method, StatusCode, header};
use serde_json::json;

use super::{ADA, API_SP, Client, IDENTITY_SP, MARA, Proof, api_by_app_id};
use crate::directory::GRAPH;
use crate::directory::seed::{API, CLIENT, TENANT};
use crate::testing::{Browser, ORIGIN, Workshop, redemption};

const INVALID: &str = "InvalidAuthenticationToken";

#[tokio::test]
async fn without_token_and_key_nothing_is_told_and_nothing_changed() {
    let workshop = Workshop::new();
    let nobody = Client::without_anything(&workshop);
    let answer = nobody.get("/applications").await;
    answer.assert_graph_error(401, INVALID, "Access token is empty.");
    assert!(
        answer
            .header(header::WWW_AUTHENTICATE)
            .unwrap()
            .starts_with("Bearer ")
    );
    nobody
        .delete(&api_by_app_id())
        .await
        .assert_graph_error(401, INVALID, "empty");
    assert!(
        workshop
            .tenant
            .0
            .tenant
            .directory()
            .application(API)
            .is_some()
    );
}

#[tokio::test]
async fn the_practice_key_opens_everything_for_the_workshops_own_pages_only() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let with = |headers: &'static [(&'static str, &'static str)]| {
        client.send_with(Method::GET, "/users", None, headers)
    };
    let answer = with(&[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        Some("same-origin")
    );
    let own = with(&[
        ("origin", "http://localhost:8400"),
        ("sec-fetch-site", "same-origin"),
    ])
    .await;
    assert_eq!(own.status, StatusCode::OK);
    assert_eq!(own.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    for foreign in [
        &[("origin", "http://localhost:3000")][..],
        &[("origin", "null")],
        &[("origin", "http://localhost:8400/")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site")],
    ] {
        let answer = client.send_with(Method::GET, "/users", None, foreign).await;
        answer.assert_graph_error(403, "ForeignOrigin", "x-practice-key");
        assert_eq!(answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    }
    let wrong = Client {
        workshop: &workshop,
        proof: Proof::Key("guessed".into()),
    };
    wrong
        .get("/users")
        .await
        .assert_graph_error(401, "InvalidPracticeKey", "/config.json");
}

#[tokio::test]
async fn a_preflight_never_allows_the_practice_key() {
    let workshop = Workshop::new();
    let answer = Client::without_anything(&workshop)
        .send(Method::OPTIONS, "/users", None)
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(
        answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
        Some("*")
    );
    let allowed = answer.header(header::ACCESS_CONTROL_ALLOW_HEADERS).unwrap();
    assert!(allowed.contains("authorization") && !allowed.contains("practice"));
    let token = Client::user(&workshop, MARA, "User.Read");
    let origin = [("origin", "https://app.example")];
    let answer = token.send_with(Method::GET, "/me", None, &origin).await;
    assert_eq!(
        answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
        Some("*")
    );
}

#[tokio::test]
async fn a_token_that_is_not_this_tenants_for_graph_is_refused_with_the_reason() {
    let workshop = Workshop::new();
    let refused = async |changes: serde_json::Value, message: &str| {
        let client = Client::with_claims(&workshop, &changes);
        client
            .get("/me")
            .await
            .assert_graph_error(401, INVALID, message);
    };
    refused(json!({"scp": "User.Read", "aud": API}), "Invalid audience").await;
    refused(
        json!({"scp": "User.Read", "aud": format!("api://{API}")}),
        "Invalid audience",
    )
    .await;
    refused(json!({"scp": "User.Read", "exp": 1_800_000_000}), "expired").await;
    refused(json!({"scp": "User.Read", "exp": null}), "expired").await;
    refused(
        json!({"scp": "User.Read", "nbf": 1_800_000_001}),
        "not yet valid",
    )
    .await;
    refused(
        json!({"scp": "User.Read", "iss": "https://x.example/"}),
        "Invalid issuer",
    )
    .await;
    refused(json!({"scp": "User.Read", "tid": API}), "Invalid issuer").await;
    refused(
        json!({"scp": "User.Read", "oid": API}),
        "could not be established",
    )
    .await;
    let other = Workshop::new();
    let tenant = &other.tenant.0.tenant;
    tenant.keys.replace_by_own(tenant.clock.now());
    let Proof::Token(foreign) = Client::user(&other, MARA, "User.Read").proof else {
        panic!("a token");
    };
    for (token, message) in [(foreign.as_str(), "signature"), ("x", "not well formed")] {
        let client = Client {
            workshop: &workshop,
            proof: Proof::Token(token.into()),
        };
        client
            .get("/me")
            .await
            .assert_graph_error(401, INVALID, message);
    }
}

#[tokio::test]
async fn version_1_tokens_and_every_name_of_graph_are_fine() {
    let workshop = Workshop::new();
    for aud in [
        GRAPH.to_string(),
        "https://graph.microsoft.com".into(),
        "https://graph.microsoft.com/".into(),
    ] {
        let iss = format!("{ORIGIN}/{TENANT}/");
        let claims = json!({"scp": "User.Read", "aud": aud, "iss": iss, "ver": "1.0"});
        let answer = Client::with_claims(&workshop, &claims).get("/me").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(
            answer.json()["userPrincipalName"],
            "mara@juniperharbour.example"
        );
    }
}

#[tokio::test]
async fn a_token_from_the_token_endpoint_reads_me() {
    let workshop = Workshop::new();
    let scope = [("scope", "openid profile User.Read")];
    let code = Browser::new(&workshop)
        .sign_in_with("mara", &scope)
        .await
        .redirected();
    let pairs = redemption(&code["code"], &[]);
    let tokens = workshop
        .token(Some(crate::testing::SPA), &pairs)
        .await
        .json();
    let client = Client {
        workshop: &workshop,
        proof: Proof::Token(tokens["access_token"].as_str().unwrap().into()),
    };
    let me = client.get("/me").await.assert_status(StatusCode::OK).json();
    assert_eq!(
        me["@odata.context"],
        "http://localhost:8400/graph/v1.0/$metadata#users/$entity"
    );
    assert_eq!(me["displayName"], "Mara Okafor");
    assert_eq!(me.get("password"), None);
    let denied = client.get("/applications").await;
    denied.assert_graph_error(
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    );
}

#[tokio::test]
async fn graph_is_asked_for_by_the_address_where_it_is() {
    let workshop = Workshop::new();
    let scope = [("scope", "openid http://127.0.0.1:8400/graph//.default")];
    let code = Browser::new(&workshop).sign_in_with("mara", &scope).await;
    let code = code.redirected();
    let pairs = redemption(&code["code"], &[]);
    let tokens = workshop.token(Some(crate::testing::SPA), &pairs).await;
    let tokens = tokens.json();
    let token = tokens["access_token"].as_str().unwrap();
    let (_, claims) = crate::testing::opened(&tokens["access_token"]);
    assert_eq!(claims["aud"], "http://127.0.0.1:8400/graph/");
    let client = Client {
        workshop: &workshop,
        proof: Proof::Token(token.into()),
    };
    client.get("/me").await.assert_status(StatusCode::OK);
}

#[tokio::test]
async fn a_delegated_permission_reaches_as_far_as_the_user_does() {
    let workshop = Workshop::new();
    let path = api_by_app_id();
    let change = || json!({"displayName": "Renamed"});
    let mara = Client::user(&workshop, MARA, "Application.ReadWrite.All");
    let denied = mara.patch(&path, change()).await;
    denied.assert_graph_error(
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    );
    let why = workshop.get("/practice/decisions").await.body;
    assert!(why.contains("neither owns the application"), "{why}");
    let ada = Client::user(&workshop, ADA, "Application.Read.All");
    let denied = ada.patch(&path, change()).await;
    denied.assert_graph_error(
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    );
    for scopes in [
        "Application.ReadWrite.All",
        "Directory.AccessAsUser.All openid",
    ] {
        let ada = Client::user(&workshop, ADA, scopes);
        ada.patch(&path, change())
            .await
            .assert_status(StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn members_own_what_they_register_until_the_policy_forbids_registering() {
    let workshop = Workshop::new();
    let mara = Client::user(&workshop, MARA, "Application.ReadWrite.All");
    let own = mara.registered(json!({})).await;
    let path = format!("/applications/{}", own["id"].as_str().unwrap());
    let renamed = mara.patch(&path, json!({"displayName": "Mine"})).await;
    renamed.assert_status(StatusCode::NO_CONTENT);
    let owners = mara.get(&format!("{path}/owners")).await.json();
    assert_eq!(owners["value"][0]["id"], MARA);
    let policy = json!({"defaultUserRolePermissions": {"allowedToCreateApps": false}});
    Client::with_key(&workshop)
        .patch("/policies/authorizationPolicy", policy)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let again = mara
        .post("/applications", json!({"displayName": "x"}))
        .await;
    again.assert_graph_error(403, "Authorization_RequestDenied", "");
}

#[tokio::test]
async fn an_application_needs_an_application_permission_and_has_no_self() {
    let workshop = Workshop::new();
    let app = |roles: &[&str]| Client::application(&workshop, API_SP, roles);
    app(&["Application.Read.All"])
        .get("/applications")
        .await
        .assert_status(StatusCode::OK);
    let denied = app(&[]).get("/applications").await;
    denied.assert_graph_error(403, "Authorization_RequestDenied", "");
    // A scope in the place of a role is none.
    let scoped = json!({"oid": API_SP, "scp": "Application.Read.All"});
    let answer = Client::with_claims(&workshop, &scoped)
        .get("/applications")
        .await;
    answer.assert_graph_error(401, INVALID, "could not be established");
    let me = app(&["User.Read.All"]).get("/me").await;
    me.assert_graph_error(400, "BadRequest", "delegated authentication flow");
    // Assigning alone does not find the applications.
    let body = || json!({"principalId": IDENTITY_SP, "resourceId": API_SP, "appRoleId": super::SVC_INVOKE});
    let path = format!("/servicePrincipals/{IDENTITY_SP}/appRoleAssignments");
    let alone = app(&["AppRoleAssignment.ReadWrite.All"])
        .post(&path, body())
        .await;
    alone.assert_graph_error(403, "Authorization_RequestDenied", "");
    let both = ["AppRoleAssignment.ReadWrite.All", "Application.Read.All"];
    app(&both)
        .post(&path, body())
        .await
        .assert_status(StatusCode::CREATED);
}

#[tokio::test]
async fn an_application_may_manage_what_it_owns() {
    let workshop = Workshop::new();
    let owner = Client::application(&workshop, API_SP, &["Application.ReadWrite.OwnedBy"]);
    let own = owner.registered(json!({})).await;
    let change = || json!({"displayName": "Mine"});
    let path = format!("/applications/{}", own["id"].as_str().unwrap());
    owner
        .patch(&path, change())
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let denied = owner.patch(&api_by_app_id(), change()).await;
    denied.assert_graph_error(403, "Authorization_RequestDenied", "");
}

#[tokio::test]
async fn userinfo_tells_what_the_scopes_allow() {
    let workshop = Workshop::new();
    let ask = async |scp: &str| {
        let Proof::Token(token) = Client::user(&workshop, MARA, scp).proof else {
            panic!("a token");
        };
        let request = axum::http::Request::get("/graph/oidc/userinfo")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        workshop
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await
    };
    let mara = uuid::Uuid::parse_str(MARA).unwrap();
    let subject = crate::tokens::pairwise_subject(TENANT, mara, CLIENT);
    let all = ask("openid profile email User.Read").await.json();
    assert_eq!(all["sub"], subject, "as in the ID token");
    assert_eq!(all["name"], "Mara Okafor");
    assert_eq!(all["email"], "mara@juniperharbour.example");
    assert!(
        all["picture"]
            .as_str()
            .unwrap()
            .ends_with("/me/photo/$value")
    );
    let bare = ask("openid").await.json();
    assert_eq!(bare, json!({ "sub": subject }));
    ask("User.Read")
        .await
        .assert_graph_error(403, "Authorization_RequestDenied", "");
}
