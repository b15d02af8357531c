//! Permissions that a client asks for, and who has granted them: consent and app role assignments.

use serde_json::json;

use super::super::graph::Call;
use super::super::model::{
    Access, Application, Assignment, Directory, Grant, RequiredResource, ServicePrincipal,
    USERS_MAY_CONSENT,
};
use super::{Change, Undo, patch};

/// A permission of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The API's client ID.
    pub resource_app_id: String,
    /// The scope's or role's ID.
    pub id: String,
    /// `Scope` or `Role`.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

/// Delegated or without a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A scope.
    Delegated,
    /// A role for applications.
    Application,
}

impl Kind {
    /// As Graph writes it.
    pub fn graph(self) -> &'static str {
        match self {
            Kind::Delegated => "Scope",
            Kind::Application => "Role",
        }
    }

    /// As the admin center says it.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Delegated => "Delegated",
            Kind::Application => "Application",
        }
    }
}

/// Everything that can be asked of an API.
pub fn offered(resource: &ServicePrincipal) -> Vec<Permission> {
    let permission = |id: &str, kind, name: &str| Permission {
        resource_app_id: resource.app_id.clone(),
        id: id.to_owned(),
        kind,
        name: name.to_owned(),
    };
    let scopes = resource
        .oauth2_permission_scopes
        .iter()
        .filter(|scope| scope.is_enabled);
    let scopes = scopes.map(|scope| permission(&scope.id, Kind::Delegated, &scope.value));
    let roles = resource
        .app_roles
        .iter()
        .filter(|role| role.is_enabled && role.is_for("Application"));
    scopes
        .chain(roles.map(|role| permission(&role.id, Kind::Application, role.name())))
        .collect()
}

/// The permissions that a client asks for, with the names that the APIs give them.
pub fn configured(app: &Application, directory: &Directory) -> Vec<Permission> {
    let mut all = Vec::new();
    for resource in &app.required_resource_access {
        let offered = directory
            .principal_of(&resource.resource_app_id)
            .map(offered)
            .unwrap_or_default();
        for access in &resource.resource_access {
            let kind = if access.kind == "Role" {
                Kind::Application
            } else {
                Kind::Delegated
            };
            let name = offered
                .iter()
                .find(|one| one.id == access.id)
                .map(|one| one.name.clone());
            all.push(Permission {
                resource_app_id: resource.resource_app_id.clone(),
                id: access.id.clone(),
                kind,
                name: name.unwrap_or_else(|| access.id.clone()),
            });
        }
    }
    all
}

/// Whether a permission has been granted for everybody. `assignments` are the roles that the client holds.
pub fn is_granted(
    permission: &Permission,
    app: &Application,
    directory: &Directory,
    assignments: &[Assignment],
) -> bool {
    let (Some(client), Some(resource)) = (
        directory.principal_of(&app.app_id),
        directory.principal_of(&permission.resource_app_id),
    ) else {
        return false;
    };
    match permission.kind {
        Kind::Delegated => directory.grants.iter().any(|grant| {
            grant.is_for_everybody()
                && grant.client_id == client.id
                && grant.resource_id == resource.id
                && grant.covers(&permission.name)
        }),
        Kind::Application => assignments.iter().any(|one| {
            one.principal_id == client.id
                && one.resource_id == resource.id
                && one.app_role_id == permission.id
        }),
    }
}

/// Adds a permission to those that a client asks for.
pub fn add_permission(app: &Application, permission: &Permission) -> Change {
    let mut resources = app.required_resource_access.clone();
    let access = Access {
        id: permission.id.clone(),
        kind: permission.kind.graph().to_owned(),
    };
    match resources
        .iter_mut()
        .find(|one| one.resource_app_id == permission.resource_app_id)
    {
        Some(resource) => resource.resource_access.push(access),
        None => resources.push(RequiredResource {
            resource_app_id: permission.resource_app_id.clone(),
            resource_access: vec![access],
        }),
    }
    let title = format!("Add the permission {}", permission.name);
    patch(app, title, json!({"requiredResourceAccess": resources.iter().map(RequiredResource::json).collect::<Vec<_>>()})).az(&[
        "az",
        "ad",
        "app",
        "permission",
        "add",
        "--id",
        &app.app_id,
        "--api",
        &permission.resource_app_id,
        "--api-permissions",
        &format!("{}={}", permission.id, permission.kind.graph()),
    ])
}

