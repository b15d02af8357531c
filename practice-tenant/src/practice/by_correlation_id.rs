//! `?correlationId=…`: the `client-request-id` that a client chose, or the correlation ID of an error.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use url::form_urlencoded;
use uuid::Uuid;

use super::error::PracticeError;
use crate::Face;

/// Which entries are asked for; without an ID, all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted(Option<Uuid>);

impl Wanted {
    pub(super) fn is(self, correlation_id: Uuid) -> bool {
        self.0.is_none_or(|wanted| wanted == correlation_id)
    }
}

impl FromRequestParts<Face> for Wanted {
    type Rejection = PracticeError;

    async fn from_request_parts(parts: &mut Parts, _: &Face) -> Result<Self, PracticeError> {
        let mut wanted = None;
        for (name, value) in
            form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
        {
            let id = Uuid::try_parse(&value)
                .ok()
                .filter(|_| name == "correlationId");
            if wanted
                .replace(id.ok_or(PracticeError::NoCorrelationId)?)
                .is_some()
            {
                return Err(PracticeError::NoCorrelationId);
            }
        }
        Ok(Self(wanted))
    }
}
