//! The practice tenant by https, as a client meets it that trusts the local authority and nobody else.
#![expect(
    clippy::unwrap_used,
    reason = "in a test's helpers a failure is a failed test"
)]

use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::{Certificate, Client, Response, StatusCode};
use serde_json::Value;
use shared::settings::Variables;
use tempfile::TempDir;
use url::Url;
use workshop::{Practice, Running, SpaSource, Workshop, WorkshopConfig};

const SPA: &str = "http://localhost:3000";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct World {
    running: Running,
    client: Client,
    seeded: Value,
    _folder: TempDir,
}

impl World {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
        let state = folder.path().join("state");
        let variables: Variables = ["WEB_PORT", "API_PORT", "TENANT_PORT", "TENANT_TLS_PORT"]
            .map(|variable| (variable, "0"))
            .into_iter()
            .chain([("WORKSHOP_STATE_DIR", state.to_str().unwrap())])
            .collect();
        let spa = SpaSource::Folder(folder.path().to_owned());
        let config = WorkshopConfig::from_variables(&variables, spa).unwrap();
        let running = Workshop::start(config).await.unwrap();
        let practice = running.practice().unwrap();
        let client = client(practice);
        let seeded = client
            .get(format!("{}/practice", practice.secure_origin))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        Self {
            running,
            client,
            seeded,
            _folder: folder,
        }
    }

    fn seeded(&self, pointer: &str) -> &str {
        self.seeded.pointer(pointer).unwrap().as_str().unwrap()
    }

    async fn discovery(&self, authority: &str) -> Value {
        let address = format!("{authority}/v2.0/.well-known/openid-configuration");
        let answer = self.client.get(address).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Begins a sign-in at this authority.
    async fn authorize(&self, authority: &str) -> Result<Page, Url> {
        let scope = format!("openid {}", self.scope());
        let question = [
            ("client_id", self.seeded("/apps/client/clientId")),
            ("response_type", "code"),
            ("redirect_uri", SPA),
            ("scope", &scope),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let authorize =
            Url::parse_with_params(&format!("{authority}/oauth2/v2.0/authorize"), question);
        self.open(authorize.unwrap()).await
    }

    /// Signs the first user in at this authority; the code.
    async fn code(&self, authority: &str) -> String {
        let mut page = match self.authorize(authority).await {
            Ok(page) => page,
            // This browser is signed in already.
            Err(redirect) => return answer(&redirect, "code"),
        };
        for fields in [
            [("loginfmt", self.seeded("/users/0/username"))],
            [("passwd", self.seeded("/users/0/password"))],
            [("no", "No")],
            [("accept", "Accept")],
        ] {
            page = match self.submit(page, &fields).await {
                Ok(page) => page,
                Err(redirect) => return answer(&redirect, "code"),
            };
        }
        panic!("no code");
    }

    /// Follows redirects within the tenant; an error is the redirect that leaves it.
    async fn open(&self, address: Url) -> Result<Page, Url> {
        let answer = self.client.get(address).send().await.unwrap();
        self.follow(answer).await
    }

    async fn submit(&self, page: Page, fields: &[(&str, &str)]) -> Result<Page, Url> {
        let mut form = vec![("form_token", page.form_token.as_str())];
        form.extend(fields);
        let request = self.client.post(page.address.clone()).form(&form);
        let request = request.header("origin", page.address.origin().ascii_serialization());
        self.follow(request.send().await.unwrap()).await
    }

    async fn follow(&self, mut answer: Response) -> Result<Page, Url> {
        loop {
            let secure = answer.url().scheme() == "https";
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let cookie = cookie.to_str().unwrap();
                let site = if secure {
                    "; HttpOnly; SameSite=None; Secure"
                } else {
                    "; HttpOnly; SameSite=Lax"
                };
                assert!(cookie.contains(site), "{cookie}");
                let port = format!("-{}=", answer.url().port().unwrap());
                assert!(cookie.contains(&port), "{cookie}");
            }
            let Some(next) = answer.headers().get(LOCATION) else {
                return Ok(Page::read(answer).await);
            };
            let next = answer.url().join(next.to_str().unwrap()).unwrap();
            if next.origin() != answer.url().origin() {
                return Err(next);
            }
            answer = self.client.get(next).send().await.unwrap();
        }
    }

    async fn redeem(&self, authority: &str, code: &str) -> (StatusCode, Value) {
        let form = [
            ("client_id", self.seeded("/apps/client/clientId")),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", SPA),
            ("code_verifier", VERIFIER),
        ];
        let answer = self
            .client
            .post(format!("{authority}/oauth2/v2.0/token"))
            .header("origin", SPA)
            .form(&form)
            .send()
            .await
            .unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn profile(&self, token: &str) -> StatusCode {
        let address = format!("{}/api/profile", self.running.addresses().api);
        let request = self.client.get(address).bearer_auth(token);
        request.send().await.unwrap().status()
    }

    fn scope(&self) -> String {
        let api = self.seeded("/apps/api/identifierUri");
        format!("{api}/{}", self.seeded("/apps/api/scope"))
    }
}

struct Page {
    address: Url,
    form_token: String,
}

impl Page {
    async fn read(answer: Response) -> Self {
        let address = answer.url().clone();
        let text = answer.text().await.unwrap();
        let (_, rest) = text.split_once("name=\"form_token\" value=\"").unwrap();
        let form_token = rest.split('"').next().unwrap().to_owned();
        Self {
            address,
            form_token,
        }
    }
}

/// Keeps cookies, follows no redirect, and trusts the local authority alone.
#[expect(
    clippy::disallowed_methods,
    reason = "tests look at redirects themselves"
)]
fn client(practice: &Practice) -> Client {
    let authority = std::fs::read(&practice.authority_file).unwrap();
    Client::builder()
        .tls_certs_only([Certificate::from_pem(&authority).unwrap()])
        .redirect(reqwest::redirect::Policy::none())
        .cookie_store(true)
        .build()
        .unwrap()
}

