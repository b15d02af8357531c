//! What may be written into a registration.

use serde_json::{Value, json};
use shared::jwt::Object;

use super::view::view;
use super::{blank_json, certificates, credentials, identifier_uris, permissions, redirect_uris};
use crate::directory::{Application, Directory, SignInAudience};
use crate::graph::call::Call;
use crate::graph::change::{Schema, with_defaults};
use crate::graph::error::GraphError;

pub(super) const SCHEMA: Schema = Schema {
    kind: "Application",
    writable: &[
        "api",
        "appRoles",
        "description",
        "displayName",
        "groupMembershipClaims",
        "identifierUris",
        "isFallbackPublicClient",
        "keyCredentials",
        "notes",
        "optionalClaims",
        "publicClient",
        "requiredResourceAccess",
        "serviceManagementReference",
        "signInAudience",
        "spa",
        "tags",
        "web",
    ],
    read_only: &[
        "appId",
        "applicationTemplateId",
        "certification",
        "createdDateTime",
        "deletedDateTime",
        "disabledByMicrosoftStatus",
        "id",
        "publisherDomain",
        "verifiedPublisher",
    ],
};

/// Entries that a registration may have altogether (Entra "App manifest": 1200).
const MOST_ENTRIES: usize = 1_200;
/// Longest name (Graph "application resource type").
const LONGEST_NAME: usize = 256;
const LONGEST_TEXT: usize = 1_024;

/// `before` with the changes of a request, if they may be made.
pub(super) fn changed(
    before: &Application,
    body: &Object,
    directory: &Directory,
    call: &Call<'_>,
) -> Result<Application, GraphError> {
    let mut body = body.clone();
    let passwords = body.remove("passwordCredentials");
    complete(&mut body);
    if let Some(keys) = body.get_mut("keyCredentials") {
        certificates::complete_keys(keys, before, call)?;
    }
    let shown = view(before, directory);
    let mut after: Application = SCHEMA.apply(before, &shown, &blank_json(before, call), &body)?;
    if let Some(passwords) = passwords {
        credentials::keep_passwords(&mut after, &passwords)?;
    }
    check(before, &after, directory)?;
    Ok(after)
}

/// What Graph adds to the members of collections, and what it shows there without letting anybody write it.
fn complete(body: &mut Object) {
    if let Some(roles) = body.get_mut("appRoles") {
        with_defaults(
            roles,
            &json!({"isEnabled": true, "value": null}),
            &["origin"],
        );
    }
    if let Some(web) = body.get_mut("web").and_then(Value::as_object_mut) {
        web.remove("redirectUriSettings");
    }
    let Some(api) = body.get_mut("api").and_then(Value::as_object_mut) else {
        return;
    };
    if let Some(scopes) = api.get_mut("oauth2PermissionScopes") {
        let defaults = json!({
            "type": "User",
            "isEnabled": true,
            "adminConsentDisplayName": null,
            "adminConsentDescription": null,
            "userConsentDisplayName": null,
            "userConsentDescription": null,
        });
        with_defaults(scopes, &defaults, &["origin"]);
    }
    if let Some(clients) = api.get_mut("preAuthorizedApplications") {
        let defaults = json!({"delegatedPermissionIds": []});
        with_defaults(clients, &defaults, &[]);
    }
}

fn check(
    before: &Application,
    after: &Application,
    directory: &Directory,
) -> Result<(), GraphError> {
    lengths(after)?;
    if let Some(version) = after.api.requested_access_token_version
        && !(1..=2).contains(&version)
    {
        return Err(SCHEMA.invalid("api.requestedAccessTokenVersion", ""));
    }
    let personal = matches!(
        after.sign_in_audience,
        SignInAudience::AzureADandPersonalMicrosoftAccount
            | SignInAudience::PersonalMicrosoftAccount
    );
    if personal && after.api.requested_access_token_version != Some(2) {
        return Err(GraphError::TokenVersionForPersonalAccounts);
    }
    if let Some(claims) = &after.group_membership_claims {
        let known = [
            "None",
            "SecurityGroup",
            "DirectoryRole",
            "ApplicationGroup",
            "All",
        ];
        if !claims.split(',').all(|claim| known.contains(&claim.trim())) {
            return Err(SCHEMA.invalid("groupMembershipClaims", ""));
        }
    }
    identifier_uris::check(before, after, directory)?;
    redirect_uris::check(after, personal)?;
    permissions::check(before, after)
}

fn lengths(after: &Application) -> Result<(), GraphError> {
    let too_long = |property: &str, most: usize| {
        SCHEMA.invalid(property, &format!(" It is longer than {most} characters."))
    };
    let name = after.display_name.trim();
    if name.is_empty() {
        return Err(SCHEMA.missing("displayName"));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(too_long("displayName", LONGEST_NAME));
    }
    let texts = [
        ("description", &after.description),
        ("notes", &after.notes),
        (
            "serviceManagementReference",
            &after.service_management_reference,
        ),
        ("web.homePageUrl", &after.web.home_page_url),
        ("web.logoutUrl", &after.web.logout_url),
    ];
    for (property, text) in texts {
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > LONGEST_TEXT)
        {
            return Err(too_long(property, LONGEST_TEXT));
        }
    }
    let entries = after.app_roles.len()
        + after.api.oauth2_permission_scopes.len()
        + after.api.pre_authorized_applications.len()
        + after.api.known_client_applications.len()
        + after.identifier_uris.len()
        + after.key_credentials.len()
        + after.password_credentials.len()
        + after.public_client.redirect_uris.len()
        + after.spa.redirect_uris.len()
        + after.web.redirect_uris.len()
        + after.tags.len()
        + after
            .required_resource_access
            .iter()
            .map(|resource| 1 + resource.resource_access.len())
            .sum::<usize>();
    if entries > MOST_ENTRIES {
        return Err(GraphError::TooMany {
            property: "manifest".into(),
            most: MOST_ENTRIES,
        });
    }
    Ok(())
}
