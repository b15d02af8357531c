//! Entra's two generations, v1 and v2. An endpoint belongs to one by its path, and so does the ID token it gives out;
//! which access token a resource gets is the resource's own choice (Entra "Access tokens", "Token formats").

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use uuid::Uuid;

use crate::Face;
use crate::directory::Application;

/// A generation of endpoints or tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

impl Version {
    /// The version of the access tokens for `resource`; a registration that does not say wants v1.
    pub(crate) fn wanted_by(resource: &Application) -> Self {
        match resource.api.requested_access_token_version {
            Some(2) => Self::V2,
            _ => Self::V1,
        }
    }

    /// The generation an endpoint's path belongs to. The first segment is the tenant's name.
    pub(crate) fn of_path(path: &str) -> Self {
        let mut segments = path.split('/').skip(2);
        if segments.any(|segment| segment == "v2.0") {
            Self::V2
        } else {
            Self::V1
        }
    }

    /// What `iss` says: v1 ends with a slash, v2 does not.
    pub(crate) fn issuer(self, origin: &str, tenant: Uuid) -> String {
        match self {
            Self::V1 => format!("{origin}/{tenant}/"),
            Self::V2 => format!("{origin}/{tenant}/v2.0"),
        }
    }

    /// What `ver` says.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        }
    }
}

impl FromRequestParts<Face> for Version {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Face) -> Result<Self, Infallible> {
        Ok(Self::of_path(parts.uri.path()))
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
            assert_eq!(Version::of_path(path), version, "{path}");
        }
    }
}
