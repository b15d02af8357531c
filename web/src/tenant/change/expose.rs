//! What a registration offers as an API: its identifier, its scopes, its roles, the version of its tokens.

use serde_json::{Value, json};

use super::super::model::{AppRole, Application, PreAuthorized, Scope};
use super::{Change, patch};

/// Sets the application ID URI. The others, if there are more, stay.
pub fn set_identifier_uri(app: &Application, uri: &str) -> Change {
    let mut uris = vec![uri.to_owned()];
    uris.extend(
        app.identifier_uris
            .iter()
            .skip(1)
            .filter(|one| *one != uri)
            .cloned(),
    );
    let mut words = vec![
        "az",
        "ad",
        "app",
        "update",
        "--id",
        &app.app_id,
        "--identifier-uris",
    ];
    words.extend(uris.iter().map(String::as_str));
    patch(
        app,
        format!("Set the Application ID URI {uri}"),
        json!({"identifierUris": uris}),
    )
    .az(&words)
}

/// Takes an application ID URI away.
pub fn remove_identifier_uri(app: &Application, uri: &str) -> Change {
    let uris: Vec<&String> = app
        .identifier_uris
        .iter()
        .filter(|one| *one != uri)
        .collect();
    patch(
        app,
        format!("Remove the Application ID URI {uri}"),
        json!({"identifierUris": uris}),
    )
}

/// Adds a scope.
pub fn add_scope(app: &Application, scope: Scope) -> Change {
    let title = format!("Add the scope {}", scope.value);
    let mut scopes = app.api.oauth2_permission_scopes.clone();
    scopes.push(scope);
    set_scopes(app, title, &scopes)
}

/// Takes a scope away. Graph deletes only what is disabled, so it is disabled first.
pub fn remove_scope(app: &Application, id: &str) -> Change {
    let mut scopes = app.api.oauth2_permission_scopes.clone();
    let mut name = String::new();
    for scope in scopes.iter_mut().filter(|scope| scope.id == id) {
        scope.is_enabled = false;
        name.clone_from(&scope.value);
    }
    let disable = set_scopes(app, "", &scopes);
    scopes.retain(|scope| scope.id != id);
    after(
        disable,
        set_scopes(app, format!("Remove the scope {name}"), &scopes),
    )
}

fn set_scopes(app: &Application, title: impl Into<String>, scopes: &[Scope]) -> Change {
    patch(
        app,
        title,
        json!({"api": {"oauth2PermissionScopes": scopes.iter().map(Scope::json).collect::<Vec<_>>()}}),
    )
}

/// Adds an app role.
pub fn add_role(app: &Application, role: AppRole) -> Change {
    let title = format!("Create the app role {}", role.name());
    let mut roles = app.app_roles.clone();
    roles.push(role);
    set_roles(app, title, &roles)
}

/// Takes an app role away. Graph deletes only what is disabled, so it is disabled first.
pub fn remove_role(app: &Application, id: &str) -> Change {
    let mut roles = app.app_roles.clone();
    let mut name = String::new();
    for role in roles.iter_mut().filter(|role| role.id == id) {
        role.is_enabled = false;
        role.name().clone_into(&mut name);
    }
    let disable = set_roles(app, "", &roles);
    roles.retain(|role| role.id != id);
    after(
        disable,
        set_roles(app, format!("Remove the app role {name}"), &roles),
    )
}

fn set_roles(app: &Application, title: impl Into<String>, roles: &[AppRole]) -> Change {
    let roles = roles.iter().map(AppRole::json).collect::<Value>();
    let text = roles.to_string();
    patch(app, title, json!({"appRoles": roles})).az(&[
        "az",
        "ad",
        "app",
        "update",
        "--id",
        &app.app_id,
        "--app-roles",
        &text,
    ])
}

/// `change` with the calls and commands of `first` before its own.
fn after(first: Change, mut change: Change) -> Change {
    change.calls.splice(0..0, first.calls);
    change.az.splice(0..0, first.az);
    change
}

