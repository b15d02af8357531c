//! The browser app's origin as a browser, a script and a stranger meet it: a whole workshop on free ports, in process.
#![expect(
    clippy::unwrap_used,
    reason = "in a test's helpers a failure is a failed test"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use shared::settings::Variables;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use workshop::{Running, SpaSource, StartError, Workshop, WorkshopConfig};

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const CLIENT: &str = "aaaaaaaa-2222-3333-4444-555555555555";
const API: &str = "bbbbbbbb-2222-3333-4444-555555555555";
const REAL: [(&str, &str); 3] = [
    ("TENANT_ID", TENANT),
    ("CLIENT_ID", CLIENT),
    ("API_CLIENT_ID", API),
];

/// A browser app of a few bytes with a state folder beside it, removed at the end of the test.
struct Spa(PathBuf);

impl Spa {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let own = format!(
            "workshop-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::SeqCst)
        );
        let folder = std::env::temp_dir().join(own).join("spa");
        std::fs::create_dir_all(&folder).unwrap();
        let files: [(&str, &[u8]); 8] = [
            ("../secret.txt", b"a secret"),
            (".stamp", b"the build's own"),
            ("index.html", b"<!doctype html><title>app</title>"),
            ("index.html.br", b"brotli"),
            ("app-0123456789abcdef.js", b"export {}"),
            ("app-0123456789abcdef.js.gz", b"gzip"),
            ("app-0123456789abcdef.wasm", b"\0asm"),
            ("favicon.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ];
        for (name, bytes) in files {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
        Self(folder)
    }

    fn source(&self) -> SpaSource {
        SpaSource::Folder(self.0.clone())
    }
}

impl Drop for Spa {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}

/// A workshop on free ports with these variables.
async fn start(variables: &[(&str, &str)]) -> (Running, Spa) {
    let spa = Spa::new();
    let running = try_start(variables, &spa).await.unwrap();
    (running, spa)
}

async fn try_start(variables: &[(&str, &str)], spa: &Spa) -> Result<Running, StartError> {
    let state = spa.0.with_file_name("state");
    let own = [
        ("WEB_PORT", "0"),
        ("API_PORT", "0"),
        ("TENANT_PORT", "0"),
        ("TENANT_TLS_PORT", "0"),
        ("WORKSHOP_STATE_DIR", state.to_str().unwrap()),
    ];
    let variables: Variables = own.iter().chain(variables).copied().collect();
    Workshop::start(WorkshopConfig::from_variables(&variables, spa.source())?).await
}

/// An answer, its header names in lower case.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Sends exactly this request line, because a client library would tidy up an odd path, and reads the answer.
async fn send(origin: &str, request_line: &str, headers: &[(&str, &str)]) -> Answer {
    let address = origin.strip_prefix("http://").unwrap();
    let mut request = format!("{request_line} HTTP/1.1\r\nconnection: close\r\n");
    let own_host = [("host", address)];
    let names_host = headers.iter().any(|(name, _)| *name == "host");
    for (name, value) in own_host.iter().filter(|_| !names_host).chain(headers) {
        request.extend([name, ": ", value, "\r\n"]);
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(format!("{request}\r\n").as_bytes())
        .await
        .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_ascii_lowercase(), value.trim().to_owned())
    };
    Answer {
        status,
        headers: lines.map(header).collect(),
        body: body.to_owned(),
    }
}

async fn get(running: &Running, path: &str) -> Answer {
    send(&running.addresses().web, &format!("GET {path}"), &[]).await
}

async fn config(running: &Running) -> Value {
    serde_json::from_str(&get(running, "/config.json").await.body).unwrap()
}

#[tokio::test]
async fn config_json_tells_the_browser_app_where_everything_is() {
    let (running, _spa) = start(&[]).await;
    let config = config(&running).await;
    let addresses = running.addresses();
    assert_eq!(
        config["authorityHost"],
        addresses.tenant.as_deref().unwrap()
    );
    assert_eq!(config["apiUrl"], addresses.api.as_str());
    assert_eq!(config["workloadUrl"], "http://localhost:8082");
    let api = config["apiClientId"].as_str().unwrap();
    assert_eq!(config["scope"], format!("api://{api}/access_as_user"));
    assert_eq!(config["appRole"], "Svc.Invoke");
    assert_eq!(config["practice"], true);
    assert!(config["practiceKey"].as_str().unwrap().len() >= 43);
    for name in [
        "tenantId",
        "clientId",
        "tenantName",
        "tenantDomain",
        "version",
    ] {
        assert!(config[name].is_string(), "{name}");
    }
}

#[tokio::test]
async fn config_json_is_for_its_own_origin_only_and_is_never_stored() {
    let (running, _spa) = start(&[]).await;
    let key = config(&running).await["practiceKey"].clone();
    let own = running.addresses().web.clone();
    for (header, status) in [
        (("origin", own.as_str()), 200),
        (("sec-fetch-site", "same-origin"), 200),
        (("origin", "http://evil.example"), 403),
        (("origin", "http://localhost:1"), 403),
        (("origin", "null"), 403),
        (("sec-fetch-site", "same-site"), 403),
    ] {
        let answer = send(&own, "GET /config.json", &[header]).await;
        assert_eq!(answer.status, status, "{header:?}");
        assert_eq!(answer.body.contains(key.as_str().unwrap()), status == 200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn the_practice_key_is_new_at_every_start() {
    let (first, _one) = start(&[]).await;
    let (second, _other) = start(&[]).await;
    assert_ne!(
        config(&first).await["practiceKey"],
        config(&second).await["practiceKey"]
    );
}

#[tokio::test]
async fn a_document_may_talk_to_the_three_servers_and_to_nobody_else() {
    let (running, _spa) = start(&[]).await;
    let answer = get(&running, "/").await;
    let addresses = running.addresses();
    assert_eq!(
        answer.header("content-security-policy"),
        Some(
            format!(
                "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                 font-src 'none'; connect-src 'self' {} {} http://localhost:8082; form-action 'none'; base-uri \
                 'none'; frame-ancestors 'none'",
                addresses.tenant.as_deref().unwrap(),
                addresses.api
            )
            .as_str()
        )
    );
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        answer.header("cross-origin-opener-policy"),
        Some("same-origin")
    );
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        Some("same-origin")
    );
    assert!(answer.header("permissions-policy").is_some());
}

#[tokio::test]
async fn every_page_is_the_app_and_is_asked_for_again_each_time() {
    let (running, _spa) = start(&[]).await;
    for path in [
        "/",
        "/index.html",
        "/steps/read-the-tokens",
        "/?code=x",
        "/diagnose/AADSTS50011",
    ] {
        let answer = get(&running, path).await;
        assert_eq!(
            (answer.status, answer.body.contains("<title>app")),
            (200, true),
            "{path}"
        );
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        assert!(answer.header("content-security-policy").is_some(), "{path}");
        assert!(answer.header("etag").is_some(), "{path}");
    }
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let (running, _spa) = start(&[]).await;
    let first = get(&running, "/").await;
    let headers = [("if-none-match", first.header("etag").unwrap())];
    let second = send(&running.addresses().web, "GET /tokens", &headers).await;
    assert_eq!((second.status, second.body.as_str()), (304, ""));
}

#[tokio::test]
async fn files_have_their_types_and_hashed_names_last() {
    let (running, _spa) = start(&[]).await;
    let lasting = Some("public, max-age=31536000, immutable");
    for (path, content_type, caching) in [
        ("/app-0123456789abcdef.js", "text/javascript", lasting),
        ("/app-0123456789abcdef.wasm", "application/wasm", lasting),
        ("/favicon.svg", "image/svg+xml", Some("no-cache")),
    ] {
        let answer = get(&running, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(content_type), "{path}");
        assert_eq!(answer.header("cache-control"), caching, "{path}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_compressed_twin_is_sent_to_whoever_can_read_it() {
    let (running, _spa) = start(&[]).await;
    let web = &running.addresses().web;
    for (path, accept, encoding, body) in [
        ("/", "gzip, deflate, br", Some("br"), "brotli"),
        ("/steps/x", "br", Some("br"), "brotli"),
        ("/app-0123456789abcdef.js", "gzip, br", Some("gzip"), "gzip"),
        ("/app-0123456789abcdef.js", "identity", None, "export {}"),
    ] {
        let answer = send(web, &format!("GET {path}"), &[("accept-encoding", accept)]).await;
        assert_eq!(
            answer.header("content-encoding"),
            encoding,
            "{path} {accept}"
        );
        assert_eq!(
            answer.header("vary"),
            Some("accept-encoding"),
            "{path} {accept}"
        );
        assert_eq!(answer.body, body, "{path} {accept}");
    }
}

#[tokio::test]
async fn an_unknown_file_is_not_found_and_is_not_the_app() {
    let (running, _spa) = start(&[]).await;
    for path in [
        "/app-ffffffffffffffff.js",
        "/nothing.css",
        "/.stamp",
        "/index.html.br",
        "/a/b.png",
    ] {
        let answer = get(&running, path).await;
        assert_eq!(
            (answer.status, answer.body.contains("<title>")),
            (404, false),
            "{path}"
        );
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let (running, spa) = start(&[]).await;
    let absolute = format!("/{}", spa.0.parent().unwrap().join("secret.txt").display());
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/x/../../secret.txt",
        "/..%5csecret.txt",
        "/.%00./secret.txt",
        "/%252e%252e/secret.txt",
        &absolute,
    ] {
        let answer = get(&running, path).await;
        assert_eq!(
            (answer.status, answer.body.contains("a secret")),
            (404, false),
            "{path}"
        );
    }
}

#[tokio::test]
async fn only_reading_is_possible_here() {
    let (running, _spa) = start(&[]).await;
    for path in ["/", "/config.json", "/steps/x", "/favicon.svg"] {
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            let request_line = format!("{method} {path}");
            let answer = send(
                &running.addresses().web,
                &request_line,
                &[("content-length", "0")],
            )
            .await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert!(answer.body.contains("Only GET"), "{method} {path}");
            assert!(
                answer
                    .header("allow")
                    .is_some_and(|allow| allow.contains("GET")),
                "{method} {path}"
            );
        }
        let head = send(&running.addresses().web, &format!("HEAD {path}"), &[]).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""), "HEAD {path}");
    }
}

#[tokio::test]
async fn every_listener_refuses_a_foreign_name() {
    let (running, _spa) = start(&[]).await;
    let addresses = running.addresses();
    for origin in [
        &addresses.web,
        &addresses.api,
        addresses.tenant.as_ref().unwrap(),
    ] {
        for path in ["/", "/config.json", "/practice", "/healthz"] {
            let answer = send(origin, &format!("GET {path}"), &[("host", "evil.example")]).await;
            assert_eq!(answer.status, 421, "{origin}{path}");
        }
    }
}

#[tokio::test]
async fn the_practice_tenants_page_is_on_this_origin_too() {
    let (running, _spa) = start(&[]).await;
    let answer = get(&running, "/practice").await;
    assert_eq!(answer.status, 200);
    let practice: Value = serde_json::from_str(&answer.body).unwrap();
    assert!(practice["tenant"].is_object());
    let key = config(&running).await["practiceKey"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!answer.body.contains(&key));
    assert!(!running.practice().unwrap().users.is_empty());
}

#[tokio::test]
async fn the_browser_apps_own_pages_change_the_tenant_and_no_other_origin_does() {
    let (running, _spa) = start(&[]).await;
    let web = running.addresses().web.clone();
    let tenant = running.addresses().tenant.clone().unwrap();
    let key = config(&running).await["practiceKey"].clone();
    let key = key.as_str().unwrap();
    let calls = ["POST /practice/keys/rollover", "GET /graph/v1.0/users"];
    for (target, origin, key, status) in [
        (&web, &web, key, 200),
        (&tenant, &tenant, key, 200),
        (&web, &web, "guessed", 401),
        (&web, &tenant, key, 403),
        (&tenant, &web, key, 403),
        (&web, &"http://evil.example".to_owned(), key, 403),
    ] {
        let headers = [("origin", origin.as_str()), ("x-practice-key", key)];
        for call in calls {
            let answer = send(target, call, &headers).await;
            assert_eq!(answer.status, status, "{call} at {target} from {origin}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
            let policy = answer.header("cross-origin-resource-policy");
            assert_eq!(policy, Some("same-origin"));
        }
    }
}

#[tokio::test]
async fn with_a_real_tenant_nothing_of_the_practice_tenant_can_be_reached() {
    let (running, _spa) = start(&REAL).await;
    assert!(running.addresses().tenant.is_none());
    assert!(running.practice().is_none());
    for path in [
        "/practice",
        "/practice/",
        "/practice/reset",
        "/practice/settings",
        "/graph/v1.0/me",
    ] {
        let answer = get(&running, path).await;
        assert_eq!(
            (answer.status, answer.body.contains("<title>")),
            (404, false),
            "{path}"
        );
    }
    let config = config(&running).await;
    assert_eq!(config["practice"], false);
    assert_eq!(config["authorityHost"], "https://login.microsoftonline.com");
    assert_eq!(config["tenantId"], TENANT);
    assert_eq!(config["clientId"], CLIENT);
    assert_eq!(config["scope"], format!("api://{API}/access_as_user"));
    for name in ["practiceKey", "tenantName", "tenantDomain"] {
        assert!(config.get(name).is_none(), "{name}");
    }
}

#[tokio::test]
async fn the_api_has_the_practice_tenants_keys_and_explains() {
    let (running, _spa) = start(&[]).await;
    let api = &running.addresses().api;
    assert_eq!(send(api, "GET /readyz", &[]).await.status, 200);
    // An empty body is no token; that the address exists is what counts here.
    let explain = send(api, "POST /api/explain", &[("content-length", "0")]).await;
    assert_ne!(explain.status, 404);
}

#[tokio::test]
async fn the_api_lets_pages_of_the_browser_app_read_its_answers_and_no_others() {
    let (running, _spa) = start(&[("ALLOWED_ORIGINS", "https://app.example")]).await;
    let addresses = running.addresses();
    for (origin, allowed) in [
        (addresses.web.as_str(), true),
        ("https://app.example", true),
        ("http://localhost:1", false),
        ("https://evil.example", false),
    ] {
        let answer = send(&addresses.api, "GET /api/profile", &[("origin", origin)]).await;
        assert_eq!(answer.status, 401);
        let expected = allowed.then_some(origin);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            expected,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn a_taken_port_is_named_with_its_variable() {
    let (first, _spa) = start(&[]).await;
    let spa = Spa::new();
    let port = first.addresses().web.rsplit(':').next().unwrap();
    for variable in ["WEB_PORT", "API_PORT", "TENANT_PORT", "TENANT_TLS_PORT"] {
        let error = try_start(&[(variable, port)], &spa)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(port) && error.contains(variable) && !error.contains('\n'),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_missing_browser_app_is_said_before_anything_is_served() {
    let spa = Spa::new();
    std::fs::remove_file(spa.0.join("index.html")).unwrap();
    let error = try_start(&[], &spa).await.unwrap_err().to_string();
    assert!(
        error.contains("cargo xtask up") && !error.contains('\n'),
        "{error}"
    );
}

#[tokio::test]
async fn after_the_stop_the_ports_are_free_again() {
    // Another test may be given a port between the stop and the next start, though hardly several times in a row.
    for _ in 0..5 {
        let (running, spa) = start(&[]).await;
        let port = running
            .addresses()
            .web
            .rsplit(':')
            .next()
            .unwrap()
            .to_owned();
        running.stop().await;
        if try_start(&[("WEB_PORT", &port)], &spa).await.is_ok() {
            return;
        }
    }
    panic!("the port stays taken");
}
