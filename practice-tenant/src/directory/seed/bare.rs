//! The workshop's registrations as somebody left them who has pressed "New registration" and nothing else.

use super::{API, CLIENT, DAEMON};
use crate::directory::{
    ApiApplication, Application, Directory, RedirectUris, ServicePrincipal, WebApplication,
};

/// Takes everything from the workshop's registrations but their names and ids, so that configuring them can be
/// practised with the ids that the other parts of the workshop know.
pub(crate) fn strip(directory: &mut Directory) {
    for app_id in [API, CLIENT, DAEMON] {
        if let Some(application) = directory.application_mut(app_id) {
            strip_application(application);
        }
        if let Some(principal) = directory.service_principal(app_id) {
            let ServicePrincipal { id, .. } = *principal;
            directory
                .app_role_assignments
                .retain(|held| held.resource_id != id && held.principal_id != id);
            directory
                .oauth2_permission_grants
                .retain(|grant| grant.client_id != id && grant.resource_id != id);
        }
    }
}

fn strip_application(application: &mut Application) {
    application.identifier_uris.clear();
    application.is_fallback_public_client = None;
    application.api = ApiApplication::default();
    application.app_roles.clear();
    application.key_credentials.clear();
    application.optional_claims = None;
    application.password_credentials.clear();
    application.public_client = RedirectUris::default();
    application.required_resource_access.clear();
    application.spa = RedirectUris::default();
    application.web = WebApplication::default();
    application.federated_identity_credentials.clear();
}
