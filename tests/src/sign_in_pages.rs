//! The practice tenant's pages, operated by the element ids that people's Entra test scripts use.

use anyhow::{Result, ensure};

use crate::browser::Browser;

/// Somebody who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// Types the user name and goes on.
pub async fn enter_username(browser: &Browser, username: &str) -> Result<()> {
    browser
        .element("input[type=email][name=loginfmt]#i0116")
        .await?
        .send_keys(username)
        .await?;
    press(browser, "#idSIButton9").await
}

/// Types the password and signs in.
pub async fn enter_password(browser: &Browser, password: &str) -> Result<()> {
    let field = browser
        .element("input[type=password][name=passwd]#i0118")
        .await?;
    browser.element("#idA_PWD_ForgotPassword").await?;
    field.send_keys(password).await?;
    press(browser, "#idSIButton9").await
}

/// Answers "Stay signed in?" with No.
pub async fn do_not_stay_signed_in(browser: &Browser) -> Result<()> {
    browser.element("#kmsiTitle").await?;
    browser.element("#KmsiCheckboxField").await?;
    press(browser, "#idBtn_Back").await
}

/// Waits for the consent page and returns what it shows.
pub async fn consent_page(browser: &Browser) -> Result<String> {
    consent_page_of(browser, "workshop-client").await
}

/// Waits for the consent page of an application and returns what it shows.
pub async fn consent_page_of(browser: &Browser, application: &str) -> Result<String> {
    browser.sees(application).await?;
    let accept = browser.element("#idSIButton9").await?;
    let label = accept.value().await?.unwrap_or_default();
    ensure!(label == "Accept", "the button says {label:?}, not Accept");
    browser.text().await
}

/// Accepts on the consent page.
pub async fn accept(browser: &Browser) -> Result<()> {
    consent_page(browser).await?;
    press(browser, "#idSIButton9").await
}

/// Cancels on the consent page.
pub async fn decline(browser: &Browser) -> Result<()> {
    consent_page(browser).await?;
    press(browser, "#idBtn_Back").await
}

/// User name, password, "Stay signed in?": all but consent.
pub async fn sign_in(browser: &Browser, person: &Person) -> Result<()> {
    enter_username(browser, &person.username).await?;
    enter_password(browser, &person.password).await?;
    do_not_stay_signed_in(browser).await
}

/// Clicks an element, once it is there.
pub async fn press(browser: &Browser, css: &str) -> Result<()> {
    Ok(browser.element(css).await?.click().await?)
}
