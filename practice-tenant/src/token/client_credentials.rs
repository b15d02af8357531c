//! The grant `client_credentials` (RFC 6749 §4.4): a token for the client itself.

use super::TokenRequest;
use super::client_auth::{self, Presented};
use super::success::Success;
use crate::aadsts::{Aadsts, Assignment};
use crate::directory::{Application, Directory, ServicePrincipal};
use crate::recording::{Check, found};
use crate::tenant_path::TenantPath;
use crate::tokens;
use crate::version::Version;

/// The words of OpenID Connect, which Microsoft's own libraries send along here as everywhere.
const OIDC: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Answers a request. A client without a role gets its token all the same, without `roles`, unless the resource asks
/// for assignment.
pub(super) fn redeem(
    request: &TokenRequest<'_>,
    directory: &Directory,
    tenant: TenantPath,
) -> Result<Success, Aadsts> {
    let client = request.client;
    let named = resource_name(request)?;
    if let Some(origin) = request.origin {
        return Err(Aadsts::CrossOriginRedemption(origin.to_owned()));
    }
    if tenant == TenantPath::Common {
        return Err(Aadsts::NotOverCommon);
    }
    if matches!(request.presented, Presented::Nothing) {
        return Err(Aadsts::ClientCredentialMissing);
    }
    let authenticated = client_auth::confidential(request)?;
    let principal =
        directory
            .service_principal(client.app_id)
            .ok_or(Aadsts::NoServicePrincipal {
                client: client.app_id,
                tenant: directory.organization.id,
            })?;
    let (resource, resource_principal) = resource(directory, named)?;
    if resource_principal.app_role_assignment_required
        && !directory.is_assigned(principal.id, resource_principal.id)
    {
        return Err(Aadsts::ClientNotAssigned(Box::new(Assignment {
            client: client.app_id.to_string(),
            client_name: client.display_name.clone(),
            resource: named.to_owned(),
            resource_name: resource.display_name.clone(),
        })));
    }
    let roles = directory.roles(principal.id, resource.app_id);
    found(
        Check::Roles,
        if roles.is_empty() {
            format!(
                "{} has no role at {}: its token has no roles",
                client.display_name, resource.display_name
            )
        } else {
            format!(
                "{} is {} at {}",
                client.display_name,
                roles.join(", "),
                resource.display_name
            )
        },
    );
    let access = tokens::for_application(
        request.face,
        request.exchange.now,
        directory,
        (principal, request.client(authenticated)),
        (resource, named),
    );
    Ok(Success::new(request, &access, named))
}

/// How the request names its resource: in v1 by `resource`, in v2 by one scope that ends with `/.default`.
fn resource_name<'r>(request: &TokenRequest<'r>) -> Result<&'r str, Aadsts> {
    if request.version == Version::V1 {
        return request.params.require("resource");
    }
    let scope = request.params.require("scope")?;
    let not_default = || Aadsts::DefaultScopeMissing(scope.to_owned());
    let mut named = None;
    for word in scope.split(' ').filter(|word| !word.is_empty()) {
        if OIDC.iter().any(|oidc| oidc.eq_ignore_ascii_case(word)) {
            continue;
        }
        let (resource, value) = word.rsplit_once('/').ok_or_else(not_default)?;
        if !value.eq_ignore_ascii_case(".default") {
            return Err(not_default());
        }
        match named.replace(resource) {
            Some(other) if other != resource => {
                return Err(Aadsts::SeveralResources(scope.to_owned()));
            }
            _ => {}
        }
    }
    named.ok_or_else(not_default)
}

/// The resource, which must have a service principal here.
fn resource<'d>(
    directory: &'d Directory,
    named: &str,
) -> Result<(&'d Application, &'d ServicePrincipal), Aadsts> {
    let resource = directory.resource(named);
    resource
        .and_then(|resource| Some((resource, directory.service_principal(resource.app_id)?)))
        .ok_or_else(|| Aadsts::UnknownResource {
            resource: named.to_owned(),
            tenant: directory.organization.id,
        })
}

#[cfg(test)]
mod tests;
