//! Graph's refusals as content: what happened, why, what to do now.

use serde::Deserialize;
use shared::http::Unreachable;

use crate::failure::{EntraWords, Failure};

/// A refusal in Graph's words.
#[derive(Deserialize)]
struct Body {
    error: Error,
}

#[derive(Deserialize)]
struct Error {
    code: String,
    #[serde(default)]
    message: String,
}

/// A refusal as it is shown.
pub fn refused(status: u16, body: &[u8]) -> Failure {
    let words: Option<Body> = serde_json::from_slice(body).ok();
    let (code, message) = words.map_or_else(
        || (format!("HTTP {status}"), String::new()),
        |body| (body.error.code, body.error.message),
    );
    let (title, why, now) = explained(status, &code);
    let what = if message.is_empty() {
        format!("Graph answered {status}.")
    } else {
        format!("Graph answered {status}: {message}")
    };
    Failure {
        title: title.to_owned(),
        what,
        why: why.to_owned(),
        now: now.to_owned(),
        entra: Some(EntraWords {
            error: code,
            number: None,
            text: message,
            correlation_id: None,
        }),
    }
}

fn explained(status: u16, code: &str) -> (&'static str, &'static str, &'static str) {
    match (status, code) {
        (401 | 403, _) => (
            "Graph does not let this page do that",
            "The page proves itself with a key that is new at every start of the workshop.",
            "Reload this page. If it says the same again, somebody else's page is behind this address.",
        ),
        (404, _) => (
            "That object is not there",
            "It was deleted, here, in another tab or from the command line.",
            "Load the directory again, and look for it in its list.",
        ),
        (409, _) | (_, "ObjectConflict" | "Request_MultipleObjectsWithSameKeyValue") => (
            "There is one like that already",
            "Names that stand for one object only, such as an Application ID URI or a user name, exist once in a tenant.",
            "Choose another value, or take it away from the object that has it.",
        ),
        (_, "CannotDeleteOrUpdateEnabledEntitlement") => (
            "It is still enabled",
            "Graph deletes or changes a scope or role only while it is disabled, so that nobody loses it unawares.",
            "Set isEnabled to false first, save, and try again.",
        ),
        (400, _) => (
            "Graph does not accept a value",
            "The values follow rules; Graph's words say which one was broken.",
            "Correct the value and try again. Nothing was changed by this call.",
        ),
        _ => (
            "The directory did not do it",
            "Graph answered with something that this page has no words for.",
            "Look at the workshop's log, then try again.",
        ),
    }
}

/// No answer came.
pub fn unreachable(error: &Unreachable) -> Failure {
    Failure {
        title: "The workshop does not answer".to_owned(),
        what: error.to_string(),
        why: "The program that delivers this page, and the directory with it, has stopped."
            .to_owned(),
        now: "Start it again with “cargo xtask up”, then reload this page.".to_owned(),
        entra: None,
    }
}

/// An answer came that is not Graph's.
pub fn unreadable(path: &str, why: &serde_json::Error) -> Failure {
    Failure {
        title: "An answer that is not Graph's".to_owned(),
        what: format!("The answer to {path} cannot be read: {why}."),
        why: "This page and the program that delivers it are of different versions.".to_owned(),
        now: "Reload this page.".to_owned(),
        entra: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphs_own_words_are_kept_and_explained() {
        let body = br#"{"error":{"code":"CannotDeleteOrUpdateEnabledEntitlement","message":"Property value cannot be deleted unless disabled.","innerError":{}}}"#;
        let failure = refused(400, body);
        assert!(failure.what.contains("unless disabled"), "{}", failure.what);
        assert!(failure.now.contains("isEnabled"), "{}", failure.now);
        assert_eq!(
            failure.entra.unwrap().error,
            "CannotDeleteOrUpdateEnabledEntitlement"
        );
    }

    #[test]
    fn an_answer_without_words_is_still_told() {
        let failure = refused(502, b"<h1>");
        assert!(failure.what.contains("502"));
        assert_eq!(failure.entra.unwrap().error, "HTTP 502");
    }
}
