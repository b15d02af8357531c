//! `oauth2PermissionGrants`: who consented to which delegated permissions (Graph "oAuth2PermissionGrant resource type").

use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Call, Reply};
use super::change::text;
use super::error::GraphError;
use super::odata::{EntitySet, Key, entity, page};
use super::{find, new_link_id};
use crate::directory::{ConsentType, Directory, OAuth2PermissionGrant};

/// Most of one tenant here.
const MOST: usize = 5_000;
/// Longest list of permissions (Graph "oAuth2PermissionGrant": 3850).
const LONGEST_SCOPE: usize = 3_850;
const RESOURCE: &str = "OAuth2PermissionGrant";

const SET: EntitySet = EntitySet {
    name: "oauth2PermissionGrants",
    kind: "oAuth2PermissionGrant",
    shown: None,
};

/// `GET /oauth2PermissionGrants`
pub(super) fn list(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let all = directory.oauth2_permission_grants.iter().map(view);
    page(&SET, all.collect(), &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET /servicePrincipals/{id}/oauth2PermissionGrants`: what a client was granted.
pub(super) fn list_of_client(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let client = find::service_principal(directory, call.key(0)?)?.id;
    let all = directory.oauth2_permission_grants.iter();
    let of_client = all.filter(|grant| grant.client_id == client).map(view);
    page(&SET, of_client.collect(), &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET /users/{id}/oauth2PermissionGrants`: what a user consented to.
pub(super) fn list_of_user(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let user = find::user(directory, call.key(0)?)?.id;
    let all = directory.oauth2_permission_grants.iter();
    let of_user = all
        .filter(|grant| grant.principal_id == Some(user))
        .map(view);
    page(&SET, of_user.collect(), &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET /oauth2PermissionGrants/{id}`
pub(super) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let grant = one(directory, call.key(0)?)?;
    entity(&SET, view(grant), &call.query, &call.base).map(Reply::Ok)
}

/// `POST /oauth2PermissionGrants`
pub(super) fn create(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let known = [
        "clientId",
        "consentType",
        "principalId",
        "resourceId",
        "scope",
    ];
    // Once it was required, and tools still send it.
    let forgotten = ["startTime", "expiryTime"];
    if let Some(name) = call.body.keys().find(|name| {
        let name = name.as_str();
        !known.contains(&name) && !forgotten.contains(&name) && !name.starts_with("@odata.")
    }) {
        return Err(GraphError::UnknownProperty(name.clone()));
    }
    let client_id = principal(call, directory, "clientId")?;
    let resource_id = principal(call, directory, "resourceId")?;
    let (consent_type, principal_id) = consent(call, directory)?;
    let grants = &directory.oauth2_permission_grants;
    if grants.iter().any(|grant| {
        (grant.client_id, grant.resource_id, grant.principal_id)
            == (client_id, resource_id, principal_id)
    }) {
        return Err(GraphError::AlreadyGranted);
    }
    if grants.len() >= MOST {
        return Err(GraphError::Quota);
    }
    let made = OAuth2PermissionGrant {
        id: new_link_id(call),
        client_id,
        consent_type,
        principal_id,
        resource_id,
        scope: scope(call)?,
    };
    let answer = entity(&SET, view(&made), &call.query, &call.base)?;
    directory.oauth2_permission_grants.push(made);
    Ok(Reply::Created(answer))
}

/// `PATCH /oauth2PermissionGrants/{id}`: the permissions can change, nothing else.
pub(super) fn update(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let before = one(directory, call.key(0)?)?;
    let shown = view(before);
    if let Some((name, _)) = call.body.iter().find(|(name, value)| {
        *name != "scope" && !name.starts_with("@odata.") && shown.get(*name) != Some(*value)
    }) {
        return Err(match shown.get(name) {
            Some(_) => GraphError::ReadOnly(name.clone()),
            None => GraphError::UnknownProperty(name.clone()),
        });
    }
    let id = before.id.clone();
    if call.body.contains_key("scope") {
        let scope = scope(call)?;
        let mut grants = directory.oauth2_permission_grants.iter_mut();
        if let Some(grant) = grants.find(|grant| grant.id == id) {
            grant.scope = scope;
        }
    }
    Ok(Reply::NoContent)
}

/// `DELETE /oauth2PermissionGrants/{id}`
pub(super) fn delete(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let id = one(directory, call.key(0)?)?.id.clone();
    directory
        .oauth2_permission_grants
        .retain(|grant| grant.id != id);
    Ok(Reply::NoContent)
}

fn one<'d>(directory: &'d Directory, key: &Key) -> Result<&'d OAuth2PermissionGrant, GraphError> {
    let id = find::plain(key)?;
    let mut grants = directory.oauth2_permission_grants.iter();
    grants
        .find(|grant| grant.id == id)
        .ok_or_else(|| GraphError::NotFound(id.to_owned()))
}

fn view(grant: &OAuth2PermissionGrant) -> Value {
    serde_json::to_value(grant).unwrap_or_else(|_| json!({}))
}

fn principal(call: &Call<'_>, directory: &Directory, name: &str) -> Result<Uuid, GraphError> {
    let id = guid(call, name)?;
    let mut principals = directory.service_principals.iter();
    if principals.any(|principal| principal.id == id) {
        Ok(id)
    } else {
        Err(GraphError::NotFound(id.to_string()))
    }
}

fn guid(call: &Call<'_>, name: &str) -> Result<Uuid, GraphError> {
    let text = text(&call.body, name).ok_or_else(|| missing(name))?;
    Uuid::parse_str(text).map_err(|_| GraphError::InvalidGuid(text.to_owned()))
}

fn missing(name: &str) -> GraphError {
    GraphError::Missing {
        property: name.to_owned(),
        resource: RESOURCE,
    }
}

fn invalid(name: &str, why: &str) -> GraphError {
    GraphError::Invalid {
        property: name.to_owned(),
        resource: RESOURCE,
        why: why.to_owned(),
    }
}

fn consent(
    call: &Call<'_>,
    directory: &Directory,
) -> Result<(ConsentType, Option<Uuid>), GraphError> {
    let nobody = call.body.get("principalId").is_none_or(Value::is_null);
    match text(&call.body, "consentType") {
        Some("AllPrincipals") if nobody => Ok((ConsentType::AllPrincipals, None)),
        Some("AllPrincipals") => Err(invalid("principalId", " AllPrincipals names nobody.")),
        Some("Principal") if nobody => Err(missing("principalId")),
        Some("Principal") => {
            let id = guid(call, "principalId")?;
            let user = directory.user(id);
            let user = user.ok_or_else(|| GraphError::NotFound(id.to_string()))?;
            Ok((ConsentType::Principal, Some(user.id)))
        }
        Some(_) => Err(invalid("consentType", "")),
        None => Err(missing("consentType")),
    }
}

/// The names, each once. Graph does not ask whether the resource has them.
fn scope(call: &Call<'_>) -> Result<String, GraphError> {
    let text = match call.body.get("scope") {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => return Err(invalid("scope", "")),
    };
    if text.chars().count() > LONGEST_SCOPE || text.contains(char::is_control) {
        return Err(invalid("scope", ""));
    }
    let mut names: Vec<&str> = Vec::new();
    for name in text.split_whitespace() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names.join(" "))
}
