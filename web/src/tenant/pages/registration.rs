//! A registration's overview: names and IDs, its service principal, and the end of it.

use leptos::prelude::*;

use super::super::change::registration::{create_principal, delete, rename};
use super::super::place::{Blade, Place};
use super::super::store::{Id, Tenant};
use super::frame::blade;
use super::parts::{Words, act, calls, entry, filled, form, nothing};

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let body = view! {
        {essentials(tenant, app_id)}
        {principal(tenant, app_id)}
        {name(tenant, app_id)}
        {end(tenant, app_id)}
    };
    blade(
        tenant,
        app_id,
        Blade::Overview,
        "Apps and APIs know each other by these IDs. None of them is a secret.",
        body.into_any(),
    )
}

fn essentials(tenant: Tenant, app_id: Id) -> impl IntoView {
    let tenant_id = tenant.workshop().config().tenant_id.to_string();
    move || {
        let app = tenant.application(app_id)?;
        let principal = tenant.principal_of(app_id).map(|one| one.id);
        let uri = app
            .identifier_uris
            .first()
            .cloned()
            .unwrap_or_else(|| "none yet".to_owned());
        let link = principal.map(|id| {
            let path = Place::Principal(id.clone()).path();
            view! { <dt>"Managed application in local directory"</dt><dd><a href=path><code>{id}</code></a></dd> }
        });
        Some(view! {
            <section>
                <dl class="versus">
                    <dt>"Display name"</dt>
                    <dd>{app.display_name}</dd>
                    <dt>"Application (client) ID"</dt>
                    <dd><code>{app.app_id}</code></dd>
                    <dt>"Object ID"</dt>
                    <dd><code>{app.id}</code></dd>
                    <dt>"Directory (tenant) ID"</dt>
                    <dd><code>{tenant_id.clone()}</code></dd>
                    <dt>"Supported account types"</dt>
                    <dd><code>{app.sign_in_audience}</code></dd>
                    <dt>"Application ID URI"</dt>
                    <dd><code>{uri}</code></dd>
                    {link}
                </dl>
            </section>
        })
    }
}

/// Only where it is missing: what was made on the command line has none of itself.
fn principal(tenant: Tenant, app_id: Id) -> impl IntoView {
    let missing = Memo::new(move |_| tenant.principal_of(app_id).is_none());
    move || {
        missing.get().then(|| {
            let draft = Signal::derive(move || {
                tenant.application(app_id).map(|app| create_principal(&app)).ok_or_else(nothing)
            });
            let words = Words {
                id: "principal",
                title: "Create the service principal",
                why: "The registration is there, but the app is no member of this tenant: nobody can be given its permissions or \
                      sign in to it.",
                verb: "Create service principal",
            };
            form(tenant, words, ().into_any(), draft, |_| ())
        })
    }
}

fn name(tenant: Tenant, app_id: Id) -> AnyView {
    let now = tenant.application(app_id).map(|app| app.display_name);
    let name = RwSignal::new(now.unwrap_or_default());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let name = filled(name, "An app needs a name.")?;
        if name == app.display_name {
            return Err("Type another name to see the call.".to_owned());
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
        entry("name", "Display name", "", name),
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
                <p class="do">{act(tenant, "Delete", "this registration".to_owned(), change)}</p>
                {calls(tenant, "delete", draft)}
            </div>
        </section>
    }
    .into_any()
}
