//! `policies/authorizationPolicy`: what members may do, above all whether they may consent to apps (Graph
//! "authorizationPolicy resource type").

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::error::GraphError;
use super::odata::{EntitySet, entity};
use crate::directory::{Directory, seed};

const SET: EntitySet = EntitySet {
    name: "policies/authorizationPolicy",
    kind: "authorizationPolicy",
    shown: None,
};

/// The policies by which members consent for themselves. Unverified: that Entra refuses others by name.
const KNOWN: &[&str] = &[
    seed::USERS_MAY_CONSENT,
    "ManagePermissionGrantsForSelf.microsoft-user-default-low",
    "ManagePermissionGrantsForSelf.microsoft-user-default-recommended",
];

/// `GET /policies/authorizationPolicy`
pub(super) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    entity(&SET, view(directory), &call.query, &call.base).map(Reply::Ok)
}

/// `PATCH /policies/authorizationPolicy`
pub(super) fn update(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let shown = view(directory);
    for (name, value) in call
        .body
        .iter()
        .filter(|(name, _)| !name.starts_with("@odata."))
    {
        match (name.as_str(), value) {
            ("defaultUserRolePermissions", Value::Object(changes)) => {
                for (name, value) in changes
                    .iter()
                    .filter(|(name, _)| !name.starts_with("@odata."))
                {
                    set(directory, &shown["defaultUserRolePermissions"], name, value)?;
                }
            }
            (_, value) if shown.get(name) == Some(value) => {}
            _ if shown.get(name).is_some() => return Err(GraphError::NotKept(name.clone())),
            _ => return Err(GraphError::UnknownProperty(name.clone())),
        }
    }
    Ok(Reply::NoContent)
}

fn set(
    directory: &mut Directory,
    shown: &Value,
    name: &str,
    value: &Value,
) -> Result<(), GraphError> {
    let permissions = &mut directory.authorization_policy.default_user_role_permissions;
    let invalid = || GraphError::Invalid {
        property: format!("defaultUserRolePermissions.{name}"),
        resource: "AuthorizationPolicy",
        why: String::new(),
    };
    match name {
        "allowedToCreateApps" => {
            permissions.allowed_to_create_apps = value.as_bool().ok_or_else(invalid)?;
        }
        "permissionGrantPoliciesAssigned" => {
            let policies = value.as_array().ok_or_else(invalid)?;
            let known = |policy: &Value| {
                let policy = policy.as_str()?;
                // Those for teams and chats are about neither sign-in nor consent here.
                let other = policy.starts_with("ManagePermissionGrantsForOwnedResource.");
                (other || KNOWN.contains(&policy)).then(|| policy.to_owned())
            };
            let policies: Option<Vec<String>> = policies.iter().take(10).map(known).collect();
            permissions.permission_grant_policies_assigned = policies.ok_or_else(invalid)?;
        }
        _ if shown.get(name) == Some(value) => {}
        _ if shown.get(name).is_some() => return Err(GraphError::NotKept(name.to_owned())),
        _ => return Err(GraphError::UnknownProperty(name.to_owned())),
    }
    Ok(())
}

fn view(directory: &Directory) -> Value {
    let permissions = &directory.authorization_policy.default_user_role_permissions;
    json!({
        "id": "authorizationPolicy",
        "allowInvitesFrom": "everyone",
        "allowedToSignUpEmailBasedSubscriptions": true,
        "allowedToUseSSPR": true,
        "allowEmailVerifiedUsersToJoinOrganization": false,
        "blockMsolPowerShell": false,
        "description": "Used to manage authorization related settings across the company.",
        "displayName": "Authorization Policy",
        "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
        "defaultUserRolePermissions": {
            "allowedToCreateApps": permissions.allowed_to_create_apps,
            "allowedToCreateSecurityGroups": true,
            "allowedToCreateTenants": true,
            "allowedToReadBitlockerKeysForOwnedDevice": true,
            "allowedToReadOtherUsers": true,
            "permissionGrantPoliciesAssigned": permissions.permission_grant_policies_assigned,
        },
    })
}
