//! What each kind of call needs: the permissions that Graph's pages list for it, and what the user must be.

use super::needs::{Needs, OWNED, UserRight};

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

/// Creating, changing and deleting users, and bringing them back.
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

/// Bringing back, or deleting for good, an application or a service principal that was deleted. For a user it takes
/// [`WRITE_USERS`].
pub(super) const WRITE_DELETED_APPLICATION: Needs = Needs {
    delegated: &[APPS_WRITE, DIRECTORY_WRITE, AS_USER],
    application: &[APPS_WRITE, DIRECTORY_WRITE],
    user: UserRight::Administrator,
};

/// One of the two: which one, shows only when the object is found.
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
