//! One browser test: a browser, a workshop, and a picture of the window when it goes wrong.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::browser::{Browser, screenshots};
use crate::landscape::Landscape;

/// Tells a story in a fresh browser against a fresh workshop. When it fails, a screenshot named after the story shows
/// what the person saw.
pub async fn tell(
    name: &str,
    story: impl AsyncFnOnce(&Browser, &Landscape) -> Result<()>,
) -> Result<()> {
    let landscape = Landscape::start().await?;
    let browser = Browser::start(Path::new(landscape.ca_certificate()?)).await?;
    let outcome = story(&browser, &landscape).await;
    let outcome = if outcome.is_err() {
        with_picture(name, &browser, outcome).await
    } else {
        outcome
    };
    browser.quit().await?;
    landscape.stop().await;
    outcome
}

async fn with_picture(name: &str, browser: &Browser, outcome: Result<()>) -> Result<()> {
    let path = screenshots()?.join("failures").join(format!("{name}.png"));
    let saved = browser.screenshot(&path).await;
    let hint = match saved {
        Ok(()) => format!("see {}", path.display()),
        Err(error) => format!("no screenshot: {error}"),
    };
    outcome.with_context(|| hint)
}
