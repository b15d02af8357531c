//! `GET /healthz`: the process is alive. It says nothing about the authority, so that an outage there does not get this
//! server restarted.

use axum::Json;
use serde_json::{Value, json};

pub(crate) async fn handler() -> Json<Value> {
    Json(json!({"status": "ok"}))
}
