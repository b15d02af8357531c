//! The directory: who and what the tenant knows, and the few questions that sign-in asks of it.

pub(crate) mod date_time;
mod model;
pub(crate) mod seed;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::time::UnixTime;
use uuid::Uuid;

pub(crate) use model::*;

use crate::aadsts::Closed;

/// What stands on every consent page, and so is in every consent (Entra's documentation, "OpenID Connect scopes").
const WITH_EVERY_CONSENT: [&str; 3] = ["openid", "profile", "offline_access"];

/// Those permissions.
pub(crate) fn with_every_consent() -> [Permission; 3] {
    WITH_EVERY_CONSENT.map(|value| Permission {
        resource: GRAPH,
        value: value.to_owned(),
    })
}

/// Template id of the directory role "Global Administrator", the same in every tenant.
pub(crate) const GLOBAL_ADMINISTRATOR: Uuid =
    Uuid::from_u128(0x62e90394_69f5_4237_9190_012177145e10);

/// Microsoft Graph's application id, the same in every tenant. OpenID Connect scopes are permissions of Graph.
pub(crate) const GRAPH: Uuid = Uuid::from_u128(0x00000003_0000_0000_c000_000000000000);

/// One delegated permission of one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Permission {
    /// The resource's application id.
    pub(crate) resource: Uuid,
    /// The permission's name.
    pub(crate) value: String,
}

impl Directory {
    pub(crate) fn user(&self, id: Uuid) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// User names are compared without regard to case.
    pub(crate) fn user_named(&self, name: &str) -> Option<&User> {
        self.users
            .iter()
            .find(|user| user.user_principal_name.eq_ignore_ascii_case(name.trim()))
    }

    pub(crate) fn application(&self, app_id: Uuid) -> Option<&Application> {
        self.applications
            .iter()
            .find(|application| application.app_id == app_id)
    }

    pub(crate) fn application_mut(&mut self, app_id: Uuid) -> Option<&mut Application> {
        self.applications
            .iter_mut()
            .find(|application| application.app_id == app_id)
    }

    pub(crate) fn service_principal_mut(&mut self, app_id: Uuid) -> Option<&mut ServicePrincipal> {
        self.service_principals
            .iter_mut()
            .find(|principal| principal.app_id == app_id)
    }

    pub(crate) fn service_principal(&self, app_id: Uuid) -> Option<&ServicePrincipal> {
        self.service_principals
            .iter()
            .find(|principal| principal.app_id == app_id)
    }

    /// A resource by its application id or one of its identifier URIs; a trailing slash makes no difference.
    pub(crate) fn resource(&self, name: &str) -> Option<&Application> {
        let name = name.trim_end_matches('/');
        self.applications.iter().find(|application| {
            application
                .app_id
                .hyphenated()
                .to_string()
                .eq_ignore_ascii_case(name)
                || application
                    .identifier_uris
                    .iter()
                    .any(|uri| uri.trim_end_matches('/').eq_ignore_ascii_case(name))
        })
    }

    /// Whether the user may consent for everybody.
    pub(crate) fn is_administrator(&self, user: Uuid) -> bool {
        self.role_assignments.iter().any(|assignment| {
            assignment.principal_id == user && assignment.role_definition_id == GLOBAL_ADMINISTRATOR
        })
    }

    /// Whether only an administrator may grant a permission.
    pub(crate) fn needs_administrator(&self, permission: &Permission) -> bool {
        let permissions = &self.authorization_policy.default_user_role_permissions;
        let nobody_else = permissions.permission_grant_policies_assigned.is_empty();
        nobody_else
            || self
                .application(permission.resource)
                .and_then(|resource| resource.scope(&permission.value))
                .is_some_and(|scope| scope.consent_by == ConsentBy::Admin)
    }

    /// The names of the roles that `principal` (a user or a service principal) holds in an application.
    pub(crate) fn roles(&self, principal: Uuid, app_id: Uuid) -> Vec<String> {
        let (Some(application), Some(resource)) =
            (self.application(app_id), self.service_principal(app_id))
        else {
            return Vec::new();
        };
        self.app_role_assignments
            .iter()
            .filter(|held| held.principal_id == principal && held.resource_id == resource.id)
            .filter_map(|held| {
                application
                    .app_roles
                    .iter()
                    .find(|role| role.id == held.app_role_id)
            })
            .filter(|role| role.is_enabled)
            .filter_map(|role| role.value.clone())
            .collect()
    }

