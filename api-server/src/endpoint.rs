//! The protected endpoints and what each asks for.

use std::str::FromStr;

use shared::checks::Requirement;

use crate::settings::ApiSettings;

/// The role that opens `/api/admin`: assigned to people, not to applications.
const ADMIN_ROLE: &str = "Workshop.Admin";

/// An endpoint that a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// Open to people and to applications.
    Profile,
    /// Open to people.
    Me,
    /// Open to applications by themselves.
    Service,
    /// Open to people with a role.
    Admin,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 4] = [Self::Profile, Self::Me, Self::Service, Self::Admin];

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Profile => "/api/profile",
            Self::Me => "/api/me",
            Self::Service => "/api/service",
            Self::Admin => "/api/admin",
        }
    }

    pub(crate) fn requirement(self, settings: &ApiSettings) -> Requirement {
        let scope = settings.required_scope.clone();
        let role = settings.required_app_role.clone();
        match self {
            Self::Profile => Requirement::ScopeOrAppRole { scope, role },
            Self::Me => Requirement::Scope { scope },
            Self::Service => Requirement::AppRole { role },
            Self::Admin => Requirement::UserRole {
                role: ADMIN_ROLE.into(),
            },
        }
    }

    /// The `scope` that a client has to ask Entra for to get a token of the right kind (RFC 6750 §3): the delegated
    /// scope for a person, `.default` for an application by itself.
    pub(crate) fn scope_to_ask_for(self, settings: &ApiSettings) -> String {
        match self {
            Self::Profile | Self::Me | Self::Admin => settings.full_scope(),
            Self::Service => format!("api://{}/.default", settings.api),
        }
    }
}

/// There is no such protected endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoSuchEndpoint;

impl FromStr for Endpoint {
    type Err = NoSuchEndpoint;

    fn from_str(path: &str) -> Result<Self, NoSuchEndpoint> {
        Self::ALL
            .into_iter()
            .find(|endpoint| endpoint.path() == path)
            .ok_or(NoSuchEndpoint)
    }
}
