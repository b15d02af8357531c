//! The authorization endpoint of v1.

use crate::directory::seed::{API, TENANT};
use crate::testing::{Browser, ORIGIN, SPA, Workshop, authorize_path, opened, redemption};

fn path(changes: &[(&str, &str)]) -> String {
    let changes = [&[("scope", "")], changes].concat();
    authorize_path(&changes).replace("/oauth2/v2.0/", "/oauth2/")
}

#[tokio::test]
async fn a_resource_stands_for_its_static_permissions() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let resource = format!("api://{API}");
    let page = browser.get(&path(&[("resource", &resource)])).await;
    let page = browser.log_in(page, "mara").await;
    assert!(page.body.contains("access_as_user"), "{}", page.body);
    let answer = browser.submit(&page, &[("accept", "Accept")]).await;
    let code = answer.redirected()["code"].clone();
    let body = workshop
        .token_at("oauth2/token", Some(SPA), &redemption(&code, &[]))
        .await
        .json();
    assert_eq!(body["resource"], resource);
    assert_eq!(opened(&body["access_token"]).1["scp"], "access_as_user");
    assert_eq!(
        opened(&body["id_token"]).1["iss"],
        format!("{ORIGIN}/{TENANT}/")
    );
}

#[tokio::test]
async fn an_unknown_and_an_unlisted_resource_are_told_apart() {
    let workshop = Workshop::new();
    let refused = async |resource: &str| workshop.get(&path(&[("resource", resource)])).await;
    refused("api://nothing")
        .await
        .assert_redirect_error("invalid_resource", 500_011);
    refused("https://vault.azure.net")
        .await
        .assert_redirect_error("invalid_resource", 650_057);
}

#[tokio::test]
async fn an_administrator_consents_for_everybody_where_the_request_wishes_it() {
    let workshop = Workshop::new();
    let resource = format!("api://{API}");
    let wish = [("resource", resource.as_str()), ("prompt", "admin_consent")];
    let mut member = Browser::new(&workshop);
    let page = member.get(&path(&wish)).await;
    let page = member.log_in(page, "mara").await;
    assert!(page.body.contains("admin approval"), "{}", page.body);

    let mut administrator = Browser::new(&workshop);
    let page = administrator.get(&path(&wish)).await;
    let page = administrator.log_in(page, "ada").await;
    assert!(page.body.contains("on behalf of your organization"));
    assert!(!page.body.contains("checkbox"));
    let answer = administrator.submit(&page, &[("accept", "Accept")]).await;
    let pairs = answer.redirected();
    assert_eq!(pairs["admin_consent"], "True");
    assert!(pairs.contains_key("code"));
    let grants = &workshop
        .tenant
        .0
        .tenant
        .directory()
        .oauth2_permission_grants
        .clone();
    assert!(!grants.is_empty() && grants.iter().all(|grant| grant.principal_id.is_none()));

    let v2 = authorize_path(&[("prompt", "admin_consent")]);
    workshop
        .get(&v2)
        .await
        .assert_redirect_error("invalid_request", 90023);
}
