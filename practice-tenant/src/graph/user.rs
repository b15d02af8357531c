//! `users` and `me` (Graph "user resource type").

use serde_json::{Value, json};
use shared::jwt::Object;
use shared::secret::Password;

use super::call::{Call, Reply};
use super::change::Schema;
use super::error::GraphError;
use super::odata::{EntitySet, count, entity, page};
use super::{deleted, find};
use crate::directory::{Directory, User};

/// Most users of one tenant here.
const MOST: usize = 500;
const LONGEST_NAME: usize = 256;

/// What Graph shows of a user where nothing is selected.
const USUAL: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

pub(super) const SET: EntitySet = EntitySet {
    name: "users",
    kind: "user",
    shown: Some(USUAL),
};

const SCHEMA: Schema = Schema {
    kind: "User",
    writable: &[
        "accountEnabled",
        "displayName",
        "givenName",
        "mail",
        "surname",
        "userPrincipalName",
    ],
    read_only: &["createdDateTime", "deletedDateTime", "id", "userType"],
};

/// `GET /users`
pub(super) fn list(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let all = directory.users.iter().map(view);
    page(&SET, all.collect(), &call.query, call.addresses()).map(Reply::Ok)
}

/// `GET /users/$count`
pub(super) fn number(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let all = directory.users.iter().map(view);
    count(&SET, all.collect(), &call.query).map(Reply::Number)
}

/// `GET /users/{id or user principal name}`
pub(super) fn get(call: &Call<'_>, directory: &Directory) -> Result<Reply, GraphError> {
    let user = find::user(directory, call.key(0)?)?;
    entity(&SET, view(user), &call.query, &call.base).map(Reply::Ok)
}

/// `POST /users`
pub(super) fn create(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    if directory.users.len() >= MOST {
        return Err(GraphError::Quota);
    }
    for property in [
        "accountEnabled",
        "displayName",
        "mailNickname",
        "passwordProfile",
        "userPrincipalName",
    ] {
        if call.body.get(property).is_none_or(Value::is_null) {
            return Err(SCHEMA.missing(property));
        }
    }
    let mut body = call.body.clone();
    let password = new_password(&mut body)?.ok_or_else(|| SCHEMA.missing("passwordProfile"))?;
    let empty = User {
        id: call.face.tenant.entropy.guid(),
        user_principal_name: String::new(),
        display_name: String::new(),
        given_name: String::new(),
        surname: String::new(),
        mail: None,
        account_enabled: true,
        password,
    };
    let made = changed(&empty, &mut body, directory)?;
    let answer = entity(&SET, view(&made), &call.query, &call.base)?;
    directory.users.push(made);
    Ok(Reply::Created(answer))
}

/// `PATCH /users/{id or user principal name}`
pub(super) fn update(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let before = find::user(directory, call.key(0)?)?;
    let mut body = call.body.clone();
    let password = new_password(&mut body)?;
    let mut after = changed(before, &mut body, directory)?;
    if let Some(password) = password {
        after.password = password;
        let tenant = &call.face.tenant;
        tenant.password_changed(after.id, call.exchange.now);
    }
    if let Some(user) = directory.users.iter_mut().find(|user| user.id == after.id) {
        *user = after;
    }
    Ok(Reply::NoContent)
}

/// `DELETE /users/{id or user principal name}`
pub(super) fn delete(call: &Call<'_>, directory: &mut Directory) -> Result<Reply, GraphError> {
    let id = find::user(directory, call.key(0)?)?.id;
    deleted::user(directory, id, call.exchange.now);
    Ok(Reply::NoContent)
}

/// Takes the password out of a request.
fn new_password(body: &mut Object) -> Result<Option<Password>, GraphError> {
    let Some(profile) = body.remove("passwordProfile") else {
        return Ok(None);
    };
    let profile = profile.as_object();
    let profile = profile.ok_or_else(|| SCHEMA.invalid("passwordProfile", ""))?;
    let known = [
        "password",
        // Accepted and without effect: nobody is made to change a password here.
        "forceChangePasswordNextSignIn",
        "forceChangePasswordNextSignInWithMfa",
    ];
    if let Some(name) = profile.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(GraphError::UnknownProperty(name.clone()));
    }
    match profile.get("password") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(password)) if is_strong(password) => {
            Ok(Some(Password::new(password.as_str())))
        }
        Some(_) => Err(GraphError::WeakPassword),
    }
}

