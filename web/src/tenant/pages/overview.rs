//! The tenant itself: its names, how far the guide has come, and the way back to the start.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::super::guide::{Part, Task};
use super::super::store::Tenant;
use super::frame::{page, section};
use super::rows::facts;
use crate::components::FailurePanel;
use crate::failure::Failure;

pub(super) fn view(tenant: Tenant) -> AnyView {
    let config = tenant.workshop().config();
    let name = config.tenant_name.unwrap_or_else(|| tenant.label());
    let tasks = Memo::new(move |_| tenant.tasks());
    let parts = Part::ALL.map(|part| steps(tenant, part, tasks));
    let why = "What one sets up by hand in the admin center, and what happens without it. The IDs stay as they are: this browser app and \
               the API are configured with them.";
    let body = vec![
        section("From New registration to a 200", why, parts.into()),
        facts_of(tenant),
        start_over(tenant),
    ];
    let lede = "The directory behind the sign-in: who exists, which apps are registered, who may do what. Change it as you would in \
                the Entra admin center; every form shows the call to Microsoft Graph and the Azure CLI command that do the same.";
    page(
        "The practice tenant".into_any(),
        name,
        lede.into_any(),
        body,
    )
}

fn steps(tenant: Tenant, part: Part, tasks: Memo<Vec<Task>>) -> AnyView {
    let rows = move || {
        tasks.with(|tasks| {
            tasks
                .iter()
                .filter(|task| task.part == part)
                .map(|task| row(tenant, task))
                .collect_view()
        })
    };
    view! {
        <h3>{part.title()}</h3>
        <ul class="checklist">{rows}</ul>
    }
    .into_any()
}

fn row(tenant: Tenant, task: &Task) -> impl IntoView + use<> {
    let form = task.form;
    let aim = move |_| tenant.aim.set(Some(form));
    let (sign, word) = if task.done {
        ("✓", "done")
    } else {
        ("·", "open")
    };
    view! {
        <li class:good=task.done>
            <span class="sign" aria-hidden="true">{sign}</span>
            <span>
                <a href=task.place.path() on:click=aim>{task.title.clone()}</a>
                <span class="hidden">", "{word}</span>
                <span class="note">{task.without}</span>
            </span>
        </li>
    }
}

fn facts_of(tenant: Tenant) -> AnyView {
    let table = move || {
        let config = tenant.workshop().config();
        facts(vec![
            ("Tenant ID", config.tenant_id.to_string()),
            ("Primary domain", config.tenant_domain.unwrap_or_default()),
            (
                "Authority",
                format!("{}/{}", config.authority_host, config.tenant_id),
            ),
            (
                "Authority for SDKs",
                tenant.told("/tenant/authority").unwrap_or_default(),
            ),
            ("Microsoft Graph", tenant.graph()),
        ])
    };
    section("The tenant", "", vec![table.into_any()])
}

/// What no real tenant can do: begin again.
fn start_over(tenant: Tenant) -> AnyView {
    let snapshot = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<Failure>);
    let send = move |path: String, body: Value, notice: &'static str| {
        failure.set(None);
        let then = move |outcome: Result<Value, Failure>| match outcome {
            Ok(answer) => snapshot.set(answer["snapshot"].as_str().map(str::to_owned)),
            Err(why) => failure.set(Some(why)),
        };
        tenant.replace(path, body, notice, Box::new(then));
    };
    let bare = move |_| {
        let notice = "The registrations have nothing but their names and IDs now.";
        send("/reset".to_owned(), json!({"to": "bare"}), notice);
    };
    let seed = move |_| {
        send(
            "/reset".to_owned(),
            json!({}),
            "The directory is as it was delivered.",
        );
    };
    let back = move || {
        snapshot.get().map(|id| {
            let restore = move |_| {
                send(format!("/snapshots/{id}/restore"), json!({}), "Everything is as it was before.");
            };
            view! { <button type="button" class="small" aria-disabled=move || tenant.busy.get().to_string() on:click=restore>"Bring back what was there"</button> }
        })
    };
    view! {
        <section class="aside">
            <h2>"Begin again"</h2>
            <p>
                "Empty the registrations, and they are as after “New registration”: a name, IDs, and nothing else. Then take \
                 the steps above. Reset brings everything back as it was delivered, the people's roles and the desktop's redirect URI too. \
                 Either ends all sign-ins."
            </p>
            <p class="tools">
                <button type="button" class="small" aria-disabled=move || tenant.busy.get().to_string() on:click=bare>"Empty the registrations"</button>
                <button type="button" class="small" aria-disabled=move || tenant.busy.get().to_string() on:click=seed>"Reset"</button>
                {back}
            </p>
            {move || failure.get().map(|failure| view! { <FailurePanel failure/> })}
        </section>
    }    .into_any()
}
