//! `GET /readyz`: tokens can be checked, because the keys of every trusted authority are known.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::Api;
use crate::problem::Problem;

pub(crate) async fn handler(State(api): State<Api>) -> Result<Json<Value>, Problem> {
    if api.keys.ready().await {
        Ok(Json(json!({"status": "ready"})))
    } else {
        Err(api.keys_unavailable())
    }
}
