//! First light, told in a real browser: a person signs in at the practice tenant, consents, sees the claims, and the
//! API answers 200. Then everything that can go wrong on the way.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::browser::Browser;
use tests::landscape::{Landscape, client};
use tests::pictures::Pictures;
use tests::sign_in_pages::{
    accept, consent_page, decline, do_not_stay_signed_in, enter_password, enter_username, sign_in,
};
use tests::story::tell;
use thirtyfour::prelude::*;

#[tokio::test]
async fn a_person_signs_in_consents_reads_the_claims_and_gets_a_200() -> Result<()> {
    tell("happy_path", async |browser, workshop| {
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?;
        contract_buttons(browser, &["Sign in"]).await?;
        browser.button("Sign in").await?.click().await?;
        let member = workshop.member()?;
        sign_in(browser, &member).await?;
        let consent = consent_page(browser).await?;
        ensure!(consent.contains("Use the workshop API as you"), "{consent}");
        accept(browser).await?;

        browser.sees("access_as_user").await?;
        browser.sees(&member.username).await?;
        let api_client_id = workshop.seeded("/apps/api/clientId")?;
        browser.sees(api_client_id).await?;
        contract_buttons(browser, &["Call the API", "Sign out"]).await?;
        browser.button("Call the API").await?.click().await?;
        browser.sees("200").await?;
        browser.sees("\"status\": \"ok\"").await?;

        nothing_leaked(browser).await?;
        no_complaints(browser).await
    })
    .await
}

#[tokio::test]
async fn declining_consent_is_explained_and_the_way_back_is_open() -> Result<()> {
    tell("declined_consent", async |browser, workshop| {
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?.click().await?;
        sign_in(browser, &workshop.member()?).await?;
        decline(browser).await?;
        browser.sees("AADSTS65004").await?;
        clean_address(browser, workshop).await?;
        // Nobody has signed in to the app, and the person may try again: the tenant still knows them.
        browser.button("Sign in").await?.click().await?;
        accept(browser).await?;
        browser.sees("access_as_user").await
    })
    .await
}

#[tokio::test]
async fn a_wrong_password_is_said_on_the_page_and_may_be_corrected() -> Result<()> {
    tell("wrong_password", async |browser, workshop| {
        let member = workshop.member()?;
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?.click().await?;
        enter_username(browser, &member.username).await?;
        enter_password(browser, "not the password").await?;
        let complaint = browser.element("[role=alert]").await?.text().await?;
        ensure!(complaint.to_lowercase().contains("password"), "{complaint}");
        enter_password(browser, &member.password).await?;
        do_not_stay_signed_in(browser).await?;
        accept(browser).await?;
        browser.sees("access_as_user").await
    })
    .await
}

