//! `GET /practice`: everything seeded, for a person or a test. Never the practice key.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use shared::secret::Password;
use uuid::Uuid;

use crate::Face;
use crate::directory::seed::{self, API, CLIENT, DAEMON};
use crate::directory::{Directory, ServicePrincipal, ServicePrincipalType};
use crate::options::Addresses;

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct SeededUser {
    /// The user principal name.
    pub username: String,
    /// Fixed and public.
    pub password: Password,
    /// The name people read.
    pub display_name: String,
    /// The `oid` in tokens.
    pub object_id: Uuid,
    /// The user's roles in the API.
    pub app_roles: Vec<String>,
    /// Whether the user may consent for everybody.
    pub administrator: bool,
}

/// The users of `directory`.
pub(crate) fn users(directory: &Directory) -> Vec<SeededUser> {
    directory
        .users
        .iter()
        .map(|user| SeededUser {
            username: user.user_principal_name.clone(),
            password: user.password.clone(),
            display_name: user.display_name.clone(),
            object_id: user.id,
            app_roles: directory.roles(user.id, API),
            administrator: directory.is_administrator(user.id),
        })
        .collect()
}

pub(super) async fn handler(State(face): State<Face>) -> Json<Value> {
    Json(document(&face.tenant.directory(), &face.tenant.addresses))
}

/// `null` and `{}` stand for what this tenant does not have: an https listener and a daemon's certificate in
/// tests, and the endpoints of the managed identities.
fn document(directory: &Directory, addresses: &Addresses) -> Value {
    let tenant = &directory.organization;
    let authority = |origin: &Arc<str>| format!("{origin}/{}", tenant.id);
    let users: Vec<Value> = users(directory)
        .iter()
        .map(|user| {
            json!({
                "username": user.username,
                "password": user.password.expose(),
                "displayName": user.display_name,
                "objectId": user.object_id,
                "appRoles": user.app_roles,
                "administrator": user.administrator,
            })
        })
        .collect();
    let identities: Vec<Value> = directory
        .service_principals
        .iter()
        .filter(|one| one.service_principal_type == ServicePrincipalType::ManagedIdentity)
        .map(managed_identity)
        .collect();
    json!({
        "tenant": {
            "id": tenant.id,
            "domain": tenant.domain,
            "displayName": tenant.display_name,
            "authority": addresses.https.as_ref().map(authority),
            "authorityHttp": authority(&addresses.http),
            "caCertificate": addresses.authority_file,
        },
        "apps": { "api": api(directory), "client": client(directory), "daemon": daemon(directory, addresses) },
        "users": users,
        "managedIdentities": identities,
    })
}

fn principal_id(directory: &Directory, app_id: Uuid) -> Option<Uuid> {
    directory
        .service_principal(app_id)
        .map(|principal| principal.id)
}

fn api(directory: &Directory) -> Value {
    let Some(api) = directory.application(API) else {
        return Value::Null;
    };
    let roles: serde_json::Map<String, Value> = api
        .app_roles
        .iter()
        .filter_map(|role| Some((role.value.clone()?, json!(role.id))))
        .collect();
    json!({
        "clientId": API,
        "objectId": api.id,
        "servicePrincipalId": principal_id(directory, API),
        "identifierUri": api.identifier_uris.first(),
        "scope": seed::ACCESS_AS_USER,
        "appRoles": roles,
    })
}

fn client(directory: &Directory) -> Value {
    let Some(client) = directory.application(CLIENT) else {
        return Value::Null;
    };
    json!({
        "clientId": CLIENT,
        "redirectUris": {
            "spa": client.spa.redirect_uris,
            "publicClient": client.public_client.redirect_uris,
            "web": client.web.redirect_uris,
        },
    })
}

fn daemon(directory: &Directory, addresses: &Addresses) -> Value {
    let Some(daemon) = directory.application(DAEMON) else {
        return Value::Null;
    };
    json!({
        "clientId": DAEMON,
        "servicePrincipalId": principal_id(directory, DAEMON),
        "clientSecret": daemon.password_credentials.first().map(|secret| secret.secret_text.expose()),
        "certificatePath": addresses.daemon_certificate,
    })
}

fn managed_identity(identity: &ServicePrincipal) -> Value {
    let explicit = identity
        .alternative_names
        .iter()
        .any(|name| name == "isExplicit=True");
    json!({
        "name": identity.display_name,
        "kind": if explicit { "userAssigned" } else { "systemAssigned" },
        "clientId": identity.app_id,
        "objectId": identity.id,
        "resourceId": identity.alternative_names.iter().find(|name| name.starts_with('/')),
        "sources": {},
    })
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use crate::testing::{ORIGIN, Workshop};

    #[tokio::test]
    async fn it_tells_what_is_seeded_and_never_the_practice_key() {
        let workshop = Workshop::new();
        let answer = workshop.get("/practice").await;
        assert_eq!(answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
        assert!(
            !answer
                .body
                .contains(workshop.tenant.practice_key().expose())
        );
        let seeded = answer.json();
        let id = workshop.tenant.tenant_id().to_string();
        assert_eq!(seeded["tenant"]["authorityHttp"], format!("{ORIGIN}/{id}"));
        let client_id = workshop.tenant.client_id().to_string();
        assert_eq!(seeded["apps"]["client"]["clientId"], client_id.as_str());
        assert_eq!(seeded["apps"]["api"]["scope"], "access_as_user");
        assert!(seeded["apps"]["api"]["appRoles"]["Svc.Invoke"].is_string());
        assert!(seeded["apps"]["daemon"]["clientSecret"].is_string());
        assert_eq!(
            seeded["users"].as_array().unwrap().len(),
            workshop.tenant.users().len()
        );
        assert_eq!(seeded["users"][1]["appRoles"][0], "Workshop.Admin");
        assert_eq!(seeded["users"][2]["administrator"], true);
        assert_eq!(seeded["managedIdentities"][0]["kind"], "systemAssigned");
        assert_eq!(seeded["managedIdentities"][1]["kind"], "userAssigned");
    }
}
