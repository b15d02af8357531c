//! Step 3: what happens at Entra, out of this app's sight.

use leptos::prelude::*;

use crate::components::{ActorTag, StepPage};
use crate::config::Config;
use crate::step::Step;
use crate::wire::Actor;
use crate::workshop::Workshop;

/// The page.
#[component]
pub fn SignInAndConsent() -> impl IntoView {
    let workshop = Workshop::expect();
    let config = workshop.config();
    let lede = "Now the browser shows Entra's pages, and this app is not even loaded. That is the point: your password \
                is between you and Entra.";
    view! {
        <StepPage step=Step::SignIn lede=lede.to_owned()>
            <Pages scope=config.scope_name().to_owned()/>
            <Views/>
            <Asked config/>
            {move || granted(workshop)}
        </StepPage>
    }
}

/// Entra's pages in their order.
#[component]
fn Pages(scope: String) -> impl IntoView {
    view! {
        <section>
            <h2>"Entra's pages"</h2>
            <ol class="pages">
                <li><strong>"User name"</strong>"Who are you? From it Entra knows which tenant and which way of proving yourself."</li>
                <li><strong>"Password"</strong>"Prove it. A real tenant may also ask for a second factor."</li>
                <li><strong>"Stay signed in?"</strong>"About Entra's own session, not about this app. With it the next sign-in asks for less."</li>
                <li>
                    <strong>"Consent"</strong>
                    "The first time only: may this app use "<code>{scope}</code>" in your name? Entra remembers a yes; a no \
                    comes back to the app as an error."
                </li>
            </ol>
        </section>
    }
}

/// Who learns what.
#[component]
fn Views() -> impl IntoView {
    view! {
        <section class="halves">
            <div class="card entra">
                <h2><ActorTag actor=Actor::Entra/>" learns"</h2>
                <ul>
                    <li>"who you are, and when and where you signed in"</li>
                    <li>"which app sent you, and what it asks for"</li>
                    <li>"the challenge, but not the verifier"</li>
                </ul>
            </div>
            <div class="card client">
                <h2><ActorTag actor=Actor::Client/>" never sees"</h2>
                <ul>
                    <li>"your password or second factor"</li>
                    <li>"Entra's cookies: they belong to another origin"</li>
                    <li>"how you proved yourself, unless a token says so"</li>
                </ul>
            </div>
        </section>
    }
}

/// What the consent page will name.
#[component]
fn Asked(config: Config) -> impl IntoView {
    let meanings = [
        "an ID token that says who you are",
        "your name in it",
        "a refresh token, so that you need not sign in every hour",
        "to call the API in your name",
    ];
    let rows = config
        .scopes()
        .into_iter()
        .zip(meanings)
        .map(|(scope, meaning)| view! { <dt><code>{scope}</code></dt><dd>{meaning}</dd> })
        .collect_view();
    view! {
        <section>
            <h2>"What this app asks for"</h2>
            <dl class="pairs">{rows}</dl>
        </section>
    }
}

/// What was granted, once it was.
fn granted(workshop: Workshop) -> Option<impl IntoView> {
    let scopes = workshop
        .tokens
        .with(|tokens| tokens.as_ref().map(|tokens| tokens.scopes.clone()))?;
    let scopes = scopes
        .into_iter()
        .map(|scope| view! { <li><code>{scope}</code></li> })
        .collect_view();
    Some(view! {
        <section>
            <h2>"What was granted"</h2>
            <p>"The token response repeats what Entra granted. It need not be what was asked for."</p>
            <ul class="codes">{scopes}</ul>
        </section>
    })
}
