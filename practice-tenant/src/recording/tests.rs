use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::directory::seed::{CLIENT, TENANT};
use crate::testing::{Answer, Browser, SPA, VERIFIER, Workshop, form, redemption};

const ID: &str = "0f0f0f0f-1111-4222-8333-444444444444";

async fn messages(workshop: &Workshop) -> Vec<Value> {
    let path = format!("/practice/messages?correlationId={ID}");
    let answer = workshop.get(&path).await.json();
    answer["messages"].as_array().unwrap().clone()
}

async fn decisions(workshop: &Workshop) -> Vec<Value> {
    let path = format!("/practice/decisions?correlationId={ID}");
    let answer = workshop.get(&path).await.json();
    answer["decisions"].as_array().unwrap().clone()
}

/// A token request that carries the correlation ID as MSAL.js does: in the query.
async fn token(workshop: &Workshop, pairs: &[(&str, &str)]) -> Answer {
    let path = format!("/{TENANT}/oauth2/v2.0/token?client-request-id={ID}");
    let request = Request::post(path)
        .header(header::ORIGIN, SPA)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    workshop
        .send(request.body(form(pairs).into()).unwrap())
        .await
}

#[tokio::test]
async fn a_whole_sign_in_is_recorded_and_gives_no_secret_away() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[("client-request-id", ID)]).await;
    let answer = browser.log_in(page, "mara").await;
    let answer = browser.submit(&answer, &[("accept", "Accept")]).await;
    let code = answer.redirected()["code"].clone();
    let tokens = token(&workshop, &redemption(&code, &[])).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    let tokens = tokens.json();

    let all = workshop.get("/practice/messages").await.body;
    let mut secrets: Vec<&str> = browser.cookies.values().map(String::as_str).collect();
    secrets.retain(|secret| *secret != "yes");
    for name in ["access_token", "refresh_token", "id_token"] {
        secrets.push(tokens[name].as_str().unwrap());
    }
    secrets.extend([code.as_str(), VERIFIER, "Practice-Mara-1"]);
    for secret in secrets {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(all.contains("mara@juniperharbour.example"));

    let recorded = messages(&workshop).await;
    let (first, last) = (&recorded[0], &recorded[recorded.len() - 1]);
    assert_eq!(first["correlationId"], ID);
    assert_eq!(first["request"]["method"], "GET");
    assert_eq!(first["outcome"]["Ok"]["status"], 302);
    let address = format!("http://localhost:8400/{TENANT}/oauth2/v2.0/token");
    assert_eq!(last["request"]["address"], address);
    assert_eq!(
        last["outcome"]["Ok"]["body"]["Json"]["token_type"],
        "Bearer"
    );
    let passwords = recorded.iter().filter(|message| {
        let address = message["request"]["address"].as_str().unwrap();
        message["request"]["method"] == "POST" && address.ends_with("/password")
    });
    assert_eq!(passwords.count(), 1);
    let fields = last["request"]["body"]["Form"].as_array().unwrap();
    let grant_type = fields.iter().find(|field| field["name"] == "grant_type");
    assert_eq!(grant_type.unwrap()["value"], "authorization_code");
}

