//! App registrations: the list, and New registration.

use leptos::prelude::*;

use super::super::change::registration::{AUDIENCES, bring_back, register};
use super::super::model::{Deleted, Directory};
use super::super::place::{Blade, Place};
use super::super::store::Tenant;
use super::frame::{self, section};
use super::parts::{Words, choice, entry, filled, form};
use super::rows::{Act, Name, Row, rows};

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
    frame::list(
        "App registrations",
        lede,
        vec![
            list,
            new(tenant),
            deleted(tenant, "applications", |directory| {
                &directory.deleted_applications
            }),
        ],
    )
}

fn new(tenant: Tenant) -> AnyView {
    let name = RwSignal::new(String::new());
    let audience = RwSignal::new(AUDIENCES[0].0.to_owned());
    let draft =
        Signal::derive(move || Ok(register(&filled(name, "Type a name.")?, &audience.get())));
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

/// What was deleted and can come back; `kind` is Graph's name of the list it comes from.
pub(super) fn deleted(
    tenant: Tenant,
    kind: &'static str,
    of: fn(&Directory) -> &Vec<Deleted>,
) -> AnyView {
    let any = Memo::new(move |_| {
        tenant
            .look(|directory| !of(directory).is_empty())
            .unwrap_or_default()
    });
    let list = move || {
        rows(tenant, "Deleted", "Nothing is deleted.", move || {
            let row = |deleted: &Deleted| {
                let one = deleted.clone();
                Row {
                    name: Name::Words(deleted.display_name.clone()),
                    code: deleted.id.clone(),
                    act: Some(Act::new("Restore", &deleted.display_name, move || {
                        Some(bring_back(&one, kind))
                    })),
                    ..Row::default()
                }
            };
            tenant
                .look(|directory| of(directory).iter().map(row).collect())
                .unwrap_or_default()
        })
    };
    let why = "Kept for thirty days, with their IDs.";
    let shown = move || any.get().then(|| section("Deleted", why, vec![list()]));
    shown.into_any()
}

/// Options as a choice wants them.
pub(super) fn owned(options: &[(&str, &str)]) -> Signal<Vec<(String, String)>> {
    let owned = |(value, words): &(&str, &str)| ((*value).to_owned(), (*words).to_owned());
    Signal::stored(options.iter().map(owned).collect())
}
