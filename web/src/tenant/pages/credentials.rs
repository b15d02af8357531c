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
use super::frame::blade;
use super::parts::{Words, act, area, choice, entry, filled, form, nothing, rows};
use super::registrations::owned;
use crate::components::Secret;
use crate::system::BrowserClock;

/// How long a secret lasts, in days. Entra allows two years at most.
const LIFETIMES: [(&str, &str); 3] = [
    ("180", "180 days"),
    ("365", "365 days"),
    ("730", "730 days"),
];

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
    let body = view! {
        <section>
            <h2>"Client secrets"</h2>
            <p>"A password of the app. One for each consumer, so that taking one away stops one consumer only."</p>
            {fresh}
            {list(tenant, app_id, "Client secrets", "No client secret.", |app| app.password_credentials, remove_secret)}
        </section>
        {secret(tenant, app_id, made)}
        <section>
            <h2>"Certificates"</h2>
            <p>"The public half of a key pair. The app signs with the private half, which never leaves it: nothing to be stolen on the way."</p>
            {list(tenant, app_id, "Certificates", "No certificate.", |app| app.key_credentials, remove_certificate)}
        </section>
        {upload(tenant, app_id)}
    };
    let lede = "What a confidential client proves itself with at the token endpoint. A browser app or a desktop app has none: it \
                could not keep it.";
    blade(tenant, app_id, Blade::Credentials, lede, body.into_any())
}

fn list(
    tenant: Tenant,
    app_id: Id,
    label: &'static str,
    empty: &'static str,
    of: fn(Application) -> Vec<Credential>,
    remove: fn(&Application, &Credential) -> Change,
) -> AnyView {
    let find = move || tenant.application(app_id);
    rows(label, empty, move || {
        let row = |credential: Credential| {
            let name = credential
                .display_name
                .clone()
                .unwrap_or_else(|| "without a description".to_owned());
            let hint = credential
                .hint
                .clone()
                .map(|hint| view! { <code>{hint}"…"</code> });
            let until = format!("until {}", credential.expires());
            let id = credential.key_id.clone();
            let one = StoredValue::new(credential);
            let change = move || Some(remove(&find()?, &one.get_value()));
            view! {
                <span class="name">{name.clone()}</span>
                {hint}
                <span class="note">{until}" · "<code>{id}</code></span>
                {act(tenant, "Remove", name, change)}
            }
            .into_any()
        };
        find()
            .map(of)
            .unwrap_or_default()
            .into_iter()
            .map(row)
            .collect()
    })
}

fn secret(tenant: Tenant, app_id: Id, made: RwSignal<Option<String>>) -> AnyView {
    let description = RwSignal::new(String::new());
    let days = RwSignal::new(LIFETIMES[0].0.to_owned());
    let lifetimes = Signal::stored(owned(&LIFETIMES));
    let draft = Signal::derive(move || {
        let app = tenant.application(app_id).ok_or_else(nothing)?;
        let description = filled(description, "Say whose secret it is, to see the call.")?;
        let days: i64 = days.get().parse().unwrap_or(180);
        let now = BrowserClock.now().0;
        let ends = UnixTime(now - now.rem_euclid(60) + days * 24 * 60 * 60);
        Ok(add_secret(&app, &description, &ends.to_string()))
    });
    let entries = view! {
        {entry("secret-description", "Description", "Who uses it.", description)}
        {choice("secret-expires", "Expires", "", lifetimes, days)}
    };
    let words = Words {
        id: "secret",
        title: "New client secret",
        why: "Entra makes it up and shows it once. The command line writes it to the terminal.",
        verb: "Add client secret",
    };
    form(tenant, words, entries.into_any(), draft, move |answer| {
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
    let entries = view! {
        {entry("certificate-description", "Description", "Who uses it.", description)}
        {area("certificate-pem", "Certificate (PEM)", "Paste the file. Never the private key.", pem)}
        <details class="more">
            <summary>"Make one"</summary>
            <pre class="json" tabindex="0" role="region" aria-label="Command"><code>
                "openssl req -x509 -newkey rsa:2048 -nodes -days 365 \\\n  -subj /CN=workshop-daemon \\\n  -keyout private-key.pem -out certificate.pem"
            </code></pre>
        </details>
    };
    let words = Words {
        id: "certificate",
        title: "Upload a certificate",
        why: "The list is sent as a whole; Graph knows those that are there by their IDs.",
        verb: "Add certificate",
    };
    form(tenant, words, entries.into_any(), draft, move |_| {
        description.set(String::new());
        pem.set(String::new());
    })
}
