//! The app as a whole: load the settings, deal with an answer in the address, set the pages out.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::path;
use url::Url;

use crate::components::{Dock, FailurePanel, Header, Rail, Visited, WirePanel};
use crate::config::{self, Config};
use crate::failure::Failure;
use crate::journey::returned;
use crate::step::Step;
use crate::steps;
use crate::tenant::pages::{TenantDock, TenantNav, TenantPage};
use crate::tenant::place::{Place, ROOT};
use crate::tenant::store::Tenant;
use crate::workshop::{Workshop, silent_http};

/// Takes the answer out of the address and puts the app on the page.
pub fn mount() {
    let callback = take_answer();
    // An answer that arrives while the app is open changes only the fragment: no page load, so ask for one.
    let arrived = window_event_listener(leptos::ev::hashchange, |_| {
        if address().as_ref().and_then(returned).is_some() {
            let _ = window().location().reload();
        }
    });
    std::mem::forget(arrived);
    mount_to_body(move || view! { <App callback/> });
}

fn address() -> Option<Url> {
    Url::parse(&window().location().href().ok()?).ok()
}

/// The answer that the address carries, if any. The address is cleaned at once, before anything else runs: no code
/// stays in the history or in sight.
fn take_answer() -> Option<Url> {
    let callback = address()?;
    returned(&callback)?;
    let history = window().history().ok()?;
    let clean = callback.path();
    history
        .replace_state_with_url(&web_sys::wasm_bindgen::JsValue::NULL, "", Some(clean))
        .ok()?;
    Some(callback)
}

/// The app, once the settings are there.
#[component]
fn App(
    /// The answer that the address carried.
    callback: Option<Url>,
) -> impl IntoView {
    let loaded: RwSignal<Option<Result<Config, Failure>>> = RwSignal::new(None);
    spawn_local(async move {
        let origin = window().location().origin().unwrap_or_default();
        let config = match silent_http() {
            Ok(http) => config::load(&http, &format!("{origin}/config.json")).await,
            Err(why) => Err(why),
        };
        if let Some(notice) = document().get_element_by_id("loading") {
            notice.remove();
        }
        loaded.set(Some(config.map_err(|why| Failure::config(&why))));
    });
    let callback = StoredValue::new(callback);
    move || match loaded.get() {
        None => ().into_any(),
        Some(Err(failure)) => {
            view! { <main class="alone"><FailurePanel failure/></main> }.into_any()
        }
        Some(Ok(config)) => view! {
            <Router>
                <Walkthrough config callback=callback.get_value()/>
            </Router>
        }
        .into_any(),
    }
}

/// Header, steps, the open step, and the wire.
#[component]
fn Walkthrough(config: Config, callback: Option<Url>) -> impl IntoView {
    let navigate = use_navigate();
    let origin = window().location().origin().unwrap_or_default();
    let workshop = match Workshop::new(
        config,
        origin,
        Box::new(move |to, options| navigate(to, options)),
    ) {
        Ok(workshop) => workshop,
        Err(why) => {
            let failure = Failure::config(&why);
            return view! { <main class="alone"><FailurePanel failure/></main> }.into_any();
        }
    };
    provide_context(workshop);
    provide_context(Tenant::new(workshop));
    provide_context(Visited(StoredValue::new(false)));
    if let Some(callback) = callback {
        // After the first rendering, so that the router is there to go to the next step.
        Effect::new(move || workshop.come_back(&callback));
    }
    let location = use_location();
    let current = Memo::new(move |_| location.pathname.with(|path| Step::at(path)));
    let place = Memo::new(move |_| location.pathname.with(|path| Place::at(path)));
    let in_tenant = Memo::new(move |_| {
        location
            .pathname
            .with(|path| path == ROOT || path.starts_with("/tenant/"))
    });
    view! {
        <a class="skip" href="#content">"Skip to the content"</a>
        <Header in_tenant/>
        <div class="page" class:wide=in_tenant>
            {move || if in_tenant.get() {
                view! { <TenantNav place/><TenantDock/> }.into_any()
            } else {
                view! { <Rail current/><Dock current/> }.into_any()
            }}
            <main id="content" tabindex="-1">
                <Routes fallback=steps::NoSuchPlace>
                    <Route path=path!("/") view=move || steps::view(Step::ChooseTenant)/>
                    <Route path=path!("/steps/:slug") view=move || current.get().map_or_else(steps::no_such_place, steps::view)/>
                    <Route path=path!("/tenant/*page") view=move || view! { <TenantPage place/> }/>
                </Routes>
            </main>
            <Show when=move || !in_tenant.get()>
                <WirePanel current/>
            </Show>
        </div>
    }
    .into_any()
}
