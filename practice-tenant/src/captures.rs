//! Answers that were recorded from Microsoft Entra ID (August 2026; metadata July 2026): this tenant's must have the
//! same members with the same values, once what differs by nature (ids, times, hosts) is put aside.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::directory::seed::{DAEMON, TENANT};
use crate::testing::{Answer, ORIGIN, Workshop, opened};

const SECRET: &str = "practice~secret~of~the~workshop~daemon~1";

/// The daemon asks for a token for itself.
async fn ask(changes: &[(&str, &str)]) -> Answer {
    let workshop = Workshop::new();
    workshop.change(|directory| {
        let daemon = directory.application_mut(DAEMON).unwrap();
        daemon.identifier_uris.push("api://daemon".into());
        daemon.api.requested_access_token_version = Some(2);
    });
    let daemon = DAEMON.to_string();
    let mut pairs = vec![
        ("client_id", daemon.as_str()),
        ("client_secret", SECRET),
        ("grant_type", "client_credentials"),
        ("scope", "api://daemon/.default"),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value));
    }
    workshop.token(None, &pairs).await
}

/// Puts aside what differs: in the order of the recording's own normalization.
fn normalized(answer: &Answer) -> Value {
    let body = answer.json();
    let mut text = answer
        .body
        .replace(ORIGIN, "https://login.microsoftonline.com")
        .replace(&TENANT.to_string(), "{tenant-id}")
        .replace(&DAEMON.to_string(), "{daemon-app-id}");
    for member in ["trace_id", "correlation_id"] {
        text = text.replace(body[member].as_str().unwrap(), "{guid}");
    }
    text = text.replace(body["timestamp"].as_str().unwrap(), "{timestamp}");
    serde_json::from_str(&text).unwrap()
}

#[track_caller]
fn assert_recorded(answer: &Answer, status: u16, recorded: &Value) {
    assert_eq!(answer.status, StatusCode::from_u16(status).unwrap());
    assert_eq!(&normalized(answer), recorded);
}

fn recorded(error: &str, code: u32, text: &str) -> Value {
    json!({
        "error": error,
        "error_description":
            format!("AADSTS{code}: {text} Trace ID: {{guid}} Correlation ID: {{guid}} Timestamp: {{timestamp}}"),
        "error_codes": [code],
        "timestamp": "{timestamp}",
        "trace_id": "{guid}",
        "correlation_id": "{guid}",
    })
}

fn with_uri(mut recorded: Value) -> Value {
    let code = recorded["error_codes"][0].clone();
    recorded["error_uri"] = format!("https://login.microsoftonline.com/error?code={code}").into();
    recorded
}

#[tokio::test]
async fn a_wrong_secret() {
    let text = "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                value, not the client secret ID, for a secret added to app '{daemon-app-id}'.";
    let answer = ask(&[("client_secret", "wrong")]).await;
    let recorded = with_uri(recorded("invalid_client", 7_000_215, text));
    assert_recorded(&answer, 401, &recorded);
}

#[tokio::test]
async fn a_resource_that_nobody_registered() {
    let text = "The resource principal named api://not-a-registered-resource was not found in the tenant named \
                {tenant-id}. This can happen if the application has not been installed by the administrator of the \
                tenant or consented to by any user in the tenant. You might have sent your authentication request \
                to the wrong tenant.";
    let answer = ask(&[("scope", "api://not-a-registered-resource/.default")]).await;
    let recorded = with_uri(recorded("invalid_resource", 500_011, text));
    assert_recorded(&answer, 400, &recorded);
}

#[tokio::test]
async fn a_client_id_of_zeros() {
    let nil = uuid::Uuid::nil().to_string();
    let text = format!("{nil} is not a valid application identifier.");
    let answer = ask(&[("client_id", &nil)]).await;
    let recorded = recorded("unauthorized_client", 700_038, &text);
    assert_recorded(&answer, 400, &recorded);
}

#[tokio::test]
async fn a_grant_type_that_does_not_exist() {
    let text = "The app requested an unsupported grant type 'no_such_grant'.";
    let answer = ask(&[("grant_type", "no_such_grant")]).await;
    let recorded = recorded("unsupported_grant_type", 70003, text);
    assert_recorded(&answer, 400, &recorded);
}

#[tokio::test]
async fn a_token_for_the_application_itself() {
    let answer = ask(&[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let body = answer.json();
    let expected = json!({
        "token_type": "Bearer",
        "expires_in": body["expires_in"].as_u64().unwrap(),
        "ext_expires_in": body["ext_expires_in"].as_u64().unwrap(),
        "access_token": body["access_token"].as_str().unwrap(),
    });
    assert_eq!(body, expected, "no other member");

    let (header, claims) = opened(&body["access_token"]);
    let names: Vec<_> = header.keys().collect();
    assert_eq!(names, ["alg", "kid", "typ"], "no x5t");
    let mut names: Vec<_> = claims.keys().map(String::as_str).collect();
    names.sort_unstable();
    let recorded = [
        "aio", "aud", "azp", "azpacr", "exp", "iat", "iss", "nbf", "oid", "rh", "sub", "tid",
        "uti", "ver", "xms_ftd",
    ];
    assert_eq!(names, recorded);
    assert_eq!(claims["ver"], "2.0");
    assert_eq!(claims["iss"], format!("{ORIGIN}/{TENANT}/v2.0"));
    assert_eq!(claims["aud"], DAEMON.to_string());
    assert_eq!(claims["tid"], TENANT.to_string());
}

#[tokio::test]
async fn the_metadata_of_common() {
    let document = Workshop::new()
        .get("/common/v2.0/.well-known/openid-configuration")
        .await
        .json();
    for member in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "device_authorization_endpoint",
        "end_session_endpoint",
        "response_types_supported",
        "response_modes_supported",
        "subject_types_supported",
        "scopes_supported",
        "id_token_signing_alg_values_supported",
        "token_endpoint_auth_methods_supported",
        "claims_supported",
        "tenant_region_scope",
        "cloud_instance_name",
        "cloud_graph_host_name",
        "msgraph_host",
        "rbac_url",
        "http_logout_supported",
        "frontchannel_logout_supported",
        "request_uri_parameter_supported",
    ] {
        assert!(document.get(member).is_some(), "{member}");
    }
    assert_eq!(document["http_logout_supported"], true);
    assert_eq!(document["frontchannel_logout_supported"], true);
    assert_eq!(document["request_uri_parameter_supported"], false);
    assert_eq!(document["subject_types_supported"], json!(["pairwise"]));
    let methods = json!([
        "client_secret_post",
        "private_key_jwt",
        "client_secret_basic"
    ]);
    assert_eq!(document["token_endpoint_auth_methods_supported"], methods);
}
