//! The first segment of a path: which tenant is meant.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use uuid::Uuid;

use crate::Face;
use crate::aadsts::Aadsts;
use crate::directory::{Application, Directory, Organization, SignInAudience};
use crate::recording::{Check, found};
use crate::version::{self, Version};

/// A path's tenant segment, not looked up yet.
pub(crate) struct UnverifiedTenant(String);

/// Whose accounts may sign in by a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TenantPath {
    /// This tenant, by its GUID or its domain.
    Tenant(Uuid),
    /// `common`: any account.
    Common,
    /// `organizations`: any work or school account.
    Organizations,
}

impl UnverifiedTenant {
    pub(crate) fn named(segment: &str) -> Self {
        Self(segment.to_owned())
    }

    /// Finds the tenant that is meant. `consumers` (personal accounts) has nobody here.
    pub(crate) fn find(&self, tenant: &Organization) -> Result<TenantPath, Aadsts> {
        let Self(name) = self;
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("common") {
            Ok(TenantPath::Common)
        } else if is("organizations") {
            Ok(TenantPath::Organizations)
        } else if is(&tenant.id.hyphenated().to_string()) || is(&tenant.domain) {
            Ok(TenantPath::Tenant(tenant.id))
        } else {
            Err(Aadsts::UnknownTenant {
                tenant: name.clone(),
                at_discovery: false,
            })
        }
    }
}

impl TenantPath {
    /// The segment as the tenant writes it itself: a domain turns into the GUID.
    pub(crate) fn segment(self) -> String {
        match self {
            Self::Tenant(id) => id.hyphenated().to_string(),
            Self::Common => "common".into(),
            Self::Organizations => "organizations".into(),
        }
    }

    /// The issuer of tokens for those who come this way. Where the tenant is not known yet: a literal placeholder.
    pub(crate) fn issuer(self, origin: &str, version: Version) -> String {
        match (self, version) {
            (Self::Tenant(id), version) => version::issuer(version, origin, id),
            (_, Version::V1) => format!("{origin}/{{tenantid}}/"),
            (_, Version::V2) => format!("{origin}/{{tenantid}}/v2.0"),
        }
    }

    /// The application a client id names, if it may be used on this path.
    pub(crate) fn client<'d>(
        self,
        directory: &'d Directory,
        client_id: &str,
    ) -> Result<&'d Application, Aadsts> {
        let unknown = || Aadsts::UnknownClient {
            client: client_id.to_owned(),
            directory: directory.organization.display_name.clone(),
        };
        let id: shared::authority::ClientId = client_id.parse().map_err(|_| unknown())?;
        if id.0.is_nil() {
            return Err(Aadsts::NilClient(id.0));
        }
        let application = directory.application(id.0).ok_or_else(unknown)?;
        let single = application.sign_in_audience == SignInAudience::AzureADMyOrg;
        if single && !matches!(self, Self::Tenant(_)) {
            return Err(Aadsts::SingleTenantClient {
                client: id.to_string(),
                name: application.display_name.clone(),
            });
        }
        found(
            Check::Client,
            format_args!(
                "{} ({}) is registered in {}",
                application.display_name, application.app_id, directory.organization.display_name
            ),
        );
        Ok(application)
    }
}

impl FromRequestParts<Face> for UnverifiedTenant {
    type Rejection = std::convert::Infallible;

    /// A segment that is not even text names no tenant.
    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Self, Self::Rejection> {
        let segment = Path::<String>::from_request_parts(parts, face).await;
        Ok(Self(
            segment.map_or_else(|_| String::new(), |Path(segment)| segment),
        ))
    }
}
