//! What a practice tenant holds before anybody does anything: fixed ids, so that scripts and screenshots stay true.
//!
//! The applications named after Microsoft's have Microsoft's ids, as in every tenant. Nothing is consented and no
//! application holds a role: the first sign-in asks for consent, and the first call without a user is refused.

pub(crate) mod bare;
mod microsoft;

use std::time::Duration;

use shared::secret::{ClientSecret, Password};
use shared::time::UnixTime;
use uuid::Uuid;

use super::{
    ApiApplication, AppRole, AppRoleAssignment, Application, AuthorizationPolicy, ConsentBy,
    DefaultUserRolePermissions, Directory, GLOBAL_ADMINISTRATOR, GRAPH, MemberType, Organization,
    PasswordCredential, PermissionKind, PermissionScope, RedirectUris, RequiredResourceAccess,
    ResourceAccess, RoleAssignment, ServicePrincipal, ServicePrincipalType, SignInAudience, User,
};

/// The tenant.
pub(crate) const TENANT: Uuid = id(0x7e, 1);
/// The API's client id.
pub(crate) const API: Uuid = id(0xc1, 1);
/// The client id of the SPA and the desktop app.
pub(crate) const CLIENT: Uuid = id(0xc1, 2);
/// The daemon's client id.
pub(crate) const DAEMON: Uuid = id(0xc1, 3);
/// The Azure CLI's well-known client id.
pub(crate) const AZURE_CLI: Uuid = Uuid::from_u128(0x04b07795_8ddb_461a_bbee_02f9e1bf7b46);
/// Azure Key Vault's application id.
pub(crate) const KEY_VAULT: Uuid = Uuid::from_u128(0xcfa8b339_82a2_471a_a3c9_0fc0be7a4093);
/// The application id of Azure's management API.
pub(crate) const MANAGEMENT: Uuid = Uuid::from_u128(0x797f4846_ba00_4fd7_ba43_dac1f8f63013);
/// The resources of Microsoft that every tenant has.
pub(crate) const OF_MICROSOFT: [Uuid; 3] = [GRAPH, KEY_VAULT, MANAGEMENT];
/// The tenant in which Microsoft registers its applications.
pub(crate) const MICROSOFT: Uuid = Uuid::from_u128(0xf8cdef31_a31e_4b4a_93e4_5f571e91255a);

/// Whether an application is one of Microsoft's, which every tenant knows and none but Microsoft's can change.
pub(crate) fn is_microsofts(app_id: Uuid) -> bool {
    app_id == AZURE_CLI || OF_MICROSOFT.contains(&app_id)
}

/// The delegated permission of the API.
pub(crate) const ACCESS_AS_USER: &str = "access_as_user";
const ACCESS_AS_USER_ID: Uuid = id(0x5c, 1);
/// The role of the API for applications.
pub(crate) const SVC_INVOKE: Uuid = id(0xa0, 1);
/// The role of the API for users.
pub(crate) const WORKSHOP_ADMIN: Uuid = id(0xa0, 2);

const MARA: Uuid = id(0xe0, 1);
const ILYA: Uuid = id(0xe0, 2);
const ADA: Uuid = id(0xe0, 3);

const DOMAIN: &str = "juniperharbour.example";
/// Verified too, so that the identifier URI of the managed-identity article can be registered as it is printed.
const ARTICLE_DOMAIN: &str = "aztoso.com";
/// The Azure subscription in which the managed identities have their resources.
pub(crate) const SUBSCRIPTION: Uuid = Uuid::from_u128(0x50b0_0000_0000_4000_8000_0000_0000_0001);

/// Readable and still a valid version 4 GUID: the kind in front, a number at the end.
const fn id(kind: u8, number: u8) -> Uuid {
    Uuid::from_u128(((kind as u128) << 120) | 0x4000_8000_0000_0000_0000 | number as u128)
}

/// The directory at its start.
pub(crate) fn directory(spa_redirect_uris: &[String], now: UnixTime) -> Directory {
    let applications = applications(spa_redirect_uris, now);
    let mut service_principals: Vec<_> = applications.iter().map(principal_of).collect();
    service_principals.extend(managed_identities());
    Directory {
        organization: Organization {
            id: TENANT,
            display_name: "Juniper Harbour".into(),
            domain: DOMAIN.into(),
            other_domains: vec![ARTICLE_DOMAIN.into()],
        },
        users: vec![
            user(MARA, "Mara", "Okafor"),
            user(ILYA, "Ilya", "Brandt"),
            user(ADA, "Ada", "Whitlock"),
        ],
        app_role_assignments: vec![AppRoleAssignment {
            id: "ilya-is-workshop-admin".into(),
            app_role_id: WORKSHOP_ADMIN,
            principal_id: ILYA,
            resource_id: principal_id(API),
            created_date_time: now,
        }],
        role_assignments: vec![RoleAssignment {
            principal_id: ADA,
            role_definition_id: GLOBAL_ADMINISTRATOR,
        }],
        oauth2_permission_grants: Vec::new(),
        applications,
        service_principals,
        deleted_items: Vec::new(),
        authorization_policy: AuthorizationPolicy {
            default_user_role_permissions: DefaultUserRolePermissions {
                allowed_to_create_apps: true,
                permission_grant_policies_assigned: vec![USERS_MAY_CONSENT.into()],
            },
        },
    }
}

