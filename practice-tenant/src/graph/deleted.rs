//! Deleting, and `directory/deletedItems`: what was deleted can be brought back for 30 days, with what went with it
//! (Graph "directory (deleted items)").

use std::time::Duration;

use serde_json::Value;
use shared::time::UnixTime;
use uuid::Uuid;

use super::call::{Call, Reply};
use super::error::GraphError;
use super::odata::{EntitySet, entity, page};
use super::{application, find, objects, permissions, service_principal};
use crate::directory::{DeletedItem, Directory, date_time};

const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Beyond these the oldest go for good.
const MOST: usize = 100;

/// Deletes an application with its service principal.
pub(super) fn application(directory: &mut Directory, app_id: Uuid, now: UnixTime) {
    let mut item = emptied(directory, now);
    let (gone, rest) = parted(&mut directory.applications, |one| one.app_id == app_id);
    directory.applications = rest;
    item.application = gone;
    take_service_principal(directory, app_id, &mut item);
    directory.deleted_items.push(item);
}

/// Deletes a service principal alone.
pub(super) fn service_principal(directory: &mut Directory, app_id: Uuid, now: UnixTime) {
    let mut item = emptied(directory, now);
    take_service_principal(directory, app_id, &mut item);
    directory.deleted_items.push(item);
}

/// Deletes a user.
pub(super) fn user(directory: &mut Directory, id: Uuid, now: UnixTime) {
    let mut item = emptied(directory, now);
    let (gone, rest) = parted(&mut directory.users, |one| one.id == id);
    directory.users = rest;
    item.user = gone;
    take_links(directory, id, &mut item);
    directory.deleted_items.push(item);
}

/// Makes room, and an item with nothing in it.
fn emptied(directory: &mut Directory, now: UnixTime) -> DeletedItem {
    directory
        .deleted_items
        .retain(|item| item.deleted_date_time + KEPT > now);
    let surplus = (directory.deleted_items.len() + 1).saturating_sub(MOST);
    directory.deleted_items.drain(..surplus);
    DeletedItem {
        deleted_date_time: now,
        user: None,
        application: None,
        service_principal: None,
        oauth2_permission_grants: Vec::new(),
        app_role_assignments: Vec::new(),
        role_assignments: Vec::new(),
    }
}

fn take_service_principal(directory: &mut Directory, app_id: Uuid, item: &mut DeletedItem) {
    let (gone, rest) = parted(&mut directory.service_principals, |one| {
        one.app_id == app_id
    });
    directory.service_principals = rest;
    if let Some(principal) = gone {
        take_links(directory, principal.id, item);
        item.service_principal = Some(principal);
    }
}

/// Consents and assignments at either end of which the object stands.
fn take_links(directory: &mut Directory, id: Uuid, item: &mut DeletedItem) {
    let grants = std::mem::take(&mut directory.oauth2_permission_grants);
    let (gone, rest) = grants.into_iter().partition(|grant| {
        grant.client_id == id || grant.resource_id == id || grant.principal_id == Some(id)
    });
    (
        item.oauth2_permission_grants,
        directory.oauth2_permission_grants,
    ) = (gone, rest);
    let assignments = std::mem::take(&mut directory.app_role_assignments);
    let (gone, rest) = assignments
        .into_iter()
        .partition(|held| held.principal_id == id || held.resource_id == id);
    (item.app_role_assignments, directory.app_role_assignments) = (gone, rest);
    let roles = std::mem::take(&mut directory.role_assignments);
    let (gone, rest) = roles.into_iter().partition(|held| held.principal_id == id);
    (item.role_assignments, directory.role_assignments) = (gone, rest);
}

fn parted<T>(all: &mut Vec<T>, is: impl Fn(&T) -> bool) -> (Option<T>, Vec<T>) {
    let (gone, rest): (Vec<T>, Vec<T>) = std::mem::take(all).into_iter().partition(is);
    (gone.into_iter().next(), rest)
}

/// `GET /directory/deletedItems/microsoft.graph.application`
pub(super) fn applications(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    list(call, directory, &application::SET, "application")
}

/// `GET /directory/deletedItems/microsoft.graph.servicePrincipal`
pub(super) fn service_principals(
    call: &Call<'_>,
    directory: &Directory,
) -> Result<Reply, GraphError> {
    list(call, directory, &service_principal::SET, "servicePrincipal")
}

/// `GET /directory/deletedItems/microsoft.graph.user`
pub(super) fn users(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    list(call, directory, &objects::OBJECTS, "user")
}

