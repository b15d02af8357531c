//! Secrets of an application or of a service principal: `addPassword` and `removePassword`.

use std::time::Duration;

use serde_json::{Value, json};
use shared::jwt::Object;
use shared::secret::ClientSecret;
use shared::time::UnixTime;
use uuid::Uuid;

use super::rules::SCHEMA;
use crate::directory::{Application, Directory, PasswordCredential, date_time};
use crate::graph::call::{Call, Reply};
use crate::graph::change::text;
use crate::graph::error::GraphError;
use crate::graph::find;
use crate::graph::odata::Key;

/// Most secrets of one application. Unverified; the manifest's limit is far above.
const MOST: usize = 100;
pub(super) const LONGEST_NAME: usize = 120;
/// How long a secret lasts that nobody chose a time for (Graph "application: addPassword").
const TWO_YEARS: Duration = Duration::from_secs(2 * 365 * 86_400);

/// What the secrets belong to.
#[derive(Clone, Copy)]
pub(in crate::graph) enum Holder {
    /// `applications/{id}`
    Application,
    /// `servicePrincipals/{id}`
    ServicePrincipal,
}

impl Holder {
    fn passwords<'d>(
        self,
        directory: &'d mut Directory,
        key: &Key,
    ) -> Result<&'d mut Vec<PasswordCredential>, GraphError> {
        let found = match self {
            Self::Application => {
                let app_id = find::application(directory, key)?.app_id;
                let application = directory.application_mut(app_id);
                application.map(|application| &mut application.password_credentials)
            }
            Self::ServicePrincipal => {
                let app_id = find::service_principal(directory, key)?.app_id;
                let principal = directory.service_principal_mut(app_id);
                principal.map(|principal| &mut principal.password_credentials)
            }
        };
        found.ok_or(GraphError::NoSuchPassword)
    }
}

/// `POST …/{id}/addPassword`: the only answer that tells the secret.
pub(in crate::graph) fn add_password(
    holder: Holder,
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let passwords = holder.passwords(directory, call.key(0)?)?;
    let empty = Object::new();
    let wanted = match call.body.get("passwordCredential") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(wanted)) => wanted,
        Some(_) => return Err(SCHEMA.invalid("passwordCredential", "")),
    };
    let made = new_password(wanted, call)?;
    let answer = shown_once(&made, &call.base);
    push(passwords, made)?;
    Ok(Reply::Ok(answer))
}

/// `POST …/{id}/removePassword`
pub(in crate::graph) fn remove_password(
    holder: Holder,
    call: &Call<'_>,
    directory: &mut Directory,
) -> Result<Reply, GraphError> {
    let passwords = holder.passwords(directory, call.key(0)?)?;
    let key_id = text(&call.body, "keyId").ok_or_else(|| SCHEMA.missing("keyId"))?;
    let key_id = Uuid::parse_str(key_id).map_err(|_| SCHEMA.invalid("keyId", ""))?;
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
        push(&mut application.password_credentials, made)?;
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

fn push(
    passwords: &mut Vec<PasswordCredential>,
    made: PasswordCredential,
) -> Result<(), GraphError> {
    if passwords.len() >= MOST {
        return Err(GraphError::TooMany {
            property: "passwordCredentials".into(),
            most: MOST,
        });
    }
    passwords.push(made);
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

pub(super) fn time(wanted: &Object, name: &str) -> Result<Option<UnixTime>, GraphError> {
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
