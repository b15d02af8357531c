//! `GET /practice/messages?correlationId=…`: the requests the tenant saw and its answers, masked.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::by_correlation_id::Wanted;
use crate::Face;
use crate::recording::Message;

#[derive(Serialize)]
pub(super) struct Messages {
    messages: Vec<Message>,
}

pub(super) async fn handler(State(face): State<Face>, wanted: Wanted) -> Json<Messages> {
    let messages = &face.tenant.recordings.messages;
    let messages = messages.find(|message| wanted.is(message.label.correlation_id));
    Json(Messages { messages })
}