fn list(
    call: &Call<'_>,
    directory: &Directory,
    set: &EntitySet,
    kind: &str,
) -> Result<Reply, GraphError> {
    let now = call.exchange.now;
    let items = directory.deleted_items.iter();
    let items = items.filter(|item| item.deleted_date_time + KEPT > now);
    let kind = format!("#microsoft.graph.{kind}");
    let shown = items.flat_map(|item| views(item, directory));
    let shown: Vec<Value> = shown
        .filter(|shown| shown["@odata.type"] == *kind)
        .collect();
    page(set, shown, &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET /directory/deletedItems/{id}`
pub(super) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let id = find::guid(call.key(0)?)?;
    let position = position(directory, id, call.exchange.now)?;
    let shown = views(&directory.deleted_items[position], directory);
    let shown = shown
        .into_iter()
        .find(|shown| shown["id"] == *id.to_string());
    let shown = shown.ok_or_else(|| GraphError::NotFound(id.to_string()))?;
    entity(&objects::OBJECTS, shown, &call.query, &call.base).map(Reply::Ok)
}

/// `DELETE /directory/deletedItems/{id}`: for good.
pub(super) fn purge(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let id = find::guid(call.key(0)?)?;
    let position = position(directory, id, call.exchange.now)?;
    may_change(call, directory, position)?;
    directory.deleted_items.remove(position);
    Ok(Reply::NoContent)
}

/// `POST /directory/deletedItems/{id}/restore`
pub(super) fn restore(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let id = find::guid(call.key(0)?)?;
    let position = position(directory, id, call.exchange.now)?;
    may_change(call, directory, position)?;
    let item = directory.deleted_items.remove(position);
    may_return(&item, directory)?;
    directory.users.extend(item.user);
    directory.applications.extend(item.application);
    directory.service_principals.extend(item.service_principal);
    let exists = |directory: &Directory, id: Uuid| {
        let mut principals = directory.service_principals.iter();
        directory.user(id).is_some() || principals.any(|one| one.id == id)
    };
    for grant in item.oauth2_permission_grants {
        let ends = [
            Some(grant.client_id),
            Some(grant.resource_id),
            grant.principal_id,
        ];
        if ends.into_iter().flatten().all(|end| exists(directory, end)) {
            directory.oauth2_permission_grants.push(grant);
        }
    }
    for held in item.app_role_assignments {
        if exists(directory, held.principal_id) && exists(directory, held.resource_id) {
            directory.app_role_assignments.push(held);
        }
    }
    directory.role_assignments.extend(item.role_assignments);
    let shown = objects::view(id, directory);
    let shown = shown.ok_or_else(|| GraphError::NotFound(id.to_string()))?;
    entity(&objects::OBJECTS, shown, &call.query, &call.base).map(Reply::Ok)
}

/// Who manages users manages deleted users, and nobody else's objects.
fn may_change(call: &Call<'_>, directory: &Directory, position: usize) -> Result<(), GraphError> {
    let needs = match directory.deleted_items[position].user {
        Some(_) => &permissions::WRITE_USERS,
        None => &permissions::WRITE_DELETED_APPLICATION,
    };
    needs.check(&call.caller, directory, &call.keys)
}

/// Nothing may have taken the place of what comes back.
fn may_return(item: &DeletedItem, directory: &Directory) -> Result<(), GraphError> {
    if let Some(user) = &item.user
        && directory.user_named(&user.user_principal_name).is_some()
    {
        return Err(GraphError::Conflict("userPrincipalName"));
    }
    if let Some(principal) = &item.service_principal {
        if directory.service_principal(principal.app_id).is_some() {
            return Err(GraphError::ServicePrincipalExists(principal.app_id));
        }
        let registered = directory.application(principal.app_id).is_some();
        if !registered && item.application.is_none() {
            let app_id = principal.app_id.to_string();
            return Err(GraphError::NoBackingApplication(app_id));
        }
    }
    let taken = |uri: &String| directory.resource(uri).is_some();
    if let Some(application) = &item.application
        && application.identifier_uris.iter().any(taken)
    {
        return Err(GraphError::Conflict("identifierUris"));
    }
    Ok(())
}

fn position(directory: &Directory, id: Uuid, now: UnixTime) -> Result<usize, GraphError> {
    let mut items = directory.deleted_items.iter();
    items
        .position(|item| {
            let user = item.user.as_ref().map(|user| user.id);
            let application = item.application.as_ref().map(|one| one.id);
            let principal = item.service_principal.as_ref().map(|one| one.id);
            item.deleted_date_time + KEPT > now
                && [user, application, principal].contains(&Some(id))
        })
        .ok_or_else(|| GraphError::NotFound(id.to_string()))
}

/// The objects of an item as they were shown, with the time of their deletion.
fn views(item: &DeletedItem, directory: &Directory) -> Vec<Value> {
    // They are seen as they would be if they were back, alone.
    let mut before = bare(directory);
    before.users.extend(item.user.clone());
    before.applications.extend(item.application.clone());
    before
        .service_principals
        .extend(item.service_principal.clone());
    let users = before.users.iter().map(|user| user.id);
    let applications = before.applications.iter().map(|one| one.id);
    let principals = before.service_principals.iter().map(|one| one.id);
    let ids: Vec<Uuid> = users.chain(applications).chain(principals).collect();
    let shown = ids.into_iter().filter_map(|id| objects::view(id, &before));
    shown
        .map(|mut shown| {
            shown["deletedDateTime"] = date_time::format(item.deleted_date_time).into();
            shown
        })
        .collect()
}

/// The tenant without anything in it.
fn bare(directory: &Directory) -> Directory {
    Directory {
        organization: directory.organization.clone(),
        authorization_policy: directory.authorization_policy.clone(),
        users: Vec::new(),
        applications: Vec::new(),
        service_principals: Vec::new(),
        oauth2_permission_grants: Vec::new(),
        app_role_assignments: Vec::new(),
        role_assignments: Vec::new(),
        deleted_items: Vec::new(),
    }
}
