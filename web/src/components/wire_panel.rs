//! On the wire: every message that really travelled, as a sentence, as who to whom, and as bytes.

use leptos::html;
use leptos::prelude::*;
use shared::trace::{Body, Exchange, Field, Request, Response};

use super::{Json, Parameters, Route};
use crate::moment;
use crate::step::Step;
use crate::wire::{Event, Message, Told};
use crate::workshop::Workshop;

/// The recorded messages, oldest first; the newest is scrolled into sight.
#[component]
pub fn WirePanel(
    /// The open step: its messages are marked.
    #[prop(into)]
    current: Signal<Option<Step>>,
) -> impl IntoView {
    let workshop = Workshop::expect();
    let panel: NodeRef<html::Aside> = NodeRef::new();
    let count = Memo::new(move |_| workshop.wire.with(|wire| wire.messages().len()));
    Effect::new(move || {
        count.track();
        if let Some(panel) = panel.get() {
            request_animation_frame(move || panel.set_scroll_top(panel.scroll_height()));
        }
    });
    // Beside the step where there is room; a drawer that begins closed where there is none.
    let wide = RwSignal::new(is_wide());
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        if is_wide() != wide.get_untracked() {
            wide.set(is_wide());
        }
    });
    on_cleanup(move || resized.remove());
    view! {
        <aside class="wire" aria-labelledby="wire-heading" node_ref=panel>
            <details prop:open=wide>
                <summary>
                    <h2 id="wire-heading">"On the wire"</h2>
                    <span class="count">{move || moment::counted(count.get() as u64, "message")}</span>
                </summary>
                <Show
                    when=move || { count.get() > 0 }
                    fallback=|| view! {
                        <p class="empty">
                            "Nothing has travelled yet. Every message of your sign-in will appear here as it really was, \
                             secrets masked."
                        </p>
                    }
                >
                    <ol aria-label="Messages, oldest first">
                        <For
                            each=move || workshop.wire.with(|wire| wire.messages().to_vec())
                            key=|message| message.number
                            children=move |message| view! { <Entry message current/> }
                        />
                    </ol>
                </Show>
            </details>
        </aside>
    }
}

/// Whether there is room for the panel beside the step; the style sheet draws the line at the same width.
fn is_wide() -> bool {
    window()
        .inner_width()
        .ok()
        .and_then(|width| width.as_f64())
        .is_some_and(|width| width >= 1100.0)
}

#[component]
fn Entry(message: Message, current: Signal<Option<Step>>) -> impl IntoView {
    let workshop = Workshop::expect();
    let told = message.told(&workshop.config());
    let step = told.step;
    let (from, to) = (told.from, told.to);
    let sentence = told.sentence.clone();
    let at = moment::local(message.at);
    // The bytes are set out when somebody opens them: many messages, few of them looked at.
    let opened = RwSignal::new(false);
    let open = move |_| {
        opened.set(true);
        workshop.pointed_at.set(Some(step));
    };
    view! {
        <li class:current=move || current.get() == Some(step)>
            <details on:toggle=open>
                <summary>
                    <span class="number" aria-hidden="true">{message.number}</span>
                    <span class="told"><Route from to/><span class="sentence">{sentence}</span></span>
                </summary>
                <p class="note">{at}" · "<a href=step.path()>{format!("Step {}: {}", step.number(), step.title())}</a></p>
                {move || opened.get().then(|| bytes(message.event.clone(), &told))}
            </details>
        </li>
    }
}

fn bytes(event: Event, told: &Told) -> AnyView {
    match event {
        Event::Left { address, fields } | Event::SignedOut { address, fields } => view! {
            <p class="line"><code><b>"GET "</b>{address}</code></p>
            <Parameters message=told.request fields/>
        }
        .into_any(),
        Event::Returned { address, fields, .. } => view! {
            <p class="line"><code><b>"GET "</b>{address}"#…"</code></p>
            <Parameters message=told.request fields/>
            <p class="note">"The part behind # stays in the browser; the server that delivers this page never sees it."</p>
        }
        .into_any(),
        Event::Fetched(exchange) => {
            let Exchange { request, outcome, .. } = *exchange;
            view! {
                {sent(request, told)}
                {match outcome {
                    Ok(response) => received(response, told).into_any(),
                    Err(why) => view! { <p class="line none">"No answer: "{why}</p> }.into_any(),
                }}
            }
            .into_any()
        }
    }
}

fn sent(
    Request {
        method,
        address,
        query,
        headers,
        body,
    }: Request,
    told: &Told,
) -> impl IntoView {
    let fields: Vec<Field> = query.into_iter().chain(headers).collect();
    view! {
        <p class="line"><code><b>{method}" "</b>{address}</code></p>
        <Parameters message=told.request fields/>
        {content(body, told.request)}
    }
}

fn received(
    Response {
        status,
        headers,
        body,
    }: Response,
    told: &Told,
) -> impl IntoView {
    view! {
        <p class="line"><code><b>{status}</b></code></p>
        <Parameters message=told.response fields=headers/>
        {content(body, told.response)}
    }
}

fn content(body: Body, message: shared::prose::parameters::Message) -> AnyView {
    match body {
        Body::Empty => ().into_any(),
        Body::Form(fields) => view! { <Parameters message fields/> }.into_any(),
        Body::Json(json) => {
            let text = serde_json::to_string_pretty(&json).unwrap_or_default();
            view! { <Json label="Body" text/> }.into_any()
        }
        Body::Opaque(length) => {
            view! { <p class="note">{moment::counted(length as u64, "byte")}" that are neither a form nor JSON"</p> }.into_any()
        }
    }
}
