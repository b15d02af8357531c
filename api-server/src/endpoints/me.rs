//! `GET /api/me`: the person behind the token. Applications by themselves are not people.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::jwt::Object;

use crate::Api;
use crate::bearer::Bearer;
use crate::endpoint::Endpoint;
use crate::problem::Problem;

/// The answer. Data about a person is kept under tenant and object ID: names change, and others may get them later
/// (Entra "Secure applications and APIs by validating claims").
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Me {
    status: &'static str,
    user: Option<Value>,
    tenant_id: Option<Value>,
    object_id: Option<Value>,
    claims: Object,
}

pub(crate) async fn handler(State(api): State<Api>, bearer: Bearer) -> Result<Json<Me>, Problem> {
    let verified = api.authorize(Endpoint::Me, &bearer).await?;
    let claim = |name: &str| verified.claims.get(name).cloned();
    let (user, tenant_id, object_id) = (claim("name"), claim("tid"), claim("oid"));
    Ok(Json(Me {
        status: "ok",
        user,
        tenant_id,
        object_id,
        claims: verified.claims,
    }))
}
