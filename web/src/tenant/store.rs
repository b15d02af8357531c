//! The directory as this page knows it, and what can be done with it: load, change, take back.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::http::HttpClient;

use super::change::{Change, Undo};
use super::graph::Call;
use super::guide::{Task, Wanted, tasks};
use super::model::{Application, Assignment, AuthorizationPolicy, Directory, ServicePrincipal};
use super::place::Place;
use super::refusal;
use crate::failure::Failure;
use crate::workshop::{Workshop, silent_http};

/// Pages of a list that are read; a page holds 999 objects.
const PAGES: usize = 5;

/// An ID that views can share.
pub type Id = StoredValue<String>;

/// The way in which calls are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// As HTTP.
    Graph,
    /// As commands of the Azure CLI.
    Az,
    /// As `az rest`.
    Rest,
}

/// A change that was made.
#[derive(Clone, Debug)]
pub struct Done {
    /// Counts from 1.
    pub number: usize,
    /// The change.
    pub change: Change,
    /// The calls that take it back, as long as nobody made them.
    pub undo: Option<Vec<Call>>,
}

/// What `/practice` says about the tenant, as far as these pages want it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Practice {
    tenant: PracticeTenant,
    apps: PracticeApps,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct PracticeTenant {
    authority: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct PracticeApps {
    daemon: Option<Registered>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    client_id: String,
}

/// The state of these pages. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Tenant {
    workshop: StoredValue<Workshop>,
    http: StoredValue<Option<HttpClient>>,
    practice: RwSignal<Practice>,
    /// What was loaded last.
    pub directory: RwSignal<Option<Directory>>,
    /// Why it cannot be loaded.
    pub failure: RwSignal<Option<Failure>>,
    /// Lists of assignments, by the path at which Graph has them.
    lists: RwSignal<BTreeMap<String, Vec<Assignment>>>,
    /// Every change since the page was loaded.
    pub history: RwSignal<Vec<Done>>,
    /// What was said last about a change.
    pub notice: RwSignal<Option<String>>,
    /// Whether a change is under way.
    pub busy: RwSignal<bool>,
    /// In which way calls are shown.
    pub dialect: RwSignal<Dialect>,
}

impl Tenant {
    /// Nothing is loaded before somebody comes to these pages.
    pub fn new(workshop: Workshop) -> Self {
        Self {
            workshop: StoredValue::new(workshop),
            http: StoredValue::new(silent_http().ok()),
            practice: RwSignal::new(Practice::default()),
            directory: RwSignal::new(None),
            failure: RwSignal::new(None),
            lists: RwSignal::new(BTreeMap::new()),
            history: RwSignal::new(Vec::new()),
            notice: RwSignal::new(None),
            busy: RwSignal::new(false),
            dialect: RwSignal::new(Dialect::Graph),
        }
    }

    /// The state, from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The app that these pages are part of.
    pub fn workshop(self) -> Workshop {
        self.workshop.get_value()
    }

    /// Goes to a page.
    pub fn open(self, place: &Place) {
        self.workshop().visit(&place.path());
    }

    /// What the tenant is called.
    pub fn label(self) -> String {
        self.workshop().config().tenant_label()
    }

    /// Graph's address for programs outside the browser, with the version.
    pub fn graph(self) -> String {
        let authority = self
            .practice
            .with(|practice| practice.tenant.authority.clone());
        graph_address(
            authority.as_deref(),
            &self.workshop().config().authority_host.to_string(),
        )
    }

    /// The values that the app and the API are configured with.
    pub fn wanted(self) -> Wanted {
        let config = self.workshop().config();
        Wanted {
            api: config.api_client_id.to_string(),
            client: config.client_id.to_string(),
            daemon: self
                .practice
                .with(|practice| practice.apps.daemon.as_ref().map(|it| it.client_id.clone())),
            scope: config.scope_name().to_owned(),
            role: config.app_role,
            redirect_uri: self.workshop().origin(),
        }
    }

    /// The steps of the guide, once the directory is there.
    pub fn tasks(self) -> Vec<Task> {
        let wanted = self.wanted();
        self.directory.with(|directory| {
            let Some(directory) = directory else {
                return Vec::new();
            };
            let assigned = directory.principal_of(&wanted.api).map(|api| {
                self.assignments(&format!("servicePrincipals/{}/appRoleAssignedTo", api.id))
            });
            tasks(&wanted, directory, &assigned.unwrap_or_default())
        })
    }

