//! `GET /api/service`: for applications that call by themselves, with the app role.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shared::jwt::Object;

use crate::Api;
use crate::bearer::Bearer;
use crate::endpoint::Endpoint;
use crate::problem::Problem;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Service {
    status: &'static str,
    /// The calling application.
    client_id: Option<String>,
    /// Its service principal in the tenant.
    object_id: Option<String>,
    claims: Object,
}

pub(crate) async fn handler(
    State(api): State<Api>,
    bearer: Bearer,
) -> Result<Json<Service>, Problem> {
    let verified = api.authorize(Endpoint::Service, &bearer).await?;
    let ids = verified.caller.ids().clone();
    Ok(Json(Service {
        status: "ok",
        client_id: ids.client,
        object_id: ids.object,
        claims: verified.claims,
    }))
}
