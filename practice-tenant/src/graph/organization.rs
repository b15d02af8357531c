//! `organization` and `domains`: the tenant itself.

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::error::GraphError;
use super::find;
use super::odata::{EntitySet, entity, page};
use crate::directory::{Directory, Organization};

const SET: EntitySet = EntitySet {
    name: "organization",
    kind: "organization",
    shown: None,
};

const DOMAINS: EntitySet = EntitySet {
    name: "domains",
    kind: "domain",
    shown: None,
};

/// `GET /organization`
pub(super) fn list(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let only = vec![view(&directory.organization)];
    page(&SET, only, &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET /organization/{id}`
pub(super) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let id = find::guid(call.key(0)?)?;
    if id != directory.organization.id {
        return Err(GraphError::NotFound(id.to_string()));
    }
    let only = view(&directory.organization);
    entity(&SET, only, &call.query, &call.base).map(Reply::Ok)
}

/// `GET /domains`
pub(super) fn domains(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let organization = &directory.organization;
    let domains = organization.verified_domains().map(|domain| {
        json!({
            "id": domain,
            "authenticationType": "Managed",
            "isAdminManaged": true,
            "isDefault": domain == organization.domain,
            "isInitial": domain == organization.domain,
            "isRoot": true,
            "isVerified": true,
            "supportedServices": [],
        })
    });
    page(&DOMAINS, domains.collect(), &call.query, call.addresses()).map(Reply::Ok)
}

fn view(organization: &Organization) -> Value {
    let domains = organization.verified_domains().map(|domain| {
        json!({
            "capabilities": "",
            "isDefault": domain == organization.domain,
            "isInitial": domain == organization.domain,
            "name": domain,
            "type": "Managed",
        })
    });
    json!({
        "id": organization.id,
        "deletedDateTime": null,
        "displayName": organization.display_name,
        "tenantType": "AAD",
        "verifiedDomains": domains.collect::<Vec<Value>>(),
    })
}
