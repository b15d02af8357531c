//! App roles: permissions for applications, and roles for users.

use leptos::prelude::*;
use shared::entropy::Entropy as _;

use super::super::change::expose::{add_role, remove_role};
use super::super::model::AppRole;
use super::super::place::{Blade, Place};
use super::super::store::{Id, Tenant};
use super::frame::{blade, section};
use super::parts::{Words, choice, entry, filled, form, nothing};
use super::registrations::owned;
use super::rows::{Act, Name, Row, rows};
use crate::system::BrowserEntropy;

const MEMBERS: [(&str, &str); 3] = [
    ("Application", "Applications"),
    ("User", "Users/Groups"),
    ("User,Application", "Both (Users/Groups + Applications)"),
];

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let assigning = move || {
        let path = Place::Principal(tenant.principal_of(app_id)?.id).path();
        Some(
            view! { <p><a href=path>"Who holds them, and assigning: Enterprise applications → Users and groups"</a></p> },
        )
    };
    let why = "A role has no effect until it is assigned. Then it stands in the token's roles.";
    let body = vec![
        section(
            "Roles defined by this app",
            why,
            vec![list(tenant, app_id), assigning.into_any()],
        ),
        create(tenant, app_id),
    ];
    let lede = "Roles for applications are what a workload can be given; roles for users are what a person can be.";
    blade(tenant, app_id, Blade::Roles, lede, body)
}

fn list(tenant: Tenant, app_id: Id) -> AnyView {
    rows(tenant, "App roles", "No app role yet.", move || {
        let row = |role: AppRole| {
            let members = role.allowed_member_types.join(", ");
            let state = if role.is_enabled {
                "enabled"
            } else {
                "disabled"
            };
            let name = role.name().to_owned();
            let id = role.id;
            Row {
                note: format!("{} · for {members} · {state}", role.display_name),
                act: Some(Act::new("Remove", &name, move || {
                    Some(remove_role(&tenant.application(app_id)?, &id))
                })),
                name: Name::Code(name),
                ..Row::default()
            }
        };
        let app = tenant.application(app_id).unwrap_or_default();
        app.app_roles.into_iter().map(row).collect()
    })
}

fn create(tenant: Tenant, app_id: Id) -> AnyView {
    let wanted = tenant.wanted();
    let app = tenant.application(app_id).unwrap_or_default();
    let missing = app.app_roles.iter().all(|role| role.name() != wanted.role);
    let suggested = missing && app.app_id == wanted.api;
    let suggest = |text: &str| {
        RwSignal::new(if suggested {
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
            display_name: filled(title, "Type a display name.")?,
            value: Some(filled(value, "Type the value that is to stand in tokens.")?),
            description: filled(description, "Describe the role: Graph wants it.")?,
            is_enabled: true,
            allowed_member_types: members.get().split(',').map(str::to_owned).collect(),
        };
        if app.app_roles.iter().any(|one| one.value == role.value) {
            return Err("The app has a role of that value already. Type another.".to_owned());
        }
        Ok(add_role(&app, role))
    });
    let entries = vec![
        entry("role-title", "Display name", "", title),
        choice(
            "role-members",
            "Allowed member types",
            "",
            owned(&MEMBERS),
            members,
        ),
        entry(
            "role-value",
            "Value",
            "It stands in the token's roles.",
            value,
        ),
        entry("role-description", "Description", "", description),
    ];
    let words = Words {
        id: "role",
        title: "Create app role",
        why: "The list is sent as a whole: who sends only the new one deletes the others.",
        verb: "Create app role",
    };
    form(tenant, words, entries, draft, move |_| {
        id.set(BrowserEntropy.guid().to_string());
        for text in [title, value, description] {
            text.set(String::new());
        }
    })
}
