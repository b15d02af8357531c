//! A change of the directory as data: what it is called, the calls it amounts to, the commands that do the same, and
//! how to take it back.
//!
//! One function per form; each is shown while somebody types, and carried out when they press the button.

pub mod consent;
pub mod credentials;
pub mod expose;
pub mod people;
pub mod registration;

use serde_json::{Value, json};

use super::az;
use super::graph::Call;
use super::model::Application;

/// A change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What it does, to be read before and after.
    pub title: String,
    /// The calls, in order.
    pub calls: Vec<Call>,
    /// The commands that the Azure CLI has for it; without any it is `az rest`.
    pub az: Vec<String>,
    /// How it is taken back.
    pub undo: Undo,
}

/// How a change is taken back.
#[derive(Clone, Debug, PartialEq)]
pub enum Undo {
    /// By these calls, filled in with what the first answer told.
    By(Vec<Call>),
    /// Not at all, for this reason. People are asked before.
    Never(&'static str),
}

impl Change {
    fn new(title: impl Into<String>, calls: Vec<Call>, undo: Undo) -> Self {
        Self {
            title: title.into(),
            calls,
            az: Vec::new(),
            undo,
        }
    }

    /// With a command of the Azure CLI's own.
    fn az(mut self, words: &[&str]) -> Self {
        self.az.push(az::command(words));
        self
    }

    /// The change as HTTP. `graph` is Graph's address, with the version.
    pub fn http(&self, graph: &str) -> String {
        let calls: Vec<String> = self.calls.iter().map(|call| call.http(graph)).collect();
        calls.join("\n\n")
    }

    /// The change in commands of the Azure CLI: its own where it has them.
    pub fn commands(&self, graph: &str) -> String {
        if self.az.is_empty() {
            self.rest(graph)
        } else {
            self.az.join("\n")
        }
    }

    /// The change in `az rest`.
    pub fn rest(&self, graph: &str) -> String {
        let calls: Vec<String> = self
            .calls
            .iter()
            .map(|call| az::rest(call, graph))
            .collect();
        calls.join("\n")
    }
}

/// Changes members of a registration; taken back by their values of now.
fn patch(app: &Application, title: impl Into<String>, members: Value) -> Change {
    let mut before = json!({});
    if let (Value::Object(before), Value::Object(members)) = (&mut before, &members) {
        for (name, value) in members {
            before.insert(name.clone(), previous(&app.manifest[name], value));
        }
    }
    let undo = Undo::By(vec![Call::patch(app.path(), before)]);
    Change::new(title, vec![Call::patch(app.path(), members)], undo)
}

/// What a member was. Of an object only the members that change: Graph leaves the others alone.
fn previous(was: &Value, becomes: &Value) -> Value {
    match (was, becomes) {
        (Value::Object(was), Value::Object(becomes)) => becomes
            .keys()
            .map(|name| (name.clone(), was.get(name).cloned().unwrap_or_default()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        _ => was.clone(),
    }
}

#[cfg(test)]
pub(super) mod examples {
    use serde_json::json;

    use super::super::model::{Application, Directory, ServicePrincipal};

    pub(in crate::tenant) const GRAPH: &str = "https://127.0.0.1:8443/graph/v1.0";

    /// A change's commands, each on one line.
    pub(in crate::tenant) fn commands(change: &super::Change) -> String {
        change.commands(GRAPH).replace(" \\\n  ", " ")
    }

    pub(in crate::tenant) fn api() -> Application {
        Application::read(&json!({
            "id": "api-object", "appId": "api-client", "displayName": "workshop-api",
            "identifierUris": ["api://api-client"],
            "api": {"requestedAccessTokenVersion": null, "knownClientApplications": [], "oauth2PermissionScopes":
                [{"id": "scope-1", "value": "access_as_user", "type": "User", "isEnabled": true}]},
            "appRoles": [{"id": "role-1", "value": "Svc.Invoke", "displayName": "Invoke", "description": "d",
                "isEnabled": true, "allowedMemberTypes": ["Application"]}]}))
    }

    pub(in crate::tenant) fn client() -> Application {
        Application::read(
            &json!({"id": "client-object", "appId": "client-client", "displayName": "workshop-client",
            "spa": {"redirectUris": ["http://localhost:3000"]}, "requiredResourceAccess": []}),
        )
    }

    pub(in crate::tenant) fn principal(app: &Application) -> ServicePrincipal {
        ServicePrincipal {
            id: format!("{}-principal", app.display_name),
            app_id: app.app_id.clone(),
            display_name: app.display_name.clone(),
            oauth2_permission_scopes: app.api.oauth2_permission_scopes.clone(),
            app_roles: app.app_roles.clone(),
            ..ServicePrincipal::default()
        }
    }

    pub(in crate::tenant) fn directory() -> Directory {
        Directory {
            principals: vec![principal(&api()), principal(&client())],
            applications: vec![api(), client()],
            ..Directory::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::examples::{GRAPH, api};
    use super::*;

    #[test]
    fn a_patch_is_taken_back_by_the_values_of_before_and_by_no_others() {
        let change = patch(
            &api(),
            "t",
            json!({"api": {"requestedAccessTokenVersion": 2}, "displayName": "new"}),
        );
        let back =
            json!({"api": {"requestedAccessTokenVersion": null}, "displayName": "workshop-api"});
        assert_eq!(
            change.undo,
            Undo::By(vec![Call::patch("applications/api-object", back)])
        );
    }

    #[test]
    fn without_a_command_of_its_own_a_change_is_az_rest() {
        let change = patch(&api(), "t", json!({"displayName": "new"}));
        assert_eq!(change.commands(GRAPH), change.rest(GRAPH));
        let change = change.az(&["az", "ad", "app", "update", "--display-name", "two words"]);
        assert_eq!(
            change.commands(GRAPH),
            "az ad app update --display-name 'two words'"
        );
    }
}
