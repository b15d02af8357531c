//! A JSON document, indented.

use leptos::prelude::*;

/// Text in a box of its own that a keyboard can scroll.
#[component]
pub fn Json(
    /// What it is.
    label: &'static str,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <pre class="json" tabindex="0" role="region" aria-label=label><code>{text}</code></pre> }
}
