//! `directoryObjects`: anything by its id, as whatever it is.

use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Call, Reply};
use super::error::GraphError;
use super::odata::{EntitySet, entity, page};
use super::{application, find, service_principal, user};
use crate::directory::{Directory, seed};

pub(super) const OBJECTS: EntitySet = EntitySet {
    name: "directoryObjects",
    kind: "directoryObject",
    shown: None,
};

/// Most ids of one question (Graph "directoryObject: getByIds").
const MOST: usize = 1_000;

/// `GET /directoryObjects/{id}`
pub(super) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let id = find::guid(call.key(0)?)?;
    let object = view(id, directory).ok_or_else(|| GraphError::NotFound(id.to_string()))?;
    entity(&OBJECTS, object, &call.query, &call.base).map(Reply::Ok)
}

/// `POST /directoryObjects/getByIds`
pub(super) fn get_by_ids(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let invalid = || GraphError::Invalid {
        property: "ids".into(),
        resource: "DirectoryObject",
        why: String::new(),
    };
    let ids = call
        .body
        .get("ids")
        .and_then(Value::as_array)
        .ok_or_else(invalid)?;
    if ids.is_empty() || ids.len() > MOST {
        return Err(invalid());
    }
    let types = call.body.get("types").and_then(Value::as_array);
    let wanted = |object: &Value| {
        types.is_none_or(|types| {
            types.iter().filter_map(Value::as_str).any(|kind| {
                let own = object["@odata.type"].as_str().unwrap_or_default();
                kind.eq_ignore_ascii_case("directoryObject")
                    || own
                        .trim_start_matches("#microsoft.graph.")
                        .eq_ignore_ascii_case(kind)
            })
        })
    };
    let mut found = Vec::new();
    for id in ids {
        let id = id
            .as_str()
            .and_then(|id| Uuid::parse_str(id).ok())
            .ok_or_else(invalid)?;
        found.extend(view(id, directory).filter(wanted));
    }
    page(&OBJECTS, found, &call.query, call.addresses()).map(Reply::Ok)
}

/// The object with this id, with its type.
pub(super) fn view(id: Uuid, directory: &Directory) -> Option<Value> {
    let typed = |kind: &str, object: Value| {
        let mut typed = json!({"@odata.type": format!("#microsoft.graph.{kind}")});
        if let (Value::Object(typed), Value::Object(object)) = (&mut typed, object) {
            typed.extend(object);
        }
        typed
    };
    if let Some(user) = directory.user(id) {
        return Some(typed("user", user::usual(user)));
    }
    let mut principals = directory.service_principals.iter();
    if let Some(principal) = principals.find(|principal| principal.id == id) {
        let shown = service_principal::view(principal, directory);
        return Some(typed("servicePrincipal", shown));
    }
    let mut applications = directory.applications.iter();
    let application = applications
        .find(|application| application.id == id && !seed::is_microsofts(application.app_id))?;
    Some(typed(
        "application",
        application::view(application, directory),
    ))
}
