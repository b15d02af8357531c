//! The few answers of Azure Resource Manager that tools ask for when somebody signs in: which clouds, tenants and
//! subscriptions there are. They lie at the root of the listener, as at `https://management.azure.com`.

mod metadata;
mod subscriptions;
mod tenants;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, routing::get};
use serde_json::json;
use url::form_urlencoded;

use crate::Face;
use crate::directory::seed::MANAGEMENT;
use crate::exchange::Exchange;
use crate::graph::{Caller, GraphError, bearer};
use crate::recording;

pub(crate) fn routes() -> Router<Face> {
    Router::new()
        .route("/metadata/endpoints", get(metadata::handler))
        .route("/tenants", get(tenants::handler))
        .route("/subscriptions", get(subscriptions::list))
        .route("/subscriptions/{id}", get(subscriptions::one))
}

/// Why Resource Manager refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum ArmError {
    #[error("The api-version query parameter (?api-version=) is required for all requests.")]
    NoApiVersion,
    #[error("Authentication failed. The 'Authorization' header is missing.")]
    NoToken,
    #[error("The access token is invalid.")]
    InvalidToken,
    #[error("The access token expiry UTC time is earlier than current UTC time.")]
    Expired,
    #[error(
        "The access token has been obtained for wrong audience or resource. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.azure.com/'."
    )]
    WrongAudience,
    #[error("The subscription '{0}' could not be found.")]
    NoSubscription(String),
}

impl IntoResponse for ArmError {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Self::NoApiVersion => (StatusCode::BAD_REQUEST, "MissingApiVersionParameter"),
            Self::NoToken => (StatusCode::UNAUTHORIZED, "AuthenticationFailed"),
            Self::InvalidToken => (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken"),
            Self::Expired => (StatusCode::UNAUTHORIZED, "ExpiredAuthenticationToken"),
            Self::WrongAudience => (
                StatusCode::UNAUTHORIZED,
                "InvalidAuthenticationTokenAudience",
            ),
            Self::NoSubscription(_) => (StatusCode::NOT_FOUND, "SubscriptionNotFound"),
        };
        recording::refused_by_code(code, &self.to_string());
        let body = json!({"error": {"code": code, "message": self.to_string()}});
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl From<GraphError> for ArmError {
    /// The token is judged in one place, by Graph's names for what is wrong with it.
    fn from(refusal: GraphError) -> Self {
        match refusal {
            GraphError::Expired => Self::Expired,
            GraphError::WrongAudience => Self::WrongAudience,
            _ => Self::InvalidToken,
        }
    }
}

/// A request with an API version and a token for Resource Manager. Whoever the tenant knows may see its subscription.
struct Admitted;

impl FromRequestParts<Face> for Admitted {
    type Rejection = ArmError;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Self, ArmError> {
        has_api_version(parts)?;
        let token = bearer(&parts.headers).ok_or(ArmError::NoToken)?;
        let now = parts
            .extensions
            .get::<Exchange>()
            .map(|exchange| exchange.now);
        let now = now.unwrap_or_else(|| face.tenant.clock.now());
        Caller::verified(face, token, &face.tenant.directory(), now, MANAGEMENT)?;
        Ok(Self)
    }
}

fn has_api_version(parts: &Parts) -> Result<(), ArmError> {
    let query = parts.uri.query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let versioned =
        pairs.any(|(name, value)| name.eq_ignore_ascii_case("api-version") && !value.is_empty());
    if versioned {
        Ok(())
    } else {
        Err(ArmError::NoApiVersion)
    }
}
