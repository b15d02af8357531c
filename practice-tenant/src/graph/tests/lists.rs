//! Lists, pages, filters, and everything else in the directory.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::{ADA, API_SP, Client, IDENTITY_SP, MARA, ids};
use crate::directory::seed::{API, CLIENT, DAEMON, TENANT};
use crate::testing::Workshop;

#[tokio::test]
async fn a_list_comes_in_pages_that_lead_to_each_other() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let all = ids(&client.get("/servicePrincipals").await);
    let mut path = String::from("/servicePrincipals?$top=4&$select=id&$count=true");
    let mut found = Vec::new();
    loop {
        let page = client.get(&path).await;
        found.extend(ids(&page));
        let page = page.json();
        assert_eq!(page["@odata.count"], all.len());
        assert_eq!(
            page["@odata.context"],
            "http://localhost:8400/graph/v1.0/$metadata#servicePrincipals(id)"
        );
        assert_eq!(page["value"][0].as_object().unwrap().len(), 1);
        let Some(next) = page["@odata.nextLink"].as_str() else {
            break;
        };
        path = next
            .strip_prefix("http://localhost:8400/graph/v1.0")
            .unwrap()
            .to_owned();
    }
    assert_eq!(found, all);
    let lost = client.get("/servicePrincipals?$skiptoken=bG9zdA").await;
    lost.assert_graph_error(400, "Directory_ExpiredPageToken", "");
    let count = client.get("/servicePrincipals/$count").await;
    assert_eq!(count.body, all.len().to_string());
}

#[tokio::test]
async fn links_lead_back_to_the_name_that_the_caller_uses() {
    let workshop = Workshop::new();
    let key = workshop.tenant.practice_key().expose();
    let request = Request::get("/graph/v1.0/users?$top=1")
        .header("host", "127.0.0.1:8400")
        .header("x-practice-key", key);
    let page = workshop
        .send(request.body(Body::empty()).unwrap())
        .await
        .json();
    let next = page["@odata.nextLink"].as_str().unwrap();
    assert!(
        next.starts_with("http://127.0.0.1:8400/graph/v1.0/users?"),
        "{next}"
    );
}

