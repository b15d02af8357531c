//! A secret: masked until somebody asks to see it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::secret::mask;

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
    let copied = RwSignal::new("");
    let masked = mask(&value);
    let value = StoredValue::new(value);
    let copy = move |_| {
        let written = window()
            .navigator()
            .clipboard()
            .write_text(&value.get_value());
        spawn_local(async move {
            let done = wait_for(written).await;
            copied.set(if done {
                "Copied"
            } else {
                "The browser does not allow copying"
            });
        });
    };
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
                <button type="button" class="small" on:click=copy>
                    "Copy"<span class="hidden">" "{label}</span>
                </button>
                <span class="note" role="status">{copied}</span>
            </span>
        </div>
    }
}

#[cfg(target_arch = "wasm32")]
async fn wait_for(promise: web_sys::js_sys::Promise) -> bool {
    wasm_bindgen_futures::JsFuture::from(promise).await.is_ok()
}

#[cfg(not(target_arch = "wasm32"))]
#[expect(clippy::unused_async, reason = "the browser's counterpart waits")]
async fn wait_for(_promise: web_sys::js_sys::Promise) -> bool {
    false
}
