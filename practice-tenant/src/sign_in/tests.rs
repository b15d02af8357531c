use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use std::collections::BTreeSet;
use std::time::Duration;

use crate::directory::{GRAPH, Permission, SignInAudience, seed};
use crate::testing::{Browser, DESKTOP, ORIGIN, Workshop, authorize_path, form};

#[tokio::test]
async fn the_pages_follow_one_another_and_end_at_the_client_with_a_code() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);

    let page = browser.authorize(&[]).await;
    assert_eq!(
        page.attribute("id=\"i0116\"", "name").as_deref(),
        Some("loginfmt")
    );
    assert_eq!(
        page.attribute("id=\"i0116\"", "type").as_deref(),
        Some("email")
    );
    assert_eq!(
        page.attribute("id=\"idSIButton9\"", "value").as_deref(),
        Some("Next")
    );
    assert!(page.body.contains("Never type a real password here"));

    let page = browser
        .submit(&page, &[("loginfmt", "MARA@juniperharbour.example")])
        .await;
    assert_eq!(
        page.attribute("id=\"i0118\"", "name").as_deref(),
        Some("passwd")
    );
    assert_eq!(
        page.attribute("id=\"idSIButton9\"", "value").as_deref(),
        Some("Sign in")
    );
    assert!(page.body.contains("id=\"idA_PWD_ForgotPassword\""));
    assert!(page.body.contains("id=\"idBtn_Back\""));

    let page = browser
        .submit(&page, &[("passwd", "Practice-Mara-1")])
        .await;
    assert!(page.body.contains("id=\"kmsiTitle\""));
    assert!(page.body.contains("id=\"KmsiCheckboxField\""));
    assert_eq!(
        page.attribute("id=\"idBtn_Back\"", "value").as_deref(),
        Some("No")
    );

    let page = browser.submit(&page, &[("no", "No")]).await;
    assert!(page.body.contains("workshop-client") && page.body.contains("unverified"));
    assert!(page.body.contains("Use the workshop API as you"));
    assert!(page.body.contains("Maintain access to data"));
    assert_eq!(
        page.attribute("id=\"idSIButton9\"", "value").as_deref(),
        Some("Accept")
    );

    let answer = browser.submit(&page, &[("accept", "Accept")]).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let location = answer.header(header::LOCATION).unwrap();
    assert!(
        location.starts_with("http://localhost:3000/#code=1.A"),
        "{location}"
    );
    let answer = answer.redirected();
    assert_eq!(answer["state"], "a state & more");
    assert!(answer.contains_key("session_state"));
}

#[tokio::test]
async fn every_page_says_where_its_form_may_go_and_may_not_be_framed_or_kept() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[]).await;
    let policy = page.header(header::CONTENT_SECURITY_POLICY).unwrap();
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "form-action 'self' http://localhost:3000;",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("script-src"));
    assert_eq!(page.header(header::CACHE_CONTROL), Some("no-store"));
    assert_eq!(page.header(header::X_CONTENT_TYPE_OPTIONS), Some("nosniff"));
    assert!(!page.body.contains("<script") && !page.body.contains("style=\""));
}

#[tokio::test]
async fn an_unknown_user_stays_at_the_name_and_a_wrong_password_at_the_password() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[]).await;
    let page = browser
        .submit(&page, &[("loginfmt", "<b>nobody</b>@x.example")])
        .await;
    assert!(page.body.contains("role=\"alert\"") && page.body.contains("may be incorrect"));
    assert!(
        !page.body.contains("<b>nobody"),
        "what was typed is escaped"
    );

    let page = browser
        .submit(&page, &[("loginfmt", "mara@juniperharbour.example")])
        .await;
    for wrong in [&[("passwd", "practice-mara-1")][..], &[]] {
        let page = browser.submit(&page, wrong).await;
        assert!(page.body.contains("role=\"alert\"") && page.body.contains("i0118"));
        assert!(page.body.contains("account or password is incorrect"));
    }
    let page = browser.submit(&page, &[("back", "Back")]).await;
    assert_eq!(
        page.attribute("id=\"i0116\"", "value").as_deref(),
        Some("mara@juniperharbour.example")
    );
}

