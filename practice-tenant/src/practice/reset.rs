//! `POST /practice/reset`: the directory as it was delivered, nobody signed in. The practice key and the signing keys
//! stay. What was there before becomes a snapshot, so that a reset can be undone.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::body::Body;
use crate::Face;

/// What to become.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reset {
    #[serde(default)]
    to: Beginning,
}

/// Where one can begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Beginning {
    /// Everything that is seeded.
    #[default]
    Seed,
    /// The workshop's registrations have names and ids and nothing else.
    Bare,
}

/// How to come back.
#[derive(Serialize)]
pub(super) struct Undo {
    /// The snapshot of what was there before.
    pub(super) snapshot: Uuid,
}

pub(super) async fn handler(
    State(face): State<Face>,
    Body(Reset { to }): Body<Reset>,
) -> Json<Undo> {
    let snapshot = face.tenant.reset(to);
    Json(Undo { snapshot })
}
