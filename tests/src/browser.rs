//! Chromium, driven through ChromeDriver: each test has its own driver, its own profile and nothing in common with
//! any other.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::command::{Command as DriverCommand, ExtensionCommand};
use thirtyfour::prelude::*;

/// How long anything may take to appear before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(50);

/// A browser with an empty profile.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    // Dropped after the driver: ends ChromeDriver and with it the browser.
    _chromedriver: ChromeDriver,
}

/// The width and height of a window, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// A laptop.
pub const WIDE: Window = Window {
    width: 1280,
    height: 800,
};
/// A telephone.
pub const NARROW: Window = Window {
    width: 390,
    height: 844,
};

/// Light or dark, as the system would say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// `prefers-color-scheme: light`.
    Light,
    /// `prefers-color-scheme: dark`.
    Dark,
}

impl Browser {
    /// Starts ChromeDriver and a headless Chromium that trusts one more certificate authority.
    pub async fn start(authority: &Path) -> Result<Self> {
        let chromedriver = ChromeDriver::start(trusting(authority)?)?;
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(&variable("CHROMIUM")?)?;
        for argument in [
            "--headless=new",
            // Test machines are often containers, where Chromium runs as root and has no sandbox of its own.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
        ] {
            capabilities.add_arg(argument)?;
        }
        capabilities.set("goog:loggingPrefs", json!({ "browser": "ALL" }))?;
        let driver = WebDriver::new(
            format!("http://127.0.0.1:{}", chromedriver.port),
            capabilities,
        )
        .await?;
        let browser = Self {
            driver,
            _chromedriver: chromedriver,
        };
        browser.resize(WIDE).await?;
        Ok(browser)
    }

    /// Ends the browser.
    pub async fn quit(self) -> Result<()> {
        Ok(self.driver.quit().await?)
    }

    /// Goes to an address.
    pub async fn open(&self, address: &str) -> Result<()> {
        Ok(self.driver.goto(address).await?)
    }

    /// Loads the page again.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// The address of the page, with query and fragment.
    pub async fn address(&self) -> Result<String> {
        Ok(self.driver.current_url().await?.into())
    }