#[tokio::test]
async fn after_the_browsers_back_button_another_name_can_be_typed() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let first = browser.authorize(&[]).await;
    let address = browser.address.clone();
    let name = |name| [("loginfmt", name)];
    let password = browser
        .submit(&first, &name("mara@juniperharbour.example"))
        .await;
    assert!(password.body.contains("mara@juniperharbour.example"));
    // The page out of the browser's memory, submitted again with another name.
    browser.address.clone_from(&address);
    let password = browser
        .submit(&first, &name("ilya@juniperharbour.example"))
        .await;
    assert!(password.body.contains("ilya@juniperharbour.example"));
    // And the page fetched anew, as `no-store` asks for.
    let again = browser.get(&address).await;
    assert_eq!(
        again.attribute("id=\"i0116\"", "value").as_deref(),
        Some("ilya@juniperharbour.example")
    );
}

#[tokio::test]
async fn a_form_that_is_too_long_is_refused_and_the_sign_in_goes_on() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[]).await;
    let long = "a".repeat(100_000);
    let refused = browser.submit(&page, &[("loginfmt", &long)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    let password = browser
        .submit(&page, &[("loginfmt", "mara@juniperharbour.example")])
        .await;
    assert!(password.body.contains("i0118"));
}

#[tokio::test]
async fn the_second_sign_in_shows_no_page_and_the_user_name_can_be_hinted() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser
        .authorize(&[("login_hint", "mara@juniperharbour.example")])
        .await;
    assert_eq!(
        page.attribute("id=\"i0116\"", "value").as_deref(),
        Some("mara@juniperharbour.example")
    );
    browser.sign_in_as("mara").await;
    for prompt in ["", "none"] {
        let answer = browser.authorize(&[("prompt", prompt)]).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert!(answer.redirected().contains_key("code"));
    }
    let page = browser.authorize(&[("prompt", "login")]).await;
    assert!(page.body.contains("i0116"));
    let page = browser.authorize(&[("prompt", "consent")]).await;
    assert!(page.body.contains("Permissions requested"));
    let silent = [
        ("prompt", "none"),
        ("login_hint", "ilya@juniperharbour.example"),
    ];
    browser
        .authorize(&silent)
        .await
        .assert_redirect_error("login_required", 50058);
}

#[tokio::test]
async fn declining_is_told_to_the_client_and_remembered_by_nobody() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[]).await;
    let page = browser.log_in(page, "mara").await;
    let answer = browser.submit(&page, &[("cancel", "Cancel")]).await;
    answer.assert_redirect_error("access_denied", 65004);
    let page = browser.authorize(&[]).await;
    assert!(page.body.contains("Permissions requested"));
    let silent = browser.authorize(&[("prompt", "none")]).await;
    silent.assert_redirect_error("interaction_required", 65001);
}

#[tokio::test]
async fn consent_is_for_one_user_and_one_scope_unless_an_administrator_gives_it_for_all() {
    let workshop = Workshop::new();
    let mut mara = Browser::new(&workshop);
    mara.sign_in_as("mara").await;
    let more = mara.authorize(&[("scope", "openid User.Read")]).await;
    assert!(more.body.contains("read your profile"));

    let mut ilya = Browser::new(&workshop);
    let page = ilya.authorize(&[]).await;
    let page = ilya.log_in(page, "ilya").await;
    assert!(page.body.contains("Permissions requested"));
    assert!(!page.body.contains("on behalf of your organization"));
    ilya.submit(&page, &[("for_everybody", "true"), ("accept", "Accept")])
        .await;
    let mut ada = Browser::new(&workshop);
    let page = ada.authorize(&[]).await;
    let page = ada.log_in(page, "ada").await;
    assert!(
        page.body.contains("on behalf of your organization"),
        "a member's box means nothing"
    );
    ada.submit(&page, &[("accept", "Accept")]).await;

    let mail = [("scope", "Mail.Read"), ("prompt", "none")];
    mara.authorize(&mail)
        .await
        .assert_redirect_error("interaction_required", 65001);
    let page = ada.authorize(&mail[..1]).await;
    ada.submit(&page, &[("for_everybody", "true"), ("accept", "Accept")])
        .await;
    assert!(
        mara.authorize(&mail)
            .await
            .redirected()
            .contains_key("code")
    );
}

