//! Resource paths: `applications/{id}`, `applications('{id}')` and `applications(appId='{id}')` (OData 4.01 part 2, §4).

use crate::graph::error::GraphError;

/// Most segments a path may have. Graph's longest here has five.
const MOST_SEGMENTS: usize = 12;

/// How one object of a set is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// By its id, or by whatever else stands in its place (a user principal name).
    Id(String),
    /// By a property that is unique too: `appId='…'`.
    Alternate {
        /// The property.
        name: String,
        /// Its value.
        value: String,
    },
}

/// A resource path, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A name, or an id in the path.
    Segment(String),
    /// A key in parentheses.
    Key(Key),
}

impl Address {
    /// Takes the path behind the version apart.
    pub(crate) fn parse(path: &str) -> Result<Self, GraphError> {
        let mut parts = Vec::new();
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            let segment = decoded(segment).ok_or(GraphError::MalformedPath)?;
            match segment.split_once('(') {
                Some((name, key)) => {
                    let key = key.strip_suffix(')').ok_or(GraphError::MalformedPath)?;
                    parts.push(Part::Segment(name.to_owned()));
                    parts.push(Part::Key(parenthesised(key)?));
                }
                None => parts.push(Part::Segment(segment)),
            }
        }
        if parts.len() > MOST_SEGMENTS {
            return Err(GraphError::MalformedPath);
        }
        Ok(Self(parts))
    }

    /// The keys in this address, if it has the form of `template`: `applications/{}/addPassword`.
    pub(crate) fn matches(&self, template: &str) -> Option<Vec<Key>> {
        let mut keys = Vec::new();
        let mut parts = self.0.iter();
        for expected in template.split('/') {
            match (expected, parts.next()?) {
                ("{}", Part::Key(key)) => keys.push(key.clone()),
                ("{}", Part::Segment(id)) => keys.push(Key::Id(id.clone())),
                (name, Part::Segment(found)) if found.eq_ignore_ascii_case(name) => {}
                _ => return None,
            }
        }
        parts.next().is_none().then_some(keys)
    }

    /// The first segment that nothing is known about, for the answer that says so.
    pub(crate) fn unknown_segment(&self, templates: &[&str]) -> String {
        for length in 1..=self.0.len() {
            let head = Self(self.0[..length].to_vec());
            let known = templates.iter().any(|template| {
                let mut names = template.split('/');
                let beginning: Vec<&str> = names.by_ref().take(length).collect();
                beginning.len() == length && head.matches(&beginning.join("/")).is_some()
            });
            if !known && let Some(Part::Segment(name)) = self.0.get(length - 1) {
                return name.clone();
            }
        }
        match self.0.last() {
            Some(Part::Segment(name)) => name.clone(),
            _ => String::new(),
        }
    }
}

/// What stands between the parentheses: `'{id}'`, `{id}` or `name='{value}'`.
fn parenthesised(key: &str) -> Result<Key, GraphError> {
    let quoted = |text: &str| {
        let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
        Some(inner.replace("''", "'"))
    };
    if key.is_empty() {
        return Err(GraphError::MalformedPath);
    }
    if let Some(id) = quoted(key) {
        return Ok(Key::Id(id));
    }
    match key.split_once('=') {
        Some((name, value)) => {
            let value = quoted(value).ok_or(GraphError::MalformedPath)?;
            Ok(Key::Alternate {
                name: name.to_owned(),
                value,
            })
        }
        None => Ok(Key::Id(key.to_owned())),
    }
}

/// Percent-decoding, of text without control characters.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.chars().any(char::is_control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Key {
        Key::Id(text.into())
    }

    #[test]
    fn a_key_may_stand_in_the_path_or_in_parentheses() {
        let template = "applications/{}/addPassword";
        for path in [
            "applications/1/addPassword",
            "/Applications('1')/addpassword",
        ] {
            assert_eq!(
                Address::parse(path).unwrap().matches(template),
                Some(vec![id("1")])
            );
        }
        let path = "applications(appId='1''2')/addPassword";
        let key = Key::Alternate {
            name: "appId".into(),
            value: "1'2".into(),
        };
        assert_eq!(
            Address::parse(path).unwrap().matches(template),
            Some(vec![key])
        );
        assert_eq!(
            Address::parse("applications/1").unwrap().matches(template),
            None
        );
        assert_eq!(
            Address::parse("applications/1/addPassword/x")
                .unwrap()
                .matches(template),
            None
        );
    }

    #[test]
    fn escapes_are_undone_within_a_segment() {
        let address = Address::parse("users/mara%40a+b%2Fc%27.example").unwrap();
        assert_eq!(
            address.matches("users/{}"),
            Some(vec![id("mara@a+b/c'.example")])
        );
        let address = Address::parse("applications%28appId%3D%271%27%29").unwrap();
        assert!(address.matches("applications/{}").is_some());
        for broken in [
            "applications(",
            "applications(x",
            "applications()",
            "a(b='c)",
            "%ff",
        ] {
            assert!(Address::parse(broken).is_err(), "{broken}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_called_is_judged(path in "[a-z/%()'=0-9\u{e4}]{0,40}") {
            if let Ok(address) = Address::parse(&path) {
                address.matches("applications/{}");
                address.unknown_segment(&["applications", "applications/{}"]);
            }
        }
    }

    #[test]
    fn the_segment_that_is_not_known_is_named() {
        let templates = [
            "applications",
            "applications/{}",
            "applications/{}/addPassword",
        ];
        let unknown = |path: &str| Address::parse(path).unwrap().unknown_segment(&templates);
        assert_eq!(unknown("groups/1"), "groups");
        assert_eq!(unknown("applications/1/addKey"), "addKey");
    }
}
