//! The frame of a page: where one is, what it is called, what it is for.

use leptos::html;
use leptos::prelude::*;

use super::super::place::{Blade, Place};
use super::super::store::{Id, Tenant};
use crate::components::Visited;

/// A page.
pub(super) fn page(eyebrow: AnyView, title: String, lede: AnyView, body: Vec<AnyView>) -> AnyView {
    let heading: NodeRef<html::H1> = NodeRef::new();
    let visited = expect_context::<Visited>();
    document().set_title(&format!("{title} · Entra workshop"));
    let aimed = Tenant::expect().aim.get_untracked().is_some();
    Effect::new(move || {
        if let Some(heading) = heading.get().filter(|_| !aimed) {
            if visited.0.get_value() {
                // A heading that cannot take the focus is no reason to stop.
                let _ = heading.focus();
            }
            visited.0.set_value(true);
        }
    });
    view! {
        <article class="step blade">
            <header class="opening">
                <p class="eyebrow">{eyebrow}</p>
                <h1 tabindex="-1" node_ref=heading>{title}</h1>
                <div class="lede">{lede}</div>
            </header>
            {body}
        </article>
    }
    .into_any()
}

/// A part of a registration: its name, the parts, one of them.
pub(super) fn blade(
    tenant: Tenant,
    app_id: Id,
    open: Blade,
    lede: &'static str,
    mut body: Vec<AnyView>,
) -> AnyView {
    let name = move || {
        tenant
            .application(app_id)
            .map(|app| app.display_name)
            .unwrap_or_default()
    };
    let links = Blade::ALL
        .into_iter()
        .map(|blade| {
            let path = Place::Registration(app_id.get_value(), blade).path();
            let current = (blade == open).then_some("page");
            view! { <li><a href=path aria-current=current>{blade.title()}</a></li> }
        })
        .collect_view();
    let eyebrow = view! { <a href=Place::Registrations.path()>"App registrations"</a>" / "{name} };
    let parts =
        view! { <nav class="blades" aria-label="Parts of the registration"><ul>{links}</ul></nav> };
    body.insert(0, parts.into_any());
    page(
        eyebrow.into_any(),
        open.title().to_owned(),
        lede.into_any(),
        body,
    )
}

/// One of the directory's lists.
pub(super) fn list(title: &str, lede: &'static str, body: Vec<AnyView>) -> AnyView {
    page(
        "Directory".into_any(),
        title.to_owned(),
        lede.into_any(),
        body,
    )
}

/// A part of a page.
pub(super) fn section(title: &'static str, why: &'static str, body: Vec<AnyView>) -> AnyView {
    let why = (!why.is_empty()).then(|| view! { <p>{why}</p> });
    view! { <section><h2>{title}</h2>{why}{body}</section> }.into_any()
}

/// An object that is not there.
pub(super) fn gone(title: &'static str, list: &Place) -> AnyView {
    let lede = view! {
        "It may have been deleted. "<a href=list.path()>"Look for it in its list"</a>
        ", or see under "<a href=Place::History.path()>"What you did"</a>"."
    };
    page(
        "Not here".into_any(),
        title.to_owned(),
        lede.into_any(),
        Vec::new(),
    )
}
