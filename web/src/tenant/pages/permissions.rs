//! API permissions: what the app asks for, and what has been granted.

use leptos::prelude::*;

use super::super::change::consent::{
    Permission, add_permission, configured, grant_admin_consent, is_granted, offered,
    remove_permission,
};
use super::super::model::Assignment;
use super::super::place::Blade;
use super::super::store::{Id, Tenant};
use super::frame::{blade, section};
use super::parts::{Words, choice, first_of, form, nothing};
use super::rows::{Act, Name, Row, rows};

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let why = "What the app asks for when it asks for .default, and what an administrator grants. Asking is not having: the consent \
               is an object of its own.";
    let body = vec![
        section("Configured permissions", why, vec![list(tenant, app_id)]),
        add(tenant, app_id),
        consent(tenant, app_id),
    ];
    let lede = "Delegated permissions let the app do something for the person who signed in. Application permissions let it do \
                something as itself.";
    blade(tenant, app_id, Blade::Permissions, lede, body)
}

/// The roles that the app holds, by which application permissions are known to be granted.
fn held(tenant: Tenant, app_id: Id) -> Vec<Assignment> {
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
        tenant,
        "Configured permissions",
        "This app asks for nothing.",
        move || {
            let held = held(tenant, app_id);
            let app = tenant.application(app_id).unwrap_or_default();
            let rows = tenant.look(|directory| {
                let row = |permission: Permission| {
                    let api = directory.principal_of(&permission.resource_app_id);
                    let api = api.map_or(&permission.resource_app_id, |api| &api.display_name);
                    let granted = is_granted(&permission, &app, directory, &held);
                    let words = if granted {
                        format!("Granted for {}", tenant.label())
                    } else {
                        "Not granted for everybody".to_owned()
                    };
                    Row {
                        name: Name::Code(permission.name.clone()),
                        note: format!("{api} · {}", permission.kind.words()),
                        granted: Some((granted, words)),
                        act: Some(Act::new("Remove", &permission.name.clone(), move || {
                            Some(remove_permission(&tenant.application(app_id)?, &permission))
                        })),
                        ..Row::default()
                    }
                };
                configured(&app, directory).into_iter().map(row).collect()
            });
            rows.unwrap_or_default()
        },
    )
}

/// The APIs that have something to ask for: first the tenant's own, then Microsoft's.
fn apis(tenant: Tenant) -> Signal<Vec<(String, String)>> {
    let own = tenant.workshop().config().tenant_id.to_string();
    Signal::derive(move || {
        let apis = tenant.look(|directory| {
            let with_permissions = directory
                .principals
                .iter()
                .filter(|one| !offered(one).is_empty());
            let (mine, others): (Vec<_>, Vec<_>) = with_permissions
                .partition(|one| one.app_owner_organization_id.as_ref() == Some(&own));
            let option = |of: &str, name: &str| format!("{of}: {name}");
            let mine = mine
                .iter()
                .map(|one| (one.app_id.clone(), option("My APIs", &one.display_name)));
            let others = others.iter().map(|one| {
                (
                    one.app_id.clone(),
                    option("Microsoft APIs", &one.display_name),
                )
            });
            mine.chain(others).collect()
        });
        apis.unwrap_or_default()
    })
}

fn add(tenant: Tenant, app_id: Id) -> AnyView {
    let apis = apis(tenant);
    let api = RwSignal::new(tenant.wanted().api);
    let of_api = move || {
        let app_id = api.get();
        tenant
            .look(|directory| directory.principal_of(&app_id).map(offered))
            .flatten()
            .unwrap_or_default()
    };
    let permissions = Signal::derive(move || {
        let option = |one: Permission| (one.id, format!("{}: {}", one.kind.words(), one.name));
        of_api().into_iter().map(option).collect()
    });
    let permission = RwSignal::new(String::new());
    first_of(apis, api);
    first_of(permissions, permission);
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
            return Err("The app asks for that already. Choose another.".to_owned());
        }
        Ok(add_permission(&app, &chosen))
    });
    let entries = vec![
        choice("permission-api", "API", "", apis, api),
        choice("permission", "Permission", "", permissions, permission),
    ];
    let words = Words {
        id: "add-permission",
        title: "Add a permission",
        why: "Names it by ID, in the client's registration. The API's registration stays as it is.",
        verb: "Add permission",
    };
    form(tenant, words, entries, draft, |_| ())
}

fn consent(tenant: Tenant, app_id: Id) -> AnyView {
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let held = held(tenant, app_id);
        let change = tenant
            .look(|directory| grant_admin_consent(&app, directory, &held))
            .flatten();
        change.ok_or_else(|| {
            if app.required_resource_access.is_empty() {
                "There is nothing to grant: the app asks for nothing.".to_owned()
            } else {
                "There is nothing to grant: everything that the app asks for is granted.".to_owned()
            }
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
    form(tenant, words, Vec::new(), draft, |_| ())
}
