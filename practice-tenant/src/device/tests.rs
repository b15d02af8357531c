use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;

use crate::directory::seed::{API, CLIENT, DAEMON, TENANT};
use crate::testing::{Answer, Browser, ORIGIN, SPA, Workshop, opened};

const URN: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A device that has asked for its codes.
struct Device<'w> {
    workshop: &'w Workshop,
    codes: Value,
}

impl<'w> Device<'w> {
    async fn new(workshop: &'w Workshop) -> Self {
        let scope = format!("openid profile offline_access api://{API}/access_as_user");
        let pairs = [("client_id", &*CLIENT.to_string()), ("scope", &scope)];
        let answer = workshop
            .post(&format!("/{TENANT}/oauth2/v2.0/devicecode"), &pairs)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        Self {
            workshop,
            codes: answer.json(),
        }
    }

    fn code(&self, name: &str) -> &str {
        self.codes[name].as_str().unwrap()
    }

    async fn poll(&self) -> Answer {
        self.poll_as(CLIENT, URN).await
    }

    async fn poll_as(&self, client: uuid::Uuid, grant_type: &str) -> Answer {
        let pairs = [
            ("client_id", &*client.to_string()),
            ("grant_type", grant_type),
            ("device_code", self.code("device_code")),
        ];
        self.workshop.token(None, &pairs).await
    }

    /// Types the code and signs in, up to the question whether it was meant.
    async fn confirm(&self, browser: &mut Browser<'_>, name: &str) -> Answer {
        let page = browser.get("/devicelogin").await;
        assert!(
            page.attribute("id=\"otc\"", "name").is_some(),
            "{}",
            page.body
        );
        let page = browser
            .post("/devicelogin", &[("otc", self.code("user_code"))])
            .await;
        let page = browser.log_in(page, name).await;
        assert!(
            page.body
                .contains("Are you trying to sign in to workshop-client?"),
            "{}",
            page.body
        );
        page
    }

    async fn approve(&self, browser: &mut Browser<'_>, name: &str) -> Answer {
        let page = self.confirm(browser, name).await;
        let page = browser.submit(&page, &[("continue", "Continue")]).await;
        if page.attribute("accept", "value").is_some() {
            return browser.submit(&page, &[("accept", "Accept")]).await;
        }
        page
    }
}

#[tokio::test]
async fn a_device_gets_its_tokens_once_a_person_has_typed_the_code_and_consented() {
    let workshop = Workshop::new();
    let device = Device::new(&workshop).await;
    let page = format!("{ORIGIN}/devicelogin");
    assert_eq!(device.code("verification_uri"), page);
    assert_eq!(device.codes["expires_in"], 900);
    assert_eq!(device.codes["interval"], 5);
    let user_code = device.code("user_code");
    assert_eq!(user_code.len(), 9);
    assert_eq!(
        device.code("message"),
        format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        )
    );
    assert_eq!(device.codes.as_object().unwrap().len(), 6);

    let pending = device.poll().await;
    assert_eq!(pending.status, StatusCode::BAD_REQUEST);
    pending.assert_error("authorization_pending", 70016);

    let mut browser = Browser::new(&workshop);
    let done = device.approve(&mut browser, "mara").await;
    assert!(
        done.body
            .contains("You have signed in to the workshop-client application")
    );
    assert!(done.body.contains("close this window"), "{}", done.body);

    let answer = device.poll().await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let body = answer.json();
    let (_, claims) = opened(&body["access_token"]);
    assert_eq!(claims["scp"], "access_as_user");
    assert_eq!(claims["azpacr"], "0");
    assert!(body["id_token"].is_string() && body["refresh_token"].is_string());
    device.poll().await.assert_error("invalid_grant", 54005);

    let refresh = [
        ("client_id", &*CLIENT.to_string()),
        ("grant_type", "refresh_token"),
        ("refresh_token", body["refresh_token"].as_str().unwrap()),
    ];
    let refreshed = workshop.token(None, &refresh).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.body);
}

