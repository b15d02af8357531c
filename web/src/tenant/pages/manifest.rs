//! The manifest: the version of the access tokens, and everything else as JSON.

use leptos::prelude::*;

use super::super::change::expose::set_token_version;
use super::super::change::registration::save_manifest;
use super::super::manifest::{changes, text};
use super::super::place::Blade;
use super::super::store::{Id, Tenant};
use super::frame::blade;
use super::parts::{Words, area, choice, form, nothing};
use super::registrations::owned;

const VERSIONS: [(&str, &str); 2] = [("1", "1, or null: v1 tokens"), ("2", "2: v2 tokens")];

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let lede = "The registration as Graph has it. Whatever the other pages set, they set it here.";
    blade(
        tenant,
        app_id,
        Blade::Manifest,
        lede,
        vec![version(tenant, app_id), editor(tenant, app_id)],
    )
}

fn version(tenant: Tenant, app_id: Id) -> AnyView {
    let now = tenant
        .application(app_id)
        .and_then(|app| app.api.requested_access_token_version);
    let version = RwSignal::new(now.unwrap_or(1).to_string());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let version: u8 = version.get().parse().unwrap_or(1);
        if app.api.requested_access_token_version.unwrap_or(1) == version {
            return Err("That is how it is. Choose the other.".to_owned());
        }
        Ok(set_token_version(&app, version))
    });
    let words = Words {
        id: "version",
        title: "Access token version",
        why: "The API decides which tokens it gets, whichever endpoint the client asks. v2 tokens name the tenant's v2 issuer, and the \
              client ID as audience: what the workshop's API checks.",
        verb: "Save version",
    };
    let entry = choice(
        "token-version",
        "requestedAccessTokenVersion",
        "",
        owned(&VERSIONS),
        version,
    );
    form(tenant, words, vec![entry], draft, |_| ())
}

fn editor(tenant: Tenant, app_id: Id) -> AnyView {
    let now = move || tenant.application(app_id).map(|app| text(&app.manifest));
    let edited = RwSignal::new(now().unwrap_or_default());
    let saved = StoredValue::new(edited.get_untracked());
    // What another form changed shows here too, unless somebody is editing.
    Effect::new(move || {
        let Some(fresh) = now() else { return };
        if saved.with_value(|saved| edited.with_untracked(|edited| edited == saved)) {
            edited.set(fresh.clone());
        }
        saved.set_value(fresh);
    });
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let members = edited
            .with(|edited| changes(&app.manifest, edited))
            .map_err(|error| error.to_string())?;
        Ok(save_manifest(&app, members))
    });
    let words = Words {
        id: "manifest",
        title: "Edit as JSON",
        why: "Only what differs is sent. Lists are sent as a whole.",
        verb: "Save manifest",
    };
    let discard = view! {
        <p><button type="button" class="small" on:click=move |_| edited.set(saved.get_value())>"Discard my edits"</button></p>
    };
    let editor = area("manifest-text", "Manifest", "", edited);
    form(
        tenant,
        words,
        vec![editor, discard.into_any()],
        draft,
        move |_| {
            // Now that it is saved, the next answer of Graph replaces it.
            saved.set_value(edited.get_untracked());
        },
    )
}