/// 8 to 256 characters, of three kinds at least (Entra "Password policies").
fn is_strong(password: &str) -> bool {
    let has = |kind: fn(char) -> bool| u8::from(password.chars().any(kind));
    let kinds = has(char::is_lowercase)
        + has(char::is_uppercase)
        + has(|letter| letter.is_ascii_digit())
        + has(|letter| !letter.is_alphanumeric());
    (8..=256).contains(&password.chars().count()) && kinds >= 3
}

fn changed(before: &User, body: &mut Object, directory: &Directory) -> Result<User, GraphError> {
    // It names the mailbox that is not here.
    if let Some(nickname) = body.remove("mailNickname")
        && !nickname.as_str().is_some_and(is_local_part)
    {
        return Err(SCHEMA.invalid("mailNickname", ""));
    }
    let blank = json!({"givenName": "", "surname": "", "mail": null});
    let after = SCHEMA.apply(before, &view(before), &blank, body)?;
    if after.display_name.trim().is_empty() {
        return Err(SCHEMA.missing("displayName"));
    }
    for (property, name) in [
        ("displayName", &after.display_name),
        ("givenName", &after.given_name),
        ("surname", &after.surname),
    ] {
        if name.chars().count() > LONGEST_NAME {
            return Err(SCHEMA.invalid(property, ""));
        }
    }
    if let Some(mail) = &after.mail
        && (mail.chars().count() > LONGEST_NAME || !mail.contains('@'))
    {
        return Err(SCHEMA.invalid("mail", ""));
    }
    let name = &after.user_principal_name;
    let Some((local, domain)) = name.rsplit_once('@') else {
        return Err(SCHEMA.invalid("userPrincipalName", ""));
    };
    if !is_local_part(local) {
        return Err(SCHEMA.invalid("userPrincipalName", ""));
    }
    let mut domains = directory.organization.verified_domains();
    if !domains.any(|known| known.eq_ignore_ascii_case(domain)) {
        return Err(GraphError::UnverifiedUserDomain);
    }
    if directory
        .user_named(name)
        .is_some_and(|other| other.id != after.id)
    {
        return Err(GraphError::Conflict("userPrincipalName"));
    }
    Ok(after)
}

/// What may stand before the @ (Entra "`UserPrincipalName` policies").
fn is_local_part(text: &str) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "'.-_!#^~".contains(letter);
    (1..=64).contains(&text.len()) && text.chars().all(allowed) && !text.ends_with('.')
}

/// A user as Graph shows one who selects nothing.
pub(super) fn usual(user: &User) -> Value {
    let mut shown = view(user);
    if let Some(members) = shown.as_object_mut() {
        members.retain(|name, _| USUAL.contains(&name.as_str()));
    }
    shown
}

/// Everything there is to select. Never the password.
pub(super) fn view(user: &User) -> Value {
    let nickname = user
        .user_principal_name
        .split('@')
        .next()
        .unwrap_or_default();
    let text = |text: &str| {
        if text.is_empty() {
            Value::Null
        } else {
            text.into()
        }
    };
    json!({
        "accountEnabled": user.account_enabled,
        "businessPhones": [],
        "deletedDateTime": null,
        "displayName": user.display_name,
        "givenName": text(&user.given_name),
        "id": user.id,
        "jobTitle": null,
        "mail": user.mail,
        "mailNickname": nickname,
        "mobilePhone": null,
        "officeLocation": null,
        "preferredLanguage": null,
        "surname": text(&user.surname),
        "usageLocation": null,
        "userPrincipalName": user.user_principal_name,
        "userType": "Member",
    })
}
