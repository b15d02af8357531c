//! Expose an API: the identifier URI, the scopes, the authorized clients.

use leptos::prelude::*;
use shared::entropy::Entropy as _;

use super::super::change::expose::{
    add_scope, authorize_client, remove_identifier_uri, remove_scope, set_identifier_uri,
    unauthorize_client,
};
use super::super::model::Scope;
use super::super::place::Blade;
use super::super::store::{Id, Tenant};
use super::frame::blade;
use super::parts::{Words, act, choice, entry, filled, form, nothing, rows};
use super::registrations::owned;
use crate::system::BrowserEntropy;

const CONSENTERS: [(&str, &str); 2] = [("User", "Admins and users"), ("Admin", "Admins only")];

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let body = view! {
        {identifier(tenant, app_id)}
        <section>
            <h2>"Scopes defined by this API"</h2>
            <p>"Delegated permissions. An app asks for one as the Application ID URI, a slash, and the scope's name."</p>
            {scopes(tenant, app_id)}
        </section>
        {scope(tenant, app_id)}
        {clients(tenant, app_id)}
    };
    let lede = "What makes an app an API: a name that others can ask for, and permissions that they can be given.";
    blade(tenant, app_id, Blade::Expose, lede, body.into_any())
}

fn identifier(tenant: Tenant, app_id: Id) -> AnyView {
    let now = tenant
        .application(app_id)
        .and_then(|app| app.identifier_uris.into_iter().next());
    let uri = RwSignal::new(now.unwrap_or_else(|| format!("api://{}", app_id.get_value())));
    let list = rows(
        "Application ID URIs",
        "No Application ID URI yet.",
        move || {
            let app = tenant.application(app_id);
            let row = |uri: String| {
                let one = StoredValue::new(uri.clone());
                let change = move || {
                    let app = tenant.application(app_id)?;
                    Some(remove_identifier_uri(&app, &one.get_value()))
                };
                view! { <code class="name">{uri.clone()}</code>{act(tenant, "Remove", uri, change)} }.into_any()
            };
            app.map(|app| app.identifier_uris)
                .unwrap_or_default()
                .into_iter()
                .map(row)
                .collect()
        },
    );
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let uri = filled(uri, "Type a URI to see the call.")?;
        if app.identifier_uris.first() == Some(&uri) {
            return Err("Type another URI to see the call.".to_owned());
        }
        Ok(set_identifier_uri(&app, &uri))
    });
    let words = Words {
        id: "identifier",
        title: "Application ID URI",
        why: "The name by which apps ask for this API. In v2 access tokens aud is the client ID all the same, in v1 tokens it is \
              this URI.",
        verb: "Set Application ID URI",
    };
    let hint = "api:// and the client ID is always allowed; other names must be the tenant's own.";
    let entries = view! { {list}{entry("identifier-uri", "Application ID URI", hint, uri)} };
    form(tenant, words, entries.into_any(), draft, |_| ())
}

fn scopes(tenant: Tenant, app_id: Id) -> AnyView {
    rows("Scopes", "No scope yet.", move || {
        let app = tenant.application(app_id).unwrap_or_default();
        let prefix = app.identifier_uris.first().cloned().unwrap_or_default();
        let row = |scope: Scope| {
            let consent = CONSENTERS
                .iter()
                .find(|(kind, _)| *kind == scope.consent_by)
                .map_or("", |(_, words)| words);
            let state = if scope.is_enabled {
                "enabled"
            } else {
                "disabled"
            };
            let id = StoredValue::new(scope.id);
            let change = move || {
                let app = tenant.application(app_id)?;
                Some(remove_scope(&app, &id.get_value()))
            };
            let full = format!("{prefix}/{}", scope.value);
            view! {
                <code class="name">{full}</code>
                <span class="note">{scope.admin_consent_display_name}" · "{consent}" · "{state}</span>
                {act(tenant, "Remove", scope.value, change)}
            }
            .into_any()
        };
        app.api
            .oauth2_permission_scopes
            .into_iter()
            .map(row)
            .collect()
    })
}

