//! Users: the list, New user, and one user.

use leptos::prelude::*;

use super::super::change::people::{create, delete, set_enabled, set_password};
use super::super::model::User;
use super::super::place::Place;
use super::super::store::{Id, Tenant};
use super::enterprise::held_roles;
use super::frame::{self, page, section};
use super::parts::{Words, entry, filled, form, nothing, secret};
use super::registrations::deleted;
use super::rows::{Act, Name, Row, facts, rows};

pub(super) fn list(tenant: Tenant) -> AnyView {
    let list = rows(tenant, "Users", "Nobody is there.", move || {
        let row = |user: &User| Row {
            name: Name::Link(
                user.display_name.clone(),
                Place::User(user.id.clone()).path(),
            ),
            code: user.user_principal_name.clone(),
            note: if user.account_enabled {
                String::new()
            } else {
                "sign-in blocked".to_owned()
            },
            ..Row::default()
        };
        tenant
            .look(|directory| directory.users.iter().map(row).collect())
            .unwrap_or_default()
    });
    frame::list(
        "Users",
        "The people who can sign in. They exist only here.",
        vec![
            list,
            new(tenant),
            deleted(tenant, "users", |directory| &directory.deleted_users),
        ],
    )
}

fn new(tenant: Tenant) -> AnyView {
    let domain = tenant.workshop().config().tenant_domain.unwrap_or_default();
    let name = RwSignal::new(String::new());
    let username = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let draft = Signal::derive(move || {
        let name = filled(name, "Type a name.")?;
        let typed = filled(username, "Type a user name.")?;
        let username = if typed.contains('@') {
            typed
        } else {
            format!("{typed}@{domain}")
        };
        let password = filled(
            password,
            "Type a password: a new one, that is used nowhere else.",
        )?;
        Ok(create(&name, &username, &password))
    });
    let entries = vec![
        entry("user-title", "Display name", "", name),
        entry(
            "user-name",
            "User principal name",
            "The tenant's domain is added where there is none.",
            username,
        ),
        secret(
            "user-password",
            "Password",
            "Practice passwords are no secrets: the start page lists them.",
            password,
        ),
    ];
    let words = Words {
        id: "new-user",
        title: "New user",
        why: "Somebody else to sign in as: without a role, without a consent.",
        verb: "Create user",
    };
    form(tenant, words, entries, draft, move |_| {
        for text in [name, username, password] {
            text.set(String::new());
        }
    })
}

fn find(tenant: Tenant, id: Id) -> Option<User> {
    let find = |id: &String| {
        tenant.look(|directory| directory.users.iter().find(|user| user.id == *id).cloned())
    };
    id.with_value(find).flatten()
}

pub(super) fn view(tenant: Tenant, id: Id) -> AnyView {
    let user = find(tenant, id).unwrap_or_default();
    let table = move || {
        let user = find(tenant, id).unwrap_or_default();
        let state = if user.account_enabled {
            "can sign in"
        } else {
            "blocked: AADSTS50057"
        };
        facts(vec![
            ("User principal name", user.user_principal_name),
            ("Object ID", user.id),
            ("Account", state.to_owned()),
        ])
    };
    let name = user.display_name.clone();
    let acts = move || {
        let blocked = !find(tenant, id).unwrap_or_default().account_enabled;
        let verb = if blocked {
            "Unblock sign-in"
        } else {
            "Block sign-in"
        };
        let switch = Act::new(verb, &name, move || {
            Some(set_enabled(&find(tenant, id)?, blocked))
        });
        let delete = Act::new("Delete", &name, move || Some(delete(&find(tenant, id)?)));
        view! { <p class="tools">{switch.button(tenant)}{delete.button(tenant)}</p> }
    };
    let roles = held_roles(
        tenant,
        format!("users/{}/appRoleAssignments", user.id),
        "No role.",
    );
    let why = "They are assigned at the app: Enterprise applications → Users and groups.";
    let body = vec![
        view! { <section>{table}{acts}</section> }.into_any(),
        section("App roles", why, vec![roles]),
        password(tenant, id),
    ];
    let eyebrow = view! { <a href=Place::Users.path()>"Users"</a> };
    page(
        eyebrow.into_any(),
        user.display_name,
        "One person, and what they have been given.".into_any(),
        body,
    )
}

fn password(tenant: Tenant, id: Id) -> AnyView {
    let password = RwSignal::new(String::new());
    let draft = Signal::derive(move || {
        let user = find(tenant, id).ok_or_else(nothing)?;
        Ok(set_password(&user, &filled(password, "Type a password.")?))
    });
    let words = Words {
        id: "password",
        title: "Reset the password",
        why: "Only practice passwords belong here.",
        verb: "Reset password",
    };
    let entries = vec![secret("new-password", "New password", "", password)];
    form(tenant, words, entries, draft, move |_| {
        password.set(String::new());
    })
}
