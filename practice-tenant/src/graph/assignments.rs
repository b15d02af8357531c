//! `appRoleAssignments` (what a user or service principal holds) and `appRoleAssignedTo` (who holds a role of a service
//! principal): two addresses of the same things (Graph "appRoleAssignment resource type").

use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Call, Reply};
use super::change::text;
use super::error::GraphError;
use super::odata::{EntitySet, Key, entity, page};
use super::{find, new_link_id};
use crate::directory::{AppRoleAssignment, Directory, MemberType, ServicePrincipal, date_time};

/// Most of one tenant here.
const MOST: usize = 5_000;

/// Which end of the assignment an address begins with.
#[derive(Clone, Copy)]
pub(super) enum From {
    /// `users/{id}/appRoleAssignments`
    User,
    /// `servicePrincipals/{id}/appRoleAssignments`
    Client,
    /// `servicePrincipals/{id}/appRoleAssignedTo`
    Resource,
}

impl From {
    fn owner(self, directory: &Directory, key: &Key) -> Result<Uuid, GraphError> {
        match self {
            Self::User => find::user(directory, key).map(|user| user.id),
            Self::Client | Self::Resource => {
                find::service_principal(directory, key).map(|principal| principal.id)
            }
        }
    }

    fn is_end(self, owner: Uuid, assignment: &AppRoleAssignment) -> bool {
        match self {
            Self::User | Self::Client => assignment.principal_id == owner,
            Self::Resource => assignment.resource_id == owner,
        }
    }

    fn set(self) -> EntitySet {
        EntitySet {
            name: match self {
                Self::User | Self::Client => "appRoleAssignments",
                Self::Resource => "appRoleAssignedTo",
            },
            kind: "appRoleAssignment",
            shown: None,
        }
    }
}

