//! Query options: `$filter`, `$select`, `$top`, `$skiptoken`, `$count`, `$orderby`, `$search` (Graph "Use query
//! parameters to customize responses").

use url::form_urlencoded;

use super::filter::Filter;
use crate::graph::error::GraphError;

/// Largest `$top` (Graph "Get applications").
const LARGEST_PAGE: usize = 999;
/// Where nobody asks for another.
const USUAL_PAGE: usize = 100;

/// What a request wants of a list, or of one object.
#[derive(Debug)]
pub(crate) struct Query {
    pub(super) filter: Option<Filter>,
    pub(super) select: Vec<String>,
    pub(super) top: usize,
    pub(super) skip_token: Option<String>,
    pub(super) count: bool,
    /// A property, and whether the last comes first.
    pub(super) order: Option<(String, bool)>,
    /// A property and what it contains.
    pub(super) search: Option<(String, String)>,
    /// The query as it came, without the token of a page.
    pub(super) without_token: String,
}

impl Query {
    pub(crate) fn parse(text: &str) -> Result<Self, GraphError> {
        let mut query = Self {
            filter: None,
            select: Vec::new(),
            top: USUAL_PAGE,
            skip_token: None,
            count: false,
            order: None,
            search: None,
            without_token: String::new(),
        };
        let mut seen: Vec<String> = Vec::new();
        let mut rest = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let Some(option) = name.strip_prefix('$') else {
                continue;
            };
            let option = option.to_ascii_lowercase();
            if seen.contains(&option) {
                return Err(GraphError::RepeatedOption(option));
            }
            if option != "skiptoken" {
                rest.append_pair(&name, &value);
            }
            query.set(&option, &value)?;
            seen.push(option);
        }
        query.without_token = rest.finish();
        Ok(query)
    }

    /// Whether a property is asked for by name.
    pub(crate) fn selects(&self, property: &str) -> bool {
        self.select.iter().any(|selected| selected == property)
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), GraphError> {
        let invalid = || GraphError::InvalidOption {
            option: option.to_owned(),
            value: value.to_owned(),
        };
        match option {
            "filter" => self.filter = Some(Filter::parse(value)?),
            "select" => {
                self.select = value
                    .split(',')
                    .map(|name| name.trim().to_owned())
                    .filter(|name| !name.is_empty())
                    .collect();
            }
            "top" => {
                self.top = value
                    .parse()
                    .ok()
                    .filter(|top| (1..=LARGEST_PAGE).contains(top))
                    .ok_or_else(invalid)?;
            }
            "skiptoken" => self.skip_token = Some(value.to_owned()),
            "count" => self.count = value.parse().map_err(|_| invalid())?,
            "orderby" => {
                let mut words = value.split_whitespace();
                let property = words.next().ok_or_else(invalid)?.to_owned();
                let last_first = match words.next() {
                    None | Some("asc") => false,
                    Some("desc") => true,
                    Some(_) => return Err(invalid()),
                };
                self.order = Some((property, last_first));
            }
            "search" => {
                let inner = value.trim().trim_matches('"');
                let (property, text) = inner.split_once(':').ok_or_else(invalid)?;
                self.search = Some((property.to_owned(), text.to_owned()));
            }
            _ => return Err(GraphError::UnsupportedOption(option.to_owned())),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_make_no_sense_are_refused() {
        for text in [
            "$top=0",
            "$top=1000",
            "$top=x",
            "$count=1",
            "$expand=owners",
            "$skip=1",
            "$foo=1",
            "$top=1&$top=2",
            "$orderby=a+b",
            "$search=x",
            "$filter=",
        ] {
            assert!(Query::parse(text).is_err(), "{text}");
        }
        assert!(
            Query::parse("api-version=1.0&%24top=999&$select=id,+appId&$orderby=displayName desc")
                .is_ok()
        );
    }
}
