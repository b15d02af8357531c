//! A JSON body, taken to the letter.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::{DeserializeOwned, Error as _};

use super::error::PracticeError;
use crate::Face;

/// The body as a `T`. Without a body everything has its default.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Face> for Body<T> {
    type Rejection = PracticeError;

    async fn from_request(request: Request, face: &Face) -> Result<Self, PracticeError> {
        let json = is_json(request.headers());
        let body = Bytes::from_request(request, face)
            .await
            .map_err(|_| PracticeError::TooLong)?;
        if body.is_empty() {
            return parse(b"{}");
        }
        if !json {
            return Err(PracticeError::NotJson);
        }
        parse(&body)
    }
}

fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<Body<T>, PracticeError> {
    // A list would be taken for the members in their order.
    if !text.trim_ascii_start().starts_with(b"{") {
        let error = serde_json::Error::custom("expected a JSON object");
        return Err(PracticeError::Malformed(error));
    }
    serde_json::from_slice(text)
        .map(Body)
        .map_err(PracticeError::Malformed)
}

/// A browser sends no other page's JSON without asking first (Fetch, "CORS-safelisted request-header").
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
