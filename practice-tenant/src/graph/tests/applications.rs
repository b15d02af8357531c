//! Registrations and what belongs to them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{API_SP, Client, api_by_app_id};
use crate::directory::seed::{API, CLIENT, TENANT};
use crate::testing::Workshop;

#[tokio::test]
async fn a_new_registration_looks_as_in_graph_and_becomes_a_service_principal() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let made = client
        .post("/applications", json!({"displayName": "Display name"}))
        .await;
    let made = made.assert_status(StatusCode::CREATED).json();
    assert_eq!(
        made["@odata.context"],
        "http://localhost:8400/graph/v1.0/$metadata#applications/$entity"
    );
    assert_eq!(made["signInAudience"], "AzureADandPersonalMicrosoftAccount");
    assert_eq!(made["api"]["requestedAccessTokenVersion"], 2);
    assert_eq!(made["isFallbackPublicClient"], Value::Null);
    assert_eq!(made["passwordCredentials"], json!([]));
    assert_eq!(made["publisherDomain"], "juniperharbour.example");
    let app_id = made["appId"].as_str().unwrap();
    let by_app_id = client
        .get(&format!("/applications(appId='{app_id}')"))
        .await
        .json();
    assert_eq!(by_app_id["id"], made["id"]);

    let principal = client
        .post(
            "/servicePrincipals",
            json!({"appId": app_id, "accountEnabled": "True"}),
        )
        .await;
    let principal = principal.assert_status(StatusCode::CREATED).json();
    assert_eq!(principal["servicePrincipalNames"], json!([app_id]));
    assert_eq!(principal["appOwnerOrganizationId"], TENANT.to_string());
    assert_eq!(principal["servicePrincipalType"], "Application");
    let again = client
        .post("/servicePrincipals", json!({"appId": app_id}))
        .await;
    again.assert_graph_error(
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "already in use",
    );
    let unknown = client
        .post("/servicePrincipals", json!({"appId": TENANT}))
        .await;
    unknown.assert_graph_error(
        400,
        "Request_BadRequest",
        "does not reference a valid application object",
    );
    assert_eq!(
        unknown.json()["error"]["details"][0]["code"],
        "NoBackingApplicationObject"
    );
}

#[tokio::test]
async fn the_articles_registration_is_made_as_the_azure_cli_sends_it() {
    let workshop = Workshop::new();
    let az = Client::user(&workshop, super::ADA, "Directory.AccessAsUser.All");
    // az ad app create looks for one of that name first.
    let list = az
        .get("/applications?$filter=startswith%28displayName%2C%27aztoso-com-app%27%29")
        .await;
    assert_eq!(list.json()["value"], json!([]));
    let role = json!({
        "allowedMemberTypes": ["Application"],
        "description": "Consumers can use the service",
        "displayName": "Consumer",
        "isEnabled": "true",
        "value": "consumer",
        "id": "7d9c7f0e-6f0f-4a76-8f29-0b7d5c3b9f31",
    });
    let body = json!({
        "displayName": "aztoso-com-app",
        "identifierUris": ["https://myapp.aztoso.com"],
        "appRoles": [role],
    });
    let made = az.post("/applications", body).await;
    let made = made.assert_status(StatusCode::CREATED).json();
    assert_eq!(made["appRoles"][0]["isEnabled"], true);
    // az ad sp create --id $appId
    let app_id = &made["appId"];
    let principal = json!({"appId": app_id, "accountEnabled": true});
    let principal = az.post("/servicePrincipals", principal).await;
    let principal = principal.assert_status(StatusCode::CREATED).json();
    assert_eq!(principal["appRoles"], made["appRoles"]);
    assert_eq!(
        principal["servicePrincipalNames"],
        json!([app_id, "https://myapp.aztoso.com"])
    );
    // az ad sp show --id https://myapp.aztoso.com
    let found = az
        .get("/servicePrincipals?$filter=servicePrincipalNames/any(c:c%20eq%20'https://myapp.aztoso.com')")
        .await;
    assert_eq!(found.json()["value"][0]["id"], principal["id"]);
}

