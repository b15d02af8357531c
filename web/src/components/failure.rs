//! A failure as content: what happened, why, what to do now.

use leptos::prelude::*;

use crate::failure::{EntraWords, Failure};

/// A panel that explains a failure.
#[component]
pub fn FailurePanel(
    /// The failure.
    failure: Failure,
) -> impl IntoView {
    let Failure {
        title,
        what,
        why,
        now,
        entra,
    } = failure;
    let number = entra.as_ref().and_then(|entra| entra.number).map(|number| {
        view! { <p class="number"><code>{format!("AADSTS{number}")}</code></p> }
    });
    view! {
        <section class="failure" role="alert">
            {number}
            <h2>{title}</h2>
            <dl>
                <dt>"What happened"</dt>
                <dd>{what}</dd>
                <dt>"Why"</dt>
                <dd>{why}</dd>
                <dt>"What to do now"</dt>
                <dd>{now}</dd>
            </dl>
            {entra.map(words)}
        </section>
    }
}

fn words(
    EntraWords {
        error,
        text,
        correlation_id,
        ..
    }: EntraWords,
) -> impl IntoView {
    let text = (!text.is_empty()).then(|| view! { <p>{text}</p> });
    let correlation = correlation_id.map(|id| {
        view! { <p class="note">"Correlation ID, for support and for the sign-in log: "<code>{id}</code></p> }
    });
    view! {
        <details class="entra-words">
            <summary>"In Entra's own words"</summary>
            <p><code>{error}</code></p>
            {text}
            {correlation}
        </details>
    }
}
