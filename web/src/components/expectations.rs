//! What should be beside what is, with a verdict in words.

use leptos::prelude::*;

use crate::expectations::{Expectation, Verdict};

/// A verdict: a sign and a word, never a colour alone.
#[component]
pub fn Mark(
    /// The verdict.
    verdict: Verdict,
) -> impl IntoView {
    let (sign, class) = match verdict {
        Verdict::Matches => ("✓", "mark good"),
        Verdict::Differs | Verdict::Missing => ("✗", "mark bad"),
        Verdict::NotNeeded => ("–", "mark neutral"),
    };
    view! {
        <span class=class>
            <span aria-hidden="true">{sign}</span>
            {verdict.words()}
        </span>
    }
}

/// Expectations one below the other, so that two long values can be compared by eye.
#[component]
pub fn Expectations(
    /// What they are about.
    label: &'static str,
    /// The expectations.
    rows: Vec<Expectation>,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <li>
                    <p class="asked">
                        <code>{row.claim}</code>
                        <span>{row.question}</span>
                        <Mark verdict=row.verdict/>
                    </p>
                    <dl>
                        <dt>"expected"</dt>
                        <dd><code>{row.expected}</code></dd>
                        <dt>"this token"</dt>
                        <dd><code>{row.found}</code></dd>
                    </dl>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="expectations" aria-label=label>{rows}</ul> }
}
