//! App registrations: the list, and New registration.

use leptos::prelude::*;

use super::super::change::registration::{AUDIENCES, register};
use super::super::place::{Blade, Place};
use super::super::store::Tenant;
use super::frame::page;
use super::parts::{Words, choice, entry, filled, form, rows};

pub(super) fn view(tenant: Tenant) -> AnyView {
    let list = rows("App registrations", "Nothing is registered.", move || {
        let all = tenant
            .look(|directory| directory.applications.clone())
            .unwrap_or_default();
        all.into_iter()
            .map(|app| {
                let path = Place::Registration(app.app_id.clone(), Blade::Overview).path();
                view! {
                    <a class="name" href=path>{app.display_name}</a>
                    <code>{app.app_id}</code>
                }
                .into_any()
            })
            .collect()
    });
    let body = view! { <section>{list}</section>{new(tenant)} };
    page(
        "Directory",
        "App registrations".to_owned(),
        "What an app is, said once for all tenants: its client ID, where it may be answered, what it offers and what it asks \
         for.",
        body.into_any(),
    )
}

fn new(tenant: Tenant) -> AnyView {
    let name = RwSignal::new(String::new());
    let audience = RwSignal::new(AUDIENCES[0].0.to_owned());
    let audiences = Signal::stored(owned(&AUDIENCES));
    let draft = Signal::derive(move || {
        Ok(register(
            &filled(name, "Type a name to see the calls.")?,
            &audience.get(),
        ))
    });
    let entries = view! {
        {entry("new-name", "Name", "People see it when they are asked for consent.", name)}
        {choice("new-audience", "Supported account types", "", audiences, audience)}
    };
    let words = Words {
        id: "new",
        title: "New registration",
        why: "Makes two objects: the application, which is the registration, and its service principal, by which it is a member \
              of this tenant. The admin center makes both at once, Graph and the command line one after the other.",
        verb: "Register",
    };
    form(tenant, words, entries.into_any(), draft, move |answer| {
        name.set(String::new());
        if let Some(app_id) = answer["appId"].as_str() {
            tenant.open(&Place::Registration(app_id.to_owned(), Blade::Overview));
        }
    })
}

/// Options as a choice wants them.
pub(super) fn owned(options: &[(&str, &str)]) -> Vec<(String, String)> {
    options
        .iter()
        .map(|(value, words)| ((*value).to_owned(), (*words).to_owned()))
        .collect()
}