#[tokio::test]
async fn the_token_version_of_a_new_registration_follows_its_audience() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let own = client.registered(json!({})).await;
    assert_eq!(own["api"]["requestedAccessTokenVersion"], Value::Null);
    let path = format!("/applications/{}", own["id"].as_str().unwrap());
    let personal = json!({"signInAudience": "AzureADandPersonalMicrosoftAccount"});
    let refused = client.patch(&path, personal.clone()).await;
    refused.assert_graph_error(
        400,
        "Request_BadRequest",
        "Property api.requestedAccessTokenVersion is invalid.",
    );
    let mut both = personal;
    both["api"] = json!({"requestedAccessTokenVersion": 2});
    let changed = client.patch(&path, both).await;
    changed.assert_status(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_partial_complex_property_leaves_its_other_members_alone() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let path = api_by_app_id();
    let before = client.get(&path).await.json();
    let change = json!({"api": {"requestedAccessTokenVersion": 1}});
    client
        .patch(&path, change)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let after = client.get(&path).await.json();
    assert_eq!(after["api"]["requestedAccessTokenVersion"], 1);
    assert_eq!(
        after["api"]["oauth2PermissionScopes"],
        before["api"]["oauth2PermissionScopes"]
    );
    // Null is the empty value.
    let change = json!({"api": {"requestedAccessTokenVersion": null}, "description": null});
    client
        .patch(&path, change)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let after = client.get(&path).await.json();
    assert_eq!(after["api"]["requestedAccessTokenVersion"], Value::Null);
}

#[tokio::test]
async fn a_registration_can_be_sent_back_as_it_was_got() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    for app_id in [API, CLIENT, crate::directory::seed::DAEMON] {
        let path = format!("/applications(appId='{app_id}')");
        let before = client.get(&path).await.json();
        client
            .patch(&path, before.clone())
            .await
            .assert_status(StatusCode::NO_CONTENT);
        assert_eq!(client.get(&path).await.json(), before);
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_and_changes_nothing() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let path = api_by_app_id();
    let before = client.get(&path).await.body;
    let long = "x".repeat(257);
    for (change, message) in [
        (json!({"nonsense": 1}), "Invalid property 'nonsense'"),
        (
            json!({"api": {"nonsense": 1}}),
            "Invalid property 'nonsense'",
        ),
        (
            json!({"appRoles": [{"id": TENANT, "displayName": "x", "description": "x", "allowedMemberTypes": ["User"], "nonsense": 1}]}),
            "nonsense",
        ),
        (json!({"appId": TENANT}), "Property 'appId' is read-only"),
        (
            json!({"info": {"logoUrl": "x"}}),
            "keeps no property 'info'",
        ),
        (json!({"displayName": ""}), "displayName"),
        (json!({"displayName": long}), "displayName"),
        (
            json!({"displayName": 7}),
            "Invalid value specified for property 'displayName' of resource 'Application'",
        ),
        (
            json!({"displayName": "A fine name", "signInAudience": "Everybody"}),
            "signInAudience",
        ),
        (
            json!({"api": {"requestedAccessTokenVersion": 3}}),
            "requestedAccessTokenVersion",
        ),
        (
            json!({"groupMembershipClaims": "Everything"}),
            "groupMembershipClaims",
        ),
        (
            json!({"spa": {"redirectUris": ["http://app.example"]}}),
            "http://localhost",
        ),
        (
            json!({"spa": {"redirectUris": ["http://[::1]/x"]}}),
            "http://localhost",
        ),
        (
            json!({"web": {"redirectUris": ["https://app.example/a(b)"]}}),
            "not allowed",
        ),
        (
            json!({"web": {"redirectUris": ["https://app.example/#x"]}}),
            "fragment",
        ),
        (
            json!({"web": {"redirectUris": ["myapp://auth"]}}),
            "Mobile and desktop",
        ),
        (
            json!({"publicClient": {"redirectUris": ["javascript:alert"]}}),
            "cannot be redirected",
        ),
        (
            json!({"web": {"redirectUris": ["https://a.example", "https://a.example"]}}),
            "duplicate",
        ),
    ] {
        let answer = client.patch(&path, change.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{change}: {}",
            answer.body
        );
        let error = answer.json();
        let text = error["error"]["message"].as_str().unwrap();
        assert!(text.contains(message), "{change}: {text}");
    }
    assert_eq!(client.get(&path).await.body, before);
}

#[tokio::test]
async fn values_of_the_wrong_kind_are_refused_and_null_is_the_empty_value() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let made = client.registered(json!({})).await;
    let path = format!("/applications/{}", made["id"].as_str().unwrap());
    let kinds = [
        json!(5),
        json!("x"),
        json!([]),
        json!([5]),
        json!({}),
        json!(true),
    ];
    for (name, before) in made.as_object().unwrap() {
        if name == "@odata.context" {
            continue;
        }
        for value in kinds.iter().chain([&Value::Null]) {
            let answer = client.patch(&path, json!({name: value})).await;
            let refused = answer.status == StatusCode::BAD_REQUEST;
            let taken = answer.status == StatusCode::NO_CONTENT;
            assert!(refused || taken, "{name}: {value}: {}", answer.body);
            let after = client.get(&path).await.json();
            assert!(taken || after[name] == *before, "{name}: {value}: {after}");
            let back = json!({name: before});
            client
                .patch(&path, back)
                .await
                .assert_status(StatusCode::NO_CONTENT);
        }
    }
}

