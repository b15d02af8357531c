//! The objects of a directory in the words of Microsoft Graph (v1.0), so that what is stored, what is shown and what
//! Graph's endpoints speak of are the same things.

use serde::{Deserialize, Serialize};
use shared::secret::{ClientSecret, Password, exposed};
use shared::time::UnixTime;
use uuid::Uuid;

/// Everything a tenant holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Directory {
    pub(crate) organization: Organization,
    pub(crate) users: Vec<User>,
    /// The registrations this tenant knows: its own, and those of Microsoft that every tenant has.
    pub(crate) applications: Vec<Application>,
    pub(crate) service_principals: Vec<ServicePrincipal>,
    pub(crate) oauth2_permission_grants: Vec<OAuth2PermissionGrant>,
    pub(crate) app_role_assignments: Vec<AppRoleAssignment>,
    /// Who holds which directory role.
    pub(crate) role_assignments: Vec<RoleAssignment>,
}

/// The tenant itself (`organization`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organization {
    pub(crate) id: Uuid,
    pub(crate) display_name: String,
    /// The verified domain, by which the tenant may be named in a path.
    pub(crate) domain: String,
}

/// A person (`user`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are Graph's")]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) user_principal_name: String,
    pub(crate) display_name: String,
    pub(crate) given_name: String,
    pub(crate) surname: String,
    pub(crate) mail: Option<String>,
    /// Fixed and public on purpose: nobody may take it for a real one.
    #[serde(with = "exposed")]
    pub(crate) password: Password,
}

/// Whose users may sign in to an application (`signInAudience`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SignInAudience {
    /// Those of one tenant: `/common` and `/organizations` are refused (AADSTS50194).
    AzureADMyOrg,
    /// Those of any tenant.
    AzureADMultipleOrgs,
}

/// A registration (`application`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Application {
    pub(crate) id: Uuid,
    /// The client id.
    pub(crate) app_id: Uuid,
    pub(crate) display_name: String,
    pub(crate) sign_in_audience: SignInAudience,
    pub(crate) identifier_uris: Vec<String>,
    pub(crate) api: ApiApplication,
    pub(crate) app_roles: Vec<AppRole>,
    pub(crate) spa: RedirectUris,
    pub(crate) public_client: RedirectUris,
    pub(crate) web: RedirectUris,
    pub(crate) password_credentials: Vec<PasswordCredential>,
    pub(crate) required_resource_access: Vec<RequiredResourceAccess>,
}

/// What an application offers as a resource (`apiApplication`).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiApplication {
    /// Which tokens it wants: `None` and 1 are v1.
    pub(crate) requested_access_token_version: Option<u8>,
    pub(crate) oauth2_permission_scopes: Vec<PermissionScope>,
    pub(crate) pre_authorized_applications: Vec<PreAuthorizedApplication>,
}

/// A delegated permission (`permissionScope`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PermissionScope {
    pub(crate) id: Uuid,
    /// The name in `scope` and `scp`.
    pub(crate) value: String,
    /// Who may consent.
    #[serde(rename = "type")]
    pub(crate) consent_by: ConsentBy,
    pub(crate) user_consent_display_name: String,
    pub(crate) user_consent_description: String,
}

/// Who may consent to a delegated permission (`type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ConsentBy {
    /// Users for themselves, administrators for all.
    User,
    /// Administrators only.
    Admin,
}

/// A client that needs nobody's consent (`preAuthorizedApplication`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreAuthorizedApplication {
    pub(crate) app_id: Uuid,
    pub(crate) delegated_permission_ids: Vec<Uuid>,
}

/// An application role (`appRole`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppRole {
    pub(crate) id: Uuid,
    /// The name in `roles`.
    pub(crate) value: String,
    pub(crate) display_name: String,
    pub(crate) description: String,
    pub(crate) allowed_member_types: Vec<MemberType>,
}

/// Who can hold an application role (`allowedMemberTypes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MemberType {
    /// Users and groups.
    User,
    /// Clients without a user.
    Application,
}

/// The redirect URIs of one platform.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedirectUris {
    pub(crate) redirect_uris: Vec<String>,
}

/// A client secret (`passwordCredential`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordCredential {
    pub(crate) key_id: Uuid,
    pub(crate) display_name: String,
    #[serde(with = "exposed")]
    pub(crate) secret_text: ClientSecret,
}

/// The static permissions of a client on one resource, which `.default` stands for (`requiredResourceAccess`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequiredResourceAccess {
    pub(crate) resource_app_id: Uuid,
    /// Delegated permissions by id. Application permissions join them with the client credentials flow.
    pub(crate) scopes: Vec<Uuid>,
}

/// An application, or a managed identity, as a member of this tenant (`servicePrincipal`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are Graph's")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePrincipal {
    pub(crate) id: Uuid,
    pub(crate) app_id: Uuid,
    pub(crate) display_name: String,
    /// The tenant that registered it; a managed identity has no registration.
    pub(crate) app_owner_organization_id: Option<Uuid>,
    pub(crate) service_principal_type: ServicePrincipalType,
    /// For a managed identity: `isExplicit=…` and the resource's id in Azure.
    pub(crate) alternative_names: Vec<String>,
}

/// What a service principal stands for (`servicePrincipalType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ServicePrincipalType {
    /// A registration.
    Application,
    /// An identity that Azure manages.
    ManagedIdentity,
}

/// Consent to delegated permissions (`oAuth2PermissionGrant`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OAuth2PermissionGrant {
    pub(crate) id: String,
    /// The client's service principal.
    pub(crate) client_id: Uuid,
    pub(crate) consent_type: ConsentType,
    /// The user, for [`ConsentType::Principal`].
    pub(crate) principal_id: Option<Uuid>,
    /// The resource's service principal.
    pub(crate) resource_id: Uuid,
    /// Names separated by spaces.
    pub(crate) scope: String,
}

/// Whom a consent covers (`consentType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ConsentType {
    /// Everybody in the tenant.
    AllPrincipals,
    /// One user.
    Principal,
}

/// Who holds which role of which application (`appRoleAssignment`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppRoleAssignment {
    pub(crate) id: String,
    pub(crate) app_role_id: Uuid,
    pub(crate) principal_id: Uuid,
    pub(crate) resource_id: Uuid,
    pub(crate) created_date_time: UnixTime,
}

/// Who holds which directory role (`unifiedRoleAssignment`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleAssignment {
    pub(crate) principal_id: Uuid,
    pub(crate) role_definition_id: Uuid,
}
