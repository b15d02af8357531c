//! Secrets and certificates of an application: `addPassword`, `removePassword`, and `keyCredentials`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use shared::jwt::Object;
use shared::secret::ClientSecret;
use shared::time::UnixTime;
use uuid::Uuid;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::rules::SCHEMA;
use crate::directory::{Application, Directory, PasswordCredential, date_time};
use crate::graph::call::{Call, Reply};
use crate::graph::change::text;
use crate::graph::error::GraphError;
use crate::graph::find;

/// Most secrets of one application. Unverified; the manifest's limit is far above.
const MOST: usize = 100;
const LONGEST_NAME: usize = 120;
/// How long a secret lasts that nobody chose a time for (Graph "application: addPassword").
const TWO_YEARS: Duration = Duration::from_secs(2 * 365 * 86_400);
const A_DAY: Duration = Duration::from_secs(86_400);

/// `POST /applications/{id}/addPassword`: the only answer that tells the secret.
pub(in crate::graph) fn add_password(
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let app_id = find::application(directory, call.key(0)?)?.app_id;
    let empty = Object::new();
    let wanted = match call.body.get("passwordCredential") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(wanted)) => wanted,
        Some(_) => return Err(SCHEMA.invalid("passwordCredential", "")),
    };
    let made = new_password(wanted, call)?;
    let answer = shown_once(&made, &call.base);
    if let Some(application) = directory.application_mut(app_id) {
        push(application, made)?;
    }
    Ok(Reply::Ok(answer))
}

/// `POST /applications/{id}/removePassword`
pub(in crate::graph) fn remove_password(
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let app_id = find::application(directory, call.key(0)?)?.app_id;
    let key_id = text(&call.body, "keyId").ok_or_else(|| SCHEMA.missing("keyId"))?;
    let key_id = Uuid::parse_str(key_id).map_err(|_| SCHEMA.invalid("keyId", ""))?;
    let application = directory.application_mut(app_id);
    let passwords = application.map(|application| &mut application.password_credentials);
    let passwords = passwords.ok_or(GraphError::NoSuchPassword)?;
    let before = passwords.len();
    passwords.retain(|password| password.key_id != key_id);
    if passwords.len() == before {
        return Err(GraphError::NoSuchPassword);
    }
    Ok(Reply::NoContent)
}

/// The secrets that a new registration is made with; their texts, in order.
pub(super) fn first_passwords(
    wanted: Option<&Value>,
    application: &mut Application,
    call: &Call<'_>,
) -> Result<Vec<ClientSecret>, GraphError> {
    let wanted = match wanted {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(wanted)) => wanted,
        Some(_) => return Err(SCHEMA.invalid("passwordCredentials", "")),
    };
    let mut secrets = Vec::new();
    for wanted in wanted {
        let wanted = wanted.as_object();
        let wanted = wanted.ok_or_else(|| SCHEMA.invalid("passwordCredentials", ""))?;
        let made = new_password(wanted, call)?;
        secrets.push(made.secret_text.clone());
        push(application, made)?;
    }
    Ok(secrets)
}

/// A `PATCH` may leave secrets out, which removes them, and may not bring new ones.
pub(super) fn keep_passwords(
    application: &mut Application,
    wanted: &Value,
) -> Result<(), GraphError> {
    let invalid = || SCHEMA.invalid("passwordCredentials", "");
    let wanted = match wanted {
        Value::Null => &Vec::new(),
        Value::Array(wanted) => wanted,
        _ => return Err(invalid()),
    };
    let mut kept = Vec::new();
    for wanted in wanted {
        let key_id = wanted["keyId"].as_str().ok_or(GraphError::NewPassword)?;
        let key_id = Uuid::parse_str(key_id).map_err(|_| invalid())?;
        let passwords = &application.password_credentials;
        if !passwords.iter().any(|known| known.key_id == key_id) {
            return Err(GraphError::NewPassword);
        }
        kept.push(key_id);
    }
    let passwords = &mut application.password_credentials;
    passwords.retain(|known| kept.contains(&known.key_id));
    Ok(())
}

fn push(application: &mut Application, made: PasswordCredential) -> Result<(), GraphError> {
    if application.password_credentials.len() >= MOST {
        return Err(GraphError::TooMany {
            property: "passwordCredentials".into(),
            most: MOST,
        });
    }
    application.password_credentials.push(made);
    Ok(())
}

fn new_password(wanted: &Object, call: &Call<'_>) -> Result<PasswordCredential, GraphError> {
    let known = [
        "customKeyIdentifier",
        "displayName",
        "endDateTime",
        "hint",
        "keyId",
        "secretText",
        "startDateTime",
    ];
    if let Some(name) = wanted
        .keys()
        .find(|name| !known.contains(&name.as_str()) && !name.starts_with("@odata."))
    {
        return Err(GraphError::UnknownProperty(name.clone()));
    }
    if wanted.get("secretText").is_some_and(|text| !text.is_null()) {
        return Err(GraphError::ReadOnly("secretText".into()));
    }
    let display_name = match wanted.get("displayName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) if name.chars().count() <= LONGEST_NAME => Some(name.clone()),
        Some(_) => return Err(SCHEMA.invalid("displayName", "")),
    };
    let now = call.exchange.now;
    let start = time(wanted, "startDateTime")?.unwrap_or(now);
    let end = time(wanted, "endDateTime")?.unwrap_or(start + TWO_YEARS);
    if end <= start {
        return Err(SCHEMA.invalid("endDateTime", " It ends before it begins."));
    }
    if end > date_time::LAST {
        return Err(SCHEMA.invalid("endDateTime", " It ends after the last year there is."));
    }
    let entropy = &call.face.tenant.entropy;
    let random = entropy.token(27);
    let (first, rest) = random.split_at(3);
    Ok(PasswordCredential {
        key_id: entropy.guid(),
        display_name,
        start_date_time: start,
        end_date_time: end,
        // The form that secret scanners know Entra's secrets by.
        secret_text: ClientSecret::new(format!("{first}8Q~{}", &rest[..32.min(rest.len())])),
    })
}

