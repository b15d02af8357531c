//! What `/practice` refuses, in the shape of Graph's errors, so that the same code can read both.

use axum::Json;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::options::StartError;
use crate::signing_keys::TooManyRetired;
use crate::snapshots::TooManySnapshots;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PracticeError {
    #[error(
        "This address is for the workshop's own pages and for programs, not for pages of other origins."
    )]
    ForeignOrigin,
    #[error(
        "A change needs the header x-practice-key; its value is practiceKey in /config.json of the workshop's browser \
         app and new at every start."
    )]
    NoKey,
    #[error(
        "The value of x-practice-key is not this run's; practiceKey in /config.json of the browser app is."
    )]
    WrongKey,
    #[error("This address does not answer {0} requests.")]
    WrongMethod(Method),
    #[error("The body is longer than {} bytes.", crate::LARGEST_BODY)]
    TooLong,
    #[error("The body must be JSON, with Content-Type: application/json.")]
    NotJson,
    #[error("The body cannot be understood: {0}.")]
    Malformed(serde_json::Error),
    #[error("{name} is a number of seconds from {} to {}, or null for Entra's own time.", .range.start(), .range.end())]
    OutOfRange {
        name: &'static str,
        range: std::ops::RangeInclusive<u32>,
    },
    #[error(
        "No more old keys can be kept: wait until one has reached the end of keyGraceSeconds, set that lower before \
         rolling over, or make it an emergency."
    )]
    TooManyKeys,
    #[error(
        "The query is nothing, or correlationId=<GUID>: the client-request-id of the request that is looked for."
    )]
    NoCorrelationId,
    #[error("leaseSeconds is a number from {} to {}, or null for a snapshot without a lease.", .range.start(), .range.end())]
    LeaseOutOfRange {
        range: std::ops::RangeInclusive<u32>,
    },
    #[error(
        "There is no such snapshot: it was dropped, made room for newer ones, or its lease is over and the tenant is as \
         it was."
    )]
    NoSnapshot,
    #[error(
        "There are as many snapshots as can be kept: drop one (DELETE /practice/snapshots/<id>) first."
    )]
    TooManySnapshots,
    #[error("No new signing key could be made; the old ones go on signing.")]
    NoNewKey(#[source] StartError),
}

impl From<TooManyRetired> for PracticeError {
    fn from(_: TooManyRetired) -> Self {
        Self::TooManyKeys
    }
}

impl From<TooManySnapshots> for PracticeError {
    fn from(_: TooManySnapshots) -> Self {
        Self::TooManySnapshots
    }
}

impl PracticeError {
    fn wire(&self) -> (StatusCode, &'static str) {
        match self {
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "ForeignOrigin"),
            Self::NoKey => (StatusCode::UNAUTHORIZED, "PracticeKeyMissing"),
            Self::WrongKey => (StatusCode::UNAUTHORIZED, "InvalidPracticeKey"),
            Self::WrongMethod(_) => (StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
            Self::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "BodyTooLong"),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "NotJson"),
            Self::NoCorrelationId
            | Self::Malformed(_)
            | Self::OutOfRange { .. }
            | Self::LeaseOutOfRange { .. } => (StatusCode::BAD_REQUEST, "BadRequest"),
            Self::TooManyKeys => (StatusCode::CONFLICT, "TooManyKeys"),
            Self::NoSnapshot => (StatusCode::NOT_FOUND, "SnapshotNotFound"),
            Self::TooManySnapshots => (StatusCode::CONFLICT, "TooManySnapshots"),
            Self::NoNewKey(_) => (StatusCode::SERVICE_UNAVAILABLE, "NoNewKey"),
        }
    }
}

impl IntoResponse for PracticeError {
    fn into_response(self) -> Response {
        if let Self::NoNewKey(error) = &self {
            tracing::error!(%error, "no signing key could be made");
        }
        let (status, code) = self.wire();
        let body = json!({ "error": { "code": code, "message": self.to_string() } });
        (status, Json(body)).into_response()
    }
}

pub(super) async fn wrong_method(method: Method) -> PracticeError {
    PracticeError::WrongMethod(method)
}
