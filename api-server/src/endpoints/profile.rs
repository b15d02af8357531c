//! `GET /api/profile`: who calls, for people and applications alike. The answer of the workshop guide.

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
pub(crate) struct Profile {
    status: &'static str,
    /// The `name` claim; `null` for an application, and for a person whose client did not ask for `profile`.
    user: Option<Value>,
    claims: Object,
}

pub(crate) async fn handler(
    State(api): State<Api>,
    bearer: Bearer,
) -> Result<Json<Profile>, Problem> {
    let verified = api.authorize(Endpoint::Profile, &bearer).await?;
    let user = verified.claims.get("name").cloned();
    Ok(Json(Profile {
        status: "ok",
        user,
        claims: verified.claims,
    }))
}
