//! Certificates & secrets: what the app proves itself with.

use leptos::prelude::*;
use shared::time::{Clock as _, UnixTime};

use super::super::change::Change;
use super::super::change::credentials::{
    add_certificate, add_secret, certificate, remove_certificate, remove_secret,
};
use super::super::model::{Application, Credential};
use super::super::place::Blade;
use super::super::store::{Id, Tenant};
use super::frame::{blade, section};
use super::parts::{Words, area, choice, entry, filled, form, nothing};
use super::registrations::owned;
use super::rows::{Act, Name, Row, rows};
use crate::components::{Json, Secret};
use crate::system::BrowserClock;

/// How long a secret lasts, in days. Entra's admin center offers two years at most.
const LIFETIMES: [(&str, &str); 3] = [
    ("180", "180 days"),
    ("365", "365 days"),
    ("730", "730 days"),
];

/// Makes a key pair.
const OPENSSL: &str = "openssl req -x509 -newkey rsa:2048 -nodes -days 365 \\
  -subj /CN=workshop-daemon \\
  -keyout private-key.pem -out certificate.pem";

pub(super) fn view(tenant: Tenant, app_id: Id) -> AnyView {
    // The text of a secret that was just made: it is in no other place.
    let made = RwSignal::new(None::<String>);
    let fresh = move || {
        made.get().map(|text| {
            view! {
                <div class="how" role="status">
                    <p><strong>"Copy the value now."</strong>" It is shown this once; afterwards nobody can read it, here or in Entra."</p>
                    <Secret label="the client secret" value=text/>
                </div>
            }
        })
    };
    let secrets = rows(tenant, "Client secrets", "No client secret.", move || {
        let app = tenant.application(app_id).unwrap_or_default();
        app.password_credentials
            .into_iter()
            .map(|one| row(tenant, app_id, one, remove_secret))
            .collect()
    });
    let certificates = rows(tenant, "Certificates", "No certificate.", move || {
        let app = tenant.application(app_id).unwrap_or_default();
        app.key_credentials
            .into_iter()
            .map(|one| row(tenant, app_id, one, remove_certificate))
            .collect()
    });
    let body = vec![
        section(
            "Client secrets",
            "A password of the app. One for each consumer, so that taking one away stops one consumer only.",
            vec![fresh.into_any(), secrets],
        ),
        secret(tenant, app_id, made),
        section(
            "Certificates",
            "The public half of a key pair. The app signs with the private half, which never leaves it: nothing to be stolen on the \
             way.",
            vec![certificates],
        ),
        upload(tenant, app_id),
    ];
    let lede = "What a confidential client proves itself with at the token endpoint. A browser app or a desktop app has none: it \
                could not keep it.";
    blade(tenant, app_id, Blade::Credentials, lede, body)
}

fn row(
    tenant: Tenant,
    app_id: Id,
    credential: Credential,
    remove: fn(&Application, &Credential) -> Change,
) -> Row {
    let name = credential
        .display_name
        .clone()
        .unwrap_or_else(|| "without a description".to_owned());
    Row {
        code: credential
            .hint
            .as_ref()
            .map(|hint| format!("{hint}…"))
            .unwrap_or_default(),
        note: format!("until {} · {}", credential.expires(), credential.key_id),
        act: Some(Act::new("Remove", &name, move || {
            Some(remove(&tenant.application(app_id)?, &credential))
        })),
        name: Name::Words(name),
        ..Row::default()
    }
}

fn secret(tenant: Tenant, app_id: Id, made: RwSignal<Option<String>>) -> AnyView {
    let description = RwSignal::new(String::new());
    let days = RwSignal::new(LIFETIMES[0].0.to_owned());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let description = filled(description, "Say whose secret it is,.")?;
        let days: i64 = days.get().parse().unwrap_or(180);
        let now = BrowserClock.now().0;
        let ends = UnixTime(now - now.rem_euclid(60) + days * 24 * 60 * 60);
        // As Graph writes a moment (ISO 8601).
        let ends = ends.to_string().replacen(' ', "T", 1);
        Ok(add_secret(&app, &description, &ends))
    });
    let entries = vec![
        entry(
            "secret-description",
            "Description",
            "Who uses it.",
            description,
        ),
        choice("secret-expires", "Expires", "", owned(&LIFETIMES), days),
    ];
    let words = Words {
        id: "secret",
        title: "New client secret",
        why: "Entra makes it up and shows it once. The command line writes it to the terminal.",
        verb: "Add client secret",
    };
    form(tenant, words, entries, draft, move |answer| {
        description.set(String::new());
        made.set(answer["secretText"].as_str().map(str::to_owned));
    })
}

fn upload(tenant: Tenant, app_id: Id) -> AnyView {
    let description = RwSignal::new(String::new());
    let pem = RwSignal::new(String::new());
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let key = pem
            .with(|pem| certificate(pem))
            .map_err(|error| error.to_string())?;
        let description = filled(description, "Say whose certificate it is.")?;
        Ok(add_certificate(&app, &description, &key))
    });
    let how = view! {
        <details class="more"><summary>"Make one"</summary><Json label="Command" text=OPENSSL/></details>
    };
    let entries = vec![
        entry(
            "certificate-description",
            "Description",
            "Who uses it.",
            description,
        ),
        area(
            "certificate-pem",
            "Certificate (PEM)",
            "Paste the file. Never the private key.",
            pem,
        ),
        how.into_any(),
    ];
    let words = Words {
        id: "certificate",
        title: "Upload a certificate",
        why: "The list is sent as a whole; Graph knows those that are there by their IDs.",
        verb: "Add certificate",
    };
    form(tenant, words, entries, draft, move |_| {
        description.set(String::new());
        pem.set(String::new());
    })
}
