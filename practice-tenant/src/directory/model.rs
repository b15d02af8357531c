//! The objects of a directory in the words of Microsoft Graph (v1.0), so that what is stored, what is shown and what
//! Graph's endpoints speak of are the same things.

use serde::{Deserialize, Serialize};
use shared::secret::{ClientSecret, Password, exposed};
use shared::time::UnixTime;
use uuid::Uuid;

use super::date_time;

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
    pub(crate) authorization_policy: AuthorizationPolicy,
    /// What was deleted and can be brought back.
    #[serde(default)]
    pub(crate) deleted_items: Vec<DeletedItem>,
}

/// An object that was deleted, with what went with it (`directory/deletedItems`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletedItem {
    #[serde(with = "date_time")]
    pub(crate) deleted_date_time: UnixTime,
    pub(crate) user: Option<User>,
    pub(crate) application: Option<Application>,
    pub(crate) service_principal: Option<ServicePrincipal>,
    pub(crate) oauth2_permission_grants: Vec<OAuth2PermissionGrant>,
    pub(crate) app_role_assignments: Vec<AppRoleAssignment>,
    pub(crate) role_assignments: Vec<RoleAssignment>,
}

/// What ordinary users may do (`authorizationPolicy`, as far as sign-in asks it).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizationPolicy {
    pub(crate) default_user_role_permissions: DefaultUserRolePermissions,
}

/// What members may do (`defaultUserRolePermissions`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DefaultUserRolePermissions {
    pub(crate) allowed_to_create_apps: bool,
    /// Consent to apps: with no policy assigned users consent to nothing, and everything waits for an administrator.
    pub(crate) permission_grant_policies_assigned: Vec<String>,
}

/// The tenant itself (`organization`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organization {
    pub(crate) id: Uuid,
    pub(crate) display_name: String,
    /// The verified domain, by which the tenant may be named in a path.
    pub(crate) domain: String,
    /// Further domains that were verified.
    #[serde(default)]
    pub(crate) other_domains: Vec<String>,
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
    /// A disabled account cannot sign in (AADSTS50057).
    pub(crate) account_enabled: bool,
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
    /// Those of any tenant, and personal accounts.
    AzureADandPersonalMicrosoftAccount,
    /// Personal accounts only.
    PersonalMicrosoftAccount,
}

/// A registration (`application`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Application {
    pub(crate) id: Uuid,
    /// The client id.
    pub(crate) app_id: Uuid,
    #[serde(with = "date_time")]
    pub(crate) created_date_time: UnixTime,
    pub(crate) display_name: String,
    pub(crate) description: Option<String>,
    pub(crate) group_membership_claims: Option<String>,
    pub(crate) identifier_uris: Vec<String>,
    /// "Allow public client flows": device code and the like, where no redirect URI tells the type of the client.
    pub(crate) is_fallback_public_client: Option<bool>,
    pub(crate) sign_in_audience: SignInAudience,
    pub(crate) api: ApiApplication,
    pub(crate) app_roles: Vec<AppRole>,
    pub(crate) key_credentials: Vec<KeyCredential>,
    pub(crate) optional_claims: Option<OptionalClaims>,
    pub(crate) password_credentials: Vec<PasswordCredential>,
    pub(crate) public_client: RedirectUris,
    pub(crate) required_resource_access: Vec<RequiredResourceAccess>,
    pub(crate) spa: RedirectUris,
    pub(crate) web: WebApplication,
    /// Tokens of other issuers that stand for a credential. With Graph a resource of its own beside the application.
    pub(crate) federated_identity_credentials: Vec<FederatedIdentityCredential>,
    /// Users and service principals that may manage the application without being administrators.
    #[serde(default)]
    pub(crate) owners: Vec<Uuid>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) notes: Option<String>,
    #[serde(default)]
    pub(crate) service_management_reference: Option<String>,
}

