//! ID tokens. Their version is that of the endpoint.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use shared::secret::IdToken;
use shared::time::UnixTime;
use uuid::Uuid;

use super::claims::{Claims, Validity, pairwise_subject};
use super::optional::{self, Carrier};
use crate::Face;
use crate::directory::{Directory, User};
use crate::token::Grant;
use crate::version::Version;

/// How long an ID token is valid. Unverified; one hour is what people see.
const LIFETIME: Duration = Duration::from_hours(1);

/// What an ID token from the authorization endpoint vouches for, so that nobody can swap it on the way (OpenID Connect
/// Core §3.3.2.11).
#[derive(Clone, Copy, Default)]
pub(crate) struct Hashed<'a> {
    pub(crate) code: Option<&'a str>,
    pub(crate) access_token: Option<&'a str>,
}

/// An ID token for the client.
pub(crate) fn id_token(
    face: &Face,
    now: UnixTime,
    directory: &Directory,
    version: Version,
    client: Uuid,
    (user, grant): (&User, &Grant),
    hashed: Hashed<'_>,
) -> IdToken {
    let tenant = directory.organization.id;
    let validity = Validity::starting(now, LIFETIME);
    let mut claims = Claims::new(face, version, tenant, client, validity);
    claims.set("sub", pairwise_subject(tenant, user.id, client));
    claims.set_list("roles", directory.roles(user.id, client));
    let profile = grant.scopes.has("profile");
    if profile {
        claims.set("name", &*user.display_name);
        claims.set("oid", user.id.to_string());
    }
    match version {
        Version::V1 => {
            claims.set_user_of_version_one(user);
        }
        Version::V2 if profile => claims.set("preferred_username", &*user.user_principal_name),
        Version::V2 => {}
    }
    if grant.scopes.has("email") {
        claims.set_some("email", user.mail.as_deref());
    }
    claims.set_some(
        "nonce",
        grant.nonce.as_ref().map(shared::secret::Nonce::expose),
    );
    if grant.kept {
        claims.set("signin_state", vec!["kmsi"]);
    }
    claims.set_some("c_hash", hashed.code.map(half_hash));
    claims.set_some("at_hash", hashed.access_token.map(half_hash));
    let carrier = Carrier::of_user(user, grant, directory);
    if let Some(client) = directory.application(client) {
        optional::add_to_id_token(&mut claims, client, version, &carrier);
    }
    IdToken::new(face.tenant.keys.active().sign(&claims, version, None))
}

/// The left half of the SHA-256 of what is vouched for.
fn half_hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    URL_SAFE_NO_PAD.encode(&digest[..digest.len() / 2])
}
