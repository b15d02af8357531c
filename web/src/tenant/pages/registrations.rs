//! App registrations: the list, and New registration.

use leptos::prelude::*;

use super::super::change::registration::{AUDIENCES, register};
use super::super::place::{Blade, Place};
use super::super::store::Tenant;
use super::frame;
use super::parts::{Words, choice, entry, filled, form};
use super::rows::{Name, Row, rows};

pub(super) fn view(tenant: Tenant) -> AnyView {
    let list = rows(
        tenant,
        "App registrations",
        "Nothing is registered.",
        move || {
            let row = |app: &super::super::model::Application| Row {
                name: Name::Link(
                    app.display_name.clone(),
                    Place::Registration(app.app_id.clone(), Blade::Overview).path(),
                ),
                code: app.app_id.clone(),
                ..Row::default()
            };
            tenant
                .look(|directory| directory.applications.iter().map(row).collect())
                .unwrap_or_default()
        },
    );
    let lede = "What an app is, said once for all tenants: its client ID, where it may be answered, what it offers and what it \
                asks for.";
    frame::list("App registrations", lede, vec![list, new(tenant)])
}

fn new(tenant: Tenant) -> AnyView {
    let name = RwSignal::new(String::new());
    let audience = RwSignal::new(AUDIENCES[0].0.to_owned());
    let draft = Signal::derive(move || {
        Ok(register(
            &filled(name, "Type a name to see the calls.")?,
            &audience.get(),
        ))
    });
    let entries = vec![
        entry(
            "new-name",
            "Name",
            "People see it when they are asked for consent.",
            name,
        ),
        choice(
            "new-audience",
            "Supported account types",
            "",
            owned(&AUDIENCES),
            audience,
        ),
    ];
    let words = Words {
        id: "new",
        title: "New registration",
        why: "Makes two objects: the application, which is the registration, and its service principal, by which it is a member \
              of this tenant. The admin center makes both at once, Graph and the command line one after the other.",
        verb: "Register",
    };
    form(tenant, words, entries, draft, move |answer| {
        name.set(String::new());
        if let Some(app_id) = answer["appId"].as_str() {
            tenant.open(&Place::Registration(app_id.to_owned(), Blade::Overview));
        }
    })
}

/// Options as a choice wants them.
pub(super) fn owned(options: &[(&str, &str)]) -> Signal<Vec<(String, String)>> {
    let owned = |(value, words): &(&str, &str)| ((*value).to_owned(), (*words).to_owned());
    Signal::stored(options.iter().map(owned).collect())
}
