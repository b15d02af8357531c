//! The claims of the tokens (Entra "Access token claims reference" and "ID token claims reference", version 2.0).

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use shared::secret::{AccessToken, IdToken};
use shared::time::UnixTime;
use uuid::Uuid;

use crate::Face;
use crate::directory::{Directory, GRAPH, Permission, User};
use crate::token::Grant;

/// How long an ID token is valid. Unverified; one hour is what people see.
const ID_TOKEN_LIFETIME: Duration = Duration::from_hours(1);

/// A new access token and its lifetime in seconds.
pub(crate) struct Issued {
    pub(crate) token: AccessToken,
    pub(crate) expires_in: u64,
}

/// What both tokens say.
#[derive(Serialize)]
struct Common {
    aud: Uuid,
    iss: String,
    iat: UnixTime,
    nbf: UnixTime,
    exp: UnixTime,
    aio: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<String>,
    rh: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<String>,
    sub: String,
    tid: Uuid,
    uti: String,
    ver: &'static str,
}

#[derive(Serialize)]
struct AccessClaims {
    azp: Uuid,
    azpacr: &'static str,
    scp: String,
    #[serde(flatten)]
    common: Common,
}

#[derive(Serialize)]
struct IdClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signin_state: Option<[&'static str; 1]>,
    #[serde(flatten)]
    common: Common,
}

/// An access token for the resource that the grant's scopes name first. `authenticated` is the `azpacr` of the client:
/// "0" public, "1" secret, "2" certificate.
pub(crate) fn access_token(
    face: &Face,
    now: UnixTime,
    directory: &Directory,
    (user, grant): (&User, &Grant),
    authenticated: &'static str,
    granted: &BTreeSet<Permission>,
) -> Issued {
    let resource = grant.scopes.resource();
    let expires_in = (face.tenant.lifetimes()).access_token(&*face.tenant.entropy);
    let mut common = common(face, now, directory, (user, grant), resource);
    common.exp = now + Duration::from_secs(expires_in);
    common.oid = Some(user.id);
    let claims = AccessClaims {
        azp: grant.client_id.0,
        azpacr: authenticated,
        scp: grant.scopes.scp(granted),
        common,
    };
    let nonce = (resource == GRAPH).then(|| face.tenant.entropy.token(32));
    let token = face.tenant.keys.active().sign(&claims, nonce.as_deref());
    Issued {
        token: AccessToken::new(token),
        expires_in,
    }
}

/// An ID token for the client.
pub(crate) fn id_token(
    face: &Face,
    now: UnixTime,
    directory: &Directory,
    (user, grant): (&User, &Grant),
) -> IdToken {
    let claims = IdClaims {
        email: user.mail.as_deref().filter(|_| grant.scopes.has("email")),
        nonce: grant.nonce.as_ref().map(shared::secret::Nonce::expose),
        signin_state: grant.kept.then_some(["kmsi"]),
        common: common(face, now, directory, (user, grant), grant.client_id.0),
    };
    IdToken::new(face.tenant.keys.active().sign(&claims, None))
}

fn common(
    face: &Face,
    now: UnixTime,
    directory: &Directory,
    (user, grant): (&User, &Grant),
    audience: Uuid,
) -> Common {
    let tenant = directory.organization.id;
    let profile = grant.scopes.has("profile");
    Common {
        aud: audience,
        iss: format!("{}/{tenant}/v2.0", face.origin),
        iat: now,
        nbf: now,
        exp: now + ID_TOKEN_LIFETIME,
        aio: face.tenant.entropy.token(48),
        name: profile.then(|| user.display_name.clone()),
        oid: profile.then_some(user.id),
        preferred_username: profile.then(|| user.user_principal_name.clone()),
        rh: format!("1.{}.", face.tenant.entropy.token(30)),
        roles: directory.roles(user.id, audience),
        sub: pairwise_subject(tenant, user.id, audience),
        tid: tenant,
        uti: face.tenant.entropy.token(16),
        ver: "2.0",
    }
}

/// The user's name for one application, which tells two applications nothing about each other (OpenID Connect Core
/// §8.1): stable, and different for each audience.
fn pairwise_subject(tenant: Uuid, user: Uuid, audience: Uuid) -> String {
    let mut digest = Sha256::new();
    for id in [tenant, user, audience] {
        digest.update(id.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(digest.finalize())
}
