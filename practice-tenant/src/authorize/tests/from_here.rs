//! Tokens straight from the authorization endpoint.

use axum::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::directory::seed::{API, CLIENT};
use crate::testing::{Browser, Pairs, SPA, Workshop, authorize_path, opened, redemption};

/// A registration whose two switches are on.
fn allowing_both() -> Workshop {
    let workshop = Workshop::new();
    workshop.change(|directory| {
        let client = directory.application_mut(CLIENT).unwrap();
        let switches = &mut client.web.implicit_grant_settings;
        switches.enable_id_token_issuance = true;
        switches.enable_access_token_issuance = true;
    });
    workshop
}

fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..16])
}

#[tokio::test]
async fn each_switch_of_the_registration_allows_its_own_token() {
    let workshop = Workshop::new();
    let cases = [
        ("id_token", 700_054),
        ("code id_token", 700_054),
        ("id_token token", 700_054),
        ("token", 700_051),
    ];
    for (asked, code) in cases {
        let answer = workshop
            .get(&authorize_path(&[("response_type", asked)]))
            .await;
        answer.assert_redirect_error("unsupported_response_type", code);
    }
    workshop.change(|directory| {
        let client = directory.application_mut(CLIENT).unwrap();
        client.web.implicit_grant_settings.enable_id_token_issuance = true;
    });
    let answer = workshop
        .get(&authorize_path(&[("response_type", "id_token token")]))
        .await;
    answer.assert_redirect_error("unsupported_response_type", 700_051);
}

#[tokio::test]
async fn a_hybrid_answer_has_a_code_and_an_id_token_that_vouches_for_it() {
    let workshop = allowing_both();
    let changes = [("response_type", "code id_token"), ("response_mode", "")];
    let answer = Browser::new(&workshop).sign_in_with("mara", &changes).await;
    let location = answer.header(header::LOCATION).unwrap();
    assert!(
        location.starts_with("http://localhost:3000/#code="),
        "{location}"
    );
    let pairs = answer.redirected();
    let (_, id) = opened(&json!(pairs["id_token"]));
    assert_eq!(id["c_hash"], half_hash(&pairs["code"]));
    assert_eq!(id["nonce"], "a nonce");
    assert_eq!(id.get("at_hash"), None);
    assert_eq!(pairs.get("access_token"), None);
    let body = workshop
        .token(Some(SPA), &redemption(&pairs["code"], &[]))
        .await
        .json();
    let (_, second) = opened(&body["id_token"]);
    assert_eq!(second["sub"], id["sub"]);
    assert_eq!(second.get("c_hash"), None, "only from here");
}

#[tokio::test]
async fn an_implicit_answer_has_tokens_and_no_code_and_needs_no_pkce() {
    let workshop = allowing_both();
    let scope = format!("openid profile api://{API}/access_as_user");
    let changes = [
        ("response_type", "id_token token"),
        ("scope", &scope),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
        ("client_info", "1"),
    ];
    let answer = Browser::new(&workshop).sign_in_with("ilya", &changes).await;
    let pairs = answer.redirected();
    let (_, access) = opened(&json!(pairs["access_token"]));
    assert_eq!(access["scp"], "access_as_user");
    assert_eq!(access["roles"], json!(["Workshop.Admin"]));
    assert_eq!(pairs["token_type"], "Bearer");
    assert!(pairs["expires_in"].parse::<u64>().unwrap() >= 3600);
    assert_eq!(
        pairs["scope"],
        format!("openid profile api://{API}/access_as_user")
    );
    let (_, id) = opened(&json!(pairs["id_token"]));
    assert_eq!(id["at_hash"], half_hash(&pairs["access_token"]));
    assert_eq!(id.get("c_hash"), None);
    assert_eq!(pairs["state"], "a state & more");
    assert!(pairs.contains_key("client_info") && pairs.contains_key("session_state"));
    assert_eq!(pairs.get("code"), None);
}

#[tokio::test]
async fn tokens_never_stand_in_a_query_and_need_openid_and_a_nonce() {
    let workshop = allowing_both();
    let api = format!("api://{API}/access_as_user");
    let cases: &[(Pairs<'_>, &str, u32)] = &[
        (&[("response_mode", "query")], "invalid_request", 70007),
        (&[("nonce", "")], "invalid_request", 900_144),
        (&[("scope", &api)], "invalid_scope", 70011),
    ];
    for (changes, error, code) in cases {
        let changes = [changes, &[("response_type", "code id_token")][..]].concat();
        let answer = workshop.get(&authorize_path(&changes)).await;
        answer.assert_redirect_error(error, *code);
        let location = answer.header(header::LOCATION).unwrap();
        assert!(location.contains("/#error="), "{location}");
    }
}