    /// A registration by its client ID.
    pub fn application(self, app_id: Id) -> Option<Application> {
        app_id.with_value(|id| self.look(|directory| directory.application(id).cloned())?)
    }

    /// The service principal of a client ID.
    pub fn principal_of(self, app_id: Id) -> Option<ServicePrincipal> {
        app_id.with_value(|id| self.look(|directory| directory.principal_of(id).cloned())?)
    }

    /// Something of the directory; nothing while it is not loaded.
    pub fn look<T>(self, what: impl FnOnce(&Directory) -> T) -> Option<T> {
        self.directory
            .with(|directory| directory.as_ref().map(what))
    }

    /// A list of assignments. The first to ask has it loaded.
    pub fn assignments(self, path: &str) -> Vec<Assignment> {
        let known = self.lists.with(|lists| lists.get(path).cloned());
        known.unwrap_or_else(|| {
            let path = path.to_owned();
            spawn_local(async move {
                if self.lists.with_untracked(|lists| lists.contains_key(&path)) {
                    return;
                }
                self.lists.update_untracked(|lists| {
                    lists.insert(path.clone(), Vec::new());
                });
                self.load_list(path).await;
            });
            Vec::new()
        })
    }

    async fn load_list(self, path: String) {
        // A list that cannot be had is empty: the object it belongs to is gone, and its page says so.
        let list = self.list::<Assignment>(&path).await.unwrap_or_default();
        self.lists.update(|lists| {
            lists.insert(path, list);
        });
    }

    /// Forgets what was done: it does not fit another directory.
    pub fn forget(self) {
        self.history.set(Vec::new());
        self.lists.set(BTreeMap::new());
    }

    /// Loads the directory.
    pub fn load(self) {
        spawn_local(self.reload());
    }

    async fn reload(self) {
        match self.read().await {
            Ok(directory) => {
                self.failure.set(None);
                self.directory.set(Some(directory));
            }
            Err(failure) => self.failure.set(Some(failure)),
        }
        let paths: Vec<String> = self
            .lists
            .with_untracked(|lists| lists.keys().cloned().collect());
        for path in paths {
            self.load_list(path).await;
        }
    }

    async fn read(self) -> Result<Directory, Failure> {
        let address = format!("{}/practice", self.workshop().origin());
        if let Some(http) = self.http.get_value()
            && let Ok(practice) = crate::config::load(&http, &address).await
        {
            self.practice.set(practice);
        }
        let manifests: Vec<Value> = self.list("applications").await?;
        let applications = manifests
            .into_iter()
            .map(Application::read)
            .collect::<Result<_, _>>();
        Ok(Directory {
            applications: applications
                .map_err(|error| refusal::unreadable("applications", &error))?,
            principals: self.list("servicePrincipals").await?,
            users: self.list("users").await?,
            grants: self.list("oauth2PermissionGrants").await?,
            policy: self.policy().await?,
        })
    }

    async fn policy(self) -> Result<AuthorizationPolicy, Failure> {
        let path = "policies/authorizationPolicy";
        let answer = self.send(&Call::get(path)).await?;
        serde_json::from_value(answer).map_err(|error| refusal::unreadable(path, &error))
    }

