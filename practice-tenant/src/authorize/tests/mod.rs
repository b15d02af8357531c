mod from_here;
mod version_one;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use proptest::prelude::*;

use crate::directory::seed::{API, CLIENT, TENANT};
use crate::testing::{Browser, DESKTOP, Pairs, SPA, Workshop, authorize_path, form, redemption};

#[tokio::test]
async fn what_makes_the_redirect_untrustworthy_is_shown_on_a_page() {
    let workshop = Workshop::new();
    let cases: &[(Pairs<'_>, u32)] = &[
        (&[("client_id", "")], 900_144),
        (&[("client_id", "not-a-guid")], 700_016),
        (
            &[("client_id", "c1000000-0000-4000-8000-0000000000ff")],
            700_016,
        ),
        (
            &[("client_id", "00000000-0000-0000-0000-000000000000")],
            700_038,
        ),
        (&[("redirect_uri", "")], 900_971),
        (
            &[("client_id", "c1000000-0000-4000-8000-000000000003")],
            900_971,
        ),
        (&[("redirect_uri", "http://localhost:3000/callback")], 50011),
        (&[("redirect_uri", "https://evil.example/<script>")], 50011),
        (&[("redirect_uri", "javascript:alert(1)")], 50011),
    ];
    for (changes, code) in cases {
        let page = workshop.get(&authorize_path(changes)).await;
        page.assert_page_error(*code);
        assert!(page.body.contains("Correlation ID") && !page.body.contains("<script>"));
    }
    let twice = format!("{}&client_id=x", authorize_path(&[]));
    workshop.get(&twice).await.assert_page_error(9_000_411);
    let long = format!("{}&x={}", authorize_path(&[]), "a".repeat(20_000));
    workshop.get(&long).await.assert_page_error(90015);
    let path = authorize_path(&[]);
    for (tenant, code) in [
        ("nowhere", 90002),
        ("common", 50194),
        ("organizations", 50194),
    ] {
        let path = path.replace(&TENANT.to_string(), tenant);
        workshop.get(&path).await.assert_page_error(code);
    }
}

#[tokio::test]
async fn any_other_refusal_goes_to_the_client_with_its_state() {
    let workshop = Workshop::new();
    let unknown_scope = format!("api://{API}/nothing");
    let cases: &[(Pairs<'_>, &str, u32)] = &[
        (&[("response_type", "")], "invalid_request", 900_144),
        (
            &[("response_type", "token")],
            "unsupported_response_type",
            700_051,
        ),
        (
            &[("response_type", "code id_token")],
            "unsupported_response_type",
            700_054,
        ),
        (
            &[("response_type", "magic")],
            "unsupported_response_type",
            70005,
        ),
        (&[("scope", "")], "invalid_request", 900_144),
        (
            &[("scope", "api://nobody/access_as_user")],
            "invalid_resource",
            500_011,
        ),
        (&[("scope", &unknown_scope)], "invalid_client", 650_053),
        (&[("scope", "openid\u{7}")], "invalid_scope", 70011),
        (&[("prompt", "sometimes")], "invalid_request", 90023),
        (&[("code_challenge", "")], "invalid_request", 9_002_325),
        (
            &[("code_challenge_method", "")],
            "invalid_request",
            9_002_325,
        ),
        (
            &[("code_challenge_method", "S512")],
            "invalid_request",
            50149,
        ),
        (&[("code_challenge", "short")], "invalid_request", 501_491),
        (&[("prompt", "none")], "login_required", 50058),
    ];
    for (changes, error, code) in cases {
        let answer = workshop.get(&authorize_path(changes)).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        answer.assert_redirect_error(error, *code);
        let pairs = answer.redirected();
        assert_eq!(pairs["state"], "a state & more");
        assert_eq!(
            pairs["error_uri"],
            format!("http://localhost:8400/error?code={code}")
        );
        assert!(
            answer
                .header(header::LOCATION)
                .unwrap()
                .starts_with("http://localhost:3000/#")
        );
    }
    let mode = workshop
        .get(&authorize_path(&[("response_mode", "telepathy")]))
        .await;
    mode.assert_redirect_error("invalid_request", 70007);
    assert!(
        mode.header(header::LOCATION)
            .unwrap()
            .starts_with("http://localhost:3000/?error=")
    );
}

#[tokio::test]
async fn the_desktop_app_is_answered_in_the_query_on_the_port_it_chose() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let changes = [
        ("redirect_uri", DESKTOP),
        ("response_mode", ""),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ];
    let answer = browser.sign_in_with("mara", &changes).await;
    let location = answer.header(header::LOCATION).unwrap();
    assert!(
        location.starts_with("http://localhost:51234/?code=1.A"),
        "{location}"
    );
}

#[tokio::test]
async fn a_posted_request_is_the_same_request() {
    let workshop = Workshop::new();
    let path = authorize_path(&[("prompt", "none")]);
    let (path, query) = path.split_once('?').unwrap();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(query.to_owned()))
        .unwrap();
    let redirect = workshop.send(request).await;
    assert_eq!(redirect.status, StatusCode::SEE_OTHER);
    // A query alone: the reference stays at this address whatever the path looks like.
    let location = redirect.header(header::LOCATION).unwrap();
    assert!(location.starts_with('?'), "{location}");
    let answer = workshop.get(&format!("{path}{location}")).await;
    answer.assert_redirect_error("login_required", 50058);
}

