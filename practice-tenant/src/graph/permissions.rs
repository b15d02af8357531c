//! What a caller must be allowed to do, per kind of call: the permissions that Graph's pages list for it, and what
//! the signed-in user may do in the directory.

use uuid::Uuid;

use super::caller::Caller;
use super::error::GraphError;
use super::find;
use super::odata::Key;
use crate::directory::Directory;

/// One of these sets of permissions, each complete.
type AnyOf = &'static [&'static [&'static str]];

/// What one call needs.
pub(crate) struct Needs {
    /// From a user's application.
    delegated: AnyOf,
    /// From an application without a user.
    application: AnyOf,
    /// From the user.
    user: UserRight,
}

/// What a member of the directory must be, beside what the application may do.
#[derive(Clone, Copy)]
enum UserRight {
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
const OWNED: &str = "Application.ReadWrite.OwnedBy";
/// Whatever the user may do.
const AS_USER: &[&str] = &["Directory.AccessAsUser.All"];
const DIRECTORY_READ: &[&str] = &["Directory.Read.All"];
const DIRECTORY_WRITE: &[&str] = &["Directory.ReadWrite.All"];
const APPS_READ: &[&str] = &["Application.Read.All"];
const APPS_WRITE: &[&str] = &["Application.ReadWrite.All"];
const APPS_OWNED: &[&str] = &[OWNED];
const ASSIGN: &str = "AppRoleAssignment.ReadWrite.All";

/// Reading applications, service principals and what they hold.
pub(super) const READ_APPLICATIONS: Needs = Needs {
    delegated: &[
        APPS_READ,
        APPS_WRITE,
        DIRECTORY_READ,
        DIRECTORY_WRITE,
        AS_USER,
    ],
    application: &[
        APPS_READ,
        APPS_WRITE,
        APPS_OWNED,
        DIRECTORY_READ,
        DIRECTORY_WRITE,
    ],
    user: UserRight::Member,
};

/// Registering an application.
pub(super) const CREATE_APPLICATION: Needs = Needs {
    delegated: &[APPS_WRITE, DIRECTORY_WRITE, AS_USER],
    application: &[APPS_WRITE, APPS_OWNED, DIRECTORY_WRITE],
    user: UserRight::RegistersApplications,
};

/// Changing or deleting an application.
pub(super) const WRITE_APPLICATION: Needs = Needs {
    user: UserRight::OwnsApplication,
    ..CREATE_APPLICATION
};

/// Changing or deleting a service principal.
pub(super) const WRITE_SERVICE_PRINCIPAL: Needs = Needs {
    user: UserRight::OwnsServicePrincipal,
    ..CREATE_APPLICATION
};

/// Who holds which role of an application.
pub(super) const READ_ASSIGNMENTS: Needs = Needs {
    delegated: &[
        APPS_READ,
        APPS_WRITE,
        DIRECTORY_READ,
        DIRECTORY_WRITE,
        AS_USER,
        &[ASSIGN],
    ],
    application: &[
        APPS_READ,
        APPS_WRITE,
        APPS_OWNED,
        DIRECTORY_READ,
        DIRECTORY_WRITE,
        &[ASSIGN],
    ],
    user: UserRight::Member,
};

/// Assigning roles: the permission to assign alone does not find the applications.
pub(super) const ASSIGN_ROLES: Needs = Needs {
    delegated: &[
        &[ASSIGN, "Application.Read.All"],
        &[ASSIGN, "Application.ReadWrite.All"],
        &[ASSIGN, "Directory.Read.All"],
        DIRECTORY_WRITE,
        AS_USER,
    ],
    application: &[
        &[ASSIGN, "Application.Read.All"],
        &[ASSIGN, "Application.ReadWrite.All"],
        &[ASSIGN, "Directory.Read.All"],
    ],
    user: UserRight::Administrator,
};

/// Reading who consented to what.
pub(super) const READ_GRANTS: Needs = Needs {
    delegated: &[DIRECTORY_READ, DIRECTORY_WRITE, AS_USER, GRANTS_WRITE],
    application: &[DIRECTORY_READ, DIRECTORY_WRITE, GRANTS_WRITE],
    user: UserRight::Member,
};

/// Consenting for others.
pub(super) const WRITE_GRANTS: Needs = Needs {
    delegated: &[GRANTS_WRITE, DIRECTORY_WRITE, AS_USER],
    application: &[GRANTS_WRITE, DIRECTORY_WRITE],
    user: UserRight::Administrator,
};
const GRANTS_WRITE: &[&str] = &["DelegatedPermissionGrant.ReadWrite.All"];

/// Reading users.
pub(super) const READ_USERS: Needs = Needs {
    delegated: &[
        &["User.ReadBasic.All"],
        &["User.Read.All"],
        &["User.ReadWrite.All"],
        DIRECTORY_READ,
        DIRECTORY_WRITE,
        AS_USER,
    ],
    application: &[
        &["User.Read.All"],
        &["User.ReadWrite.All"],
        DIRECTORY_READ,
        DIRECTORY_WRITE,
    ],
    user: UserRight::Member,
};

/// Creating, changing and deleting users.
pub(super) const WRITE_USERS: Needs = Needs {
    delegated: &[&["User.ReadWrite.All"], DIRECTORY_WRITE, AS_USER],
    application: &[&["User.ReadWrite.All"], DIRECTORY_WRITE],
    user: UserRight::Administrator,
};

/// Reading oneself. An application has no self: it is told so by the call.
pub(super) const READ_ME: Needs = Needs {
    delegated: &[
        &["User.Read"],
        &["User.ReadWrite.All"],
        &["User.ReadBasic.All"],
        &["User.Read.All"],
        DIRECTORY_READ,
        DIRECTORY_WRITE,
        AS_USER,
    ],
    application: &[&[]],
    user: UserRight::Member,
};

/// Reading the tenant's own properties.
pub(super) const READ_ORGANIZATION: Needs = Needs {
    delegated: &[
        &["User.Read"],
        &["Organization.Read.All"],
        DIRECTORY_READ,
        DIRECTORY_WRITE,
        AS_USER,
    ],
    application: &[&["Organization.Read.All"], DIRECTORY_READ, DIRECTORY_WRITE],
    user: UserRight::Member,
};

/// Any object of the directory, by its id.
pub(super) const READ_DIRECTORY: Needs = Needs {
    delegated: &[DIRECTORY_READ, DIRECTORY_WRITE, AS_USER],
    application: &[DIRECTORY_READ, DIRECTORY_WRITE],
    user: UserRight::Member,
};

/// Reading policies.
pub(super) const READ_POLICIES: Needs = Needs {
    delegated: &[&["Policy.Read.All"], &["Policy.ReadWrite.Authorization"]],
    application: &[&["Policy.Read.All"], &["Policy.ReadWrite.Authorization"]],
    user: UserRight::Member,
};

/// Changing what users may consent to.
pub(super) const WRITE_POLICIES: Needs = Needs {
    delegated: &[&["Policy.ReadWrite.Authorization"]],
    application: &[&["Policy.ReadWrite.Authorization"]],
    user: UserRight::Administrator,
};

/// Bringing back, or deleting for good, what was deleted.
pub(super) const WRITE_DELETED: Needs = Needs {
    delegated: &[
        APPS_WRITE,
        &["User.ReadWrite.All"],
        DIRECTORY_WRITE,
        AS_USER,
    ],
    application: &[APPS_WRITE, &["User.ReadWrite.All"], DIRECTORY_WRITE],
    user: UserRight::Administrator,
};

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
            Caller::PracticeKey => Ok(()),
            Caller::User { scopes, .. }
                if !complete(self.delegated, |name| scopes.contains(name)) =>
            {
                denied(wanted("scp", self.delegated))
            }
            Caller::User { id, .. } if !self.user.has(*id, directory, keys) => {
                denied(self.user.describe().to_owned())
            }
            Caller::User { .. } => Ok(()),
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
