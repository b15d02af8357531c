//! The directory, changed as the workshop's own pages change it: by Microsoft Graph at the browser app's origin, with
//! the practice key.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::landscape::{Landscape, client};

/// Somebody who may change everything.
#[derive(Debug)]
pub struct Directory {
    client: reqwest::Client,
    origin: String,
    key: String,
}

/// An application that a test registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The client ID.
    pub client_id: String,
    /// The application's object ID.
    pub object_id: String,
    /// The service principal's object ID.
    pub service_principal_id: String,
}

impl Directory {
    /// The directory of a landscape.
    pub async fn of(landscape: &Landscape) -> Result<Self> {
        let (client, origin) = (client()?, landscape.web().to_owned());
        let config = client.get(format!("{origin}/config.json")).send().await?;
        let config: Value = config.json().await?;
        let key = config["practiceKey"].as_str();
        Ok(Self {
            key: key.context("no practice key")?.to_owned(),
            client,
            origin,
        })
    }

    /// Registers an application with these members, and its service principal.
    pub async fn register(&self, application: Value) -> Result<Registered> {
        let application = self
            .graph(Method::POST, "applications", application)
            .await?;
        let app_id = json!({ "appId": application["appId"] });
        let principal = self
            .graph(Method::POST, "servicePrincipals", app_id)
            .await?;
        Ok(Registered {
            client_id: text(&application, "appId")?,
            object_id: text(&application, "id")?,
            service_principal_id: text(&principal, "id")?,
        })
    }

    /// Adds a secret to an application.
    pub async fn add_secret(&self, application: &Registered) -> Result<String> {
        let path = format!("applications/{}/addPassword", application.object_id);
        let wanted = json!({ "passwordCredential": { "displayName": "test" } });
        text(
            &self.graph(Method::POST, &path, wanted).await?,
            "secretText",
        )
    }

    /// Gives a service principal an application role.
    pub async fn assign(&self, principal: &str, resource: &str, role: &str) -> Result<()> {
        let path = format!("servicePrincipals/{resource}/appRoleAssignedTo");
        let wanted = json!({ "principalId": principal, "resourceId": resource, "appRoleId": role });
        self.graph(Method::POST, &path, wanted).await.map(drop)
    }

    /// One call of Microsoft Graph.
    pub async fn graph(&self, method: Method, path: &str, body: Value) -> Result<Value> {
        let request = self
            .client
            .request(method, format!("{}/graph/v1.0/{path}", self.origin))
            .header("x-practice-key", &self.key)
            .json(&body);
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(
            status.is_success(),
            "Graph answers {path} with {status}: {text}"
        );
        if text.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_str(&text)?)
    }
}

fn text(value: &Value, name: &str) -> Result<String> {
    let text = value[name].as_str();
    Ok(text
        .with_context(|| format!("no {name} in {value}"))?
        .to_owned())
}
