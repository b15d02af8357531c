//! `$filter`: comparisons, `startsWith`, `endsWith`, `in`, `any`, joined by `and`, `or` and `not` (OData 4.01 part 2,
//! §5.1.1), evaluated over an object's JSON. Text is compared without regard to case, as Graph's directory does.

use serde_json::Value;

use crate::graph::error::GraphError;

/// How deep parentheses and `not` may nest.
const DEEPEST: usize = 16;

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
        let invalid = |why: &str| GraphError::InvalidFilter(why.to_owned());
        let tokens = tokens(text)?;
        let mut parser = Parser {
            tokens: &tokens,
            variable: None,
            depth: 0,
        };
        let filter = parser.either()?;
        if parser.tokens.is_empty() {
            Ok(filter)
        } else {
            Err(invalid("Syntax error: there is more than one expression."))
        }
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

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
}

fn tokens(filter: &str) -> Result<Vec<Token>, GraphError> {
    let invalid = |why: &str| GraphError::InvalidFilter(why.to_owned());
    let mut tokens = Vec::new();
    let mut letters = filter.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ',' => tokens.push(Token::Comma),
            ':' => tokens.push(Token::Colon),
            '\'' => {
                let mut text = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.next_if_eq(&'\'').is_some() => text.push('\''),
                        Some('\'') => break,
                        Some(letter) => text.push(letter),
                        None => return Err(invalid("There is an unterminated string literal.")),
                    }
                }
                tokens.push(Token::Text(text));
            }
            letter if letter.is_whitespace() => {}
            letter => {
                let mut word = String::from(letter);
                // A colon belongs to a time, and ends the name of a variable.
                while let Some(next) = letters.next_if(|next| {
                    !next.is_whitespace()
                        && !"(),'".contains(*next)
                        && (*next != ':' || word.starts_with(|first: char| first.is_ascii_digit()))
                }) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

struct Parser<'t> {
    tokens: &'t [Token],
    /// What the member of the collection is called, inside of `any`.
    variable: Option<String>,
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<&Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn take(&mut self, token: &Token) -> Result<(), GraphError> {
        if self.next() == Some(token) {
            return Ok(());
        }
        Err(self.invalid("Syntax error: a parenthesis, a comma or a colon is missing."))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token::Word(first)) if first == word);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    #[expect(clippy::unused_self, reason = "reads as part of the sentence")]
    fn invalid(&self, why: &str) -> GraphError {
        GraphError::InvalidFilter(why.to_owned())
    }

    fn either(&mut self) -> Result<Filter, GraphError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.invalid("The filter nests too deeply."));
        }
        let mut filter = self.both()?;
        while self.word("or") {
            filter = Filter::Either(Box::new(filter), Box::new(self.both()?));
        }
        self.depth -= 1;
        Ok(filter)
    }

    fn both(&mut self) -> Result<Filter, GraphError> {
        let mut filter = self.one()?;
        while self.word("and") {
            filter = Filter::Both(Box::new(filter), Box::new(self.one()?));
        }
        Ok(filter)
    }

    fn one(&mut self) -> Result<Filter, GraphError> {
        if self.word("not") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(self.invalid("The filter nests too deeply."));
            }
            let inner = self.one()?;
            self.depth -= 1;
            return Ok(Filter::Not(Box::new(inner)));
        }
        match self.next().cloned() {
            Some(Token::Open) => {
                let inner = self.either()?;
                self.take(&Token::Close)?;
                Ok(inner)
            }
            Some(Token::Word(name)) if self.tokens.first() == Some(&Token::Open) => {
                self.call(&name)
            }
            Some(Token::Word(name)) => self.comparison(&name),
            _ => Err(self.invalid("Syntax error: an expression is missing.")),
        }
    }

    fn call(&mut self, name: &str) -> Result<Filter, GraphError> {
        self.take(&Token::Open)?;
        if let Some(path) = name.strip_suffix("/any") {
            let path = self.path(path);
            if self.tokens.first() == Some(&Token::Close) {
                self.take(&Token::Close)?;
                return Ok(Filter::Any(path, None));
            }
            let Some(Token::Word(variable)) = self.next().cloned() else {
                return Err(
                    self.invalid("Syntax error: any(x:x eq 'value') names the member first.")
                );
            };
            self.take(&Token::Colon)?;
            let outer = self.variable.replace(variable);
            let inner = self.either()?;
            self.variable = outer;
            self.take(&Token::Close)?;
            return Ok(Filter::Any(path, Some(Box::new(inner))));
        }
        let function = name.to_ascii_lowercase();
        if !["startswith", "endswith"].contains(&function.as_str()) {
            return Err(GraphError::UnsupportedFilter(name.to_owned()));
        }
        let Some(Token::Word(property)) = self.next().cloned() else {
            return Err(self.invalid("Syntax error: a property is missing."));
        };
        let property = self.path(&property);
        self.take(&Token::Comma)?;
        let Some(Token::Text(value)) = self.next().cloned() else {
            return Err(self.invalid("Syntax error: a text in single quotes is missing."));
        };
        self.take(&Token::Close)?;
        // `startsWith(…) eq true` is the same.
        if self.word("eq") && !self.word("true") {
            return Err(self.invalid("Syntax error: a function can be true only."));
        }
        Ok(if function == "startswith" {
            Filter::StartsWith(property, value)
        } else {
            Filter::EndsWith(property, value)
        })
    }

    fn comparison(&mut self, property: &str) -> Result<Filter, GraphError> {
        let Some(Token::Word(operator)) = self.next().cloned() else {
            return Err(self.invalid("Syntax error: an operator such as eq is missing."));
        };
        if operator == "in" {
            self.take(&Token::Open)?;
            let mut values = vec![self.value()?];
            while self.tokens.first() == Some(&Token::Comma) {
                self.take(&Token::Comma)?;
                values.push(self.value()?);
            }
            self.take(&Token::Close)?;
            return Ok(Filter::In(self.path(property), values));
        }
        let operator = Operator::named(&operator)
            .ok_or_else(|| self.invalid("Syntax error: an operator such as eq is missing."))?;
        let value = self.value()?;
        Ok(match property.strip_suffix("/$count") {
            Some(collection) => Filter::Count(self.path(collection), operator, value),
            None => Filter::Compare(self.path(property), operator, value),
        })
    }

    fn value(&mut self) -> Result<Value, GraphError> {
        match self.next().cloned() {
            Some(Token::Text(text)) => Ok(Value::String(text)),
            Some(Token::Word(word)) => Ok(match word.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                number if number.parse::<i64>().is_ok() => {
                    Value::from(number.parse::<i64>().unwrap_or_default())
                }
                // GUIDs and times stand without quotes.
                bare if bare.starts_with(|first: char| first.is_ascii_hexdigit()) => {
                    Value::String(bare.to_owned())
                }
                _ => return Err(self.invalid("Syntax error: a text stands in single quotes.")),
            }),
            _ => Err(self.invalid("Syntax error: a value is missing.")),
        }
    }

    /// A path without the name of the member it starts from.
    fn path(&self, path: &str) -> String {
        match &self.variable {
            Some(variable) if path == variable => String::new(),
            Some(variable) => path
                .strip_prefix(variable.as_str())
                .and_then(|rest| rest.strip_prefix('/'))
                .unwrap_or(path)
                .to_owned(),
            None => path.to_owned(),
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
