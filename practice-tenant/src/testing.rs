//! What the tests share: a tenant whose clock stands still, a client without cookies, and a browser with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{self, AsHeaderName};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shared::entropy::CountingEntropy;
use shared::jwt::{Object, UnverifiedToken};
use shared::time::{ManualClock, UnixTime};
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};
use uuid::Uuid;

use crate::directory::Application;
use crate::directory::Directory;
use crate::directory::seed::{API, CLIENT, TENANT};
use crate::{Options, PracticeTenant, StartError};

pub(crate) const ORIGIN: &str = "http://localhost:8400";
pub(crate) const SPA: &str = "http://localhost:3000";
pub(crate) const DESKTOP: &str = "http://localhost:51234";
pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
pub(crate) const VERIFIER: &str = "the-verifier-of-a-test-is-no-secret-and-is-long-enough";

/// Parameters by name.
pub(crate) type Pairs<'a> = &'a [(&'a str, &'a str)];

/// A tenant, and its clock.
pub(crate) struct Workshop {
    pub(crate) tenant: PracticeTenant,
    pub(crate) clock: Arc<ManualClock>,
    router: Router,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Workshop {
    pub(crate) fn new() -> Self {
        let options = Options {
            public_origin: ORIGIN.into(),
            secure_origin: None,
            spa_redirect_uris: Vec::new(),
            state: None,
        };
        Self::start(options).unwrap()
    }

    pub(crate) fn start(options: Options) -> Result<Self, StartError> {
        let clock = Arc::new(ManualClock::new(NOW));
        let entropy = Arc::new(CountingEntropy::default());
        let tenant = PracticeTenant::start(options, clock.clone(), entropy)?;
        let router = tenant.router();
        Ok(Self {
            tenant,
            clock,
            router,
        })
    }

    /// Changes the directory behind the endpoints' back.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut Directory) -> R) -> R {
        change(&mut self.tenant.0.tenant.directory_mut())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// A token request of a page (with an origin) or of a program (without).
    pub(crate) async fn token(&self, origin: Option<&str>, pairs: &[(&str, &str)]) -> Answer {
        self.token_at("oauth2/v2.0/token", origin, pairs).await
    }

    /// The same at either generation's endpoint.
    pub(crate) async fn token_at(
        &self,
        endpoint: &str,
        origin: Option<&str>,
        pairs: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::post(format!("/{TENANT}/{endpoint}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        self.send(request.body(form(pairs).into()).unwrap()).await
    }

    /// A form that a program sends.
    pub(crate) async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(form(pairs).into()).unwrap()).await
    }

    /// Changes a registration.
    pub(crate) fn register(&self, app_id: Uuid, change: impl FnOnce(&mut Application)) {
        let mut directory = self.tenant.0.tenant.directory_mut();
        let mut applications = directory.applications.iter_mut();
        change(applications.find(|known| known.app_id == app_id).unwrap());
    }
}

impl Answer {
    pub(crate) fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The body is an error of the token endpoint's shape.
    #[track_caller]
    pub(crate) fn assert_error(&self, error: &str, code: u32) {
        let body = self.json();
        assert_eq!(
            (&body["error"], &body["error_codes"][0]),
            (&error.into(), &code.into()),
            "{body}"
        );
        let description = body["error_description"].as_str().unwrap();
        let trace_id = body["trace_id"].as_str().unwrap();
        assert!(
            description.starts_with(&format!("AADSTS{code}: ")),
            "{description}"
        );
        assert!(
            description.contains(&format!(" Trace ID: {trace_id} ")),
            "{description}"
        );
        assert_eq!(self.header("x-ms-request-id"), Some(trace_id));
    }

    /// The body is a page that shows an error and leads nowhere.
    #[track_caller]
    pub(crate) fn assert_page_error(&self, code: u32) {
        assert!(self.status.is_client_error(), "{}", self.status);
        assert_eq!(self.header(header::LOCATION), None);
        assert!(
            self.body.contains(&format!("AADSTS{code}: ")),
            "{}",
            self.body
        );
    }

    /// The answer in a redirect to the client, from query or fragment.
    #[track_caller]
    pub(crate) fn redirected(&self) -> BTreeMap<String, String> {
        let location = self
            .header(header::LOCATION)
            .unwrap_or_else(|| panic!("{}", self.body));
        let url = Url::parse(location).unwrap();
        let answer = url.fragment().or(url.query()).unwrap();
        form_urlencoded::parse(answer.as_bytes())
            .into_owned()
            .collect()
    }

    #[track_caller]
    pub(crate) fn assert_redirect_error(&self, error: &str, code: u32) {
        let answer = self.redirected();
        assert_eq!(answer["error"], error, "{answer:?}");
        let description = &answer["error_description"];
        assert!(
            description.starts_with(&format!("AADSTS{code}: ")),
            "{description}"
        );
        assert_eq!(answer.get("code"), None);
    }

