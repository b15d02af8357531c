//! The four actors: always the same colour, the same sign and the same word.

use leptos::prelude::*;

use crate::wire::Actor;

/// An actor's sign and name in its colour.
#[component]
pub fn ActorTag(
    /// Who.
    actor: Actor,
) -> impl IntoView {
    view! {
        <span class=format!("actor {}", actor.class())>
            <Sign actor/>
            {actor.label()}
        </span>
    }
}

/// Who speaks to whom.
#[component]
pub fn Route(
    /// The sender.
    from: Actor,
    /// The receiver.
    to: Actor,
) -> impl IntoView {
    view! {
        <span class="route">
            <ActorTag actor=from/>
            <span class="arrow" aria-hidden="true">"→"</span>
            <span class="hidden">" to "</span>
            <ActorTag actor=to/>
        </span>
    }
}

#[component]
fn Sign(actor: Actor) -> impl IntoView {
    let shape = match actor {
        Actor::Person => {
            "M8 8.2a3.1 3.1 0 1 0 0-6.2 3.1 3.1 0 0 0 0 6.2ZM2.3 14c.5-2.9 2.7-4.3 5.7-4.3s5.2 1.4 5.7 4.3"
        }
        Actor::Client => {
            "M3.2 2.8h9.6c.9 0 1.5.6 1.5 1.5v7.4c0 .9-.6 1.5-1.5 1.5H3.2c-.9 0-1.5-.6-1.5-1.5V4.3c0-.9.6-1.5 1.5-1.5ZM1.7 6.2h12.6"
        }
        Actor::Entra => {
            "M8 1.6l5.4 2v4.1c0 3.3-2.2 5.6-5.4 6.7-3.2-1.1-5.4-3.4-5.4-6.7V3.6L8 1.6ZM5.7 7.9l1.7 1.7 3-3.3"
        }
        Actor::Api => {
            "M3 2.4h10c.6 0 1 .4 1 1v2.8c0 .6-.4 1-1 1H3c-.6 0-1-.4-1-1V3.4c0-.6.4-1 1-1ZM3 8.8h10c.6 0 1 .4 1 1v2.8c0 .6-.4 1-1 1H3c-.6 0-1-.4-1-1V9.8c0-.6.4-1 1-1ZM4.6 4.8h.1M4.6 11.2h.1"
        }
    };
    view! {
        <svg class="sign" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=shape fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
    }
}
