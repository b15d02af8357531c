//! `GET /metadata/endpoints`: what belongs to this cloud, which tools read when they are shown only Resource Manager's
//! address (`az cloud register --endpoint-resource-manager …`).

use axum::Json;
use axum::extract::{Request, State};
use serde_json::{Value, json};

use super::{ArmError, has_api_version};
use crate::Face;

pub(super) async fn handler(
    State(face): State<Face>,
    request: Request,
) -> Result<Json<Value>, ArmError> {
    has_api_version(&request.into_parts().0)?;
    let origin = &face.origin;
    // By number, so that it is an origin of its own: tools choose the token by origin.
    let graph = format!("{}/graph/", origin.replace("://localhost", "://127.0.0.1"));
    Ok(Json(json!({
        "name": "workshop",
        "authentication": {
            "loginEndpoint": **origin,
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": format!("{origin}/"),
        "graph": graph,
        "graphAudience": graph,
        "microsoftGraphResourceId": graph,
        "portal": **origin,
        "suffixes": {},
    })))
}
