//! Settings read from variables, with errors a person can act on.
//!
//! This module knows how to read; each server's own `settings.rs` knows which variables it wants.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// A variable that stops the program, in one line: its name, what it held, what it should hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The variable has no value.
    #[error("{variable}: not set; it wants {wants}")]
    Missing {
        /// The variable's name.
        variable: &'static str,
        /// What a good value looks like.
        wants: &'static str,
    },
    /// The variable holds something else than it should.
    #[error("{variable}: got {got:?}, it wants {wants} ({why})")]
    Malformed {
        /// The variable's name.
        variable: &'static str,
        /// The offending value, shortened.
        got: String,
        /// What a good value looks like.
        wants: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// A set of variables: the process environment over a `.env` file, or a test's own.
///
/// An empty or blank value counts as absent, as App Service and Compose files produce them.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// The value of a variable, trimmed; `None` when absent or blank.
    pub fn get(&self, variable: &str) -> Option<&str> {
        self.0
            .get(variable)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The value of a variable parsed, or `None` when it is absent.
    pub fn optional<T>(
        &self,
        variable: &'static str,
        wants: &'static str,
    ) -> Result<Option<T>, SettingError>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.get(variable)
            .map(|value| parse(variable, value, wants))
            .transpose()
    }

    /// The value of a variable parsed.
    pub fn required<T>(
        &self,
        variable: &'static str,
        wants: &'static str,
    ) -> Result<T, SettingError>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.optional(variable, wants)?
            .ok_or(SettingError::Missing { variable, wants })
    }

    /// The value of a variable parsed, or a default.
    pub fn or<T>(
        &self,
        variable: &'static str,
        wants: &'static str,
        default: T,
    ) -> Result<T, SettingError>
    where
        T: FromStr,
        T::Err: Display,
    {
        Ok(self.optional(variable, wants)?.unwrap_or(default))
    }

    /// The entries of a list separated by commas or spaces; empty when the variable is absent.
    pub fn list<T>(
        &self,
        variable: &'static str,
        wants: &'static str,
    ) -> Result<Vec<T>, SettingError>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.get(variable)
            .unwrap_or_default()
            .split([',', ' '])
            .filter(|entry| !entry.is_empty())
            .map(|entry| parse(variable, entry, wants))
            .collect()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

fn parse<T>(variable: &'static str, value: &str, wants: &'static str) -> Result<T, SettingError>
where
    T: FromStr,
    T::Err: Display,
{
    value
        .parse()
        .map_err(|why: T::Err| SettingError::Malformed {
            variable,
            got: value.chars().take(60).collect(),
            wants,
            why: why.to_string(),
        })
}

/// An origin as browsers send it (`scheme://host[:port]`, RFC 6454 §6.2): compared byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// The origin's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("only scheme, host and port, such as https://app.example")]
pub struct NotAnOrigin;

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let url = url::Url::parse(text).map_err(|_| NotAnOrigin)?;
        let origin = url.origin();
        let bare = text
            .trim_end_matches('/')
            .eq_ignore_ascii_case(&origin.ascii_serialization());
        if origin.is_tuple() && bare {
            Ok(Self(origin.ascii_serialization()))
        } else {
            Err(NotAnOrigin)
        }
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::TenantId;

    const WANTS: &str = "the tenant's GUID";

    #[test]
    fn a_malformed_value_names_variable_value_and_wish_in_one_line() {
        let variables: Variables = [("TENANT_ID", "contoso")].into_iter().collect();
        let error = variables
            .required::<TenantId>("TENANT_ID", WANTS)
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "TENANT_ID: got \"contoso\", it wants the tenant's GUID (not a GUID such as \
             11111111-2222-3333-4444-555555555555)"
        );
        assert!(!error.contains('\n'));
    }

    #[test]
    fn a_value_with_line_breaks_still_makes_one_line() {
        let variables: Variables = [("TENANT_ID", "a\nb")].into_iter().collect();
        let error = variables
            .required::<TenantId>("TENANT_ID", WANTS)
            .unwrap_err()
            .to_string();
        assert!(!error.contains('\n'));
    }

    #[test]
    fn a_blank_value_counts_as_absent() {
        let variables: Variables = [("TENANT_ID", "  ")].into_iter().collect();
        assert_eq!(
            variables.required::<TenantId>("TENANT_ID", WANTS),
            Err(SettingError::Missing {
                variable: "TENANT_ID",
                wants: WANTS
            })
        );
    }

    #[test]
    fn a_list_is_split_at_commas_and_spaces() {
        let variables: Variables = [(
            "ALLOWED_ORIGINS",
            "http://localhost:3000, https://app.example",
        )]
        .into_iter()
        .collect();
        let origins: Vec<Origin> = variables.list("ALLOWED_ORIGINS", "origins").unwrap();
        assert_eq!(origins.len(), 2);
        assert_eq!(origins[1].as_str(), "https://app.example");
    }

    #[test]
    fn an_origin_has_no_path_and_is_never_a_wildcard() {
        for text in [
            "*",
            "null",
            "https://app.example/x",
            "app.example",
            "file:///x",
            "https://a@b",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NotAnOrigin), "{text}");
        }
        assert_eq!(
            "https://App.Example:443/".parse::<Origin>(),
            Err(NotAnOrigin)
        );
    }
}