    /// What a client may do for a user: consented by the user, by an administrator for all, or pre-authorized.
    pub(crate) fn granted(&self, client: Uuid, user: Uuid) -> BTreeSet<Permission> {
        let consented = self
            .service_principal(client)
            .into_iter()
            .flat_map(|client| {
                self.oauth2_permission_grants
                    .iter()
                    .filter(move |grant| grant.client_id == client.id)
                    .filter(move |grant| {
                        grant.principal_id.is_none_or(|principal| principal == user)
                    })
            });
        let consented = consented.flat_map(|grant| {
            let resource = self
                .service_principals
                .iter()
                .find(|principal| principal.id == grant.resource_id);
            grant.scope.split_whitespace().filter_map(move |value| {
                Some(Permission {
                    resource: resource?.app_id,
                    value: value.to_owned(),
                })
            })
        });
        let authorized = self.applications.iter().flat_map(|application| {
            let ids = application
                .api
                .pre_authorized_applications
                .iter()
                .filter(|authorized| authorized.app_id == client)
                .flat_map(|authorized| &authorized.delegated_permission_ids);
            ids.filter_map(|id| Some(application.permission(application.scope_by_id(*id)?)))
        });
        let mut granted: BTreeSet<Permission> = consented.chain(authorized).collect();
        // Unverified: that a consent which an administrator gave by Graph, for an API alone, carries these along too.
        if !granted.is_empty() {
            granted.extend(with_every_consent());
        }
        granted
    }

    /// Every delegated permission that a registration lists.
    pub(crate) fn static_permissions(&self, client: &Application) -> BTreeSet<Permission> {
        let listed = client.required_resource_access.iter().flat_map(|access| {
            let resource = self.application(access.resource_app_id);
            access
                .resource_access
                .iter()
                .filter(|permission| permission.kind == PermissionKind::Scope)
                .filter_map(move |permission| {
                    let resource = resource?;
                    Some(resource.permission(resource.scope_by_id(permission.id)?))
                })
        });
        listed.collect()
    }

    /// Gives a registration a service principal in this tenant, as consent does where there is none yet.
    pub(crate) fn admit(&mut self, app_id: Uuid, id: Uuid) {
        let Some(application) = self.application(app_id) else {
            return;
        };
        if self.service_principal(app_id).is_some() {
            return;
        }
        let principal = ServicePrincipal::of(application, id, self.organization.id);
        self.service_principals.push(principal);
    }

    /// Whether anybody has granted the client anything on the resource, or the resource has by itself.
    pub(crate) fn has_granted(&self, client: Uuid, resource: &Application) -> bool {
        let authorized = &resource.api.pre_authorized_applications;
        let ends = (self.service_principal(client)).zip(self.service_principal(resource.app_id));
        authorized
            .iter()
            .any(|authorized| authorized.app_id == client)
            || ends.is_some_and(|(client, resource)| {
                (self.oauth2_permission_grants.iter())
                    .any(|grant| grant.client_id == client.id && grant.resource_id == resource.id)
            })
    }

    /// Records consent: by `user` for themselves, or for everybody.
    pub(crate) fn grant(
        &mut self,
        client: Uuid,
        user: Option<Uuid>,
        permissions: &BTreeSet<Permission>,
        new_id: impl Fn() -> String,
    ) {
        let Some(client_id) = self.service_principal(client).map(|principal| principal.id) else {
            return;
        };
        for permission in permissions {
            let Some(resource_id) = self
                .service_principal(permission.resource)
                .map(|principal| principal.id)
            else {
                continue;
            };
            let existing = self.oauth2_permission_grants.iter_mut().find(|grant| {
                grant.client_id == client_id
                    && grant.resource_id == resource_id
                    && grant.principal_id == user
            });
            match existing {
                Some(grant)
                    if grant
                        .scope
                        .split(' ')
                        .any(|known| known == permission.value) => {}
                Some(grant) => {
                    grant.scope.push(' ');
                    grant.scope.push_str(&permission.value);
                }
                None => self.oauth2_permission_grants.push(OAuth2PermissionGrant {
                    id: new_id(),
                    client_id,
                    consent_type: if user.is_some() {
                        ConsentType::Principal
                    } else {
                        ConsentType::AllPrincipals
                    },
                    principal_id: user,
                    resource_id,
                    scope: permission.value.clone(),
                }),
            }
        }
    }
}

impl Directory {
    /// Whether an administrator has switched an application off in this tenant.
    pub(crate) fn is_disabled(&self, application: &Application) -> bool {
        self.service_principal(application.app_id)
            .is_some_and(|principal| !principal.account_enabled)
    }

    /// Whether `principal` (a service principal or a user) holds any role of a resource, the nameless one included.
    pub(crate) fn is_assigned(&self, principal: Uuid, resource: Uuid) -> bool {
        self.app_role_assignments
            .iter()
            .any(|held| held.principal_id == principal && held.resource_id == resource)
    }

    /// Why a user cannot use one of these applications: it wants its users to be assigned, and this one is not.
    pub(crate) fn closed_to(
        &self,
        user: Uuid,
        applications: impl IntoIterator<Item = Uuid>,
    ) -> Option<Box<Closed>> {
        let user = self.user(user)?;
        let mut principals = applications
            .into_iter()
            .filter_map(|app_id| self.service_principal(app_id));
        let closed = principals.find(|principal| {
            principal.app_role_assignment_required && !self.is_assigned(user.id, principal.id)
        })?;
        Some(Box::new(Closed {
            application: closed.app_id,
            name: closed.display_name.clone(),
            user: user.user_principal_name.clone(),
        }))
    }