    /// The value of an attribute of the first tag that contains `mark`.
    pub(crate) fn attribute(&self, mark: &str, name: &str) -> Option<String> {
        let tag = self.body.split('<').find(|tag| tag.contains(mark))?;
        let (_, value) = tag.split_once(&format!(" {name}=\""))?;
        Some(value.split('"').next()?.to_owned())
    }
}

/// A browser: it keeps cookies, follows redirects within the tenant, and sends `Origin` with its forms.
pub(crate) struct Browser<'w> {
    pub(crate) workshop: &'w Workshop,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) address: String,
}

impl<'w> Browser<'w> {
    pub(crate) fn new(workshop: &'w Workshop) -> Self {
        Self {
            workshop,
            cookies: BTreeMap::new(),
            address: String::new(),
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.visit(Method::GET, path.to_owned(), String::new())
            .await
    }

    /// An authorization request as the SPA makes it, with `changes`: an empty value takes a parameter away.
    pub(crate) async fn authorize(&mut self, changes: &[(&str, &str)]) -> Answer {
        self.get(&authorize_path(changes)).await
    }

    /// Sends a form without the token that the pages of a sign-in carry.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.visit(Method::POST, path.to_owned(), form(fields))
            .await
    }

    /// Submits a form of the page that is open.
    pub(crate) async fn submit(&mut self, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let token = page
            .attribute("form_token", "value")
            .unwrap_or_else(|| panic!("{}", page.body));
        let mut pairs = vec![("form_token", token.as_str())];
        pairs.extend(fields);
        self.visit(Method::POST, self.address.clone(), form(&pairs))
            .await
    }

    /// Goes through user name, password and "Stay signed in?" (No). Ends at consent or at the client.
    pub(crate) async fn log_in(&mut self, page: Answer, name: &str) -> Answer {
        let mut letters = name.chars();
        let first = letters.next().unwrap().to_ascii_uppercase();
        let password = format!("Practice-{first}{}-1", letters.as_str());
        let name = format!("{name}@juniperharbour.example");
        let page = self.submit(&page, &[("loginfmt", &name)]).await;
        assert!(page.body.contains("i0118"), "{}", page.body);
        let page = self.submit(&page, &[("passwd", &password)]).await;
        assert!(page.body.contains("kmsiTitle"), "{}", page.body);
        self.submit(&page, &[("no", "No")]).await
    }

    /// Signs in for the SPA and consents; the answer is the redirect with the code.
    pub(crate) async fn sign_in_as(&mut self, name: &str) -> Answer {
        self.sign_in_with(name, &[]).await
    }

    pub(crate) async fn sign_in_with(&mut self, name: &str, changes: &[(&str, &str)]) -> Answer {
        let page = self.authorize(changes).await;
        let page = self.log_in(page, name).await;
        if page.header(header::LOCATION).is_some() {
            return page;
        }
        self.submit(&page, &[("accept", "Accept")]).await
    }

    async fn visit(&mut self, method: Method, path: String, body: String) -> Answer {
        let (mut method, mut path, mut body) = (method, path, body);
        loop {
            let mut request = Request::builder().method(method.clone()).uri(&path);
            for (name, value) in &self.cookies {
                request = request.header(header::COOKIE, format!("{name}={value}"));
            }
            if method == Method::POST {
                request = request
                    .header(header::ORIGIN, ORIGIN)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            }
            let answer = self.workshop.send(request.body(body.into()).unwrap()).await;
            for cookie in answer.headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().unwrap();
                assert!(
                    cookie.contains("; Path=/; HttpOnly; SameSite=Lax"),
                    "{cookie}"
                );
                let (name, rest) = cookie.split_once('=').unwrap();
                assert!(name.ends_with("-8400"), "{name}");
                let value = rest.split(';').next().unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            match answer.header(header::LOCATION) {
                Some(next) if next.starts_with('/') => path = next.to_owned(),
                _ => {
                    self.address = path;
                    return answer;
                }
            }
            (method, body) = (Method::GET, String::new());
        }
    }
}

/// The path and query of an authorization request.
pub(crate) fn authorize_path(changes: &[(&str, &str)]) -> String {
    let client = CLIENT.to_string();
    let scope = format!("openid profile offline_access api://{API}/access_as_user");
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut pairs: Vec<(&str, &str)> = vec![
        ("client_id", &client),
        ("response_type", "code"),
        ("redirect_uri", SPA),
        ("response_mode", "fragment"),
        ("scope", &scope),
        ("state", "a state & more"),
        ("nonce", "a nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    format!("/{TENANT}/oauth2/v2.0/authorize?{}", form(&pairs))
}

/// The parameters by which the SPA redeems `code`, with `changes` as in [`authorize_path`].
pub(crate) fn redemption<'a>(
    code: &'a str,
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![
        ("client_id", "c1000000-0000-4000-8000-000000000002"),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", SPA),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    pairs
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Header and claims of a token in a response.
#[track_caller]
pub(crate) fn opened(token: &Value) -> (Object, Object) {
    let token = UnverifiedToken::decode(token.as_str().unwrap()).unwrap();
    (token.header().clone(), token.claims().clone())
}
