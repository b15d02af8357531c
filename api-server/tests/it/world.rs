//! An API, its authority and its clock.

use std::sync::Arc;

use api_server::{ApiServer, ApiSettings};
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use shared::authority::{Authority, ClientId};
use shared::test_support::{TestKey, TokenBuilder};
use shared::time::{Clock as _, ManualClock, UnixTime};
use tower::ServiceExt as _;

use crate::authority::{Answer, TestAuthority};

pub(crate) const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub(crate) const API: &str = "99999999-2222-3333-4444-555555555555";
pub(crate) const ENDPOINTS: [&str; 4] = ["/api/profile", "/api/me", "/api/service", "/api/admin"];

pub(crate) struct World {
    pub(crate) authority: TestAuthority,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: Authority,
    router: Router,
}

/// An answer of the API.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// The issuer that most of Entra's keys are published for.
pub(crate) fn issuer_template(origin: &str) -> String {
    format!("{origin}/{{tenantid}}/v2.0")
}

impl World {
    /// An API with defaults whose authority publishes the first test key.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut ApiSettings)) -> Self {
        let authority = TestAuthority::start(Answer::Keys(Vec::new())).await;
        let key = TestKey::first().jwk_for(&issuer_template(&authority.origin));
        authority.answers(Answer::Keys(vec![key]));
        Self::trusting(authority, change)
    }

    pub(crate) fn trusting(
        authority: TestAuthority,
        change: impl FnOnce(&mut ApiSettings),
    ) -> Self {
        let tenant = Authority::new(authority.origin.parse().unwrap(), TENANT.parse().unwrap());
        let mut settings = ApiSettings::new(tenant.clone(), API.parse().unwrap());
        change(&mut settings);
        let clock = Arc::new(ManualClock::new(UnixTime(1_800_000_000)));
        let router = ApiServer::new(settings, clock.clone()).unwrap().router();
        Self {
            authority,
            clock,
            tenant,
            router,
        }
    }

    fn api() -> ClientId {
        API.parse().unwrap()
    }

    /// A person's token, not signed yet.
    pub(crate) fn user(&self) -> TokenBuilder {
        TokenBuilder::user(&self.tenant, Self::api(), self.clock.now())
    }

    /// An application's token, not signed yet.
    pub(crate) fn app(&self) -> TokenBuilder {
        TokenBuilder::app(&self.tenant, Self::api(), self.clock.now())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answered {
        send(self.router.clone(), request).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answered {
        self.send(bearer(path, token)).await
    }

    /// The status of a call with this token to an endpoint.
    pub(crate) async fn status(&self, path: &str, token: &str) -> u16 {
        self.get(path, token).await.status.as_u16()
    }

    pub(crate) async fn explain(&self, token: &str, endpoint: &str) -> Value {
        let body = serde_json::json!({"token": token, "endpoint": endpoint}).to_string();
        let request = Request::post("/api/explain").header("content-type", "application/json");
        let answer = self.send(request.body(body.into()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }
}

pub(crate) async fn send(router: Router, request: Request<Body>) -> Answered {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answered {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

pub(crate) fn bearer(path: &str, token: &str) -> Request<Body> {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    request.body(Body::empty()).unwrap()
}

pub(crate) fn plain(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}
