//! Roles, as the workshop's documents assign them.

use axum::http::StatusCode;
use serde_json::json;

use super::{ADA, API_SP, Client, IDENTITY_SP, MARA, SVC_INVOKE};
use crate::directory::seed::{API, SVC_INVOKE as ROLE};
use crate::testing::Workshop;

const SCOPES: &str = "Directory.AccessAsUser.All";

#[tokio::test]
async fn the_guides_commands_find_the_ids_and_assign_the_role() {
    let workshop = Workshop::new();
    let az = Client::user(&workshop, ADA, SCOPES);
    // az ad sp show --id <client id>: first by name, then by id.
    let found = az
        .get(&format!(
            "/servicePrincipals?$filter=servicePrincipalNames%2Fany%28c%3Ac%20eq%20%27{API}%27%29"
        ))
        .await
        .json();
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
    let api = az
        .get(&format!(
            "/servicePrincipals/{}",
            found["value"][0]["id"].as_str().unwrap()
        ))
        .await
        .json();
    assert_eq!(api["id"], API_SP);
    let roles = api["appRoles"].as_array().unwrap();
    let role = roles
        .iter()
        .find(|role| role["value"] == "Svc.Invoke")
        .unwrap();
    // az rest --method POST --uri …/servicePrincipals/${MI_SP_OBJECT_ID}/appRoleAssignments
    let body =
        json!({"principalId": IDENTITY_SP, "resourceId": api["id"], "appRoleId": role["id"]});
    let made = az
        .post(
            &format!("/servicePrincipals/{IDENTITY_SP}/appRoleAssignments"),
            body,
        )
        .await;
    let made = made.assert_status(StatusCode::CREATED).json();
    assert_eq!(made["principalType"], "ServicePrincipal");
    assert_eq!(made["principalDisplayName"], "workshop-vm");
    assert_eq!(made["resourceDisplayName"], "workshop-api");
    assert_eq!(made["appRoleId"], SVC_INVOKE);
    assert_eq!(
        made["@odata.context"],
        format!(
            "http://localhost:8400/graph/v1.0/$metadata#servicePrincipals('{IDENTITY_SP}')/appRoleAssignments/$entity"
        )
    );
    let directory = workshop.tenant.0.tenant.directory();
    let identity = IDENTITY_SP.parse().unwrap();
    assert_eq!(directory.roles(identity, API), ["Svc.Invoke"]);
}

#[tokio::test]
async fn the_articles_address_is_the_wrong_end_and_the_apis_own_is_the_right_one() {
    let workshop = Workshop::new();
    let az = Client::user(&workshop, ADA, SCOPES);
    let body = || json!({"principalId": IDENTITY_SP, "resourceId": API_SP, "appRoleId": ROLE});
    let wrong = format!("/servicePrincipals/{IDENTITY_SP}/appRoleAssignedTo");
    let answer = az.post(&wrong, body()).await;
    answer.assert_graph_error(400, "Request_BadRequest", "Not a valid reference update.");
    for right in [
        format!("/servicePrincipals/{API_SP}/appRoleAssignedTo"),
        format!("/servicePrincipals(appId='{API}')/appRoleAssignedTo"),
    ] {
        let made = az
            .post(&right, body())
            .await
            .assert_status(StatusCode::CREATED)
            .json();
        let again = az.post(&right, body()).await;
        again.assert_graph_error(400, "Request_BadRequest", "already exists on the object");
        let id = made["id"].as_str().unwrap();
        // Either end takes it away again.
        let list = az
            .get(&format!(
                "/servicePrincipals/{IDENTITY_SP}/appRoleAssignments"
            ))
            .await
            .json();
        assert_eq!(list["value"][0]["id"], id);
        let gone = az
            .delete(&format!(
                "/servicePrincipals/{API_SP}/appRoleAssignedTo/{id}"
            ))
            .await;
        gone.assert_status(StatusCode::NO_CONTENT);
        let gone = az
            .delete(&format!(
                "/servicePrincipals/{API_SP}/appRoleAssignedTo/{id}"
            ))
            .await;
        gone.assert_graph_error(400, "Request_BadRequest", "EntitlementGrant");
    }
}

#[tokio::test]
async fn what_people_get_wrong_is_answered_as_graph_does() {
    let workshop = Workshop::new();
    let az = Client::user(&workshop, ADA, SCOPES);
    let path = format!("/servicePrincipals/{IDENTITY_SP}/appRoleAssignments");
    let refused = async |body: serde_json::Value, message: &str| {
        az.post(&path, body)
            .await
            .assert_graph_error(400, "Request_BadRequest", message);
    };
    // The client id in the place of the object id.
    refused(
        json!({"principalId": IDENTITY_SP, "resourceId": API, "appRoleId": ROLE}),
        "Not a valid reference",
    )
    .await;
    refused(
        json!({"principalId": API_SP, "resourceId": API_SP, "appRoleId": ROLE}),
        "Not a valid reference",
    )
    .await;
    // The role for users.
    let admin = "a0000000-0000-4000-8000-000000000002";
    refused(
        json!({"principalId": IDENTITY_SP, "resourceId": API_SP, "appRoleId": admin}),
        "was not found on application",
    )
    .await;
    refused(
        json!({"principalId": IDENTITY_SP, "resourceId": API_SP, "appRoleId": uuid::Uuid::nil()}),
        "was not found on application",
    )
    .await;
    // An empty shell variable.
    refused(
        json!({"principalId": IDENTITY_SP, "resourceId": API_SP, "appRoleId": ""}),
        "appRoleId",
    )
    .await;
    refused(
        json!({"principalId": IDENTITY_SP, "resourceId": API_SP, "appRoleId": "Svc.Invoke"}),
        "Guid should contain 32 digits",
    )
    .await;
    refused(
        json!({"principalId": IDENTITY_SP, "resourceId": API_SP}),
        "appRoleId",
    )
    .await;
    refused(
        json!({"principalId": IDENTITY_SP, "resourceId": API_SP, "appRoleId": ROLE, "role": 1}),
        "Invalid property 'role'",
    )
    .await;
    let by_client_id = format!("/servicePrincipals/{API}/appRoleAssignedTo");
    let answer = az.post(&by_client_id, json!({})).await;
    answer.assert_graph_error(
        404,
        "Request_ResourceNotFound",
        &format!("Resource '{API}' does not exist"),
    );
    let list = az.get(&path).await.json();
    assert_eq!(list["value"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_user_gets_a_role_and_a_member_may_not_give_it() {
    let workshop = Workshop::new();
    let admin = "a0000000-0000-4000-8000-000000000002";
    let body = || json!({"principalId": MARA, "resourceId": API_SP, "appRoleId": admin});
    let path = format!("/users/{MARA}/appRoleAssignments");
    let mara = Client::user(&workshop, MARA, SCOPES)
        .post(&path, body())
        .await;
    mara.assert_graph_error(403, "Authorization_RequestDenied", "");
    let ada = Client::user(&workshop, ADA, SCOPES);
    let made = ada
        .post(&path, body())
        .await
        .assert_status(StatusCode::CREATED)
        .json();
    assert_eq!(made["principalType"], "User");
    let by_name = ada
        .get("/users/mara@juniperharbour.example/appRoleAssignments")
        .await
        .json();
    assert_eq!(by_name["value"][0]["id"], made["id"]);
    let id = made["id"].as_str().unwrap();
    ada.delete(&format!("{path}/{id}"))
        .await
        .assert_status(StatusCode::NO_CONTENT);
}
