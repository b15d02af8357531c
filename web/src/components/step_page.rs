//! The frame of a step: where one is, what it is called, what it teaches; then on to the next.

use leptos::html;
use leptos::prelude::*;

use crate::step::Step;

/// Whether a step has been shown before: only then does the focus move, so that a fresh page starts at its top.
#[derive(Clone, Copy)]
pub struct Visited(pub StoredValue<bool>);

/// A step's page.
#[component]
pub fn StepPage(
    /// The step.
    step: Step,
    /// What it teaches, in a sentence or two.
    #[prop(into)]
    lede: Signal<String>,
    /// The rest.
    children: Children,
) -> impl IntoView {
    let heading: NodeRef<html::H1> = NodeRef::new();
    let visited = expect_context::<Visited>();
    document().set_title(&format!("{} · Entra workshop", step.title()));
    Effect::new(move || {
        if let Some(heading) = heading.get() {
            if visited.0.get_value() {
                // A heading that cannot take the focus is no reason to stop.
                let _ = heading.focus();
            }
            visited.0.set_value(true);
        }
    });
    view! {
        <article class="step">
            <header class="opening">
                <p class="eyebrow">{format!("Step {} of {}", step.number(), Step::ALL.len())}</p>
                <h1 tabindex="-1" node_ref=heading>{step.title()}</h1>
                <p class="lede">{lede}</p>
            </header>
            {children()}
            <nav class="onward" aria-label="Next and previous step">
                {step.previous().map(|step| view! { <a rel="prev" href=step.path()>"Back: "{step.title()}</a> })}
                {step.next().map(|step| view! { <a rel="next" href=step.path()>"Next: "{step.title()}</a> })}
            </nav>
        </article>
    }
}
