//! `GET /tenants`: the tenants that the caller belongs to, which is this one (Azure "Tenants – List").

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Admitted;
use crate::Face;

pub(super) async fn handler(State(face): State<Face>, _: Admitted) -> Json<Value> {
    let directory = face.tenant.directory();
    let organization = &directory.organization;
    let domains: Vec<&str> = organization.verified_domains().collect();
    Json(json!({"value": [{
        "id": format!("/tenants/{}", organization.id),
        "tenantId": organization.id,
        "countryCode": "US",
        "displayName": organization.display_name,
        "domains": domains,
        "tenantCategory": "Home",
        "defaultDomain": organization.domain,
        "tenantType": "AAD",
    }]}))
}
