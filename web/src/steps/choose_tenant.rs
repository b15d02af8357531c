//! Step 1: which tenant is meant, who takes part, which values are in use.

use leptos::prelude::*;

use crate::components::{ActorTag, StepPage};
use crate::config::{Config, Directory, User};
use crate::step::Step;
use crate::wire::Actor;
use crate::workshop::Workshop;

/// The page.
#[component]
pub fn ChooseTenant() -> impl IntoView {
    let workshop = Workshop::expect();
    workshop.load_directory();
    let config = workshop.config();
    let lede = if config.practice {
        "What really happens when an app signs you in? Seven steps, every message in sight. This practice tenant \
         speaks like Microsoft Entra ID, runs on your machine and knows no real password."
    } else {
        "What really happens when an app signs you in? Seven steps, every message in sight, at your own tenant."
    };
    let practice = config.practice;
    view! {
        <StepPage step=Step::ChooseTenant lede=lede.to_owned()>
            <Actors config=config.clone() origin=workshop.origin()/>
            {practice.then(|| view! { <People/> })}
            <Values config origin=workshop.origin()/>
            <Elsewhere practice/>
        </StepPage>
    }
}

/// The four who take part.
#[component]
fn Actors(config: Config, origin: String) -> impl IntoView {
    let rows = [
        (
            Actor::Person,
            "Resource owner",
            "Signs in and decides what the app may do.",
            "you".to_owned(),
        ),
        (
            Actor::Client,
            "Client",
            "This app. It wants to call the API for you and never sees your password.",
            origin,
        ),
        (
            Actor::Entra,
            "Authorization server",
            "Knows you, asks for your consent, gives out tokens.",
            config.authority_host.to_string(),
        ),
        (
            Actor::Api,
            "Resource server",
            "Has what the app wants. Believes tokens, and only after checking them.",
            config.api_url,
        ),
    ];
    let cards = rows
        .into_iter()
        .map(|(actor, role, part, place)| {
            view! {
                <li class=format!("card {}", actor.class())>
                    <p class="role"><ActorTag actor/>{role}</p>
                    <p>{part}</p>
                    <code class="place">{place}</code>
                </li>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>"Four take part"</h2>
            <ul class="actors">{cards}</ul>
        </section>
    }
}

/// The people who can sign in at the practice tenant.
#[component]
fn People() -> impl IntoView {
    let workshop = Workshop::expect();
    let table = move || match workshop.directory.get() {
        None => view! { <p class="note">"Asking the practice tenant …"</p> }.into_any(),
        Some(Err(why)) => {
            view! { <p class="note">"The practice tenant does not say: "{why}"."</p> }.into_any()
        }
        Some(Ok(Directory { users })) => view! {
            <table class="stacked">
                <caption class="hidden">"Seeded users"</caption>
                <thead>
                    <tr>
                        <th scope="col">"who"</th>
                        <th scope="col">"user name"</th>
                        <th scope="col">"password"</th>
                    </tr>
                </thead>
                <tbody>{users.into_iter().map(person).collect_view()}</tbody>
            </table>
        }
        .into_any(),
    };
    view! {
        <section class="people">
            <h2>"Be one of these people"</h2>
            <p>"They exist only here, which is why their passwords can stand on a page."</p>
            {table}
        </section>
    }
}

fn person(user: User) -> impl IntoView {
    let part = user.part();
    view! {
        <tr>
            <th scope="row">{user.display_name}<span class="note">{part}</span></th>
            <td data-label="user name"><code>{user.username}</code></td>
            <td data-label="password"><code>{user.password}</code></td>
        </tr>
    }
}

/// The values in use, and where an administrator finds them.
#[component]
fn Values(config: Config, origin: String) -> impl IntoView {
    let rows = [
        (
            "Tenant ID",
            config.tenant_id.to_string(),
            "Entra admin center → Overview",
        ),
        (
            "Client ID of this app",
            config.client_id.to_string(),
            "App registrations → workshop-client → Overview",
        ),
        (
            "Client ID of the API",
            config.api_client_id.to_string(),
            "App registrations → workshop-api → Overview",
        ),
        (
            "Scope",
            config.scope,
            "App registrations → workshop-api → Expose an API",
        ),
        (
            "Redirect URI",
            origin,
            "App registrations → workshop-client → Authentication → Single-page application",
        ),
    ];
    let rows = rows
        .into_iter()
        .map(|(name, value, place)| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td data-label="value"><code>{value}</code></td>
                    <td data-label="where to find it">{place}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>"The values in use"</h2>
            <table class="stacked">
                <caption class="hidden">"Values and where to find them"</caption>
                <thead>
                    <tr>
                        <th scope="col">"name"</th>
                        <th scope="col">"value"</th>
                        <th scope="col">"where to find it"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

/// How to mean another tenant.
#[component]
fn Elsewhere(practice: bool) -> impl IntoView {
    let text = if practice {
        view! {
            <p>
                "Write "<code>"TENANT_ID"</code>", "<code>"CLIENT_ID"</code>" and "<code>"API_CLIENT_ID"</code>
                " into a file "<code>".env"</code>" and start the workshop again. The practice tenant then stays off, and \
                the very same seven steps happen at Microsoft."
            </p>
        }
        .into_any()
    } else {
        view! {
            <p>
                "Take "<code>"TENANT_ID"</code>" out of the file "<code>".env"</code>" or the environment and start the \
                workshop again: a practice tenant on this machine takes over."
            </p>
        }
        .into_any()
    };
    let title = if practice {
        "Your own tenant"
    } else {
        "The practice tenant"
    };
    view! { <section class="aside"><h2>{title}</h2>{text}</section> }
}
