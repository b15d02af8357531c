//! The routine that Entra test scripts share, whatever drives the browser: wait for an element by its ID, type, click,
//! wait for the next page.

use anyhow::{Result, ensure};
use tests::browser::Browser;
use tests::sign_in_pages::press;
use tests::story::tell;

#[tokio::test]
async fn element_ids_auth_code_each_step_is_a_page_of_its_own() -> Result<()> {
    tell("element_ids", async |browser, workshop| {
        let member = workshop.member()?;
        browser.open(workshop.web()).await?;
        browser.button("Sign in").await?.click().await?;

        type_into(browser, "#i0116", &member.username).await?;
        go_on(browser, "#idSIButton9").await?;
        // Back, because it was the wrong person.
        browser.element("#i0118").await?;
        go_on(browser, "#idBtn_Back").await?;
        browser.element("#i0116").await?.clear().await?;
        type_into(browser, "#i0116", &member.username).await?;
        go_on(browser, "#idSIButton9").await?;
        type_into(browser, "#i0118", &member.password).await?;
        go_on(browser, "#idSIButton9").await?;
        browser.element("#KmsiCheckboxField").await?;
        go_on(browser, "#idBtn_Back").await?;
        ensure!(browser.text().await?.contains("Permissions requested"));
        go_on(browser, "#idSIButton9").await?;
        browser
            .wait_for_address("the app", |address| address.starts_with(workshop.web()))
            .await?;
        browser.sees(&member.username).await
    })
    .await
}

async fn type_into(browser: &Browser, css: &str, text: &str) -> Result<()> {
    Ok(browser.element(css).await?.send_keys(text).await?)
}

/// Clicks, and waits for the navigation that such scripts wait for.
async fn go_on(browser: &Browser, css: &str) -> Result<()> {
    let page = browser.page().await?;
    press(browser, css).await?;
    browser.leaves(&page).await
}