#[tokio::test]
async fn the_grant_type_has_a_short_name_as_well() {
    let workshop = Workshop::new();
    let device = Device::new(&workshop).await;
    device.approve(&mut Browser::new(&workshop), "mara").await;
    let answer = device.poll_as(CLIENT, "device_code").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn a_code_is_typed_in_small_letters_with_gaps_and_at_entras_own_address() {
    let workshop = Workshop::new();
    let device = Device::new(&workshop).await;
    let code = device.code("user_code").to_lowercase();
    let typed = format!(" {}-{} ", &code[..4], &code[4..]);
    let mut browser = Browser::new(&workshop);
    let page = browser
        .post("/common/oauth2/deviceauth", &[("otc", &typed)])
        .await;
    assert!(page.body.contains("i0116"), "{}", page.body);
}

#[tokio::test]
async fn who_is_signed_in_already_is_asked_before_the_device_is() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    browser.sign_in_as("mara").await;
    let device = Device::new(&workshop).await;
    let page = browser
        .post("/devicelogin", &[("otc", device.code("user_code"))])
        .await;
    assert!(
        page.body.contains("Are you trying to sign in"),
        "{}",
        page.body
    );
    device
        .poll()
        .await
        .assert_error("authorization_pending", 70016);
}

#[tokio::test]
async fn a_device_is_told_that_the_person_declined() {
    for at_consent in [false, true] {
        let workshop = Workshop::new();
        let device = Device::new(&workshop).await;
        let mut browser = Browser::new(&workshop);
        let mut page = device.confirm(&mut browser, "mara").await;
        if at_consent {
            page = browser.submit(&page, &[("continue", "Continue")]).await;
        }
        let page = browser.submit(&page, &[("cancel", "Cancel")]).await;
        assert!(
            page.body.contains("You have not signed in"),
            "{}",
            page.body
        );
        let declined = device.poll().await;
        declined.assert_error("authorization_declined", 70018);
    }
}

