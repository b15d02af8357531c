//! `servicePrincipals`: applications and managed identities as members of this tenant (Graph "servicePrincipal
//! resource type").

use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Call, Reply};
use super::change::{Schema, text};
use super::error::GraphError;
use super::objects::OBJECTS;
use super::odata::{EntitySet, count, entity, page};
use super::{application, deleted, find};
use crate::directory::{Directory, ServicePrincipal, ServicePrincipalType};

/// Most of one tenant here.
const MOST: usize = 1_000;
const LONGEST_TEXT: usize = 1_024;

pub(super) const SET: EntitySet = EntitySet {
    name: "servicePrincipals",
    kind: "servicePrincipal",
    shown: None,
};

const SCHEMA: Schema = Schema {
    kind: "ServicePrincipal",
    writable: &[
        "accountEnabled",
        "appRoleAssignmentRequired",
        "notes",
        "tags",
    ],
    read_only: &[
        "alternativeNames",
        "appDisplayName",
        "appId",
        "appOwnerOrganizationId",
        "appRoles",
        "deletedDateTime",
        "displayName",
        "id",
        "oauth2PermissionScopes",
        "servicePrincipalNames",
        "servicePrincipalType",
        "signInAudience",
    ],
};

/// `GET /servicePrincipals`
pub(super) fn list(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let all = directory.service_principals.iter();
    let all = all.map(|principal| view(principal, directory));
    page(&SET, all.collect(), &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET /servicePrincipals/$count`
pub(super) fn number(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let all = directory.service_principals.iter();
    let all = all.map(|principal| view(principal, directory));
    count(&SET, all.collect(), &call.query).map(Reply::Number)
}

/// `GET /servicePrincipals/{id}`
pub(super) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let principal = find::service_principal(directory, call.key(0)?)?;
    let shown = view(principal, directory);
    entity(&SET, shown, &call.query, &call.base).map(Reply::Ok)
}

/// `POST /servicePrincipals`: makes an application a member of the tenant.
pub(super) fn create(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let app_id = text(&call.body, "appId").ok_or_else(|| SCHEMA.missing("appId"))?;
    let unknown = || GraphError::NoBackingApplication(app_id.to_owned());
    let id = Uuid::parse_str(app_id).map_err(|_| unknown())?;
    let application = directory.application(id).ok_or_else(unknown)?;
    if directory.service_principal(id).is_some() {
        return Err(GraphError::ServicePrincipalExists(id));
    }
    if directory.service_principals.len() >= MOST {
        return Err(GraphError::Quota);
    }
    let empty = ServicePrincipal::of(
        application,
        call.face.tenant.entropy.guid(),
        directory.organization.id,
    );
    let made = changed(&empty, directory, call)?;
    let answer = entity(&SET, view(&made, directory), &call.query, &call.base)?;
    directory.service_principals.push(made);
    Ok(Reply::Created(answer))
}

/// `PATCH /servicePrincipals/{id}`
pub(super) fn update(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let before = find::service_principal(directory, call.key(0)?)?;
    let after = changed(before, directory, call)?;
    if let Some(known) = directory.service_principal_mut(after.app_id) {
        *known = after;
    }
    Ok(Reply::NoContent)
}

/// `DELETE /servicePrincipals/{id}`. A managed identity goes with its Azure resource only.
pub(super) fn delete(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let principal = find::service_principal(directory, call.key(0)?)?;
    if principal.service_principal_type == ServicePrincipalType::ManagedIdentity {
        let why = String::from("A managed identity goes with its Azure resource.");
        return Err(GraphError::Denied { why });
    }
    let app_id = principal.app_id;
    deleted::service_principal(directory, app_id, call.exchange.now);
    Ok(Reply::NoContent)
}

/// `GET /servicePrincipals/{id}/owners`: only registrations have owners here.
pub(super) fn owners(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    find::service_principal(directory, call.key(0)?)?;
    page(&OBJECTS, Vec::new(), &call.query, call.addresses()).map(Reply::Ok)
}

fn changed(
    before: &ServicePrincipal,
    directory: &Directory,
    call: &Call<'_>,
) -> Result<ServicePrincipal, GraphError> {
    let blank = json!({"tags": [], "notes": null});
    let after: ServicePrincipal =
        SCHEMA.apply(before, &view(before, directory), &blank, &call.body)?;
    if after.tags.len() > 100 || after.tags.iter().any(|tag| tag.chars().count() > 256) {
        return Err(SCHEMA.invalid("tags", ""));
    }
    if after
        .notes
        .as_ref()
        .is_some_and(|notes| notes.chars().count() > LONGEST_TEXT)
    {
        return Err(SCHEMA.invalid("notes", ""));
    }
    Ok(after)
}

/// The JSON of a service principal, with what follows from its registration.
pub(super) fn view(principal: &ServicePrincipal, directory: &Directory) -> Value {
    let application = directory.application(principal.app_id);
    let registered = application.map(|application| application::view(application, directory));
    let of_application = |path: &str| {
        let value = registered.as_ref().and_then(|shown| shown.pointer(path));
        value.cloned()
    };
    let empty = || Value::Array(Vec::new());
    let mut names = vec![json!(principal.app_id)];
    names.extend(
        application
            .into_iter()
            .flat_map(|application| application.identifier_uris.iter().map(|uri| json!(uri))),
    );
    let mut reply_urls = Vec::new();
    for platform in ["/web", "/spa", "/publicClient"] {
        if let Some(Value::Array(uris)) = of_application(&format!("{platform}/redirectUris")) {
            reply_urls.extend(uris);
        }
    }
    let mut shown = serde_json::to_value(principal).unwrap_or_default();
    let Some(members) = shown.as_object_mut() else {
        return shown;
    };
    for (name, value) in [
        ("addIns", empty()),
        (
            "appDescription",
            of_application("/description").unwrap_or_default(),
        ),
        (
            "appDisplayName",
            of_application("/displayName").unwrap_or_default(),
        ),
        (
            "appRoles",
            of_application("/appRoles").unwrap_or_else(empty),
        ),
        ("applicationTemplateId", Value::Null),
        (
            "createdDateTime",
            of_application("/createdDateTime").unwrap_or_default(),
        ),
        ("deletedDateTime", Value::Null),
        ("description", Value::Null),
        ("disabledByMicrosoftStatus", Value::Null),
        (
            "homepage",
            of_application("/web/homePageUrl").unwrap_or_default(),
        ),
        ("info", of_application("/info").unwrap_or_default()),
        ("keyCredentials", empty()),
        ("loginUrl", Value::Null),
        (
            "logoutUrl",
            of_application("/web/logoutUrl").unwrap_or_default(),
        ),
        ("notificationEmailAddresses", empty()),
        (
            "oauth2PermissionScopes",
            of_application("/api/oauth2PermissionScopes").unwrap_or_else(empty),
        ),
        (
            "passwordCredentials",
            application::passwords(&principal.password_credentials),
        ),
        ("preferredSingleSignOnMode", Value::Null),
        ("preferredTokenSigningKeyThumbprint", Value::Null),
        ("replyUrls", Value::Array(reply_urls)),
        ("resourceSpecificApplicationPermissions", empty()),
        ("samlSingleSignOnSettings", Value::Null),
        ("servicePrincipalNames", Value::Array(names)),
        (
            "signInAudience",
            of_application("/signInAudience").unwrap_or_default(),
        ),
        ("tokenEncryptionKeyId", Value::Null),
        (
            "verifiedPublisher",
            of_application("/verifiedPublisher").unwrap_or_default(),
        ),
    ] {
        members.insert(name.to_owned(), value);
    }
    shown
}
