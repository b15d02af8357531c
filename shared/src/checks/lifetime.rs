//! Checks of when the token is valid (RFC 7519 §4.1.4 to §4.1.6). Entra writes whole seconds; anything else is refused.

use super::claims::show;
use super::rules::Finding;
use super::{CLOCK_SKEW_SECONDS, Case};
use crate::time::UnixTime;

pub(super) fn expiry(case: Case<'_>) -> Finding {
    match instant(case, "exp") {
        Ok(Some(exp)) if exp.0.saturating_add(CLOCK_SKEW_SECONDS.into()) > case.context.now.0 => {
            Finding::passed(exp.to_string())
        }
        Ok(Some(exp)) => Finding::failed(exp.to_string(), "The token has expired."),
        Ok(None) => Finding::failed(None, "The token does not say when it expires."),
        Err(found) => Finding::failed(found, "exp must be a whole number of seconds."),
    }
}

pub(super) fn not_before(case: Case<'_>) -> Finding {
    let mut seen = Vec::new();
    for name in ["nbf", "iat"] {
        match instant(case, name) {
            Ok(None) => {}
            Ok(Some(time)) => {
                seen.push(format!("{name} {time}"));
                if time.0 > case.context.now.0.saturating_add(CLOCK_SKEW_SECONDS.into()) {
                    return Finding::failed(seen.join(", "), "The token is not valid yet.");
                }
            }
            Err(found) => {
                seen.push(format!("{name} {found}"));
                return Finding::failed(
                    seen.join(", "),
                    "nbf and iat must be whole numbers of seconds.",
                );
            }
        }
    }
    Finding::passed(if seen.is_empty() {
        "neither is set".to_owned()
    } else {
        seen.join(", ")
    })
}

/// A claim that counts seconds since 1970. `Err` describes what is there instead of such a number.
fn instant(case: Case<'_>, name: &str) -> Result<Option<UnixTime>, String> {
    match case.token.claims().get(name) {
        None => Ok(None),
        Some(value) => {
            let seconds = value
                .as_u64()
                .and_then(|seconds| i64::try_from(seconds).ok());
            seconds
                .map(|seconds| Some(UnixTime(seconds)))
                .ok_or_else(|| show(value))
        }
    }
}
