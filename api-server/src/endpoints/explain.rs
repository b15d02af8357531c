//! `POST /api/explain`: what an endpoint would answer to a token, and the checks that decide it. It grants nothing.
//!
//! The token comes in the body (JSON or plain text, as one pastes it) or, without one there, in `Authorization`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode, Uri};
use serde::{Deserialize, Serialize};
use shared::checks::Check;
use shared::secret::AccessToken;

use crate::Api;
use crate::bearer::{self, BearerError};
use crate::endpoint::Endpoint;
use crate::gate::status;
use crate::problem::Problem;

/// Why there is nothing to explain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExplainError {
    /// The body did not arrive as a whole, or is larger than any token.
    #[error("The body is larger than any token, or did not arrive.")]
    Body(StatusCode),
    /// The body is neither JSON nor plain text.
    #[error("Send the token as application/json, as text/plain, or in the Authorization header.")]
    ContentType,
    /// The JSON is not what it should be.
    #[error("The body must be JSON like {{\"token\": \"...\", \"endpoint\": \"/api/profile\"}}.")]
    NotJson,
    /// The text is not UTF-8.
    #[error("The body is not UTF-8 text.")]
    NotText,
    /// There is no such protected endpoint.
    #[error("The endpoint must be /api/profile, /api/me, /api/service or /api/admin.")]
    NoSuchEndpoint,
    /// There is no token, neither here nor there.
    #[error("There is no token to explain.")]
    NoToken,
    /// The headers carry credentials that are wrong in themselves.
    #[error(transparent)]
    Bearer(BearerError),
}

impl From<ExplainError> for Problem {
    fn from(error: ExplainError) -> Self {
        let (status, code) = match error {
            ExplainError::Body(status) => (status, "unreadable-body"),
            ExplainError::ContentType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type")
            }
            ExplainError::NotJson | ExplainError::NotText => {
                (StatusCode::BAD_REQUEST, "malformed-body")
            }
            ExplainError::NoSuchEndpoint => (StatusCode::BAD_REQUEST, "unknown-endpoint"),
            ExplainError::NoToken => (StatusCode::BAD_REQUEST, "no-token"),
            ExplainError::Bearer(_) => (StatusCode::BAD_REQUEST, "invalid-request"),
        };
        Problem::new(status, code, error.to_string())
    }
}

/// The answer.
#[derive(Serialize)]
pub(crate) struct Explanation {
    endpoint: &'static str,
    /// What that endpoint would answer.
    status: u16,
    checks: Vec<Check>,
    /// What each endpoint would answer.
    verdicts: Vec<Verdict>,
}

#[derive(Serialize)]
struct Verdict {
    endpoint: &'static str,
    status: u16,
}

pub(crate) async fn handler(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Explanation>, Problem> {
    let body = body.map_err(|rejection| ExplainError::Body(rejection.status()))?;
    let asked = Asked::read(&headers, &uri, &body)?;
    let evidence = api.examine(asked.token.expose()).await;
    let judgement = api.judge(asked.endpoint, &evidence);
    let verdict = |endpoint: Endpoint| {
        let decision = api.judge(endpoint, &evidence).decision;
        Verdict {
            endpoint: endpoint.path(),
            status: status(&decision).as_u16(),
        }
    };
    tracing::info!(endpoint = asked.endpoint.path(), reason = ?judgement.failed().map(|check| check.name), "explained");
    Ok(Json(Explanation {
        endpoint: asked.endpoint.path(),
        status: status(&judgement.decision).as_u16(),
        checks: judgement.checks,
        verdicts: Endpoint::ALL.into_iter().map(verdict).collect(),
    }))
}

/// A token and the endpoint it is meant for.
struct Asked {
    token: AccessToken,
    endpoint: Endpoint,
}

impl Asked {
    fn read(headers: &HeaderMap, uri: &Uri, body: &[u8]) -> Result<Self, ExplainError> {
        #[derive(Default, Deserialize)]
        struct Fields {
            token: Option<String>,
            endpoint: Option<String>,
        }

        let in_header = match bearer::read(headers, uri) {
            Ok(bearer) => Some(bearer.0),
            Err(BearerError::NoCredentials) => None,
            Err(error) => return Err(ExplainError::Bearer(error)),
        };
        let fields = if body.is_empty() {
            Fields::default()
        } else {
            match media_type(headers).as_str() {
                "application/json" => {
                    serde_json::from_slice(body).map_err(|_| ExplainError::NotJson)?
                }
                "text/plain" => {
                    let text = str::from_utf8(body).map_err(|_| ExplainError::NotText)?;
                    Fields {
                        token: Some(text.to_owned()),
                        endpoint: None,
                    }
                }
                _ => return Err(ExplainError::ContentType),
            }
        };
        let endpoint = match fields.endpoint {
            None => Endpoint::Profile,
            Some(path) => path.parse().map_err(|_| ExplainError::NoSuchEndpoint)?,
        };
        let pasted = fields
            .token
            .as_deref()
            .map(pasted)
            .filter(|token| !token.is_empty());
        let token = pasted
            .map(AccessToken::new)
            .or(in_header)
            .ok_or(ExplainError::NoToken)?;
        Ok(Self { token, endpoint })
    }
}

/// A token as people paste it: with space around it, or with the scheme in front.
fn pasted(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim_start(),
        _ => text,
    }
}

/// The media type in lower case, without parameters.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::pasted;

    #[test]
    fn a_pasted_token_may_bring_its_scheme_and_the_space_around_it() {
        for text in [
            "a.b.c",
            " a.b.c\n",
            "Bearer a.b.c",
            "bearer   a.b.c\r\n",
            "BEARER\ta.b.c",
        ] {
            assert_eq!(pasted(text), "a.b.c", "{text:?}");
        }
        assert_eq!(pasted("Basic a.b.c"), "Basic a.b.c");
    }
}