#[tokio::test]
async fn filters_select_what_tools_ask_for() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let names = async |path: &str| -> Vec<String> {
        let list = client.get(path).await.json();
        let list = list["value"].as_array().unwrap_or_else(|| panic!("{list}"));
        list.iter()
            .map(|one| one["displayName"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names("/applications?$filter=startswith(displayName,'workshop-d')").await,
        ["workshop-daemon"]
    );
    assert_eq!(
        names(&format!("/applications?$filter=appId%20eq%20'{API}'")).await,
        ["workshop-api"]
    );
    assert_eq!(
        names(
            &format!("/applications?$filter=identifierUris/any(s:s eq 'api://{API}')")
                .replace(' ', "%20")
        )
        .await,
        ["workshop-api"]
    );
    assert_eq!(names("/servicePrincipals?$filter=servicePrincipalType+eq+'ManagedIdentity'&$orderby=displayName").await, ["workshop-identity", "workshop-vm"]);
    assert_eq!(
        names("/servicePrincipals?$search=%22displayName:key%20vault%22").await,
        ["Azure Key Vault"]
    );
    assert_eq!(
        names("/users?$filter=accountEnabled+eq+true&$top=2&$orderby=displayName+desc").await,
        ["Mara Okafor", "Ilya Brandt"]
    );
    for (path, code) in [
        ("/users?$filter=nonsense+eq+1", "BadRequest"),
        ("/users?$select=nonsense", "BadRequest"),
        ("/users?$filter=displayName", "BadRequest"),
        (
            "/users?$filter=contains(displayName,'a')",
            "Request_UnsupportedQuery",
        ),
        ("/users?$expand=memberOf", "Request_UnsupportedQuery"),
        ("/users?$top=1000", "BadRequest"),
    ] {
        client.get(path).await.assert_graph_error(400, code, "");
    }
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_refused_in_words() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let unknown = client.get("/groups").await;
    unknown.assert_graph_error(
        400,
        "BadRequest",
        "Resource not found for the segment 'groups'.",
    );
    let unknown = client
        .get(&format!("/applications/{TENANT}/nonsense"))
        .await;
    unknown.assert_graph_error(400, "BadRequest", "segment 'nonsense'");
    let method = client.send(Method::PUT, "/users", None).await;
    method.assert_graph_error(405, "BadRequest", "HTTP method is not allowed");
    let id = client.get("/applications/nonsense").await;
    id.assert_graph_error(
        400,
        "Request_BadRequest",
        "Invalid object identifier 'nonsense'",
    );
    let user = client.get("/users/nobody@juniperharbour.example").await;
    user.assert_graph_error(404, "Request_ResourceNotFound", "nobody@");
    let key = client.get("/applications(displayName='x')").await;
    key.assert_graph_error(400, "Request_BadRequest", "displayName");
    let syntax = client.get("/applications(").await;
    syntax.assert_graph_error(400, "BadRequest", "");
    let key = workshop.tenant.practice_key().expose();
    for (path, status) in [
        ("/graph", 400),
        ("/graph/", 400),
        ("/graph/beta/users", 400),
    ] {
        let request = Request::get(path).header("x-practice-key", key);
        let answer = workshop.send(request.body(Body::empty()).unwrap()).await;
        answer.assert_graph_error(status, "BadRequest", "Invalid version");
    }
}

#[tokio::test]
async fn bodies_that_are_no_json_objects_are_refused() {
    let workshop = Workshop::new();
    let key = workshop.tenant.practice_key().expose();
    let long = format!("{{\"displayName\":\"{}\"}}", "x".repeat(70_000));
    for (body, status) in [
        ("displayName=x", 400),
        ("[]", 400),
        ("{\"displayName\":\"a\",\"displayName\":\"b\"}", 400),
        ("{\"displayName\":", 400),
        (long.as_str(), 413),
    ] {
        let request = Request::post("/graph/v1.0/applications").header("x-practice-key", key);
        let answer = workshop
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await;
        answer.assert_graph_error(status, "BadRequest", "");
    }
}

#[tokio::test]
async fn a_user_is_created_signs_in_changes_and_goes() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let body = || {
        json!({"accountEnabled": true, "displayName": "Noor Said", "mailNickname": "noor",
               "userPrincipalName": "noor@juniperharbour.example",
               "passwordProfile": {"password": "Practice-Noor-1", "forceChangePasswordNextSignIn": false}})
    };
    let made = client.post("/users", body()).await;
    let made = made.assert_status(StatusCode::CREATED).json();
    assert!(!made.to_string().contains("Practice-Noor"));
    let code = crate::testing::Browser::new(&workshop)
        .sign_in_as("noor")
        .await;
    assert!(code.redirected().contains_key("code"));
    let taken = client.post("/users", body()).await;
    taken.assert_graph_error(
        400,
        "Request_BadRequest",
        "userPrincipalName already exists",
    );
    for (property, value, message) in [
        (
            "userPrincipalName",
            json!("x@elsewhere.example"),
            "verified domain names",
        ),
        ("userPrincipalName", json!("no name"), "userPrincipalName"),
        (
            "passwordProfile",
            json!({"password": "short"}),
            "complexity",
        ),
        ("passwordProfile", json!({}), "passwordProfile"),
        ("mailNickname", Value::Null, "mailNickname"),
        ("displayName", json!(""), "displayName"),
        ("nonsense", json!(1), "nonsense"),
    ] {
        let mut wrong = body();
        wrong["userPrincipalName"] = "other@juniperharbour.example".into();
        wrong[property] = value;
        client
            .post("/users", wrong)
            .await
            .assert_graph_error(400, "Request_BadRequest", message);
    }
    let path = "/users/noor@juniperharbour.example";
    let disabled = client
        .patch(path, json!({"accountEnabled": false, "jobTitle": null}))
        .await;
    disabled.assert_status(StatusCode::NO_CONTENT);
    let shown = client
        .get(&format!("{path}?$select=accountEnabled,id"))
        .await
        .json();
    assert_eq!(shown["accountEnabled"], false);
    client
        .delete(path)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    client
        .get(path)
        .await
        .assert_graph_error(404, "Request_ResourceNotFound", "noor@");
    let id = made["id"].as_str().unwrap();
    let back = client
        .post(&format!("/directory/deletedItems/{id}/restore"), json!({}))
        .await;
    back.assert_status(StatusCode::OK);
    client.get(path).await.assert_status(StatusCode::OK);
}

