//! The objects of a directory as Microsoft Graph writes them, as far as these pages show them. What is not there is
//! empty. Read and written by hand: derived code for all of them would double what travels to the browser.

use serde_json::{Value, json};

/// The role that everybody has who is assigned without one.
pub const DEFAULT_ACCESS: &str = "00000000-0000-0000-0000-000000000000";
/// The policy by which users may consent for themselves.
pub const USERS_MAY_CONSENT: &str = "ManagePermissionGrantsForSelf.microsoft-user-default-legacy";

/// Everything that is loaded at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// App registrations.
    pub applications: Vec<Application>,
    /// Enterprise applications and managed identities.
    pub principals: Vec<ServicePrincipal>,
    /// People.
    pub users: Vec<User>,
    /// Consents to delegated permissions.
    pub grants: Vec<Grant>,
    /// What users may do.
    pub policy: AuthorizationPolicy,
    /// Registrations that were deleted and can be restored.
    pub deleted_applications: Vec<Deleted>,
    /// Users that were deleted and can be restored.
    pub deleted_users: Vec<Deleted>,
}

impl Directory {
    /// A registration by its client ID.
    pub fn application(&self, app_id: &str) -> Option<&Application> {
        self.applications.iter().find(|app| app.app_id == app_id)
    }

    /// The service principal of a client ID.
    pub fn principal_of(&self, app_id: &str) -> Option<&ServicePrincipal> {
        self.principals.iter().find(|one| one.app_id == app_id)
    }

    /// A service principal by its object ID.
    pub fn principal(&self, id: &str) -> Option<&ServicePrincipal> {
        self.principals.iter().find(|one| one.id == id)
    }

    /// What an object ID stands for, for reading.
    pub fn name_of(&self, id: &str) -> String {
        let user = self.users.iter().find(|user| user.id == id);
        let principal = self.principal(id).map(|one| &one.display_name);
        user.map(|user| &user.display_name)
            .or(principal)
            .map_or_else(|| id.to_owned(), Clone::clone)
    }
}

/// What was deleted and is kept for thirty days (`directory/deletedItems`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Object ID.
    pub id: String,
    /// Name.
    pub display_name: String,
}

impl Deleted {
    /// Reads a deleted object.
    pub fn read(value: &Value) -> Self {
        Self {
            id: text(value, "id"),
            display_name: text(value, "displayName"),
        }
    }
}

/// `application`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Application {
    /// Object ID.
    pub id: String,
    /// Client ID.
    pub app_id: String,
    /// Name.
    pub display_name: String,
    /// Whose users may sign in.
    pub sign_in_audience: String,
    /// Application ID URIs.
    pub identifier_uris: Vec<String>,
    /// What it offers as an API.
    pub api: Api,
    /// Roles.
    pub app_roles: Vec<AppRole>,
    /// Platform "Web".
    pub web: Vec<String>,
    /// Platform "Single-page application".
    pub spa: Vec<String>,
    /// Platform "Mobile and desktop applications".
    pub public_client: Vec<String>,
    /// "Allow public client flows".
    pub is_fallback_public_client: Option<bool>,
    /// The permissions it asks for.
    pub required_resource_access: Vec<RequiredResource>,
    /// Client secrets, without their text.
    pub password_credentials: Vec<Credential>,
    /// Certificates.
    pub key_credentials: Vec<Credential>,
    /// The whole object.
    pub manifest: Value,
}

