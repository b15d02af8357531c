//! What forms are made of: entries, and the calls that a form amounts to.

use std::sync::Arc;

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use serde_json::Value;

use super::super::change::Change;
use super::super::store::{Dialect, Tenant};
use crate::components::{CopyButton, FailurePanel};
use crate::failure::Failure;

/// What a form amounts to, or what is still missing.
pub(super) type Draft = Signal<Result<Change, String>>;

/// What a form says about itself.
#[derive(Clone, Copy)]
pub(super) struct Words {
    /// Unique on the page.
    pub(super) id: &'static str,
    /// The heading.
    pub(super) title: &'static str,
    /// Why anybody would do it.
    pub(super) why: &'static str,
    /// The button.
    pub(super) verb: &'static str,
}

/// A form beside the calls that it amounts to. `then` gets the answer to the first call.
pub(super) fn form(
    tenant: Tenant,
    words: Words,
    entries: Vec<AnyView>,
    draft: Draft,
    then: impl Fn(Value) + Send + Sync + 'static,
) -> AnyView {
    shown(tenant, words, entries, draft, Arc::new(then))
}

fn shown(
    tenant: Tenant,
    words: Words,
    entries: Vec<AnyView>,
    draft: Draft,
    then: Arc<dyn Fn(Value) + Send + Sync>,
) -> AnyView {
    let problem: RwSignal<Option<Result<Failure, String>>> = RwSignal::new(None);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match draft.get_untracked() {
            Err(missing) => problem.set(Some(Err(missing))),
            Ok(change) => {
                problem.set(None);
                let then = Arc::clone(&then);
                let then = move |outcome| match outcome {
                    Ok(answer) => then(answer),
                    Err(failure) => problem.set(Some(Ok(failure))),
                };
                tenant.make(change, Box::new(then));
            }
        }
    };
    let complaint = move || {
        problem.get().map(|problem| match problem {
            Ok(failure) => view! { <FailurePanel failure/> }.into_any(),
            Err(missing) => view! { <p class="missing" role="alert">{missing}</p> }.into_any(),
        })
    };
    let heading = format!("{}-heading", words.id);
    let labelled_by = heading.clone();
    let title: NodeRef<html::H2> = NodeRef::new();
    Effect::new(move || {
        if let Some(title) = title.get()
            && tenant.aim.get() == Some(words.id)
        {
            title.scroll_into_view();
            // A heading that cannot take the focus is no reason to stop.
            let _ = title.focus();
            tenant.aim.set(None);
        }
    });
    let waiting = move || draft.with(Result::is_err);
    view! {
        <section class="task" aria-labelledby=labelled_by>
            <h2 id=heading tabindex="-1" node_ref=title>{words.title}</h2>
            <p>{words.why}</p>
            <div class="work">
                <form on:submit=submit autocomplete="off">
                    {entries}
                    <p class="do"><button type="submit" class="primary" class:waiting=waiting aria-disabled=move || tenant.busy.get().to_string()>{words.verb}</button></p>
                    {complaint}
                </form>
                {calls(tenant, words.id, draft)}
            </div>
        </section>
    }
    .into_any()
}

/// The calls of a draft, in the chosen way, for reading and copying.
pub(super) fn calls(tenant: Tenant, id: &'static str, draft: Draft) -> AnyView {
    let text = Signal::derive(move || {
        draft.get().ok().map_or_else(String::new, |change| {
            written(&change, tenant.dialect.get(), &tenant.graph())
        })
    });
    let shown = move || {
        match draft.get() {
        Ok(_) => view! {
            <pre class="json" tabindex="0" role="region" aria-label="The call"><code>{text}</code></pre>
            <p class="tools"><CopyButton what="the call" text/></p>
        }
        .into_any(),
        Err(missing) => view! { <p class="empty">{missing}</p> }.into_any(),
    }
    };
    let own =
        Memo::new(move |_| draft.with(|draft| draft.as_ref().is_ok_and(|it| !it.az.is_empty())));
    let choice = move |dialect: Dialect, title: &'static str| {
        view! {
            <label>
                <input
                    type="radio"
                    name=format!("{id}-dialect")
                    prop:checked=move || tenant.dialect.get() == dialect
                    on:change=move |_| tenant.dialect.set(dialect)
                />
                <span>{title}</span>
            </label>
        }
    };
    view! {
        <div class="calls">
            <fieldset class="dialects">
                <legend>"What this does"</legend>
                {choice(Dialect::Graph, "Microsoft Graph")}
                {choice(Dialect::Az, "Azure CLI")}
                {move || own.get().then(|| choice(Dialect::Rest, "az rest"))}
            </fieldset>
            {shown}
        </div>
    }
    .into_any()
}