    /// Waits until the address is one that the test wants.
    pub async fn wait_for_address(
        &self,
        what: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<String> {
        let begun = tokio::time::Instant::now();
        loop {
            let address = self.address().await?;
            if wanted(&address) {
                return Ok(address);
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "no address with {what}; the browser is at {address}"
            );
            tokio::time::sleep(POLL).await;
        }
    }

    /// What tells one page from any other, even at the same address: when it began.
    pub async fn page(&self) -> Result<String> {
        let began = "return performance.timeOrigin";
        Ok(self.evaluate(began, vec![]).await?.to_string())
    }

    /// Waits until the browser has gone on from a page.
    pub async fn leaves(&self, page: &str) -> Result<()> {
        let begun = tokio::time::Instant::now();
        // While a page is being replaced there may be nobody to ask.
        while self.page().await.is_ok_and(|here| here == page) {
            ensure!(begun.elapsed() < PATIENCE, "the browser does not go on");
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// The one element that matches a CSS selector, once it is there and can be seen.
    pub async fn element(&self, css: &str) -> Result<WebElement> {
        self.driver
            .query(By::Css(css))
            .wait(PATIENCE, POLL)
            .and_displayed()
            .single()
            .await
            .with_context(|| format!("no single visible element {css}"))
    }

    /// The one button with exactly this accessible name, once it is there.
    pub async fn button(&self, name: &str) -> Result<WebElement> {
        let xpath =
            format!("//button[normalize-space(.)='{name}'] | //button[@aria-label='{name}']");
        self.driver
            .query(By::XPath(&xpath))
            .wait(PATIENCE, POLL)
            .and_displayed()
            .single()
            .await
            .with_context(|| format!("no single visible button {name:?}"))
    }

    /// The names of all buttons on the page, as they stand now.
    pub async fn buttons(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for button in self.driver.find_all(By::Tag("button")).await? {
            if button.is_displayed().await? {
                names.push(button.text().await?);
            }
        }
        Ok(names)
    }

    /// Waits until the page shows a text.
    pub async fn sees(&self, text: &str) -> Result<()> {
        let begun = tokio::time::Instant::now();
        loop {
            // While a page is being replaced there may be no body to read.
            let shown = self.text().await.unwrap_or_default();
            if shown.contains(text) {
                return Ok(());
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "the page does not show {text:?} but:\n{shown}"
            );
            tokio::time::sleep(POLL).await;
        }
    }

    /// What the page shows.
    pub async fn text(&self) -> Result<String> {
        Ok(self.driver.find(By::Tag("body")).await?.text().await?)
    }

    /// Evaluates a JavaScript function body, whose arguments are `arguments[0]` and so on.
    pub async fn evaluate(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.driver.execute(script, arguments).await?.json().clone())
    }

    /// Every error and warning that the console got since the last call, as ChromeDriver words them.
    pub async fn console_complaints(&self) -> Result<Vec<String>> {
        let command = DriverCommand::ExtensionCommand(Box::new(ReadLog));
        let entries: Vec<Value> = self.driver.cmd(command).await?.value()?;
        Ok(entries
            .iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect())
    }

    /// Sets the size of the page.
    pub async fn resize(&self, Window { width, height }: Window) -> Result<()> {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.driver
            .cdp()
            .send_raw("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        Ok(())
    }

    /// Sets what the page is told about the system's theme.
    pub async fn set_theme(&self, theme: Theme) -> Result<()> {
        let value = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.driver
            .cdp()
            .send_raw("Emulation.setEmulatedMedia", media)
            .await?;
        Ok(())
    }

    /// Saves what the window shows.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(self.driver.screenshot(path).await?)
    }

    /// Types a text where the focus is.
    pub async fn type_where_the_focus_is(&self, text: &str) -> Result<()> {
        Ok(self.driver.action_chain().send_keys(text).perform().await?)
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, key: Key) -> Result<()> {
        Ok(self.driver.action_chain().send_keys(key).perform().await?)
    }
}

/// A setting that `cargo xtask test` makes.
pub fn variable(name: &str) -> Result<String> {
    let variables = serve::variables()?;
    let value = variables
        .get(name)
        .with_context(|| format!("{name} is not set: run these tests with `cargo xtask test`"))?;
    Ok(value.to_owned())
}

/// Where screenshots go: beside the built app, in cargo's target folder.
pub fn screenshots() -> Result<PathBuf> {
    let spa = PathBuf::from(variable("WORKSHOP_SPA")?);
    Ok(spa
        .parent()
        .context("WORKSHOP_SPA has no parent folder")?
        .join("screenshots"))
}

/// A home folder whose only content is the database in which Chromium looks for authorities to trust.
fn trusting(authority: &Path) -> Result<TempDir> {
    let home = tempfile::tempdir()?;
    let database = home.path().join(".pki").join("nssdb");
    std::fs::create_dir_all(&database)?;
    let database = format!("sql:{}", database.display());
    let certutil = variable("CERTUTIL")?;
    let run = |arguments: &[&str]| -> Result<()> {
        let mut command = Command::new(&certutil);
        let output = command.args(["-d", &database]).args(arguments).output()?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{certutil}: {complaint}");
        Ok(())
    };
    run(&["-N", "--empty-password"])?;
    let authority = authority.display().to_string();
    run(&["-A", "-n", "workshop", "-t", "C,,", "-i", &authority])?;
    Ok(home)
}

/// ChromeDriver on a port of its own choice; ended when dropped.
#[derive(Debug)]
struct ChromeDriver {
    process: Child,
    port: u16,
    /// Removed when the browser is gone.
    _home: TempDir,
}

impl ChromeDriver {
    fn start(home: TempDir) -> Result<Self> {
        let program = variable("CHROMEDRIVER")?;
        let mut process = Command::new(&program)
            .arg("--port=0")
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let output = process
            .stdout
            .take()
            .context("ChromeDriver has no output")?;
        let mut lines = BufReader::new(output).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            line.strip_suffix('.')?
                .rsplit_once("on port ")?
                .1
                .parse()
                .ok()
        });
        let Some(port) = port else {
            process.kill()?;
            anyhow::bail!("{program} did not say on which port it listens");
        };
        // Its output must go somewhere for as long as it runs.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(Self {
            process,
            port,
            _home: home,
        })
    }
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// ChromeDriver's own command for reading the console.
#[derive(Debug)]
struct ReadLog;

impl ExtensionCommand for ReadLog {
    fn parameters_json(&self) -> Option<Value> {
        Some(json!({ "type": "browser" }))
    }

    fn method(&self) -> reqwest::Method {
        reqwest::Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/se/log".into()
    }
}
