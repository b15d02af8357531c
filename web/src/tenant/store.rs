//! The directory as this page knows it, and what can be done with it: load, change, take back.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::change::{Change, Undo};
use super::graph::{Call, Method};
use super::guide::{Task, Wanted, tasks};
use super::model::{Application, Assignment, Directory, ServicePrincipal};
use super::place::Place;
use super::service::Service;
use crate::failure::Failure;
use crate::workshop::{Workshop, silent_http};

/// An ID that views can share.
pub type Id = StoredValue<String>;

/// What is done with an answer.
pub type Then = Box<dyn FnOnce(Result<Value, Failure>)>;

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

/// The state of these pages. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Tenant {
    workshop: StoredValue<Workshop>,
    service: StoredValue<Option<Service>>,
    /// What `/practice` says.
    practice: RwSignal<Value>,
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
    /// The form that somebody is on the way to.
    pub aim: RwSignal<Option<&'static str>>,
    /// In which way calls are shown.
    pub dialect: RwSignal<Dialect>,
}

impl Tenant {
    /// Nothing is loaded before somebody comes to these pages.
    pub fn new(workshop: Workshop) -> Self {
        let service = silent_http().ok().map(|http| Service {
            http,
            origin: workshop.origin(),
            key: workshop.config().practice_key,
        });
        Self {
            workshop: StoredValue::new(workshop),
            service: StoredValue::new(service),
            practice: RwSignal::new(Value::Null),
            directory: RwSignal::new(None),
            failure: RwSignal::new(None),
            lists: RwSignal::new(BTreeMap::new()),
            history: RwSignal::new(Vec::new()),
            notice: RwSignal::new(None),
            busy: RwSignal::new(false),
            aim: RwSignal::new(None),
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

    /// Something that `/practice` says, by its JSON pointer.
    pub fn told(self, pointer: &str) -> Option<String> {
        let told = |practice: &Value| Some(practice.pointer(pointer)?.as_str()?.to_owned());
        self.practice.with(told)
    }

    /// Graph's address for programs outside the browser, with the version.
    pub fn graph(self) -> String {
        let host = self.workshop().config().authority_host.to_string();
        graph_address(self.told("/tenant/authority").as_deref(), &host)
    }

    /// The values that the app and the API are configured with.
    pub fn wanted(self) -> Wanted {
        let config = self.workshop().config();
        Wanted {
            api: config.api_client_id.to_string(),
            client: config.client_id.to_string(),
            daemon: self.told("/apps/daemon/clientId"),
            scope: config.scope_name().to_owned(),
            role: config.app_role,
            redirect_uri: self.workshop().origin(),
        }
    }

    /// The steps of the guide, once the directory is there.
    pub fn tasks(self) -> Vec<Task> {
        let wanted = self.wanted();
        let tasks = self.look(|directory| {
            let api = directory.principal_of(&wanted.api);
            let path = api.map(|api| format!("servicePrincipals/{}/appRoleAssignedTo", api.id));
            let assigned = path.map(|path| self.assignments(&path)).unwrap_or_default();
            tasks(&wanted, directory, &assigned)
        });
        tasks.unwrap_or_default()
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
        let Some(service) = self.service.get_value() else {
            return;
        };
        // A list that cannot be had is empty: the object it belongs to is gone, and its page says so.
        let list = service.list(&path).await.unwrap_or_default();
        let list: Vec<Assignment> = list.iter().map(Assignment::read).collect();
        if self
            .lists
            .with_untracked(|lists| lists.get(&path) != Some(&list))
        {
            self.lists.update(|lists| {
                lists.insert(path, list);
            });
        }
    }

    /// Forgets what was done: it does not fit another directory.
    fn forget(self) {
        self.history.set(Vec::new());
        self.lists.set(BTreeMap::new());
    }

    /// Loads the directory.
    pub fn load(self) {
        spawn_local(self.reload());
    }

    async fn reload(self) {
        let Some(service) = self.service.get_value() else {
            return;
        };
        if let Ok(practice) = service.practise(Method::Get, "", None).await {
            self.practice.set(practice);
        }
        match service.directory().await {
            Ok(directory) => {
                self.failure.set(None);
                // What has not changed is not shown anew: a list would take the focus from whoever is in it.
                if self
                    .directory
                    .with_untracked(|known| known.as_ref() != Some(&directory))
                {
                    self.directory.set(Some(directory));
                }
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

    /// Makes a change, then loads the directory again. `then` gets the answer to the first call.
    pub fn make(self, change: Change, then: Then) {
        let Some(service) = self.begin() else { return };
        spawn_local(async move {
            let outcome = service.send_all(&change.calls).await;
            self.reload().await;
            match &outcome {
                Ok(answer) => {
                    let undo = match &change.undo {
                        Undo::By(calls) => {
                            Some(calls.iter().map(|call| call.filled(answer)).collect())
                        }
                        Undo::Never(_) => None,
                    };
                    self.remember(change, undo);
                }
                Err((0, _)) => {}
                Err((made, _)) => {
                    let part = Change {
                        title: format!("{} (only in part)", change.title),
                        calls: change.calls[..*made].to_vec(),
                        az: Vec::new(),
                        undo: change.undo,
                    };
                    self.remember(part, None);
                }
            }
            self.busy.set(false);
            then(outcome.map_err(|(_, why)| why));
        });
    }

    /// The way to the directory, unless something is under way.
    fn begin(self) -> Option<Service> {
        if self.busy.get_untracked() {
            return None;
        }
        let service = self.service.get_value()?;
        self.busy.set(true);
        Some(service)
    }

    fn remember(self, change: Change, undo: Option<Vec<Call>>) {
        self.notice.set(Some(format!("{}: done.", change.title)));
        self.history.update(|history| {
            let number = history.len() + 1;
            history.push(Done {
                number,
                change,
                undo,
            });
        });
    }

    /// Takes the last change back.
    pub fn undo(self) {
        let last = self
            .history
            .with_untracked(|history| history.last().cloned());
        let Some(Done {
            change,
            undo: Some(calls),
            ..
        }) = last
        else {
            return;
        };
        let back = Change {
            title: format!("Undo “{}”", change.title),
            calls,
            az: Vec::new(),
            undo: Undo::By(change.calls),
        };
        let then = move |outcome: Result<Value, Failure>| {
            if let Err(failure) = outcome {
                self.notice.set(Some(format!(
                    "It could not be taken back. {}",
                    failure.what
                )));
            }
        };
        self.make(back, Box::new(then));
    }

    /// Puts the practice tenant into another state as a whole; what was done here does not fit it.
    pub fn replace(self, path: String, body: Value, notice: &'static str, then: Then) {
        let Some(service) = self.begin() else { return };
        spawn_local(async move {
            let outcome = service.practise(Method::Post, &path, Some(&body)).await;
            if outcome.is_ok() {
                self.forget();
                self.notice.set(Some(notice.to_owned()));
            }
            self.reload().await;
            self.busy.set(false);
            then(outcome);
        });
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
        assert_eq!(
            graph_address(Some("https://localhost:8443/t"), "http://localhost:8400"),
            "https://127.0.0.1:8443/graph/v1.0"
        );
        assert_eq!(
            graph_address(None, "http://localhost:8400"),
            "http://localhost:8400/graph/v1.0"
        );
        assert_eq!(
            graph_address(None, "https://login.microsoftonline.com"),
            "https://graph.microsoft.com/v1.0"
        );
    }
}