#[tokio::test]
async fn consent_for_the_api_alone_covers_the_words_that_are_in_every_consent() {
    let workshop = Workshop::new();
    workshop.tenant.0.tenant.directory_mut().grant(
        seed::CLIENT,
        None,
        &BTreeSet::from([Permission {
            resource: seed::API,
            value: "access_as_user".into(),
        }]),
        || "g".into(),
    );
    let mut mara = Browser::new(&workshop);
    let page = mara.authorize(&[]).await;
    let answer = mara.log_in(page, "mara").await;
    assert!(answer.redirected().contains_key("code"), "{}", answer.body);
}

#[tokio::test]
async fn every_consent_page_names_what_is_in_every_consent() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let scope = format!("openid api://{}/access_as_user", seed::API);
    let page = browser.authorize(&[("scope", &scope)]).await;
    let page = browser.log_in(page, "mara").await;
    for permission in ["access_as_user", "openid", "profile", "offline_access"] {
        let mark = format!("data-permission=\"{permission}\"");
        assert_eq!(page.body.matches(&mark).count(), 1, "{permission}");
    }
}

#[tokio::test]
async fn what_only_an_administrator_may_grant_needs_one() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let scope = ("scope", "openid Directory.Read.All");
    let page = browser.authorize(&[scope]).await;
    let page = browser.log_in(page, "mara").await;
    assert!(page.body.contains("Need admin approval"));
    let answer = browser.submit(&page, &[("return", "Return without")]).await;
    answer.assert_redirect_error("access_denied", 90094);
    assert_eq!(answer.redirected()["error_subcode"], "cancel");

    let page = browser.authorize(&[scope]).await;
    let page = browser.submit(&page, &[("other_account", "x")]).await;
    let page = browser.log_in(page, "ada").await;
    let answer = browser.submit(&page, &[("accept", "Accept")]).await;
    assert!(answer.redirected().contains_key("code"));
}

#[tokio::test]
async fn of_two_accounts_one_is_picked() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    browser.sign_in_as("mara").await;
    let page = browser.authorize(&[("prompt", "select_account")]).await;
    assert!(
        page.body
            .contains("data-test-id=\"mara@juniperharbour.example\"")
    );
    let page = browser.submit(&page, &[("other", "true")]).await;
    let page = browser.log_in(page, "ilya").await;
    browser.submit(&page, &[("accept", "Accept")]).await;

    let silent = browser.authorize(&[("prompt", "none")]).await;
    silent.assert_redirect_error("interaction_required", 16000);
    let page = browser.authorize(&[]).await;
    assert!(page.body.contains("id=\"otherTile\""));
    let stranger = browser
        .submit(&page, &[("account", "ada@juniperharbour.example")])
        .await;
    assert!(stranger.body.contains("id=\"otherTile\""));
    let answer = browser
        .submit(&stranger, &[("account", "mara@juniperharbour.example")])
        .await;
    assert!(answer.redirected().contains_key("code"));
    let hinted = [
        ("prompt", "none"),
        ("login_hint", "ilya@juniperharbour.example"),
    ];
    assert!(
        browser
            .authorize(&hinted)
            .await
            .redirected()
            .contains_key("code")
    );
}

#[tokio::test]
async fn do_not_show_again_is_remembered_with_its_answer() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[]).await;
    let page = browser
        .submit(&page, &[("loginfmt", "mara@juniperharbour.example")])
        .await;
    let page = browser
        .submit(&page, &[("passwd", "Practice-Mara-1")])
        .await;
    let page = browser
        .submit(&page, &[("yes", "Yes"), ("DontShowAgain", "true")])
        .await;
    browser.submit(&page, &[("accept", "Accept")]).await;
    assert_eq!(browser.cookies["practice-stay-8400"], "yes");

    let page = browser.authorize(&[("prompt", "login")]).await;
    let page = browser
        .submit(&page, &[("loginfmt", "mara@juniperharbour.example")])
        .await;
    let answer = browser
        .submit(&page, &[("passwd", "Practice-Mara-1")])
        .await;
    assert!(answer.redirected().contains_key("code"));
}

