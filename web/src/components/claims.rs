//! A token's claims, each with its meaning.

use leptos::prelude::*;
use serde_json::Value;
use shared::jwt::Object;
use shared::prose::claims::{Authorize, CLAIMS, Claim, claim, header};
use shared::time::UnixTime;

use crate::expectations::{moment_of, shown};
use crate::moment;

/// The claims of a token, those that matter most first; each opens to what it says, where it comes from, and whether to decide by it.
#[component]
pub fn Claims(
    /// The claims, unverified: they are shown, not believed.
    claims: Object,
    /// What time it is, for dates.
    #[prop(into)]
    now: Signal<UnixTime>,
) -> impl IntoView {
    let mut claims: Vec<(String, Value)> = claims.into_iter().collect();
    claims.sort_by_key(|(name, _)| {
        CLAIMS
            .iter()
            .position(|known| known.name == name)
            .unwrap_or(CLAIMS.len())
    });
    let rows = claims
        .into_iter()
        .map(|(name, value)| row(claim(&name), name, &value, Some(now)))
        .collect_view();
    view! { <div class="fields">{rows}</div> }
}

/// The members of a token's header.
#[component]
pub fn TokenHeader(
    /// The header, which is the sender's word.
    members: Object,
) -> impl IntoView {
    let rows = members
        .into_iter()
        .map(|(name, value)| row(header(&name), name, &value, None))
        .collect_view();
    view! { <div class="fields">{rows}</div> }
}

fn row(
    explained: Option<&'static Claim>,
    name: String,
    value: &Value,
    now: Option<Signal<UnixTime>>,
) -> AnyView {
    let date = now.zip(moment_of(&name, value)).map(|(now, moment)| {
        let date = moment::local(moment);
        view! { <span class="note">{date}", "{move || moment::relative(now.get(), moment)}</span> }
    });
    let line = view! {
        <code class="name">{name}</code>
        <span class="value"><code>{shown(Some(value))}</code>{date}</span>
    };
    match explained {
        None => view! { <div class="field plain">{line}</div> }.into_any(),
        Some(Claim {
            meaning,
            origin,
            authorize,
            source,
            ..
        }) => view! {
            <details class="field">
                <summary>{line}</summary>
                <p>
                    <strong class=advice_class(*authorize)>{authorize.advice()}</strong>". "
                    {*meaning}" From: "{*origin}" "<cite>{*source}</cite>
                </p>
            </details>
        }
        .into_any(),
    }
}

fn advice_class(authorize: Authorize) -> &'static str {
    match authorize {
        Authorize::No => "advice against",
        Authorize::Check | Authorize::Decide | Authorize::Identify => "advice",
    }
}