/// Which access tokens the API wants.
pub fn set_token_version(app: &Application, version: u8) -> Change {
    let title = format!("Ask for v{version} access tokens");
    let option = "--requested-access-token-version";
    patch(
        app,
        title,
        json!({"api": {"requestedAccessTokenVersion": version}}),
    )
    .az(&[
        "az",
        "ad",
        "app",
        "update",
        "--id",
        &app.app_id,
        option,
        &version.to_string(),
    ])
}

/// Authorizes a client for all scopes, so that nobody is asked for consent.
pub fn authorize_client(app: &Application, client_id: &str) -> Change {
    let scopes = &app.api.oauth2_permission_scopes;
    let mut clients: Vec<PreAuthorized> = others(app, client_id);
    clients.push(PreAuthorized {
        app_id: client_id.to_owned(),
        delegated_permission_ids: scopes.iter().map(|scope| scope.id.clone()).collect(),
    });
    set_clients(app, format!("Authorize the client {client_id}"), &clients)
}

/// Takes that back.
pub fn unauthorize_client(app: &Application, client_id: &str) -> Change {
    set_clients(
        app,
        format!("Remove the authorized client {client_id}"),
        &others(app, client_id),
    )
}

fn others(app: &Application, client_id: &str) -> Vec<PreAuthorized> {
    let clients = app.api.pre_authorized_applications.iter();
    clients
        .filter(|client| client.app_id != client_id)
        .cloned()
        .collect()
}

fn set_clients(app: &Application, title: String, clients: &[PreAuthorized]) -> Change {
    patch(
        app,
        title,
        json!({"api": {"preAuthorizedApplications": clients.iter().map(PreAuthorized::json).collect::<Vec<_>>()}}),
    )
}

#[cfg(test)]
mod tests {
    use super::super::examples::{api, commands};
    use super::*;

    #[test]
    fn a_scope_is_added_to_those_that_are_there() {
        let scope = Scope {
            id: "2".into(),
            value: "read".into(),
            is_enabled: true,
            ..Scope::default()
        };
        let change = add_scope(&api(), scope);
        let body = change.calls[0].body.clone().unwrap();
        let scopes = body["api"]["oauth2PermissionScopes"].as_array().unwrap();
        assert_eq!((scopes.len(), &scopes[1]["value"]), (2, &json!("read")));
        assert!(commands(&change).starts_with("az rest"));
    }

    #[test]
    fn what_is_enabled_is_disabled_before_it_is_deleted() {
        let change = remove_scope(&api(), "scope-1");
        assert_eq!(change.title, "Remove the scope access_as_user");
        let body = |index: usize| change.calls[index].body.clone().unwrap();
        assert_eq!(
            body(0)["api"]["oauth2PermissionScopes"][0]["isEnabled"],
            false
        );
        assert_eq!(body(1)["api"]["oauth2PermissionScopes"], json!([]));
        let change = remove_role(&api(), "role-1");
        assert_eq!(change.calls.len(), 2);
        assert_eq!(commands(&change).matches("az ad app update").count(), 2);
    }

    #[test]
    fn the_command_carries_the_roles_as_json() {
        let role = AppRole {
            id: "2".into(),
            value: Some("consumer".into()),
            ..AppRole::default()
        };
        let commands = commands(&add_role(&api(), role));
        assert!(
            commands.starts_with("az ad app update --id api-client --app-roles '[{"),
            "{commands}"
        );
        assert!(commands.contains(r#""value":"consumer""#), "{commands}");
    }

    #[test]
    fn setting_the_first_uri_replaces_it_and_leaves_the_others() {
        let mut app = api();
        app.identifier_uris = vec!["api://a".into(), "https://b.example".into()];
        let change = set_identifier_uri(&app, "api://c");
        let uris = json!(["api://c", "https://b.example"]);
        assert_eq!(change.calls[0].body, Some(json!({"identifierUris": uris})));
    }
}