fn scope(tenant: Tenant, app_id: Id) -> AnyView {
    let wanted = tenant.wanted();
    let bare = tenant
        .application(app_id)
        .is_some_and(|app| app.api.oauth2_permission_scopes.is_empty());
    let suggest = |text: &str| {
        RwSignal::new(if bare && app_id.get_value() == wanted.api {
            text.to_owned()
        } else {
            String::new()
        })
    };
    let name = suggest(&wanted.scope);
    let consent_by = RwSignal::new(CONSENTERS[0].0.to_owned());
    let admin_title = suggest("Use the workshop API as the user");
    let admin_text = suggest(
        "Allow the app to call the workshop API with the identity of whoever is signed in.",
    );
    let user_title = suggest("Use the workshop API as you");
    let user_text = suggest("Allow the app to call the workshop API with your identity.");
    let id = RwSignal::new(BrowserEntropy.guid().to_string());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let scope = Scope {
            id: id.get(),
            value: filled(name, "Type a scope name to see the call.")?,
            consent_by: consent_by.get(),
            is_enabled: true,
            admin_consent_display_name: Some(filled(
                admin_title,
                "Administrators need a display name to read.",
            )?),
            admin_consent_description: Some(filled(
                admin_text,
                "Administrators need a description to read.",
            )?),
            user_consent_display_name: filled(user_title, "").ok(),
            user_consent_description: filled(user_text, "").ok(),
        };
        if app
            .api
            .oauth2_permission_scopes
            .iter()
            .any(|one| one.value == scope.value)
        {
            return Err("The API has a scope of that name already.".to_owned());
        }
        Ok(add_scope(&app, scope))
    });
    let entries = view! {
        {entry("scope-name", "Scope name", "It stands in the token's scp.", name)}
        {choice("scope-consent", "Who can consent", "", Signal::stored(owned(&CONSENTERS)), consent_by)}
        {entry("scope-admin-title", "Admin consent display name", "", admin_title)}
        {entry("scope-admin-text", "Admin consent description", "", admin_text)}
        {entry("scope-user-title", "User consent display name", "People read this on the consent page.", user_title)}
        {entry("scope-user-text", "User consent description", "", user_text)}
    };
    let words = Words {
        id: "scope",
        title: "Add a scope",
        why: "The list is sent as a whole: who sends only the new one deletes the others.",
        verb: "Add scope",
    };
    form(tenant, words, entries.into_any(), draft, move |_| {
        id.set(BrowserEntropy.guid().to_string());
        for text in [name, admin_title, admin_text, user_title, user_text] {
            text.set(String::new());
        }
    })
}

fn clients(tenant: Tenant, app_id: Id) -> AnyView {
    let list = rows(
        "Authorized client applications",
        "No client is authorized beforehand.",
        move || {
            let app = tenant.application(app_id);
            let row = |client: String| {
                let name = tenant.look(|directory| {
                    directory
                        .principal_of(&client)
                        .map(|one| one.display_name.clone())
                });
                let one = StoredValue::new(client.clone());
                let change = move || {
                    let app = tenant.application(app_id)?;
                    Some(unauthorize_client(&app, &one.get_value()))
                };
                view! {
                    <span class="name">{name.flatten()}</span>
                    <code>{client.clone()}</code>
                    {act(tenant, "Remove", client, change)}
                }
                .into_any()
            };
            let clients = app
                .map(|app| app.api.pre_authorized_applications)
                .unwrap_or_default();
            clients
                .into_iter()
                .map(|client| row(client.app_id))
                .collect()
        },
    );
    let client = RwSignal::new(String::new());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let client = filled(client, "Type a client ID to see the call.")?;
        if app.api.oauth2_permission_scopes.is_empty() {
            return Err("There is no scope that the client could be authorized for.".to_owned());
        }
        Ok(authorize_client(&app, &client))
    });
    let words = Words {
        id: "clients",
        title: "Authorized client applications",
        why: "A client that the API trusts: nobody is asked for consent to its scopes. The Azure CLI needs this to get a token for \
              your API.",
        verb: "Add client application",
    };
    let hint = "The Azure CLI is 04b07795-8ddb-461a-bbee-02f9e1bf7b46.";
    let entries = view! { {list}{entry("authorized-client", "Client ID", hint, client)} };
    form(tenant, words, entries.into_any(), draft, move |_| {
        client.set(String::new());
    })
}