#[tokio::test]
async fn a_code_nobody_typed_in_time_has_expired_for_both_sides() {
    let workshop = Workshop::new();
    let device = Device::new(&workshop).await;
    let mut browser = Browser::new(&workshop);
    let page = device.confirm(&mut browser, "mara").await;
    workshop.clock.advance(Duration::from_secs(900));
    device.poll().await.assert_error("expired_token", 70020);
    let page = browser.submit(&page, &[("continue", "Continue")]).await;
    let page = browser.submit(&page, &[("accept", "Accept")]).await;
    assert!(page.body.contains("This code is over"), "{}", page.body);
    let again = [("otc", device.code("user_code"))];
    let page = browser.post("/devicelogin", &again).await;
    assert!(
        page.body.contains("That code is not known"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn an_unknown_device_code_and_one_of_another_client_are_the_same() {
    let workshop = Workshop::new();
    workshop.register(DAEMON, |daemon| {
        daemon.is_fallback_public_client = Some(true);
    });
    let device = Device::new(&workshop).await;
    let foreign = device.poll_as(DAEMON, URN).await;
    foreign.assert_error("bad_verification_code", 70018);
    let pairs = [
        ("client_id", &*CLIENT.to_string()),
        ("grant_type", URN),
        ("device_code", "made-up"),
    ];
    let unknown = workshop.token(None, &pairs).await;
    unknown.assert_error("bad_verification_code", 70018);
    let none = workshop.token(None, &pairs[..2]).await;
    none.assert_error("invalid_request", 900_144);
}

#[tokio::test]
async fn a_client_that_allows_no_public_flows_must_prove_itself() {
    let workshop = Workshop::new();
    workshop.register(CLIENT, |client| client.is_fallback_public_client = None);
    let device = Device::new(&workshop).await;
    let refused = device.poll().await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    refused.assert_error("invalid_client", 7_000_218);
}

#[tokio::test]
async fn a_page_must_not_ask_for_a_devices_tokens() {
    let workshop = Workshop::new();
    let device = Device::new(&workshop).await;
    let pairs = [
        ("client_id", &*CLIENT.to_string()),
        ("grant_type", URN),
        ("device_code", device.code("device_code")),
    ];
    let refused = workshop.token(Some(SPA), &pairs).await;
    refused.assert_error("invalid_request", 9_002_326);
}

#[tokio::test]
async fn a_request_for_codes_is_checked_like_any_other() {
    let workshop = Workshop::new();
    let path = format!("/{TENANT}/oauth2/v2.0/devicecode");
    let client = ("client_id", &*CLIENT.to_string());
    for (pairs, error, code) in [
        (vec![], "invalid_request", 900_144),
        (vec![client], "invalid_request", 900_144),
        (
            vec![client, ("scope", "Nothing.Read")],
            "invalid_client",
            650_053,
        ),
        (
            vec![
                ("client_id", "c1000000-0000-4000-8000-0000000000ff"),
                ("scope", "openid"),
            ],
            "unauthorized_client",
            700_016,
        ),
    ] {
        workshop.post(&path, &pairs).await.assert_error(error, code);
    }
    let common = workshop
        .post(
            "/common/oauth2/v2.0/devicecode",
            &[client, ("scope", "openid")],
        )
        .await;
    common.assert_error("invalid_request", 50194);
    let wrong = workshop.get(&path).await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(wrong.header(header::ALLOW), Some("POST"));
    wrong.assert_error("invalid_request", 900_561);
}

#[tokio::test]
async fn wrong_codes_cannot_be_tried_for_long_and_the_right_one_works_a_minute_later() {
    let workshop = Workshop::new();
    let device = Device::new(&workshop).await;
    let mut browser = Browser::new(&workshop);
    for _ in 0..100 {
        let page = browser.post("/devicelogin", &[("otc", "AAAAAAAAA")]).await;
        assert!(
            page.body.contains("That code is not known"),
            "{}",
            page.body
        );
    }
    let right = [("otc", device.code("user_code"))];
    let page = browser.post("/devicelogin", &right).await;
    assert!(page.body.contains("Too many wrong codes"), "{}", page.body);
    workshop.clock.advance(Duration::from_secs(60));
    let page = browser.post("/devicelogin", &right).await;
    assert!(page.body.contains("i0116"), "{}", page.body);
}

#[tokio::test]
async fn another_sites_page_cannot_type_a_code() {
    let workshop = Workshop::new();
    let device = Device::new(&workshop).await;
    let body = format!("otc={}", device.code("user_code"));
    let forged = Request::post("/devicelogin")
        .header(header::ORIGIN, "http://localhost:9999")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = workshop.send(forged.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_device_of_version_one_names_a_resource_and_is_answered_in_strings() {
    let workshop = Workshop::new();
    let (client, api) = (CLIENT.to_string(), format!("api://{API}"));
    let path = format!("/{TENANT}/oauth2/devicecode");
    let pairs = [("client_id", client.as_str()), ("resource", &api)];
    let answer = workshop.post(&path, &pairs).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let codes = answer.json();
    assert_eq!(codes["verification_url"], format!("{ORIGIN}/devicelogin"));
    assert_eq!(codes.get("verification_uri"), None);
    assert_eq!(
        (&codes["expires_in"], &codes["interval"]),
        (&"900".into(), &"5".into())
    );
    let device = Device {
        workshop: &workshop,
        codes,
    };
    device.approve(&mut Browser::new(&workshop), "mara").await;
    let pairs = [
        ("client_id", client.as_str()),
        ("grant_type", "device_code"),
        ("code", device.code("device_code")),
        ("resource", &api),
    ];
    let answer = workshop
        .post(&format!("/{TENANT}/oauth2/token"), &pairs)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.json()["resource"], api);
    let none = workshop.post(&path, &pairs[..1]).await;
    none.assert_error("invalid_request", 900_144);
}

#[tokio::test]
async fn a_web_page_gets_no_device_code() {
    let workshop = Workshop::new();
    let client = CLIENT.to_string();
    let pairs = [("client_id", client.as_str()), ("scope", "openid")];
    let origin = Some("http://evil.example");
    let refused = workshop
        .token_at("oauth2/v2.0/devicecode", origin, &pairs)
        .await;
    refused.assert_error("invalid_request", 9_002_326);
}
