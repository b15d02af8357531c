//! API permissions: what the app asks for, and what has been granted.

use leptos::prelude::*;

use super::super::change::consent::{
    Permission, add_permission, configured, grant_admin_consent, is_granted, offered,
    remove_permission,
};
use super::super::place::Blade;
use super::super::store::{Id, Tenant};
use super::frame::blade;
use super::parts::{Words, act, choice, form, nothing, rows};

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let body = view! {
        <section>
            <h2>"Configured permissions"</h2>
            <p>
                "What the app asks for when it asks for "<code>".default"</code>
                ", and what an administrator grants. Asking is not having: the consent is an object of its own."
            </p>
            {list(tenant, app_id)}
        </section>
        {add(tenant, app_id)}
        {consent(tenant, app_id)}
    };
    let lede = "Delegated permissions let the app do something for the person who signed in. Application permissions let it do \
                something as itself.";
    blade(tenant, app_id, Blade::Permissions, lede, body.into_any())
}

/// The roles that the app holds, by which application permissions are known to be granted.
fn held(tenant: Tenant, app_id: Id) -> Vec<super::super::model::Assignment> {
    tenant
        .principal_of(app_id)
        .map_or_else(Vec::new, |principal| {
            tenant.assignments(&format!(
                "servicePrincipals/{}/appRoleAssignments",
                principal.id
            ))
        })
}

fn list(tenant: Tenant, app_id: Id) -> AnyView {
    rows(
        "Configured permissions",
        "This app asks for nothing.",
        move || {
            let held = held(tenant, app_id);
            let permissions = tenant.look(|directory| {
                let app = directory.application(&app_id.get_value())?;
                let all = configured(app, directory).into_iter().map(|permission| {
                    let granted = is_granted(&permission, app, directory, &held);
                    let api = directory.principal_of(&permission.resource_app_id);
                    let api = api.map_or_else(
                        || permission.resource_app_id.clone(),
                        |api| api.display_name.clone(),
                    );
                    (permission, api, granted)
                });
                Some(all.collect::<Vec<_>>())
            });
            let row = |(permission, api, granted): (Permission, String, bool)| {
                let name = permission.name.clone();
                let kind = permission.kind.words();
                let status = if granted {
                    view! { <span class="mark good"><span aria-hidden="true">"✓"</span>{format!("Granted for {}", tenant.label())}</span> }
                } else {
                    view! { <span class="mark neutral"><span aria-hidden="true">"–"</span>{"Not granted for everybody".to_owned()}</span> }
                };
                let one = StoredValue::new(permission);
                let change = move || {
                    let app = tenant.application(app_id)?;
                    Some(remove_permission(&app, &one.get_value()))
                };
                view! {
                    <code class="name">{name.clone()}</code>
                    <span class="note">{api}" · "{kind}</span>
                    {status}
                    {act(tenant, "Remove", name, change)}
                }
                .into_any()
            };
            permissions
                .flatten()
                .unwrap_or_default()
                .into_iter()
                .map(row)
                .collect()
        },
    )
}

fn add(tenant: Tenant, app_id: Id) -> AnyView {
    let own = tenant.workshop().config().tenant_id.to_string();
    // Those that have something to ask for: first the tenant's own, then Microsoft's.
    let apis = Signal::derive(move || {
        let apis = tenant.look(|directory| {
            let with_permissions = directory
                .principals
                .iter()
                .filter(|one| !offered(one).is_empty());
            let mut apis: Vec<_> = with_permissions
                .map(|one| {
                    let is_own = one.app_owner_organization_id.as_ref() == Some(&own);
                    let place = if is_own { "My APIs" } else { "Microsoft APIs" };
                    (
                        !is_own,
                        (one.app_id.clone(), format!("{place}: {}", one.display_name)),
                    )
                })
                .collect();
            apis.sort();
            apis.into_iter()
                .map(|(_, option)| option)
                .collect::<Vec<_>>()
        });
        apis.unwrap_or_default()
    });
    let wanted = tenant.wanted();
    let api = RwSignal::new(wanted.api);
    let of_api = move || {
        let app_id = api.get();
        tenant
            .look(|directory| directory.principal_of(&app_id).map(offered))
            .flatten()
            .unwrap_or_default()
    };
    let permissions = Signal::derive(move || {
        let option = |one: Permission| (one.id, format!("{}: {}", one.kind.words(), one.name));
        of_api().into_iter().map(option).collect::<Vec<_>>()
    });
    let permission = RwSignal::new(String::new());
    Effect::new(move || {
        // Another API has other permissions: the first of them is chosen, as the list shows it.
        permissions.with(|all| {
            let chosen = permission.get_untracked();
            if !all.iter().any(|(id, _)| *id == chosen) {
                permission.set(all.first().map(|(id, _)| id.clone()).unwrap_or_default());
            }
        });
    });
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let id = permission.get();
        let chosen = of_api().into_iter().find(|one| one.id == id);
        let chosen = chosen
            .ok_or("This API has nothing to ask for. Give it a scope or an app role first.")?;
        let mut access = app
            .required_resource_access
            .iter()
            .flat_map(|one| &one.resource_access);
        if access.any(|one| one.id == id) {
            return Err(
                "The app asks for that already. Choose another to see the call.".to_owned(),
            );
        }
        Ok(add_permission(&app, &chosen))
    });
    let entries = view! {
        {choice("permission-api", "API", "", apis, api)}
        {choice("permission", "Permission", "", permissions, permission)}
    };
    let words = Words {
        id: "add-permission",
        title: "Add a permission",
        why: "Names it by ID, in the client's registration. The API's registration stays as it is.",
        verb: "Add permission",
    };
    form(tenant, words, entries.into_any(), draft, |_| ())
}

fn consent(tenant: Tenant, app_id: Id) -> AnyView {
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let held = held(tenant, app_id);
        let change = tenant
            .look(|directory| grant_admin_consent(&app, directory, &held))
            .flatten();
        change.ok_or_else(|| {
            "There is nothing to grant: everything that the app asks for is granted.".to_owned()
        })
    });
    let words = Words {
        id: "consent",
        title: "Grant admin consent",
        why: "An administrator says yes for everybody: one consent per API for the delegated permissions, one assignment for each \
              application permission. Without it every person is asked at the first sign-in, and application permissions have no \
              effect.",
        verb: "Grant admin consent",
    };
    form(tenant, words, ().into_any(), draft, |_| ())
}
