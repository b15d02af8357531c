//! Certificates of an application: `keyCredentials`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use shared::jwt::Object;
use shared::time::UnixTime;
use uuid::Uuid;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::credentials::{LONGEST_NAME, time};
use crate::directory::{Application, date_time};
use crate::graph::call::Call;
use crate::graph::error::GraphError;

const A_DAY: Duration = Duration::from_secs(86_400);

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

/// The certificate in base64, with or without line breaks, or a PEM file in base64, as different tools send it.
fn der(key: &str) -> Option<Vec<u8>> {
    let key: String = key.split_whitespace().collect();
    let bytes = STANDARD.decode(key).ok()?;
    if !bytes.starts_with(b"-----BEGIN") {
        return Some(bytes);
    }
    let pem = pem::parse(bytes).ok()?;
    (pem.tag() == "CERTIFICATE").then(|| pem.into_contents())
}
