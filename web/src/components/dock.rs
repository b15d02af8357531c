//! The one thing to do now, always in sight.

use leptos::prelude::*;

use crate::step::Step;
use crate::workshop::Workshop;

/// The primary button for the state of things, with the ways back and on beside it.
#[component]
pub fn Dock(
    /// The open step, if the address names one.
    #[prop(into)]
    current: Signal<Option<Step>>,
) -> impl IntoView {
    let workshop = Workshop::expect();
    let hint = move || {
        if let Some(busy) = workshop.busy.get() {
            format!("{busy} …")
        } else if workshop.has_expired() {
            "The access token has expired. Begin again: Entra still knows you and may not ask for anything.".to_owned()
        } else if workshop.is_signed_in() {
            let endpoint = workshop.endpoint.get();
            match answered(workshop, endpoint) {
                Some(status) => format!("{endpoint} answered {status}."),
                None => format!("Shows the access token to the API at {endpoint}."),
            }
        } else {
            "Sends the browser to Entra with the request of step 2.".to_owned()
        }
    };
    let busy = move || workshop.busy.get().is_some();
    let button = move || {
        if workshop.is_signed_in() {
            view! { <button type="button" class="primary" disabled=busy on:click=move |_| workshop.call_api()>"Call the API"</button> }
                .into_any()
        } else {
            view! { <button type="button" class="primary" disabled=busy on:click=move |_| workshop.sign_in()>"Sign in"</button> }
                .into_any()
        }
    };
    let previous = move || {
        let step = current.get().and_then(Step::previous);
        step.map(|step| view! { <a class="way" rel="prev" href=step.path()>"← Back"</a> })
    };
    let next = move || {
        let step = current.get().and_then(Step::next);
        step.map(|step| view! { <a class="way" rel="next" href=step.path()>"Next →"</a> })
    };
    view! {
        <section class="dock" aria-label="What to do now">
            <div class="before">{previous}</div>
            <div class="act">
                <p class="hint" role="status">{hint}</p>
                {button}
            </div>
            <div class="after">{next}</div>
        </section>
    }
}

/// The status with which the endpoint answered last.
fn answered(workshop: Workshop, endpoint: &str) -> Option<u16> {
    workshop.journey.with(|journey| {
        let call = journey.call.as_ref().filter(|call| call.path == endpoint)?;
        call.outcome.as_ref().ok().map(|answer| answer.status)
    })
}
