//! Graph as its callers meet it, through the router.

mod applications;
mod assignments;
mod callers;
mod lists;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::directory::GRAPH;
use crate::directory::seed::{API, CLIENT, TENANT};
use crate::testing::{Answer, NOW, ORIGIN, Workshop};
use crate::version::Version;

const MARA: &str = "e0000000-0000-4000-8000-000000000001";
const ILYA: &str = "e0000000-0000-4000-8000-000000000002";
const ADA: &str = "e0000000-0000-4000-8000-000000000003";
/// The service principals of the API and of the virtual machine's identity.
const API_SP: &str = "5b000000-0000-4000-8000-000000000001";
const IDENTITY_SP: &str = "5b000000-0000-4000-8000-000000000011";
const SVC_INVOKE: &str = "a0000000-0000-4000-8000-000000000001";

/// What a request is authorised by.
#[derive(Clone)]
enum Proof {
    Nothing,
    Key(String),
    Token(String),
}

/// Somebody who calls Graph.
struct Client<'w> {
    workshop: &'w Workshop,
    proof: Proof,
}

impl<'w> Client<'w> {
    fn with_key(workshop: &'w Workshop) -> Self {
        let key = workshop.tenant.practice_key().expose().to_owned();
        Self {
            workshop,
            proof: Proof::Key(key),
        }
    }

    fn without_anything(workshop: &'w Workshop) -> Self {
        Self {
            workshop,
            proof: Proof::Nothing,
        }
    }

    /// With a token that says what an ordinary one says, with `changes`: null takes a claim away.
    fn with_claims(workshop: &'w Workshop, changes: &Value) -> Self {
        let mut claims = json!({
            "aud": GRAPH,
            "iss": format!("{ORIGIN}/{TENANT}/v2.0"),
            "iat": NOW.0,
            "nbf": NOW.0,
            "exp": NOW.0 + 3600,
            "tid": TENANT,
            "azp": CLIENT,
            "oid": MARA,
            "sub": "a name for one application",
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        let token =
            workshop
                .tenant
                .0
                .tenant
                .keys
                .active()
                .sign(&claims, Version::V1, Some("a nonce"));
        Self {
            workshop,
            proof: Proof::Token(token),
        }
    }

    fn user(workshop: &'w Workshop, oid: &str, scp: &str) -> Self {
        Self::with_claims(workshop, &json!({"oid": oid, "scp": scp}))
    }

    fn application(workshop: &'w Workshop, principal: &str, roles: &[&str]) -> Self {
        Self::with_claims(workshop, &json!({"oid": principal, "roles": roles}))
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.send_with(method, path, body, &[]).await
    }

    async fn send_with(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/graph/v1.0{path}"))
            .header(header::HOST, "localhost:8400");
        request = match &self.proof {
            Proof::Nothing => request,
            Proof::Key(key) => request.header("x-practice-key", key),
            Proof::Token(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.workshop.send(request.body(body).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// A registration of one's own, with what `body` says.
    async fn registered(&self, body: Value) -> Value {
        let mut whole = json!({"displayName": "An app", "signInAudience": "AzureADMyOrg"});
        for (name, value) in body.as_object().unwrap() {
            whole[name] = value.clone();
        }
        let answer = self.post("/applications", whole).await;
        answer.assert_status(StatusCode::CREATED);
        answer.json()
    }
}

impl Answer {
    #[track_caller]
    fn assert_status(&self, status: StatusCode) -> &Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The body is an error of Graph's shape.
    #[track_caller]
    fn assert_graph_error(&self, status: u16, code: &str, message: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        let error = &self.json()["error"];
        assert_eq!(error["code"], code, "{}", self.body);
        let text = error["message"].as_str().unwrap();
        assert!(text.contains(message), "{text}");
        assert_eq!(
            error["innerError"]["request-id"],
            self.header("request-id").unwrap()
        );
        assert!(error["innerError"]["date"].is_string());
    }
}

/// The practice tenant's API, by its client id.
fn api_by_app_id() -> String {
    format!("/applications(appId='{API}')")
}

fn ids(list: &Answer) -> Vec<Uuid> {
    let body = list.json();
    let value = body["value"].as_array().unwrap_or_else(|| panic!("{body}"));
    value
        .iter()
        .map(|object| Uuid::parse_str(object["id"].as_str().unwrap()).unwrap())
        .collect()
}