/// The name of the policy by which users may consent to anything that needs no administrator.
pub(crate) const USERS_MAY_CONSENT: &str =
    "ManagePermissionGrantsForSelf.microsoft-user-default-legacy";

/// Everything but the identities of Azure, the users and the consents.
fn applications(spa_redirect_uris: &[String], now: UnixTime) -> Vec<Application> {
    let mut applications = vec![api(), client(spa_redirect_uris), daemon(now)];
    applications.extend(microsoft::applications());
    for application in &mut applications {
        application.created_date_time = now;
    }
    applications
}

/// Brings Microsoft's applications in a saved directory up to date: they are as this program knows them, whatever an
/// older one has saved.
pub(crate) fn renew_microsofts(directory: &mut Directory) {
    for application in microsoft::applications() {
        if let Some(known) = directory.application_mut(application.app_id) {
            let created_date_time = known.created_date_time;
            *known = application;
            known.created_date_time = created_date_time;
        } else {
            let principal = principal_of(&application);
            directory.service_principals.push(principal);
            directory.applications.push(application);
        }
    }
}

/// Adds names by which Graph is asked for.
pub(crate) fn name_graph(directory: &mut Directory, names: &[String]) {
    if let Some(graph) = directory.application_mut(GRAPH) {
        graph.identifier_uris.extend(names.iter().cloned());
    }
}

fn user(id: Uuid, given_name: &str, surname: &str) -> User {
    let name = format!("{}@{DOMAIN}", given_name.to_lowercase());
    User {
        id,
        mail: Some(name.clone()),
        user_principal_name: name,
        display_name: format!("{given_name} {surname}"),
        given_name: given_name.into(),
        surname: surname.into(),
        account_enabled: true,
        password: Password::new(format!("Practice-{given_name}-1")),
    }
}

fn api() -> Application {
    Application {
        identifier_uris: vec![format!("api://{API}")],
        api: ApiApplication {
            requested_access_token_version: Some(2),
            oauth2_permission_scopes: vec![scope(
                ACCESS_AS_USER_ID,
                ACCESS_AS_USER,
                ConsentBy::User,
                "Use the workshop API as you",
                "Allow the app to call the workshop API with your identity.",
            )],
            ..ApiApplication::default()
        },
        app_roles: vec![
            AppRole {
                id: SVC_INVOKE,
                value: Some("Svc.Invoke".into()),
                display_name: "Invoke the service".into(),
                description: "Call the workshop API without a user.".into(),
                is_enabled: true,
                allowed_member_types: vec![MemberType::Application],
            },
            AppRole {
                id: WORKSHOP_ADMIN,
                value: Some("Workshop.Admin".into()),
                display_name: "Workshop administrator".into(),
                description: "Use the administrator's part of the workshop API.".into(),
                is_enabled: true,
                allowed_member_types: vec![MemberType::User],
            },
        ],
        ..registration(1, API, "workshop-api")
    }
}

fn client(spa_redirect_uris: &[String]) -> Application {
    let mut spa = vec!["http://localhost:3000".to_owned()];
    for uri in spa_redirect_uris {
        if !spa.contains(uri) {
            spa.push(uri.clone());
        }
    }
    Application {
        // So that the device code flow can be tried without changing anything.
        is_fallback_public_client: Some(true),
        spa: RedirectUris { redirect_uris: spa },
        public_client: RedirectUris {
            redirect_uris: vec![
                "http://localhost".into(),
                "https://oauth.pstmn.io/v1/callback".into(),
            ],
        },
        required_resource_access: vec![
            delegated(API, [ACCESS_AS_USER_ID]),
            delegated(GRAPH, [microsoft::USER_READ]),
        ],
        ..registration(2, CLIENT, "workshop-client")
    }
}

/// How long a secret lasts that nobody chose a time for.
const TWO_YEARS: Duration = Duration::from_hours(24 * 365 * 2);

fn daemon(now: UnixTime) -> Application {
    Application {
        password_credentials: vec![PasswordCredential {
            key_id: id(0x5e, 1),
            display_name: Some("practice secret".into()),
            start_date_time: now,
            end_date_time: now + TWO_YEARS,
            secret_text: ClientSecret::new("practice~secret~of~the~workshop~daemon~1"),
        }],
        ..registration(3, DAEMON, "workshop-daemon")
    }
}

