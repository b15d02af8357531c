//! Whether a caller may make a call: by the permissions of the application, and by what the signed-in user may do.

use uuid::Uuid;

use super::caller::Caller;
use super::error::GraphError;
use super::find;
use super::odata::Key;
use crate::directory::Directory;

/// One of these sets of permissions, each complete.
pub(super) type AnyOf = &'static [&'static [&'static str]];

/// What one call needs.
pub(crate) struct Needs {
    /// From a user's application.
    pub(super) delegated: AnyOf,
    /// From an application without a user.
    pub(super) application: AnyOf,
    /// From the user.
    pub(super) user: UserRight,
}

/// What a member of the directory must be, beside what the application may do.
#[derive(Clone, Copy)]
pub(super) enum UserRight {
    Member,
    /// Members register applications unless the tenant's policy says no.
    RegistersApplications,
    /// Owner of the application that the first key names, or administrator.
    OwnsApplication,
    /// Owner of the application behind the service principal that the first key names, or administrator.
    OwnsServicePrincipal,
    Administrator,
}

/// Manages only what the application itself owns.
pub(super) const OWNED: &str = "Application.ReadWrite.OwnedBy";

impl Needs {
    /// Whether `caller` may make a call with these keys.
    pub(crate) fn check(
        &self,
        caller: &Caller,
        directory: &Directory,
        keys: &[Key],
    ) -> Result<(), GraphError> {
        let denied = |why| Err(GraphError::Denied { why });
        match caller {
            Caller::User { scopes, .. }
                if !complete(self.delegated, |name| scopes.contains(name)) =>
            {
                denied(wanted("scp", self.delegated))
            }
            Caller::User { id, .. } if !self.user.has(*id, directory, keys) => {
                denied(self.user.describe().to_owned())
            }
            Caller::PracticeKey | Caller::User { .. } => Ok(()),
            Caller::Application { principal, roles } => {
                let owned = || self.owner(*principal, directory, keys);
                let has = |name: &str| roles.contains(name) && (name != OWNED || owned());
                if complete(self.application, has) {
                    Ok(())
                } else {
                    denied(wanted("roles", self.application))
                }
            }
        }
    }

    /// Whether an application that manages only its own may make this call.
    fn owner(&self, principal: Uuid, directory: &Directory, keys: &[Key]) -> bool {
        match self.user {
            UserRight::OwnsApplication | UserRight::OwnsServicePrincipal => {
                self.user.owns(principal, directory, keys)
            }
            _ => true,
        }
    }
}

/// What would have been enough.
fn wanted(claim: &str, any: AnyOf) -> String {
    let sets: Vec<String> = any.iter().map(|set| set.join(" with ")).collect();
    format!(
        "The claim {claim} of the token has none of: {}.",
        sets.join(", ")
    )
}

fn complete(any: AnyOf, has: impl Fn(&str) -> bool) -> bool {
    any.iter().any(|set| set.iter().all(|name| has(name)))
}

impl UserRight {
    fn has(self, user: Uuid, directory: &Directory, keys: &[Key]) -> bool {
        let members = &directory.authorization_policy.default_user_role_permissions;
        directory.is_administrator(user)
            || match self {
                Self::Member => true,
                Self::RegistersApplications => members.allowed_to_create_apps,
                Self::OwnsApplication | Self::OwnsServicePrincipal => {
                    self.owns(user, directory, keys)
                }
                Self::Administrator => false,
            }
    }

    /// What the user is not.
    fn describe(self) -> &'static str {
        match self {
            Self::Member => "The user is no member of the tenant.",
            Self::RegistersApplications => {
                "The authorization policy lets only administrators register applications."
            }
            Self::OwnsApplication | Self::OwnsServicePrincipal => {
                "The permission reaches as far as the user, who neither owns the application nor is an administrator."
            }
            Self::Administrator => {
                "The permission reaches as far as the user, who is no administrator."
            }
        }
    }

    /// What does not exist has no owner; the call itself says that it does not exist to those who may know.
    fn owns(self, owner: Uuid, directory: &Directory, keys: &[Key]) -> bool {
        let Some(key) = keys.first() else {
            return false;
        };
        let application = match self {
            Self::OwnsServicePrincipal => find::service_principal(directory, key)
                .ok()
                .and_then(|principal| directory.application(principal.app_id)),
            _ => find::application(directory, key).ok(),
        };
        application.is_some_and(|application| application.owners.contains(&owner))
    }
}
