//! What was done last, how to take it back, and what the guide does next: always in sight.

use leptos::prelude::*;

use super::super::place::Place;
use super::super::store::Tenant;

/// The bar below the pages of the directory.
#[component]
pub fn TenantDock() -> impl IntoView {
    let tenant = Tenant::expect();
    let last = move || {
        tenant
            .history
            .with(|all| all.last().map(|done| done.undo.is_some()))
    };
    let undo = move || {
        last().map(|undoable| {
            view! {
                <span class="tools">
                    {undoable.then(|| view! {
                        <button type="button" class="small" aria-disabled=move || tenant.busy.get().to_string() on:click=move |_| tenant.undo()>"Undo"</button>
                    })}
                    <a href=Place::History.path()>"Its calls"</a>
                </span>
            }
        })
    };
    let next = move || {
        let tasks = tenant.tasks();
        if tasks.is_empty() {
            return None;
        }
        let open = tasks.into_iter().find(|task| !task.done);
        Some(match open {
            Some(task) => {
                let aim = move |_| tenant.aim.set(Some(task.form));
                view! { <a class="way" href=task.place.path() on:click=aim>"Next: "{task.title}" →"</a> }.into_any()
            }
            None => view! { <a class="way" href="/">"All set: sign in →"</a> }.into_any(),
        })
    };
    let practice = tenant.workshop().config().practice;
    practice.then(|| {
        view! {
            <section class="dock said-last" aria-label="What was done, and what is next">
                <div class="before">
                    <p class="hint" role="status">{move || tenant.notice.get()}</p>
                    {undo}
                </div>
                <div class="after">{next}</div>
            </section>
        }
    })
}
