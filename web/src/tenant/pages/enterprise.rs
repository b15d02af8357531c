//! Enterprise applications: the members of this tenant that are no people, and who may use them.

use leptos::prelude::*;

use super::super::change::consent::{assign, revoke, unassign};
use super::super::change::registration::set_principal;
use super::super::model::{Assignment, DEFAULT_ACCESS, Directory, Grant, ServicePrincipal};
use super::super::place::Place;
use super::super::store::{Id, Tenant};
use super::frame::{self, page, section};
use super::parts::{Words, choice, first_of, form, nothing, tick};
use super::rows::{Act, Name, Row, facts, rows};

/// Where a service principal comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Here,
    Azure,
    Elsewhere,
}

fn origin_of(principal: &ServicePrincipal, own: &str) -> Origin {
    if principal.is_managed_identity() {
        Origin::Azure
    } else if principal.app_owner_organization_id.as_deref() == Some(own) {
        Origin::Here
    } else {
        Origin::Elsewhere
    }
}

pub(super) fn list(tenant: Tenant) -> AnyView {
    let groups = [
        (Origin::Here, "Registered in this tenant"),
        (Origin::Azure, "Managed identities"),
        (Origin::Elsewhere, "Microsoft applications"),
    ];
    let row = |one: &ServicePrincipal| Row {
        name: Name::Link(
            one.display_name.clone(),
            Place::Principal(one.id.clone()).path(),
        ),
        code: one.id.clone(),
        ..Row::default()
    };
    let own = tenant.workshop().config().tenant_id.to_string();
    let groups = groups.map(|(origin, title)| {
        let own = own.clone();
        let list = rows(tenant, title, "None.", move || {
            let of = tenant.look(|directory| {
                directory
                    .principals
                    .iter()
                    .filter(|one| origin_of(one, &own) == origin)
                    .map(row)
                    .collect()
            });
            of.unwrap_or_default()
        });
        section(title, "", vec![list])
    });
    let lede = "Service principals: apps and Azure's managed identities as members of this tenant. Assignments and consents hang on \
                these, not on the registrations.";
    frame::list("Enterprise applications", lede, groups.into())
}

fn find(tenant: Tenant, id: Id) -> Option<ServicePrincipal> {
    id.with_value(|id| by_id(tenant, id))
}

fn by_id(tenant: Tenant, id: &str) -> Option<ServicePrincipal> {
    tenant.look(|directory| directory.principal(id).cloned())?
}

pub(super) fn view(tenant: Tenant, id: Id) -> AnyView {
    let principal = find(tenant, id).unwrap_or_default();
    let identity = principal.is_managed_identity();
    let table = facts(vec![
        ("Object ID", principal.id),
        ("Application ID", principal.app_id),
        ("Type", principal.service_principal_type),
    ]);
    let mut body = vec![table];
    let lede = if identity {
        body.push(held(tenant, id, identity));
        "An identity that Azure gives to a resource: no secret, no registration. Its object ID is what a role is assigned to."
    } else {
        body.extend([
            assigned(tenant, id),
            assigning(tenant, id),
            consents(tenant, id),
            held(tenant, id, identity),
            properties(tenant, id),
        ]);
        "Who may use this app, what it has been granted, and what it grants to others."
    };
    let eyebrow = view! { <a href=Place::Enterprise.path()>"Enterprise applications"</a> };
    page(
        eyebrow.into_any(),
        principal.display_name,
        lede.into_any(),
        body,
    )
}

fn assigned_path(id: &str) -> String {
    format!("servicePrincipals/{id}/appRoleAssignedTo")
}

/// Who holds a role of this app.
fn assigned(tenant: Tenant, id: Id) -> AnyView {
    let path = id.with_value(|id| assigned_path(id));
    let list = rows(tenant, "Assignments", "Nobody is assigned.", move || {
        let row = |one: Assignment| {
            let who = one.principal_display_name.clone();
            let who = who.unwrap_or_else(|| name_of(tenant, &one.principal_id));
            let note = one.principal_type.clone().unwrap_or_default();
            Row {
                note,
                ..assignment(tenant, one, who)
            }
        };
        tenant.assignments(&path).into_iter().map(row).collect()
    });
    section(
        "Users and groups",
        "Who holds a role of this app. In a token for it the role stands under roles.",
        vec![list],
    )
}