#[tokio::test]
async fn a_scope_is_disabled_before_it_goes() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let path = api_by_app_id();
    let none = || json!({"api": {"oauth2PermissionScopes": []}});
    let code = "CannotDeleteOrUpdateEnabledEntitlement";
    client
        .patch(&path, none())
        .await
        .assert_graph_error(400, code, "unless disabled first");
    client
        .patch(&path, json!({"appRoles": []}))
        .await
        .assert_graph_error(400, code, "");
    let mut scopes = client.get(&path).await.json()["api"]["oauth2PermissionScopes"].clone();
    scopes[0]["isEnabled"] = false.into();
    let disabled = json!({"api": {"oauth2PermissionScopes": scopes}});
    client
        .patch(&path, disabled)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    client
        .patch(&path, none())
        .await
        .assert_status(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn scopes_and_roles_are_told_apart_by_id_and_value() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let made = client.registered(json!({})).await;
    let path = format!("/applications/{}", made["id"].as_str().unwrap());
    let id = |number: u8| format!("00000000-0000-4000-8000-0000000000{number:02}");
    let scope = |number: u8, value: &str| {
        json!({"id": id(number), "value": value, "type": "User", "isEnabled": true,
               "adminConsentDisplayName": "A", "adminConsentDescription": "B"})
    };
    let role = |number: u8, value: &str| {
        json!({"id": id(number), "value": value, "displayName": "A", "description": "B",
               "allowedMemberTypes": ["Application"]})
    };
    let both = |scopes: Value, roles: Value| json!({"api": {"oauth2PermissionScopes": scopes}, "appRoles": roles});
    for (change, message) in [
        (
            both(json!([scope(1, "a"), scope(2, "A")]), json!([])),
            "duplicate",
        ),
        (
            both(json!([scope(1, "a")]), json!([role(1, "b")])),
            "duplicate",
        ),
        (both(json!([scope(1, "a b")]), json!([])), "value"),
        (both(json!([scope(1, "")]), json!([])), "value"),
        (
            both(
                json!([]),
                json!([{"id": id(1), "displayName": "A", "description": "B", "allowedMemberTypes": []}]),
            ),
            "allowedMemberTypes",
        ),
        (both(json!([]), json!([{"displayName": "A"}])), "appRoles"),
        (
            both(json!([{"id": id(1), "value": "x"}]), json!([])),
            "adminConsentDisplayName",
        ),
        (
            json!({"api": {"preAuthorizedApplications": [{"appId": CLIENT, "delegatedPermissionIds": [id(9)]}]}}),
            "no scope",
        ),
    ] {
        let answer = client.patch(&path, change.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{change}: {}",
            answer.body
        );
        assert!(answer.body.contains(message), "{change}: {}", answer.body);
    }
    let fine = both(json!([scope(1, "a"), scope(2, "b")]), json!([role(3, "a")]));
    client
        .patch(&path, fine)
        .await
        .assert_status(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn identifier_uris_are_unique_and_of_a_domain_or_id_that_is_ones_own() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let made = client
        .registered(json!({"api": {"requestedAccessTokenVersion": 1}}))
        .await;
    let path = format!("/applications/{}", made["id"].as_str().unwrap());
    let app_id = made["appId"].as_str().unwrap();
    let put = async |uri: &str| client.patch(&path, json!({"identifierUris": [uri]})).await;
    let unverified = put("https://app.example").await;
    unverified.assert_graph_error(
        400,
        "HostNameNotOnVerifiedDomain",
        "must use a verified domain",
    );
    let vanity = put("api://my-api").await;
    vanity.assert_graph_error(
        400,
        "Request_BadRequest",
        "Failed to add identifier URI api://my-api.",
    );
    let taken = put(&format!("api://{API}/")).await;
    taken.assert_graph_error(400, "Request_BadRequest", "already exists");
    assert_eq!(
        taken.json()["error"]["details"][0]["target"],
        "identifierUris"
    );
    for bad in [
        "no uri",
        "api://",
        "https://x.juniperharbour.example/*",
        "https://juniperharbour.example/#x",
    ] {
        assert_eq!(put(bad).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    for fine in [
        &format!("api://{app_id}"),
        &format!("api://{TENANT}/x"),
        &format!("api://my/{app_id}"),
        "https://juniperharbour.example/x",
        "https://x.juniperharbour.example",
        "https://myapp.aztoso.com",
        "api://x.juniperharbour.example",
    ] {
        assert_eq!(put(fine).await.status, StatusCode::NO_CONTENT, "{fine}");
    }
    // Version 2 is free to choose.
    let two =
        json!({"api": {"requestedAccessTokenVersion": 2}, "identifierUris": ["api://my-api"]});
    client
        .patch(&path, two)
        .await
        .assert_status(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_secret_is_told_once() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let path = api_by_app_id();
    let wanted = json!({"passwordCredential": {"displayName": "for a test", "endDateTime": "2030-01-01T00:00:00Z"}});
    let made = client.post(&format!("{path}/addPassword"), wanted).await;
    let made = made.assert_status(StatusCode::OK).json();
    let secret = made["secretText"].as_str().unwrap();
    assert_eq!((secret.len(), &secret[3..6]), (38, "8Q~"));
    assert_eq!(made["hint"], secret[..3]);
    assert_eq!(made["endDateTime"], "2030-01-01T00:00:00Z");
    let shown = client.get(&path).await;
    assert!(!shown.body.contains(secret));
    let shown = shown.json();
    assert_eq!(shown["passwordCredentials"][0]["hint"], made["hint"]);
    assert_eq!(shown["passwordCredentials"][0]["secretText"], Value::Null);
    let new = json!({"passwordCredentials": [{"displayName": "mine", "secretText": "mine"}]});
    let refused = client.patch(&path, new).await;
    refused.assert_graph_error(400, "Request_BadRequest", "service actions");
    let removed = client
        .post(
            &format!("{path}/removePassword"),
            json!({"keyId": made["keyId"]}),
        )
        .await;
    removed.assert_status(StatusCode::NO_CONTENT);
    let again = client
        .post(
            &format!("{path}/removePassword"),
            json!({"keyId": made["keyId"]}),
        )
        .await;
    again.assert_graph_error(400, "Request_BadRequest", "No password credential found");
    let plain = client
        .post(&format!("{path}/addPassword"), json!({}))
        .await
        .json();
    assert_eq!(plain["endDateTime"], "2029-01-14T08:00:00Z");
}

#[tokio::test]
async fn a_secret_that_leaves_the_calendar_is_refused() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let add = format!("{}/addPassword", api_by_app_id());
    for (property, time) in [
        ("startDateTime", "0000-01-01T00:00:00+14:00"),
        ("endDateTime", "9999-12-31T23:59:59-14:00"),
    ] {
        let wanted = json!({"passwordCredential": {property: time}});
        let refused = client.post(&add, wanted).await;
        refused.assert_graph_error(400, "Request_BadRequest", property);
    }
    // Two years later there is no year with four digits.
    let wanted = json!({"passwordCredential": {"startDateTime": "9999-01-01T00:00:00Z"}});
    let refused = client.post(&add, wanted).await;
    refused.assert_graph_error(400, "Request_BadRequest", "endDateTime");
}

#[tokio::test]
async fn a_secret_of_the_service_principal_buys_a_token_until_it_is_taken_away() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let daemon = crate::directory::seed::DAEMON;
    let path = format!("/servicePrincipals(appId='{daemon}')");
    let made = client.post(&format!("{path}/addPassword"), json!({})).await;
    let made = made.assert_status(StatusCode::OK).json();
    let secret = made["secretText"].as_str().unwrap();
    let shown = client.get(&path).await;
    assert!(!shown.body.contains(secret));
    assert_eq!(
        shown.json()["passwordCredentials"][0]["keyId"],
        made["keyId"]
    );
    let daemon = daemon.to_string();
    let scope = format!("api://{API}/.default");
    let pairs = [
        ("client_id", daemon.as_str()),
        ("client_secret", secret),
        ("grant_type", "client_credentials"),
        ("scope", &scope),
    ];
    let bought = workshop.token(None, &pairs).await;
    bought.assert_status(StatusCode::OK);
    let gone = json!({"keyId": made["keyId"]});
    let gone = client.post(&format!("{path}/removePassword"), gone).await;
    gone.assert_status(StatusCode::NO_CONTENT);
    workshop
        .token(None, &pairs)
        .await
        .assert_error("invalid_client", 7_000_215);
}

#[tokio::test]
async fn a_certificate_is_uploaded_and_read() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "workshop");
    let certificate = params.self_signed(&key).unwrap();
    let path = api_by_app_id();
    let upload = |key: &str| json!({"keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": key}]});
    let pem = certificate.pem();
    let lines: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    for text in [
        STANDARD.encode(certificate.der()),
        STANDARD.encode(&pem),
        lines.join("\n"),
    ] {
        client
            .patch(&path, upload(&text))
            .await
            .assert_status(StatusCode::NO_CONTENT);
        let hidden = client.get(&path).await.json();
        assert_eq!(hidden["keyCredentials"][0]["key"], Value::Null);
        assert!(hidden["keyCredentials"][0]["customKeyIdentifier"].is_string());
        let shown = client
            .get(&format!("{path}?$select=keyCredentials"))
            .await
            .json();
        assert_eq!(
            shown["keyCredentials"][0]["key"],
            STANDARD.encode(certificate.der())
        );
        // Sent back without its key it stays.
        let back = json!({"keyCredentials": hidden["keyCredentials"]});
        client
            .patch(&path, back)
            .await
            .assert_status(StatusCode::NO_CONTENT);
        let still = client
            .get(&format!("{path}?$select=keyCredentials"))
            .await
            .json();
        assert_eq!(still, shown);
    }
    for bad in ["!", "aGVsbG8="] {
        let refused = client.patch(&path, upload(bad)).await;
        refused.assert_graph_error(400, "KeyCredentialsInvalidValue", "certificate");
    }
    let none = json!({"keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify"}]});
    client.patch(&path, none).await.assert_graph_error(
        400,
        "KeyCredentialsInvalidValue",
        "needs its key",
    );
}

