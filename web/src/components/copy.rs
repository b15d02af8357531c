//! Copying a text.

use leptos::prelude::*;
use leptos::task::spawn_local;

/// A button that copies a text and says whether it did.
#[component]
pub fn CopyButton(
    /// What is copied, in words that complete "Copy …".
    what: &'static str,
    /// The text.
    text: Signal<String>,
) -> impl IntoView {
    let copied = RwSignal::new("");
    let copy = move |_| {
        let written = window()
            .navigator()
            .clipboard()
            .write_text(&text.get_untracked());
        spawn_local(async move {
            let done = wait_for(written).await;
            copied.set(if done {
                "Copied"
            } else {
                "The browser does not allow copying"
            });
        });
    };
    view! {
        <button type="button" class="small" on:click=copy>
            "Copy"<span class="hidden">" "{what}</span>
        </button>
        <span class="note" role="status">{copied}</span>
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
