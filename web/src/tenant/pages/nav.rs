//! The pages of the directory as a list of links.

use leptos::prelude::*;

use super::super::place::Place;
use super::super::store::Tenant;

/// The lists that the directory has.
#[component]
pub fn TenantNav(
    /// The open page, if the address names one.
    place: Memo<Option<Place>>,
) -> impl IntoView {
    let tenant = Tenant::expect();
    let link = move |to: Place, title: &'static str, count: Signal<Option<usize>>| {
        let path = to.path();
        let current =
            move || place.with(|open| open.as_ref().is_some_and(|open| belongs(open, &to)));
        view! {
            <li>
                <a href=path aria-current=move || current().then_some("page")>
                    <span class="title">{title}</span>
                    {move || count.get().map(|count| view! { <span class="count">{count}</span> })}
                </a>
            </li>
        }
    };
    let none = Signal::stored(None);
    let count = |what: fn(&super::super::model::Directory) -> usize| {
        Signal::derive(move || tenant.look(what))
    };
    let practice = tenant.workshop().config().practice;
    let lists = practice.then(|| {
        view! {
            {link(Place::Registrations, "App registrations", count(|it| it.applications.len()))}
            {link(Place::Enterprise, "Enterprise applications", count(|it| it.principals.len()))}
            {link(Place::Users, "Users", count(|it| it.users.len()))}
            {link(Place::Consent, "User consent", none)}
            {link(Place::History, "What you did", Signal::derive(move || tenant.history.with(|all| (!all.is_empty()).then_some(all.len()))))}
        }
    });
    view! {
        <nav class="rail lists" aria-label="Directory">
            <ul>
                {link(Place::Overview, "Overview", none)}
                {lists}
            </ul>
        </nav>
    }
}

/// Whether a page is one of those behind a link.
fn belongs(open: &Place, link: &Place) -> bool {
    match open {
        Place::Registration(..) => *link == Place::Registrations,
        Place::Principal(_) => *link == Place::Enterprise,
        Place::User(_) => *link == Place::Users,
        other => other == link,
    }
}
