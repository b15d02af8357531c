//! Enterprise applications: the members of this tenant that are no people, and who may use them.

use leptos::prelude::*;

use super::super::change::consent::{assign, revoke, unassign};
use super::super::change::registration::set_principal;
use super::super::model::{Assignment, DEFAULT_ACCESS, Directory, Grant, ServicePrincipal};
use super::super::place::Place;
use super::super::store::{Id, Tenant};
use super::frame::page;
use super::parts::{Words, act, choice, form, nothing, rows, tick};

pub(super) fn list(tenant: Tenant) -> AnyView {
    let own = tenant.workshop().config().tenant_id.to_string();
    let groups = [
        (Origin::Here, "Registered in this tenant"),
        (Origin::Azure, "Managed identities"),
        (Origin::Elsewhere, "Microsoft applications"),
    ];
    let body = groups
        .into_iter()
        .map(|(origin, title)| {
            let own = own.clone();
            let list = rows(title, "None.", move || {
                let all = tenant
                    .look(|directory| directory.principals.clone())
                    .unwrap_or_default();
                all.into_iter()
                    .filter(|one| origin_of(one, &own) == origin)
                    .map(row)
                    .collect()
            });
            view! { <section><h2>{title}</h2>{list}</section> }
        })
        .collect_view();
    page(
        "Directory",
        "Enterprise applications".to_owned(),
        "Service principals: apps and Azure's managed identities as members of this tenant. Assignments and consents hang on \
         these, not on the registrations.",
        body.into_any(),
    )
}

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

fn row(principal: ServicePrincipal) -> AnyView {
    let path = Place::Principal(principal.id.clone()).path();
    view! { <a class="name" href=path>{principal.display_name}</a><code>{principal.id}</code> }
        .into_any()
}

pub(super) fn view(tenant: Tenant, id: Id) -> AnyView {
    let principal = find(tenant, id).unwrap_or_default();
    let identity = principal.is_managed_identity();
    let eyebrow = view! { <a href=Place::Enterprise.path()>"Enterprise applications"</a> };
    let of_others = (!identity).then(|| {
        view! {
            {assigned(tenant, id)}
            {assigning(tenant, id)}
            {properties(tenant, id)}
        }
    });
    let body = view! {
        <section>
            <dl class="versus">
                <dt>"Object ID"</dt>
                <dd><code>{principal.id.clone()}</code></dd>
                <dt>"Application ID"</dt>
                <dd><code>{principal.app_id.clone()}</code></dd>
                <dt>"Type"</dt>
                <dd>{principal.service_principal_type.clone()}</dd>
            </dl>
        </section>
        {held(tenant, id, identity)}
        {consents(tenant, id)}
        {of_others}
    };
    let lede = if identity {
        "An identity that Azure gives to a resource: no secret, no registration. Its object ID is what a role is assigned to."
    } else {
        "Who may use this app, what it has been granted, and what it grants to others."
    };
    page(eyebrow, principal.display_name, lede, body.into_any())
}

fn find(tenant: Tenant, id: Id) -> Option<ServicePrincipal> {
    id.with_value(|id| by_id(tenant, id))
}

fn by_id(tenant: Tenant, id: &str) -> Option<ServicePrincipal> {
    tenant.look(|directory| directory.principal(id).cloned())?
}

fn assigned_path(id: &str) -> String {
    format!("servicePrincipals/{id}/appRoleAssignedTo")
}

/// Who holds a role of this app.
fn assigned(tenant: Tenant, id: Id) -> impl IntoView {
    let path = id.with_value(|id| assigned_path(id));
    let list = rows("Assignments", "Nobody is assigned.", move || {
        tenant
            .assignments(&path)
            .into_iter()
            .map(|one| assignment(tenant, one, true))
            .collect()
    });
    view! {
        <section>
            <h2>"Users and groups"</h2>
            <p>"Who holds a role of this app. In a token for it the role stands under roles."</p>
            {list}
        </section>
    }
}

/// The roles that this app, or identity, holds of others.
fn held(tenant: Tenant, id: Id, identity: bool) -> impl IntoView {
    let path = id.with_value(|id| format!("servicePrincipals/{id}/appRoleAssignments"));
    let empty = if identity {
        "No role yet: the API answers its tokens with 403."
    } else {
        "No role."
    };
    let list = rows("App roles it holds", empty, move || {
        tenant
            .assignments(&path)
            .into_iter()
            .map(|one| assignment(tenant, one, false))
            .collect()
    });
    let api = tenant.wanted().api;
    let way = move || {
        let api = tenant
            .look(|directory| directory.principal_of(&api).cloned())
            .flatten()?;
        let path = Place::Principal(api.id).path();
        Some(view! { <p><a href=path>"Assign a role of "{api.display_name}</a></p> })
    };
    view! {
        <section>
            <h2>"App roles it holds"</h2>
            {list}
            {identity.then_some(way)}
        </section>
    }
}