#[tokio::test]
async fn an_unknown_user_name_is_said_before_any_password_is_asked() -> Result<()> {
    tell("unknown_user", async |browser, workshop| {
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?.click().await?;
        enter_username(browser, "nobody@nowhere.example").await?;
        browser.element("[role=alert]").await?;
        browser.element("#i0116").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_tampered_state_is_refused_and_no_code_is_sent_anywhere() -> Result<()> {
    tell("tampered_state", async |browser, workshop| {
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?.click().await?;
        browser.element("#i0116").await?;
        // What an attacker would do: bring a code of their own to the waiting app.
        browser.open(&format!("{}/#code=stolen-code&state=forged", workshop.web())).await?;
        browser.sees("state").await?;
        browser.element("[role=alert]").await?;
        clean_address(browser, workshop).await?;
        let sent = browser
            .evaluate(
                "return performance.getEntriesByType('resource').filter(e => e.name.includes('/token')).length",
                vec![],
            )
            .await?;
        ensure!(sent == json!(0), "the token endpoint was asked {sent} times");
        browser.button("Sign in").await?;
        no_complaints(browser).await
    })
    .await
}

#[tokio::test]
async fn a_callback_that_nobody_waits_for_is_refused() -> Result<()> {
    tell("unexpected_callback", async |browser, workshop| {
        browser
            .open(&format!(
                "{}/#code=stolen-code&state=forged",
                workshop.web()
            ))
            .await?;
        browser.element("[role=alert]").await?;
        clean_address(browser, workshop).await
    })
    .await
}

#[tokio::test]
async fn a_replayed_code_is_refused_in_words_that_the_app_can_read() -> Result<()> {
    tell("replayed_code", async |browser, workshop| {
        // The browser stops on its way back, so that the code is still unused and the test can use it twice.
        browser.open(workshop.web()).await?;
        let request = authorize_url(workshop)?;
        browser.open(&request).await?;
        sign_in(browser, &workshop.member()?).await?;
        accept(browser).await?;
        let back = browser
            .wait_for_address("a code", |address| address.contains("code="))
            .await?;
        let code = url::Url::parse(&back)?
            .query_pairs()
            .find_map(|(name, value)| (name == "code").then(|| value.into_owned()))
            .unwrap_or_default();

        let redeem = async || -> Result<(u16, bool, serde_json::Value)> {
            let answer = client()?
                .post(token_endpoint(workshop)?)
                .header("Origin", workshop.web())
                .form(&[
                    ("client_id", workshop.seeded("/apps/client/clientId")?),
                    ("grant_type", "authorization_code"),
                    ("code", &code),
                    ("redirect_uri", workshop.web()),
                    ("code_verifier", VERIFIER),
                ])
                .send()
                .await?;
            let readable = answer.headers().contains_key("access-control-allow-origin");
            Ok((answer.status().as_u16(), readable, answer.json().await?))
        };
        let (status, _, tokens) = redeem().await?;
        ensure!(status == 200, "{tokens}");
        let (status, readable, error) = redeem().await?;
        ensure!(
            status == 400 && error["error_codes"] == json!([54005]),
            "{error}"
        );
        ensure!(readable, "a browser app could not read the refusal");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_refused_code_is_explained_in_the_app() -> Result<()> {
    tell("refused_code", async |browser, workshop| {
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?.click().await?;
        browser.element("#i0116").await?;
        // The right state with a code that the tenant never issued.
        let pending = "for (const [, value] of Object.entries(sessionStorage)) { try { const p = JSON.parse(value); \
            if (p && p.verifier && p.state) return p.state; if (p && p.pending) return p.pending.state; } catch {} }";
        browser.open(&format!("{}/config.json", workshop.web())).await?;
        let state = browser.evaluate(pending, vec![]).await?;
        ensure!(state.is_string(), "the app keeps no pending sign-in: {state}");
        let state = state.as_str().unwrap_or_default();
        browser.open(&format!("{}/#code=1.invented&state={state}", workshop.web())).await?;
        browser.sees("AADSTS").await?;
        browser.element("[role=alert]").await?;
        clean_address(browser, workshop).await
    })
    .await
}

#[tokio::test]
async fn a_reload_keeps_the_sign_in_and_signing_out_ends_it_here_and_at_the_tenant() -> Result<()> {
    tell("sign_out", async |browser, workshop| {
        signed_in(browser, workshop).await?;
        browser.reload().await?;
        browser.button("Sign out").await?.click().await?;
        browser
            .wait_for_address("the app", |address| address.starts_with(workshop.web()))
            .await?;
        browser.button("Sign in").await?;
        let kept = browser
            .evaluate("return JSON.stringify(sessionStorage)", vec![])
            .await?
            .to_string();
        ensure!(!kept.contains("eyJ"), "a token is left behind: {kept}");
        // The tenant has forgotten them too: it asks who it is.
        browser.button("Sign in").await?.click().await?;
        browser.element("#i0116").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_second_sign_in_needs_neither_password_nor_consent() -> Result<()> {
    tell("single_sign_on", async |browser, workshop| {
        signed_in(browser, workshop).await?;
        browser.evaluate("sessionStorage.clear()", vec![]).await?;
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?.click().await?;
        browser.sees("access_as_user").await
    })
    .await
}

#[tokio::test]
async fn the_keyboard_is_enough() -> Result<()> {
    tell("keyboard", async |browser, workshop| {
        let member = workshop.member()?;
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?;
        focus_by_tab(browser, "Sign in").await?;
        browser.press(Key::Enter).await?;
        // The pages put the focus where one types.
        browser.element("#i0116").await?;
        type_and_enter(browser, &member.username).await?;
        browser.element("#i0118").await?;
        type_and_enter(browser, &member.password).await?;
        browser.element("#kmsiTitle").await?;
        focus_by_tab(browser, "No").await?;
        browser.press(Key::Enter).await?;
        consent_page(browser).await?;
        focus_by_tab(browser, "Accept").await?;
        browser.press(Key::Enter).await?;
        browser.sees("access_as_user").await?;
        focus_by_tab(browser, "Call the API").await?;
        browser.press(Key::Enter).await?;
        browser.sees("200").await
    })
    .await
}

#[tokio::test]
async fn an_unknown_step_and_an_unknown_path_still_show_the_app() -> Result<()> {
    tell("deep_links", async |browser, workshop| {
        for path in [
            "/steps/ask-for-code",
            "/steps/no-such-step",
            "/no/such/place",
        ] {
            browser.open(&format!("{}{path}", workshop.web())).await?;
            browser.button("Sign in").await?;
        }
        no_complaints(browser).await
    })
    .await
}

#[tokio::test]
async fn the_api_answers_with_reasons_when_the_token_lacks_the_role() -> Result<()> {
    tell("forbidden", async |browser, workshop| {
        signed_in(browser, workshop).await?;
        browser.button("Call the API").await?.click().await?;
        browser.sees("200").await?;
        let endpoint = browser.element("select").await?;
        endpoint.send_keys("/api/service").await?;
        browser.button("Call the API").await?.click().await?;
        browser.sees("403").await
    })
    .await
}

#[tokio::test]
async fn every_page_fits_its_window_and_has_its_picture_taken() -> Result<()> {
    tell("pictures", async |browser, workshop| {
        let pictures = Pictures { browser };
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?;
        pictures.take("1-choose-a-tenant").await?;
        browser.button("Sign in").await?.click().await?;
        browser.element("#i0116").await?;
        pictures.take("tenant-1-user-name").await?;
        let member = workshop.member()?;
        enter_username(browser, &member.username).await?;
        browser.element("#i0118").await?;
        pictures.take("tenant-2-password").await?;
        enter_password(browser, &member.password).await?;
        browser.element("#kmsiTitle").await?;
        pictures.take("tenant-3-stay-signed-in").await?;
        do_not_stay_signed_in(browser).await?;
        consent_page(browser).await?;
        pictures.take("tenant-4-consent").await?;
        accept(browser).await?;
        browser.sees("access_as_user").await?;
        pictures.take("6-read-the-tokens").await?;
        for (step, path) in [
            ("2-ask-for-a-code", "/steps/ask-for-code"),
            ("3-sign-in", "/steps/sign-in"),
            ("4-check-the-answer", "/steps/check-the-answer"),
            ("5-trade-the-code", "/steps/trade-the-code"),
        ] {
            browser
                .element(&format!("nav.rail a[href='{path}']"))
                .await?
                .click()
                .await?;
            browser
                .wait_for_address(path, |address| address.ends_with(path))
                .await?;
            pictures.take(step).await?;
        }
        browser.button("Call the API").await?.click().await?;
        browser.sees("200").await?;
        pictures.take("7-call-the-api").await
    })
    .await
}

async fn signed_in(browser: &Browser, workshop: &Landscape) -> Result<()> {
    browser.open(workshop.web()).await?;
    browser.button("Sign in").await?.click().await?;
    sign_in(browser, &workshop.member()?).await?;
    accept(browser).await?;
    browser.sees("access_as_user").await
}

/// Other people's scripts find buttons by these names, or by a part of them: each stands on the page once.
async fn contract_buttons(browser: &Browser, wanted: &[&str]) -> Result<()> {
    let names = browser.buttons().await?;
    let mut found: Vec<&str> = names.iter().map(String::as_str).collect();
    found.retain(|name| {
        ["Sign in", "Sign out", "Call the API"]
            .iter()
            .any(|contract| name.contains(contract))
    });
    found.sort_unstable();
    ensure!(found == wanted, "the page has the buttons {names:?}");
    Ok(())
}

/// No token in the address, in localStorage or in what the server could have seen; the address is clean.
async fn nothing_leaked(browser: &Browser) -> Result<()> {
    let stored = browser
        .evaluate("return localStorage.length", vec![])
        .await?;
    ensure!(stored == json!(0), "localStorage holds {stored} entries");
    let address = browser.address().await?;
    for secret in ["code=", "state=", "eyJ"] {
        ensure!(!address.contains(secret), "{address}");
    }
    let history = browser.evaluate("return document.cookie", vec![]).await?;
    ensure!(history == json!(""), "the app can read a cookie: {history}");
    Ok(())
}

async fn clean_address(browser: &Browser, workshop: &Landscape) -> Result<()> {
    let address = browser
        .wait_for_address("nothing of the callback", |address| {
            !address.contains("code=") && !address.contains("error=") && !address.contains("state=")
        })
        .await?;
    ensure!(address.starts_with(workshop.web()), "{address}");
    Ok(())
}

async fn no_complaints(browser: &Browser) -> Result<()> {
    let complaints = browser.console_complaints().await?;
    ensure!(
        complaints.is_empty(),
        "the console says:\n{}",
        complaints.join("\n")
    );
    Ok(())
}

/// Presses Tab until the focus is on a control of this name.
async fn focus_by_tab(browser: &Browser, name: &str) -> Result<()> {
    let focused = "const e = document.activeElement; return (e.value || e.innerText || '').trim()";
    for _ in 0..80 {
        if browser.evaluate(focused, vec![]).await? == json!(name) {
            return Ok(());
        }
        browser.press(Key::Tab).await?;
    }
    anyhow::bail!("no way to {name:?} by Tab")
}

async fn type_and_enter(browser: &Browser, text: &str) -> Result<()> {
    browser.type_where_the_focus_is(text).await?;
    browser.press(Key::Enter).await
}

/// The verifier of RFC 7636 Appendix B and its challenge: any will do for a request that the test makes itself.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn token_endpoint(workshop: &Landscape) -> Result<String> {
    Ok(format!(
        "{}/oauth2/v2.0/token",
        workshop.seeded("/tenant/authorityHttp")?
    ))
}

fn authorize_url(workshop: &Landscape) -> Result<String> {
    let scope = format!(
        "openid {}/access_as_user",
        workshop.seeded("/apps/api/identifierUri")?
    );
    let parameters = [
        ("client_id", workshop.seeded("/apps/client/clientId")?),
        ("response_type", "code"),
        ("redirect_uri", workshop.web()),
        ("response_mode", "query"),
        ("scope", &scope),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    Ok(format!(
        "{}/oauth2/v2.0/authorize?{query}",
        workshop.seeded("/tenant/authorityHttp")?
    ))
}
