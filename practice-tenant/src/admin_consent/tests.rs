use axum::http::{StatusCode, header};
use uuid::Uuid;

use crate::directory::seed::{API, CLIENT, DAEMON, SVC_INVOKE, TENANT};
use crate::directory::{
    ConsentType, GRAPH, PermissionKind, RequiredResourceAccess, ResourceAccess,
};
use crate::testing::{Answer, Browser, Workshop, form};

const BACK: &str = "http://localhost:3000/";

/// A daemon that may come back here, and lists the API's role.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.register(DAEMON, |daemon| {
        daemon.web.redirect_uris.push(BACK.into());
        daemon
            .required_resource_access
            .push(RequiredResourceAccess {
                resource_app_id: API,
                resource_access: vec![ResourceAccess {
                    id: SVC_INVOKE,
                    kind: PermissionKind::Role,
                }],
            });
    });
    workshop
}

fn path(version: &str, client: Uuid, scope: &str) -> String {
    let client = client.to_string();
    let mut pairs = vec![
        ("client_id", client.as_str()),
        ("redirect_uri", BACK),
        ("state", "12345"),
    ];
    if !scope.is_empty() {
        pairs.push(("scope", scope));
    }
    format!("/{TENANT}/{version}adminconsent?{}", form(&pairs))
}

async fn consent(workshop: &Workshop, path: &str, answer: &str) -> Answer {
    let mut browser = Browser::new(workshop);
    let page = browser.get(path).await;
    let page = browser.log_in(page, "ada").await;
    assert!(
        page.body.contains("Review for your organization"),
        "{}",
        page.body
    );
    browser.submit(&page, &[(answer, "x")]).await
}

fn roles_of_daemon(workshop: &Workshop) -> Vec<String> {
    let directory = workshop.tenant.0.tenant.directory();
    let principal = directory.service_principal(DAEMON).unwrap().id;
    directory.roles(principal, API)
}

#[tokio::test]
async fn with_scopes_an_administrator_grants_them_to_everybody() {
    let workshop = workshop();
    let scope = format!("openid api://{API}/access_as_user");
    let answer = consent(&workshop, &path("v2.0/", CLIENT, &scope), "accept").await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let query = form(&[
        ("admin_consent", "True"),
        ("tenant", &TENANT.to_string()),
        ("scope", &scope),
        ("state", "12345"),
    ]);
    assert_eq!(
        answer.header(header::LOCATION).unwrap(),
        format!("{BACK}?{query}")
    );
    let tenant = &workshop.tenant.0.tenant;
    let grants = tenant.directory().oauth2_permission_grants.clone();
    assert_eq!(grants.len(), 2);
    assert!(grants.iter().all(|grant| {
        grant.consent_type == ConsentType::AllPrincipals && grant.principal_id.is_none()
    }));
    // Nobody is asked any more.
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[("scope", &scope)]).await;
    let answer = browser.log_in(page, "mara").await;
    assert!(answer.redirected().contains_key("code"));
}

#[tokio::test]
async fn default_grants_the_application_permissions_of_the_registration() {
    let workshop = workshop();
    let scope = format!("api://{API}/.default");
    let answer = consent(&workshop, &path("v2.0/", DAEMON, &scope), "accept").await;
    assert_eq!(answer.redirected()["scope"], scope);
    assert_eq!(roles_of_daemon(&workshop), ["Svc.Invoke"]);
    // A second time changes nothing.
    consent(&workshop, &path("v2.0/", DAEMON, &scope), "accept").await;
    assert_eq!(roles_of_daemon(&workshop), ["Svc.Invoke"]);
}

#[tokio::test]
async fn the_older_address_grants_everything_in_the_registration() {
    let workshop = workshop();
    let answer = consent(&workshop, &path("", DAEMON, ""), "accept").await;
    assert_eq!(
        answer.header(header::LOCATION).unwrap(),
        format!("{BACK}?tenant={TENANT}&state=12345&admin_consent=True")
    );
    assert_eq!(roles_of_daemon(&workshop), ["Svc.Invoke"]);
}

#[tokio::test]
async fn the_page_names_scopes_and_application_permissions() {
    let workshop = workshop();
    let mut browser = Browser::new(&workshop);
    let page = browser.get(&path("", DAEMON, "")).await;
    let page = browser.log_in(page, "ada").await;
    assert!(
        page.body.contains("data-role=\"Svc.Invoke\""),
        "{}",
        page.body
    );
    let mut browser = Browser::new(&workshop);
    let page = browser.get(&path("", CLIENT, "")).await;
    let page = browser.log_in(page, "ada").await;
    for scope in ["access_as_user", "User.Read"] {
        let mark = format!("data-permission=\"{scope}\"");
        assert!(page.body.contains(&mark), "{}", page.body);
    }
}

#[tokio::test]
async fn an_administrator_who_cancels_is_reported_in_each_addresss_own_words() {
    let workshop = workshop();
    let scope = format!("api://{API}/.default");
    let answer = consent(&workshop, &path("v2.0/", DAEMON, &scope), "cancel").await;
    answer.assert_redirect_error("consent_required", 65004);
    let answer = answer.redirected();
    assert_eq!(
        (&*answer["admin_consent"], &*answer["state"]),
        ("True", "12345")
    );
    assert!(
        answer["error_description"].contains(
            "AADSTS65004: The resource owner or authorization server denied the request."
        )
    );

    let answer = consent(&workshop, &path("", DAEMON, ""), "cancel").await;
    let query = form(&[
        ("error", "permission_denied"),
        ("error_description", "The admin canceled the request"),
        ("state", "12345"),
    ]);
    assert_eq!(
        answer.header(header::LOCATION).unwrap(),
        format!("{BACK}?{query}")
    );
    assert!(roles_of_daemon(&workshop).is_empty());
}

#[tokio::test]
async fn who_is_no_administrator_gets_no_further() {
    let workshop = workshop();
    let mut browser = Browser::new(&workshop);
    let page = browser.get(&path("", DAEMON, "")).await;
    let page = browser.log_in(page, "mara").await;
    assert!(page.body.contains("Need admin approval"), "{}", page.body);
    let answer = browser.submit(&page, &[("return", "x")]).await;
    assert_eq!(answer.redirected()["error"], "permission_denied");
    assert!(roles_of_daemon(&workshop).is_empty());
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_where_it_is_safe_to_say_so() {
    let workshop = workshop();
    let elsewhere = path("v2.0/", CLIENT, "openid").replace("3000", "3000%2Felsewhere");
    workshop.get(&elsewhere).await.assert_page_error(50011);
    let unknown = path("v2.0/", GRAPH, "openid").replace("00000003", "00000009");
    workshop.get(&unknown).await.assert_page_error(700_016);
    let common = path("v2.0/", CLIENT, "openid").replace(&TENANT.to_string(), "common");
    workshop.get(&common).await.assert_page_error(9_001_023);
    let answer = workshop.get(&path("v2.0/", CLIENT, "")).await;
    answer.assert_redirect_error("invalid_request", 900_144);
    let answer = workshop.get(&path("v2.0/", CLIENT, "Nothing.Read")).await;
    answer.assert_redirect_error("invalid_client", 650_053);
    assert_eq!(answer.redirected()["state"], "12345");
}

#[tokio::test]
async fn nobody_is_asked_for_signing_in_where_an_administrator_has_consented_to_the_rest() {
    let workshop = workshop();
    consent(&workshop, &path("", CLIENT, ""), "accept").await;
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[]).await;
    let answer = browser.log_in(page, "mara").await;
    assert!(answer.redirected().contains_key("code"));
}