#[tokio::test]
async fn consent_can_be_given_widened_and_taken_back() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let client_sp = "5b000000-0000-4000-8000-000000000002";
    let body = |scope: &str| {
        json!({"clientId": client_sp, "consentType": "AllPrincipals", "principalId": null,
               "resourceId": API_SP, "scope": scope, "startTime": "2026-01-01T00:00:00Z", "expiryTime": "2027-01-01T00:00:00Z"})
    };
    let made = client
        .post("/oauth2PermissionGrants", body("access_as_user"))
        .await;
    let made = made.assert_status(StatusCode::CREATED).json();
    let again = client.post("/oauth2PermissionGrants", body("x")).await;
    again.assert_graph_error(
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "Permission entry already exists",
    );
    let path = format!("/oAuth2PermissionGrants/{}", made["id"].as_str().unwrap());
    client
        .patch(&path, json!({"scope": "access_as_user other other"}))
        .await
        .assert_status(StatusCode::NO_CONTENT);
    assert_eq!(
        client.get(&path).await.json()["scope"],
        "access_as_user other"
    );
    let fixed = client.patch(&path, json!({"resourceId": MARA})).await;
    fixed.assert_graph_error(400, "Request_BadRequest", "read-only");
    let of_client = client
        .get(&format!(
            "/servicePrincipals/{client_sp}/oauth2PermissionGrants"
        ))
        .await
        .json();
    assert_eq!(of_client["value"][0]["id"], made["id"]);
    client
        .delete(&path)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    for (property, value, status) in [
        ("consentType", json!("Principal"), 400),
        ("consentType", json!("Everybody"), 400),
        ("principalId", json!(MARA), 400),
        ("clientId", json!(API), 404),
        ("resourceId", json!("x"), 400),
    ] {
        let mut wrong = body("x");
        wrong[property] = value;
        let answer = client.post("/oauth2PermissionGrants", wrong).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    }
}

#[tokio::test]
async fn users_consent_until_the_policy_says_no() {
    let workshop = Workshop::new();
    let client = Client::user(&workshop, ADA, "Policy.ReadWrite.Authorization");
    let path = "/policies/authorizationPolicy";
    let policy = client.get(path).await.json();
    assert_eq!(
        policy["defaultUserRolePermissions"]["allowedToCreateApps"],
        true
    );
    let off = json!({"defaultUserRolePermissions": {"permissionGrantPoliciesAssigned": []}});
    client
        .patch(path, off)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let policy = client.get(path).await.json();
    assert_eq!(
        policy["defaultUserRolePermissions"]["permissionGrantPoliciesAssigned"],
        json!([])
    );
    assert_eq!(
        policy["defaultUserRolePermissions"]["allowedToCreateApps"],
        true
    );
    let unknown = json!({"defaultUserRolePermissions": {"permissionGrantPoliciesAssigned": ["x"]}});
    client.patch(path, unknown).await.assert_graph_error(
        400,
        "Request_BadRequest",
        "permissionGrantPoliciesAssigned",
    );
}

