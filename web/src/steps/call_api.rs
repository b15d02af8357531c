//! Step 7: the access token at the API, and the API's own account of its decision.

use leptos::prelude::*;

use crate::call::{Answer, Call, Check, ENDPOINTS, Explained, Explanation, Outcome, status_words};
use crate::components::{FailurePanel, Json, Prediction, StepPage};
use crate::step::Step;
use crate::workshop::Workshop;

/// What the API could answer.
const CHOICES: [&str; 3] = ["200: here you are", "401: who are you?", "403: you may not"];
const STATUSES: [u16; 3] = [200, 401, 403];

/// The page.
#[component]
pub fn CallApi() -> impl IntoView {
    let workshop = Workshop::expect();
    let lede = "The app shows the access token. The API trusts nobody's word: it checks the token itself, and only then \
                asks what it permits.";
    let call = Memo::new(move |_| workshop.journey.with(|journey| journey.call.clone()));
    view! {
        <StepPage step=Step::CallApi lede=lede.to_owned()>
            <Choose/>
            {move || call.get().is_none().then(|| view! { <Answers/> })}
            {move || call.get().map(|call| view! { <Called call/> })}
        </StepPage>
    }
}

/// Which endpoint to call.
#[component]
fn Choose() -> impl IntoView {
    let workshop = Workshop::expect();
    let options = ENDPOINTS
        .into_iter()
        .map(|endpoint| {
            let selected = move || workshop.endpoint.get() == endpoint.path;
            view! { <option value=endpoint.path selected=selected>{endpoint.path}</option> }
        })
        .collect_view();
    let change = move |event| {
        let value = event_target_value(&event);
        if let Some(endpoint) = ENDPOINTS
            .into_iter()
            .find(|endpoint| endpoint.path == value)
        {
            workshop.endpoint.set(endpoint.path);
            workshop.remember(|journey| journey.predictions.answers = None);
        }
    };
    let lets_in = move || {
        let path = workshop.endpoint.get();
        ENDPOINTS
            .into_iter()
            .find(|endpoint| endpoint.path == path)
            .map_or("", |endpoint| endpoint.lets_in)
    };
    let config = workshop.config();
    let address = move || config.api(workshop.endpoint.get());
    let token = move || {
        workshop.tokens.with(|tokens| {
            tokens
                .as_ref()
                .map_or_else(|| "…".to_owned(), |tokens| tokens.access_token.masked())
        })
    };
    view! {
        <section class="choose">
            <h2>"The request"</h2>
            <p class="pick">
                <label for="endpoint">"Endpoint"</label>
                <select id="endpoint" on:change=change>{options}</select>
                <span class="note">"lets in "{lets_in}</span>
            </p>
            <pre class="json request"><code><b>"GET "</b>{address}"\n"<b>"Authorization: "</b>"Bearer "{token}</code></pre>
            {move || workshop.tokens.with(Option::is_none).then(|| view! {
                <p class="note">"There is no access token yet. The button below gets one."</p>
            })}
        </section>
    }
}

/// What will the API answer? Asked before, compared after.
#[component]
fn Answers() -> impl IntoView {
    let workshop = Workshop::expect();
    let chosen =
        Signal::derive(move || workshop.journey.with(|journey| journey.predictions.answers));
    let reality = Signal::derive(move || {
        let status = workshop.journey.with(|journey| {
            let call = journey
                .call
                .as_ref()
                .filter(|call| call.path == workshop.endpoint.get())?;
            call.outcome.as_ref().ok().map(|answer| answer.status)
        })?;
        let right = STATUSES.iter().position(|known| *known == status);
        Some((right, format!("The API answered {status}.")))
    });
    view! {
        <Prediction
            name="answers"
            question="What will the API answer?"
            choices=&CHOICES
            chosen
            choose=move |index| workshop.remember(|journey| journey.predictions.answers = Some(index))
            reality
        />
    }
}

