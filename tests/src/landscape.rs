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

    /// The authority that SDKs are configured with: https, and the tenant's ID.
    pub fn authority(&self) -> Result<&str> {
        self.seeded("/tenant/authority")
    }

    /// The file with the certificate that SDKs must trust for it.
    pub fn ca_certificate(&self) -> Result<&str> {
        self.seeded("/tenant/caCertificate")
    }

    /// The scope of the seeded API, as clients ask for it.
    pub fn api_scope(&self, name: &str) -> Result<String> {
        Ok(format!(
            "{}/{name}",
            self.seeded("/apps/api/identifierUri")?
        ))
    }

    /// Something that `/practice` says, by its JSON pointer.
    pub fn seeded(&self, pointer: &str) -> Result<&str> {
        let value = self.practice.pointer(pointer).and_then(Value::as_str);
        value.with_context(|| format!("/practice has no text at {pointer}"))
    }

    /// A seeded user with neither roles nor administrator's rights.
    pub fn member(&self) -> Result<Person> {
        self.user(|user| user["administrator"] == false && user["appRoles"] == json!([]))
    }

    /// A seeded user who may consent for everybody.
    pub fn administrator(&self) -> Result<Person> {
        self.user(|user| user["administrator"] == true)
    }

    fn user(&self, wanted: impl Fn(&Value) -> bool) -> Result<Person> {
        let users = self.practice["users"].as_array();
        let mut users = users.context("/practice lists no users")?.iter();
        let user = users
            .find(|user| wanted(user))
            .context("/practice lists nobody like that")?;
        let text = |name: &str| {
            user[name]
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
pub fn client() -> Result<reqwest::Client> {
    Ok(builder().build()?)
}

/// The same, for those who want cookies or https.
#[expect(
    clippy::disallowed_methods,
    reason = "tests look at redirects themselves"
)]
pub fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none())
}
