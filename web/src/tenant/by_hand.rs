//! The steps of the guide for a tenant that nobody can look into from here, with the IDs that the workshop is configured
//! with. What is not known stands in angle brackets.

use super::change::Change;
use super::change::consent::{Kind, Permission, add_permission, assign};
use super::change::credentials::add_secret;
use super::change::expose::{add_role, add_scope, set_identifier_uri, set_token_version};
use super::change::registration::add_redirect_uri;
use super::guide::{Part, Wanted};
use super::model::{AppRole, Application, Platform, Scope, ServicePrincipal};

/// A step to be taken elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct ByHand {
    /// Which part of the guide it belongs to.
    pub part: Part,
    /// Unique among the steps.
    pub id: &'static str,
    /// Where it is done in the admin center.
    pub place: &'static str,
    /// What it amounts to.
    pub change: Change,
}

/// All steps, in order.
pub fn steps(wanted: &Wanted) -> Vec<ByHand> {
    let (api, client) = (
        app(&wanted.api, "the API"),
        app(&wanted.client, "the browser app"),
    );
    let workload = app("<the workload's client ID>", "the workload");
    let permission = Permission {
        resource_app_id: wanted.api.clone(),
        id: "<the scope's ID>".into(),
        kind: Kind::Delegated,
        name: wanted.scope.clone(),
    };
    let principal = ServicePrincipal {
        id: "<object ID of the API's service principal>".into(),
        display_name: "the API".into(),
        app_roles: vec![AppRole {
            id: "<the role's ID>".into(),
            ..role(&wanted.role)
        }],
        ..ServicePrincipal::default()
    };
    let uri = format!("api://{}", wanted.api);
    let identity = "<object ID of the managed identity>";
    let step = |part, id, place, change| ByHand {
        part,
        id,
        place,
        change,
    };
    vec![
        step(
            Part::Api,
            "api-uri",
            "Expose an API",
            set_identifier_uri(&api, &uri),
        ),
        step(
            Part::Api,
            "api-scope",
            "Expose an API",
            add_scope(&api, scope(&wanted.scope)),
        ),
        step(
            Part::Api,
            "api-role",
            "App roles",
            add_role(&api, role(&wanted.role)),
        ),
        step(
            Part::Api,
            "api-version",
            "Manifest",
            set_token_version(&api, 2),
        ),
        step(
            Part::Client,
            "client-uri",
            "Authentication",
            add_redirect_uri(&client, Platform::Spa, &wanted.redirect_uri),
        ),
        step(
            Part::Client,
            "client-permission",
            "API permissions",
            add_permission(&client, &permission),
        ),
        step(
            Part::Workload,
            "workload-secret",
            "Certificates & secrets",
            add_secret(&workload, "workshop", "<date and time>"),
        ),
        step(
            Part::Workload,
            "workload-role",
            "nowhere: Graph and the command line only",
            assign(identity, &principal, "<the role's ID>", "the workload"),
        ),
    ]
}

fn app(id: &str, name: &str) -> Application {
    Application {
        app_id: id.to_owned(),
        display_name: name.to_owned(),
        ..Application::default()
    }
}

fn scope(name: &str) -> Scope {
    Scope {
        id: "<a new GUID>".into(),
        value: name.to_owned(),
        consent_by: "User".into(),
        is_enabled: true,
        admin_consent_display_name: Some("Use the workshop API as the user".into()),
        admin_consent_description: Some(
            "Allow the app to call the workshop API as the user.".into(),
        ),
        user_consent_display_name: Some("Use the workshop API as you".into()),
        user_consent_description: Some("Allow the app to call the workshop API as you.".into()),
    }
}

fn role(name: &str) -> AppRole {
    AppRole {
        id: "<a new GUID>".into(),
        value: Some(name.to_owned()),
        display_name: name.to_owned(),
        description: "Call the workshop API without a user.".into(),
        is_enabled: true,
        allowed_member_types: vec!["Application".into()],
    }
}

#[cfg(test)]
mod tests {
    use super::super::guide::tests::wanted;
    use super::*;

    #[test]
    fn the_steps_name_the_configured_ids() {
        for step in steps(&wanted()) {
            let text = step.change.http("https://graph.microsoft.com/v1.0");
            let expected = match step.part {
                Part::Api => "applications(appId='api-client')",
                Part::Client => "applications(appId='client-client')",
                Part::Workload => "<",
            };
            assert!(text.contains(expected), "{text}");
        }
    }
}