/// The roles that this app, or identity, holds of others.
fn held(tenant: Tenant, id: Id, identity: bool) -> AnyView {
    let path = id.with_value(|id| format!("servicePrincipals/{id}/appRoleAssignments"));
    let empty = if identity {
        "No role yet: the API answers its tokens with 403."
    } else {
        "No role."
    };
    let way = move || {
        let wanted = tenant.wanted().api;
        let api = tenant
            .look(|directory| directory.principal_of(&wanted).cloned())
            .flatten()?;
        let path = Place::Principal(api.id).path();
        Some(view! { <p><a href=path>"Assign a role of "{api.display_name}</a></p> })
    };
    let mut body = vec![held_roles(tenant, path, empty)];
    if identity {
        body.push(way.into_any());
    }
    section("App roles it holds", "", body)
}

/// What is assigned to somebody, of whichever app.
pub(super) fn held_roles(tenant: Tenant, path: String, empty: &'static str) -> AnyView {
    rows(tenant, "App roles", empty, move || {
        let row = |one: Assignment| {
            let of = one.resource_display_name.clone();
            let of = of.unwrap_or_else(|| name_of(tenant, &one.resource_id));
            assignment(tenant, one, of)
        };
        tenant.assignments(&path).into_iter().map(row).collect()
    })
}

fn name_of(tenant: Tenant, id: &str) -> String {
    tenant
        .look(|directory| directory.name_of(id))
        .unwrap_or_default()
}

fn assignment(tenant: Tenant, one: Assignment, name: String) -> Row {
    let api = by_id(tenant, &one.resource_id).unwrap_or_default();
    Row {
        code: api.role_name(&one.app_role_id),
        act: Some(Act::new("Remove", &name, move || {
            Some(unassign(&one, &by_id(tenant, &one.resource_id)?))
        })),
        name: Name::Words(name),
        ..Row::default()
    }
}

/// The roles of an app that can be assigned.
fn roles(tenant: Tenant, id: Id) -> Vec<(String, String)> {
    let api = find(tenant, id).unwrap_or_default();
    let enabled = api.app_roles.iter().filter(|role| role.is_enabled);
    let mut roles: Vec<_> = enabled
        .map(|role| {
            (
                role.id.clone(),
                format!(
                    "{} (for {})",
                    role.name(),
                    role.allowed_member_types.join(", ")
                ),
            )
        })
        .collect();
    roles.push((
        DEFAULT_ACCESS.to_owned(),
        "Default access (no role)".to_owned(),
    ));
    roles
}

/// Who can hold a role.
fn candidates(directory: &Directory, api: &ServicePrincipal, role: &str) -> Vec<(String, String)> {
    let role = api.app_roles.iter().find(|one| one.id == role);
    let may = |member: &str| role.is_none_or(|role| role.is_for(member));
    let mut all = Vec::new();
    if may("Application") {
        let mut principals: Vec<_> = directory.principals.iter().collect();
        principals.sort_by_key(|one| (one.id == api.id, !acts_alone(directory, one)));
        all.extend(principals.into_iter().map(|one| {
            let kind = if one.is_managed_identity() {
                "managed identity"
            } else {
                "app"
            };
            (one.id.clone(), format!("{} ({kind})", one.display_name))
        }));
    }
    if may("User") {
        all.extend(
            directory
                .users
                .iter()
                .map(|user| (user.id.clone(), format!("{} (user)", user.display_name))),
        );
    }
    all
}

/// Whether it could get a token without a user: roles of apps are for those.
fn acts_alone(directory: &Directory, principal: &ServicePrincipal) -> bool {
    let registered = directory.application(&principal.app_id);
    principal.is_managed_identity()
        || registered.is_some_and(|application| {
            !application.password_credentials.is_empty() || !application.key_credentials.is_empty()
        })
}

