//! Users: the list, New user, and one user.

use leptos::prelude::*;

use super::super::change::people::{create, delete, set_enabled, set_password};
use super::super::model::User;
use super::super::place::Place;
use super::super::store::{Id, Tenant};
use super::enterprise::assignment;
use super::frame::page;
use super::parts::{Words, act, entry, filled, form, nothing, rows, typed};

pub(super) fn list(tenant: Tenant) -> AnyView {
    let list = rows("Users", "Nobody is there.", move || {
        let all = tenant
            .look(|directory| directory.users.clone())
            .unwrap_or_default();
        all.into_iter()
            .map(|user| {
                let path = Place::User(user.id.clone()).path();
                let blocked = (user.account_enabled == Some(false)).then_some("sign-in blocked");
                view! {
                    <a class="name" href=path>{user.display_name}</a>
                    <code>{user.user_principal_name}</code>
                    <span class="note">{blocked}</span>
                }
                .into_any()
            })
            .collect()
    });
    let body = view! { <section>{list}</section>{new(tenant)} };
    page(
        "Directory",
        "Users".to_owned(),
        "The people who can sign in. They exist only here.",
        body.into_any(),
    )
}

fn new(tenant: Tenant) -> AnyView {
    let domain = tenant.workshop().config().tenant_domain.unwrap_or_default();
    let name = RwSignal::new(String::new());
    let username = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let draft = Signal::derive(move || {
        let name = filled(name, "Type a name to see the call.")?;
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
    let entries = view! {
        {entry("user-title", "Display name", "", name)}
        {entry("user-name", "User principal name", "The tenant's domain is added where there is none.", username)}
        {typed("user-password", "Password", "Practice passwords are no secrets: the start page lists them.", password, "password")}
    };
    let words = Words {
        id: "new-user",
        title: "New user",
        why: "Somebody else to sign in as: without a role, without a consent.",
        verb: "Create user",
    };
    form(tenant, words, entries.into_any(), draft, move |_| {
        for text in [name, username, password] {
            text.set(String::new());
        }
    })
}

pub(super) fn view(tenant: Tenant, id: Id) -> AnyView {
    let find = move || {
        let id = id.get_value();
        tenant
            .look(|directory| directory.users.iter().find(|user| user.id == id).cloned())
            .flatten()
    };
    let user = find().unwrap_or_default();
    let path = format!("users/{}/appRoleAssignments", user.id);
    let roles = rows("App roles", "No role.", move || {
        tenant
            .assignments(&path)
            .into_iter()
            .map(|one| assignment(tenant, one, false))
            .collect()
    });
    let enabled = move || find().is_some_and(|user| user.account_enabled != Some(false));
    let switch = move || {
        let user = find()?;
        Some(set_enabled(&user, user.account_enabled == Some(false)))
    };
    let name = user.display_name.clone();
    let state = move || {
        if enabled() {
            "Can sign in"
        } else {
            "Blocked: AADSTS50057"
        }
    };
    let button = move || {
        let verb = if enabled() {
            "Block sign-in"
        } else {
            "Unblock sign-in"
        };
        act(tenant, verb, name.clone(), switch)
    };
    let body = view! {
        <section>
            <dl class="versus">
                <dt>"User principal name"</dt>
                <dd><code>{user.user_principal_name.clone()}</code></dd>
                <dt>"Object ID"</dt>
                <dd><code>{user.id.clone()}</code></dd>
                <dt>"Account"</dt>
                <dd>{state}</dd>
            </dl>
            <p class="tools">
                {button}
                {act(tenant, "Delete", user.display_name.clone(), move || find().map(|user| delete(&user)))}
            </p>
        </section>
        <section>
            <h2>"App roles"</h2>
            <p>"They are assigned at the app: Enterprise applications → Users and groups."</p>
            {roles}
        </section>
        {password(tenant, find)}
    };
    let eyebrow = view! { <a href=Place::Users.path()>"Users"</a> };
    page(
        eyebrow,
        user.display_name,
        "One person, and what they have been given.",
        body.into_any(),
    )
}

fn password(
    tenant: Tenant,
    find: impl Fn() -> Option<User> + Copy + Send + Sync + 'static,
) -> AnyView {
    let password = RwSignal::new(String::new());
    let draft = Signal::derive(move || {
        let user = find().ok_or_else(nothing)?;
        Ok(set_password(
            &user,
            &filled(password, "Type a password to see the call.")?,
        ))
    });
    let words = Words {
        id: "password",
        title: "Reset the password",
        why: "Only practice passwords belong here.",
        verb: "Reset password",
    };
    let entry = typed("new-password", "New password", "", password, "password");
    form(tenant, words, entry, draft, move |_| {
        password.set(String::new());
    })
}
