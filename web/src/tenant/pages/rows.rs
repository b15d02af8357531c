//! Lists of what an object has, and what can be done with each of it.

use std::sync::Arc;

use leptos::prelude::*;

use super::super::change::{Change, Undo};
use super::super::store::Tenant;
use crate::components::FailurePanel;
use crate::failure::Failure;

/// Something in a list.
#[derive(Default)]
pub(super) struct Row {
    /// What it is called.
    pub(super) name: Name,
    /// An ID or a value beside the name.
    pub(super) code: String,
    /// More about it.
    pub(super) note: String,
    /// Whether it has been granted, where that is the question.
    pub(super) granted: Option<(bool, String)>,
    /// What can be done with it.
    pub(super) act: Option<Act>,
}

/// A name.
pub(super) enum Name {
    /// In people's words.
    Words(String),
    /// In a program's.
    Code(String),
    /// With a page of its own, at this address.
    Link(String, String),
}

impl Default for Name {
    fn default() -> Self {
        Self::Words(String::new())
    }
}

/// What can be done at once.
#[derive(Clone)]
pub(super) struct Act {
    verb: &'static str,
    what: String,
    change: Arc<dyn Fn() -> Option<Change> + Send + Sync>,
}

impl Act {
    /// "Remove", and the like; to what; what it amounts to when the button is pressed.
    pub(super) fn new(
        verb: &'static str,
        what: &str,
        change: impl Fn() -> Option<Change> + Send + Sync + 'static,
    ) -> Self {
        Self {
            verb,
            what: what.to_owned(),
            change: Arc::new(change),
        }
    }

    /// The button. What cannot be taken back is asked about first.
    pub(super) fn button(self, tenant: Tenant) -> AnyView {
        let Self { verb, what, change } = self;
        let change = StoredValue::new(change);
        let asking = RwSignal::new(None::<&'static str>);
        let failure = RwSignal::new(None::<Failure>);
        let find = move || untrack(|| change.with_value(|change| change()));
        let make = move || {
            asking.set(None);
            let Some(change) = find() else { return };
            let then = move |outcome: Result<_, Failure>| {
                // The button may be gone with what it removed.
                let _ = failure.try_set(outcome.err());
            };
            tenant.make(change, Box::new(then));
        };
        let press = move |_| match find().map(|change| change.undo) {
            Some(Undo::Never(why)) => asking.set(Some(why)),
            Some(Undo::By(_)) => make(),
            None => {}
        };
        let question = move || {
            asking.get().map(|why| {
                view! {
                    <span class="ask">
                        <span role="alert">"This cannot be undone. "{why}</span>
                        <button type="button" class="small danger" on:click=move |_| make()>{verb}" for good"</button>
                        <button type="button" class="small" on:click=move |_| asking.set(None)>"Keep it"</button>
                    </span>
                }
            })
        };
        view! {
            <span class="act">
                <button type="button" class="small" aria-disabled=move || tenant.busy.get().to_string() hidden=move || asking.with(Option::is_some) on:click=press>
                    {verb}<span class="hidden">" "{what}</span>
                </button>
                {question}
                {move || failure.get().map(|failure| view! { <FailurePanel failure/> })}
            </span>
        }
        .into_any()
    }
}

/// A list, or words for there being nothing in it.
pub(super) fn rows(
    tenant: Tenant,
    label: &'static str,
    empty: &'static str,
    rows: impl Fn() -> Vec<Row> + Send + 'static,
) -> AnyView {
    let list = move || shown(tenant, label, empty, rows());
    view! { <div class="held">{list}</div> }.into_any()
}

fn shown(tenant: Tenant, label: &'static str, empty: &'static str, rows: Vec<Row>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="none">{empty}</p> }.into_any();
    }
    let rows: Vec<AnyView> = rows.into_iter().map(|row| line(tenant, row)).collect();
    view! { <ul class="rows" aria-label=label>{rows}</ul> }.into_any()
}

fn line(tenant: Tenant, row: Row) -> AnyView {
    let name = match row.name {
        Name::Words(name) => view! { <span class="name">{name}</span> }.into_any(),
        Name::Code(name) => view! { <code class="name">{name}</code> }.into_any(),
        Name::Link(name, path) => view! { <a class="name" href=path>{name}</a> }.into_any(),
    };
    let granted = row.granted.map(|(granted, words)| {
        let (class, sign) = if granted {
            ("mark good", "✓")
        } else {
            ("mark neutral", "–")
        };
        view! { <span class=class><span aria-hidden="true">{sign}</span>{words}</span> }
    });
    view! {
        <li>
            <div class="what">
                {name}
                <code>{row.code}</code>
                <span class="note">{row.note}</span>
                {granted}
            </div>
            {row.act.map(|act| act.button(tenant))}
        </li>
    }
    .into_any()
}

/// Names and values one below the other; a value that is an ID or a URI is set as code.
pub(super) fn facts(all: Vec<(&'static str, String)>) -> AnyView {
    let rows: Vec<AnyView> = all
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt><dd><code>{value}</code></dd> }.into_any())
        .collect();
    view! { <dl class="versus">{rows}</dl> }.into_any()
}
