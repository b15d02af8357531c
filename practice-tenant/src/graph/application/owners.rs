//! `applications/{id}/owners`: who manages an application without being an administrator.

use serde_json::Value;

use crate::directory::Directory;
use crate::graph::call::{Call, Reply};
use crate::graph::change::text;
use crate::graph::error::GraphError;
use crate::graph::find;
use crate::graph::objects::{self, OBJECTS};
use crate::graph::odata::{Address, page};

/// Most owners of one application (Graph "Add owner").
const MOST: usize = 100;

/// `GET /applications/{id}/owners`
pub(in crate::graph) fn list(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let application = find::application(directory, call.key(0)?)?;
    let owners: Vec<Value> = application
        .owners
        .iter()
        .filter_map(|owner| objects::view(*owner, directory))
        .collect();
    page(&OBJECTS, owners, &call.query, call.addresses()).map(Reply::Ok)
}

/// `POST /applications/{id}/owners/$ref`
pub(in crate::graph) fn add(
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let application = find::application(directory, call.key(0)?)?;
    let app_id = application.app_id;
    if application.owners.len() >= MOST {
        return Err(GraphError::TooMany {
            property: "owners".into(),
            most: MOST,
        });
    }
    let reference = text(&call.body, "@odata.id").ok_or(GraphError::NotAReference)?;
    let (_, path) = reference
        .split_once("/v1.0/")
        .ok_or(GraphError::NotAReference)?;
    let address = Address::parse(path)?;
    let key = ["directoryObjects/{}", "users/{}", "servicePrincipals/{}"]
        .iter()
        .find_map(|template| address.matches(template)?.into_iter().next())
        .ok_or(GraphError::NotAReference)?;
    let owner = find::guid(&key)?;
    if objects::view(owner, directory).is_none() {
        return Err(GraphError::NotFound(owner.to_string()));
    }
    let Some(application) = directory.application_mut(app_id) else {
        return Err(GraphError::NotAReference);
    };
    if application.owners.contains(&owner) {
        return Err(GraphError::AlreadyReferenced("owners"));
    }
    application.owners.push(owner);
    Ok(Reply::NoContent)
}

/// `DELETE /applications/{id}/owners/{id}/$ref`
pub(in crate::graph) fn remove(
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let app_id = find::application(directory, call.key(0)?)?.app_id;
    let owner = find::guid(call.key(1)?)?;
    let application = directory.application_mut(app_id);
    let owners = application.map(|application| &mut application.owners);
    let owners = owners.filter(|owners| owners.contains(&owner));
    let owners = owners.ok_or_else(|| GraphError::NotFound(owner.to_string()))?;
    owners.retain(|known| *known != owner);
    Ok(Reply::NoContent)
}
