//! `/practice/snapshots`: states to return to.
//!
//! With a lease, whoever changes the tenant for a while need not be trusted to come back: unless the lease is renewed
//! (`PUT`) or ended (`restore`, `DELETE`), the first request after its end finds the tenant as it was.

use std::ops::RangeInclusive;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::body::Body;
use super::error::PracticeError;
use super::reset::Undo;
use crate::Face;
use crate::snapshots::{Label, Lease};

const LEASE: RangeInclusive<u32> = 1..=24 * 3600;

/// For how long to keep the right to the changes that follow.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    #[serde(default, rename = "leaseSeconds")]
    lease_seconds: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct List {
    snapshots: Vec<Label>,
}

/// The snapshot that a path names.
type Named = Result<Path<Uuid>, PathRejection>;

pub(super) async fn list(State(face): State<Face>) -> Json<List> {
    let held = face.tenant.snapshots.hold();
    let snapshots = held.all().iter().map(|snapshot| snapshot.label).collect();
    Json(List { snapshots })
}

pub(super) async fn take(
    State(face): State<Face>,
    Body(wish): Body<Wish>,
) -> Result<Response, PracticeError> {
    let lease = wish.lease(&face)?;
    let label = face.tenant.take_snapshot(lease)?;
    let location = format!("/practice/snapshots/{}", label.id);
    let headers = [(header::LOCATION, location)];
    Ok((StatusCode::CREATED, headers, Json(label)).into_response())
}

/// Renews the lease: for the time that is asked for, or for as long as before.
pub(super) async fn renew(
    State(face): State<Face>,
    id: Named,
    Body(wish): Body<Wish>,
) -> Result<Json<Label>, PracticeError> {
    let wished = wish.lease(&face)?;
    let mut held = face.tenant.snapshots.hold();
    let snapshot = held.find(known(id)?).ok_or(PracticeError::NoSnapshot)?;
    let before = snapshot.label.lease;
    let renewed = before.map(|lease| Lease::new(face.tenant.clock.now(), lease.seconds));
    snapshot.label.lease = wished.or(renewed);
    face.tenant.changes.announce();
    Ok(Json(snapshot.label))
}

pub(super) async fn restore(
    State(face): State<Face>,
    id: Named,
    Body(NoWish {}): Body<NoWish>,
) -> Result<Json<Undo>, PracticeError> {
    let snapshot = face.tenant.return_to(known(id)?);
    let snapshot = snapshot.ok_or(PracticeError::NoSnapshot)?;
    Ok(Json(Undo { snapshot }))
}

/// Nothing can be asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoWish {}

/// Drops a snapshot: the tenant stays as it is.
pub(super) async fn drop(State(face): State<Face>, id: Named) -> Result<StatusCode, PracticeError> {
    let removed = face.tenant.snapshots.hold().remove(known(id)?);
    removed.ok_or(PracticeError::NoSnapshot)?;
    face.tenant.changes.announce();
    Ok(StatusCode::NO_CONTENT)
}

fn known(id: Named) -> Result<Uuid, PracticeError> {
    id.map(|Path(id)| id).map_err(|_| PracticeError::NoSnapshot)
}

impl Wish {
    fn lease(&self, face: &Face) -> Result<Option<Lease>, PracticeError> {
        let Some(seconds) = self.lease_seconds else {
            return Ok(None);
        };
        if !LEASE.contains(&seconds) {
            return Err(PracticeError::LeaseOutOfRange { range: LEASE });
        }
        Ok(Some(Lease::new(face.tenant.clock.now(), seconds)))
    }
}