    /// Assigns a role of a resource to a client itself, unless it holds the role already.
    pub(crate) fn assign_to_client(
        &mut self,
        client: Uuid,
        (resource, role): (Uuid, Uuid),
        now: UnixTime,
        new_id: impl Fn() -> String,
    ) {
        let (Some(principal), Some(resource)) = (
            self.service_principal(client).map(|principal| principal.id),
            self.service_principal(resource)
                .map(|principal| principal.id),
        ) else {
            return;
        };
        let held = self.app_role_assignments.iter().any(|held| {
            held.principal_id == principal
                && held.resource_id == resource
                && held.app_role_id == role
        });
        if !held {
            self.app_role_assignments.push(AppRoleAssignment {
                id: new_id(),
                app_role_id: role,
                principal_id: principal,
                resource_id: resource,
                created_date_time: now,
            });
        }
    }
}

impl ServicePrincipal {
    /// An application as a member of `tenant`, with nothing chosen yet.
    pub(crate) fn of(application: &Application, id: Uuid, tenant: Uuid) -> Self {
        let owner = if seed::is_microsofts(application.app_id) {
            seed::MICROSOFT
        } else {
            tenant
        };
        Self {
            id,
            app_id: application.app_id,
            display_name: application.display_name.clone(),
            app_owner_organization_id: Some(owner),
            service_principal_type: ServicePrincipalType::Application,
            account_enabled: true,
            app_role_assignment_required: false,
            alternative_names: Vec::new(),
            password_credentials: Vec::new(),
            tags: Vec::new(),
            notes: None,
        }
    }
}

impl Organization {
    /// Every domain whose users and URIs may be the tenant's.
    pub(crate) fn verified_domains(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.domain.as_str()).chain(self.other_domains.iter().map(String::as_str))
    }
}

impl User {
    /// The opaque text that stands for this user in `login_hint` and `logout_hint`.
    pub(crate) fn login_hint(&self) -> String {
        format!("O.{}", URL_SAFE_NO_PAD.encode(self.id.as_bytes()))
    }
}

impl PermissionScope {
    /// What the page for administrators calls the permission.
    pub(crate) fn admin_title(&self) -> &str {
        let texts = [
            &self.admin_consent_display_name,
            &self.user_consent_display_name,
        ];
        first_text(texts).unwrap_or(&self.value)
    }

    /// The sentence below it.
    pub(crate) fn admin_explanation(&self) -> &str {
        let texts = [
            &self.admin_consent_description,
            &self.user_consent_description,
        ];
        first_text(texts).unwrap_or_default()
    }

    /// What the consent page calls the permission: the texts for users, or those for administrators where there are
    /// none, or at least its name.
    pub(crate) fn title(&self) -> &str {
        let texts = [
            &self.user_consent_display_name,
            &self.admin_consent_display_name,
        ];
        first_text(texts).unwrap_or(&self.value)
    }

    /// The sentence below it.
    pub(crate) fn explanation(&self) -> &str {
        let texts = [
            &self.user_consent_description,
            &self.admin_consent_description,
        ];
        first_text(texts).unwrap_or_default()
    }
}

fn first_text(texts: [&Option<String>; 2]) -> Option<&str> {
    let mut texts = texts.into_iter().filter_map(Option::as_deref);
    texts.find(|text| !text.trim().is_empty())
}

impl Application {
    /// A registration in which nothing is chosen yet.
    pub(crate) fn blank(id: Uuid, app_id: Uuid, created: UnixTime) -> Self {
        Self {
            id,
            app_id,
            created_date_time: created,
            display_name: String::new(),
            description: None,
            group_membership_claims: None,
            identifier_uris: Vec::new(),
            is_fallback_public_client: None,
            // What Graph takes where nothing is said.
            sign_in_audience: SignInAudience::AzureADandPersonalMicrosoftAccount,
            api: ApiApplication::default(),
            app_roles: Vec::new(),
            key_credentials: Vec::new(),
            optional_claims: None,
            password_credentials: Vec::new(),
            public_client: RedirectUris::default(),
            required_resource_access: Vec::new(),
            spa: RedirectUris::default(),
            web: WebApplication::default(),
            federated_identity_credentials: Vec::new(),
            owners: Vec::new(),
            tags: Vec::new(),
            notes: None,
            service_management_reference: None,
        }
    }

    /// A delegated permission by name; case makes no difference.
    pub(crate) fn scope(&self, value: &str) -> Option<&PermissionScope> {
        self.api
            .oauth2_permission_scopes
            .iter()
            .find(|s| s.value.eq_ignore_ascii_case(value))
    }

    /// A delegated permission by id.
    pub(crate) fn scope_by_id(&self, id: Uuid) -> Option<&PermissionScope> {
        self.api
            .oauth2_permission_scopes
            .iter()
            .find(|scope| scope.id == id)
    }

    /// Names one of this application's permissions.
    pub(crate) fn permission(&self, scope: &PermissionScope) -> Permission {
        Permission {
            resource: self.app_id,
            value: scope.value.clone(),
        }
    }
}