/// `GET …`
pub(super) fn list(
    from: From,
    call: &Call<'_>,
    directory: &Directory,
) -> Result<Reply, GraphError> {
    let owner = from.owner(directory, call.key(0)?)?;
    let held = directory.app_role_assignments.iter();
    let held = held.filter(|held| from.is_end(owner, held));
    let shown: Vec<Value> = held.map(|held| view(held, directory)).collect();
    page(&from.set(), shown, &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET …/{id}`
pub(super) fn get(from: From, call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let owner = from.owner(directory, call.key(0)?)?;
    let id = find::plain(call.key(1)?)?;
    let mut held = directory.app_role_assignments.iter();
    let found = held
        .find(|held| held.id == id && from.is_end(owner, held))
        .ok_or_else(|| GraphError::NotFound(id.to_owned()))?;
    let context = owner.to_string();
    single(from, &context, view(found, directory), call).map(Reply::Ok)
}

/// `POST …`
pub(super) fn create(
    from: From,
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let owner = from.owner(directory, call.key(0)?)?;
    if let Some(name) = call.body.keys().find(|name| {
        !["principalId", "resourceId", "appRoleId"].contains(&name.as_str())
            && !name.starts_with("@odata.")
    }) {
        return Err(GraphError::UnknownProperty(name.clone()));
    }
    let (principal, resource) = (id(call, "principalId")?, id(call, "resourceId")?);
    let role = id(call, "appRoleId")?;
    // Both ends exist, and the address begins with the right one: an identity's own `appRoleAssignedTo` is about who
    // may call the identity.
    let end = match from {
        From::User | From::Client => principal,
        From::Resource => resource,
    };
    let of = directory
        .service_principals
        .iter()
        .find(|one| one.id == resource);
    let (Some(of), true) = (of, end == owner && exists(principal, directory)) else {
        return Err(GraphError::NotAReference);
    };
    if !offers(of, role, principal, directory) {
        return Err(GraphError::NoSuchRole(of.app_id));
    }
    let assignments = &directory.app_role_assignments;
    if assignments.iter().any(|held| {
        (held.principal_id, held.resource_id, held.app_role_id) == (principal, resource, role)
    }) {
        return Err(GraphError::AlreadyAssigned);
    }
    if assignments.len() >= MOST {
        return Err(GraphError::Quota);
    }
    let made = AppRoleAssignment {
        id: new_link_id(call),
        app_role_id: role,
        principal_id: principal,
        resource_id: resource,
        created_date_time: call.exchange.now,
    };
    let answer = single(from, &owner.to_string(), view(&made, directory), call)?;
    directory.app_role_assignments.push(made);
    Ok(Reply::Created(answer))
}

/// `DELETE …/{id}`
pub(super) fn delete(
    from: From,
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let owner = from.owner(directory, call.key(0)?)?;
    let id = find::plain(call.key(1)?)?;
    let before = directory.app_role_assignments.len();
    directory
        .app_role_assignments
        .retain(|held| held.id != id || !from.is_end(owner, held));
    if directory.app_role_assignments.len() == before {
        return Err(GraphError::NoSuchAssignment);
    }
    Ok(Reply::NoContent)
}

fn id(call: &Call<'_>, name: &'static str) -> Result<Uuid, GraphError> {
    let missing = || GraphError::Missing {
        property: name.into(),
        resource: "AppRoleAssignment",
    };
    let text = text(&call.body, name)
        .filter(|text| !text.is_empty())
        .ok_or_else(missing)?;
    Uuid::parse_str(text).map_err(|_| GraphError::InvalidGuid(text.to_owned()))
}

fn exists(principal: Uuid, directory: &Directory) -> bool {
    let mut principals = directory.service_principals.iter();
    directory.user(principal).is_some() || principals.any(|one| one.id == principal)
}

/// Whether a resource has this role for this kind of principal. The nil GUID stands for being assigned without a role,
/// which is for resources that have none for such principals.
fn offers(resource: &ServicePrincipal, role: Uuid, principal: Uuid, directory: &Directory) -> bool {
    let kind = if directory.user(principal).is_some() {
        MemberType::User
    } else {
        MemberType::Application
    };
    let roles = directory.application(resource.app_id);
    let mut roles = roles
        .into_iter()
        .flat_map(|application| &application.app_roles);
    if role.is_nil() {
        return !roles.any(|known| known.is_enabled && known.allowed_member_types.contains(&kind));
    }
    roles.any(|known| {
        known.id == role && known.is_enabled && known.allowed_member_types.contains(&kind)
    })
}

fn single(from: From, owner: &str, shown: Value, call: &Call<'_>) -> Result<Value, GraphError> {
    let set = from.set();
    let mut answer = entity(&set, shown, &call.query, &call.base)?;
    let parent = match from {
        From::User => "users",
        From::Client | From::Resource => "servicePrincipals",
    };
    let context = format!(
        "{}/$metadata#{parent}('{owner}')/{}/$entity",
        call.base, set.name
    );
    answer["@odata.context"] = context.into();
    Ok(answer)
}

/// The JSON of an assignment.
pub(super) fn view(assignment: &AppRoleAssignment, directory: &Directory) -> Value {
    let principals = || directory.service_principals.iter();
    let named = |id: Uuid| {
        principals()
            .find(|one| one.id == id)
            .map(|one| &one.display_name)
    };
    let user = directory.user(assignment.principal_id);
    let principal = user
        .map(|user| &user.display_name)
        .or_else(|| named(assignment.principal_id));
    json!({
        "id": assignment.id,
        "deletedDateTime": null,
        "appRoleId": assignment.app_role_id,
        "createdDateTime": date_time::format(assignment.created_date_time),
        "principalDisplayName": principal,
        "principalId": assignment.principal_id,
        "principalType": if user.is_some() { "User" } else { "ServicePrincipal" },
        "resourceDisplayName": named(assignment.resource_id),
        "resourceId": assignment.resource_id,
    })
}
