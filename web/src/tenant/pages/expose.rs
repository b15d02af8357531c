//! Expose an API: the identifier URI, the scopes, the authorized clients.

use leptos::prelude::*;
use shared::entropy::Entropy as _;

use super::super::change::expose::{
    add_scope, authorize_client, remove_identifier_uri, remove_scope, set_identifier_uri,
    unauthorize_client,
};
use super::super::model::{PreAuthorized, Scope};
use super::super::place::Blade;
use super::super::store::{Id, Tenant};
use super::frame::{blade, section};
use super::parts::{Words, choice, entry, filled, form, nothing};
use super::registrations::owned;
use super::rows::{Act, Name, Row, rows};
use crate::system::BrowserEntropy;

const CONSENTERS: [(&str, &str); 2] = [("User", "Admins and users"), ("Admin", "Admins only")];

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    let body = vec![
        identifier(tenant, app_id),
        section(
            "Scopes defined by this API",
            "Delegated permissions. An app asks for one as the Application ID URI, a slash, and the scope's name.",
            vec![scopes(tenant, app_id)],
        ),
        scope(tenant, app_id),
        clients(tenant, app_id),
    ];
    let lede = "What makes an app an API: a name that others can ask for, and permissions that they can be given.";
    blade(tenant, app_id, Blade::Expose, lede, body)
}

fn identifier(tenant: Tenant, app_id: Id) -> AnyView {
    let now = tenant
        .application(app_id)
        .and_then(|app| app.identifier_uris.into_iter().next());
    let uri = RwSignal::new(now.unwrap_or_else(|| format!("api://{}", app_id.get_value())));
    let list = rows(
        tenant,
        "Application ID URIs",
        "No Application ID URI yet.",
        move || {
            let row = |uri: String| Row {
                name: Name::Code(uri.clone()),
                act: Some(Act::new("Remove", &uri.clone(), move || {
                    Some(remove_identifier_uri(&tenant.application(app_id)?, &uri))
                })),
                ..Row::default()
            };
            let app = tenant.application(app_id).unwrap_or_default();
            app.identifier_uris.into_iter().map(row).collect()
        },
    );
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let uri = filled(uri, "Type a URI.")?;
        if app.identifier_uris.first() == Some(&uri) {
            return Err("Type another URI.".to_owned());
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
    let entries = vec![
        list,
        entry("identifier-uri", "Application ID URI", hint, uri),
    ];
    form(tenant, words, entries, draft, |_| ())
}

fn scopes(tenant: Tenant, app_id: Id) -> AnyView {
    rows(tenant, "Scopes", "No scope yet.", move || {
        let app = tenant.application(app_id).unwrap_or_default();
        let uri = app.identifier_uris.first().cloned().unwrap_or_default();
        let row = |scope: Scope| {
            let consent = CONSENTERS
                .iter()
                .find(|(kind, _)| *kind == scope.consent_by);
            let consent = consent.map_or("", |(_, words)| words);
            let state = if scope.is_enabled {
                "enabled"
            } else {
                "disabled"
            };
            let title = scope.admin_consent_display_name.unwrap_or_default();
            let id = scope.id;
            Row {
                name: Name::Code(format!("{uri}/{}", scope.value)),
                note: format!("{title} · {consent} · {state}"),
                act: Some(Act::new("Remove", &scope.value, move || {
                    Some(remove_scope(&tenant.application(app_id)?, &id))
                })),
                ..Row::default()
            }
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
    let suggested = bare && app_id.get_value() == wanted.api;
    let suggest = |text: &str| {
        RwSignal::new(if suggested {
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
            value: filled(name, "Type a scope name.")?,
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
            return Err("The API has a scope of that name already. Type another.".to_owned());
        }
        Ok(add_scope(&app, scope))
    });
    let entries = vec![
        entry(
            "scope-name",
            "Scope name",
            "It stands in the token's scp.",
            name,
        ),
        choice(
            "scope-consent",
            "Who can consent",
            "",
            owned(&CONSENTERS),
            consent_by,
        ),
        entry(
            "scope-admin-title",
            "Admin consent display name",
            "",
            admin_title,
        ),
        entry(
            "scope-admin-text",
            "Admin consent description",
            "",
            admin_text,
        ),
        entry(
            "scope-user-title",
            "User consent display name",
            "People read this on the consent page.",
            user_title,
        ),
        entry("scope-user-text", "User consent description", "", user_text),
    ];
    let words = Words {
        id: "scope",
        title: "Add a scope",
        why: "The list is sent as a whole: who sends only the new one deletes the others.",
        verb: "Add scope",
    };
    form(tenant, words, entries, draft, move |_| {
        id.set(BrowserEntropy.guid().to_string());
        for text in [name, admin_title, admin_text, user_title, user_text] {
            text.set(String::new());
        }
    })
}

fn clients(tenant: Tenant, app_id: Id) -> AnyView {
    let list = rows(
        tenant,
        "Authorized client applications",
        "No client is authorized beforehand.",
        move || {
            let row = |client: PreAuthorized| {
                let known = tenant.look(|directory| {
                    directory
                        .principal_of(&client.app_id)
                        .map(|one| one.display_name.clone())
                });
                let id = client.app_id;
                Row {
                    name: Name::Words(known.flatten().unwrap_or_default()),
                    code: id.clone(),
                    act: Some(Act::new("Remove", &id.clone(), move || {
                        Some(unauthorize_client(&tenant.application(app_id)?, &id))
                    })),
                    ..Row::default()
                }
            };
            let app = tenant.application(app_id).unwrap_or_default();
            app.api
                .pre_authorized_applications
                .into_iter()
                .map(row)
                .collect()
        },
    );
    let client = RwSignal::new(String::new());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let client = filled(client, "Type a client ID.")?;
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
    let entries = vec![list, entry("authorized-client", "Client ID", hint, client)];
    form(tenant, words, entries, draft, move |_| {
        client.set(String::new());
    })
}
