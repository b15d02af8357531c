//! `WWW-Authenticate`: how the API tells a client what it wants (RFC 6750 §3, RFC 9728 §5.1).

use http::HeaderValue;

use crate::settings::ApiSettings;

/// Builds the challenges of one API.
#[derive(Clone, Debug)]
pub(crate) struct Challenge {
    /// What every challenge begins with.
    base: String,
}

impl Challenge {
    pub(crate) fn new(settings: &ApiSettings) -> Self {
        let mut base = format!("Bearer realm=\"api://{}\"", settings.api);
        if let Some(origin) = &settings.public_origin {
            base.push_str(", ");
            base.push_str(&parameter(
                "resource_metadata",
                &format!("{origin}{METADATA_PATH}"),
            ));
        }
        Self { base }
    }

    /// For a request without credentials: no error, because the client did nothing wrong (RFC 6750 §3.1).
    pub(crate) fn bare(&self) -> HeaderValue {
        self.with(&[])
    }

    /// For a request that is wrong in itself, such as one with two tokens.
    pub(crate) fn invalid_request(&self, description: &str) -> HeaderValue {
        self.with(&[
            ("error", "invalid_request"),
            ("error_description", description),
        ])
    }

    /// For a token that is not accepted.
    pub(crate) fn invalid_token(&self, description: &str) -> HeaderValue {
        self.with(&[
            ("error", "invalid_token"),
            ("error_description", description),
        ])
    }

    /// For a good token that lacks the permission.
    pub(crate) fn insufficient_scope(&self, description: &str, scope: &str) -> HeaderValue {
        self.with(&[
            ("error", "insufficient_scope"),
            ("error_description", description),
            ("scope", scope),
        ])
    }

    fn with(&self, parameters: &[(&str, &str)]) -> HeaderValue {
        let mut text = self.base.clone();
        for (name, value) in parameters {
            text.push_str(", ");
            text.push_str(&parameter(name, value));
        }
        HeaderValue::try_from(text).expect("parameters hold printable ASCII only")
    }
}

/// Where RFC 9728 puts the metadata of a resource that has an origin to itself.
pub(crate) const METADATA_PATH: &str = "/.well-known/oauth-protected-resource";

/// One parameter; characters that RFC 6750 §3 does not allow in it become spaces.
fn parameter(name: &str, value: &str) -> String {
    let allowed = |c: char| matches!(c, ' ' | '!' | '#'..='[' | ']'..='~');
    let value: String = value
        .chars()
        .map(|c| if allowed(c) { c } else { ' ' })
        .collect();
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests {
    use super::parameter;

    #[test]
    fn no_value_can_end_its_quotes_or_start_a_new_line() {
        assert_eq!(
            parameter("error", "a\"b\\c\r\nd\u{e9}"),
            "error=\"a b c  d \""
        );
    }
}