/// What an application offers as a resource (`apiApplication`).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiApplication {
    /// Which tokens it wants: `None` and 1 are v1.
    pub(crate) requested_access_token_version: Option<u8>,
    pub(crate) accept_mapped_claims: Option<bool>,
    /// Clients whose consent covers this resource too.
    pub(crate) known_client_applications: Vec<Uuid>,
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
    pub(crate) is_enabled: bool,
    pub(crate) admin_consent_display_name: Option<String>,
    pub(crate) admin_consent_description: Option<String>,
    pub(crate) user_consent_display_name: Option<String>,
    pub(crate) user_consent_description: Option<String>,
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
    /// The name in `roles`; a role without one is assigned and never seen in a token.
    pub(crate) value: Option<String>,
    pub(crate) display_name: String,
    pub(crate) description: String,
    pub(crate) is_enabled: bool,
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

/// The platform "Web" (`webApplication`).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebApplication {
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) home_page_url: Option<String>,
    pub(crate) logout_url: Option<String>,
    pub(crate) implicit_grant_settings: ImplicitGrantSettings,
}

/// Which tokens the authorization endpoint may give out itself (`implicitGrantSettings`).
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImplicitGrantSettings {
    pub(crate) enable_access_token_issuance: bool,
    pub(crate) enable_id_token_issuance: bool,
}

/// A client secret (`passwordCredential`). Graph shows the text once, when it is made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordCredential {
    pub(crate) key_id: Uuid,
    pub(crate) display_name: Option<String>,
    #[serde(with = "date_time")]
    pub(crate) start_date_time: UnixTime,
    #[serde(with = "date_time")]
    pub(crate) end_date_time: UnixTime,
    #[serde(with = "exposed")]
    pub(crate) secret_text: ClientSecret,
}

/// A client certificate (`keyCredential`): the public half, by which assertions are verified.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyCredential {
    pub(crate) key_id: Uuid,
    pub(crate) display_name: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) usage: String,
    /// The thumbprint, SHA-1, in base64.
    pub(crate) custom_key_identifier: String,
    #[serde(with = "date_time")]
    pub(crate) start_date_time: UnixTime,
    #[serde(with = "date_time")]
    pub(crate) end_date_time: UnixTime,
    /// The certificate (DER) in base64.
    pub(crate) key: String,
}

/// Trust in another issuer's tokens (`federatedIdentityCredential`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FederatedIdentityCredential {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) audiences: Vec<String>,
    pub(crate) description: Option<String>,
}

/// Claims a token carries only where they are asked for (`optionalClaims`).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are Graph's")]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct OptionalClaims {
    pub(crate) id_token: Vec<OptionalClaim>,
    pub(crate) access_token: Vec<OptionalClaim>,
    pub(crate) saml2_token: Vec<OptionalClaim>,
}

/// One of them (`optionalClaim`).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct OptionalClaim {
    pub(crate) name: String,
    pub(crate) source: Option<String>,
    pub(crate) essential: bool,
    pub(crate) additional_properties: Vec<String>,
}

/// The static permissions of a client on one resource, which `.default` stands for (`requiredResourceAccess`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequiredResourceAccess {
    pub(crate) resource_app_id: Uuid,
    pub(crate) resource_access: Vec<ResourceAccess>,
}

/// One permission by its id (`resourceAccess`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ResourceAccess {
    pub(crate) id: Uuid,
    #[serde(rename = "type")]
    pub(crate) kind: PermissionKind,
}

/// Delegated or without a user (`type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PermissionKind {
    /// Delegated: a scope of the resource.
    Scope,
    /// For applications: a role of the resource.
    Role,
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
    pub(crate) account_enabled: bool,
    /// "Assignment required": who has no role is refused (AADSTS50105, AADSTS501051).
    pub(crate) app_role_assignment_required: bool,
    /// For a managed identity: `isExplicit=…` and the resource's id in Azure.
    pub(crate) alternative_names: Vec<String>,
    /// Secrets beside those of the registration; they are as good.
    #[serde(default)]
    pub(crate) password_credentials: Vec<PasswordCredential>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) notes: Option<String>,
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
    #[serde(with = "date_time")]
    pub(crate) created_date_time: UnixTime,
}

/// Who holds which directory role (`unifiedRoleAssignment`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleAssignment {
    pub(crate) principal_id: Uuid,
    pub(crate) role_definition_id: Uuid,
}
