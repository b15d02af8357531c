//! A whole workshop in this process: SPA, API and practice tenant on free ports, the clock in the test's hand.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;
use shared::settings::Variables;
use workshop::{Running, SpaSource, Workshop, WorkshopConfig};

use crate::browser::variable;
use crate::sign_in_pages::Person;

/// A running workshop and what `/practice` says about it.
#[derive(Debug)]
pub struct Landscape {
    running: Running,
    practice: Value,
}

impl Landscape {
    /// Starts a workshop.
    pub async fn start() -> Result<Self> {
        let ports = ["WEB_PORT", "API_PORT", "TENANT_PORT"].map(|variable| (variable, "0"));
        let variables: Variables = ports.into_iter().collect();
        let spa = SpaSource::Folder(PathBuf::from(variable("WORKSHOP_SPA")?));
        let config = WorkshopConfig::from_variables(&variables, spa)?;
        let running = Workshop::start(config).await?;
        let practice = get_json(&format!("{}/practice", running.addresses().tenant.as_deref().context("no practice tenant runs")?)).await?;
        Ok(Self { running, practice })
    }

    /// Stops it.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// Where the browser app is.
    pub fn web(&self) -> &str {
        &self.running.addresses().web
    }

    /// Where the resource server is.
    pub fn api(&self) -> &str {
        &self.running.addresses().api
    }

    /// Where the practice tenant is.
    pub fn tenant(&self) -> &str {
        self.running.addresses().tenant.as_deref().expect("every landscape has a practice tenant")
    }

    /// What `/practice` says.
    pub fn practice(&self) -> &Value {
        &self.practice
    }

    /// A seeded user with neither roles nor administrator's rights.
    pub fn member(&self) -> Person {
        self.person(|user| user["administrator"] == false && user["appRoles"] == serde_json::json!([]))
    }

    /// The seeded user with the app role `Workshop.Admin`.
    pub fn workshop_admin(&self) -> Person {
        self.person(|user| user["appRoles"] == serde_json::json!(["Workshop.Admin"]))
    }

    fn person(&self, wanted: impl Fn(&Value) -> bool) -> Person {
        let users = self.practice["users"].as_array().expect("/practice lists users");
        let user = users.iter().find(|user| wanted(user)).expect("the seed has such a user");
        let text = |name: &str| user[name].as_str().expect("a text").to_owned();
        Person { username: text("username"), password: text("password") }
    }
}

/// Gets a JSON document.
pub async fn get_json(address: &str) -> Result<Value> {
    Ok(client()?.get(address).send().await?.error_for_status()?.json().await?)
}

/// An HTTP client that is no browser: it follows no redirect and keeps no cookie.
#[expect(clippy::disallowed_methods, reason = "tests look at redirects themselves")]
pub fn client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?)
}
