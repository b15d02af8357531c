//! The one way in which a token may arrive: `Authorization: Bearer <token>` (RFC 6750 §2.1).
//!
//! Whether the text behind the scheme is a token is not decided here: that is the first of the checks.

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri};
use shared::secret::AccessToken;

use crate::Api;
use crate::challenge::Challenge;
use crate::problem::Problem;

/// The credentials of a request, unverified.
pub(crate) struct Bearer(pub(crate) AccessToken);

/// Why there are no credentials to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BearerError {
    /// No `Authorization` header, or one of another scheme.
    #[error("The request carries no bearer token.")]
    NoCredentials,
    /// More than one `Authorization` header: two parts of a system might each look at another one.
    #[error("The request carries more than one Authorization header.")]
    Repeated,
    /// A token in the address ends up in logs and histories (RFC 9700 §4.3.2), so it is refused whatever it is.
    #[error("A token belongs in the Authorization header, never in the address.")]
    InAddress,
}

impl BearerError {
    pub(crate) fn problem(self, challenge: &Challenge) -> Problem {
        let detail = self.to_string();
        let (status, code, plain, challenge) = match self {
            Self::NoCredentials => (
                StatusCode::UNAUTHORIZED,
                "no-credentials",
                "Unauthorized",
                challenge.bare(),
            ),
            Self::Repeated => (
                StatusCode::BAD_REQUEST,
                "repeated-authorization",
                "Bad Request",
                challenge.invalid_request(&detail),
            ),
            Self::InAddress => (
                StatusCode::BAD_REQUEST,
                "token-in-address",
                "Bad Request",
                challenge.invalid_request(&detail),
            ),
        };
        Problem {
            plain,
            challenge: Some(challenge),
            ..Problem::new(status, code, detail)
        }
    }
}

/// Reads the credentials.
pub(crate) fn read(headers: &HeaderMap, uri: &Uri) -> Result<Bearer, BearerError> {
    let query = uri.query().unwrap_or_default().as_bytes();
    if url::form_urlencoded::parse(query).any(|(name, _)| name == "access_token") {
        return Err(BearerError::InAddress);
    }
    let mut lines = headers.get_all(AUTHORIZATION).into_iter();
    let line = lines.next().ok_or(BearerError::NoCredentials)?;
    if lines.next().is_some() {
        return Err(BearerError::Repeated);
    }
    // Bytes beyond ASCII become characters that no token has, and fail the check of the format.
    let line = String::from_utf8_lossy(line.as_bytes());
    let (scheme, token) = line.split_once(' ').unwrap_or((&line, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(BearerError::NoCredentials);
    }
    // RFC 6750 §2.1 has at least one space there.
    Ok(Bearer(AccessToken::new(token.trim_start_matches(' '))))
}

impl FromRequestParts<Api> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        read(&parts.headers, &parts.uri).map_err(|error| {
            tracing::info!(path = parts.uri.path(), reason = ?error, "refused");
            error.problem(&api.challenge)
        })
    }
}
