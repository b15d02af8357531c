//! The pages of the walkthrough, one file per step.

pub mod ask_for_code;
pub mod call_api;
pub mod check_answer;
pub mod choose_tenant;
pub mod read_tokens;
pub mod sign_in;
pub mod trade_code;

use leptos::prelude::*;

use crate::step::Step;

/// A step's page.
pub fn view(step: Step) -> AnyView {
    match step {
        Step::ChooseTenant => view! { <choose_tenant::ChooseTenant/> }.into_any(),
        Step::AskForCode => view! { <ask_for_code::AskForCode/> }.into_any(),
        Step::SignIn => view! { <sign_in::SignInAndConsent/> }.into_any(),
        Step::CheckAnswer => view! { <check_answer::CheckAnswer/> }.into_any(),
        Step::TradeCode => view! { <trade_code::TradeCode/> }.into_any(),
        Step::ReadTokens => view! { <read_tokens::ReadTokens/> }.into_any(),
        Step::CallApi => view! { <call_api::CallApi/> }.into_any(),
    }
}

/// What an unknown address shows.
pub fn no_such_place() -> AnyView {
    view! { <NoSuchPlace/> }.into_any()
}

/// What an unknown address shows: the way to a known one.
#[component]
pub fn NoSuchPlace() -> impl IntoView {
    document().set_title("Nothing here · Entra workshop");
    view! {
        <article class="step">
            <header class="opening">
                <h1 tabindex="-1">"There is nothing at this address"</h1>
                <p class="lede">
                    "The walkthrough has seven steps; "<a href=Step::ChooseTenant.path()>"the first one"</a>" is a good start."
                </p>
            </header>
        </article>
    }
}
