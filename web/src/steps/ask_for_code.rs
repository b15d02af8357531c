//! Step 2: the request that will be sent, line by line, and how its secrets are made.

use leptos::prelude::*;
use shared::prose::parameters::Message;
use shared::trace::take_apart;

use crate::components::{Parameters, Prediction, Secret, StepPage};
use crate::journey::Request;
use crate::step::Step;
use crate::workshop::Workshop;

/// What could travel with the first request.
const CHOICES: [&str; 3] = ["the verifier", "the challenge", "both"];
const CHALLENGE: usize = 1;

/// The page.
#[component]
pub fn AskForCode() -> impl IntoView {
    let workshop = Workshop::expect();
    // Signed in: the request that was sent. Otherwise the one that is ready to be.
    let request = Memo::new(move |_| {
        let sent = workshop
            .tokens
            .with(Option::is_some)
            .then(|| workshop.journey.with(|journey| journey.sent.clone()));
        let sent = sent.flatten().map(Shown::sent);
        sent.or_else(|| {
            workshop
                .prepared
                .with(|prepared| prepared.as_ref().map(Request::from))
                .map(Shown::ready)
        })
    });
    let lede = Signal::derive(move || {
        if request.with(|shown| shown.as_ref().is_some_and(|shown| shown.sent)) {
            "This is the request that was sent. It left through the browser's address bar, so it carries nothing that \
             must stay secret."
                .to_owned()
        } else {
            "This is the request that the button below will send, value for value. It leaves through the browser's \
             address bar, so it carries nothing that must stay secret."
                .to_owned()
        }
    });
    view! {
        <StepPage step=Step::AskForCode lede>
            <Travels/>
            {move || request.get().map(|shown| view! { <Shown request=shown.request/> })}
        </StepPage>
    }
}

/// A request with whether it has left.
#[derive(Clone)]
struct Shown {
    request: Request,
    sent: bool,
}

impl Shown {
    fn sent(request: Request) -> Self {
        Self {
            request,
            sent: true,
        }
    }

    fn ready(request: Request) -> Self {
        Self {
            request,
            sent: false,
        }
    }
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.sent == other.sent && self.request.authorize_url == other.request.authorize_url
    }
}

/// What travels to Entra? Asked before, answered after.
#[component]
fn Travels() -> impl IntoView {
    let workshop = Workshop::expect();
    let chosen =
        Signal::derive(move || workshop.journey.with(|journey| journey.predictions.travels));
    let reality = Signal::derive(move || {
        workshop
            .journey
            .with(|journey| journey.answer.is_some() && journey.sent.is_some())
            .then(|| {
                (
                    Some(CHALLENGE),
                    "The challenge left first. The verifier stayed here until the code was traded."
                        .to_owned(),
                )
            })
    });
    view! {
        <Prediction
            name="travels"
            question="What will travel to Entra with this request?"
            choices=&CHOICES
            chosen
            choose=move |index| workshop.remember(|journey| journey.predictions.travels = Some(index))
            reality
        />
    }
}

#[component]
fn Shown(request: Request) -> impl IntoView {
    let (address, fields) = take_apart(&request.authorize_url);
    view! {
        <section>
            <h2>"The request, line by line"</h2>
            <p class="line"><code><b>"GET "</b>{address}</code></p>
            <Parameters message=Message::AuthorizationRequest fields open=true/>
        </section>
        <section>
            <h2>"How the challenge is made"</h2>
            <p>
                "Whoever sees the code on its way back could try to use it. So this app keeps a random verifier to itself \
                and sends only its fingerprint. Entra will want to see the verifier before it gives out tokens."
            </p>
            <ol class="making">
                <li>
                    <span class="what">"Verifier"<span class="note">"32 random bytes, kept here"</span></span>
                    <Secret label="the verifier" value=request.verifier.expose()/>
                </li>
                <li class="by">"SHA-256, then base64url"</li>
                <li>
                    <span class="what">"Challenge"<span class="note">"sent to Entra"</span></span>
                    <code class="sent">{request.challenge}</code>
                </li>
            </ol>
        </section>
        <section>
            <h2>"Two more random values"</h2>
            <dl class="pairs">
                <dt>"state"</dt>
                <dd>
                    <code>{request.state}</code>
                    <p>"Must come back with the answer. It ties the answer to this browser."</p>
                </dd>
                <dt>"nonce"</dt>
                <dd>
                    <code>{request.nonce}</code>
                    <p>"Must stand in the ID token. It ties the token to this request."</p>
                </dd>
            </dl>
        </section>
    }
}
