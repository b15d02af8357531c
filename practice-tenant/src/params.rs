//! The parameters of a request: a query string or a form body, in which nothing may stand twice (RFC 6749 §3.1).

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use url::form_urlencoded;

use crate::aadsts::Aadsts;

/// Longest query string or form body looked at, in bytes. Entra's own requests stay far below.
pub(crate) const LONGEST: usize = 16 * 1024;

/// Parameters by name. An empty value counts as absent (RFC 6749 §3.1).
#[derive(Debug, Default)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads `name=value` pairs.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Aadsts> {
        let mut params = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text) {
            if params.contains_key(name.as_ref()) {
                return Err(Aadsts::RepeatedParameter {
                    name: name.into_owned(),
                });
            }
            params.insert(name.into_owned(), value.into_owned());
        }
        params.retain(|_, value| !value.is_empty());
        Ok(Self(params))
    }

    /// Reads a form body. Whatever is not declared a form carries no parameters, as Entra has it: the answer is then
    /// that the first one is missing.
    pub(crate) fn form(headers: &HeaderMap, body: &[u8]) -> Result<Self, Aadsts> {
        if is_form(headers) {
            Self::parse(body)
        } else {
            Ok(Self::default())
        }
    }

    /// The value, if there is one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value, or the error that it is missing.
    pub(crate) fn require(&self, name: &'static str) -> Result<&str, Aadsts> {
        self.get(name).ok_or(Aadsts::MissingParameter { name })
    }
}

/// Whether a body is declared to be a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

/// A body that was read and is not too long.
pub(crate) fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Aadsts> {
    match body {
        Ok(body) if body.len() <= LONGEST => Ok(body),
        Ok(_) => Err(Aadsts::TooLong),
        Err(unread) if unread.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Aadsts::TooLong),
        // It broke off, or its chunks make no sense.
        Err(_) => Err(Aadsts::MalformedRequest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_named_twice_is_refused_however_it_is_spelled() {
        let repeated = Params::parse(b"scope=a&x=1&s%63ope=a").unwrap_err();
        assert_eq!(
            repeated,
            Aadsts::RepeatedParameter {
                name: "scope".into()
            }
        );
    }

    #[test]
    fn an_empty_value_is_an_absent_one() {
        let params = Params::parse(b"scope=&state=+").unwrap();
        assert_eq!(params.get("scope"), None);
        assert_eq!(params.get("state"), Some(" "));
    }
}
