use axum::http::{StatusCode, header};
use serde_json::Value;
use uuid::Uuid;

use crate::directory::GRAPH;
use crate::directory::seed::{API, CLIENT, DAEMON, SVC_INVOKE, TENANT};
use crate::directory::{AppRoleAssignment, SignInAudience};
use crate::testing::{Answer, NOW, SPA, Workshop, opened};

const SECRET: &str = "practice~secret~of~the~workshop~daemon~1";

/// A request of the daemon, with `changes`: an empty value takes a parameter away.
fn pairs<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![
        ("client_id", "c1000000-0000-4000-8000-000000000003"),
        ("client_secret", SECRET),
        ("grant_type", "client_credentials"),
        (
            "scope",
            "api://c1000000-0000-4000-8000-000000000001/.default",
        ),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    pairs
}

async fn ask(workshop: &Workshop, changes: &[(&str, &str)]) -> Answer {
    workshop.token(None, &pairs(changes)).await
}

fn assign(workshop: &Workshop, role: Uuid) {
    let mut directory = workshop.tenant.0.tenant.directory_mut();
    let principal_id = directory.service_principal(DAEMON).unwrap().id;
    let resource_id = directory.service_principal(API).unwrap().id;
    directory.app_role_assignments.push(AppRoleAssignment {
        id: role.to_string(),
        app_role_id: role,
        principal_id,
        resource_id,
        created_date_time: NOW,
    });
}

fn principal(
    workshop: &Workshop,
    app_id: Uuid,
    change: impl FnOnce(&mut crate::directory::ServicePrincipal),
) {
    let mut directory = workshop.tenant.0.tenant.directory_mut();
    let mut principals = directory.service_principals.iter_mut();
    change(principals.find(|known| known.app_id == app_id).unwrap());
}

#[tokio::test]
async fn a_daemon_gets_a_token_and_nothing_else_and_roles_once_they_are_assigned() {
    let workshop = Workshop::new();
    let answer = ask(&workshop, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    assert_eq!(
        answer.header(header::CACHE_CONTROL),
        Some("no-store, no-cache")
    );
    assert_eq!(answer.header("x-ms-clitelem"), Some("1,0,0,,"));
    let body = answer.json();
    let names: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["access_token", "expires_in", "ext_expires_in", "token_type"]
    );
    assert_eq!(body["token_type"], "Bearer");
    assert!(body["expires_in"].is_u64() && body["expires_in"] == body["ext_expires_in"]);
    let (_, claims) = opened(&body["access_token"]);
    assert_eq!(claims["aud"], API.to_string());
    assert_eq!(claims["sub"], claims["oid"]);
    assert_eq!(claims["azpacr"], "1");
    assert_eq!((claims.get("roles"), claims.get("scp")), (None, None));

    assign(&workshop, SVC_INVOKE);
    let body = ask(&workshop, &[]).await.json();
    let (_, claims) = opened(&body["access_token"]);
    assert_eq!(claims["roles"], serde_json::json!(["Svc.Invoke"]));
}