#[tokio::test]
async fn other_methods_and_oversize_bodies_are_refused() {
    let workshop = Workshop::new();
    let path = authorize_path(&[]);
    let put = Request::put(&path).body(Body::empty()).unwrap();
    let answer = workshop.send(put).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    answer.assert_page_error(900_561);
    for size in [20_000, 100_000] {
        let post = Request::post(&path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("x={}", "a".repeat(size))))
            .unwrap();
        workshop.send(post).await.assert_page_error(90015);
    }
}

#[tokio::test]
async fn a_blank_scope_asks_for_nothing_and_gets_nothing() {
    let workshop = Workshop::new();
    let answer = workshop.get(&authorize_path(&[("scope", " ")])).await;
    answer.assert_redirect_error("invalid_scope", 70011);
}

#[tokio::test]
async fn a_body_that_is_no_form_never_reaches_the_address() {
    let workshop = Workshop::new();
    let post = Request::post(authorize_path(&[]))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"client_id":"x"}"#))
        .unwrap();
    let answer = workshop.send(post).await;
    answer.assert_page_error(9_002_313);
    assert_eq!(answer.header(header::LOCATION), None);
}

#[tokio::test]
async fn a_state_comes_back_without_html() {
    let workshop = Workshop::new();
    let changes = [("prompt", "none"), ("state", "a<img src=x>b")];
    let answer = workshop.get(&authorize_path(&changes)).await;
    assert_eq!(answer.redirected()["state"], "ab");
}

#[tokio::test]
async fn a_hint_is_a_name_or_the_claim_of_that_name_and_does_not_go_with_the_picker() {
    let workshop = Workshop::new();
    let hint = {
        let directory = workshop.tenant.0.tenant.directory();
        let ilya = directory.user_named("ilya@juniperharbour.example").unwrap();
        ilya.login_hint()
    };
    let page = Browser::new(&workshop)
        .authorize(&[("login_hint", &hint)])
        .await;
    assert_eq!(
        page.attribute("id=\"i0116\"", "value").as_deref(),
        Some("ilya@juniperharbour.example")
    );
    let changes = [("login_hint", hint.as_str()), ("prompt", "select_account")];
    let answer = workshop.get(&authorize_path(&changes)).await;
    answer.assert_redirect_error("invalid_request", 90023);
}

#[tokio::test]
async fn of_several_accounts_the_session_tells_which_is_meant() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    browser.sign_in_as("mara").await;
    let ilya = browser
        .sign_in_with("ilya", &[("prompt", "login")])
        .await
        .redirected();
    let silent = [("prompt", "none"), ("client_info", "1")];
    let answer = browser.authorize(&silent).await;
    answer.assert_redirect_error("interaction_required", 16000);
    let meant = [&silent[..], &[("sid", &*ilya["session_state"])]].concat();
    let answer = browser.authorize(&meant).await.redirected();
    assert_eq!(answer["session_state"], ilya["session_state"]);
}

