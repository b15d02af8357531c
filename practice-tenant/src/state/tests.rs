use axum::http::{Method, Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tempfile::TempDir;

use super::StateFolder;
use crate::directory::seed::{self, CLIENT, DAEMON, TENANT};
use crate::directory::{Directory, GRAPH};
use crate::testing::{Answer, Browser, DESKTOP, NOW, ORIGIN, SPA, Workshop, opened, redemption};
use crate::{Options, StartError};

/// A tenant that keeps its state in this folder.
fn start(folder: &TempDir) -> Result<Workshop, StartError> {
    start_with(folder, &[])
}

fn start_with(folder: &TempDir, spa_redirect_uris: &[&str]) -> Result<Workshop, StartError> {
    Workshop::start(Options {
        public_origin: ORIGIN.into(),
        secure_origin: None,
        spa_redirect_uris: spa_redirect_uris.iter().map(ToString::to_string).collect(),
        state: Some(StateFolder::open(folder.path())?),
    })
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Signs in for the desktop app, whose refresh tokens live long.
async fn sign_in(browser: &mut Browser<'_>) -> Answer {
    let answer = browser
        .sign_in_with(
            "mara",
            &[("redirect_uri", DESKTOP), ("response_mode", "query")],
        )
        .await;
    let code = &answer.redirected()["code"];
    let redemption = redemption(code, &[("redirect_uri", DESKTOP)]);
    browser.workshop.token(None, &redemption).await
}

async fn refresh(workshop: &Workshop, token: &str) -> Answer {
    let client = CLIENT.to_string();
    let pairs = [
        ("client_id", client.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    workshop.token(None, &pairs).await
}

async fn kids(workshop: &Workshop) -> Vec<String> {
    let keys = workshop
        .get(&format!("/{TENANT}/discovery/v2.0/keys"))
        .await;
    let keys = keys.json();
    let keys = keys["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].to_string()).collect()
}

#[tokio::test]
async fn after_a_restart_apps_and_browsers_go_on_as_if_nothing_had_happened() {
    let folder = folder();
    let workshop = start(&folder).unwrap();
    let keys = kids(&workshop).await;
    let mut browser = Browser::new(&workshop);
    let tokens = sign_in(&mut browser).await.json();
    let cookies = browser.cookies;
    drop(workshop);

    let workshop = start(&folder).unwrap();
    assert_eq!(kids(&workshop).await, keys);
    let refreshed = refresh(&workshop, tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.body);
    let (_, before) = opened(&tokens["access_token"]);
    let (_, after) = opened(&refreshed.json()["access_token"]);
    assert_eq!(
        (&before["oid"], &before["scp"]),
        (&after["oid"], &after["scp"])
    );
    // Signed in and consented still.
    let mut browser = Browser::new(&workshop);
    browser.cookies = cookies;
    let answer = browser.authorize(&[("prompt", "none")]).await;
    assert!(answer.redirected().contains_key("code"), "{}", answer.body);
}

#[tokio::test]
async fn keys_of_yesterday_and_lifetimes_outlive_a_restart() {
    let folder = folder();
    let workshop = start(&folder).unwrap();
    change(&workshop, Method::POST, "/practice/keys/rollover", "{}").await;
    let settings = r#"{"accessTokenLifetimeSeconds": 7}"#;
    change(&workshop, Method::PATCH, "/practice/settings", settings).await;
    let keys = kids(&workshop).await;
    assert_eq!(keys.len(), 3);
    drop(workshop);

    let workshop = start(&folder).unwrap();
    assert_eq!(kids(&workshop).await, keys);
    let settings = workshop.get("/practice/settings").await.json();
    assert_eq!(settings["accessTokenLifetimeSeconds"], 7);
}

#[tokio::test]
async fn a_lease_that_nobody_renewed_before_the_end_is_kept_after_the_restart() {
    let folder = folder();
    let workshop = start(&folder).unwrap();
    let lease = r#"{"leaseSeconds": 60}"#;
    change(&workshop, Method::POST, "/practice/snapshots", lease).await;
    let settings = r#"{"accessTokenLifetimeSeconds": 7}"#;
    change(&workshop, Method::PATCH, "/practice/settings", settings).await;
    drop(workshop);

    let workshop = start(&folder).unwrap();
    workshop.clock.advance(std::time::Duration::from_secs(60));
    let settings = workshop.get("/practice/settings").await.json();
    assert!(settings["accessTokenLifetimeSeconds"].is_null());
}

/// A change with the practice key, which must succeed.
async fn change(workshop: &Workshop, method: Method, path: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-practice-key", workshop.tenant.practice_key().expose())
        .header(header::CONTENT_TYPE, "application/json");
    let request = request.body(body.to_owned().into()).unwrap();
    let answer = workshop.send(request).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    answer
}

#[tokio::test]
async fn the_file_gives_no_token_and_no_cookie_away() {
    let folder = folder();
    let workshop = start(&folder).unwrap();
    let mut browser = Browser::new(&workshop);
    let tokens = sign_in(&mut browser).await.json();
    let cookies = browser.cookies;
    drop(workshop);
    let text = std::fs::read_to_string(folder.path().join("tenant.json")).unwrap();
    let secrets = cookies.values().map(String::as_str);
    for secret in secrets.chain(tokens["refresh_token"].as_str()) {
        assert!(secret == "yes" || !text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_redirect_uri_that_was_taken_away_stays_away_and_a_new_port_is_registered_once() {
    let folder = folder();
    let registered = |workshop: &Workshop| {
        let directory = workshop.tenant.0.tenant.directory();
        let client = directory.application(CLIENT).unwrap();
        client.spa.redirect_uris.clone()
    };
    let workshop = start_with(&folder, &["http://localhost:3001"]).unwrap();
    assert_eq!(registered(&workshop), [SPA, "http://localhost:3001"]);
    workshop
        .tenant
        .0
        .tenant
        .directory_mut()
        .application_mut(CLIENT)
        .unwrap()
        .spa
        .redirect_uris
        .clear();
    drop(workshop);
    let origins = ["http://localhost:3001", "http://localhost:3002"];
    let workshop = start_with(&folder, &origins).unwrap();
    assert_eq!(registered(&workshop), ["http://localhost:3002"]);
}

#[tokio::test]
async fn two_tenants_do_not_share_a_folder() {
    let folder = folder();
    let _first = start(&folder).unwrap();
    let error = start(&folder).err().unwrap().to_string();
    assert!(
        error.contains("is in use by") && !error.contains('\n'),
        "{error}"
    );
}

#[tokio::test]
async fn a_damaged_file_is_named_and_left_as_it_is() {
    for text in [
        "",
        "{",
        "[]",
        "\u{0}\u{0}",
        r#"{"version": 1}"#,
        r#"{"version": 2, "directory": {}}"#,
    ] {
        let folder = folder();
        let file = folder.path().join("tenant.json");
        std::fs::write(&file, text).unwrap();
        let error = start(&folder).err().unwrap().to_string();
        assert!(
            error.starts_with(&format!(
                "{} is damaged (",
                file.canonicalize().unwrap().display()
            )),
            "{error}"
        );
        assert!(
            error.contains("`workshop reset`") && !error.contains('\n'),
            "{error}"
        );
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}

/// Starts a tenant whose saved state was changed by hand.
fn start_changed(change: impl Fn(&mut Value)) -> (TempDir, Result<Workshop, StartError>) {
    let folder = folder();
    drop(start(&folder).unwrap());
    let file = folder.path().join("tenant.json");
    let mut saved = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    change(&mut saved);
    std::fs::write(&file, saved.to_string()).unwrap();
    let started = start(&folder);
    (folder, started)
}

#[tokio::test]
async fn a_damaged_key_is_a_damaged_file() {
    let (_folder, started) = start_changed(|saved| saved["keys"]["next"] = "none".into());
    let error = started.err().unwrap().to_string();
    assert!(
        error.contains("tenant.json is damaged (a signing key"),
        "{error}"
    );
}

#[tokio::test]
async fn microsofts_applications_are_as_this_program_knows_them() {
    let of_graph = |directory: &Directory| {
        let graph = directory.application(GRAPH).unwrap();
        graph.display_name.clone()
    };
    let seeded = of_graph(&seed::directory(&[], NOW));
    for older in [Value::Null, "Windows Azure Active Directory".into()] {
        let (_folder, started) = start_changed(|saved| {
            let directory = &mut saved["directory"];
            if older.is_null() {
                let graph = GRAPH.to_string();
                for kind in ["applications", "servicePrincipals"] {
                    let known = directory[kind].as_array_mut().unwrap();
                    known.retain(|one| one["appId"] != graph.as_str());
                }
                return;
            }
            for application in directory["applications"].as_array_mut().unwrap() {
                application["displayName"] = older.clone();
            }
        });
        let workshop = started.unwrap();
        let directory = workshop.tenant.0.tenant.directory();
        assert_eq!(of_graph(&directory), seeded);
        assert!(directory.service_principal(GRAPH).is_some());
        let own = &directory.application(CLIENT).unwrap().display_name;
        assert_eq!(own == "workshop-client", older.is_null());
    }
}

#[tokio::test]
async fn a_reset_keeps_a_copy_and_the_certificate_and_can_be_undone() {
    let folder = folder();
    let certificate = || std::fs::read_to_string(folder.path().join("workshop-daemon.pem"));
    assert_eq!(
        StateFolder::open(folder.path()).unwrap().reset().unwrap(),
        None
    );
    let workshop = start(&folder).unwrap();
    let tenant = &workshop.tenant.0.tenant;
    tenant.keys.replace_by_own(tenant.clock.now());
    tenant.changes.announce();
    let before = (kids(&workshop).await, certificate().unwrap());
    drop(workshop);
    let state = StateFolder::open(folder.path()).unwrap();
    let copy = state.reset().unwrap().unwrap();
    let original = state.tenant_file();
    drop(state);
    let workshop = start(&folder).unwrap();
    let keys = kids(&workshop).await;
    assert_ne!(keys, before.0);
    assert_eq!(certificate().unwrap(), before.1);
    drop(workshop);
    std::fs::rename(&copy, &original).unwrap();
    assert_eq!(kids(&start(&folder).unwrap()).await, before.0);
    let state = StateFolder::open(folder.path()).unwrap();
    assert_ne!(state.reset().unwrap(), None);
}

#[tokio::test]
async fn the_daemons_certificate_lies_in_the_folder_and_is_registered() {
    let folder = folder();
    let workshop = start(&folder).unwrap();
    let seeded = workshop.get("/practice").await;
    assert_eq!(seeded.header(header::CACHE_CONTROL), Some("no-store"));
    let seeded = seeded.json();
    let path = seeded["apps"]["daemon"]["certificatePath"]
        .as_str()
        .unwrap();
    let blocks = pem::parse_many(std::fs::read(path).unwrap()).unwrap();
    let tags: Vec<_> = blocks.iter().map(pem::Pem::tag).collect();
    assert_eq!(tags, ["PRIVATE KEY", "CERTIFICATE"]);
    let directory = workshop.tenant.0.tenant.directory();
    let registered = &directory.application(DAEMON).unwrap().key_credentials;
    let [registered] = registered.as_slice() else {
        panic!("{registered:?}")
    };
    let certificate = STANDARD.encode(blocks[1].contents());
    assert_eq!(registered.key, certificate);
}

#[cfg(unix)]
#[test]
fn a_folder_that_everybody_may_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let mode = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.path(), permissions).unwrap();
    };
    mode(0o777);
    let refused = StateFolder::open(folder.path()).unwrap_err().to_string();
    assert!(
        refused.contains("chmod o-w") && !refused.contains('\n'),
        "{refused}"
    );
    mode(0o775);
    StateFolder::open(folder.path()).unwrap();
}
