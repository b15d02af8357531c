//! What Entra sends back through the browser: a code, or the reason why there is none.

use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use crate::secret::{AuthorizationCode, State};

/// An error as Entra words it: in a redirect (RFC 6749 §4.1.2.1) or in the body of a token response (§5.2).
///
/// Programs decide by [`error`](Self::error); the AADSTS number is for people (Entra "Microsoft Entra authentication
/// and authorization error codes").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}: {error_description}")]
pub struct EntraError {
    /// The OAuth 2.0 error, such as `invalid_grant`.
    pub error: String,
    /// `AADSTS<number>: <text>`, with trace ID, correlation ID and time.
    #[serde(default)]
    pub error_description: String,
    /// A refinement of `error`, such as `consent_required`.
    #[serde(
        default,
        alias = "error_subcode",
        skip_serializing_if = "Option::is_none"
    )]
    pub suberror: Option<String>,
    /// Where Entra explains the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_uri: Option<String>,
}

impl EntraError {
    /// The number behind `AADSTS`, if the description has one.
    pub fn aadsts(&self) -> Option<u32> {
        let (_, number) = self.error_description.split_once("AADSTS")?;
        let digits = number
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(number.len());
        number[..digits].parse().ok()
    }

    /// The description without trace ID, correlation ID and time.
    pub fn summary(&self) -> &str {
        let text = &self.error_description;
        text.find("Trace ID:")
            .map_or(text.as_str(), |end| &text[..end])
            .trim()
    }

    /// The correlation ID that support asks for.
    pub fn correlation_id(&self) -> Option<&str> {
        let (_, rest) = self.error_description.split_once("Correlation ID: ")?;
        rest.split_whitespace().next()
    }
}

impl oauth2::ErrorResponse for EntraError {}

/// Where the answer travels in the redirect (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResponseMode {
    /// Behind `?`: the server of the redirect URI sees it.
    Query,
    /// Behind `#`: it stays in the browser.
    Fragment,
}

impl ResponseMode {
    /// The value of the parameter `response_mode`.
    pub fn as_str(self) -> &'static str {
        match self {
            ResponseMode::Query => "query",
            ResponseMode::Fragment => "fragment",
        }
    }

    /// The part of the callback URL that carries the answer.
    pub fn answer(self, callback: &Url) -> Option<&str> {
        match self {
            ResponseMode::Query => callback.query(),
            ResponseMode::Fragment => callback.fragment(),
        }
        .filter(|answer| !answer.is_empty())
    }
}

/// Why a callback cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The URL carries no answer.
    #[error("the address carries no answer from the authorization endpoint")]
    Nothing,
    /// A parameter stands there twice (RFC 6749 §3.1 forbids it).
    #[error("the parameter {0:?} appears more than once")]
    Repeated(String),
    /// There is no `state`.
    #[error("the answer has no state")]
    StateMissing,
    /// The `state` is not the one this sign-in was begun with.
    #[error("the state is not the one this sign-in began with")]
    StateMismatch,
    /// The sign-in was begun too long ago.
    #[error("the sign-in was begun more than {minutes} minutes ago")]
    Expired {
        /// How long a sign-in may take.
        minutes: u64,
    },
    /// Entra, or the person, said no.
    #[error(transparent)]
    Refused(EntraError),
    /// There is neither a code nor an error.
    #[error("the answer has neither a code nor an error")]
    CodeMissing,
}

/// The parameters of a callback, believed by nobody yet.
#[derive(Debug)]
pub(crate) struct UnverifiedCallback {
    pub(crate) state: Option<State>,
    pub(crate) code: Option<AuthorizationCode>,
    pub(crate) refusal: Option<EntraError>,
}

impl UnverifiedCallback {
    /// Reads the answer out of a callback URL.
    pub(crate) fn parse(callback: &Url, mode: ResponseMode) -> Result<Self, CallbackError> {
        let answer = mode.answer(callback).ok_or(CallbackError::Nothing)?;
        let mut seen: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(answer.as_bytes()) {
            if seen.iter().any(|(earlier, _)| *earlier == name) {
                return Err(CallbackError::Repeated(name.into_owned()));
            }
            seen.push((name.into_owned(), value.into_owned()));
        }
        let mut take = |name: &str| {
            let index = seen.iter().position(|(seen, _)| seen == name)?;
            Some(seen.swap_remove(index).1)
        };
        let refusal = take("error").map(|error| EntraError {
            error,
            error_description: take("error_description").unwrap_or_default(),
            suberror: take("suberror").or_else(|| take("error_subcode")),
            error_uri: take("error_uri"),
        });
        Ok(Self {
            state: take("state").map(State::new),
            code: take("code").map(AuthorizationCode::new),
            refusal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_and_the_summary_are_read_out_of_a_description() {
        let error = EntraError {
            error: "invalid_grant".into(),
            error_description: "AADSTS54005: OAuth2 Authorization code was already redeemed. \
                                Trace ID: a Correlation ID: b-c Timestamp: 2026-01-01 00:00:00Z"
                .into(),
            suberror: None,
            error_uri: None,
        };
        assert_eq!(error.aadsts(), Some(54005));
        assert_eq!(
            error.summary(),
            "AADSTS54005: OAuth2 Authorization code was already redeemed."
        );
        assert_eq!(error.correlation_id(), Some("b-c"));
    }

    #[test]
    fn a_description_without_a_number_has_none() {
        for description in ["", "AADSTS", "no number", "AADSTS99999999999999999999: x"] {
            let error = EntraError {
                error: "e".into(),
                error_description: description.into(),
                suberror: None,
                error_uri: None,
            };
            assert_eq!(error.aadsts(), None, "{description}");
        }
    }

    #[test]
    fn an_error_body_of_the_token_endpoint_is_the_same_error() {
        let body = r#"{"error":"invalid_grant","error_description":"AADSTS65001: x","error_codes":[65001],
            "timestamp":"2026-01-01 00:00:00Z","suberror":"consent_required"}"#;
        let error: EntraError = serde_json::from_str(body).unwrap();
        assert_eq!(error.aadsts(), Some(65001));
        assert_eq!(error.suberror.as_deref(), Some("consent_required"));
    }
}
