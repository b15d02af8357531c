//! Talking to the directory: Graph and `/practice`, on this app's own origin, with the key that only it can read.

use serde_json::Value;
use shared::http::HttpClient;
use shared::secret::PracticeKey;

use super::graph::{Call, Method};
use super::model::{
    Application, AuthorizationPolicy, Deleted, Directory, Grant, ServicePrincipal, User,
};
use super::refusal;
use crate::failure::Failure;

/// Pages of a list that are read; a page holds 999 objects.
const PAGES: usize = 5;

/// The way to the directory.
#[derive(Clone, Debug)]
pub struct Service {
    /// The way out.
    pub http: HttpClient,
    /// This app's origin.
    pub origin: String,
    /// What lets this app change the practice tenant.
    pub key: Option<PracticeKey>,
}

impl Service {
    /// Reads everything that the pages show.
    pub async fn directory(&self) -> Result<Directory, Failure> {
        let applications = self.list("applications").await?;
        let principals = self.list("servicePrincipals").await?;
        let users = self.list("users").await?;
        let grants = self.list("oauth2PermissionGrants").await?;
        let policy = self
            .send(&Call::get("policies/authorizationPolicy"))
            .await?;
        Ok(Directory {
            applications: applications.iter().map(Application::read).collect(),
            principals: principals.iter().map(ServicePrincipal::read).collect(),
            users: users.iter().map(User::read).collect(),
            grants: grants.iter().map(Grant::read).collect(),
            policy: AuthorizationPolicy::read(&policy),
            deleted_applications: self.deleted("application").await?,
            deleted_users: self.deleted("user").await?,
        })
    }

    async fn deleted(&self, kind: &str) -> Result<Vec<Deleted>, Failure> {
        let path = format!("directory/deletedItems/microsoft.graph.{kind}");
        Ok(self.list(&path).await?.iter().map(Deleted::read).collect())
    }

    /// A whole list, page by page.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        let mut next = Some(format!("{path}?$top=999"));
        for _ in 0..PAGES {
            let Some(page) = next.take() else { break };
            let mut answer = self.send(&Call::get(page)).await?;
            if let Value::Array(mut objects) = answer["value"].take() {
                all.append(&mut objects);
            }
            let link = answer["@odata.nextLink"]
                .as_str()
                .and_then(|link| link.split_once('?'));
            next = link.map(|(_, query)| format!("{path}?{query}"));
        }
        Ok(all)
    }

    /// Sends calls one after the other; each is filled in with the first answer, which comes back. A failure says how
    /// many calls were made before it.
    pub async fn send_all(&self, calls: &[Call]) -> Result<Value, (usize, Failure)> {
        let mut first = Value::Null;
        for (number, call) in calls.iter().enumerate() {
            let answer = self
                .send(&call.filled(&first))
                .await
                .map_err(|why| (number, why))?;
            if number == 0 {
                first = answer;
            }
        }
        Ok(first)
    }

    /// Asks Graph.
    pub async fn send(&self, call: &Call) -> Result<Value, Failure> {
        let path = format!("graph/v1.0/{}", call.path);
        self.request(call.method, &path, call.body.as_ref()).await
    }

    /// Asks the practice tenant something that no real tenant can do or say.
    pub async fn practise(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        self.request(method, &format!("practice{path}"), body).await
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut request = http::Request::builder()
            .method(method.name())
            .uri(format!("{}/{path}", self.origin))
            .header("accept", "application/json");
        if let Some(key) = &self.key {
            request = request.header("x-practice-key", key.expose());
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body
            .map(ToString::to_string)
            .unwrap_or_default()
            .into_bytes();
        let request = request
            .body(body)
            .map_err(|error| Failure::config(&error.to_string()))?;
        let answer = self
            .http
            .send(request)
            .await
            .map_err(|error| refusal::unreachable(&error))?;
        let (status, body) = (answer.status(), answer.body());
        if !status.is_success() {
            return Err(refusal::refused(status.as_u16(), body));
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(body).map_err(|error| refusal::unreadable(path, &error))
    }
}