#[tokio::test]
async fn an_app_that_wants_assignment_lets_in_only_whom_it_knows() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let code = browser.sign_in_as("mara").await.redirected()["code"].clone();
    let wants_assignment = |wanted| {
        workshop.change(|directory| {
            let api = directory.service_principal_mut(API).unwrap();
            api.app_role_assignment_required = wanted;
        });
    };
    wants_assignment(true);
    let answer = browser.authorize(&[]).await;
    answer.assert_redirect_error("access_denied", 50105);
    let description = &answer.redirected()["error_description"];
    assert!(
        description.contains("'mara@juniperharbour.example' is blocked"),
        "{description}"
    );
    let redeemed = workshop.token(Some(SPA), &redemption(&code, &[])).await;
    redeemed.assert_error("invalid_grant", 50105);
    let answer = Browser::new(&workshop).sign_in_as("ilya").await;
    assert!(answer.redirected().contains_key("code"), "Ilya has a role");
    wants_assignment(false);
    assert!(
        browser
            .authorize(&[])
            .await
            .redirected()
            .contains_key("code")
    );
}

#[tokio::test]
async fn a_resource_must_be_a_member_of_the_tenant() {
    let workshop = Workshop::new();
    workshop.change(|directory| {
        let principals = &mut directory.service_principals;
        principals.retain(|principal| principal.app_id != API);
    });
    let answer = workshop.get(&authorize_path(&[])).await;
    answer.assert_redirect_error("invalid_client", 650_052);
}

#[tokio::test]
async fn where_users_may_not_consent_everything_waits_for_an_administrator() {
    let workshop = Workshop::new();
    workshop.change(|directory| {
        let policy = &mut directory.authorization_policy;
        let permissions = &mut policy.default_user_role_permissions;
        permissions.permission_grant_policies_assigned.clear();
    });
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[]).await;
    let page = browser.log_in(page, "mara").await;
    assert!(page.body.contains("admin approval"), "{}", page.body);
    let answer = browser.submit(&page, &[("cancel", "Cancel")]).await;
    answer.assert_redirect_error("access_denied", 90094);
}

#[tokio::test]
async fn an_app_that_is_switched_off_lets_nobody_in() {
    let workshop = Workshop::new();
    workshop.change(|directory| {
        let client = directory.service_principal_mut(CLIENT).unwrap();
        client.account_enabled = false;
    });
    let page = workshop.get(&authorize_path(&[])).await;
    page.assert_page_error(7_000_112);
}

#[tokio::test]
async fn the_clients_request_id_becomes_the_correlation_id() {
    let workshop = Workshop::new();
    let id = "0f0f0f0f-1111-4222-8333-444444444444";
    let path = authorize_path(&[("client-request-id", id), ("prompt", "none")]);
    let answer = workshop.get(&path).await;
    assert_eq!(answer.header("client-request-id"), Some(id));
    let description = &answer.redirected()["error_description"];
    assert!(
        description.contains(&format!(" Correlation ID: {id} ")),
        "{description}"
    );
    let junk = workshop
        .get(&authorize_path(&[("client-request-id", "junk")]))
        .await;
    assert_eq!(junk.header("client-request-id"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn junk_is_never_the_servers_fault(
        name in "[a-z_]{1,14}|client_id|redirect_uri|response_mode|state|nonce|prompt|login_hint",
        value in "\\PC{0,40}",
        raw in "[ -~]{0,60}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let workshop = shared_workshop();
        let path = format!("/{TENANT}/oauth2/v2.0/authorize?");
        let changed = authorize_path(&[(name.as_str(), value.as_str())]);
        let raw: String = raw.chars().filter(|c| !" \"<>\\^`{|}#".contains(*c)).collect();
        for path in [changed, format!("{path}{raw}"), format!("{path}{}", form(&[(&name, &value)]))] {
            let answer = runtime.block_on(workshop.get(&path));
            prop_assert!(!answer.status.is_server_error(), "{path}");
        }
    }
}

fn shared_workshop() -> &'static Workshop {
    static WORKSHOP: std::sync::OnceLock<Workshop> = std::sync::OnceLock::new();
    WORKSHOP.get_or_init(Workshop::new)
}