impl Application {
    /// Reads a registration and keeps all of it.
    pub fn read(manifest: &Value) -> Self {
        let platform = |platform: Platform| strings(&manifest[platform.member()], "redirectUris");
        Self {
            id: text(manifest, "id"),
            app_id: text(manifest, "appId"),
            display_name: text(manifest, "displayName"),
            sign_in_audience: text(manifest, "signInAudience"),
            identifier_uris: strings(manifest, "identifierUris"),
            api: Api::read(&manifest["api"]),
            app_roles: list(manifest, "appRoles", AppRole::read),
            web: platform(Platform::Web),
            spa: platform(Platform::Spa),
            public_client: platform(Platform::PublicClient),
            is_fallback_public_client: manifest["isFallbackPublicClient"].as_bool(),
            required_resource_access: list(
                manifest,
                "requiredResourceAccess",
                RequiredResource::read,
            ),
            password_credentials: list(manifest, "passwordCredentials", Credential::read),
            key_credentials: list(manifest, "keyCredentials", Credential::read),
            manifest: manifest.clone(),
        }
    }

    /// The path to it: by object ID, or by client ID where nobody knows the other.
    pub fn path(&self) -> String {
        match self.id.as_str() {
            "" => format!("applications(appId='{}')", self.app_id),
            id => format!("applications/{id}"),
        }
    }

    /// The redirect URIs of a platform.
    pub fn redirect_uris(&self, platform: Platform) -> &[String] {
        match platform {
            Platform::Web => &self.web,
            Platform::Spa => &self.spa,
            Platform::PublicClient => &self.public_client,
        }
    }
}

/// A platform of redirect URIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// A browser app that redeems its code itself.
    Spa,
    /// An app on a device.
    PublicClient,
    /// An app on a server.
    Web,
}

impl Platform {
    /// All of them.
    pub const ALL: [Platform; 3] = [Platform::Spa, Platform::PublicClient, Platform::Web];

    /// What the admin center calls it.
    pub fn title(self) -> &'static str {
        match self {
            Platform::Spa => "Single-page application",
            Platform::PublicClient => "Mobile and desktop applications",
            Platform::Web => "Web",
        }
    }

    /// What Graph calls it.
    pub fn member(self) -> &'static str {
        match self {
            Platform::Spa => "spa",
            Platform::PublicClient => "publicClient",
            Platform::Web => "web",
        }
    }
}

/// `apiApplication`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Api {
    /// Which access tokens it wants; nothing means 1.
    pub requested_access_token_version: Option<u8>,
    /// Delegated permissions.
    pub oauth2_permission_scopes: Vec<Scope>,
    /// Clients that need nobody's consent.
    pub pre_authorized_applications: Vec<PreAuthorized>,
}

impl Api {
    fn read(value: &Value) -> Self {
        let version = value["requestedAccessTokenVersion"].as_u64();
        Self {
            requested_access_token_version: version.and_then(|version| version.try_into().ok()),
            oauth2_permission_scopes: list(value, "oauth2PermissionScopes", Scope::read),
            pre_authorized_applications: list(
                value,
                "preAuthorizedApplications",
                PreAuthorized::read,
            ),
        }
    }
}

/// `permissionScope`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// Its ID.
    pub id: String,
    /// Its name in `scp`.
    pub value: String,
    /// Who may consent: `User` or `Admin`.
    pub consent_by: String,
    /// Whether it can be asked for.
    pub is_enabled: bool,
    /// For administrators.
    pub admin_consent_display_name: Option<String>,
    /// For administrators.
    pub admin_consent_description: Option<String>,
    /// For users.
    pub user_consent_display_name: Option<String>,
    /// For users.
    pub user_consent_description: Option<String>,
}

impl Scope {
    fn read(value: &Value) -> Self {
        Self {
            id: text(value, "id"),
            value: text(value, "value"),
            consent_by: text(value, "type"),
            is_enabled: flag(value, "isEnabled"),
            admin_consent_display_name: maybe(value, "adminConsentDisplayName"),
            admin_consent_description: maybe(value, "adminConsentDescription"),
            user_consent_display_name: maybe(value, "userConsentDisplayName"),
            user_consent_description: maybe(value, "userConsentDescription"),
        }
    }

    /// As Graph writes it.
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "value": self.value,
            "type": self.consent_by,
            "isEnabled": self.is_enabled,
            "adminConsentDisplayName": self.admin_consent_display_name,
            "adminConsentDescription": self.admin_consent_description,
            "userConsentDisplayName": self.user_consent_display_name,
            "userConsentDescription": self.user_consent_description,
        })
    }
}