#[tokio::test]
async fn version_one_names_a_resource_and_answers_with_strings() {
    let workshop = Workshop::new();
    let path = format!("/{TENANT}/oauth2/token");
    let resource = format!("api://{API}");
    let changes = [("scope", ""), ("resource", resource.as_str())];
    let answer = workshop.post(&path, &pairs(&changes)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let body = answer.json();
    assert_eq!(body["resource"], resource);
    for name in ["expires_in", "ext_expires_in", "expires_on", "not_before"] {
        assert!(
            body[name]
                .as_str()
                .is_some_and(|text| text.parse::<i64>().is_ok()),
            "{name}"
        );
    }
    let missing = workshop.post(&path, &pairs(&[])).await;
    missing.assert_error("invalid_request", 900_144);
    // The token is still the resource's choice.
    assert_eq!(opened(&body["access_token"]).1["ver"], "2.0");
}

#[tokio::test]
async fn a_scope_is_one_resource_with_default_and_words_of_openid_beside_it_do_no_harm() {
    let workshop = Workshop::new();
    let api = API.to_string();
    let daemon = format!("{DAEMON}/.default");
    for scope in [
        &format!("{api}/.default openid offline_access profile"),
        &format!("openid api://{api}/.default api://{api}/.default"),
        &format!("api://{api}/.DEFAULT"),
        &"https://graph.microsoft.com/.default".to_owned(),
        &"https://vault.azure.net//.default".to_owned(),
        &daemon,
    ] {
        let answer = ask(&workshop, &[("scope", scope)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{scope}: {}", answer.body);
    }
    for (scope, error, code) in [
        ("openid", "invalid_scope", 1_002_012),
        (" ", "invalid_scope", 1_002_012),
        (".default", "invalid_scope", 1_002_012),
        ("User.Read", "invalid_scope", 1_002_012),
        (&format!("api://{api}"), "invalid_scope", 1_002_012),
        (
            &format!("api://{api}/access_as_user"),
            "invalid_scope",
            1_002_012,
        ),
        (
            &format!("{api}/.default User.Read"),
            "invalid_scope",
            1_002_012,
        ),
        (
            &format!("{api}/.default {daemon}"),
            "invalid_request",
            28000,
        ),
        ("api://nobody/.default", "invalid_resource", 500_011),
        ("/.default", "invalid_resource", 500_011),
        ("", "invalid_request", 900_144),
    ] {
        let answer = ask(&workshop, &[("scope", scope)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{scope}");
        answer.assert_error(error, code);
    }
}

#[tokio::test]
async fn who_does_not_prove_itself_gets_nothing() {
    let workshop = Workshop::new();
    let none = ask(&workshop, &[("client_secret", "")]).await;
    assert_eq!(none.status, StatusCode::UNAUTHORIZED);
    none.assert_error("invalid_client", 7_000_216);
    let wrong = ask(&workshop, &[("client_secret", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    wrong.assert_error("invalid_client", 7_000_215);
    let client = CLIENT.to_string();
    let public = ask(&workshop, &[("client_id", &client), ("client_secret", "")]).await;
    public.assert_error("invalid_client", 7_000_216);
    let page = workshop.token(Some(SPA), &pairs(&[])).await;
    page.assert_error("invalid_request", 9_002_326);
    assert_eq!(page.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
}

#[tokio::test]
async fn a_resource_that_requires_assignment_refuses_who_has_none() {
    let workshop = Workshop::new();
    principal(&workshop, API, |api| {
        api.app_role_assignment_required = true;
    });
    let refused = ask(&workshop, &[]).await;
    refused.assert_error("invalid_grant", 501_051);
    assert!(refused.body.contains(&format!(
        "Application '{DAEMON}'(workshop-daemon) is not assigned to a role for the application 'api://{API}'(workshop-api)."
    )));
    // An assignment without a role of its own is enough.
    assign(&workshop, Uuid::nil());
    let answer = ask(&workshop, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(opened(&answer.json()["access_token"]).1.get("roles"), None);
}

#[tokio::test]
async fn both_sides_need_a_service_principal_in_this_tenant() {
    for (missing, error, code) in [
        (DAEMON, "invalid_client", 7_000_229),
        (API, "invalid_resource", 500_011),
    ] {
        let workshop = Workshop::new();
        workshop
            .tenant
            .0
            .tenant
            .directory_mut()
            .service_principals
            .retain(|known| known.app_id != missing);
        ask(&workshop, &[]).await.assert_error(error, code);
    }
}

#[tokio::test]
async fn a_tenant_must_be_named() {
    let workshop = Workshop::new();
    let common = "/common/oauth2/v2.0/token";
    let single = workshop.post(common, &pairs(&[])).await;
    single.assert_error("invalid_request", 50194);
    workshop.register(DAEMON, |daemon| {
        daemon.sign_in_audience = SignInAudience::AzureADMultipleOrgs;
    });
    let several = workshop.post(common, &pairs(&[])).await;
    several.assert_error("invalid_request", 9_001_023);
}

#[tokio::test]
async fn a_token_for_graph_says_that_it_is_an_applications() {
    let workshop = Workshop::new();
    let scope = format!("{GRAPH}/.default");
    let body = ask(&workshop, &[("scope", &scope)]).await.json();
    let (_, claims) = opened(&body["access_token"]);
    assert_eq!(claims["idtyp"], Value::from("app"));
}