/// Takes a permission away. What has been granted stays granted: that is another object.
pub fn remove_permission(app: &Application, permission: &Permission) -> Change {
    let mut resources = app.required_resource_access.clone();
    for resource in resources
        .iter_mut()
        .filter(|one| one.resource_app_id == permission.resource_app_id)
    {
        resource
            .resource_access
            .retain(|access| access.id != permission.id);
    }
    resources.retain(|resource| !resource.resource_access.is_empty());
    let title = format!("Remove the permission {}", permission.name);
    patch(app, title, json!({"requiredResourceAccess": resources.iter().map(RequiredResource::json).collect::<Vec<_>>()})).az(&[
        "az",
        "ad",
        "app",
        "permission",
        "delete",
        "--id",
        &app.app_id,
        "--api",
        &permission.resource_app_id,
        "--api-permissions",
        &permission.id,
    ])
}

/// Grants everything that a client asks for, for everybody: one consent per API, and an assignment per application
/// permission. `None` if nothing is missing, or if an API has no service principal here.
pub fn grant_admin_consent(
    app: &Application,
    directory: &Directory,
    assignments: &[Assignment],
) -> Option<Change> {
    let client = directory.principal_of(&app.app_id)?;
    let missing: Vec<Permission> = configured(app, directory)
        .into_iter()
        .filter(|permission| !is_granted(permission, app, directory, assignments))
        .collect();
    let mut change = Change::new(
        format!("Grant admin consent to {}", app.display_name),
        Vec::new(),
        Undo::Never(
            "Consent is withdrawn under Enterprise applications, permission by permission.",
        ),
    );
    for resource in &app.required_resource_access {
        let Some(api) = directory.principal_of(&resource.resource_app_id) else {
            continue;
        };
        let of_api = missing
            .iter()
            .filter(|one| one.resource_app_id == api.app_id);
        let (roles, scopes): (Vec<_>, Vec<_>) =
            of_api.partition(|one| one.kind == Kind::Application);
        let names: Vec<&str> = scopes.iter().map(|one| one.name.as_str()).collect();
        if !names.is_empty() {
            consent(
                &mut change,
                client,
                api,
                &directory.grants,
                &names.join(" "),
            );
        }
        for role in roles {
            let assign = assign(&client.id, api, &role.id, "");
            change.calls.extend(assign.calls);
        }
    }
    // The command line's own "admin-consent" speaks to the portal, not to Graph.
    let only_scopes = missing.iter().all(|one| one.kind == Kind::Delegated);
    if !only_scopes {
        change.az.clear();
    }
    (!change.calls.is_empty()).then_some(change)
}

/// One consent for everybody: a new one, or the one that is there made larger.
fn consent(
    change: &mut Change,
    client: &ServicePrincipal,
    api: &ServicePrincipal,
    grants: &[Grant],
    scope: &str,
) {
    let is_ours = |grant: &&Grant| {
        grant.is_for_everybody() && grant.client_id == client.id && grant.resource_id == api.id
    };
    let call = match grants.iter().find(is_ours) {
        Some(grant) => {
            let scope = format!("{} {scope}", grant.scope.trim());
            Call::patch(
                format!("oauth2PermissionGrants/{}", grant.id),
                json!({"scope": scope}),
            )
        }
        None => Call::post(
            "oauth2PermissionGrants",
            grant_body(&client.id, "AllPrincipals", None, &api.id, scope),
        ),
    };
    change.calls.push(call);
    let scopes: Vec<&str> = scope.split(' ').collect();
    let mut words = vec![
        "az",
        "ad",
        "app",
        "permission",
        "grant",
        "--id",
        &client.app_id,
        "--api",
        &api.app_id,
    ];
    words.push("--scope");
    words.extend(scopes);
    change.az.push(super::super::az::command(&words));
}

