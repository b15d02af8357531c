//! `applications`: the registrations of this tenant (Graph "application resource type").

mod certificates;
mod credentials;
pub(super) mod federated;
mod identifier_uris;
pub(super) mod owners;
mod permissions;
mod redirect_uris;
mod rules;
mod view;

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::change::text;
use super::error::GraphError;
use super::odata::{EntitySet, count, entity, page};
use super::{deleted, find};
use crate::directory::{Application, Directory, seed};

pub(super) use credentials::{Holder, add_password, remove_password};
pub(super) use view::{passwords, view};

/// Most registrations of one tenant here; Entra's own quota is in the hundreds of thousands.
pub(super) const MOST: usize = 500;

pub(super) const SET: EntitySet = EntitySet {
    name: "applications",
    kind: "application",
    shown: None,
};

/// `GET /applications`
pub(super) fn list(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let own = own(directory).map(|application| view(application, directory));
    page(&SET, own.collect(), &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET /applications/$count`
pub(super) fn number(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let own = own(directory).map(|application| view(application, directory));
    count(&SET, own.collect(), &call.query).map(Reply::Number)
}

/// `GET /applications/{id}`. The public half of a certificate is told only where it is selected.
pub(super) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let application = find::application(directory, call.key(0)?)?;
    let mut shown = view(application, directory);
    if call.query.selects("keyCredentials") {
        let keys = application.key_credentials.iter().map(|key| json!(key.key));
        for (shown, key) in view::members(&mut shown["keyCredentials"]).zip(keys) {
            shown["key"] = key;
        }
    }
    entity(&SET, shown, &call.query, &call.base).map(Reply::Ok)
}

/// `POST /applications`
pub(super) fn create(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    if own(directory).count() >= MOST {
        return Err(GraphError::Quota);
    }
    let id = call.face.tenant.entropy.guid();
    let app_id = call.face.tenant.entropy.guid();
    let mut empty = Application::blank(id, app_id, call.exchange.now);
    let Some(name) = text(&call.body, "displayName") else {
        return Err(rules::SCHEMA.missing("displayName"));
    };
    name.clone_into(&mut empty.display_name);
    empty.owners.extend(call.caller.owner());
    let audience = text(&call.body, "signInAudience");
    if audience.is_none_or(|audience| audience.contains("PersonalMicrosoftAccount")) {
        empty.api.requested_access_token_version = Some(2);
    }
    let mut body = call.body.clone();
    let passwords = body.remove("passwordCredentials");
    let mut application = rules::changed(&empty, &body, directory, call)?;
    let secrets = credentials::first_passwords(passwords.as_ref(), &mut application, call)?;
    let mut shown = view(&application, directory);
    for (shown, secret) in view::members(&mut shown["passwordCredentials"]).zip(secrets) {
        shown["secretText"] = secret.expose().into();
    }
    directory.applications.push(application);
    let answer = entity(&SET, shown, &call.query, &call.base)?;
    Ok(Reply::Created(answer))
}

/// `PATCH /applications/{id}`
pub(super) fn update(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let before = find::application(directory, call.key(0)?)?.clone();
    let after = rules::changed(&before, &call.body, directory, call)?;
    // The service principal has the registration's name.
    if let Some(principal) = directory.service_principal_mut(after.app_id) {
        principal.display_name.clone_from(&after.display_name);
    }
    if let Some(known) = directory.application_mut(after.app_id) {
        *known = after;
    }
    Ok(Reply::NoContent)
}

/// `DELETE /applications/{id}`
pub(super) fn delete(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let app_id = find::application(directory, call.key(0)?)?.app_id;
    deleted::application(directory, app_id, call.exchange.now);
    Ok(Reply::NoContent)
}

fn own(directory: &Directory) -> impl Iterator<Item = &Application> {
    let applications = directory.applications.iter();
    applications.filter(|application| !seed::is_microsofts(application.app_id))
}

/// The JSON of a registration in which nothing is chosen, for `null`.
fn blank_json(application: &Application, call: &Call<'_>) -> Value {
    let blank = Application::blank(application.id, application.app_id, call.exchange.now);
    serde_json::to_value(blank).unwrap_or_default()
}