    /// A whole list, page by page.
    async fn list<T: DeserializeOwned>(self, path: &str) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        let mut next = Some(format!("{path}?$top=999"));
        for _ in 0..PAGES {
            let Some(page) = next.take() else { break };
            let mut answer = self.send(&Call::get(page)).await?;
            let page: Result<Vec<T>, _> = serde_json::from_value(answer["value"].take());
            all.extend(page.map_err(|error| refusal::unreadable(path, &error))?);
            let link = answer["@odata.nextLink"]
                .as_str()
                .and_then(|link| link.split_once('?'));
            next = link.map(|(_, query)| format!("{path}?{query}"));
        }
        Ok(all)
    }

    /// Makes a change, then loads the directory again. `then` gets the answer to the first call.
    pub fn make(self, change: Change, then: impl FnOnce(Result<Value, Failure>) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let outcome = self.send_all(&change.calls).await;
            if let Ok(answer) = &outcome {
                self.notice.set(Some(format!("{}: done.", change.title)));
                let undo = match &change.undo {
                    Undo::By(calls) => Some(calls.iter().map(|call| call.filled(answer)).collect()),
                    Undo::Never(_) => None,
                };
                self.history.update(|history| {
                    let number = history.len() + 1;
                    history.push(Done {
                        number,
                        change,
                        undo,
                    });
                });
            }
            self.reload().await;
            self.busy.set(false);
            then(outcome);
        });
    }

    /// Takes the last change back.
    pub fn undo(self, number: usize) {
        let done = self
            .history
            .with_untracked(|history| history.get(number - 1).cloned());
        let Some(Done {
            change,
            undo: Some(calls),
            ..
        }) = done
        else {
            return;
        };
        let back = Change {
            title: format!("Undo “{}”", change.title),
            calls,
            az: Vec::new(),
            undo: Undo::By(change.calls),
        };
        self.history
            .update(|history| history[number - 1].undo = None);
        self.make(back, move |outcome| {
            if let Err(failure) = outcome {
                self.notice.set(Some(format!(
                    "It could not be taken back. {}",
                    failure.what
                )));
            }
        });
    }

    /// Sends calls one after the other; each is filled in with the answers before. The first answer comes back.
    async fn send_all(self, calls: &[Call]) -> Result<Value, Failure> {
        let mut first = None;
        for call in calls {
            let call = first
                .as_ref()
                .map_or_else(|| call.clone(), |answer| call.filled(answer));
            let answer = self.send(&call).await?;
            first.get_or_insert(answer);
        }
        Ok(first.unwrap_or_default())
    }

    /// Asks Graph.
    async fn send(self, call: &Call) -> Result<Value, Failure> {
        let address = format!("{}/graph/v1.0/{}", self.workshop().origin(), call.path);
        let body = call.body.as_ref().map(ToString::to_string);
        self.request(call.method.name(), &address, body).await
    }

    /// Tells the practice tenant to do something that no real tenant can do.
    pub async fn practise(self, path: &str, body: &Value) -> Result<Value, Failure> {
        let address = format!("{}/practice/{path}", self.workshop().origin());
        self.request("POST", &address, Some(body.to_string())).await
    }

    async fn request(
        self,
        method: &str,
        address: &str,
        body: Option<String>,
    ) -> Result<Value, Failure> {
        let config = self.workshop().config();
        let Some(http) = self.http.get_value() else {
            return Err(Failure::config("no HTTP client"));
        };
        let mut request = http::Request::builder()
            .method(method)
            .uri(address)
            .header("accept", "application/json");
        if let Some(key) = config.practice_key {
            request = request.header("x-practice-key", key.expose());
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(body.unwrap_or_default().into_bytes());
        let request = request.map_err(|error| Failure::config(&error.to_string()))?;
        let answer = http
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
        serde_json::from_slice(body).map_err(|error| refusal::unreadable(address, &error))
    }
}

/// Graph for programs: of the practice tenant at its https address, where the Azure CLI looks for it, otherwise
/// Microsoft's.
fn graph_address(authority: Option<&str>, host: &str) -> String {
    let origin = authority.and_then(|authority| url::Url::parse(authority).ok());
    match origin {
        Some(url) if url.scheme() == "https" => {
            format!(
                "https://127.0.0.1:{}/graph/v1.0",
                url.port_or_known_default().unwrap_or(443)
            )
        }
        _ if host.starts_with("http://") => format!("{}/graph/v1.0", host.trim_end_matches('/')),
        _ => "https://graph.microsoft.com/v1.0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_find_graph_where_the_tenant_has_it() {
        let address = |authority, host| graph_address(authority, host);
        assert_eq!(
            address(Some("https://localhost:8443/t"), "http://localhost:8400"),
            "https://127.0.0.1:8443/graph/v1.0"
        );
        assert_eq!(
            address(None, "http://localhost:8400"),
            "http://localhost:8400/graph/v1.0"
        );
        assert_eq!(
            address(None, "https://login.microsoftonline.com"),
            "https://graph.microsoft.com/v1.0"
        );
    }
}