fn grant_body(
    client: &str,
    consent_type: &str,
    user: Option<&str>,
    api: &str,
    scope: &str,
) -> serde_json::Value {
    json!({
        "clientId": client, "consentType": consent_type, "principalId": user, "resourceId": api, "scope": scope,
    })
}

/// Withdraws a consent.
pub fn revoke(grant: &Grant, client: &str) -> Change {
    let user = grant.principal_id.as_deref();
    let body = grant_body(
        &grant.client_id,
        &grant.consent_type,
        user,
        &grant.resource_id,
        &grant.scope,
    );
    Change::new(
        format!("Withdraw the consent to {client}"),
        vec![Call::delete(format!("oauth2PermissionGrants/{}", grant.id))],
        Undo::By(vec![Call::post("oauth2PermissionGrants", body)]),
    )
}

/// Assigns a role of an API to a user, a managed identity or another service principal.
pub fn assign(principal_id: &str, api: &ServicePrincipal, role_id: &str, who: &str) -> Change {
    let path = format!("servicePrincipals/{}/appRoleAssignedTo", api.id);
    let body = json!({"principalId": principal_id, "resourceId": api.id, "appRoleId": role_id});
    Change::new(
        format!(
            "Assign {} of {} to {who}",
            api.role_name(role_id),
            api.display_name
        ),
        vec![Call::post(path.clone(), body)],
        Undo::By(vec![Call::delete(format!("{path}/{{id}}"))]),
    )
}

/// Takes a role back.
pub fn unassign(assignment: &Assignment, api: &ServicePrincipal) -> Change {
    let path = format!("servicePrincipals/{}/appRoleAssignedTo", api.id);
    let who = assignment
        .principal_display_name
        .as_deref()
        .unwrap_or(&assignment.principal_id);
    let role = api.role_name(&assignment.app_role_id);
    let again = assign(&assignment.principal_id, api, &assignment.app_role_id, who);
    Change::new(
        format!("Remove {role} of {} from {who}", api.display_name),
        vec![Call::delete(format!("{path}/{}", assignment.id))],
        Undo::By(again.calls),
    )
}

/// Whether users may consent for themselves.
pub fn set_user_consent(directory: &Directory, allowed: bool) -> Change {
    let now = &directory.policy.grant_policies;
    let kept = now
        .iter()
        .filter(|name| !name.starts_with("ManagePermissionGrantsForSelf."));
    let mut names: Vec<&str> = kept.map(String::as_str).collect();
    if allowed {
        names.push(USERS_MAY_CONSENT);
    }
    let call = |names: serde_json::Value| {
        let body =
            json!({"defaultUserRolePermissions": {"permissionGrantPoliciesAssigned": names}});
        Call::patch("policies/authorizationPolicy", body)
    };
    let title = if allowed {
        "Allow user consent"
    } else {
        "Do not allow user consent"
    };
    Change::new(
        title,
        vec![call(json!(names))],
        Undo::By(vec![call(json!(now))]),
    )
}

#[cfg(test)]
mod tests {
    use super::super::examples::{api, client, commands, directory, principal};
    use super::*;

    fn asking() -> (Application, Directory) {
        let (mut app, mut directory) = (client(), directory());
        app.required_resource_access = vec![RequiredResource {
            resource_app_id: "api-client".into(),
            resource_access: vec![
                Access {
                    id: "scope-1".into(),
                    kind: "Scope".into(),
                },
                Access {
                    id: "role-1".into(),
                    kind: "Role".into(),
                },
            ],
        }];
        directory.applications[1] = app.clone();
        (app, directory)
    }

