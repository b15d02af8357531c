//! Every call there is: method, address, what it needs, and who answers.

use axum::http::Method;

use super::application::Holder;
use super::assignments::From;
use super::call::{Call, Reply};
use super::error::GraphError;
use super::needs::Needs;
use super::permissions as needs;
use super::{
    application, assignments, deleted, grants, me, objects, organization, policies,
    service_principal, user,
};
use crate::directory::Directory;

/// One row of the table.
pub(super) struct Operation {
    pub(super) method: Method,
    /// `{}` stands for a key.
    pub(super) path: &'static str,
    pub(super) needs: Needs,
    pub(super) run: Run,
}

/// Who answers, and whether that changes the directory.
#[derive(Clone, Copy)]
pub(super) enum Run {
    Read(fn(&Call<'_>, &Directory) -> Result<Reply, GraphError>),
    Write(fn(&Call<'_>, &mut Directory) -> Result<Reply, GraphError>),
}

const fn get(
    path: &'static str,
    needs: Needs,
    run: fn(&Call<'_>, &Directory) -> Result<Reply, GraphError>,
) -> Operation {
    Operation {
        method: Method::GET,
        path,
        needs,
        run: Run::Read(run),
    }
}

const fn write(
    method: Method,
    path: &'static str,
    needs: Needs,
    run: fn(&Call<'_>, &mut Directory) -> Result<Reply, GraphError>,
) -> Operation {
    Operation {
        method,
        path,
        needs,
        run: Run::Write(run),
    }
}

const POST: Method = Method::POST;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

/// Where two addresses fit, the first counts.
#[rustfmt::skip]
pub(super) static OPERATIONS: &[Operation] = &[
    get("applications", needs::READ_APPLICATIONS, application::list),
    get("applications/$count", needs::READ_APPLICATIONS, application::number),
    write(POST, "applications", needs::CREATE_APPLICATION, application::create),
    get("applications/{}", needs::READ_APPLICATIONS, application::get),
    write(PATCH, "applications/{}", needs::WRITE_APPLICATION, application::update),
    write(DELETE, "applications/{}", needs::WRITE_APPLICATION, application::delete),
    write(POST, "applications/{}/addPassword", needs::WRITE_APPLICATION, |call, to| application::add_password(Holder::Application, call, to)),
    write(POST, "applications/{}/removePassword", needs::WRITE_APPLICATION, |call, to| application::remove_password(Holder::Application, call, to)),
    get("applications/{}/owners", needs::READ_APPLICATIONS, application::owners::list),
    write(POST, "applications/{}/owners/$ref", needs::WRITE_APPLICATION, application::owners::add),
    write(DELETE, "applications/{}/owners/{}/$ref", needs::WRITE_APPLICATION, application::owners::remove),
    get("applications/{}/federatedIdentityCredentials", needs::READ_APPLICATIONS, application::federated::list),
    get("applications/{}/federatedIdentityCredentials/{}", needs::READ_APPLICATIONS, application::federated::get),
    write(POST, "applications/{}/federatedIdentityCredentials", needs::WRITE_APPLICATION, application::federated::create),
    write(PATCH, "applications/{}/federatedIdentityCredentials/{}", needs::WRITE_APPLICATION, application::federated::update),
    write(DELETE, "applications/{}/federatedIdentityCredentials/{}", needs::WRITE_APPLICATION, application::federated::delete),

    get("servicePrincipals", needs::READ_APPLICATIONS, service_principal::list),
    get("servicePrincipals/$count", needs::READ_APPLICATIONS, service_principal::number),
    write(POST, "servicePrincipals", needs::CREATE_APPLICATION, service_principal::create),
    get("servicePrincipals/{}", needs::READ_APPLICATIONS, service_principal::get),
    write(PATCH, "servicePrincipals/{}", needs::WRITE_SERVICE_PRINCIPAL, service_principal::update),
    write(DELETE, "servicePrincipals/{}", needs::WRITE_SERVICE_PRINCIPAL, service_principal::delete),
    write(POST, "servicePrincipals/{}/addPassword", needs::WRITE_SERVICE_PRINCIPAL, |call, to| application::add_password(Holder::ServicePrincipal, call, to)),
    write(POST, "servicePrincipals/{}/removePassword", needs::WRITE_SERVICE_PRINCIPAL, |call, to| application::remove_password(Holder::ServicePrincipal, call, to)),
    get("servicePrincipals/{}/owners", needs::READ_APPLICATIONS, service_principal::owners),
    get("servicePrincipals/{}/oauth2PermissionGrants", needs::READ_GRANTS, grants::list_of_client),
    get("servicePrincipals/{}/appRoleAssignments", needs::READ_ASSIGNMENTS, |call, of| assignments::list(From::Client, call, of)),
    get("servicePrincipals/{}/appRoleAssignments/{}", needs::READ_ASSIGNMENTS, |call, of| assignments::get(From::Client, call, of)),
    write(POST, "servicePrincipals/{}/appRoleAssignments", needs::ASSIGN_ROLES, |call, to| assignments::create(From::Client, call, to)),
    write(DELETE, "servicePrincipals/{}/appRoleAssignments/{}", needs::ASSIGN_ROLES, |call, to| assignments::delete(From::Client, call, to)),
    get("servicePrincipals/{}/appRoleAssignedTo", needs::READ_ASSIGNMENTS, |call, of| assignments::list(From::Resource, call, of)),
    get("servicePrincipals/{}/appRoleAssignedTo/{}", needs::READ_ASSIGNMENTS, |call, of| assignments::get(From::Resource, call, of)),
    write(POST, "servicePrincipals/{}/appRoleAssignedTo", needs::ASSIGN_ROLES, |call, to| assignments::create(From::Resource, call, to)),
    write(DELETE, "servicePrincipals/{}/appRoleAssignedTo/{}", needs::ASSIGN_ROLES, |call, to| assignments::delete(From::Resource, call, to)),

    get("oauth2PermissionGrants", needs::READ_GRANTS, grants::list),
    write(POST, "oauth2PermissionGrants", needs::WRITE_GRANTS, grants::create),
    get("oauth2PermissionGrants/{}", needs::READ_GRANTS, grants::get),
    write(PATCH, "oauth2PermissionGrants/{}", needs::WRITE_GRANTS, grants::update),
    write(DELETE, "oauth2PermissionGrants/{}", needs::WRITE_GRANTS, grants::delete),

    get("me", needs::READ_ME, me::get),
    get("me/memberOf", needs::READ_ME, me::member_of),
    get("me/ownedObjects", needs::READ_ME, me::owned_objects),
    get("users", needs::READ_USERS, user::list),
    get("users/$count", needs::READ_USERS, user::number),
    write(POST, "users", needs::WRITE_USERS, user::create),
    get("users/{}", needs::READ_USERS, user::get),
    write(PATCH, "users/{}", needs::WRITE_USERS, user::update),
    write(DELETE, "users/{}", needs::WRITE_USERS, user::delete),
    get("users/{}/memberOf", needs::READ_USERS, me::member_of),
    get("users/{}/oauth2PermissionGrants", needs::READ_GRANTS, grants::list_of_user),
    get("users/{}/appRoleAssignments", needs::READ_ASSIGNMENTS, |call, of| assignments::list(From::User, call, of)),
    get("users/{}/appRoleAssignments/{}", needs::READ_ASSIGNMENTS, |call, of| assignments::get(From::User, call, of)),
    write(POST, "users/{}/appRoleAssignments", needs::ASSIGN_ROLES, |call, to| assignments::create(From::User, call, to)),
    write(DELETE, "users/{}/appRoleAssignments/{}", needs::ASSIGN_ROLES, |call, to| assignments::delete(From::User, call, to)),

    get("policies/authorizationPolicy", needs::READ_POLICIES, policies::get),
    write(PATCH, "policies/authorizationPolicy", needs::WRITE_POLICIES, policies::update),
    get("organization", needs::READ_ORGANIZATION, organization::list),
    get("organization/{}", needs::READ_ORGANIZATION, organization::get),
    get("domains", needs::READ_ORGANIZATION, organization::domains),

    Operation { method: Method::POST, path: "directoryObjects/getByIds", needs: needs::READ_DIRECTORY, run: Run::Read(objects::get_by_ids) },
    get("directoryObjects/{}", needs::READ_DIRECTORY, objects::get),
    get("directory/deletedItems/microsoft.graph.application", needs::READ_APPLICATIONS, deleted::applications),
    get("directory/deletedItems/microsoft.graph.servicePrincipal", needs::READ_APPLICATIONS, deleted::service_principals),
    get("directory/deletedItems/microsoft.graph.user", needs::READ_USERS, deleted::users),
    get("directory/deletedItems/{}", needs::READ_DIRECTORY, deleted::get),
    write(DELETE, "directory/deletedItems/{}", needs::WRITE_DELETED, deleted::purge),
    write(POST, "directory/deletedItems/{}/restore", needs::WRITE_DELETED, deleted::restore),
];
