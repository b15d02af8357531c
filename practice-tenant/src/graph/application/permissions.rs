//! Scopes and roles of an application, and what refers to them.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::rules::SCHEMA;
use crate::directory::{AppRole, Application, PermissionScope};
use crate::graph::error::GraphError;

const LONGEST_VALUE: usize = 120;

/// What stands in `scope`, `scp` and `roles` is made of these (Graph "appRole resource type", `value`).
fn is_value(value: &str) -> bool {
    let punctuation = ":!#$%&'()*+,-./;<=>?@[]^+_`{|}~";
    value.chars().count() <= LONGEST_VALUE
        && !value.starts_with('.')
        && value
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || punctuation.contains(letter))
}

pub(super) fn check(before: &Application, after: &Application) -> Result<(), GraphError> {
    entitlements_stay(before, after)?;
    unique(after)?;
    for scope in &after.api.oauth2_permission_scopes {
        check_scope(scope)?;
    }
    for role in &after.app_roles {
        check_role(role)?;
    }
    let scopes = &after.api.oauth2_permission_scopes;
    for client in &after.api.pre_authorized_applications {
        let unknown = client
            .delegated_permission_ids
            .iter()
            .find(|id| !scopes.iter().any(|scope| scope.id == **id));
        if let Some(id) = unknown {
            let why = format!(" There is no scope with the id {id}.");
            return Err(SCHEMA.invalid("api.preAuthorizedApplications", &why));
        }
    }
    no_resource_twice(after)
}

/// An enabled permission is disabled before it goes, or before its name changes: clients hold it.
fn entitlements_stay(before: &Application, after: &Application) -> Result<(), GraphError> {
    let scopes = &after.api.oauth2_permission_scopes;
    let lost_scope = before.api.oauth2_permission_scopes.iter().any(|old| {
        let new = scopes.iter().find(|new| new.id == old.id);
        old.is_enabled && new.is_none_or(|new| new.is_enabled && new.value != old.value)
    });
    let lost_role = before.app_roles.iter().any(|old| {
        let new = after.app_roles.iter().find(|new| new.id == old.id);
        old.is_enabled && new.is_none_or(|new| new.is_enabled && new.value != old.value)
    });
    if lost_scope || lost_role {
        return Err(GraphError::EnabledEntitlement);
    }
    Ok(())
}

/// Ids are unique among scopes and roles together, values among each; a scope and a role may share theirs.
fn unique(after: &Application) -> Result<(), GraphError> {
    let mut ids = BTreeSet::new();
    let mut values = BTreeSet::new();
    let scopes = after.api.oauth2_permission_scopes.iter();
    let scopes = scopes.map(|scope| ("scope", scope.id, Some(&scope.value)));
    let roles = after.app_roles.iter();
    let roles = roles.map(|role| ("role", role.id, role.value.as_ref()));
    for (kind, id, value) in scopes.chain(roles) {
        if id.is_nil() {
            return Err(SCHEMA.invalid("id", " The nil GUID names no permission."));
        }
        if !ids.insert(id) {
            return Err(GraphError::DuplicateValue(id.to_string()));
        }
        if let Some(value) = value
            && !values.insert((kind, value.to_lowercase()))
        {
            return Err(GraphError::DuplicateValue(value.clone()));
        }
    }
    Ok(())
}

fn check_scope(scope: &PermissionScope) -> Result<(), GraphError> {
    if scope.value.is_empty() || !is_value(&scope.value) {
        return Err(SCHEMA.invalid("api.oauth2PermissionScopes.value", ""));
    }
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    if scope.is_enabled && !said(&scope.admin_consent_display_name) {
        return Err(SCHEMA.missing("api.oauth2PermissionScopes.adminConsentDisplayName"));
    }
    if scope.is_enabled && !said(&scope.admin_consent_description) {
        return Err(SCHEMA.missing("api.oauth2PermissionScopes.adminConsentDescription"));
    }
    Ok(())
}

fn check_role(role: &AppRole) -> Result<(), GraphError> {
    if !role.value.as_deref().is_none_or(is_value) {
        return Err(SCHEMA.invalid("appRoles.value", ""));
    }
    if role.allowed_member_types.is_empty() {
        return Err(SCHEMA.missing("appRoles.allowedMemberTypes"));
    }
    if role.display_name.trim().is_empty() {
        return Err(SCHEMA.missing("appRoles.displayName"));
    }
    if role.description.trim().is_empty() {
        return Err(SCHEMA.missing("appRoles.description"));
    }
    Ok(())
}

fn no_resource_twice(after: &Application) -> Result<(), GraphError> {
    let mut seen: BTreeSet<Uuid> = BTreeSet::new();
    for resource in &after.required_resource_access {
        if !seen.insert(resource.resource_app_id) {
            let twice = resource.resource_app_id.to_string();
            return Err(GraphError::DuplicateValue(twice));
        }
    }
    Ok(())
}
