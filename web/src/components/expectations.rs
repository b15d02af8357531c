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
        Verdict::Differs => ("✗", "mark bad"),
        Verdict::Missing => ("✗", "mark bad"),
        Verdict::NotNeeded => ("–", "mark neutral"),
    };
    view! {
        <span class=class>
            <span aria-hidden="true">{sign}</span>
            {verdict.words()}
        </span>
    }
}

/// A table of expectations.
#[component]
pub fn Expectations(
    /// What the table is about.
    caption: &'static str,
    /// The rows.
    rows: Vec<Expectation>,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row"><code>{row.claim}</code><span class="note">{row.question}</span></th>
                    <td data-label="expected"><code>{row.expected}</code></td>
                    <td data-label="this token"><code>{row.found}</code></td>
                    <td data-label="verdict"><Mark verdict=row.verdict/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="stacked">
            <caption class="hidden">{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">"claim"</th>
                    <th scope="col">"expected"</th>
                    <th scope="col">"this token"</th>
                    <th scope="col">"verdict"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
