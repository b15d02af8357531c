//! The applications of Microsoft that every tenant has: Graph, Key Vault, Azure's management API and the Azure CLI. Their
//! ids and those of their permissions are Microsoft's ("Microsoft Graph permissions reference").

use uuid::Uuid;

use super::{AZURE_CLI, KEY_VAULT, MANAGEMENT, delegated, registration, scope};
use crate::directory::{
    ApiApplication, AppRole, Application, ConsentBy, GRAPH, MemberType, PermissionScope,
    PreAuthorizedApplication, RedirectUris, RequiredResourceAccess, SignInAudience,
};

/// Graph's permission `User.Read`.
pub(super) const USER_READ: Uuid = Uuid::from_u128(0xe1fe6dd8_ba31_4d61_89e7_88639da4683d);

/// Whose name an application's permission has, what it allows, and its ids: delegated, and for applications.
struct GraphPermission {
    value: &'static str,
    delegated: Option<(u128, ConsentBy)>,
    application: Option<u128>,
    display_name: &'static str,
    description: &'static str,
}

const BY_ADMIN: ConsentBy = ConsentBy::Admin;
const BY_USER: ConsentBy = ConsentBy::User;

/// The permissions of Graph that the workshop speaks of.
const GRAPH_PERMISSIONS: [GraphPermission; 21] = [
    GraphPermission {
        value: "openid",
        delegated: Some((0x37f7f235_527c_4136_accd_4a02d197296e, BY_USER)),
        application: None,
        display_name: "Sign you in",
        description: "Allow you to sign in to the app with your work or school account.",
    },
    GraphPermission {
        value: "profile",
        delegated: Some((0x14dad69e_099b_42c9_810b_d002981feec1, BY_USER)),
        application: None,
        display_name: "View your basic profile",
        description: "Allow the app to see your name and user name.",
    },
    GraphPermission {
        value: "email",
        delegated: Some((0x64a6cdd6_aab1_4aaf_94b8_3cc8405e90d0, BY_USER)),
        application: None,
        display_name: "View your email address",
        description: "Allow the app to read your primary email address.",
    },
    GraphPermission {
        value: "offline_access",
        delegated: Some((0x7427e0e9_2fba_42fe_b0c0_848c9e6a8182, BY_USER)),
        application: None,
        display_name: "Maintain access to data you have given it access to",
        description: "Allow the app to see and update the data you gave it access to, even when you are not using it.",
    },
    GraphPermission {
        value: "User.Read",
        delegated: Some((0xe1fe6dd8_ba31_4d61_89e7_88639da4683d, BY_USER)),
        application: None,
        display_name: "Sign you in and read your profile",
        description: "Allow you to sign in to the app and let the app read your profile.",
    },
    GraphPermission {
        value: "User.ReadBasic.All",
        delegated: Some((0xb340eb25_3456_403f_be2f_af7a0d370277, BY_USER)),
        application: Some(0x97235f07_e226_4f63_ace3_39588e11d3a1),
        display_name: "Read all users' basic profiles",
        description: "Allow the app to read a basic set of properties of other users.",
    },
    GraphPermission {
        value: "Mail.Read",
        delegated: Some((0x570282fd_fa5c_430d_a7fd_fc8dc98a9dca, BY_USER)),
        application: Some(0x810c84a8_4a9e_49e6_bf7d_12d183f40d01),
        display_name: "Read your mail",
        description: "Allow the app to read email in your mailbox.",
    },
    GraphPermission {
        value: "User.Read.All",
        delegated: Some((0xa154be20_db9c_4678_8ab7_66f6cc099a59, BY_ADMIN)),
        application: Some(0xdf021288_bdef_4463_88db_98f22de89214),
        display_name: "Read all users' full profiles",
        description: "Allow the app to read the full set of properties of other users.",
    },
    GraphPermission {
        value: "User.ReadWrite.All",
        delegated: Some((0x204e0828_b5ca_4ad8_b9f3_f32a958e7cc4, BY_ADMIN)),
        application: Some(0x741f803b_c850_494e_b5df_cde7c675a1ca),
        display_name: "Read and write all users' full profiles",
        description: "Allow the app to read and change the properties of users.",
    },
    GraphPermission {
        value: "Directory.Read.All",
        delegated: Some((0x06da0dbc_49e2_44d2_8312_53f166ab848a, BY_ADMIN)),
        application: Some(0x7ab1d382_f21e_4acd_a863_ba3e13f7da61),
        display_name: "Read directory data",
        description: "Allow the app to read data in your organization's directory.",
    },
    GraphPermission {
        value: "Directory.ReadWrite.All",
        delegated: Some((0xc5366453_9fb0_48a5_a156_24f0c49a4b84, BY_ADMIN)),
        application: Some(0x19dbc75e_c2e2_444c_a770_ec69d8559fc7),
        display_name: "Read and write directory data",
        description: "Allow the app to read and change data in your organization's directory.",
    },
    GraphPermission {
        value: "Directory.AccessAsUser.All",
        delegated: Some((0x0e263e50_5827_48a4_b97c_d940288653c7, BY_ADMIN)),
        application: None,
        display_name: "Access the directory as you",
        description: "Allow the app to do in the directory whatever you may do.",
    },
    GraphPermission {
        value: "Application.Read.All",
        delegated: Some((0xc79f8feb_a9db_4090_85f9_90d820caa0eb, BY_ADMIN)),
        application: Some(0x9a5d68dd_52b0_4cc2_bd40_abcf44ac3a30),
        display_name: "Read applications",
        description: "Allow the app to read applications and service principals.",
    },
    GraphPermission {
        value: "Application.ReadWrite.All",
        delegated: Some((0xbdfbf15f_ee85_4955_8675_146e8e5296b5, BY_ADMIN)),
        application: Some(0x1bfefb4e_e0b5_418b_a88f_73c46d2cc8e9),
        display_name: "Read and write applications",
        description: "Allow the app to create, change and delete applications and service principals.",
    },
    GraphPermission {
        value: "Application.ReadWrite.OwnedBy",
        delegated: None,
        application: Some(0x18a4783c_866b_4cc7_a460_3d5e5662c884),
        display_name: "Manage apps that this app creates or owns",
        description: "Allow the app to create other applications and to manage those.",
    },
    GraphPermission {
        value: "AppRoleAssignment.ReadWrite.All",
        delegated: Some((0x84bccea3_f856_4a8a_967b_dbe0a3d53a64, BY_ADMIN)),
        application: Some(0x06b708a9_e830_4db3_a914_8e69da51d44f),
        display_name: "Manage app permission grants and app role assignments",
        description: "Allow the app to assign and remove app roles of any application.",
    },
    GraphPermission {
        value: "DelegatedPermissionGrant.ReadWrite.All",
        delegated: Some((0x41ce6ca6_6826_4807_84f1_1c82854f7ee5, BY_ADMIN)),
        application: Some(0x8e8e4742_1d95_4f68_9d56_6ee75648c72a),
        display_name: "Manage all delegated permission grants",
        description: "Allow the app to grant and revoke delegated permissions.",
    },
    GraphPermission {
        value: "Policy.Read.All",
        delegated: Some((0x572fea84_0151_49b2_9301_11cb16974376, BY_ADMIN)),
        application: Some(0x246dd0d5_5bd0_4def_940b_0421030a5b68),
        display_name: "Read your organization's policies",
        description: "Allow the app to read the policies of your organization.",
    },
    GraphPermission {
        value: "Policy.ReadWrite.Authorization",
        delegated: Some((0xedd3c878_b384_41fd_95ad_e7407dd775be, BY_ADMIN)),
        application: Some(0xfb221be6_99f2_473f_bd32_01c6a0e9ca3b),
        display_name: "Read and write your organization's authorization policy",
        description: "Allow the app to change what users may consent to.",
    },
    GraphPermission {
        value: "RoleManagement.Read.Directory",
        delegated: Some((0x741c54c3_0c1e_44a1_818b_3f97ab4e8c83, BY_ADMIN)),
        application: Some(0x483bed4a_2ad3_4361_a73b_c83ccdbdc53c),
        display_name: "Read directory roles",
        description: "Allow the app to read who holds which directory role.",
    },
    GraphPermission {
        value: "Organization.Read.All",
        delegated: Some((0x4908d5b9_3fb2_4b1e_9336_1888b7937185, BY_ADMIN)),
        application: Some(0x498476ce_e0fe_48b0_b801_37ba7e2685c6),
        display_name: "Read organization information",
        description: "Allow the app to read the organization and its verified domains.",
    },
];