#[tokio::test]
async fn federated_credentials_are_kept_by_name() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let path = format!("{}/federatedIdentityCredentials", api_by_app_id());
    let body = || json!({"name": "a-cluster", "issuer": "https://issuer.example", "subject": "system:x", "audiences": ["api://AzureADTokenExchange"]});
    let made = client.post(&path, body()).await;
    made.assert_status(StatusCode::CREATED);
    let again = client.post(&path, body()).await;
    again.assert_graph_error(400, "Request_BadRequest", "already exists");
    let change = json!({"subject": "system:y", "description": "Y"});
    client
        .patch(&format!("{path}/a-cluster"), change)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    assert_eq!(
        client.get(&format!("{path}/a-cluster")).await.json()["subject"],
        "system:y"
    );
    for (property, value) in [
        ("audiences", json!([])),
        ("name", json!("a b")),
        ("issuer", json!("x")),
        ("subject", json!("")),
    ] {
        let mut wrong = body();
        wrong[property] = value;
        let refused = client.post(&path, wrong).await;
        refused.assert_graph_error(400, "Request_BadRequest", property);
    }
    client
        .delete(&format!("{path}/a-cluster"))
        .await
        .assert_status(StatusCode::NO_CONTENT);
    assert_eq!(client.get(&path).await.json()["value"], json!([]));
}

