//! `GET /subscriptions`: the one subscription in which the managed identities have their resources (Azure "Subscriptions
//! – List").

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{Admitted, ArmError};
use crate::Face;
use crate::directory::Directory;
use crate::directory::seed::SUBSCRIPTION;

pub(super) async fn list(State(face): State<Face>, _: Admitted) -> Json<Value> {
    let only = subscription(&face.tenant.directory());
    Json(json!({"value": [only], "count": {"type": "Total", "value": 1}}))
}

/// `GET /subscriptions/{id}`
pub(super) async fn one(
    State(face): State<Face>,
    Path(id): Path<String>,
    _: Admitted,
) -> Result<Json<Value>, ArmError> {
    if id.eq_ignore_ascii_case(&SUBSCRIPTION.to_string()) {
        Ok(Json(subscription(&face.tenant.directory())))
    } else {
        Err(ArmError::NoSubscription(id))
    }
}

fn subscription(directory: &Directory) -> Value {
    json!({
        "id": format!("/subscriptions/{SUBSCRIPTION}"),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": SUBSCRIPTION,
        "tenantId": directory.organization.id,
        "displayName": format!("{} practice", directory.organization.display_name),
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    })
}
