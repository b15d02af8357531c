//! A message taken apart: one parameter, one line, one sentence.

use leptos::prelude::*;
use shared::prose::parameters::{Message, parameter};
use shared::trace::Field;

/// Parameters, headers or members; each opens to what it is for and where that is written.
#[component]
pub fn Parameters(
    /// Which message they belong to.
    message: Message,
    /// The parameters, masked where they are secret.
    fields: Vec<Field>,
    /// Whether the sentences stand open at first.
    #[prop(optional)]
    open: bool,
) -> impl IntoView {
    let rows = fields
        .into_iter()
        .map(|field| row(message, field, open))
        .collect_view();
    view! { <div class="fields">{rows}</div> }
}

fn row(message: Message, field: Field, open: bool) -> AnyView {
    let Field {
        name,
        value,
        secret,
    } = field;
    let explained = parameter(message, &name);
    let line = view! {
        <code class="name">{name}</code>
        <code class="value" class:masked=secret>{value}</code>
    };
    match explained {
        None => view! { <div class="field plain">{line}</div> }.into_any(),
        Some(explained) => view! {
            <details class="field" open=open>
                <summary>{line}</summary>
                <p>{explained.meaning}" "<cite>{explained.source}</cite></p>
            </details>
        }
        .into_any(),
    }
}