#[tokio::test]
async fn what_was_deleted_comes_back_with_everything_that_went() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let api = client.get(&api_by_app_id()).await.json();
    let id = api["id"].as_str().unwrap();
    let held = format!("/users/{}/appRoleAssignments", super::ILYA);
    client
        .delete(&format!("/applications/{id}"))
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let gone = client.get(&format!("/applications/{id}")).await;
    gone.assert_graph_error(404, "Request_ResourceNotFound", id);
    let gone = client.get(&format!("/servicePrincipals/{API_SP}")).await;
    gone.assert_graph_error(404, "Request_ResourceNotFound", API_SP);
    assert_eq!(client.get(&held).await.json()["value"], json!([]));
    let bin = client
        .get("/directory/deletedItems/microsoft.graph.application")
        .await
        .json();
    assert_eq!(bin["value"][0]["appId"], API.to_string());
    assert!(bin["value"][0]["deletedDateTime"].is_string());
    let restored = client
        .post(&format!("/directory/deletedItems/{id}/restore"), json!({}))
        .await;
    restored.assert_status(StatusCode::OK);
    assert_eq!(client.get(&api_by_app_id()).await.json(), api);
    assert_eq!(
        client.get(&held).await.json()["value"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let again = client
        .post(&format!("/directory/deletedItems/{id}/restore"), json!({}))
        .await;
    again.assert_graph_error(404, "Request_ResourceNotFound", id);
}

#[tokio::test]
async fn microsofts_own_registrations_are_out_of_reach() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let graph = "00000003-0000-0000-c000-000000000000";
    let missing = client
        .delete(&format!("/applications(appId='{graph}')"))
        .await;
    missing.assert_graph_error(404, "Request_ResourceNotFound", graph);
    let member = client
        .get(&format!("/servicePrincipals(appId='{graph}')"))
        .await;
    assert_eq!(member.json()["displayName"], "Microsoft Graph");
}