/// Graph, Key Vault, the management API and the CLI, in the order of their numbers.
pub(super) fn applications() -> [Application; 4] {
    let (graph, key_vault, management) = (graph(), key_vault(), management());
    let cli = azure_cli([&management, &key_vault, &graph].map(everything).into());
    [cli, graph, key_vault, management]
}

fn everything(application: &Application) -> RequiredResourceAccess {
    let scopes = &application.api.oauth2_permission_scopes;
    delegated(application.app_id, scopes.iter().map(|scope| scope.id))
}

fn azure_cli(required_resource_access: Vec<RequiredResourceAccess>) -> Application {
    Application {
        sign_in_audience: SignInAudience::AzureADMultipleOrgs,
        is_fallback_public_client: Some(true),
        public_client: RedirectUris {
            redirect_uris: vec![
                "http://localhost".into(),
                "https://login.microsoftonline.com/common/oauth2/nativeclient".into(),
            ],
        },
        required_resource_access,
        ..registration(4, AZURE_CLI, "Microsoft Azure CLI")
    }
}

fn graph() -> Application {
    let scopes = GRAPH_PERMISSIONS.iter().filter_map(|permission| {
        let (id, consent_by) = permission.delegated?;
        Some(scope(
            Uuid::from_u128(id),
            permission.value,
            consent_by,
            permission.display_name,
            permission.description,
        ))
    });
    let roles = GRAPH_PERMISSIONS.iter().filter_map(|permission| {
        Some(AppRole {
            id: Uuid::from_u128(permission.application?),
            value: Some(permission.value.into()),
            display_name: permission.display_name.into(),
            description: permission.description.into(),
            is_enabled: true,
            allowed_member_types: vec![MemberType::Application],
        })
    });
    Application {
        app_roles: roles.collect(),
        ..resource(
            5,
            GRAPH,
            "Microsoft Graph",
            &["https://graph.microsoft.com"],
            scopes.collect(),
        )
    }
}

fn key_vault() -> Application {
    let scopes = vec![scope(
        Uuid::from_u128(0xf53da476_18e3_4152_8e01_aec403e6edc0),
        "user_impersonation",
        ConsentBy::User,
        "Have full access to Azure Key Vault as you",
        "Allow the app to use Azure Key Vault on your behalf.",
    )];
    let names = ["https://vault.azure.net"];
    resource(6, KEY_VAULT, "Azure Key Vault", &names, scopes)
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
    resource(7, MANAGEMENT, "Azure Resource Manager", &names, scopes)
}

/// One of Microsoft's resources. Microsoft's own client needs nobody's consent.
fn resource(
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
            pre_authorized_applications: vec![PreAuthorizedApplication {
                app_id: AZURE_CLI,
                delegated_permission_ids: scopes.iter().map(|scope| scope.id).collect(),
            }],
            oauth2_permission_scopes: scopes,
            ..ApiApplication::default()
        },
        ..registration(number, app_id, name)
    }
}
