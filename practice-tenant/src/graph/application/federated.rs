//! `applications/{id}/federatedIdentityCredentials`: trust in another issuer's tokens (Graph
//! "federatedIdentityCredential resource type").

use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::directory::{Application, Directory, FederatedIdentityCredential};
use crate::graph::call::{Call, Reply};
use crate::graph::change::Schema;
use crate::graph::error::GraphError;
use crate::graph::find;
use crate::graph::odata::{EntitySet, Key, entity, page};

/// Most of one application (Graph "federatedIdentityCredential").
const MOST: usize = 20;
const LONGEST: usize = 600;
const LONGEST_NAME: usize = 120;

const SET: EntitySet = EntitySet {
    name: "applications/federatedIdentityCredentials",
    kind: "federatedIdentityCredential",
    shown: None,
};

const SCHEMA: Schema = Schema {
    kind: "FederatedIdentityCredential",
    writable: &["name", "issuer", "subject", "audiences", "description"],
    read_only: &["id"],
};

/// `GET …/federatedIdentityCredentials`
pub(in crate::graph) fn list(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let application = find::application(directory, call.key(0)?)?;
    let all = application.federated_identity_credentials.iter().map(view);
    page(&SET, all.collect(), &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET …/federatedIdentityCredentials/{id or name}`
pub(in crate::graph) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let application = find::application(directory, call.key(0)?)?;
    let found = one(application, call.key(1)?)?;
    entity(&SET, view(found), &call.query, &call.base).map(Reply::Ok)
}

/// `POST …/federatedIdentityCredentials`
pub(in crate::graph) fn create(
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let application = find::application(directory, call.key(0)?)?;
    if application.federated_identity_credentials.len() >= MOST {
        return Err(GraphError::TooMany {
            property: "federatedIdentityCredentials".into(),
            most: MOST,
        });
    }
    let empty = FederatedIdentityCredential {
        id: call.face.tenant.entropy.guid(),
        name: String::new(),
        issuer: String::new(),
        subject: String::new(),
        audiences: Vec::new(),
        description: None,
    };
    let made = changed(&empty, application, call)?;
    let answer = entity(&SET, view(&made), &call.query, &call.base)?;
    let app_id = application.app_id;
    if let Some(application) = directory.application_mut(app_id) {
        application.federated_identity_credentials.push(made);
    }
    Ok(Reply::Created(answer))
}

/// `PATCH …/federatedIdentityCredentials/{id or name}`. The name stays (Graph "Update federatedIdentityCredential").
pub(in crate::graph) fn update(
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let application = find::application(directory, call.key(0)?)?;
    let before = one(application, call.key(1)?)?;
    let after = changed(before, application, call)?;
    if after.name != before.name {
        return Err(GraphError::ReadOnly("name".into()));
    }
    let app_id = application.app_id;
    let known = directory.application_mut(app_id).and_then(|application| {
        let mut all = application.federated_identity_credentials.iter_mut();
        all.find(|known| known.id == after.id)
    });
    if let Some(known) = known {
        *known = after;
    }
    Ok(Reply::NoContent)
}

/// `DELETE …/federatedIdentityCredentials/{id or name}`
pub(in crate::graph) fn delete(
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let application = find::application(directory, call.key(0)?)?;
    let (app_id, id) = (application.app_id, one(application, call.key(1)?)?.id);
    if let Some(application) = directory.application_mut(app_id) {
        let all = &mut application.federated_identity_credentials;
        all.retain(|known| known.id != id);
    }
    Ok(Reply::NoContent)
}

fn view(credential: &FederatedIdentityCredential) -> Value {
    serde_json::to_value(credential).unwrap_or_default()
}

fn one<'a>(
    application: &'a Application,
    key: &Key,
) -> Result<&'a FederatedIdentityCredential, GraphError> {
    let wanted = match key {
        Key::Id(wanted) => wanted,
        Key::Alternate { name, value } if name.eq_ignore_ascii_case("name") => value,
        Key::Alternate { name, .. } => return Err(GraphError::UnknownKeyProperty(name.clone())),
    };
    let id = Uuid::parse_str(wanted).ok();
    let mut all = application.federated_identity_credentials.iter();
    all.find(|known| Some(known.id) == id || known.name == *wanted)
        .ok_or_else(|| GraphError::NotFound(wanted.clone()))
}

fn changed(
    before: &FederatedIdentityCredential,
    application: &Application,
    call: &Call<'_>,
) -> Result<FederatedIdentityCredential, GraphError> {
    let blank = json!({"name": "", "issuer": "", "subject": "", "audiences": []});
    let after = SCHEMA.apply(before, &view(before), &blank, &call.body)?;
    for (property, text) in [
        ("name", &after.name),
        ("issuer", &after.issuer),
        ("subject", &after.subject),
    ] {
        if text.trim().is_empty() {
            return Err(SCHEMA.missing(property));
        }
        let most = if property == "name" {
            LONGEST_NAME
        } else {
            LONGEST
        };
        if text.chars().count() > most {
            return Err(SCHEMA.invalid(property, ""));
        }
    }
    let url_safe = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if !after.name.chars().all(url_safe) {
        return Err(SCHEMA.invalid("name", ""));
    }
    if Url::parse(&after.issuer).is_err() {
        return Err(SCHEMA.invalid("issuer", ""));
    }
    // One audience, no more (Graph "federatedIdentityCredential").
    let [audience] = after.audiences.as_slice() else {
        return Err(SCHEMA.invalid("audiences", " There is exactly one."));
    };
    if audience.is_empty() || audience.chars().count() > LONGEST {
        return Err(SCHEMA.invalid("audiences", ""));
    }
    let others = application.federated_identity_credentials.iter();
    let mut others = others.filter(|other| other.id != after.id);
    if others.any(|other| {
        other.name == after.name || (other.issuer == after.issuer && other.subject == after.subject)
    }) {
        return Err(GraphError::Conflict("federatedIdentityCredentials"));
    }
    Ok(after)
}
