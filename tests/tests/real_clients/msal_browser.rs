//! `@azure/msal-browser`, as the package delivers it for a `<script>`, in Chromium.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::directory::Directory;
use tests::landscape::Landscape;
use tests::sign_in_pages::{consent_page_of, press, sign_in};
use tests::story::tell;
use tests::web_page::{Served, WebPage};

use crate::stories::{access_token, is_for_the_member, refusal};

#[tokio::test]
async fn msal_browser_auth_code_redirects_and_renews_by_refresh_token_from_http() -> Result<()> {
    tell("msal_browser_redirect", async |browser, workshop| {
        let (page, _served) = registered(workshop, WebPage::plain().await?).await?;
        let first = signed_in(browser, workshop, &page).await?;
        is_for_the_member(workshop, &first).await?;

        press(browser, "#renew").await?;
        let second = said(browser).await?;
        is_for_the_member(workshop, &second).await?;
        ensure!(second["result"]["fromCache"] == false, "{second}");
        ensure!(access_token(&first)? != access_token(&second)?);
        Ok(())
    })
    .await
}

/// Browsers send no cookie to an https frame inside an http page: the page is https too.
#[tokio::test]
async fn msal_browser_sso_in_a_hidden_frame_asks_nobody_from_https() -> Result<()> {
    tell("msal_browser_sso", async |browser, workshop| {
        let (page, _served) = registered(workshop, WebPage::secure(workshop).await?).await?;
        signed_in(browser, workshop, &page).await?;

        // The page forgets everybody; the tenant does not.
        browser.evaluate("sessionStorage.clear()", vec![]).await?;
        let username = workshop.member()?.username;
        let result = silent(browser, &page, &username).await?;
        is_for_the_member(workshop, &result).await
    })
    .await
}

/// Signing out by the library ends the session at the tenant, and the browser comes back.
#[tokio::test]
async fn msal_browser_logout_ends_the_session_and_returns() -> Result<()> {
    tell("msal_browser_logout", async |browser, workshop| {
        let (page, _served) = registered(workshop, WebPage::secure(workshop).await?).await?;
        signed_in(browser, workshop, &page).await?;
        let before = browser.page().await?;
        press(browser, "#logout").await?;
        browser.leaves(&before).await?;
        browser
            .wait_for_address("the page", |address| address.starts_with(&page))
            .await?;
        let username = workshop.member()?.username;
        let (error, _) = refusal(&silent(browser, &page, &username).await?);
        ensure!(error == "login_required", "{error}");
        Ok(())
    })
    .await
}

/// Without a session the hidden frame gets the answer that makes MSAL ask the person.
#[tokio::test]
async fn msal_browser_sso_without_a_session_wants_interaction() -> Result<()> {
    tell("msal_browser_no_session", async |browser, workshop| {
        let (page, _served) = registered(workshop, WebPage::secure(workshop).await?).await?;
        let username = workshop.member()?.username;
        let (error, _) = refusal(&silent(browser, &page, &username).await?);
        ensure!(error == "login_required", "{error}");
        Ok(())
    })
    .await
}

/// Registers the page's redirect URI on the single-page platform of a new application, and serves it.
async fn registered(workshop: &Landscape, page: WebPage) -> Result<(String, Served)> {
    let origin = page.origin().to_owned();
    let application = json!({
        "displayName": "msal-browser",
        "spa": { "redirectUris": [format!("{origin}/redirect.html"), format!("{origin}/")] },
    });
    let registered = Directory::of(workshop).await?.register(application).await?;
    let served = page.serve(&json!({
        "clientId": registered.client_id,
        "authority": workshop.authority()?,
        "scopes": [workshop.api_scope("access_as_user")?],
    }));
    Ok((format!("{origin}/"), served))
}

/// Opens the page, signs the member in by redirect, and returns what the page got.
async fn signed_in(browser: &Browser, workshop: &Landscape, page: &str) -> Result<Value> {
    browser.open(page).await?;
    browser.element("body[data-ready]").await?;
    press(browser, "#redirect").await?;
    sign_in(browser, &workshop.member()?).await?;
    consent_page_of(browser, "msal-browser").await?;
    press(browser, "#idSIButton9").await?;
    said(browser).await
}

/// What the page gets in a hidden frame, without asking anybody.
async fn silent(browser: &Browser, page: &str, username: &str) -> Result<Value> {
    browser.open("about:blank").await?;
    browser.open(&format!("{page}#{username}")).await?;
    browser.element("body[data-ready]").await?;
    press(browser, "#sso").await?;
    said(browser).await
}

/// What the page shows, once it shows something.
async fn said(browser: &Browser) -> Result<Value> {
    browser.sees("{\"result\"").await?;
    let text = browser.element("#said").await?.text().await?;
    Ok(serde_json::from_str(&text)?)
}
