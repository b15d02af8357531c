//! `$filter`: comparisons, `startsWith`, `endsWith`, `in`, `any`, joined by `and`, `or` and `not` (OData 4.01 part 2,
//! §5.1.1), evaluated over an object's JSON. Text is compared without regard to case, as Graph's directory does.

mod parser;

use serde_json::Value;

use crate::graph::error::GraphError;

/// What must be true of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    Both(Box<Filter>, Box<Filter>),
    Either(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare(String, Operator, Value),
    In(String, Vec<Value>),
    StartsWith(String, String),
    EndsWith(String, String),
    /// Some member of a collection satisfies the filter; its own name stands for the member.
    Any(String, Option<Box<Filter>>),
    /// The number of members of a collection.
    Count(String, Operator, Value),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    AtLeast,
    AtMost,
    Above,
    Below,
}

impl Filter {
    pub(crate) fn parse(text: &str) -> Result<Self, GraphError> {
        parser::parse(text)
    }

    /// Whether `object` satisfies it.
    pub(crate) fn holds(&self, object: &Value) -> bool {
        match self {
            Self::Both(one, other) => one.holds(object) && other.holds(object),
            Self::Either(one, other) => one.holds(object) || other.holds(object),
            Self::Not(inner) => !inner.holds(object),
            Self::Compare(path, operator, value) => operator.holds(at(object, path), value),
            Self::In(path, values) => values
                .iter()
                .any(|value| Operator::Equal.holds(at(object, path), value)),
            Self::StartsWith(path, start) => text(at(object, path))
                .is_some_and(|text| text.to_lowercase().starts_with(&start.to_lowercase())),
            Self::EndsWith(path, end) => text(at(object, path))
                .is_some_and(|text| text.to_lowercase().ends_with(&end.to_lowercase())),
            Self::Any(path, inner) => at(object, path).as_array().is_some_and(|members| {
                members
                    .iter()
                    .any(|member| inner.as_ref().is_none_or(|inner| inner.holds(member)))
            }),
            Self::Count(path, operator, value) => {
                let count = at(object, path).as_array().map_or(0, Vec::len);
                operator.holds(&Value::from(count), value)
            }
        }
    }

    /// The properties it asks for, at the top of the object.
    pub(super) fn properties<'f>(&'f self, found: &mut Vec<&'f str>) {
        match self {
            Self::Both(one, other) | Self::Either(one, other) => {
                one.properties(found);
                other.properties(found);
            }
            Self::Not(inner) => inner.properties(found),
            Self::Compare(path, ..)
            | Self::In(path, _)
            | Self::StartsWith(path, _)
            | Self::EndsWith(path, _)
            | Self::Any(path, _)
            | Self::Count(path, ..) => found.push(path.split('/').next().unwrap_or(path)),
        }
    }
}

/// The value at a path; the empty path is the object itself.
fn at<'v>(object: &'v Value, path: &str) -> &'v Value {
    let mut value = object;
    for name in path.split('/').filter(|name| !name.is_empty()) {
        value = &value[name];
    }
    value
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

impl Operator {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "ge" => Self::AtLeast,
            "le" => Self::AtMost,
            "gt" => Self::Above,
            "lt" => Self::Below,
            _ => return None,
        })
    }

    fn holds(self, found: &Value, wanted: &Value) -> bool {
        let equal = match (found.as_str(), wanted.as_str()) {
            (Some(found), Some(wanted)) => found.to_lowercase() == wanted.to_lowercase(),
            _ => found == wanted,
        };
        let order = match (found, wanted) {
            (Value::String(found), Value::String(wanted)) => {
                found.to_lowercase().partial_cmp(&wanted.to_lowercase())
            }
            (Value::Number(found), Value::Number(wanted)) => {
                found.as_f64().partial_cmp(&wanted.as_f64())
            }
            _ => None,
        };
        match self {
            Self::Equal => equal,
            Self::NotEqual => !equal,
            Self::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
            Self::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
            Self::Above => order.is_some_and(std::cmp::Ordering::is_gt),
            Self::Below => order.is_some_and(std::cmp::Ordering::is_lt),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(filter: &str) -> bool {
        let object = json!({
            "appId": "C1000000-0000-4000-8000-000000000001",
            "displayName": "It's a Test",
            "accountEnabled": true,
            "createdDateTime": "2026-01-31T09:30:00Z",
            "description": null,
            "servicePrincipalNames": ["api://x", "y"],
            "appRoles": [{"value": "A"}, {"value": "B"}],
            "api": {"requestedAccessTokenVersion": 2},
        });
        Filter::parse(filter).unwrap().holds(&object)
    }

    #[test]
    fn what_people_and_tools_ask() {
        for yes in [
            "appId eq 'c1000000-0000-4000-8000-000000000001'",
            "appId eq c1000000-0000-4000-8000-000000000001",
            "displayName eq 'it''s a test' and accountEnabled eq true",
            "startswith(displayName,'It''s')",
            "startsWith(displayName, 'it') eq true",
            "endswith(displayName,'TEST')",
            "servicePrincipalNames/any(c:c eq 'api://x')",
            "servicePrincipalNames/any(x:x eq 'no' or startswith(x,'api'))",
            "appRoles/any(role:role/value eq 'B')",
            "api/requestedAccessTokenVersion eq 2",
            "createdDateTime ge 2026-01-01T00:00:00Z",
            "description eq null",
            "displayName ne null",
            "not(accountEnabled eq false)",
            "servicePrincipalNames/$count eq 2",
            "displayName in ('x', 'It''s a test')",
            "(appId eq 'x' or accountEnabled eq true) and displayName ne 'x'",
        ] {
            assert!(holds(yes), "{yes}");
        }
        for no in [
            "displayName eq 'x' or description ne null",
            "servicePrincipalNames/any(c:c eq 'z')",
            "createdDateTime lt 2026-01-01T00:00:00Z",
            "appRoles/any(role:role/value eq 'b ')",
        ] {
            assert!(!holds(no), "{no}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_asked_is_judged_and_answered(text in "[a-z/$:(),' ]{0,40}( eq | and | or |not |any\\(x:x | in \\()?[a-z/(),' \u{e4}]{0,20}") {
            if let Ok(filter) = Filter::parse(&text) {
                filter.holds(&json!({"a": ["b", {"c": null}], "d": 1}));
            }
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}a eq 1{}", "(".repeat(40), ")".repeat(40));
        let negated = format!("{}(a eq 1)", "not ".repeat(5_000));
        for text in [
            "",
            "eq",
            "a eq",
            "a eq 'x",
            "a is 'x'",
            "a eq x y",
            "a eq 'x' b eq 'y'",
            "(a eq 1",
            "any(",
            "a/any(",
            "a/any(x eq 1)",
            "startswith(a)",
            "contains(a,'b')",
            "a in ()",
            &deep,
            &negated,
        ] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}