/// `preAuthorizedApplication`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreAuthorized {
    /// The client.
    pub app_id: String,
    /// The scopes it gets.
    pub delegated_permission_ids: Vec<String>,
}

impl PreAuthorized {
    fn read(value: &Value) -> Self {
        Self {
            app_id: text(value, "appId"),
            delegated_permission_ids: strings(value, "delegatedPermissionIds"),
        }
    }

    /// As Graph writes it.
    pub fn json(&self) -> Value {
        json!({"appId": self.app_id, "delegatedPermissionIds": self.delegated_permission_ids})
    }
}

/// `appRole`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppRole {
    /// Its ID.
    pub id: String,
    /// Its name in `roles`.
    pub value: Option<String>,
    /// Its name for people.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// Whether it can be assigned.
    pub is_enabled: bool,
    /// `User`, `Application`, or both.
    pub allowed_member_types: Vec<String>,
}

impl AppRole {
    fn read(value: &Value) -> Self {
        Self {
            id: text(value, "id"),
            value: maybe(value, "value"),
            display_name: text(value, "displayName"),
            description: text(value, "description"),
            is_enabled: flag(value, "isEnabled"),
            allowed_member_types: strings(value, "allowedMemberTypes"),
        }
    }

    /// As Graph writes it.
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "value": self.value,
            "displayName": self.display_name,
            "description": self.description,
            "isEnabled": self.is_enabled,
            "allowedMemberTypes": self.allowed_member_types,
        })
    }

    /// Whether an application, or a user, can hold it.
    pub fn is_for(&self, member: &str) -> bool {
        self.allowed_member_types.iter().any(|kind| kind == member)
    }

    /// What to call it.
    pub fn name(&self) -> &str {
        self.value.as_deref().unwrap_or(&self.display_name)
    }
}

/// `requiredResourceAccess`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequiredResource {
    /// The API.
    pub resource_app_id: String,
    /// Its permissions.
    pub resource_access: Vec<Access>,
}

impl RequiredResource {
    fn read(value: &Value) -> Self {
        Self {
            resource_app_id: text(value, "resourceAppId"),
            resource_access: list(value, "resourceAccess", Access::read),
        }
    }

    /// As Graph writes it.
    pub fn json(&self) -> Value {
        let access: Vec<Value> = self.resource_access.iter().map(Access::json).collect();
        json!({"resourceAppId": self.resource_app_id, "resourceAccess": access})
    }
}

/// `resourceAccess`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Access {
    /// The scope's or role's ID.
    pub id: String,
    /// `Scope` or `Role`.
    pub kind: String,
}

impl Access {
    fn read(value: &Value) -> Self {
        Self {
            id: text(value, "id"),
            kind: text(value, "type"),
        }
    }

    fn json(&self) -> Value {
        json!({"id": self.id, "type": self.kind})
    }
}

/// `passwordCredential` and `keyCredential`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credential {
    /// Its ID.
    pub key_id: String,
    /// What it is for.
    pub display_name: Option<String>,
    /// Until when.
    pub end_date_time: Option<String>,
    /// The first characters of a secret.
    pub hint: Option<String>,
}

impl Credential {
    fn read(value: &Value) -> Self {
        Self {
            key_id: text(value, "keyId"),
            display_name: maybe(value, "displayName"),
            end_date_time: maybe(value, "endDateTime"),
            hint: maybe(value, "hint"),
        }
    }

    /// The day on which it ends.
    pub fn expires(&self) -> &str {
        let end = self.end_date_time.as_deref().unwrap_or("never");
        end.split('T').next().unwrap_or(end)
    }
}