fn assigning(tenant: Tenant, id: Id) -> AnyView {
    let who = RwSignal::new(String::new());
    let role = RwSignal::new(String::new());
    let roles = Signal::derive(move || roles(tenant, id));
    let members = Signal::derive(move || {
        let api = find(tenant, id).unwrap_or_default();
        tenant
            .look(|directory| candidates(directory, &api, &role.get()))
            .unwrap_or_default()
    });
    first_of(roles, role);
    first_of(members, who);
    let draft = Signal::derive(move || {
        let api = find(tenant, id).ok_or_else(nothing)?;
        let (who, role) = (who.get(), role.get());
        if who.is_empty() || role.is_empty() {
            return Err("Choose a role and who is to hold it.".to_owned());
        }
        let assigned = tenant.assignments(&assigned_path(&api.id));
        if assigned
            .iter()
            .any(|one| one.principal_id == who && one.app_role_id == role)
        {
            return Err("That role is held already. Choose another.".to_owned());
        }
        Ok(assign(&who, &api, &role, &name_of(tenant, &who)))
    });
    let entries = vec![
        choice("assign-role", "Role", "", roles, role),
        choice("assign-who", "Who", "", members, who),
    ];
    let words = Words {
        id: "assign",
        title: "Assign a role",
        why: "The admin center assigns roles to people; to a managed identity or another app only Graph and the command line do. The \
              call goes to the API's service principal.",
        verb: "Assign role",
    };
    form(tenant, words, entries, draft, |_| ())
}

/// The consents that were given to this app.
fn consents(tenant: Tenant, id: Id) -> AnyView {
    let list = rows(
        tenant,
        "Consents",
        "Nobody has consented to anything.",
        move || {
            let given = tenant.look(|directory| {
                let grants = directory.grants.iter();
                let of_this = grants.filter(|grant| id.with_value(|id| grant.client_id == *id));
                of_this
                    .map(|grant| consent(directory, grant.clone()))
                    .collect()
            });
            given.unwrap_or_default()
        },
    );
    let why = "Delegated permissions that somebody consented to, for themselves or for everybody.";
    section("Permissions", why, vec![list])
}

fn consent(directory: &Directory, grant: Grant) -> Row {
    let api = directory.name_of(&grant.resource_id);
    let who = match &grant.principal_id {
        Some(user) => format!("by {}", directory.name_of(user)),
        None => "for everybody".to_owned(),
    };
    let scope = grant.scope.trim().to_owned();
    let client = directory.name_of(&grant.client_id);
    Row {
        name: Name::Code(scope.clone()),
        note: format!("{api} · {who}"),
        act: Some(Act::new("Withdraw", &scope, move || {
            Some(revoke(&grant, &client))
        })),
        ..Row::default()
    }
}

fn properties(tenant: Tenant, id: Id) -> AnyView {
    let now = find(tenant, id).unwrap_or_default();
    let enabled = RwSignal::new(now.account_enabled);
    let required = RwSignal::new(now.app_role_assignment_required);
    let draft = Signal::derive(move || {
        let now = find(tenant, id).ok_or_else(nothing)?;
        let (enabled, required) = (enabled.get(), required.get());
        if (now.account_enabled, now.app_role_assignment_required) == (enabled, required) {
            return Err("Change a tick.".to_owned());
        }
        Ok(set_principal(&now, enabled, required))
    });
    let hint =
        "With it, who is not assigned is refused: AADSTS50105 for people, AADSTS501051 for apps.";
    let entries = vec![
        tick(
            "enabled",
            "Enabled for users to sign in?",
            "Without it: AADSTS7000112.",
            enabled,
        ),
        tick("required", "Assignment required?", hint, required),
    ];
    let words = Words {
        id: "properties",
        title: "Properties",
        why: "Whether the app works in this tenant at all, and for whom.",
        verb: "Save properties",
    };
    form(tenant, words, entries, draft, |_| ())
}