#[tokio::test]
async fn the_tenant_and_its_objects_are_told() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let organization = client.get("/organization").await.json();
    assert_eq!(organization["value"][0]["id"], TENANT.to_string());
    assert_eq!(
        organization["value"][0]["verifiedDomains"][0]["isDefault"],
        true
    );
    assert_eq!(
        client.get("/domains").await.json()["value"][0]["id"],
        "juniperharbour.example"
    );
    let asked = json!({"ids": [MARA, API_SP, TENANT], "types": ["user", "servicePrincipal"]});
    let found = client
        .post("/directoryObjects/getByIds", asked)
        .await
        .json();
    assert_eq!(found["value"][0]["@odata.type"], "#microsoft.graph.user");
    assert_eq!(found["value"][1]["appId"], API.to_string());
    assert_eq!(found["value"].as_array().unwrap().len(), 2);
    let ada = Client::user(&workshop, ADA, "User.Read");
    let roles = ada.get("/me/memberOf").await.json();
    assert_eq!(roles["value"][0]["displayName"], "Global Administrator");
}

#[tokio::test]
async fn a_service_principal_asks_for_assignment_and_goes_with_a_way_back() {
    let workshop = Workshop::new();
    let client = Client::with_key(&workshop);
    let path = format!("/servicePrincipals(appId='{DAEMON}')");
    let change = json!({"appRoleAssignmentRequired": true, "accountEnabled": false});
    client
        .patch(&path, change)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let shown = client.get(&path).await.json();
    assert_eq!(
        (
            &shown["appRoleAssignmentRequired"],
            &shown["accountEnabled"]
        ),
        (&json!(true), &json!(false))
    );
    let fixed = client.patch(&path, json!({"displayName": "x"})).await;
    fixed.assert_graph_error(400, "Request_BadRequest", "read-only");
    client
        .delete(&path)
        .await
        .assert_status(StatusCode::NO_CONTENT);
    client
        .get(&path)
        .await
        .assert_graph_error(404, "Request_ResourceNotFound", "");
    client
        .get(&format!("/applications(appId='{DAEMON}')"))
        .await
        .assert_status(StatusCode::OK);
    let id = shown["id"].as_str().unwrap();
    let back = client
        .post(&format!("/directory/deletedItems/{id}/restore"), json!({}))
        .await;
    back.assert_status(StatusCode::OK);
    let identity = client
        .delete(&format!("/servicePrincipals/{}", super::IDENTITY_SP))
        .await;
    identity.assert_graph_error(403, "Authorization_RequestDenied", "");
}

#[tokio::test]
async fn who_manages_users_brings_back_users_and_nothing_else() {
    let workshop = Workshop::new();
    let key = Client::with_key(&workshop);
    let client = key
        .get(&format!("/applications(appId='{CLIENT}')"))
        .await
        .json();
    let client = client["id"].as_str().unwrap().to_owned();
    for path in [format!("/applications/{client}"), format!("/users/{MARA}")] {
        key.delete(&path)
            .await
            .assert_status(StatusCode::NO_CONTENT);
    }
    let restore = |id: &str| format!("/directory/deletedItems/{id}/restore");
    let of_users = Client::application(&workshop, IDENTITY_SP, &["User.ReadWrite.All"]);
    let of_apps = Client::application(&workshop, IDENTITY_SP, &["Application.ReadWrite.All"]);
    for (caller, others) in [(&of_users, client.as_str()), (&of_apps, MARA)] {
        let refused = caller.post(&restore(others), json!({})).await;
        refused.assert_graph_error(403, "Authorization_RequestDenied", "");
        let refused = caller
            .delete(&format!("/directory/deletedItems/{others}"))
            .await;
        refused.assert_graph_error(403, "Authorization_RequestDenied", "");
    }
    for (caller, own) in [(&of_users, MARA), (&of_apps, client.as_str())] {
        let back = caller.post(&restore(own), json!({})).await;
        back.assert_status(StatusCode::OK);
    }
}
