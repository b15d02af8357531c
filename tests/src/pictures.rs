//! Pictures of pages, to be looked at by people; what is wider than its window fails at once.

use anyhow::{Result, ensure};

use crate::browser::{Browser, NARROW, Theme, WIDE, Window, screenshots};

/// Takes pictures.
#[derive(Debug)]
pub struct Pictures<'a> {
    /// Of what it shows.
    pub browser: &'a Browser,
}

impl Pictures<'_> {
    /// The page as it stands, in both sizes and both themes; nothing may be wider than its window.
    pub async fn take(&self, name: &str) -> Result<()> {
        for (window, size) in [(WIDE, "wide"), (NARROW, "narrow")] {
            self.browser.resize(window).await?;
            for (theme, colour) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
                self.browser.set_theme(theme).await?;
                self.fits(window, name).await?;
                let path = screenshots()?.join(format!("{name}-{size}-{colour}.png"));
                self.browser.screenshot(&path).await?;
            }
        }
        self.browser.resize(WIDE).await?;
        self.browser.set_theme(Theme::Light).await
    }

    async fn fits(&self, window: Window, name: &str) -> Result<()> {
        let width = self
            .browser
            .evaluate("return document.documentElement.scrollWidth", vec![])
            .await?;
        ensure!(
            width.as_u64() <= Some(window.width.into()),
            "{name} is {width} px wide at {} px",
            window.width
        );
        Ok(())
    }
}