#[component]
fn Called(call: Call) -> impl IntoView {
    let Call {
        path,
        outcome,
        explanation,
    } = call;
    let answer = match outcome {
        Err(failure) => view! { <FailurePanel failure/> }.into_any(),
        Ok(answer) => view! { <Answered path=path.clone() answer/> }.into_any(),
    };
    let explanation = match explanation {
        Explained::NotAsked => ().into_any(),
        Explained::Off => view! {
            <p class="note">"This API does not explain its decisions: that is right for production. "<code>"EXPLAIN=true"</code>" switches it on."</p>
        }
        .into_any(),
        Explained::Failed(why) => view! { <p class="note">"The API could not be asked why: "{why}"."</p> }.into_any(),
        Explained::Given(explanation) => view! { <Checks path explanation/> }.into_any(),
    };
    view! {
        {answer}
        <Answers/>
        {explanation}
    }
}

#[component]
fn Answered(path: String, answer: Answer) -> impl IntoView {
    let Answer {
        status,
        challenge,
        body,
        problem,
    } = answer;
    let (name, meaning) = status_words(status);
    let class = if status < 400 {
        "status good"
    } else {
        "status bad"
    };
    let problem = problem.map(|problem| {
        let detail = problem.detail.map(|detail| format!(": {detail}"));
        view! { <p class="said">"The API says: "<strong>{problem.title}</strong>{detail}</p> }
    });
    let challenge = challenge.map(|challenge| {
        view! { <p class="line"><code><b>"WWW-Authenticate: "</b>{challenge}</code></p> }
    });
    view! {
        <section class="answer">
            <h2>"The answer"</h2>
            <p class=class>
                <strong>{status}</strong>
                <span>{name}<span class="note">"from "<code>{path}</code></span></span>
            </p>
            <p>{meaning}</p>
            {problem}
            {challenge}
            <Json label="Body of the answer" text=body/>
        </section>
    }
}

/// The API's own list of checks: the list that decided.
#[component]
fn Checks(path: String, explanation: Explanation) -> impl IntoView {
    let count = format!(
        "{} of {} passed",
        explanation.passed(),
        explanation.checks.len()
    );
    let rows = explanation.checks.into_iter().map(check).collect_view();
    let verdicts = explanation
        .verdicts
        .into_iter()
        .map(|verdict| {
            let class = if verdict.status < 400 { "mark good" } else { "mark bad" };
            view! { <li><code>{verdict.endpoint}</code><span class=class>{verdict.status}</span></li> }
        })
        .collect_view();
    view! {
        <section class="checks">
            <h2>"How the API decided"</h2>
            <p>"These are the checks that made the decision about "<code>{path}</code>", in their order: "{count}"."</p>
            <ol>{rows}</ol>
            <h3>"The same token elsewhere"</h3>
            <ul class="verdicts">{verdicts}</ul>
        </section>
    }
}

fn check(check: Check) -> impl IntoView {
    let (sign, word, class) = match check.outcome {
        Outcome::Passed => ("✓", "passed", "good"),
        Outcome::Failed => ("✗", "failed", "bad"),
        Outcome::NotReached => ("·", "not reached", "neutral"),
    };
    let why = check.why.map(|why| view! { <p class="why">{why}</p> });
    let fact = |name: &'static str, value: Option<String>| {
        value
            .filter(|value| !value.is_empty())
            .map(|value| view! { <dt>{name}</dt><dd><code>{value}</code></dd> })
    };
    // Where both are the same text, once is enough.
    let expected = check
        .expected
        .filter(|expected| check.found.as_ref() != Some(expected));
    view! {
        <li class=class>
            <span class="sign" aria-hidden="true">{sign}</span>
            <div>
                <p class="name">{check.title}<span class="word">{word}</span></p>
                {why}
                <dl>
                    {fact("expected", expected)}
                    {fact("found", check.found)}
                </dl>
            </div>
        </li>
    }
}
