//! Checks of the token as a signed thing: its form, its header, its key, its signature.

use std::borrow::Cow;

use super::claims::show;
use super::rules::Finding;
use super::{Case, Signature};
use crate::jwt::{MalformedToken, UnverifiedToken};

/// The finding of the first check when the token did not even come apart.
pub(super) fn malformed(malformed: &MalformedToken) -> Finding {
    match malformed {
        MalformedToken::Empty => Finding::failed(None, "The token is empty."),
        MalformedToken::TooLong(bytes) => Finding::failed(
            format!("{bytes} bytes"),
            "The token is longer than any that Entra issues.",
        ),
        MalformedToken::NotThreeParts(parts) => Finding::failed(
            format!("{parts} parts"),
            "A signed token has three parts separated by dots.",
        ),
        MalformedToken::NotBase64Url(part) => Finding::failed(
            None,
            format!("The {part} is not unpadded base64url in its one canonical form."),
        ),
        MalformedToken::NotUtf8(part) => {
            Finding::failed(None, format!("The {part} is not UTF-8 text."))
        }
        MalformedToken::NotAnObject { part, .. } => Finding::failed(
            None,
            format!("The {part} is not exactly one JSON object that names each member once."),
        ),
    }
}

/// The only algorithm Entra signs access tokens with. Taking the header's word for it is how `none` and HS256 with the
/// public key as the secret came to be (RFC 8725 §3.1).
const ALGORITHM: &str = "RS256";

/// Header members by which a token would bring its own key or ask for rules this server does not know (RFC 7515
/// §4.1.2, §4.1.3, §4.1.5, §4.1.6, §4.1.11).
const REFUSED_IN_HEADER: [&str; 5] = ["crit", "jku", "jwk", "x5u", "x5c"];

/// See [`super::key_id`].
pub(super) fn key_id<'a>(token: &'a UnverifiedToken<'_>) -> Option<&'a str> {
    if header_problem(token).is_some() {
        return None;
    }
    token.header_text("kid").filter(|kid| !kid.is_empty())
}

fn header_problem(token: &UnverifiedToken<'_>) -> Option<&'static str> {
    if token.header_text("alg") != Some(ALGORITHM) {
        return Some("The only algorithm accepted is RS256, whatever the header says.");
    }
    if REFUSED_IN_HEADER
        .iter()
        .any(|member| token.header().contains_key(*member))
    {
        return Some(
            "The header brings its own key or demands an extension; keys come from the authority alone.",
        );
    }
    None
}

pub(super) fn algorithm(case: Case<'_>) -> Finding {
    let header = case.token.header();
    let refused = REFUSED_IN_HEADER
        .iter()
        .filter(|member| header.contains_key(**member));
    let mut found: Vec<String> = header.get("alg").map(show).into_iter().collect();
    found.extend(refused.map(|member| (*member).to_owned()));
    let found = (!found.is_empty()).then(|| found.join(", "));
    Finding {
        found,
        why: header_problem(case.token).map(Cow::Borrowed),
    }
}

pub(super) fn known_key(case: Case<'_>) -> Finding {
    let found = case.token.header().get("kid").map(show);
    if key_id(case.token).is_none() {
        return Finding::failed(found, "The header names no key.");
    }
    match case.signature {
        Signature::NotChecked => Finding::failed(found, "Nobody looked for the key."),
        Signature::KeysUnavailable => Finding::failed(
            found,
            "The authority's keys cannot be fetched at the moment.",
        ),
        Signature::UnknownKey => Finding::failed(
            found,
            "The authority publishes no such key: another tenant signed this, or nobody.",
        ),
        Signature::Invalid | Signature::Valid { .. } => Finding { found, why: None },
    }
}

pub(super) fn signature(case: Case<'_>) -> Finding {
    if let Signature::Valid { .. } = case.signature {
        return Finding::passed("a good signature");
    }
    Finding::failed(
        String::from("a signature that does not match"),
        "The token was changed after it was signed, or signed with another key.",
    )
}
