//! A whole workshop in this process: SPA, API and practice tenant on free ports, the clock in the test's hand.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use shared::settings::Variables;
use tempfile::TempDir;
use workshop::{Running, SpaSource, Workshop, WorkshopConfig};

use crate::browser::variable;
use crate::sign_in_pages::Person;

/// A running workshop and what `/practice` says about it.
#[derive(Debug)]
pub struct Landscape {
    running: Running,
    tenant: String,
    practice: Value,
    /// Removed when the landscape is gone.
    _state: TempDir,
}

impl Landscape {
    /// Starts a workshop.
    pub async fn start() -> Result<Self> {
        let state = tempfile::tempdir()?;
        let folder = state.path().to_str().context("a path that is text")?;
        let variables: Variables = ["WEB_PORT", "API_PORT", "TENANT_PORT", "TENANT_TLS_PORT"]
            .map(|variable| (variable, "0"))
            .into_iter()
            .chain([("WORKSHOP_STATE_DIR", folder)])
            .collect();
        let spa = SpaSource::Folder(PathBuf::from(variable("WORKSHOP_SPA")?));
        let config = WorkshopConfig::from_variables(&variables, spa)?;
        let running = Workshop::start(config).await?;
        let tenant = running
            .addresses()
            .tenant
            .clone()
            .context("no practice tenant runs")?;
        let practice = client()?
            .get(format!("{tenant}/practice"))
            .send()
            .await?
            .json()
            .await?;
        Ok(Self {
            running,
            tenant,
            practice,
            _state: state,
        })
    }

    /// Stops it.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// Where the browser app is.
    pub fn web(&self) -> &str {
        &self.running.addresses().web
    }

    /// Where the API is.
    pub fn api(&self) -> &str {
        &self.running.addresses().api
    }

    /// Where the practice tenant is.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Something that `/practice` says, by its JSON pointer.
    pub fn seeded(&self, pointer: &str) -> Result<&str> {
        let value = self.practice.pointer(pointer).and_then(Value::as_str);
        value.with_context(|| format!("/practice has no text at {pointer}"))
    }

    /// A seeded user with neither roles nor administrator's rights.
    pub fn member(&self) -> Result<Person> {
        let users = self.practice["users"]
            .as_array()
            .context("/practice lists no users")?;
        let member = users
            .iter()
            .find(|user| user["administrator"] == false && user["appRoles"] == json!([]));
        let member = member.context("/practice lists no plain member")?;
        let text = |name: &str| {
            member[name]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("no {name}"))
        };
        Ok(Person {
            username: text("username")?,
            password: text("password")?,
        })
    }
}

/// An HTTP client that is no browser: it follows no redirect and keeps no cookie.
#[expect(
    clippy::disallowed_methods,
    reason = "tests look at redirects themselves"
)]
pub fn client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?)
}
