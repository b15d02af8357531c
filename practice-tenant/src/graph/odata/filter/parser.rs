//! Reading a filter.

use serde_json::Value;

use super::{Filter, Operator};
use crate::graph::error::GraphError;

/// How deep parentheses and `not` may nest.
const DEEPEST: usize = 16;

pub(super) fn parse(text: &str) -> Result<Filter, GraphError> {
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

fn invalid(why: &str) -> GraphError {
    GraphError::InvalidFilter(why.to_owned())
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
        Err(invalid(
            "Syntax error: a parenthesis, a comma or a colon is missing.",
        ))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token::Word(first)) if first == word);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    fn either(&mut self) -> Result<Filter, GraphError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(invalid("The filter nests too deeply."));
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
                return Err(invalid("The filter nests too deeply."));
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
            _ => Err(invalid("Syntax error: an expression is missing.")),
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
                return Err(invalid(
                    "Syntax error: any(x:x eq 'value') names the member first.",
                ));
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
            return Err(invalid("Syntax error: a property is missing."));
        };
        let property = self.path(&property);
        self.take(&Token::Comma)?;
        let Some(Token::Text(value)) = self.next().cloned() else {
            return Err(invalid("Syntax error: a text in single quotes is missing."));
        };
        self.take(&Token::Close)?;
        // `startsWith(…) eq true` is the same.
        if self.word("eq") && !self.word("true") {
            return Err(invalid("Syntax error: a function can be true only."));
        }
        Ok(if function == "startswith" {
            Filter::StartsWith(property, value)
        } else {
            Filter::EndsWith(property, value)
        })
    }

    fn comparison(&mut self, property: &str) -> Result<Filter, GraphError> {
        let Some(Token::Word(operator)) = self.next().cloned() else {
            return Err(invalid("Syntax error: an operator such as eq is missing."));
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
            .ok_or_else(|| invalid("Syntax error: an operator such as eq is missing."))?;
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
                _ => return Err(invalid("Syntax error: a text stands in single quotes.")),
            }),
            _ => Err(invalid("Syntax error: a value is missing.")),
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
