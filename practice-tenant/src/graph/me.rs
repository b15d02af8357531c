//! `me`: the signed-in user.

use serde_json::json;

use super::call::{Call, Reply};
use super::error::GraphError;
use super::odata::{entity, page};
use super::user::{SET, view};
use super::{find, objects};
use crate::directory::{Directory, GLOBAL_ADMINISTRATOR};

/// `GET /me`
pub(super) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let id = call.caller.user().ok_or(GraphError::NobodySignedIn)?;
    let user = directory.user(id);
    let user = user.ok_or_else(|| GraphError::NotFound(id.to_string()))?;
    entity(&SET, view(user), &call.query, &call.base).map(Reply::Ok)
}

/// `GET /me/ownedObjects`
pub(super) fn owned_objects(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let id = call.caller.user().ok_or(GraphError::NobodySignedIn)?;
    let owned = directory.applications.iter();
    let owned = owned.filter(|application| application.owners.contains(&id));
    let owned = owned.filter_map(|application| objects::view(application.id, directory));
    page(
        &objects::OBJECTS,
        owned.collect(),
        &call.query,
        call.addresses(),
    )
    .map(Reply::Ok)
}

/// `GET /me/memberOf`, `GET /users/{id}/memberOf`: the directory roles; there are no groups here.
pub(super) fn member_of(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let id = match call.keys.first() {
        Some(key) => find::user(directory, key)?.id,
        None => call.caller.user().ok_or(GraphError::NobodySignedIn)?,
    };
    let role = json!({
        "@odata.type": "#microsoft.graph.directoryRole",
        "id": GLOBAL_ADMINISTRATOR,
        "deletedDateTime": null,
        "description": "Can manage all aspects of Microsoft Entra ID and Microsoft services that use Microsoft Entra identities.",
        "displayName": "Global Administrator",
        "roleTemplateId": GLOBAL_ADMINISTRATOR,
    });
    let roles = if directory.is_administrator(id) {
        vec![role]
    } else {
        Vec::new()
    };
    page(&objects::OBJECTS, roles, &call.query, call.addresses()).map(Reply::Ok)
}
