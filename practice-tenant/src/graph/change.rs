//! Changing an object by the JSON of a request: the object becomes JSON, the changes are laid over it, and the result
//! must be an object again. So whatever the model knows can be written, and nothing else.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::jwt::Object;

use super::error::GraphError;

/// What a type lets others write.
pub(crate) struct Schema {
    /// Its name in Graph.
    pub(crate) kind: &'static str,
    /// Properties that can be written.
    pub(crate) writable: &'static [&'static str],
    /// Properties that Graph sets itself.
    pub(crate) read_only: &'static [&'static str],
}

impl Schema {
    /// Lays `changes` over `object`. `shown` is the object as Graph shows it: whoever sends back what they got changes
    /// nothing.
    pub(crate) fn apply<T: Serialize + DeserializeOwned>(
        &self,
        object: &T,
        shown: &Value,
        blank: &Value,
        changes: &Object,
    ) -> Result<T, GraphError> {
        let mut draft = serde_json::to_value(object).map_err(|_| self.invalid("", ""))?;
        for (name, value) in changes {
            let name = name.as_str();
            if name.starts_with("@odata.") {
                continue;
            }
            if self.writable.contains(&name) {
                lay_over(&mut draft[name], value, &blank[name]);
                let fits = T::deserialize(&draft);
                fits.map_err(|error| self.invalid(name, &format!(" {error}.")))?;
            } else if shown.get(name) == Some(value) {
                // Sent back as it was got.
            } else if self.read_only.contains(&name) {
                return Err(GraphError::ReadOnly(name.to_owned()));
            } else if shown.get(name).is_some() {
                return Err(GraphError::NotKept(name.to_owned()));
            } else {
                return Err(GraphError::UnknownProperty(name.to_owned()));
            }
        }
        self.read(&draft)
    }

    /// Reads an object from JSON. What the model has no place for is refused, not dropped.
    fn read<T: Serialize + DeserializeOwned>(&self, json: &Value) -> Result<T, GraphError> {
        let object = T::deserialize(json).map_err(|error| self.invalid("", &error.to_string()))?;
        let kept = serde_json::to_value(&object).map_err(|_| self.invalid("", ""))?;
        match dropped(json, &kept) {
            Some(property) => Err(GraphError::UnknownProperty(property)),
            None => Ok(object),
        }
    }

    /// A value that cannot be.
    pub(crate) fn invalid(&self, property: &str, why: &str) -> GraphError {
        GraphError::Invalid {
            property: property.to_owned(),
            resource: self.kind,
            why: why.to_owned(),
        }
    }

    /// A property that an object cannot be without.
    pub(crate) fn missing(&self, property: &str) -> GraphError {
        GraphError::Missing {
            property: property.to_owned(),
            resource: self.kind,
        }
    }
}

/// A complex value takes over the members that are named, everything else is replaced. `null` stands for what an empty
/// object has.
fn lay_over(target: &mut Value, value: &Value, blank: &Value) {
    match (target, value) {
        (Value::Object(target), Value::Object(value)) => {
            for (name, value) in value
                .iter()
                .filter(|(name, _)| !name.starts_with("@odata."))
            {
                let entry = target.entry(name.clone()).or_insert(Value::Null);
                lay_over(entry, value, &blank[name]);
            }
        }
        (target, Value::Null) => *target = blank.clone(),
        (Value::Bool(target), Value::String(text)) if truth(text).is_some() => {
            *target = truth(text).unwrap_or_default();
        }
        (target, value) => *target = value.clone(),
    }
}

/// `"true"` and `"false"` as well: Graph takes them, and the Azure CLI's own examples send them.
fn truth(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

/// The first member of `sent` that `kept` lacks, as a path.
fn dropped(sent: &Value, kept: &Value) -> Option<String> {
    match (sent, kept) {
        (Value::Object(sent), Value::Object(kept)) => sent.iter().find_map(|(name, value)| {
            let Some(kept) = kept.get(name) else {
                return (!name.starts_with("@odata.")).then(|| name.clone());
            };
            dropped(value, kept)
        }),
        (Value::Array(sent), Value::Array(kept)) => sent
            .iter()
            .zip(kept)
            .find_map(|(sent, kept)| dropped(sent, kept)),
        _ => None,
    }
}

/// Gives the members of a collection what they leave out.
pub(crate) fn with_defaults(collection: &mut Value, defaults: &Value, ignored: &[&str]) {
    let (Some(members), Some(defaults)) = (collection.as_array_mut(), defaults.as_object()) else {
        return;
    };
    for member in members.iter_mut().filter_map(Value::as_object_mut) {
        for name in ignored {
            member.remove(*name);
        }
        for (name, default) in defaults {
            let value = member
                .entry(name.clone())
                .or_insert_with(|| default.clone());
            if let (true, Some(said)) = (default.is_boolean(), value.as_str().and_then(truth)) {
                *value = said.into();
            }
        }
    }
}

/// A text property of a request's body.
pub(crate) fn text<'b>(body: &'b Map<String, Value>, name: &str) -> Option<&'b str> {
    body.get(name)?.as_str()
}
