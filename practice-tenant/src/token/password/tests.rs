use axum::http::StatusCode;

use crate::directory::seed::{API, CLIENT, DAEMON};
use crate::testing::{Answer, Browser, SPA, Workshop, opened};

/// A request for Mara, with `changes`: an empty value takes a parameter away.
async fn ask(workshop: &Workshop, changes: &[(&str, &str)]) -> Answer {
    let (client, scope) = (
        CLIENT.to_string(),
        format!("openid api://{API}/access_as_user"),
    );
    let mut pairs = vec![
        ("client_id", client.as_str()),
        ("grant_type", "password"),
        ("username", "mara@juniperharbour.example"),
        ("password", "Practice-Mara-1"),
        ("scope", &scope),
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
async fn a_name_and_a_password_buy_what_was_consented_to_before() {
    let workshop = Workshop::new();
    let unasked = ask(&workshop, &[]).await;
    unasked.assert_error("invalid_grant", 65001);
    Browser::new(&workshop).sign_in_as("mara").await;
    let answer = ask(&workshop, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let body = answer.json();
    let (_, claims) = opened(&body["access_token"]);
    assert_eq!(claims["scp"], "access_as_user");
    assert!(body["id_token"].is_string() && body.get("refresh_token").is_none());
}

#[tokio::test]
async fn a_wrong_name_a_wrong_password_and_a_disabled_account_are_told_apart() {
    let workshop = Workshop::new();
    for (changes, error, code) in [
        (
            [("username", "nobody@juniperharbour.example")],
            "invalid_grant",
            50034,
        ),
        ([("password", "x")], "invalid_grant", 50126),
        ([("username", "")], "invalid_request", 900_144),
        ([("password", "")], "invalid_request", 900_144),
    ] {
        let answer = ask(&workshop, &changes).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        answer.assert_error(error, code);
    }
    for user in &mut workshop.tenant.0.tenant.directory_mut().users {
        user.account_enabled = false;
    }
    ask(&workshop, &[])
        .await
        .assert_error("invalid_grant", 50057);
}

#[tokio::test]
async fn only_a_client_that_is_marked_as_public_may_do_without_a_secret_and_then_must() {
    let workshop = Workshop::new();
    let daemon = DAEMON.to_string();
    let confidential = ask(&workshop, &[("client_id", &daemon)]).await;
    confidential.assert_error("invalid_client", 7_000_218);
    let public = ask(&workshop, &[("client_secret", "x")]).await;
    public.assert_error("invalid_client", 700_025);
}

#[tokio::test]
async fn neither_a_page_nor_the_common_address_may_send_passwords() {
    let workshop = Workshop::new();
    let pairs = [
        ("client_id", &*CLIENT.to_string()),
        ("grant_type", "password"),
    ];
    let page = workshop.token(Some(SPA), &pairs).await;
    page.assert_error("invalid_request", 9_002_326);
    workshop.register(CLIENT, |client| {
        client.sign_in_audience = crate::directory::SignInAudience::AzureADMultipleOrgs;
    });
    let common = workshop.post("/common/oauth2/v2.0/token", &pairs).await;
    common.assert_error("invalid_request", 9_001_023);
}