/// `servicePrincipal`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServicePrincipal {
    /// Object ID.
    pub id: String,
    /// Client ID.
    pub app_id: String,
    /// Name.
    pub display_name: String,
    /// `Application` or `ManagedIdentity`.
    pub service_principal_type: String,
    /// The tenant that registered it.
    pub app_owner_organization_id: Option<String>,
    /// "Enabled for users to sign in".
    pub account_enabled: bool,
    /// "Assignment required".
    pub app_role_assignment_required: bool,
    /// Delegated permissions.
    pub oauth2_permission_scopes: Vec<Scope>,
    /// Roles.
    pub app_roles: Vec<AppRole>,
}

impl ServicePrincipal {
    /// Reads a service principal.
    pub fn read(value: &Value) -> Self {
        Self {
            id: text(value, "id"),
            app_id: text(value, "appId"),
            display_name: text(value, "displayName"),
            service_principal_type: text(value, "servicePrincipalType"),
            app_owner_organization_id: maybe(value, "appOwnerOrganizationId"),
            account_enabled: flag(value, "accountEnabled"),
            app_role_assignment_required: flag(value, "appRoleAssignmentRequired"),
            oauth2_permission_scopes: list(value, "oauth2PermissionScopes", Scope::read),
            app_roles: list(value, "appRoles", AppRole::read),
        }
    }

    /// Whether Azure manages it.
    pub fn is_managed_identity(&self) -> bool {
        self.service_principal_type == "ManagedIdentity"
    }

    /// The name of one of its roles.
    pub fn role_name(&self, id: &str) -> String {
        if id == DEFAULT_ACCESS {
            return "Default access".to_owned();
        }
        let role = self.app_roles.iter().find(|role| role.id == id);
        role.map_or_else(|| id.to_owned(), |role| role.name().to_owned())
    }
}

/// `user`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// Object ID.
    pub id: String,
    /// User name.
    pub user_principal_name: String,
    /// Name.
    pub display_name: String,
    /// Whether they may sign in.
    pub account_enabled: bool,
}

impl User {
    /// Reads a user.
    pub fn read(value: &Value) -> Self {
        Self {
            id: text(value, "id"),
            user_principal_name: text(value, "userPrincipalName"),
            display_name: text(value, "displayName"),
            account_enabled: value["accountEnabled"] != false,
        }
    }
}

/// `oAuth2PermissionGrant`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// Its ID.
    pub id: String,
    /// The client's service principal.
    pub client_id: String,
    /// `AllPrincipals` or `Principal`.
    pub consent_type: String,
    /// The user, if it is for one.
    pub principal_id: Option<String>,
    /// The API's service principal.
    pub resource_id: String,
    /// Names separated by spaces.
    pub scope: String,
}

impl Grant {
    /// Reads a consent.
    pub fn read(value: &Value) -> Self {
        Self {
            id: text(value, "id"),
            client_id: text(value, "clientId"),
            consent_type: text(value, "consentType"),
            principal_id: maybe(value, "principalId"),
            resource_id: text(value, "resourceId"),
            scope: text(value, "scope"),
        }
    }

    /// Whether it covers a scope.
    pub fn covers(&self, scope: &str) -> bool {
        self.scope.split_whitespace().any(|name| name == scope)
    }

    /// Whether an administrator gave it for everybody.
    pub fn is_for_everybody(&self) -> bool {
        self.consent_type == "AllPrincipals"
    }
}

/// `appRoleAssignment`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Its ID.
    pub id: String,
    /// The role.
    pub app_role_id: String,
    /// Who holds it.
    pub principal_id: String,
    /// Their name.
    pub principal_display_name: Option<String>,
    /// `User`, `Group` or `ServicePrincipal`.
    pub principal_type: Option<String>,
    /// The API's service principal.
    pub resource_id: String,
    /// Its name.
    pub resource_display_name: Option<String>,
}

