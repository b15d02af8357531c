//! Claims that a registration asks for (Entra "Configure optional claims"): the resource's for access tokens, the
//! client's for ID tokens. What this tenant has nothing true to say about is left out, as Entra does.

use serde_json::{Value, json};
use shared::time::UnixTime;
use uuid::Uuid;

use super::Client;
use super::claims::{Claims, IP_ADDRESS};
use crate::directory::{Application, Directory, OptionalClaim, User};
use crate::token::Grant;
use crate::version::Version;

/// Whom a token speaks of.
pub(super) enum Carrier<'a> {
    Application,
    User {
        user: &'a User,
        signed_in: Option<UnixTime>,
        session: Option<Uuid>,
        /// Template ids of the directory roles that the user holds.
        directory_roles: Vec<String>,
    },
}

impl<'a> Carrier<'a> {
    pub(super) fn of_user(user: &'a User, grant: &Grant, directory: &Directory) -> Self {
        let held = directory.role_assignments.iter();
        let held = held.filter(|held| held.principal_id == user.id);
        Self::User {
            user,
            signed_in: grant.signed_in,
            session: grant.session,
            directory_roles: held
                .map(|held| held.role_definition_id.to_string())
                .collect(),
        }
    }
}

/// Adds what the resource wishes to find in an access token.
pub(super) fn add(
    claims: &mut Claims,
    resource: &Application,
    version: Version,
    client: Client,
    carrier: &Carrier<'_>,
) {
    let asked = resource.optional_claims.iter();
    for asked in asked.flat_map(|asked| &asked.access_token) {
        match asked.name.as_str() {
            "aud" if has(asked, "use_guid") && version == Version::V1 => {
                claims.address_to(resource.app_id.to_string());
            }
            "idtyp" => claims.set_some("idtyp", kind(asked, carrier)),
            // Whether the client can answer a claims challenge.
            "xms_cc" if client.capable => claims.set("xms_cc", vec!["cp1"]),
            name => add_about_user(claims, name, carrier),
        }
    }
    add_directory_roles(claims, resource, carrier);
}

/// Adds what the client wishes to find in an ID token.
pub(super) fn add_to_id_token(
    claims: &mut Claims,
    client: &Application,
    version: Version,
    carrier: &Carrier<'_>,
) {
    let asked = client.optional_claims.iter();
    for asked in asked.flat_map(|asked| &asked.id_token) {
        if !(asked.name == "auth_time" && version == Version::V1) {
            add_about_user(claims, &asked.name, carrier);
        }
    }
    add_directory_roles(claims, client, carrier);
}

fn has(asked: &OptionalClaim, property: &str) -> bool {
    asked
        .additional_properties
        .iter()
        .any(|known| known == property)
}

/// `user` is only said where it is asked for in particular.
fn kind(asked: &OptionalClaim, carrier: &Carrier<'_>) -> Option<&'static str> {
    match carrier {
        Carrier::Application => Some("app"),
        Carrier::User { .. } => has(asked, "include_user_token").then_some("user"),
    }
}

fn add_about_user(claims: &mut Claims, name: &str, carrier: &Carrier<'_>) {
    let Carrier::User {
        user,
        signed_in,
        session,
        ..
    } = carrier
    else {
        return;
    };
    let mail = user.mail.as_deref();
    let (name, value): (_, Option<Value>) = match name {
        "acct" => ("acct", Some(json!(0))),
        "auth_time" => ("auth_time", signed_in.map(|time| json!(time))),
        "email" => ("email", mail.map(Value::from)),
        "family_name" => ("family_name", Some(user.surname.clone().into())),
        "given_name" => ("given_name", Some(user.given_name.clone().into())),
        "ipaddr" => ("ipaddr", Some(IP_ADDRESS.into())),
        "login_hint" => ("login_hint", Some(user.login_hint().into())),
        "preferred_username" => (
            "preferred_username",
            Some(user.user_principal_name.clone().into()),
        ),
        "sid" => ("sid", session.map(|session| session.to_string().into())),
        "tenant_region_scope" => ("tenant_region_scope", Some("WW".into())),
        "upn" => ("upn", Some(user.user_principal_name.clone().into())),
        "verified_primary_email" => ("verified_primary_email", mail.map(|mail| json!([mail]))),
        _ => return,
    };
    claims.set_some(name, value);
}

/// `wids`, where the registration's `groupMembershipClaims` covers directory roles.
fn add_directory_roles(claims: &mut Claims, asking: &Application, carrier: &Carrier<'_>) {
    let wish = asking
        .group_membership_claims
        .as_deref()
        .unwrap_or_default();
    let covered = wish.split(',').any(|word| {
        let word = word.trim();
        word.eq_ignore_ascii_case("All") || word.eq_ignore_ascii_case("DirectoryRole")
    });
    if let (
        true,
        Carrier::User {
            directory_roles, ..
        },
    ) = (covered, carrier)
    {
        claims.set_list("wids", directory_roles.clone());
    }
}
