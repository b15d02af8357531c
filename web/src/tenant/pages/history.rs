//! What you did: every change since the page was loaded, as one script.

use leptos::prelude::*;

use super::super::store::{Dialect, Tenant};
use super::frame;
use super::parts::written;
use crate::components::CopyButton;

pub(super) fn view(tenant: Tenant) -> AnyView {
    let script = Signal::derive(move || {
        let graph = tenant.graph();
        tenant.history.with(|all| {
            let parts = all
                .iter()
                .map(|done| format!("# {}\n{}", done.change.title, done.change.commands(&graph)));
            parts.collect::<Vec<_>>().join("\n\n")
        })
    });
    let calls = move || {
        let graph = tenant.graph();
        let all = tenant.history.get();
        let row = |(title, text): (String, String)| {
            view! {
                <li>
                    <details class="more">
                        <summary>{title}</summary>
                        <pre class="json" tabindex="0" role="region" aria-label="The calls"><code>{text}</code></pre>
                    </details>
                </li>
            }
        };
        let rows = all.into_iter().map(|done| {
            let text = written(&done.change, Dialect::Graph, &graph);
            row((format!("{}. {}", done.number, done.change.title), text))
        });
        rows.collect_view()
    };
    let empty = Memo::new(move |_| tenant.history.with(Vec::is_empty));
    let body = move || {
        if empty.get() {
            return view! { <p class="none">"Nothing yet. Every change that you make on these pages will stand here."</p> }.into_any();
        }
        view! {
            <section>
                <h2>"As calls to Microsoft Graph"</h2>
                <ol class="past">{calls}</ol>
            </section>
            <section>
                <h2>"As a script for the Azure CLI"</h2>
                <p>"Passwords are left out. IDs that the tenant made up are those of this tenant: another has others."</p>
                <pre class="json tall" tabindex="0" role="region" aria-label="The script"><code>{script}</code></pre>
                <p class="tools"><CopyButton what="the script" text=script/></p>
            </section>
        }
        .into_any()
    };
    let lede = "Every change since this page was loaded, to be done again elsewhere.";
    frame::list("What you did", lede, vec![body.into_any()])
}