    #[test]
    fn a_permission_joins_those_of_its_api() {
        let permissions = offered(&principal(&api()));
        let change = add_permission(&client(), &permissions[0]);
        let access = json!([{"resourceAppId": "api-client", "resourceAccess": [{"id": "scope-1", "type": "Scope"}]}]);
        assert_eq!(
            change.calls[0].body,
            Some(json!({"requiredResourceAccess": access}))
        );
        assert_eq!(
            commands(&change),
            "az ad app permission add --id client-client --api api-client --api-permissions scope-1=Scope"
        );
        let (app, _) = asking();
        let body = remove_permission(&app, &permissions[0]).calls[0]
            .body
            .clone()
            .unwrap();
        assert_eq!(
            body["requiredResourceAccess"][0]["resourceAccess"][0]["id"],
            "role-1"
        );
    }

    #[test]
    fn admin_consent_is_a_grant_for_the_scopes_and_an_assignment_per_role() {
        let (app, directory) = asking();
        let change = grant_admin_consent(&app, &directory, &[]).unwrap();
        assert_eq!(change.calls[0].path, "oauth2PermissionGrants");
        assert_eq!(
            change.calls[0].body.as_ref().unwrap()["scope"],
            "access_as_user"
        );
        assert_eq!(
            change.calls[1].path,
            "servicePrincipals/workshop-api-principal/appRoleAssignedTo"
        );
        assert!(
            commands(&change).starts_with("az rest"),
            "az has no command that does both"
        );
    }

    #[test]
    fn what_is_granted_is_not_granted_again() {
        let (app, mut directory) = asking();
        let grant = Grant {
            id: "g".into(),
            client_id: "workshop-client-principal".into(),
            consent_type: "AllPrincipals".into(),
            resource_id: "workshop-api-principal".into(),
            scope: "other".into(),
            ..Grant::default()
        };
        let held = Assignment {
            principal_id: "workshop-client-principal".into(),
            resource_id: "workshop-api-principal".into(),
            app_role_id: "role-1".into(),
            ..Assignment::default()
        };
        directory.grants = vec![grant];
        let change = grant_admin_consent(&app, &directory, std::slice::from_ref(&held)).unwrap();
        assert_eq!(
            change.calls,
            [Call::patch(
                "oauth2PermissionGrants/g",
                json!({"scope": "other access_as_user"})
            )]
        );
        assert!(
            commands(&change).ends_with("--scope access_as_user"),
            "{}",
            commands(&change)
        );
        directory.grants[0].scope = "access_as_user".into();
        assert_eq!(grant_admin_consent(&app, &directory, &[held]), None);
    }

    #[test]
    fn an_assignment_is_made_at_the_api_and_taken_back_there() {
        let change = assign("mi", &principal(&api()), "role-1", "identity");
        assert_eq!(
            change.title,
            "Assign Svc.Invoke of workshop-api to identity"
        );
        let Undo::By(undo) = change.undo else {
            panic!()
        };
        let path = "servicePrincipals/workshop-api-principal/appRoleAssignedTo/a1";
        assert_eq!(undo[0].filled(&json!({"id": "a1"})), Call::delete(path));
    }

    #[test]
    fn user_consent_is_switched_and_other_policies_stay() {
        let mut directory = directory();
        let other = "ManagePermissionGrantsForOwnedResource.x".to_owned();
        directory.policy.grant_policies = vec![USERS_MAY_CONSENT.to_owned(), other.clone()];
        let off = set_user_consent(&directory, false);
        let assigned = "/defaultUserRolePermissions/permissionGrantPoliciesAssigned";
        assert_eq!(
            off.calls[0].body.as_ref().unwrap().pointer(assigned),
            Some(&json!([other]))
        );
        let on = set_user_consent(&directory, true);
        assert_eq!(
            on.calls[0].body.as_ref().unwrap().pointer(assigned),
            Some(&json!([other, USERS_MAY_CONSENT]))
        );
    }
}
