//! Step 5: code and verifier for tokens.

use leptos::prelude::*;
use shared::authority::Version;
use shared::pkce::code_challenge;
use shared::prose::parameters::{Message, parameter};
use shared::trace::{Body, Exchange, Field};

use crate::components::{FailurePanel, Mark, Parameters, Secret, StepPage};
use crate::expectations::Verdict;
use crate::journey::Request;
use crate::step::Step;
use crate::wire::Event;
use crate::workshop::Workshop;

/// The page.
#[component]
pub fn TradeCode() -> impl IntoView {
    let workshop = Workshop::expect();
    let traded = Memo::new(move |_| workshop.tokens.with(Option::is_some));
    let failed = Memo::new(move |_| {
        workshop
            .journey
            .with(|journey| journey.trade_failure.clone())
    });
    let lede = Signal::derive(move || {
        if failed.with(Option::is_some) {
            "The app offered code and verifier, and got no tokens for them. Here is why."
        } else if traded.get() {
            "The app sent the code together with the verifier straight to Entra, past the address bar, and got tokens."
        } else {
            "A code alone is worth nothing. The app sends it together with the verifier straight to Entra, past the \
             address bar, and gets tokens."
        }
        .to_owned()
    });
    // The last exchange with the token endpoint, as it really was.
    let exchange = Memo::new(move |_| {
        let endpoint = workshop.config().authority().token(Version::V2).to_string();
        workshop.wire.with(|wire| {
            wire.messages()
                .iter()
                .rev()
                .find_map(|message| match &message.event {
                    Event::Fetched(exchange) if exchange.request.address == endpoint => {
                        Some(exchange.clone())
                    }
                    _ => None,
                })
        })
    });
    let sent = move || {
        workshop
            .journey
            .with(|journey| journey.answer.as_ref().and(journey.sent.clone()))
    };
    view! {
        <StepPage step=Step::TradeCode lede>
            {move || failed.get().map(|failure| view! { <FailurePanel failure/> })}
            {move || sent().filter(|_| exchange.with(Option::is_some)).map(|request| view! { <Proof request/> })}
            {move || exchange.get().map_or_else(|| view! { <Planned/> }.into_any(), |exchange| view! { <Traded exchange=*exchange/> }.into_any())}
            <Platform/>
        </StepPage>
    }
}

/// The proof that PKCE asks for, computed once more.
#[component]
fn Proof(request: Request) -> impl IntoView {
    let computed = code_challenge(&request.verifier);
    let verdict = if computed == request.challenge {
        Verdict::Matches
    } else {
        Verdict::Differs
    };
    view! {
        <section>
            <h2>"The proof"</h2>
            <p>"Entra computes what this page computes here: is SHA-256 of the verifier the challenge of step 2?"</p>
            <dl class="versus">
                <dt>"verifier, sent now"</dt>
                <dd><Secret label="the verifier" value=request.verifier.expose()/></dd>
                <dt>"SHA-256 of it"</dt>
                <dd><code>{computed}</code></dd>
                <dt>"challenge, sent before"</dt>
                <dd><code>{request.challenge}</code></dd>
                <dt>"verdict"</dt>
                <dd><Mark verdict/></dd>
            </dl>
        </section>
    }
}

#[component]
fn Traded(exchange: Exchange) -> impl IntoView {
    let Exchange {
        request, outcome, ..
    } = exchange;
    let form = match request.body {
        Body::Form(fields) => fields,
        _ => Vec::new(),
    };
    let answer = outcome.ok().map(|response| {
        let good = (200..300).contains(&response.status);
        let message = if good {
            Message::TokenResponse
        } else {
            Message::Error
        };
        let members = match response.body {
            Body::Json(json) => members(&json),
            _ => Vec::new(),
        };
        view! {
            <section>
                <h2>"What came back"</h2>
                <p class="line"><code><b>{response.status}</b></code></p>
                <Parameters message fields=members open=good/>
            </section>
        }
    });
    view! {
        <section>
            <h2>"What was sent"</h2>
            <p class="line"><code><b>{request.method}" "</b>{request.address}</code></p>
            <Parameters message=Message::TokenRequest fields=form open=true/>
        </section>
        {answer}
    }
}

/// The members of a JSON object as fields. The recording has masked them already.
fn members(json: &serde_json::Value) -> Vec<Field> {
    let shown = |value: &serde_json::Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    json.as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| Field {
            name: name.clone(),
            value: shown(value),
            secret: shared::trace::is_secret(name),
        })
        .collect()
}

/// What will be sent, as long as nothing has been.
#[component]
fn Planned() -> impl IntoView {
    let names = [
        "grant_type",
        "code",
        "code_verifier",
        "client_id",
        "redirect_uri",
        "scope",
    ];
    let rows = names
        .into_iter()
        .filter_map(|name| parameter(Message::TokenRequest, name))
        .map(|known| view! { <dt><code>{known.name}</code></dt><dd>{known.meaning}" "<cite>{known.source}</cite></dd> })
        .collect_view();
    view! {
        <section>
            <h2>"What will be sent"</h2>
            <dl class="pairs">{rows}</dl>
        </section>
    }
}

#[component]
fn Platform() -> impl IntoView {
    view! {
        <section class="aside">
            <h2>"Why the platform matters"</h2>
            <p>
                "The browser adds an "<code>"Origin"</code>" header that no script can change. Under which platform the \
                redirect URI is registered decides what Entra makes of it:"
            </p>
            <dl class="pairs">
                <dt>"Single-page application"</dt>
                <dd>"The header must be there, or Entra answers "<code>"AADSTS9002327"</code>". PKCE is required."</dd>
                <dt>"Web, or Mobile and desktop"</dt>
                <dd>
                    "The header must not be there, or Entra answers "<code>"AADSTS9002326"</code>", without the CORS headers \
                    that would let a page read it: in the console it looks like a CORS error."
                </dd>
            </dl>
        </section>
    }
}
