//! App roles: permissions for applications, and roles for users.

use leptos::prelude::*;
use shared::entropy::Entropy as _;

use super::super::change::expose::{add_role, remove_role};
use super::super::model::AppRole;
use super::super::place::{Blade, Place};
use super::super::store::{Id, Tenant};
use super::frame::blade;
use super::parts::{Words, act, choice, entry, filled, form, nothing, rows};
use super::registrations::owned;
use crate::system::BrowserEntropy;

const MEMBERS: [(&str, &str); 3] = [
    ("Application", "Applications"),
    ("User", "Users/Groups"),
    ("User,Application", "Both (Users/Groups + Applications)"),
];

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let assigning = move || {
        let id = tenant.principal_of(app_id)?.id;
        let path = Place::Principal(id).path();
        Some(
            view! { <p><a href=path>"Who holds them: Enterprise applications → Users and groups"</a></p> },
        )
    };
    let body = view! {
        <section>
            <h2>"App roles"</h2>
            <p>"A role has no effect until it is assigned. Then it stands in the token's roles."</p>
            {list(tenant, app_id)}
            {assigning}
        </section>
        {create(tenant, app_id)}
    };
    let lede = "Roles for applications are what a workload can be given; roles for users are what a person can be.";
    blade(tenant, app_id, Blade::Roles, lede, body.into_any())
}

fn list(tenant: Tenant, app_id: Id) -> AnyView {
    rows("App roles", "No app role yet.", move || {
        let app = tenant.application(app_id);
        let row = |role: AppRole| {
            let name = role.name().to_owned();
            let members = role.allowed_member_types.join(", ");
            let state = if role.is_enabled {
                "enabled"
            } else {
                "disabled"
            };
            let id = StoredValue::new(role.id);
            let change = move || {
                let app = tenant.application(app_id)?;
                Some(remove_role(&app, &id.get_value()))
            };
            view! {
                <code class="name">{name.clone()}</code>
                <span class="note">{role.display_name}" · for "{members}" · "{state}</span>
                {act(tenant, "Remove", name, change)}
            }
            .into_any()
        };
        app.map(|app| app.app_roles)
            .unwrap_or_default()
            .into_iter()
            .map(row)
            .collect()
    })
}

fn create(tenant: Tenant, app_id: Id) -> AnyView {
    let wanted = tenant.wanted();
    let missing = tenant
        .application(app_id)
        .is_some_and(|app| app.app_roles.iter().all(|role| role.name() != wanted.role));
    let suggest = |text: &str| {
        RwSignal::new(if missing && app_id.get_value() == wanted.api {
            text.to_owned()
        } else {
            String::new()
        })
    };
    let title = suggest(&wanted.role);
    let value = suggest(&wanted.role);
    let description = suggest("Call the workshop API without a user.");
    let members = RwSignal::new(MEMBERS[0].0.to_owned());
    let id = RwSignal::new(BrowserEntropy.guid().to_string());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let role = AppRole {
            id: id.get(),
            display_name: filled(title, "Type a display name to see the call.")?,
            value: Some(filled(value, "Type the value that is to stand in tokens.")?),
            description: filled(description, "Describe the role: Graph wants it.")?,
            is_enabled: true,
            allowed_member_types: members.get().split(',').map(str::to_owned).collect(),
        };
        if app.app_roles.iter().any(|one| one.value == role.value) {
            return Err("The app has a role of that value already.".to_owned());
        }
        Ok(add_role(&app, role))
    });
    let entries = view! {
        {entry("role-title", "Display name", "", title)}
        {choice("role-members", "Allowed member types", "", Signal::stored(owned(&MEMBERS)), members)}
        {entry("role-value", "Value", "It stands in the token's roles.", value)}
        {entry("role-description", "Description", "", description)}
    };
    let words = Words {
        id: "role",
        title: "Create app role",
        why: "The list is sent as a whole: who sends only the new one deletes the others.",
        verb: "Create app role",
    };
    form(tenant, words, entries.into_any(), draft, move |_| {
        id.set(BrowserEntropy.guid().to_string());
        for text in [title, value, description] {
            text.set(String::new());
        }
    })
}