#[tokio::test]
async fn what_was_found_on_the_way_to_a_token_can_be_read_step_by_step() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[("client-request-id", ID)]).await;
    let answer = browser.log_in(page, "mara").await;
    let answer = browser.submit(&answer, &[("accept", "Accept")]).await;
    let code = answer.redirected()["code"].clone();
    token(&workshop, &redemption(&code, &[])).await;
    let decisions = decisions(&workshop).await;
    assert!(
        decisions
            .iter()
            .all(|decision| decision["refused"] == false)
    );
    let steps: Vec<_> = decisions
        .iter()
        .flat_map(|decision| decision["steps"].as_array().unwrap())
        .map(|step| {
            format!(
                "{}: {}",
                step["check"].as_str().unwrap(),
                step["detail"].as_str().unwrap()
            )
        })
        .collect();
    let mut steps = steps.iter();
    for expected in [
        "client: workshop-client (c1000000-0000-4000-8000-000000000002) is registered in Juniper Harbour",
        "redirectUri: http://localhost:3000 matches http://localhost:3000 of the platform spa",
        "pkce: the request carries a code_challenge of the method S256",
        "signIn: nobody is signed in to this browser",
        "signIn: mara@juniperharbour.example has typed the right password",
        "consent: not granted yet: ",
        "consent: granted for themselves now: ",
        "clientAuthentication: a public client has nothing to prove itself with",
        "grant: the code was given out at http://localhost:3000 for this client",
        "pkce: the code_verifier fits the code_challenge",
        "consent: mara@juniperharbour.example has granted this client everything it asks for",
    ] {
        assert!(
            steps.any(|step| step.starts_with(expected)),
            "{expected}\n{decisions:#?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_explained_under_the_clients_id_and_the_trace_id_of_the_answer() {
    let workshop = Workshop::new();
    let code = format!("1.A{}", "x".repeat(64));
    let answer = token(&workshop, &redemption(&code, &[])).await;
    answer.assert_error("invalid_grant", 70000);
    let decisions = decisions(&workshop).await;
    let [decision] = decisions.as_slice() else {
        panic!("{decisions:?}")
    };
    assert_eq!(decision["traceId"], answer.json()["trace_id"]);
    assert_eq!(decision["refused"], true);
    assert_eq!(decision["status"], 400);
    let steps = decision["steps"].as_array().unwrap();
    let refusal = &steps[steps.len() - 1]["refusal"];
    assert_eq!(refusal["code"], "AADSTS70000");
    assert_eq!(refusal["error"], "invalid_grant");
    assert!(refusal["now"].is_string(), "{refusal}");
}

#[tokio::test]
async fn a_refusal_on_a_page_and_one_in_a_redirect_are_explained_as_well() {
    let workshop = Workshop::new();
    for (change, code) in [
        (("redirect_uri", "https://elsewhere.example"), "AADSTS50011"),
        (("code_challenge", ""), "AADSTS9002325"),
    ] {
        let mut browser = Browser::new(&workshop);
        browser
            .authorize(&[("client-request-id", ID), change])
            .await;
        let decisions = decisions(&workshop).await;
        let steps = decisions.last().unwrap()["steps"].as_array().unwrap();
        assert_eq!(steps.last().unwrap()["refusal"]["code"], code);
    }
}

#[tokio::test]
async fn what_graph_refuses_is_found_there_too() {
    let workshop = Workshop::new();
    let path = format!("/graph/v1.0/me?client-request-id={ID}");
    let answer = workshop.get(&path).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let decisions = decisions(&workshop).await;
    let refusal = &decisions[0]["steps"][0]["refusal"];
    assert_eq!(refusal["code"], "InvalidAuthenticationToken");
    assert_eq!(refusal["text"], answer.json()["error"]["message"]);
}

#[tokio::test]
async fn the_recordings_are_bounded_and_a_long_body_is_only_counted() {
    let workshop = Workshop::new();
    let long = "x".repeat(40_000);
    token(&workshop, &[("a", &long)]).await;
    let body = &messages(&workshop).await[0]["request"]["body"];
    assert_eq!(body, &json!({ "Opaque": 40_002 }));
    for _ in 0..600 {
        workshop.get("/nobody/discovery/v2.0/keys").await;
    }
    let all = workshop.get("/practice/messages").await.json();
    assert_eq!(all["messages"].as_array().unwrap().len(), 256);
    let all = workshop.get("/practice/decisions").await.json();
    assert_eq!(all["decisions"].as_array().unwrap().len(), 512);
}

#[tokio::test]
async fn forms_of_many_fields_push_each_other_out_before_memory_fills() {
    let workshop = Workshop::new();
    let many = "a&".repeat(15_000);
    for _ in 0..60 {
        token(&workshop, &[("b", "c")]).await;
        let request = Request::post(format!("/{TENANT}/oauth2/v2.0/token"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        workshop
            .send(request.body(many.clone().into()).unwrap())
            .await;
    }
    let all = workshop.get("/practice/messages").await.json();
    let all = all["messages"].as_array().unwrap().len();
    assert!((60..75).contains(&all), "{all}");
}

#[tokio::test]
async fn reading_the_recordings_is_not_recorded_and_changing_the_tenant_is() {
    let workshop = Workshop::new();
    workshop.get("/practice").await;
    messages(&workshop).await;
    let request = Request::builder()
        .method(Method::POST)
        .uri("/practice/reset");
    let key = workshop.tenant.practice_key().expose();
    let request = request.header("x-practice-key", key);
    workshop.send(request.body("".into()).unwrap()).await;
    let all = workshop.get("/practice/messages").await;
    assert!(!all.body.contains(key));
    let all = all.json();
    let addresses: Vec<_> = all["messages"].as_array().unwrap().iter().collect();
    assert_eq!(addresses.len(), 1, "{addresses:?}");
}

#[tokio::test]
async fn a_query_that_is_no_id_is_refused_and_so_is_another_origin() {
    let workshop = Workshop::new();
    for query in [
        "correlationId=x",
        "correlationId=",
        "other=1",
        "correlationId=x&correlationId=y",
    ] {
        for path in ["messages", "decisions"] {
            let answer = workshop.get(&format!("/practice/{path}?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        }
    }
    let request = Request::get("/practice/messages").header(header::ORIGIN, "http://evil.example");
    let answer = workshop.send(request.body("".into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_request_without_an_id_can_be_found_by_the_one_in_its_error() {
    let workshop = Workshop::new();
    let client = CLIENT.to_string();
    let pairs = [("client_id", client.as_str()), ("grant_type", "guess")];
    let error = workshop.token(None, &pairs).await.json();
    let id = error["correlation_id"].as_str().unwrap();
    let path = format!("/practice/decisions?correlationId={id}");
    let found = workshop.get(&path).await.json();
    assert_eq!(found["decisions"].as_array().unwrap().len(), 1);
}
