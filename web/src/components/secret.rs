//! A secret: masked until somebody asks to see it.

use leptos::prelude::*;
use shared::secret::mask;

use super::CopyButton;

/// A masked value with the buttons Reveal and Copy.
#[component]
pub fn Secret(
    /// What it is, in words that complete "Reveal …".
    label: &'static str,
    /// The secret.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    let revealed = RwSignal::new(false);
    let masked = mask(&value);
    let value = StoredValue::new(value);
    let verb = move || if revealed.get() { "Hide" } else { "Reveal" };
    view! {
        <div class="secret">
            <code class:open=revealed>
                {move || if revealed.get() { value.get_value() } else { masked.clone() }}
            </code>
            <span class="tools">
                <button type="button" class="small" aria-expanded=move || revealed.get().to_string() on:click=move |_| revealed.update(|it| *it = !*it)>
                    {verb}<span class="hidden">" "{label}</span>
                </button>
                <CopyButton what=label text=Signal::derive(move || value.get_value())/>
            </span>
        </div>
    }
}
