//! Registrations themselves: made, renamed, deleted; their platforms; their service principals.

use serde_json::json;

use super::super::az;
use super::super::graph::Call;
use super::super::model::{Application, Deleted, Platform, ServicePrincipal};
use super::{Change, Undo, patch};

/// The audiences, with the admin center's words for them.
pub const AUDIENCES: [(&str, &str); 4] = [
    (
        "AzureADMyOrg",
        "Accounts in this organizational directory only",
    ),
    (
        "AzureADMultipleOrgs",
        "Accounts in any organizational directory",
    ),
    (
        "AzureADandPersonalMicrosoftAccount",
        "Accounts in any organizational directory and personal Microsoft accounts",
    ),
    (
        "PersonalMicrosoftAccount",
        "Personal Microsoft accounts only",
    ),
];

/// New registration. The admin center makes the service principal along with it; Graph and the command line do not.
pub fn register(name: &str, audience: &str) -> Change {
    let calls = vec![
        Call::post(
            "applications",
            json!({"displayName": name, "signInAudience": audience}),
        ),
        Call::post("servicePrincipals", json!({"appId": "{appId}"})),
    ];
    let undo = Undo::By(vec![Call::delete("applications/{id}")]);
    let mut change = Change::new(format!("Register {name}"), calls, undo);
    change.az = vec![
        format!(
            "APP_ID=$({} --query appId --output tsv)",
            az::command(&[
                "az",
                "ad",
                "app",
                "create",
                "--display-name",
                name,
                "--sign-in-audience",
                audience
            ])
        ),
        "az ad sp create --id \"$APP_ID\"".to_owned(),
    ];
    change
}

/// The service principal of a registration that has none.
pub fn create_principal(app: &Application) -> Change {
    Change::new(
        format!("Create the service principal of {}", app.display_name),
        vec![Call::post(
            "servicePrincipals",
            json!({"appId": app.app_id}),
        )],
        Undo::By(vec![Call::delete("servicePrincipals/{id}")]),
    )
    .az(&["az", "ad", "sp", "create", "--id", &app.app_id])
}

/// Another name.
pub fn rename(app: &Application, name: &str) -> Change {
    let title = format!("Rename {} to {name}", app.display_name);
    patch(app, title, json!({"displayName": name})).az(&[
        "az",
        "ad",
        "app",
        "update",
        "--id",
        &app.app_id,
        "--display-name",
        name,
    ])
}

/// Supported account types.
pub fn set_audience(app: &Application, audience: &str) -> Change {
    patch(
        app,
        format!("Let in {audience}"),
        json!({"signInAudience": audience}),
    )
    .az(&[
        "az",
        "ad",
        "app",
        "update",
        "--id",
        &app.app_id,
        "--sign-in-audience",
        audience,
    ])
}

/// "Allow public client flows".
pub fn set_public_client_flows(app: &Application, allowed: bool) -> Change {
    let word = if allowed { "Allow" } else { "Do not allow" };
    let flag = if allowed { "true" } else { "false" };
    patch(
        app,
        format!("{word} public client flows"),
        json!({"isFallbackPublicClient": allowed}),
    )
    .az(&[
        "az",
        "ad",
        "app",
        "update",
        "--id",
        &app.app_id,
        "--is-fallback-public-client",
        flag,
    ])
}

/// Adds a redirect URI to a platform.
pub fn add_redirect_uri(app: &Application, platform: Platform, uri: &str) -> Change {
    let mut uris = app.redirect_uris(platform).to_vec();
    uris.push(uri.to_owned());
    set_redirect_uris(
        app,
        platform,
        format!("Add {uri} to {}", platform.title()),
        &uris,
    )
}

/// Takes a redirect URI away from a platform.
pub fn remove_redirect_uri(app: &Application, platform: Platform, uri: &str) -> Change {
    let uris: Vec<String> = app
        .redirect_uris(platform)
        .iter()
        .filter(|one| *one != uri)
        .cloned()
        .collect();
    set_redirect_uris(
        app,
        platform,
        format!("Remove {uri} from {}", platform.title()),
        &uris,
    )
}

fn set_redirect_uris(
    app: &Application,
    platform: Platform,
    title: String,
    uris: &[String],
) -> Change {
    let change = patch(
        app,
        title,
        json!({ platform.member(): {"redirectUris": uris} }),
    );
    let option = match platform {
        Platform::Web => "--web-redirect-uris",
        Platform::PublicClient => "--public-client-redirect-uris",
        // The command line has no option for this platform.
        Platform::Spa => return change,
    };
    // Nor a way to say "none".
    if uris.is_empty() {
        return change;
    }
    let mut words = vec!["az", "ad", "app", "update", "--id", &app.app_id, option];
    words.extend(uris.iter().map(String::as_str));
    change.az(&words)
}

