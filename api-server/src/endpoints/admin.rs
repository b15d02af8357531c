//! `GET /api/admin`: for people whom an administrator gave the role.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::jwt::Object;

use crate::Api;
use crate::bearer::Bearer;
use crate::endpoint::Endpoint;
use crate::problem::Problem;

/// The answer.
#[derive(Serialize)]
pub(crate) struct Admin {
    status: &'static str,
    user: Option<Value>,
    roles: Option<Value>,
    claims: Object,
}

pub(crate) async fn handler(
    State(api): State<Api>,
    bearer: Bearer,
) -> Result<Json<Admin>, Problem> {
    let verified = api.authorize(Endpoint::Admin, &bearer).await?;
    let claim = |name: &str| verified.claims.get(name).cloned();
    let (user, roles) = (claim("name"), claim("roles"));
    Ok(Json(Admin {
        status: "ok",
        user,
        roles,
        claims: verified.claims,
    }))
}