/// A registration with nothing in it.
fn registration(number: u8, app_id: Uuid, display_name: &str) -> Application {
    Application {
        display_name: display_name.into(),
        sign_in_audience: SignInAudience::AzureADMyOrg,
        ..Application::blank(id(0x0b, number), app_id, UnixTime(0))
    }
}

/// Static delegated permissions on one resource.
fn delegated(
    resource_app_id: Uuid,
    scopes: impl IntoIterator<Item = Uuid>,
) -> RequiredResourceAccess {
    let permission = |id| ResourceAccess {
        id,
        kind: PermissionKind::Scope,
    };
    RequiredResourceAccess {
        resource_app_id,
        resource_access: scopes.into_iter().map(permission).collect(),
    }
}

fn scope(
    id: Uuid,
    value: &str,
    consent_by: ConsentBy,
    display_name: &str,
    description: &str,
) -> PermissionScope {
    PermissionScope {
        id,
        value: value.into(),
        consent_by,
        is_enabled: true,
        admin_consent_display_name: Some(display_name.into()),
        admin_consent_description: Some(description.into()),
        user_consent_display_name: Some(display_name.into()),
        user_consent_description: Some(description.into()),
    }
}

/// The service principal of an application carries the application object's number.
fn principal_of(application: &Application) -> ServicePrincipal {
    ServicePrincipal::of(application, principal_id(application.app_id), TENANT)
}

fn principal_id(app_id: Uuid) -> Uuid {
    let order = [API, CLIENT, DAEMON, AZURE_CLI, GRAPH, KEY_VAULT, MANAGEMENT];
    let position = order
        .iter()
        .position(|&known| known == app_id)
        .unwrap_or(order.len());
    id(0x5b, u8::try_from(position + 1).unwrap_or(u8::MAX))
}

fn managed_identities() -> [ServicePrincipal; 2] {
    let identity = |number: u8, name: &str, explicit: &str, resource: &str| ServicePrincipal {
        id: id(0x5b, number),
        app_id: id(0xc1, number),
        display_name: name.into(),
        app_owner_organization_id: None,
        service_principal_type: ServicePrincipalType::ManagedIdentity,
        account_enabled: true,
        app_role_assignment_required: false,
        alternative_names: vec![
            format!("isExplicit={explicit}"),
            format!(
                "/subscriptions/{SUBSCRIPTION}/resourcegroups/workshop/providers/{resource}/{name}"
            ),
        ],
        password_credentials: Vec::new(),
        tags: Vec::new(),
        notes: None,
    };
    [
        identity(
            0x11,
            "workshop-vm",
            "False",
            "Microsoft.Compute/virtualMachines",
        ),
        identity(
            0x12,
            "workshop-identity",
            "True",
            "Microsoft.ManagedIdentity/userAssignedIdentities",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded() -> Directory {
        directory(
            &[
                "http://localhost:3000".into(),
                "http://localhost:41233".into(),
            ],
            UnixTime(0),
        )
    }

    #[test]
    fn ids_are_readable_valid_and_unique() {
        assert_eq!(TENANT.to_string(), "7e000000-0000-4000-8000-000000000001");
        let directory = seeded();
        let mut ids: Vec<Uuid> = directory
            .users
            .iter()
            .map(|user| user.id)
            .chain(directory.applications.iter().flat_map(|a| [a.id, a.app_id]))
            .chain(
                directory
                    .service_principals
                    .iter()
                    .map(|principal| principal.id),
            )
            .collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn nothing_is_consented_and_only_a_user_holds_a_role() {
        let directory = seeded();
        assert!(directory.oauth2_permission_grants.is_empty());
        assert!(directory.granted(CLIENT, MARA).is_empty());
        assert_eq!(directory.roles(ILYA, API), ["Workshop.Admin"]);
        assert!(
            directory
                .service_principals
                .iter()
                .all(|p| directory.roles(p.id, API).is_empty())
        );
        assert!(directory.is_administrator(ADA) && !directory.is_administrator(ILYA));
    }

    #[test]
    fn where_the_spa_is_gets_registered_once() {
        let directory = seeded();
        let client = directory.application(CLIENT).unwrap();
        assert_eq!(
            client.spa.redirect_uris,
            ["http://localhost:3000", "http://localhost:41233"]
        );
    }

    #[test]
    fn the_directory_survives_being_written_down() {
        let json = serde_json::to_value(seeded()).unwrap();
        assert_eq!(
            json["applications"][0]["api"]["oauth2PermissionScopes"][0]["type"],
            "User"
        );
        let again: Directory = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(again).unwrap(), json);
    }
}