/// `to`: seen from the API, so it says who; otherwise from the holder, so it says of which API.
pub(super) fn assignment(tenant: Tenant, one: Assignment, to: bool) -> AnyView {
    let api = by_id(tenant, &one.resource_id);
    let role = api.as_ref().map_or_else(
        || one.app_role_id.clone(),
        |api| api.role_name(&one.app_role_id),
    );
    let (other, known) = if to {
        (&one.principal_id, &one.principal_display_name)
    } else {
        (&one.resource_id, &one.resource_display_name)
    };
    let name = known.clone().unwrap_or_else(|| {
        tenant
            .look(|directory| directory.name_of(other))
            .unwrap_or_default()
    });
    let kind = one.principal_type.clone().filter(|_| to);
    let stored = StoredValue::new(one);
    let change = move || {
        let one = stored.get_value();
        Some(unassign(&one, &by_id(tenant, &one.resource_id)?))
    };
    view! {
        <span class="name">{name.clone()}</span>
        <code>{role}</code>
        <span class="note">{kind}</span>
        {act(tenant, "Remove", name, change)}
    }
    .into_any()
}

fn assigning(tenant: Tenant, id: Id) -> AnyView {
    let who = RwSignal::new(String::new());
    let role = RwSignal::new(String::new());
    let roles = Signal::derive(move || {
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
    });
    let members = Signal::derive(move || {
        let role = role.get();
        let api = find(tenant, id).unwrap_or_default();
        let role = api.app_roles.into_iter().find(|one| one.id == role);
        let may = |member: &str| role.as_ref().is_none_or(|role| role.is_for(member));
        let mut members = Vec::new();
        tenant.look(|directory: &Directory| {
            if may("Application") {
                let apps = directory.principals.iter();
                members.extend(apps.map(|one| {
                    let kind = if one.is_managed_identity() {
                        "managed identity"
                    } else {
                        "app"
                    };
                    (one.id.clone(), format!("{} ({kind})", one.display_name))
                }));
            }
            if may("User") {
                let users = directory.users.iter();
                members.extend(
                    users.map(|user| (user.id.clone(), format!("{} (user)", user.display_name))),
                );
            }
        });
        members
    });
    for (options, value) in [(roles, role), (members, who)] {
        Effect::new(move || {
            // What the list shows first is what is chosen.
            options.with(|all| {
                let chosen = value.get_untracked();
                if !all.iter().any(|(id, _)| *id == chosen) {
                    value.set(all.first().map(|(id, _)| id.clone()).unwrap_or_default());
                }
            });
        });
    }
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
            return Err("That role is held already. Choose another to see the call.".to_owned());
        }
        let name = tenant
            .look(|directory| directory.name_of(&who))
            .unwrap_or_default();
        Ok(assign(&who, &api, &role, &name))
    });
    let entries = view! {
        {choice("assign-role", "Role", "", roles, role)}
        {choice("assign-who", "Who", "", members, who)}
    };
    let words = Words {
        id: "assign",
        title: "Assign a role",
        why: "The admin center assigns roles to people; to a managed identity or another app only Graph and the command line do. The \
              call goes to the API's service principal.",
        verb: "Assign role",
    };
    form(tenant, words, entries.into_any(), draft, |_| ())
}

/// The consents that were given to this app.
fn consents(tenant: Tenant, id: Id) -> impl IntoView {
    let list = rows("Consents", "Nobody has consented to anything.", move || {
        let given = tenant.look(|directory| {
            let of_this = directory
                .grants
                .iter()
                .filter(|grant| id.with_value(|id| grant.client_id == *id));
            of_this
                .cloned()
                .map(|grant| consent(tenant, directory, grant))
                .collect::<Vec<_>>()
        });
        given.unwrap_or_default()
    });
    view! {
        <section>
            <h2>"Permissions"</h2>
            <p>"Delegated permissions that somebody consented to, for themselves or for everybody."</p>
            {list}
        </section>
    }
}

fn consent(tenant: Tenant, directory: &Directory, grant: Grant) -> AnyView {
    let api = directory.name_of(&grant.resource_id);
    let who = match &grant.principal_id {
        Some(user) => format!("by {}", directory.name_of(user)),
        None => "for everybody".to_owned(),
    };
    let scope = grant.scope.trim().to_owned();
    let client = StoredValue::new(directory.name_of(&grant.client_id));
    let stored = StoredValue::new(grant);
    let change = move || Some(revoke(&stored.get_value(), &client.get_value()));
    view! {
        <code class="name">{scope.clone()}</code>
        <span class="note">{api}" · "{who}</span>
        {act(tenant, "Withdraw", scope, change)}
    }
    .into_any()
}

fn properties(tenant: Tenant, id: Id) -> AnyView {
    let principal = find(tenant, id).unwrap_or_default();
    let enabled = RwSignal::new(principal.account_enabled);
    let required = RwSignal::new(principal.app_role_assignment_required);
    let draft = Signal::derive(move || {
        let now = find(tenant, id).ok_or_else(nothing)?;
        let (enabled, required) = (enabled.get(), required.get());
        if (now.account_enabled, now.app_role_assignment_required) == (enabled, required) {
            return Err("Change a tick to see the call.".to_owned());
        }
        Ok(set_principal(&now, enabled, required))
    });
    let entries = view! {
        {tick("enabled", "Enabled for users to sign in?", "Without it: AADSTS7000112.", enabled)}
        {tick("required", "Assignment required?", "With it, who is not assigned is refused: AADSTS50105 for people, AADSTS501051 for apps.", required)}
    };
    let words = Words {
        id: "properties",
        title: "Properties",
        why: "Whether the app works in this tenant at all, and for whom.",
        verb: "Save properties",
    };
    form(tenant, words, entries.into_any(), draft, |_| ())
}