#[tokio::test]
async fn signing_in_changes_the_sessions_name() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    browser
        .cookies
        .insert("practice-session-8400".into(), "planted".into());
    browser.sign_in_as("mara").await;
    let first = browser.cookies["practice-session-8400"].clone();
    assert_ne!(first, "planted");
    browser.sign_in_with("mara", &[("prompt", "login")]).await;
    assert_ne!(browser.cookies["practice-session-8400"], first);
    browser
        .cookies
        .insert("practice-session-8400".into(), first);
    let silent = browser.authorize(&[("prompt", "none")]).await;
    silent.assert_redirect_error("login_required", 50058);
}

#[tokio::test]
async fn a_session_ends_after_a_day() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    browser.sign_in_as("mara").await;
    workshop.clock.advance(Duration::from_hours(24));
    let silent = browser.authorize(&[("prompt", "none")]).await;
    silent.assert_redirect_error("login_required", 50058);
}

/// Posts to the first page of a sign-in with the given headers; `%` in the body stands for the form token.
async fn post(workshop: &Workshop, headers: &[(&str, &str)], body: &str) -> StatusCode {
    let begun = workshop.get(&authorize_path(&[])).await;
    let cookie = begun
        .header(header::SET_COOKIE)
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let path = begun.header(header::LOCATION).unwrap().to_owned();
    let page = Request::get(&path)
        .header(header::COOKIE, &cookie)
        .body(Body::empty())
        .unwrap();
    let token = workshop
        .send(page)
        .await
        .attribute("form_token", "value")
        .unwrap();
    let mut request =
        Request::post(&path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, value.replace("{cookie}", &cookie));
    }
    let body = body.replace("{token}", &token);
    workshop
        .send(request.body(body.into()).unwrap())
        .await
        .status
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let workshop = Workshop::new();
    let mara = "form_token={token}&loginfmt=mara%40juniperharbour.example";
    let cookie = ("cookie", "{cookie}");
    let accepted = [
        vec![cookie, ("origin", ORIGIN)],
        vec![cookie, ("sec-fetch-site", "same-origin")],
        vec![cookie],
    ];
    for headers in accepted {
        assert_eq!(
            post(&workshop, &headers, mara).await,
            StatusCode::SEE_OTHER,
            "{headers:?}"
        );
    }
    let refused = [
        vec![cookie, ("origin", "http://localhost:9999")],
        vec![cookie, ("origin", "null")],
        vec![cookie, ("origin", ORIGIN), ("origin", "null")],
        vec![cookie, ("sec-fetch-site", "same-site")],
        vec![cookie, ("sec-fetch-site", "cross-site")],
    ];
    for headers in refused {
        assert_eq!(
            post(&workshop, &headers, mara).await,
            StatusCode::FORBIDDEN,
            "{headers:?}"
        );
    }
    for body in [
        "loginfmt=a",
        "form_token=x&loginfmt=a",
        "form_token={token}&a=1&a=2",
        "",
    ] {
        let headers = [cookie, ("origin", ORIGIN)];
        assert_eq!(
            post(&workshop, &headers, body).await,
            StatusCode::FORBIDDEN,
            "{body}"
        );
    }
    for other in [
        "practice-browser-8400=other",
        "practice-browser-8401={cookie}",
    ] {
        let headers = [("cookie", other), ("origin", ORIGIN)];
        assert_eq!(
            post(&workshop, &headers, mara).await,
            StatusCode::BAD_REQUEST,
            "{other}"
        );
    }
}

