//! Entra's two generations, v1 and v2. An endpoint belongs to one by its path, and so does the ID token it gives out;
//! which access token a resource gets is the resource's own choice (Entra "Access tokens", "Token formats").

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use uuid::Uuid;

pub(crate) use shared::authority::Version;

use crate::Face;
use crate::directory::Application;

/// The version of the access tokens for `resource`; a registration that does not say wants v1.
pub(crate) fn wanted_by(resource: &Application) -> Version {
    match resource.api.requested_access_token_version {
        Some(2) => Version::V2,
        _ => Version::V1,
    }
}

/// The generation an endpoint's path belongs to. The first segment is the tenant's name.
pub(crate) fn of_path(path: &str) -> Version {
    let mut segments = path.split('/').skip(2);
    if segments.any(|segment| segment == "v2.0") {
        Version::V2
    } else {
        Version::V1
    }
}

/// What `iss` says: v1 ends with a slash, v2 does not.
pub(crate) fn issuer(version: Version, origin: &str, tenant: Uuid) -> String {
    match version {
        Version::V1 => format!("{origin}/{tenant}/"),
        Version::V2 => format!("{origin}/{tenant}/v2.0"),
    }
}

impl FromRequestParts<Face> for Version {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Face) -> Result<Self, Infallible> {
        Ok(of_path(parts.uri.path()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_generation_whatever_the_tenant_is_called() {
        for (path, version) in [
            ("/x/oauth2/v2.0/token", Version::V2),
            ("/x/v2.0/.well-known/openid-configuration", Version::V2),
            ("/x/oauth2/token", Version::V1),
            ("/v2.0/oauth2/token", Version::V1),
        ] {
            assert_eq!(of_path(path), version, "{path}");
        }
    }
}