fn time(wanted: &Object, name: &str) -> Result<Option<UnixTime>, GraphError> {
    match wanted.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_str()
            .and_then(date_time::parse)
            .map(Some)
            .ok_or_else(|| SCHEMA.invalid(name, " It is not a time such as 2026-01-31T09:30:00Z.")),
    }
}

fn shown_once(made: &PasswordCredential, base: &str) -> Value {
    let secret = made.secret_text.expose();
    let hint: String = secret.chars().take(3).collect();
    json!({
        "@odata.context": format!("{base}/$metadata#microsoft.graph.passwordCredential"),
        "customKeyIdentifier": null,
        "displayName": made.display_name,
        "endDateTime": date_time::format(made.end_date_time),
        "hint": hint,
        "keyId": made.key_id,
        "secretText": secret,
        "startDateTime": date_time::format(made.start_date_time),
    })
}

/// Reads the certificates of a request and writes down what follows from them. One that is known and comes without its
/// certificate, as Graph shows it, stays.
pub(super) fn complete_keys(
    keys: &mut Value,
    before: &Application,
    call: &Call<'_>,
) -> Result<(), GraphError> {
    if keys.is_null() {
        return Ok(());
    }
    let invalid = |why| GraphError::Certificate(why);
    let keys = keys
        .as_array_mut()
        .ok_or(invalid("keyCredentials is a collection."))?;
    let mut seen = Vec::new();
    for key in keys {
        let Some(members) = key.as_object_mut() else {
            return Err(invalid("a member of keyCredentials is an object."));
        };
        let id = match members.get("keyId").and_then(Value::as_str) {
            Some(id) => Uuid::parse_str(id).map_err(|_| invalid("keyId is a GUID."))?,
            None => call.face.tenant.entropy.guid(),
        };
        if seen.contains(&id) {
            return Err(GraphError::DuplicateValue(id.to_string()));
        }
        seen.push(id);
        let known = before.key_credentials.iter().find(|key| key.key_id == id);
        if members.get("key").is_none_or(Value::is_null) {
            let known = known.ok_or(invalid("a new key credential needs its key."))?;
            *key = serde_json::to_value(known).unwrap_or_default();
            continue;
        }
        read_certificate(members, id, call.exchange.now)?;
    }
    Ok(())
}

fn read_certificate(members: &mut Object, id: Uuid, now: UnixTime) -> Result<(), GraphError> {
    let invalid = |why| GraphError::Certificate(why);
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if !["AsymmetricX509Cert", "X509CertAndPassword"].contains(&text("type").unwrap_or_default()) {
        return Err(invalid("type is AsymmetricX509Cert."));
    }
    if text("type") == Some("X509CertAndPassword") || text("usage") != Some("Verify") {
        return Err(invalid("only certificates for usage Verify are kept here."));
    }
    let key = text("key").ok_or(invalid("key is base64."))?;
    let der = der(key).ok_or(invalid("key is a certificate, DER or PEM, in base64."))?;
    let (rest, certificate) =
        X509Certificate::from_der(&der).map_err(|_| invalid("key is no X.509 certificate."))?;
    if !rest.is_empty() {
        return Err(invalid("there is more than one certificate in key."));
    }
    let validity = certificate.validity();
    let (from, until) = (
        validity.not_before.timestamp(),
        validity.not_after.timestamp(),
    );
    if until <= now.0 {
        return Err(invalid("the certificate has expired."));
    }
    let start = time(members, "startDateTime")?.unwrap_or(UnixTime(from));
    let end = time(members, "endDateTime")?.unwrap_or(UnixTime(until));
    // A day of tolerance: tools round these times.
    if start + A_DAY < UnixTime(from) || end > UnixTime(until) + A_DAY || end <= start {
        return Err(invalid("Key credential end date is invalid."));
    }
    let subject = certificate.subject().to_string();
    let name = text("displayName").map_or(subject, str::to_owned);
    let name: String = name.chars().take(LONGEST_NAME).collect();
    let complete = json!({
        "keyId": id,
        "displayName": name,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "customKeyIdentifier": STANDARD.encode(Sha1::digest(&der)),
        "startDateTime": date_time::format(start),
        "endDateTime": date_time::format(end),
        "key": STANDARD.encode(&der),
    });
    let ignored = |name: &str| name.starts_with("@odata.") || complete.get(name).is_some();
    if let Some(name) = members.keys().find(|name| !ignored(name)) {
        return Err(GraphError::UnknownProperty(name.clone()));
    }
    if let Value::Object(complete) = complete {
        *members = complete;
    }
    Ok(())
}

/// The certificate in base64, or a PEM file in base64, as different tools send it.
fn der(key: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(key.trim()).ok()?;
    if !bytes.starts_with(b"-----BEGIN") {
        return Some(bytes);
    }
    let pem = pem::parse(bytes).ok()?;
    (pem.tag() == "CERTIFICATE").then(|| pem.into_contents())
}
