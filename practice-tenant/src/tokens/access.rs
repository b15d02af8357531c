//! Access tokens. Version and audience are the resource's, whichever endpoint gives the token out.

use std::collections::BTreeSet;
use std::time::Duration;

use shared::secret::AccessToken;
use shared::time::UnixTime;
use uuid::Uuid;

use super::Client;
use super::claims::{Claims, Validity, pairwise_subject};
use super::optional::{self, Carrier};
use crate::Face;
use crate::directory::{
    Application, Directory, GRAPH, Permission, ServicePrincipal, ServicePrincipalType, User, seed,
};
use crate::token::Grant;
use crate::version::{self, Version};

/// How long a managed identity's token lasts. It says that it began five minutes earlier, so that a clock which is
/// behind believes it; with 24 hours to go, that makes the 86 700 seconds of Azure's.
const MANAGED_IDENTITY_LIFETIME: Duration = Duration::from_hours(24);
const HEAD_START: Duration = Duration::from_mins(5);

/// A new access token and its lifetime in seconds.
pub(crate) struct Issued {
    pub(crate) token: AccessToken,
    pub(crate) expires_in: u64,
}

/// A token with which a client acts for a user, for the resource that the grant's scopes name first.
pub(crate) fn for_user(
    face: &Face,
    now: UnixTime,
    directory: &Directory,
    client: Client,
    (user, grant): (&User, &Grant),
    granted: &BTreeSet<Permission>,
) -> Issued {
    let resource = grant.scopes.resource();
    let expires_in = face.tenant.lifetimes().access_token(&*face.tenant.entropy);
    let validity = Validity::starting(now, Duration::from_secs(expires_in));
    let (application, version) = resource_and_version(directory, resource);
    let tenant = directory.organization.id;
    let audience = audience(version, resource, grant.scopes.audience());
    let mut claims = Claims::new(face, version, tenant, audience, validity);
    claims.set("oid", user.id.to_string());
    // Graph tells it the client again (UserInfo), which must find the name of its ID token (OpenID Connect Core §5.3.2).
    let named_for = if resource == GRAPH {
        client.id
    } else {
        resource
    };
    claims.set("sub", pairwise_subject(tenant, user.id, named_for));
    claims.set("scp", grant.scopes.scp(granted));
    claims.set_list("roles", directory.roles(user.id, resource));
    let name = grant.scopes.has("profile").then_some(&*user.display_name);
    claims.set_some("name", name);
    if version == Version::V1 {
        claims.set("acr", "1");
        claims.set_user_of_version_one(user);
    } else {
        claims.set_some(
            "preferred_username",
            name.map(|_| &*user.user_principal_name),
        );
    }
    say_who_asks(&mut claims, version, client);
    if let Some(resource) = application {
        let carrier = Carrier::of_user(user, grant, directory);
        optional::add(&mut claims, resource, version, client, &carrier);
    }
    sign(face, version, resource, &claims, expires_in)
}

/// A token with which an application, or a managed identity, acts for itself. `named` is how the request named the
/// resource.
pub(crate) fn for_application(
    face: &Face,
    now: UnixTime,
    directory: &Directory,
    (principal, client): (&ServicePrincipal, Client),
    (resource, named): (&Application, &str),
) -> Issued {
    let version = version::wanted_by(resource);
    let managed = principal.service_principal_type == ServicePrincipalType::ManagedIdentity;
    let (expires_in, from) = if managed {
        (MANAGED_IDENTITY_LIFETIME.as_secs(), now - HEAD_START)
    } else {
        (
            face.tenant.lifetimes().access_token(&*face.tenant.entropy),
            now,
        )
    };
    let validity = Validity {
        from,
        to: now + Duration::from_secs(expires_in),
    };
    let audience = audience(version, resource.app_id, named);
    let mut claims = Claims::new(face, version, directory.organization.id, audience, validity);
    claims.set("oid", principal.id.to_string());
    claims.set("sub", principal.id.to_string());
    claims.set_list("roles", directory.roles(principal.id, resource.app_id));
    match version {
        Version::V1 => claims.set("idp", claims.issuer().to_owned()),
        // Entra's own bookkeeping, which its v2 tokens for applications have carried since 2025.
        Version::V2 => claims.set("xms_ftd", face.tenant.entropy.token(40)),
    }
    if seed::OF_MICROSOFT.contains(&resource.app_id) {
        claims.set("idtyp", "app");
    }
    if managed {
        claims.set_some("xms_mirid", azure_resource_id(principal));
    }
    say_who_asks(&mut claims, version, client);
    optional::add(
        &mut claims,
        resource,
        version,
        client,
        &Carrier::Application,
    );
    sign(face, version, resource.app_id, &claims, expires_in)
}

fn say_who_asks(claims: &mut Claims, version: Version, client: Client) {
    let (id, method) = match version {
        Version::V1 => ("appid", "appidacr"),
        Version::V2 => ("azp", "azpacr"),
    };
    claims.set(id, client.id.to_string());
    claims.set(method, client.authenticated);
}

/// Where in Azure a managed identity belongs.
fn azure_resource_id(principal: &ServicePrincipal) -> Option<&str> {
    let mut names = principal.alternative_names.iter().map(String::as_str);
    names.find(|name| name.starts_with("/subscriptions/"))
}

/// v1 repeats how the request named the resource, v2 says its id.
fn audience(version: Version, resource: Uuid, named: &str) -> String {
    match version {
        Version::V1 if !named.is_empty() => named.to_owned(),
        _ => resource.to_string(),
    }
}

fn resource_and_version(directory: &Directory, resource: Uuid) -> (Option<&Application>, Version) {
    let application = directory.application(resource);
    (
        application,
        application.map_or(Version::V1, version::wanted_by),
    )
}

fn sign(face: &Face, version: Version, resource: Uuid, claims: &Claims, expires_in: u64) -> Issued {
    let nonce = (resource == GRAPH).then(|| face.tenant.entropy.token(32));
    let token = face
        .tenant
        .keys
        .active()
        .sign(claims, version, nonce.as_deref());
    Issued {
        token: AccessToken::new(token),
        expires_in,
    }
}
