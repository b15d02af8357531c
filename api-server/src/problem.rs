//! Every refusal, in one shape: `application/problem+json` (RFC 9457), or one line of text for who asks for that.
//!
//! A handler answers with a [`Problem`]; the middleware [`render`] writes its body, because only there the request's
//! `Accept` is at hand.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use shared::checks::Check;

/// A refusal.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// A stable word for programs; for a token the name of the failed check.
    pub(crate) code: &'static str,
    /// One sentence for people, without any text from the request.
    pub(crate) detail: Cow<'static, str>,
    /// The one line for `Accept: text/plain`.
    pub(crate) plain: &'static str,
    pub(crate) challenge: Option<HeaderValue>,
    pub(crate) retry_after_seconds: Option<u64>,
    /// The explanation, where the API explains itself.
    pub(crate) checks: Option<Vec<Check>>,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            plain: status.canonical_reason().unwrap_or("Refused"),
            challenge: None,
            retry_after_seconds: None,
            checks: None,
        }
    }

    fn json(&self) -> Vec<u8> {
        /// RFC 9457 §3; `code` and `checks` are extension members (§3.2).
        #[derive(Serialize)]
        struct Members<'a> {
            r#type: &'static str,
            title: &'a str,
            status: u16,
            detail: &'a str,
            code: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            checks: Option<&'a [Check]>,
        }

        let members = Members {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Refused"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            checks: self.checks.as_deref(),
        };
        serde_json::to_vec(&members).expect("texts and numbers make JSON")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body and the headers of a [`Problem`].
pub(crate) async fn render(request: Request, next: Next) -> Response {
    let plain = prefers_plain_text(request.headers());
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let (content_type, body) = if plain {
        (
            "text/plain; charset=utf-8",
            Body::from(format!("{}\n", problem.plain)),
        )
    } else {
        ("application/problem+json", Body::from(problem.json()))
    };
    *response.body_mut() = body;
    let headers = response.headers_mut();
    headers.remove(http::header::CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.append(VARY, HeaderValue::from_static("accept"));
    if let Some(challenge) = problem.challenge {
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    if let Some(seconds) = problem.retry_after_seconds {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// No such path.
pub(crate) async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not-found",
        "There is nothing at this address.",
    )
}

/// A path that exists, asked with another method. The router adds `Allow`.
pub(crate) async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "This address does not answer this method; see the Allow header.",
    )
}

/// Whether `Accept` puts text above JSON (RFC 9110 §12.5.1). A draw, as from `*/*` or from nothing, goes to JSON.
fn prefers_plain_text(headers: &HeaderMap) -> bool {
    let lines = headers
        .get_all(ACCEPT)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    let ranges: Vec<(String, u16)> = lines
        .flat_map(|line| line.split(','))
        .filter_map(media_range)
        .collect();
    let weight = |names: [&str; 3]| {
        let exact = |name: &&str| ranges.iter().find(|(range, _)| range == name);
        names
            .iter()
            .find_map(exact)
            .map_or(0, |(_, weight)| *weight)
    };
    let text = weight(["text/plain", "text/*", "*/*"]);
    let json = weight(["application/problem+json", "application/*", "*/*"]).max(weight([
        "application/json",
        "application/*",
        "*/*",
    ]));
    text > json
}

/// A media range in lower case and its weight in thousandths.
fn media_range(text: &str) -> Option<(String, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next()?.to_ascii_lowercase();
    let quality =
        parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = match quality {
        None => 1000,
        Some("0") => 0,
        Some(quality) => thousandths(quality)?,
    };
    Some((name, weight))
}

/// `0.8` as 800 (RFC 9110 §12.4.2).
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, fraction) = quality.split_once('.').unwrap_or((quality, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_for_who_prefers_it_and_a_draw_goes_to_json() {
        let prefers = |accept: &str| {
            let headers = [(ACCEPT, HeaderValue::from_str(accept).unwrap())];
            prefers_plain_text(&headers.into_iter().collect())
        };
        for accept in [
            "text/plain",
            "TEXT/PLAIN",
            "text/plain; charset=utf-8",
            "text/plain, */*;q=0.8",
            "text/*, application/json;q=0.9",
            "text/plain;q=0.5, application/json;q=0.123, application/problem+json;q=0",
        ] {
            assert!(prefers(accept), "{accept}");
        }
        for accept in [
            "",
            "*/*",
            "application/json",
            "application/json, text/plain, */*",
            "text/html",
            "text/plain;q=0",
            "text/plain;q=x",
            "text/plain;q=0.1, application/problem+json;q=0.2",
            ",;,=;q",
        ] {
            assert!(!prefers(accept), "{accept}");
        }
        assert!(!prefers_plain_text(&HeaderMap::new()));
    }
}
