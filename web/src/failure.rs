//! Everything that can go wrong, told as what happened, why, and what to do now.

use serde::{Deserialize, Serialize};
use shared::callback::{CallbackError, EntraError};
use shared::http::Unreachable;
use shared::id_token::IdTokenError;
use shared::pkce::TokenError;
use shared::prose::errors::{explanation, oauth_error};

/// A failure as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What to call it.
    pub title: String,
    /// What happened.
    pub what: String,
    /// Why.
    pub why: String,
    /// What to do now.
    pub now: String,
    /// What Entra itself said, where Entra said something.
    pub entra: Option<EntraWords>,
}

/// Entra's own words, for searching and for support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntraWords {
    /// The OAuth error.
    pub error: String,
    /// The AADSTS number.
    pub number: Option<u32>,
    /// The description, without the IDs at its end.
    pub text: String,
    /// The correlation ID.
    pub correlation_id: Option<String>,
}

impl Failure {
    fn new(title: &str, what: impl Into<String>, why: &str, now: &str) -> Self {
        Self {
            title: title.into(),
            what: what.into(),
            why: why.into(),
            now: now.into(),
            entra: None,
        }
    }

    /// `/config.json` could not be had.
    pub fn config(why: &str) -> Self {
        Self::new(
            "The workshop does not say which tenant to use",
            format!("This page asked its own server for the settings and got none: {why}."),
            "The program that delivers this page has stopped, or this page comes from somewhere else.",
            "Start it again with “cargo xtask up”, then reload this page.",
        )
    }

    /// An answer came to an app that had not asked.
    pub fn unasked() -> Self {
        Self::new(
            "An answer that nobody asked for",
            "The address carried an answer from Entra, but this browser tab is not waiting for one. It was thrown away.",
            "The sign-in was begun in another tab, the answer was already used, or somebody sent you a link with an \
             answer of their own. An app that believed it could be signed in as somebody else.",
            "Begin a sign-in here. Follow no link that carries a code.",
        )
    }

    /// The API could not be asked.
    pub fn api(error: &Unreachable) -> Self {
        Self::new(
            "The API did not answer",
            format!(
                "The request to {} brought no answer that this page may read.",
                error.host
            ),
            "The API is not running, or it does not list this page's origin under ALLOWED_ORIGINS, and then the browser \
             hides the answer from the page.",
            "Check that the API is running and which origins it allows, then call it again.",
        )
    }

    fn entra(error: &EntraError) -> Self {
        let number = error.aadsts();
        let words = EntraWords {
            error: error.error.clone(),
            number,
            text: error.summary().to_owned(),
            correlation_id: error.correlation_id().map(str::to_owned),
        };
        let told = if let Some(known) = number.and_then(explanation) {
            Self::new(known.title, known.what, known.why, known.now)
        } else if error.suberror.as_deref() == Some("cancel") {
            Self::new(
                "The sign-in was cancelled",
                "The person pressed Cancel, so Entra gave out no code.",
                "A sign-in may be abandoned at any of Entra's pages.",
                "Sign in again when you are ready. Nothing was lost.",
            )
        } else if let Some(known) = oauth_error(&error.error) {
            Self::new(
                "Entra refused",
                format!("Entra answered “{}”.", error.error),
                known.why,
                known.now,
            )
        } else {
            Self::new(
                "Entra refused",
                format!(
                    "Entra answered “{}”, which this workshop does not know.",
                    error.error
                ),
                "Entra's own words below say more.",
                "Search for the number, or begin a new sign-in.",
            )
        };
        Self {
            entra: Some(words),
            ..told
        }
    }
}

impl From<&CallbackError> for Failure {
    fn from(error: &CallbackError) -> Self {
        match error {
            CallbackError::Refused(error) => Self::entra(error),
            CallbackError::StateMismatch => Self::new(
                "The state does not match",
                "An answer came back whose state is not the one that this app sent. The code in it was thrown away \
                 and shown to nobody.",
                "The answer belongs to another sign-in, or somebody is trying to sign you in as somebody else (RFC 6749 \
                 §10.12). The state is there to notice exactly this.",
                "Begin a new sign-in here.",
            ),
            CallbackError::StateMissing => Self::new(
                "The state is missing",
                "An answer came back without a state. Nothing in it was used.",
                "Entra returns the state of every request, with errors too. An answer without one is not Entra's.",
                "Begin a new sign-in here.",
            ),
            CallbackError::Expired { minutes } => Self::new(
                "The sign-in took too long",
                format!("More than {minutes} minutes went by between leaving and coming back."),
                "State, nonce and verifier are forgotten after a while, so that an old answer cannot be used.",
                "Begin a new sign-in: it makes new values.",
            ),
            CallbackError::Repeated(name) => Self::new(
                "A parameter came back twice",
                format!("The answer names “{name}” more than once. Nothing in it was used."),
                "Two readers could each take another of the two values, so the standard forbids it (RFC 6749 §3.1).",
                "Begin a new sign-in here.",
            ),
            CallbackError::CodeMissing | CallbackError::Nothing => Self::new(
                "Neither a code nor an error",
                "The answer carried the right state and nothing else.",
                "Something on the way has removed it, or it was never Entra's.",
                "Begin a new sign-in here.",
            ),
        }
    }
}

