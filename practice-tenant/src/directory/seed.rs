//! What a practice tenant holds before anybody does anything: fixed ids, so that scripts and screenshots stay true.
//!
//! The applications named after Microsoft's have Microsoft's ids, as in every tenant. Nothing is consented and no
//! application holds a role: the first sign-in asks for consent, and the first call without a user is refused.

use shared::secret::{ClientSecret, Password};
use shared::time::UnixTime;
use uuid::Uuid;

use super::{
    ApiApplication, AppRole, AppRoleAssignment, Application, ConsentBy, Directory,
    GLOBAL_ADMINISTRATOR, GRAPH, MemberType, Organization, PasswordCredential, PermissionScope,
    PreAuthorizedApplication, RedirectUris, RequiredResourceAccess, RoleAssignment,
    ServicePrincipal, ServicePrincipalType, SignInAudience, User,
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
/// The tenant in which Microsoft registers its applications.
const MICROSOFT: Uuid = Uuid::from_u128(0xf8cdef31_a31e_4b4a_93e4_5f571e91255a);

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
const SUBSCRIPTION: &str =
    "/subscriptions/50b00000-0000-4000-8000-000000000001/resourcegroups/workshop/providers";

/// Readable and still a valid version 4 GUID: the kind in front, a number at the end.
const fn id(kind: u8, number: u8) -> Uuid {
    Uuid::from_u128(((kind as u128) << 120) | 0x4000_8000_0000_0000_0000 | number as u128)
}

/// The directory at its start.
pub(crate) fn directory(spa_redirect_uris: &[String], now: UnixTime) -> Directory {
    let applications = vec![
        api(),
        client(spa_redirect_uris),
        daemon(),
        azure_cli(),
        graph(),
        key_vault(),
        management(),
    ];
    let mut service_principals: Vec<_> = applications.iter().map(principal_of).collect();
    service_principals.extend(managed_identities());
    Directory {
        organization: Organization {
            id: TENANT,
            display_name: "Juniper Harbour".into(),
            domain: DOMAIN.into(),
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
            pre_authorized_applications: Vec::new(),
        },
        app_roles: vec![
            AppRole {
                id: SVC_INVOKE,
                value: "Svc.Invoke".into(),
                display_name: "Invoke the service".into(),
                description: "Call the workshop API without a user.".into(),
                allowed_member_types: vec![MemberType::Application],
            },
            AppRole {
                id: WORKSHOP_ADMIN,
                value: "Workshop.Admin".into(),
                display_name: "Workshop administrator".into(),
                description: "Use the administrator's part of the workshop API.".into(),
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
        spa: RedirectUris { redirect_uris: spa },
        public_client: RedirectUris {
            redirect_uris: vec![
                "http://localhost".into(),
                "https://oauth.pstmn.io/v1/callback".into(),
            ],
        },
        required_resource_access: vec![
            RequiredResourceAccess {
                resource_app_id: API,
                scopes: vec![ACCESS_AS_USER_ID],
            },
            RequiredResourceAccess {
                resource_app_id: GRAPH,
                scopes: vec![USER_READ],
            },
        ],
        ..registration(2, CLIENT, "workshop-client")
    }
}

fn daemon() -> Application {
    Application {
        password_credentials: vec![PasswordCredential {
            key_id: id(0x5e, 1),
            display_name: "practice secret".into(),
            secret_text: ClientSecret::new("practice~secret~of~the~workshop~daemon~1"),
        }],
        ..registration(3, DAEMON, "workshop-daemon")
    }
}

fn azure_cli() -> Application {
    let everything = |application: &Application| RequiredResourceAccess {
        resource_app_id: application.app_id,
        scopes: application
            .api
            .oauth2_permission_scopes
            .iter()
            .map(|scope| scope.id)
            .collect(),
    };
    Application {
        sign_in_audience: SignInAudience::AzureADMultipleOrgs,
        public_client: RedirectUris {
            redirect_uris: vec![
                "http://localhost".into(),
                "https://login.microsoftonline.com/common/oauth2/nativeclient".into(),
            ],
        },
        required_resource_access: vec![
            everything(&management()),
            everything(&key_vault()),
            everything(&graph()),
        ],
        ..registration(4, AZURE_CLI, "Microsoft Azure CLI")
    }
}

const USER_READ: Uuid = Uuid::from_u128(0xe1fe6dd8_ba31_4d61_89e7_88639da4683d);

/// The permissions of Graph that the workshop speaks of, with Microsoft's ids.
fn graph() -> Application {
    let scopes = vec![
        scope(
            Uuid::from_u128(0x37f7f235_527c_4136_accd_4a02d197296e),
            "openid",
            ConsentBy::User,
            "Sign you in",
            "Allow you to sign in to the app with your work or school account.",
        ),
        scope(
            Uuid::from_u128(0x14dad69e_099b_42c9_810b_d002981feec1),
            "profile",
            ConsentBy::User,
            "View your basic profile",
            "Allow the app to see your name and user name.",
        ),
        scope(
            Uuid::from_u128(0x64a6cdd6_aab1_4aaf_94b8_3cc8405e90d0),
            "email",
            ConsentBy::User,
            "View your email address",
            "Allow the app to read your primary email address.",
        ),
        scope(
            Uuid::from_u128(0x7427e0e9_2fba_42fe_b0c0_848c9e6a8182),
            "offline_access",
            ConsentBy::User,
            "Maintain access to data you have given it access to",
            "Allow the app to see and update the data you gave it access to, even when you are not using it.",
        ),
        scope(
            USER_READ,
            "User.Read",
            ConsentBy::User,
            "Sign you in and read your profile",
            "Allow you to sign in to the app and let the app read your profile.",
        ),
        scope(
            Uuid::from_u128(0xb340eb25_3456_403f_be2f_af7a0d370277),
            "User.ReadBasic.All",
            ConsentBy::User,
            "Read all users' basic profiles",
            "Allow the app to read a basic set of properties of other users on your behalf.",
        ),
        scope(
            Uuid::from_u128(0x570282fd_fa5c_430d_a7fd_fc8dc98a9dca),
            "Mail.Read",
            ConsentBy::User,
            "Read your mail",
            "Allow the app to read email in your mailbox.",
        ),
        scope(
            Uuid::from_u128(0xa154be20_db9c_4678_8ab7_66f6cc099a59),
            "User.Read.All",
            ConsentBy::Admin,
            "Read all users' full profiles",
            "Allow the app to read the full set of properties of other users on your behalf.",
        ),
        scope(
            Uuid::from_u128(0x06da0dbc_49e2_44d2_8312_53f166ab848a),
            "Directory.Read.All",
            ConsentBy::Admin,
            "Read directory data",
            "Allow the app to read data in your organization's directory.",
        ),
    ];
    first_party(
        5,
        GRAPH,
        "Microsoft Graph",
        &["https://graph.microsoft.com"],
        scopes,
    )
}

fn key_vault() -> Application {
    let scopes = vec![scope(
        Uuid::from_u128(0xf53da476_18e3_4152_8e01_aec403e6edc0),
        "user_impersonation",
        ConsentBy::User,
        "Have full access to Azure Key Vault as you",
        "Allow the app to use Azure Key Vault on your behalf.",
    )];
    first_party(
        6,
        KEY_VAULT,
        "Azure Key Vault",
        &["https://vault.azure.net"],
        scopes,
    )
}

fn management() -> Application {
    let scopes = vec![scope(
        Uuid::from_u128(0x41094075_9dad_400e_a0bd_54e686782033),
        "user_impersonation",
        ConsentBy::User,
        "Access Azure Resource Manager as you",
        "Allow the app to manage Azure resources on your behalf.",
    )];
    let names = [
        "https://management.azure.com",
        "https://management.core.windows.net",
    ];
    first_party(7, MANAGEMENT, "Azure Resource Manager", &names, scopes)
}

/// One of Microsoft's resources. Microsoft's own client needs nobody's consent.
fn first_party(
    number: u8,
    app_id: Uuid,
    name: &str,
    identifier_uris: &[&str],
    scopes: Vec<PermissionScope>,
) -> Application {
    Application {
        sign_in_audience: SignInAudience::AzureADMultipleOrgs,
        identifier_uris: identifier_uris.iter().map(|&uri| uri.to_owned()).collect(),
        api: ApiApplication {
            requested_access_token_version: None,
            pre_authorized_applications: vec![PreAuthorizedApplication {
                app_id: AZURE_CLI,
                delegated_permission_ids: scopes.iter().map(|scope| scope.id).collect(),
            }],
            oauth2_permission_scopes: scopes,
        },
        ..registration(number, app_id, name)
    }
}

/// A registration with nothing in it.
fn registration(number: u8, app_id: Uuid, display_name: &str) -> Application {
    Application {
        id: id(0x0b, number),
        app_id,
        display_name: display_name.into(),
        sign_in_audience: SignInAudience::AzureADMyOrg,
        identifier_uris: Vec::new(),
        api: ApiApplication::default(),
        app_roles: Vec::new(),
        spa: RedirectUris::default(),
        public_client: RedirectUris::default(),
        web: RedirectUris::default(),
        password_credentials: Vec::new(),
        required_resource_access: Vec::new(),
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
        user_consent_display_name: display_name.into(),
        user_consent_description: description.into(),
    }
}

/// The service principal of an application carries the application object's number.
fn principal_of(application: &Application) -> ServicePrincipal {
    let own = [API, CLIENT, DAEMON].contains(&application.app_id);
    ServicePrincipal {
        id: principal_id(application.app_id),
        app_id: application.app_id,
        display_name: application.display_name.clone(),
        app_owner_organization_id: Some(if own { TENANT } else { MICROSOFT }),
        service_principal_type: ServicePrincipalType::Application,
        alternative_names: Vec::new(),
    }
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
        alternative_names: vec![
            format!("isExplicit={explicit}"),
            format!("{SUBSCRIPTION}/{resource}/{name}"),
        ],
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
