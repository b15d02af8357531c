//! `GET /practice/decisions?correlationId=…`: why requests were granted or refused.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::by_correlation_id::Wanted;
use crate::Face;
use crate::recording::Decision;

#[derive(Serialize)]
pub(super) struct Decisions {
    decisions: Vec<Decision>,
}

pub(super) async fn handler(State(face): State<Face>, wanted: Wanted) -> Json<Decisions> {
    let decisions = &face.tenant.recordings.decisions;
    let decisions = decisions.find(|decision| wanted.is(decision.label.correlation_id));
    Json(Decisions { decisions })
}