/// Deletes a registration; for thirty days Entra keeps what was deleted.
pub fn delete(app: &Application) -> Change {
    Change::new(
        format!("Delete {}", app.display_name),
        vec![Call::delete(app.path())],
        Undo::By(vec![restore(&app.id)]),
    )
    .az(&["az", "ad", "app", "delete", "--id", &app.app_id])
}

/// Brings back a registration, or a user, that was deleted.
pub fn bring_back(deleted: &Deleted, kind: &str) -> Change {
    Change::new(
        format!("Restore {}", deleted.display_name),
        vec![restore(&deleted.id)],
        Undo::By(vec![Call::delete(format!("{kind}/{}", deleted.id))]),
    )
}

/// Brings back what was deleted.
pub(super) fn restore(id: &str) -> Call {
    Call {
        body: None,
        ..Call::post(format!("directory/deletedItems/{id}/restore"), json!(null))
    }
}

/// Whether anybody may sign in, and whether only those who are assigned.
pub fn set_principal(
    principal: &ServicePrincipal,
    enabled: bool,
    assignment_required: bool,
) -> Change {
    let path = format!("servicePrincipals/{}", principal.id);
    let members = |enabled: bool, required: bool| json!({"accountEnabled": enabled, "appRoleAssignmentRequired": required});
    Change::new(
        format!("Save the properties of {}", principal.display_name),
        vec![Call::patch(
            path.clone(),
            members(enabled, assignment_required),
        )],
        Undo::By(vec![Call::patch(
            path,
            members(
                principal.account_enabled,
                principal.app_role_assignment_required,
            ),
        )]),
    )
    .az(&[
        "az",
        "ad",
        "sp",
        "update",
        "--id",
        &principal.id,
        "--set",
        &format!("accountEnabled={enabled}"),
        &format!("appRoleAssignmentRequired={assignment_required}"),
    ])
}

/// Several members at once, from the manifest.
pub fn save_manifest(app: &Application, members: serde_json::Value) -> Change {
    patch(
        app,
        format!("Save the manifest of {}", app.display_name),
        members,
    )
}

#[cfg(test)]
mod tests {
    use super::super::examples::{GRAPH, api, client, commands};
    use super::*;

    #[test]
    fn registering_is_two_objects_and_two_commands() {
        let change = register("my api", "AzureADMyOrg");
        assert_eq!(change.calls.len(), 2);
        assert_eq!(
            commands(&change),
            "APP_ID=$(az ad app create --display-name 'my api' --sign-in-audience AzureADMyOrg --query appId --output \
             tsv)\naz ad sp create --id \"$APP_ID\""
        );
        assert_eq!(
            change.undo,
            Undo::By(vec![Call::delete("applications/{id}")])
        );
    }

    #[test]
    fn redirect_uris_are_sent_as_a_whole_and_only_those_of_their_platform() {
        let change = add_redirect_uri(&client(), Platform::Spa, "http://localhost:4000");
        let uris = json!(["http://localhost:3000", "http://localhost:4000"]);
        assert_eq!(
            change.calls[0].body,
            Some(json!({"spa": {"redirectUris": uris}}))
        );
        assert!(commands(&change).starts_with("az rest --method PATCH"));
        let change = add_redirect_uri(&client(), Platform::PublicClient, "http://localhost");
        assert_eq!(
            commands(&change),
            "az ad app update --id client-client --public-client-redirect-uris http://localhost"
        );
    }

    #[test]
    fn the_last_redirect_uri_goes_by_az_rest_and_comes_back() {
        let change = remove_redirect_uri(&client(), Platform::Spa, "http://localhost:3000");
        assert_eq!(
            change.calls[0].body,
            Some(json!({"spa": {"redirectUris": []}}))
        );
        let back = json!({"spa": {"redirectUris": ["http://localhost:3000"]}});
        assert_eq!(
            change.undo,
            Undo::By(vec![Call::patch("applications/client-object", back)])
        );
    }

    #[test]
    fn what_is_deleted_can_be_restored() {
        let change = delete(&api());
        let Undo::By(calls) = &change.undo else {
            panic!("{change:?}")
        };
        assert_eq!(
            calls[0].http(GRAPH),
            format!("POST {GRAPH}/directory/deletedItems/api-object/restore")
        );
    }
}