/// A change in one of the ways.
pub(super) fn written(change: &Change, dialect: Dialect, graph: &str) -> String {
    match dialect {
        Dialect::Graph => change.http(graph),
        Dialect::Az => change.commands(graph),
        Dialect::Rest => change.rest(graph),
    }
}

/// A line to type in.
pub(super) fn entry(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    value: RwSignal<String>,
) -> AnyView {
    typed(id, label, hint, value, "text")
}

/// A password to type in.
pub(super) fn secret(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    value: RwSignal<String>,
) -> AnyView {
    typed(id, label, hint, value, "password")
}

fn typed(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    value: RwSignal<String>,
    kind: &'static str,
) -> AnyView {
    let input = view! {
        <input
            id=id type=kind spellcheck="false" autocapitalize="off" autocomplete="off"
            aria-describedby=described(id, hint)
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
        />
    };
    labelled(id, label, hint, input.into_any())
}

/// A text of many lines to type in.
pub(super) fn area(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    value: RwSignal<String>,
) -> AnyView {
    let input = view! {
        <textarea
            id=id spellcheck="false" autocapitalize="off" rows="8"
            aria-describedby=described(id, hint)
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    };
    labelled(id, label, hint, input.into_any())
}

/// One of several: value and words.
pub(super) fn choice(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    options: Signal<Vec<(String, String)>>,
    value: RwSignal<String>,
) -> AnyView {
    let options = move || {
        let chosen = value.get_untracked();
        options
            .get()
            .into_iter()
            .map(|(value, words)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{words}</option> }
            })
            .collect_view()
    };
    let input = view! {
        <select
            id=id aria-describedby=described(id, hint)
            prop:value=value
            on:change=move |event| value.set(event_target_value(&event))
        >{options}</select>
    };
    labelled(id, label, hint, input.into_any())
}

/// Yes or no.
pub(super) fn tick(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    value: RwSignal<bool>,
) -> AnyView {
    view! {
        <p class="entry tick">
            <label for=id>
                <input
                    id=id type="checkbox" aria-describedby=described(id, hint)
                    prop:checked=value
                    on:change=move |event| value.set(event_target_checked(&event))
                />
                {label}
            </label>
            {hinted(id, hint)}
        </p>
    }
    .into_any()
}

fn labelled(id: &'static str, label: &'static str, hint: &'static str, input: AnyView) -> AnyView {
    view! { <p class="entry"><label for=id>{label}</label>{input}{hinted(id, hint)}</p> }.into_any()
}

fn hinted(id: &'static str, hint: &'static str) -> Option<impl IntoView> {
    described(id, hint).map(|id| view! { <small id=id>{hint}</small> })
}

fn described(id: &'static str, hint: &'static str) -> Option<String> {
    (!hint.is_empty()).then(|| format!("{id}-hint"))
}

/// What is in a draft whose object is not there.
pub(super) fn nothing() -> String {
    "It is not in the directory any more.".to_owned()
}

/// The typed text without the spaces around it, or what to type.
pub(super) fn filled(value: RwSignal<String>, missing: &str) -> Result<String, String> {
    let text = value.with(|value| value.trim().to_owned());
    if text.is_empty() {
        Err(missing.to_owned())
    } else {
        Ok(text)
    }
}

/// Keeps a choice among its options: the first is chosen where the chosen one is gone, as the list shows it.
pub(super) fn first_of(options: Signal<Vec<(String, String)>>, value: RwSignal<String>) {
    Effect::new(move || {
        options.with(|all| {
            let chosen = value.get_untracked();
            if !all.iter().any(|(id, _)| *id == chosen) {
                value.set(all.first().map(|(id, _)| id.clone()).unwrap_or_default());
            }
        });
    });
}
