//! The top of every page: what this is, which tenant is meant, where one can go, who is signed in.

use leptos::prelude::*;
use shared::jwt::UnverifiedToken;

use crate::tenant::place::ROOT;
use crate::workshop::Workshop;

/// Brand, tenant badge, person.
#[component]
pub fn Header(
    /// Whether a page of the directory is open.
    in_tenant: Memo<bool>,
) -> impl IntoView {
    let workshop = Workshop::expect();
    let config = workshop.config();
    let (kind, class) = if config.practice {
        ("Practice", "badge practice")
    } else {
        ("Real tenant", "badge real")
    };
    let person = move || {
        workshop.tokens.with(|tokens| {
            let token = tokens.as_ref()?.id_token.as_ref()?;
            let token = UnverifiedToken::decode(token.expose()).ok()?;
            token
                .claim_text("preferred_username")
                .or_else(|| token.claim_text("name"))
                .map(str::to_owned)
        })
    };
    let signed_in = move || {
        workshop.tokens.with(Option::is_some).then(|| {
            view! {
                <div class="person-menu">
                    <span class="who">{person}</span>
                    <button type="button" class="small" on:click=move |_| workshop.sign_out()>"Sign out"</button>
                </div>
            }
        })
    };
    view! {
        <header class="top">
            <a class="brand" href="/"><span class="marker">"Entra"</span><span class="rest">" workshop"</span></a>
            <p class=class>
                <span class="kind">{kind}</span>
                <span class="tenant">{config.tenant_label()}</span>
            </p>
            <nav class="places" aria-label="Places">
                <a href="/" aria-current=move || (!in_tenant.get()).then_some("true")>"Walkthrough"</a>
                <a href=ROOT aria-current=move || in_tenant.get().then_some("true")>"Tenant"</a>
            </nav>
            {signed_in}
        </header>
    }
}