#[tokio::test]
async fn a_sign_in_is_over_once_answered_or_after_half_an_hour() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[]).await;
    let page = browser.log_in(page, "mara").await;
    browser.submit(&page, &[("accept", "Accept")]).await;
    let again = browser.submit(&page, &[("accept", "Accept")]).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.body.contains("This sign-in is over"));

    let page = browser.authorize(&[("prompt", "login")]).await;
    workshop.clock.advance(Duration::from_mins(30));
    let late = browser
        .submit(&page, &[("loginfmt", "mara@juniperharbour.example")])
        .await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn steps_cannot_be_skipped() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let begun = workshop.get(&authorize_path(&[])).await;
    let path = begun
        .header(header::LOCATION)
        .unwrap()
        .replace("username", "consent");
    let cookie = begun
        .header(header::SET_COOKIE)
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let (name, value) = cookie.split_once('=').unwrap();
    browser.cookies.insert(name.to_owned(), value.to_owned());
    let page = browser.get(&path).await;
    assert!(page.body.contains("i0116"));
    let token = page.attribute("form_token", "value").unwrap();
    let body = form(&[("form_token", &token), ("accept", "Accept")]);
    let request = Request::post(&path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = workshop.send(request.body(body.into()).unwrap()).await;
    assert!(
        answer
            .header(header::LOCATION)
            .unwrap()
            .ends_with("/username")
    );
}

#[tokio::test]
async fn two_sign_ins_in_one_browser_do_not_disturb_each_other() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let first = workshop.get(&authorize_path(&[])).await;
    let cookie = first
        .header(header::SET_COOKIE)
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let (name, value) = cookie.split_once('=').unwrap();
    browser.cookies.insert(name.to_owned(), value.to_owned());
    browser.authorize(&[]).await;
    let page = browser.get(first.header(header::LOCATION).unwrap()).await;
    assert!(page.body.contains("i0116"));
}

#[tokio::test]
async fn an_answer_can_travel_as_a_form() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let changes = [
        ("response_mode", "form_post"),
        ("redirect_uri", DESKTOP),
        ("state", "\"><script>alert(1)</script>"),
        ("client_info", "1"),
    ];
    let page = browser.sign_in_with("mara", &changes).await;
    assert_eq!(
        page.attribute("form method", "action").as_deref(),
        Some(DESKTOP)
    );
    assert!(
        page.attribute("name=\"code\"", "value")
            .unwrap()
            .starts_with("1.A")
    );
    assert!(page.body.contains("name=\"client_info\""));
    assert!(!page.body.contains("<script>alert"));
    let policy = page.header(header::CONTENT_SECURITY_POLICY).unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(
        policy.contains(&format!("form-action 'self' {DESKTOP};")),
        "{policy}"
    );
    assert!(
        workshop
            .get("/assets/continue.js")
            .await
            .body
            .contains("submit()")
    );
}

#[tokio::test]
async fn microsofts_own_command_line_needs_nobodys_consent_and_may_use_organizations() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let client = seed::AZURE_CLI.to_string();
    let path = authorize_path(&[
        ("client_id", &client),
        ("redirect_uri", DESKTOP),
        (
            "scope",
            "https://management.core.windows.net//.default openid profile offline_access",
        ),
    ]);
    let path = path.replace(&seed::TENANT.to_string(), "organizations");
    let page = browser.get(&path).await;
    let answer = browser.log_in(page, "ada").await;
    assert!(answer.redirected().contains_key("code"), "{}", answer.body);
    let directory = workshop.tenant.0.tenant.directory();
    let audience = directory.application(GRAPH).unwrap().sign_in_audience;
    assert_eq!(audience, SignInAudience::AzureADMultipleOrgs);
}

#[tokio::test]
async fn whoever_planted_the_browsers_cookie_cannot_go_on_after_the_password() {
    let workshop = Workshop::new();
    // Another local origin begins a sign-in and plants its cookie, which crosses ports, in the victim's browser.
    let mut attacker = Browser::new(&workshop);
    let page = attacker.authorize(&[]).await;
    let address = attacker.address.clone();
    let mut victim = Browser::new(&workshop);
    victim.cookies.clone_from(&attacker.cookies);
    victim.address.clone_from(&address);
    let password = victim
        .submit(&page, &[("loginfmt", "mara@juniperharbour.example")])
        .await;
    let stay = victim
        .submit(&password, &[("passwd", "Practice-Mara-1")])
        .await;
    assert!(stay.body.contains("kmsiTitle"));

    let stolen = attacker.get(&address).await;
    assert!(!stolen.body.contains("kmsiTitle"), "{}", stolen.body);
    assert_eq!(stolen.status, StatusCode::BAD_REQUEST);
    // The person goes on undisturbed.
    let consent = victim.submit(&stay, &[("no", "No")]).await;
    assert!(consent.body.contains("workshop-client"));
}
