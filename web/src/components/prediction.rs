//! Predict, do, compare: a question before a button that teaches, and both answers afterwards.

use leptos::prelude::*;

/// A question with a few choices, and once it has happened what really happened beside it.
#[component]
pub fn Prediction(
    /// Groups the choices; unique on the page.
    name: &'static str,
    /// The question.
    question: &'static str,
    /// The choices.
    choices: &'static [&'static str],
    /// Which choice the person took.
    #[prop(into)]
    chosen: Signal<Option<usize>>,
    /// Takes a choice.
    choose: impl Fn(usize) + Copy + Send + Sync + 'static,
    /// What happened, once it has: which choice was right (if any) and one sentence.
    #[prop(into)]
    reality: Signal<Option<(Option<usize>, String)>>,
) -> impl IntoView {
    let options = move || {
        choices
            .iter()
            .enumerate()
            .map(|(index, choice)| {
                view! {
                    <label class="choice">
                        <input
                            type="radio"
                            name=name
                            prop:checked=move || chosen.get() == Some(index)
                            on:change=move |_| choose(index)
                        />
                        {*choice}
                    </label>
                }
            })
            .collect_view()
    };
    let compared = move |right: Option<usize>, said: String| {
        let predicted = chosen
            .get()
            .and_then(|index| choices.get(index).map(|choice| (index, *choice)));
        let verdict = predicted.map(|(index, _)| {
            if Some(index) == right {
                "✓ as you said"
            } else {
                "✗ not what you said"
            }
        });
        view! {
            <dl class="compared">
                <dt>"You said"</dt>
                <dd>{predicted.map_or("nothing, and that is fine", |(_, choice)| choice)}</dd>
                <dt>"What happened"</dt>
                <dd>{said}" "{verdict.map(|verdict| view! { <strong>{verdict}</strong> })}</dd>
            </dl>
        }
    };
    view! {
        <section class="prediction">
            {move || match reality.get() {
                None => view! {
                    <fieldset>
                        <legend><span class="marker">"Predict"</span>" "{question}</legend>
                        <div class="choices">{options()}</div>
                    </fieldset>
                }
                .into_any(),
                Some((right, said)) => view! {
                    <h2><span class="marker">"Compare"</span>" "{question}</h2>
                    {compared(right, said)}
                }
                .into_any(),
            }}
        </section>
    }
}