impl From<&TokenError> for Failure {
    fn from(error: &TokenError) -> Self {
        match error {
            TokenError::Refused(error) => Self::entra(error),
            TokenError::Unreachable(Unreachable { host, .. }) => Self::new(
                "The token endpoint did not answer",
                format!(
                    "The code was sent to {host}, and no answer came back that this page may read."
                ),
                "The tenant is not running or out of reach. Or it refused without CORS headers, and then the browser \
                 hides the refusal: that is AADSTS9002326, the redirect URI being registered under another platform than \
                 “Single-page application”.",
                "Check that the tenant answers, and under which platform the redirect URI is registered. Then begin a \
                 new sign-in: the code of this one may be used up.",
            ),
            TokenError::Unreadable(why) => Self::new(
                "The token endpoint's answer cannot be read",
                format!("An answer came, but it is not a token response: {why}."),
                "A proxy or a captive portal may have answered in Entra's place.",
                "Look at the answer on the wire, then begin a new sign-in.",
            ),
            TokenError::IdToken(error) => id_token(error),
        }
    }
}

fn id_token(error: &IdTokenError) -> Failure {
    let clock = matches!(
        error,
        IdTokenError::NotYetValid(_) | IdTokenError::Expired(_)
    );
    let (why, now) = if clock {
        (
            "Entra's clock and this machine's differ by more than five minutes.",
            "Set this machine's clock, then begin a new sign-in.",
        )
    } else {
        (
            "An ID token must be from the tenant that was asked, for this app, and for this very request. One that is \
             not could be somebody else's.",
            "Begin a new sign-in. If it happens again, compare tenant ID and client ID with the app registration.",
        )
    };
    Failure::new(
        "The ID token is not believed",
        format!("Tokens came, but they were thrown away: {error}."),
        why,
        now,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(error: &str, description: &str, suberror: Option<&str>) -> Failure {
        Failure::from(&CallbackError::Refused(EntraError {
            error: error.into(),
            error_description: description.into(),
            suberror: suberror.map(str::to_owned),
            error_uri: None,
        }))
    }

    #[test]
    fn a_known_number_is_told_in_our_words_and_keeps_entras() {
        let failure = refused(
            "access_denied",
            "AADSTS65004: User declined to consent to access the app. Trace ID: t Correlation ID: c Timestamp: s",
            None,
        );
        assert_eq!(failure.title, "Consent was declined");
        let entra = failure.entra.unwrap();
        assert_eq!(
            (entra.number, entra.correlation_id.as_deref()),
            (Some(65004), Some("c"))
        );
        assert!(!entra.text.contains("Trace ID"));
    }

    #[test]
    fn a_cancelled_sign_in_has_no_number_and_is_still_explained() {
        assert_eq!(
            refused("access_denied", "", Some("cancel")).title,
            "The sign-in was cancelled"
        );
    }

    #[test]
    fn what_nobody_has_heard_of_still_says_what_to_do() {
        for failure in [
            refused("access_denied", "AADSTS1: x", None),
            refused("made_up", "", None),
        ] {
            assert!(!failure.why.is_empty() && !failure.now.is_empty());
        }
    }

    #[test]
    fn a_wrong_clock_is_called_a_wrong_clock() {
        let error = TokenError::IdToken(IdTokenError::NotYetValid(shared::time::UnixTime(0)));
        assert!(Failure::from(&error).now.contains("clock"));
        assert!(
            !Failure::from(&TokenError::IdToken(IdTokenError::Nonce))
                .now
                .contains("clock")
        );
    }

    #[test]
    fn silence_from_the_token_endpoint_names_the_platform_mistake() {
        let error = TokenError::Unreachable(Unreachable {
            host: "localhost".into(),
            why: "x".into(),
        });
        assert!(Failure::from(&error).why.contains("9002326"));
    }
}
