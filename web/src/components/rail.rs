//! The seven steps as a list of links.

use leptos::prelude::*;

use crate::step::Step;
use crate::workshop::Workshop;

/// How far a step has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Ahead,
    Done,
    Failed,
}

/// The steps: which one is open, which are done, which one failed.
#[component]
pub fn Rail(
    /// The open step, if the address names one.
    #[prop(into)]
    current: Signal<Option<Step>>,
) -> impl IntoView {
    let workshop = Workshop::expect();
    let links = Step::ALL
        .into_iter()
        .map(|step| {
            let progress = Memo::new(move |_| progress(workshop, step));
            let word = move || match progress.get() {
                Progress::Ahead => "",
                Progress::Done => ", done",
                Progress::Failed => ", failed",
            };
            view! {
                <li
                    class:done=move || progress.get() == Progress::Done
                    class:failed=move || progress.get() == Progress::Failed
                    class:pointed-at=move || workshop.pointed_at.get() == Some(step)
                >
                    <a href=step.path() aria-current=move || (current.get() == Some(step)).then_some("step")>
                        <span class="bullet" aria-hidden="true">
                            {move || match progress.get() {
                                Progress::Ahead => step.number().to_string(),
                                Progress::Done => "✓".to_owned(),
                                Progress::Failed => "!".to_owned(),
                            }}
                        </span>
                        <span class="title">{step.title()}<span class="hidden">{word}</span></span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="rail" aria-label="Steps">
            <ol>{links}</ol>
        </nav>
    }
}

fn progress(workshop: Workshop, step: Step) -> Progress {
    let has_tokens = workshop.tokens.with(Option::is_some);
    workshop.journey.with(|journey| {
        let came_back = journey.answer.is_some() && journey.sent.is_some();
        let answer_failed = journey
            .answer
            .as_ref()
            .is_some_and(|answer| answer.failure.is_some());
        let (done, failed) = match step {
            Step::ChooseTenant | Step::AskForCode => (journey.sent.is_some() && came_back, false),
            Step::SignIn => (came_back && !answer_failed, false),
            Step::CheckAnswer => (came_back && !answer_failed, answer_failed),
            Step::TradeCode => (has_tokens, journey.trade_failure.is_some()),
            Step::ReadTokens => (has_tokens && journey.call.is_some(), false),
            Step::CallApi => (
                journey
                    .call
                    .as_ref()
                    .is_some_and(|call| call.outcome.is_ok()),
                journey
                    .call
                    .as_ref()
                    .is_some_and(|call| call.outcome.is_err()),
            ),
        };
        match (done, failed) {
            (_, true) => Progress::Failed,
            (true, false) => Progress::Done,
            (false, false) => Progress::Ahead,
        }
    })
}
