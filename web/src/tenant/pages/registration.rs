//! A registration's overview: names and IDs, its service principal, and the end of it.

use leptos::prelude::*;

use super::super::change::registration::{create_principal, delete, rename};
use super::super::place::{Blade, Place};
use super::super::store::{Id, Tenant};
use super::frame::blade;
use super::parts::{Words, calls, entry, filled, form, nothing};
use super::rows::{Act, facts};

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let lede = "Apps and APIs know each other by these IDs. None of them is a secret.";
    let body = vec![
        essentials(tenant, app_id),
        principal(tenant, app_id),
        name(tenant, app_id),
        end(tenant, app_id),
    ];
    blade(tenant, app_id, Blade::Overview, lede, body)
}

fn essentials(tenant: Tenant, app_id: Id) -> AnyView {
    let tenant_id = tenant.workshop().config().tenant_id.to_string();
    let table = move || {
        let app = tenant.application(app_id).unwrap_or_default();
        facts(vec![
            ("Display name", app.display_name),
            ("Application (client) ID", app.app_id),
            ("Object ID", app.id),
            ("Directory (tenant) ID", tenant_id.clone()),
            ("Supported account types", app.sign_in_audience),
            ("Application ID URI", app.identifier_uris.join(", ")),
        ])
    };
    let member = move || {
        let path = Place::Principal(tenant.principal_of(app_id)?.id).path();
        Some(
            view! { <p><a href=path>"Its service principal, the managed application in this directory"</a></p> },
        )
    };
    view! { <section>{table}{member}</section> }.into_any()
}

/// Only where it is missing: what was made on the command line has none by itself.
fn principal(tenant: Tenant, app_id: Id) -> AnyView {
    let missing = Memo::new(move |_| tenant.principal_of(app_id).is_none());
    let draft = Signal::derive(move || {
        tenant
            .application(app_id)
            .map(|app| create_principal(&app))
            .ok_or_else(nothing)
    });
    let words = Words {
        id: "principal",
        title: "Create the service principal",
        why: "The registration is there, but the app is no member of this tenant: nobody can be given its permissions or sign in \
              to it.",
        verb: "Create service principal",
    };
    let shown = move || {
        missing
            .get()
            .then(|| form(tenant, words, Vec::new(), draft, |_| ()))
    };
    shown.into_any()
}

fn name(tenant: Tenant, app_id: Id) -> AnyView {
    let now = tenant.application(app_id).map(|app| app.display_name);
    let name = RwSignal::new(now.unwrap_or_default());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let name = filled(name, "An app needs a name.")?;
        if name == app.display_name {
            return Err("Type another name.".to_owned());
        }
        Ok(rename(&app, &name))
    });
    let words = Words {
        id: "rename",
        title: "Name",
        why: "People see it on the consent page and under Enterprise applications.",
        verb: "Rename",
    };
    form(
        tenant,
        words,
        vec![entry("name", "Display name", "", name)],
        draft,
        |_| (),
    )
}

fn end(tenant: Tenant, app_id: Id) -> AnyView {
    let change = move || tenant.application(app_id).map(|app| delete(&app));
    let draft = Signal::derive(move || change().ok_or_else(nothing));
    view! {
        <section class="task" aria-labelledby="delete-heading">
            <h2 id="delete-heading">"Delete"</h2>
            <p>
                "Sign-ins to it end with AADSTS700016. Entra keeps what was deleted for thirty days; Undo restores it with its IDs."
            </p>
            <div class="work">
                <p class="do">{Act::new("Delete", "this registration", change).button(tenant)}</p>
                {calls(tenant, "delete", draft)}
            </div>
        </section>
    }
    .into_any()
}
