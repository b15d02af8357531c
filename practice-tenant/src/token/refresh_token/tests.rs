//! `.default` of an API that the registration does not list.

use axum::http::StatusCode;

use crate::directory::seed::{API, AZURE_CLI, CLIENT};
use crate::directory::{Permission, PreAuthorizedApplication};
use crate::testing::{Answer, Browser, DESKTOP, Workshop, authorize_path, opened, redemption};

/// A new token for the API, by the refresh token of a sign-in for something else.
async fn renewed_for_the_api(workshop: &Workshop, client: &str, scope: &str) -> Answer {
    let path = authorize_path(&[
        ("client_id", client),
        ("redirect_uri", DESKTOP),
        ("scope", scope),
    ]);
    let mut browser = Browser::new(workshop);
    let page = browser.get(&path).await;
    let mut answer = browser.log_in(page, "mara").await;
    if answer.body.contains("name=\"accept\"") {
        answer = browser.submit(&answer, &[("accept", "Accept")]).await;
    }
    let code = answer.redirected()["code"].clone();
    let redemption = redemption(&code, &[("client_id", client), ("redirect_uri", DESKTOP)]);
    let body = workshop.token(None, &redemption).await.json();
    let api = format!("api://{API}/.default");
    let pairs = [
        ("client_id", client),
        ("grant_type", "refresh_token"),
        ("refresh_token", body["refresh_token"].as_str().unwrap()),
        ("scope", &api),
    ];
    workshop.token(None, &pairs).await
}

const MANAGEMENT: &str = "https://management.core.windows.net//.default offline_access";

#[tokio::test]
async fn the_command_line_is_told_that_consent_is_missing_until_the_api_names_it() {
    let workshop = Workshop::new();
    let client = AZURE_CLI.to_string();
    renewed_for_the_api(&workshop, &client, MANAGEMENT)
        .await
        .assert_error("invalid_grant", 65001);
    workshop.register(API, |api| {
        let scopes = api.api.oauth2_permission_scopes.iter();
        let authorized = PreAuthorizedApplication {
            app_id: AZURE_CLI,
            delegated_permission_ids: scopes.map(|scope| scope.id).collect(),
        };
        api.api.pre_authorized_applications.push(authorized);
    });
    let answer = renewed_for_the_api(&workshop, &client, MANAGEMENT).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let (_, claims) = opened(&answer.json()["access_token"]);
    assert_eq!(claims["scp"], "access_as_user");
}

#[tokio::test]
async fn what_is_granted_counts_like_what_the_registration_lists() {
    let workshop = Workshop::new();
    workshop.register(CLIENT, |client| client.required_resource_access.clear());
    let client = CLIENT.to_string();
    let signing_in = "openid offline_access";
    renewed_for_the_api(&workshop, &client, signing_in)
        .await
        .assert_error("invalid_resource", 650_057);
    let scope = Permission {
        resource: API,
        value: "access_as_user".to_owned(),
    };
    let new_id = || "a grant".to_owned();
    {
        let mut directory = workshop.tenant.0.tenant.directory_mut();
        directory.grant(CLIENT, None, &[scope].into(), new_id);
    }
    let answer = renewed_for_the_api(&workshop, &client, signing_in).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}