fn answer(redirect: &Url, name: &str) -> String {
    let mut pairs = redirect.query_pairs();
    let found = pairs.find(|(found, _)| found == name);
    found.unwrap_or_else(|| panic!("{redirect}")).1.into_owned()
}

fn issuer(token: &Value) -> String {
    let token = shared::jwt::UnverifiedToken::decode(token.as_str().unwrap()).unwrap();
    token.claims()["iss"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_listener_tells_its_own_addresses_only() {
    let world = World::start().await;
    let authorities = [
        world.seeded("/tenant/authority"),
        world.seeded("/tenant/authorityHttp"),
    ];
    assert!(authorities[0].starts_with("https://localhost:"));
    assert!(authorities[1].starts_with("http://localhost:"));
    for authority in authorities {
        let document = world.discovery(authority).await;
        assert_eq!(document["issuer"], format!("{authority}/v2.0"));
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            let address = document[name].as_str().unwrap();
            assert!(address.starts_with(authority), "{address}");
        }
        let keys = document["jwks_uri"].as_str().unwrap();
        let keys: Value = world
            .client
            .get(keys)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(keys["keys"][0]["issuer"], format!("{authority}/v2.0"));
    }
    world.running.stop().await;
}

#[tokio::test]
async fn the_certificate_named_in_practice_is_the_one_to_trust() {
    let world = World::start().await;
    let file = world.seeded("/tenant/caCertificate");
    assert!(std::path::Path::new(file).is_absolute());
    assert_eq!(
        std::path::Path::new(file),
        world.running.practice().unwrap().authority_file
    );
    for host in ["127.0.0.1", "[::1]"] {
        let address = world.seeded("/tenant/authority").replace("localhost", host);
        let document = world
            .client
            .get(address + "/v2.0/.well-known/openid-configuration");
        assert_eq!(document.send().await.unwrap().status(), StatusCode::OK);
    }
    world.running.stop().await;
}

#[tokio::test]
async fn a_token_names_the_listener_it_was_asked_from_and_the_api_trusts_both() {
    let world = World::start().await;
    let (https, http) = (
        world.seeded("/tenant/authority"),
        world.seeded("/tenant/authorityHttp"),
    );
    // A code is good at either listener: it is one tenant.
    for (signs_in, redeems) in [(https, https), (https, http), (http, https)] {
        let code = world.code(signs_in).await;
        let (status, tokens) = world.redeem(redeems, &code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let access = &tokens["access_token"];
        assert_eq!(issuer(access), format!("{redeems}/v2.0"));
        assert_eq!(issuer(&tokens["id_token"]), format!("{redeems}/v2.0"));
        assert_eq!(
            world.profile(access.as_str().unwrap()).await,
            StatusCode::OK
        );
        let (status, again) = world.redeem(signs_in, &code).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{again}");
    }
    world.running.stop().await;
}

/// The cookies of https go with every request, from whatever page it comes (`SameSite=None`): so something else must
/// tell the tenant's own pages from others.
#[tokio::test]
async fn no_other_page_can_act_for_the_browser_although_its_cookies_are_sent() {
    let world = World::start().await;
    let page = world
        .authorize(world.seeded("/tenant/authority"))
        .await
        .unwrap();
    let own = page.address.origin().ascii_serialization();
    let other_listener = world.running.addresses().tenant.clone().unwrap();
    let username = world.seeded("/users/0/username");
    let post = |form_token: &str, headers: &[(&'static str, &str)]| {
        let form = [("form_token", form_token), ("loginfmt", username)];
        let mut request = world.client.post(page.address.clone()).form(&form);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    };
    let token = page.form_token.as_str();
    let forged = [
        post(token, &[("origin", "https://evil.example")]),
        post(token, &[("origin", &other_listener)]),
        post(token, &[("origin", SPA)]),
        post(token, &[("origin", "null")]),
        post(token, &[("sec-fetch-site", "cross-site")]),
        post(token, &[("sec-fetch-site", "same-site")]),
        post("guessed", &[("origin", &own)]),
    ];
    for request in forged {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(answer.headers().get(SET_COOKIE), None);
    }
    // The sign-in is where it was, and its own page goes on.
    let answer = post(token, &[("origin", &own)]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let next = answer.headers()[LOCATION].to_str().unwrap();
    assert!(next.ends_with("/password"), "{next}");
    world.running.stop().await;
}