impl Assignment {
    /// Reads an assignment.
    pub fn read(value: &Value) -> Self {
        Self {
            id: text(value, "id"),
            app_role_id: text(value, "appRoleId"),
            principal_id: text(value, "principalId"),
            principal_display_name: maybe(value, "principalDisplayName"),
            principal_type: maybe(value, "principalType"),
            resource_id: text(value, "resourceId"),
            resource_display_name: maybe(value, "resourceDisplayName"),
        }
    }
}

/// `authorizationPolicy`, as far as it says by which policies users may consent
/// (`defaultUserRolePermissions.permissionGrantPoliciesAssigned`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorizationPolicy {
    /// The policies' names.
    pub grant_policies: Vec<String>,
}

impl AuthorizationPolicy {
    /// Reads the policy.
    pub fn read(value: &Value) -> Self {
        let member = &value["defaultUserRolePermissions"];
        Self {
            grant_policies: strings(member, "permissionGrantPoliciesAssigned"),
        }
    }

    /// Whether users may consent for themselves.
    pub fn users_may_consent(&self) -> bool {
        self.grant_policies
            .iter()
            .any(|name| name.starts_with("ManagePermissionGrantsForSelf."))
    }
}

fn maybe(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

fn text(value: &Value, name: &str) -> String {
    maybe(value, name).unwrap_or_default()
}

fn flag(value: &Value, name: &str) -> bool {
    value[name] == true
}

fn list<T>(value: &Value, name: &str, read: fn(&Value) -> T) -> Vec<T> {
    value[name]
        .as_array()
        .into_iter()
        .flatten()
        .map(read)
        .collect()
}

fn strings(value: &Value, name: &str) -> Vec<String> {
    list(value, name, |one| {
        one.as_str().unwrap_or_default().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_registration_is_read_as_graph_writes_it_and_kept_whole() {
        let app = Application::read(&json!({
            "id": "o", "appId": "a", "displayName": "workshop-api", "identifierUris": ["api://a"],
            "api": {"requestedAccessTokenVersion": 2, "acceptMappedClaims": null,
                "oauth2PermissionScopes": [{"id": "s", "value": "access_as_user", "type": "User", "isEnabled": true}]},
            "appRoles": [{"id": "r", "value": "Svc.Invoke", "displayName": "Invoke", "description": "d",
                "isEnabled": true, "allowedMemberTypes": ["Application"], "origin": "Application"}],
            "passwordCredentials": [{"keyId": "k", "endDateTime": "2028-01-02T03:04:05Z", "secretText": null}],
            "isFallbackPublicClient": null, "optionalClaims": null}));
        assert_eq!(app.api.oauth2_permission_scopes[0].consent_by, "User");
        assert_eq!(app.app_roles[0].name(), "Svc.Invoke");
        assert!(app.app_roles[0].is_for("Application"));
        assert_eq!(app.password_credentials[0].expires(), "2028-01-02");
        assert_eq!(app.manifest["optionalClaims"], Value::Null);
        assert_eq!(app.path(), "applications/o");
    }

    #[test]
    fn consent_by_users_is_on_when_a_policy_of_that_kind_is_assigned() {
        let policy = |names: Value| {
            AuthorizationPolicy::read(&json!({"id": "authorizationPolicy",
                "defaultUserRolePermissions": {"permissionGrantPoliciesAssigned": names}}))
        };
        assert!(policy(json!([USERS_MAY_CONSENT])).users_may_consent());
        assert!(!policy(json!([])).users_may_consent());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let api = json!({"oauth2PermissionScopes": [{"id": "s", "value": "v", "type": "User", "isEnabled": true,
            "adminConsentDisplayName": "a", "adminConsentDescription": "b", "userConsentDisplayName": null,
            "userConsentDescription": null}]});
        assert_eq!(
            Api::read(&api).oauth2_permission_scopes[0].json(),
            api["oauth2PermissionScopes"][0]
        );
        let role = json!({"id": "r", "value": null, "displayName": "d", "description": "e", "isEnabled": false,
            "allowedMemberTypes": ["User"]});
        assert_eq!(AppRole::read(&role).json(), role);
    }
}
