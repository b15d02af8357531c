//! Step 4: the answer that came back, and whether it may be believed.

use leptos::prelude::*;
use shared::prose::parameters::Message;

use crate::components::{FailurePanel, Mark, Parameters, StepPage};
use crate::expectations::Verdict;
use crate::journey::{Answer, Journey};
use crate::step::Step;
use crate::workshop::Workshop;

/// The page.
#[component]
pub fn CheckAnswer() -> impl IntoView {
    let workshop = Workshop::expect();
    let lede = Signal::derive(move || {
        workshop.journey.with(|journey| match &journey.answer {
            None => "Entra will send the browser back to this app, with the answer behind the # of the address. Before \
                     the app uses any of it, it asks one question: is this the answer to my request?",
            Some(Answer { failure: Some(_), .. }) => {
                "An answer came back, and it leads no further. Here is why."
            }
            Some(_) => {
                "Entra sent the browser back with a code. Before the app used it, it asked one question: is this the \
                 answer to my request?"
            }
        })
        .to_owned()
    });
    view! {
        <StepPage step=Step::CheckAnswer lede>
            {move || match workshop.journey.get() {
                Journey { answer: Some(answer), sent, .. } => {
                    view! { <Came answer sent_state=sent.map(|sent| sent.state)/> }.into_any()
                }
                Journey { .. } => view! { <Waiting/> }.into_any(),
            }}
        </StepPage>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <section>
            <h2>"Nothing has come back yet"</h2>
            <p>"When it does, it will look like one of these:"</p>
            <ul class="samples">
                <li><code>"#code=1.AX…&state=…"</code><span>"yes: a code, which works once and only with the verifier"</span></li>
                <li><code>"#error=access_denied&state=…"</code><span>"no: somebody declined, or a policy did"</span></li>
            </ul>
        </section>
        <Why/>
    }
}

#[component]
fn Came(answer: Answer, sent_state: Option<String>) -> impl IntoView {
    let returned = answer.value("state").map(str::to_owned);
    let message = if answer.value("error").is_some() {
        Message::Error
    } else {
        Message::Callback
    };
    let verdict = match (&sent_state, &returned) {
        (Some(sent), Some(returned)) if sent == returned => Verdict::Matches,
        (Some(_), Some(_)) => Verdict::Differs,
        _ => Verdict::Missing,
    };
    let nothing = || "nothing".to_owned();
    view! {
        {answer.failure.map(|failure| view! { <FailurePanel failure/> })}
        <section>
            <h2>"State sent, state returned"</h2>
            <dl class="versus">
                <dt>"sent"</dt>
                <dd><code>{sent_state.unwrap_or_else(nothing)}</code></dd>
                <dt>"returned"</dt>
                <dd><code>{returned.unwrap_or_else(nothing)}</code></dd>
                <dt>"verdict"</dt>
                <dd><Mark verdict/></dd>
            </dl>
        </section>
        <section>
            <h2>"What came back"</h2>
            <Parameters message fields=answer.fields open=true/>
            <p class="note">
                "The app took these values out of the address before it did anything else, so that they stay neither in \
                the history nor in a bookmark."
            </p>
        </section>
        <Why/>
    }
}

#[component]
fn Why() -> impl IntoView {
    view! {
        <section class="aside">
            <h2>"Why the state comes first"</h2>
            <p>
                "Anybody can make a link to this app with a code of their own in it. Following it would sign you in as "
                <em>"them"</em>", and what you then type would be theirs to read. The forger cannot know the state, so the \
                answer is thrown away. Errors are held to the same: they are as easily forged. "
                <cite>"RFC 6749 §10.12, RFC 9700 §4.7"</cite>
            </p>
        </section>
    }
}
