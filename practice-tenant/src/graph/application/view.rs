//! An application as Graph shows it: the model's words, without secrets, with the members that SDKs expect to find.

use serde_json::{Value, json};

use crate::directory::{Application, Directory, PasswordCredential};

/// The JSON of `application`.
pub(crate) fn view(application: &Application, directory: &Directory) -> Value {
    let mut shown = serde_json::to_value(application).unwrap_or_default();
    let Some(members) = shown.as_object_mut() else {
        return shown;
    };
    members.remove("federatedIdentityCredentials");
    members.remove("owners");
    for (name, value) in [
        ("addIns", json!([])),
        ("applicationTemplateId", Value::Null),
        ("certification", Value::Null),
        ("defaultRedirectUri", Value::Null),
        ("deletedDateTime", Value::Null),
        ("disabledByMicrosoftStatus", Value::Null),
        ("info", info()),
        ("isDeviceOnlyAuthSupported", Value::Null),
        ("nativeAuthenticationApisEnabled", Value::Null),
        ("parentalControlSettings", parental_control()),
        (
            "publisherDomain",
            directory.organization.domain.as_str().into(),
        ),
        ("requestSignatureVerification", Value::Null),
        ("samlMetadataUrl", Value::Null),
        ("servicePrincipalLockConfiguration", Value::Null),
        ("tokenEncryptionKeyId", Value::Null),
        ("uniqueName", Value::Null),
        ("verifiedPublisher", verified_publisher()),
    ] {
        members.insert(name.to_owned(), value);
    }
    shown["passwordCredentials"] = passwords(&application.password_credentials);
    for key in self::members(&mut shown["keyCredentials"]) {
        key["key"] = Value::Null;
    }
    for role in self::members(&mut shown["appRoles"]) {
        role["origin"] = "Application".into();
    }
    let uris = application.web.redirect_uris.iter();
    let uris = uris.map(|uri| json!({"uri": uri, "index": null}));
    shown["web"]["redirectUriSettings"] = uris.collect();
    shown
}

/// The secrets without their texts; three letters tell which is which.
pub(crate) fn passwords(passwords: &[PasswordCredential]) -> Value {
    let passwords = passwords.iter().map(|password| {
        let mut shown = serde_json::to_value(password).unwrap_or_default();
        let hint: String = password.secret_text.expose().chars().take(3).collect();
        shown["secretText"] = Value::Null;
        shown["hint"] = hint.into();
        shown["customKeyIdentifier"] = Value::Null;
        shown
    });
    passwords.collect()
}

fn info() -> Value {
    json!({"logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null, "termsOfServiceUrl": null})
}

fn parental_control() -> Value {
    json!({"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"})
}

fn verified_publisher() -> Value {
    json!({"displayName": null, "verifiedPublisherId": null, "addedDateTime": null})
}

/// The members of a collection.
pub(super) fn members(collection: &mut Value) -> impl Iterator<Item = &mut Value> {
    collection.as_array_mut().into_iter().flatten()
}
