//! The pages of the directory, one file per page of the admin center.

mod authentication;
mod consent;
mod credentials;
pub mod dock;
mod enterprise;
mod expose;
mod frame;
mod history;
mod manifest;
pub mod nav;
mod overview;
mod parts;
mod permissions;
mod real;
mod registration;
mod registrations;
mod roles;
mod rows;
mod users;

pub use dock::TenantDock;
pub use nav::TenantNav;

use leptos::prelude::*;

use super::model::Directory;
use super::place::{Blade, Place};
use super::store::{Id, Tenant};
use crate::components::FailurePanel;
use crate::steps;

/// The page at the address, once the directory is there.
#[component]
pub fn TenantPage(
    /// The page, if the address names one.
    place: Memo<Option<Place>>,
) -> impl IntoView {
    let tenant = Tenant::expect();
    if !tenant.workshop().config().practice {
        return real::view(tenant);
    }
    tenant.load();
    let loaded = Memo::new(move |_| tenant.directory.with(Option::is_some));
    // A page is made once; what changes on it follows the directory, and what somebody is typing stays.
    let shown = Memo::new(move |_| {
        let place = place.get()?;
        let there = tenant.look(|directory| is_there(directory, &place))?;
        Some((place, there))
    });
    let failure = move || {
        tenant.failure.get().map(|failure| {
            view! {
                <FailurePanel failure/>
                <p><button type="button" class="small" on:click=move |_| tenant.load()>"Load the directory again"</button></p>
            }
        })
    };
    view! {
        <div class="trouble">{failure}</div>
        {move || {
            if loaded.get() {
                shown.get().map_or_else(steps::no_such_place, |(place, there)| untrack(|| page(tenant, place, there)))
            } else {
                view! { <p class="late" hidden=move || tenant.failure.with(Option::is_some)>"Loading the directory …"</p> }.into_any()
            }
        }}
    }
    .into_any()
}

/// Whether the directory has what a page is about.
fn is_there(directory: &Directory, place: &Place) -> bool {
    match place {
        Place::Registration(app_id, _) => directory.application(app_id).is_some(),
        Place::Principal(id) => directory.principal(id).is_some(),
        Place::User(id) => directory.users.iter().any(|user| user.id == *id),
        _ => true,
    }
}

fn page(tenant: Tenant, place: Place, there: bool) -> AnyView {
    match place {
        Place::Registration(..) if !there => frame::gone(
            "This registration is not in the directory",
            &Place::Registrations,
        ),
        Place::Principal(_) if !there => frame::gone(
            "This service principal is not in the directory",
            &Place::Enterprise,
        ),
        Place::User(_) if !there => frame::gone("This user is not in the directory", &Place::Users),
        Place::Overview => overview::view(tenant),
        Place::Registrations => registrations::view(tenant),
        Place::Registration(app_id, blade) => part(tenant, StoredValue::new(app_id), blade),
        Place::Enterprise => enterprise::list(tenant),
        Place::Principal(id) => enterprise::view(tenant, StoredValue::new(id)),
        Place::Users => users::list(tenant),
        Place::User(id) => users::view(tenant, StoredValue::new(id)),
        Place::Consent => consent::view(tenant),
        Place::History => history::view(tenant),
    }
}

fn part(tenant: Tenant, app_id: Id, blade: Blade) -> AnyView {
    match blade {
        Blade::Overview => registration::view(tenant, app_id),
        Blade::Authentication => authentication::view(tenant, app_id),
        Blade::Credentials => credentials::view(tenant, app_id),
        Blade::Permissions => permissions::view(tenant, app_id),
        Blade::Expose => expose::view(tenant, app_id),
        Blade::Roles => roles::view(tenant, app_id),
        Blade::Manifest => manifest::view(tenant, app_id),
    }
}
