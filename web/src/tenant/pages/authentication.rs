//! Authentication: platforms and redirect URIs, account types, public client flows.

use leptos::prelude::*;

use super::super::change::registration::{
    AUDIENCES, add_redirect_uri, remove_redirect_uri, set_audience, set_public_client_flows,
};
use super::super::model::Platform;
use super::super::place::Blade;
use super::super::store::{Id, Tenant};
use super::frame::{blade, section};
use super::parts::{Words, choice, entry, filled, form, nothing, tick};
use super::registrations::owned;
use super::rows::{Act, Name, Row, rows};

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let platforms = Platform::ALL.map(|platform| uris(tenant, app_id, platform));
    let why = "Where Entra sends people back to, with the answer. The platform decides who may redeem the code, and how.";
    let body = vec![
        section("Redirect URIs", why, platforms.into()),
        add(tenant, app_id),
        public_client_flows(tenant, app_id),
        audience(tenant, app_id),
    ];
    let lede = "Where this app may be answered, and what kind of client it is.";
    blade(tenant, app_id, Blade::Authentication, lede, body)
}

fn uris(tenant: Tenant, app_id: Id, platform: Platform) -> AnyView {
    let note = match platform {
        Platform::Spa => "Redeems its code in the browser, by a request with an Origin; no secret.",
        Platform::PublicClient => {
            "Redeems its code on a device, without an Origin and without a secret."
        }
        Platform::Web => "Redeems its code on a server, with a secret or a certificate.",
    };
    let list = rows(tenant, platform.title(), "No redirect URI.", move || {
        let row = |uri: &String| {
            let name = Name::Code(uri.clone());
            let uri = uri.clone();
            let act = Act::new("Remove", &uri.clone(), move || {
                Some(remove_redirect_uri(
                    &tenant.application(app_id)?,
                    platform,
                    &uri,
                ))
            });
            Row {
                name,
                act: Some(act),
                ..Row::default()
            }
        };
        let app = tenant.application(app_id).unwrap_or_default();
        app.redirect_uris(platform).iter().map(row).collect()
    });
    view! { <h3>{platform.title()}</h3><p class="note">{note}</p>{list} }.into_any()
}

fn add(tenant: Tenant, app_id: Id) -> AnyView {
    let wanted = tenant.wanted();
    let missing = tenant
        .application(app_id)
        .is_some_and(|app| app.spa.is_empty());
    let is_client = app_id.get_value() == wanted.client;
    let uri = RwSignal::new(if is_client && missing {
        wanted.redirect_uri
    } else {
        String::new()
    });
    let platform = RwSignal::new(Platform::Spa.member().to_owned());
    let platforms = owned(&Platform::ALL.map(|one| (one.member(), one.title())));
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let uri = filled(uri, "Type a redirect URI.")?;
        let member = platform.get();
        let platform = Platform::ALL
            .into_iter()
            .find(|one| one.member() == member)
            .unwrap_or(Platform::Spa);
        if app.redirect_uris(platform).contains(&uri) {
            return Err("This platform has that redirect URI already.".to_owned());
        }
        Ok(add_redirect_uri(&app, platform, &uri))
    });
    let hint = "https, or http for localhost. Compared letter by letter; only the port of localhost is free.";
    let entries = vec![
        choice("platform", "Platform", "", platforms, platform),
        entry("redirect-uri", "Redirect URI", hint, uri),
    ];
    let words = Words {
        id: "add-uri",
        title: "Add a platform",
        why: "A browser app belongs under Single-page application. Under Web its code is refused with AADSTS9002326, which browsers \
              report as a CORS error.",
        verb: "Add redirect URI",
    };
    form(tenant, words, entries, draft, move |_| {
        uri.set(String::new());
    })
}

fn public_client_flows(tenant: Tenant, app_id: Id) -> AnyView {
    let now = tenant
        .application(app_id)
        .and_then(|app| app.is_fallback_public_client);
    let allowed = RwSignal::new(now.unwrap_or_default());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        if app.is_fallback_public_client.unwrap_or_default() == allowed.get() {
            return Err("Change the tick.".to_owned());
        }
        Ok(set_public_client_flows(&app, allowed.get()))
    });
    let words = Words {
        id: "public",
        title: "Allow public client flows",
        why: "The device code flow has no redirect URI by which Entra could tell what kind of client asks. Without this it wants a \
              secret: AADSTS7000218.",
        verb: "Save",
    };
    let label = "Treat this app as a public client where no redirect URI tells";
    form(
        tenant,
        words,
        vec![tick("public-flows", label, "", allowed)],
        draft,
        |_| (),
    )
}

fn audience(tenant: Tenant, app_id: Id) -> AnyView {
    let now = tenant.application(app_id).map(|app| app.sign_in_audience);
    let audience = RwSignal::new(now.unwrap_or_default());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        if app.sign_in_audience == audience.get() {
            return Err("Choose another.".to_owned());
        }
        Ok(set_audience(&app, &audience.get()))
    });
    let words = Words {
        id: "audience",
        title: "Supported account types",
        why: "An app of one directory is not found under /common: AADSTS50194.",
        verb: "Save",
    };
    let entry = choice(
        "audience-choice",
        "Who may sign in",
        "",
        owned(&AUDIENCES),
        audience,
    );
    form(tenant, words, vec![entry], draft, |_| ())
}
