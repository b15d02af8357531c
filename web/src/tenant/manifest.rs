//! The manifest as a text that can be edited: what was changed in it becomes one PATCH.

use serde_json::{Map, Value};

/// What Graph sets itself, or what has calls of its own: shown, and not sent.
const READ_ONLY: [&str; 7] = [
    "id",
    "appId",
    "createdDateTime",
    "publisherDomain",
    "deletedDateTime",
    "passwordCredentials",
    "keyCredentials",
];

/// The manifest for editing, without what Graph adds to every answer.
pub fn text(manifest: &Value) -> String {
    let mut manifest = manifest.clone();
    if let Some(members) = manifest.as_object_mut() {
        members.retain(|name, _| !name.starts_with('@'));
    }
    serde_json::to_string_pretty(&manifest).unwrap_or_default()
}

/// Why an edited manifest cannot be saved.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Nothing was changed.
    #[error("Nothing is changed yet.")]
    Unchanged,
    /// It is not JSON.
    #[error("This is no JSON: {0}.")]
    NotJson(String),
    /// It is JSON, but no object.
    #[error("A manifest is a JSON object, in braces.")]
    NoObject,
    /// Members that are not changed here.
    #[error("{0} cannot be changed here: Graph sets it, or it has a page of its own.")]
    ReadOnly(String),
    /// A member was taken out.
    #[error(
        "{0} was taken out. To empty it, write null, \"\" or []: Graph leaves alone what is not named."
    )]
    Removed(String),
}

/// The members that differ, of objects only those of theirs that differ: what a PATCH carries.
pub fn changes(before: &Value, edited: &str) -> Result<Value, ManifestError> {
    let after: Value =
        serde_json::from_str(edited).map_err(|error| ManifestError::NotJson(error.to_string()))?;
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
        return Err(ManifestError::NoObject);
    };
    let changed = differing(before, after)?;
    if let Some(name) = READ_ONLY.iter().find(|name| changed.contains_key(**name)) {
        return Err(ManifestError::ReadOnly((*name).to_owned()));
    }
    if changed.is_empty() {
        return Err(ManifestError::Unchanged);
    }
    Ok(Value::Object(changed))
}

fn differing(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<Map<String, Value>, ManifestError> {
    let removed = before
        .keys()
        .find(|name| !name.starts_with('@') && !after.contains_key(*name));
    if let Some(name) = removed {
        return Err(ManifestError::Removed(name.clone()));
    }
    let mut changed = Map::new();
    for (name, value) in after {
        match (before.get(name), value) {
            (Some(was), value) if was == value => {}
            (Some(Value::Object(was)), Value::Object(is)) => {
                changed.insert(name.clone(), Value::Object(differing(was, is)?));
            }
            (_, value) => {
                changed.insert(name.clone(), value.clone());
            }
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn before() -> Value {
        json!({"@odata.context": "x", "id": "1", "displayName": "a",
            "api": {"requestedAccessTokenVersion": null, "oauth2PermissionScopes": []}})
    }

    fn edited(edit: impl FnOnce(&mut Value)) -> Result<Value, ManifestError> {
        let mut value: Value = serde_json::from_str(&text(&before())).unwrap();
        edit(&mut value);
        changes(&before(), &value.to_string())
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let sent = edited(|it| it["api"]["requestedAccessTokenVersion"] = json!(2));
        assert_eq!(sent, Ok(json!({"api": {"requestedAccessTokenVersion": 2}})));
        assert_eq!(edited(|_| ()), Err(ManifestError::Unchanged));
    }

    #[test]
    fn what_cannot_be_saved_is_said_in_words() {
        assert_eq!(
            edited(|it| it["id"] = json!("2")),
            Err(ManifestError::ReadOnly("id".into()))
        );
        let removed = edited(|it| {
            it.as_object_mut().unwrap().remove("displayName");
        });
        assert_eq!(removed, Err(ManifestError::Removed("displayName".into())));
        assert_eq!(changes(&before(), "[]"), Err(ManifestError::NoObject));
        assert!(matches!(
            changes(&before(), "{"),
            Err(ManifestError::NotJson(_))
        ));
    }
}
