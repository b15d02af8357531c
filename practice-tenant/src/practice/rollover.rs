//! `POST /practice/keys/rollover`: the tenant signs with another key from now on (Entra "Signing key rollover").

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use shared::time::UnixTime;

use super::body::Body;
use super::error::PracticeError;
use crate::Face;
use crate::signing_keys::Kept;

/// What to do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rollover {
    /// The keys are not to be trusted any more: neither the old one nor the one that was announced.
    #[serde(default)]
    emergency: bool,
}

/// The answer names the keys there are now.
pub(super) async fn handler(
    State(face): State<Face>,
    Body(Rollover { emergency }): Body<Rollover>,
) -> Result<Response, PracticeError> {
    let tenant = &face.tenant;
    if emergency {
        let now = tenant.clock.now();
        let active = generate(now).await?;
        tenant.keys.replace(active, generate(now).await?);
    } else {
        let now = tenant.clock.now();
        tenant.keys.may_retire(now)?;
        let fresh = generate(now).await?;
        let grace = tenant.lifetimes().key_grace();
        tenant.keys.roll_over(tenant.clock.now(), fresh, grace)?;
    }
    tenant.changes.announce();
    Ok(Json(tenant.keys.names(tenant.clock.now())).into_response())
}

/// Takes a moment, in which the threads that answer requests are not to be kept.
async fn generate(now: UnixTime) -> Result<Kept, PracticeError> {
    match tokio::task::spawn_blocking(move || Kept::generate(now)).await {
        Ok(key) => key.map_err(PracticeError::NoNewKey),
        Err(_) => Err(PracticeError::NoNewKey(
            crate::options::StartError::SigningKey,
        )),
    }
}
