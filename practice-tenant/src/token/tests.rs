use std::sync::OnceLock;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::directory::seed::{API, CLIENT, TENANT};
use crate::directory::{GRAPH, PasswordCredential};
use crate::testing::{
    Answer, Browser, DESKTOP, NOW, ORIGIN, Pairs, SPA, Workshop, form, opened, redemption,
};

/// A code for the SPA.
async fn code(workshop: &Workshop, changes: &[(&str, &str)]) -> String {
    let answer = Browser::new(workshop).sign_in_with("mara", changes).await;
    answer.redirected()["code"].clone()
}

/// A code for the desktop app.
async fn desktop_code(workshop: &Workshop) -> String {
    code(workshop, &[("redirect_uri", DESKTOP)]).await
}

async fn redeem(workshop: &Workshop, code: &str, changes: &[(&str, &str)]) -> Answer {
    workshop.token(Some(SPA), &redemption(code, changes)).await
}

async fn refresh(workshop: &Workshop, origin: Option<&str>, token: &Value) -> Answer {
    let client = CLIENT.to_string();
    let token = token.as_str().unwrap();
    let pairs = [
        ("client_id", client.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    workshop.token(origin, &pairs).await
}

#[tokio::test]
async fn a_code_and_its_verifier_buy_tokens_that_the_published_keys_verify() {
    let workshop = Workshop::new();
    let code = code(&workshop, &[]).await;
    let answer = redeem(&workshop, &code, &[("client_info", "1")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(
        answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
        Some("*")
    );
    assert_eq!(
        answer.header(header::CACHE_CONTROL),
        Some("no-store, no-cache")
    );
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(
        body["scope"],
        format!("openid profile api://{API}/access_as_user")
    );
    assert_eq!(body["refresh_token_expires_in"], 86400);
    assert_eq!(body["expires_in"], body["ext_expires_in"]);
    assert!((3600..=5400).contains(&body["expires_in"].as_u64().unwrap()));

    let keys = workshop
        .get(&format!("/{TENANT}/discovery/v2.0/keys"))
        .await;
    let keys: JwkSet = serde_json::from_str(&keys.body).unwrap();
    for token in ["access_token", "id_token"] {
        let token = body[token].as_str().unwrap();
        let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
        let mut validation = Validation::new(jsonwebtoken::Algorithm::RS256);
        validation.validate_aud = false;
        validation.validate_exp = false;
        jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
    }
}

fn names(object: &shared::jwt::Object) -> Vec<&str> {
    let mut names: Vec<_> = object.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn the_tokens_have_exactly_the_claims_of_version_two() {
    let workshop = Workshop::new();
    let scope = format!("openid profile email api://{API}/access_as_user");
    let answer = Browser::new(&workshop)
        .sign_in_with("ilya", &[("scope", &scope)])
        .await;
    let body = redeem(&workshop, &answer.redirected()["code"], &[])
        .await
        .json();
    let (header, access) = opened(&body["access_token"]);
    assert_eq!(names(&header), ["alg", "kid", "typ"]);
    assert_eq!(
        names(&access),
        [
            "aio",
            "aud",
            "azp",
            "azpacr",
            "exp",
            "iat",
            "iss",
            "name",
            "nbf",
            "oid",
            "preferred_username",
            "rh",
            "roles",
            "scp",
            "sub",
            "tid",
            "uti",
            "ver"
        ]
    );
    assert_eq!(access["aud"], json!(API));
    assert_eq!(access["azp"], json!(CLIENT));
    assert_eq!(access["azpacr"], "0");
    assert_eq!(access["iss"], format!("{ORIGIN}/{TENANT}/v2.0"));
    assert_eq!(access["scp"], "access_as_user");
    assert_eq!(access["roles"], json!(["Workshop.Admin"]));
    assert_eq!(access["ver"], "2.0");
    assert_eq!(
        (&access["iat"], &access["nbf"]),
        (&json!(NOW.0), &json!(NOW.0))
    );
    let lifetime = access["exp"].as_i64().unwrap() - NOW.0;
    assert_eq!(json!(lifetime), body["expires_in"]);

    let (header, id) = opened(&body["id_token"]);
    assert_eq!(names(&header), ["alg", "kid", "typ"]);
    assert_eq!(
        names(&id),
        [
            "aio",
            "aud",
            "email",
            "exp",
            "iat",
            "iss",
            "name",
            "nbf",
            "nonce",
            "oid",
            "preferred_username",
            "rh",
            "sub",
            "tid",
            "uti",
            "ver"
        ]
    );
    assert_eq!(id["aud"], json!(CLIENT));
    assert_eq!(id["nonce"], "a nonce");
    assert_eq!(id["email"], "ilya@juniperharbour.example");
    assert_eq!(id["exp"], json!(NOW.0 + 3600));
    assert_eq!(id["oid"], access["oid"]);
    assert_ne!(id["sub"], access["sub"], "a subject is pairwise");
    assert_eq!(
        body.get("refresh_token"),
        None,
        "nobody asked for offline_access"
    );
    assert_eq!(body.get("client_info"), None);
}

#[tokio::test]
async fn without_profile_names_stay_away_and_without_openid_there_is_no_id_token() {
    let workshop = Workshop::new();
    let scope = format!("openid api://{API}/access_as_user");
    let body = redeem(&workshop, &code(&workshop, &[("scope", &scope)]).await, &[])
        .await
        .json();
    let (_, access) = opened(&body["access_token"]);
    assert!(access.contains_key("oid") && !access.contains_key("name"));
    assert!(!access.contains_key("roles"), "absent, not empty");
    let (_, id) = opened(&body["id_token"]);
    assert!(!id.contains_key("oid") && !id.contains_key("preferred_username"));

    let scope = format!("api://{API}/.default");
    let body = redeem(&workshop, &code(&workshop, &[("scope", &scope)]).await, &[])
        .await
        .json();
    assert_eq!(body.get("id_token"), None);
    assert_eq!(
        body["scope"],
        format!("api://{API}/access_as_user api://{API}/.default")
    );
}

#[tokio::test]
async fn scopes_of_graph_buy_a_token_for_graph_whose_header_has_a_nonce() {
    let workshop = Workshop::new();
    let code = code(&workshop, &[("scope", "openid User.Read")]).await;
    let body = redeem(&workshop, &code, &[]).await.json();
    let (header, claims) = opened(&body["access_token"]);
    assert_eq!(claims["aud"], json!(GRAPH));
    assert_eq!(claims["scp"], "openid User.Read");
    assert!(header.contains_key("nonce"));
    assert_eq!(
        body["scope"],
        "openid https://graph.microsoft.com/User.Read"
    );
}

#[tokio::test]
async fn version_one_takes_a_resource_answers_with_text_and_gives_an_id_token_of_its_own() {
    let workshop = Workshop::new();
    let code = code(&workshop, &[]).await;
    let resource = format!("api://{API}");
    let pairs = redemption(&code, &[("resource", &resource)]);
    let body = workshop
        .token_at("oauth2/token", Some(SPA), &pairs)
        .await
        .json();
    let number = |name: &str| body[name].as_str().unwrap().parse::<i64>().unwrap();
    assert_eq!(number("expires_on") - NOW.0, number("expires_in"));
    assert_eq!(number("not_before"), NOW.0);
    assert_eq!(number("ext_expires_in"), number("expires_in"));
    assert_eq!(number("refresh_token_expires_in"), 86400);
    assert_eq!(body["resource"], resource);
    assert_eq!(body["scope"], "access_as_user");
    assert_eq!(opened(&body["access_token"]).1["ver"], "2.0");
    let (header, id) = opened(&body["id_token"]);
    assert_eq!(header["x5t"], header["kid"]);
    assert_eq!(id["ver"], "1.0");
    assert_eq!(id["iss"], format!("{ORIGIN}/{TENANT}/"));
    assert_eq!(id["unique_name"], "mara@juniperharbour.example");
    let unknown = redemption("x", &[("resource", "api://nothing")]);
    let refused = workshop.token_at("oauth2/token", Some(SPA), &unknown).await;
    refused.assert_error("invalid_grant", 9_002_313);
}

#[tokio::test]
async fn one_token_is_for_one_resource_and_the_refresh_token_for_all() {
    let workshop = Workshop::new();
    let both = format!("openid offline_access User.Read api://{API}/access_as_user");
    let first = code(&workshop, &[("scope", &both)]).await;
    redeem(&workshop, &first, &[("scope", &both)])
        .await
        .assert_error("invalid_request", 28000);
    let api = format!("api://{API}/access_as_user");
    let body = redeem(&workshop, &first, &[("scope", &api)]).await.json();
    assert_eq!(opened(&body["access_token"]).1["aud"], json!(API));
    let body = refresh(&workshop, Some(SPA), &body["refresh_token"])
        .await
        .json();
    assert_eq!(opened(&body["access_token"]).1["aud"], json!(GRAPH));
    let second = code(&workshop, &[]).await;
    let unconsented = redeem(&workshop, &second, &[("scope", "Mail.Read")]).await;
    unconsented.assert_error("invalid_grant", 65001);
    assert_eq!(unconsented.json()["suberror"], "consent_required");
}

#[tokio::test]
async fn a_replayed_code_is_refused_and_what_it_bought_stays_valid() {
    let workshop = Workshop::new();
    let code = code(&workshop, &[]).await;
    let bought = redeem(&workshop, &code, &[]).await.json();
    let again = redeem(&workshop, &code, &[]).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    again.assert_error("invalid_grant", 54005);
    assert_eq!(again.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"));
    let refreshed = refresh(&workshop, Some(SPA), &bought["refresh_token"]).await;
    assert_eq!(refreshed.status, StatusCode::OK);
}

#[tokio::test]
async fn who_may_redeem_depends_on_the_platform_of_the_redirect_uri() {
    let workshop = Workshop::new();
    let spa = code(&workshop, &[]).await;
    let answer = workshop.token(None, &redemption(&spa, &[])).await;
    answer.assert_error("invalid_request", 9_002_327);
    let secret = [("client_secret", "x")];
    redeem(&workshop, &spa, &secret)
        .await
        .assert_error("invalid_client", 700_025);

    let desktop = desktop_code(&workshop).await;
    let pairs = redemption(&desktop, &[("redirect_uri", DESKTOP)]);
    for pairs in [pairs.clone(), [pairs.clone(), secret.to_vec()].concat()] {
        let answer = workshop.token(Some(SPA), &pairs).await;
        answer.assert_error("invalid_request", 9_002_326);
        assert!(
            answer
                .body
                .contains("Request origin: 'http://localhost:3000'.")
        );
        assert_eq!(answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    }
    let with_secret = [pairs.clone(), secret.to_vec()].concat();
    let answer = workshop.token(None, &with_secret).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    answer.assert_error("invalid_client", 700_025);
    let answer = workshop.token(None, &pairs).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    assert_eq!(answer.json().get("refresh_token_expires_in"), None);
}

#[tokio::test]
async fn a_web_app_proves_itself_in_the_body_or_with_basic() {
    const WEB: &str = "https://web.example/callback";
    let workshop = Workshop::new();
    let secret = shared::secret::ClientSecret::new("a secret:% of awkward+characters");
    {
        let mut directory = workshop.tenant.0.tenant.directory_mut();
        let client = directory
            .applications
            .iter_mut()
            .find(|app| app.app_id == CLIENT)
            .unwrap();
        client.web.redirect_uris.push(WEB.into());
        client.password_credentials.push(PasswordCredential {
            key_id: CLIENT,
            display_name: None,
            start_date_time: NOW,
            end_date_time: NOW + Duration::from_hours(1),
            secret_text: secret.clone(),
        });
    }
    let code = code(&workshop, &[("redirect_uri", WEB)]).await;
    let pairs = redemption(&code, &[("redirect_uri", WEB)]);
    let with = |more: &[(&'static str, &'static str)]| [pairs.clone(), more.to_vec()].concat();
    let none = workshop.token(None, &pairs).await;
    assert_eq!(none.status, StatusCode::UNAUTHORIZED);
    none.assert_error("invalid_client", 7_000_218);
    let wrong = workshop.token(None, &with(&[("client_secret", "x")])).await;
    wrong.assert_error("invalid_client", 7_000_215);
    assert!(!wrong.body.contains("awkward"));
    let assertion = workshop
        .token(None, &with(&[("client_assertion", "x.y.z")]))
        .await;
    assertion.assert_error("invalid_request", 900_144);
    let page = workshop
        .token(Some(SPA), &with(&[("client_secret", "x")]))
        .await;
    page.assert_error("invalid_request", 9_002_326);

    let basic = format!("{CLIENT}:a+secret%3A%25+of+awkward%2Bcharacters");
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, basic);
    let request = Request::post(format!("/{TENANT}/oauth2/v2.0/token"))
        .header(header::AUTHORIZATION, format!("Basic {basic}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form(&pairs)))
        .unwrap();
    let answer = workshop.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(opened(&answer.json()["access_token"]).1["azpacr"], "1");
}

#[tokio::test]
async fn a_redirect_uri_without_a_path_is_the_one_with_a_slash() {
    let workshop = Workshop::new();
    let code = code(&workshop, &[]).await;
    let slash = [("redirect_uri", "http://localhost:3000/")];
    let answer = redeem(&workshop, &code, &slash).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn a_code_belongs_to_its_client_its_redirect_uri_and_its_verifier() {
    let workshop = Workshop::new();
    let code = code(&workshop, &[]).await;
    let cases: &[(Pairs<'_>, &str, u32)] = &[
        (
            &[("redirect_uri", "http://localhost:3000/x")],
            "invalid_client",
            500_112,
        ),
        (&[("code_verifier", "")], "invalid_request", 900_144),
        (&[("code_verifier", "another")], "invalid_grant", 501_481),
        (
            &[("client_id", "c1000000-0000-4000-8000-000000000003")],
            "invalid_grant",
            70000,
        ),
        (&[("code", "x")], "invalid_grant", 9_002_313),
    ];
    for (changes, error, number) in cases {
        redeem(&workshop, &code, changes)
            .await
            .assert_error(error, *number);
    }
    let unknown = format!("1.A{}", "a".repeat(64));
    redeem(&workshop, &unknown, &[])
        .await
        .assert_error("invalid_grant", 70000);
    assert_eq!(redeem(&workshop, &code, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_plain_challenge_is_compared_as_it_is() {
    let workshop = Workshop::new();
    let verifier = "a".repeat(43);
    let changes = [
        ("code_challenge", verifier.as_str()),
        ("code_challenge_method", "plain"),
    ];
    let code = code(&workshop, &changes).await;
    redeem(&workshop, &code, &[])
        .await
        .assert_error("invalid_grant", 501_481);
    let answer = redeem(&workshop, &code, &[("code_verifier", &verifier)]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_code_expires_after_ten_minutes() {
    let workshop = Workshop::new();
    let code = code(&workshop, &[]).await;
    workshop.clock.advance(Duration::from_mins(10));
    redeem(&workshop, &code, &[])
        .await
        .assert_error("invalid_grant", 70008);
}

#[tokio::test]
async fn staying_signed_in_shows_in_the_id_token() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let page = browser.authorize(&[]).await;
    let page = browser
        .submit(&page, &[("loginfmt", "mara@juniperharbour.example")])
        .await;
    let page = browser
        .submit(&page, &[("passwd", "Practice-Mara-1")])
        .await;
    let page = browser.submit(&page, &[("yes", "Yes")]).await;
    let answer = browser.submit(&page, &[("accept", "Accept")]).await;
    let body = redeem(&workshop, &answer.redirected()["code"], &[])
        .await
        .json();
    assert_eq!(opened(&body["id_token"]).1["signin_state"], json!(["kmsi"]));
}

#[tokio::test]
async fn a_spas_refresh_tokens_all_end_a_day_after_the_sign_in() {
    let workshop = Workshop::new();
    let body = redeem(&workshop, &code(&workshop, &[]).await, &[])
        .await
        .json();
    let first = body["refresh_token"].clone();
    refresh(&workshop, None, &first)
        .await
        .assert_error("invalid_request", 9_002_327);
    workshop.clock.advance(Duration::from_hours(20));
    let renewed = refresh(&workshop, Some(SPA), &first).await;
    assert_eq!(
        renewed.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
        Some("*")
    );
    let renewed = renewed.json();
    assert_eq!(renewed["refresh_token_expires_in"], 4 * 3600);
    assert_ne!(renewed["refresh_token"], first);
    assert!(!opened(&renewed["id_token"]).1.contains_key("nonce"));
    assert_eq!(
        refresh(&workshop, Some(SPA), &first).await.status,
        StatusCode::OK,
        "still valid"
    );
    workshop.clock.advance(Duration::from_hours(4));
    for token in [&first, &renewed["refresh_token"]] {
        let late = refresh(&workshop, Some(SPA), token).await;
        late.assert_error("invalid_grant", 700_084);
    }
}

#[tokio::test]
async fn a_refresh_that_names_no_resource_is_taken_for_the_client_itself() {
    let workshop = Workshop::new();
    let first = code(&workshop, &[]).await;
    let body = redeem(&workshop, &first, &[]).await.json();
    let client = CLIENT.to_string();
    let pairs = [
        ("client_id", client.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", body["refresh_token"].as_str().unwrap()),
        ("scope", "openid profile"),
    ];
    let answer = workshop.token(Some(SPA), &pairs).await;
    answer.assert_error("invalid_request", 90009);
    let scope = [("scope", "openid profile offline_access")];
    let body = redeem(&workshop, &code(&workshop, &scope).await, &[])
        .await
        .json();
    let pairs = [
        &pairs[..2],
        &[("refresh_token", body["refresh_token"].as_str().unwrap())],
        &pairs[3..],
    ]
    .concat();
    let answer = workshop.token(Some(SPA), &pairs).await;
    assert_eq!(answer.status, StatusCode::OK, "only ever signed in");
}

#[tokio::test]
async fn a_redemption_that_asks_for_nonsense_is_told_so_and_the_code_stays_good() {
    let workshop = Workshop::new();
    let code = code(&workshop, &[]).await;
    for (scope, number) in [(" ", 28003), ("openid\u{7}", 28002)] {
        let answer = redeem(&workshop, &code, &[("scope", scope)]).await;
        answer.assert_error("invalid_scope", number);
    }
    assert_eq!(redeem(&workshop, &code, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_desktop_apps_refresh_token_lives_ninety_days_from_its_last_use() {
    let workshop = Workshop::new();
    let desktop = desktop_code(&workshop).await;
    let answer = workshop
        .token(None, &redemption(&desktop, &[("redirect_uri", DESKTOP)]))
        .await;
    let mut token = answer.json()["refresh_token"].clone();
    refresh(&workshop, Some(SPA), &token)
        .await
        .assert_error("invalid_request", 9_002_326);
    for _ in 0..3 {
        workshop.clock.advance(Duration::from_hours(24 * 89));
        token = refresh(&workshop, None, &token).await.json()["refresh_token"].clone();
    }
    workshop.clock.advance(Duration::from_hours(24 * 90));
    refresh(&workshop, None, &token)
        .await
        .assert_error("invalid_grant", 700_082);
}

#[tokio::test]
async fn consent_that_was_taken_back_stops_the_refresh() {
    let workshop = Workshop::new();
    let body = redeem(&workshop, &code(&workshop, &[]).await, &[])
        .await
        .json();
    workshop
        .tenant
        .0
        .tenant
        .directory_mut()
        .oauth2_permission_grants
        .clear();
    let refused = refresh(&workshop, Some(SPA), &body["refresh_token"]).await;
    refused.assert_error("invalid_grant", 65001);
    assert!(refused.body.contains("named 'workshop-client'"));
}

#[tokio::test]
async fn a_refresh_token_that_is_none_is_told_apart() {
    let workshop = Workshop::new();
    let cut = refresh(&workshop, Some(SPA), &json!("1.Acut")).await;
    cut.assert_error("invalid_grant", 9_002_313);
    assert_eq!(cut.json()["suberror"], "bad_token");
    let unknown = json!(format!("1.A{}", "b".repeat(86)));
    refresh(&workshop, Some(SPA), &unknown)
        .await
        .assert_error("invalid_grant", 70000);
}

#[tokio::test]
async fn what_is_missing_unknown_or_doubled_is_named() {
    let workshop = Workshop::new();
    let client = CLIENT.to_string();
    let base = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
    ];
    let cases: &[(Pairs<'_>, &str, u32, &str)] = &[
        (&[], "invalid_request", 900_144, "'grant_type'"),
        (&base[..1], "invalid_request", 900_144, "'client_id'"),
        (&base, "invalid_request", 900_144, "'code'"),
        (
            &[base[0], base[1], base[1]],
            "invalid_request",
            9_000_411,
            "'client_id'",
        ),
        (
            &[("grant_type", "magic"), base[1]],
            "unsupported_grant_type",
            70003,
            "'magic'",
        ),
        (
            &[base[0], ("client_id", "x")],
            "unauthorized_client",
            700_016,
            "'x'",
        ),
        (
            &[
                base[0],
                ("client_id", "00000000-0000-0000-0000-000000000000"),
            ],
            "unauthorized_client",
            700_038,
            "not a valid application identifier",
        ),
    ];
    for (pairs, error, code, text) in cases {
        let answer = workshop.token(None, pairs).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        answer.assert_error(error, *code);
        assert!(answer.body.contains(text), "{}", answer.body);
        let has_uri = answer.json().get("error_uri").is_some();
        assert_eq!(has_uri, ![70003, 700_038].contains(code), "{code}");
    }
}

#[tokio::test]
async fn other_bodies_methods_and_tenants_are_refused() {
    let workshop = Workshop::new();
    let path = format!("/{TENANT}/oauth2/v2.0/token");
    let post = |path: &str, kind: &str, body: String| {
        let request = Request::post(path).header(header::CONTENT_TYPE, kind);
        workshop.send(request.body(Body::from(body)).unwrap())
    };
    let json = post(
        &path,
        "application/json",
        r#"{"grant_type":"authorization_code"}"#.into(),
    )
    .await;
    json.assert_error("invalid_request", 900_144);
    for size in [20_000, 200_000] {
        let long = post(&path, "application/x-www-form-urlencoded", "a".repeat(size)).await;
        assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
        long.assert_error("invalid_request", 90015);
    }
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let request = Request::builder()
            .method(method)
            .uri(&path)
            .body(Body::empty())
            .unwrap();
        let answer = workshop.send(request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.header(header::ALLOW), Some("POST, OPTIONS"));
        answer.assert_error("invalid_request", 900_561);
    }
    let form_type = "application/x-www-form-urlencoded";
    let nowhere = post("/nowhere/oauth2/v2.0/token", form_type, String::new()).await;
    nowhere.assert_error("invalid_request", 90002);
    let pairs = form(&[
        ("grant_type", "authorization_code"),
        ("client_id", &CLIENT.to_string()),
    ]);
    let common = post("/common/oauth2/v2.0/token", form_type, pairs).await;
    common.assert_error("invalid_request", 50194);
}

#[tokio::test]
async fn a_preflight_is_allowed_to_ask() {
    let workshop = Workshop::new();
    let request = Request::options(format!("/{TENANT}/oauth2/v2.0/token"))
        .header(header::ORIGIN, SPA)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "client-request-id")
        .body(Body::empty())
        .unwrap();
    let answer = workshop.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
        Some("*")
    );
    assert_eq!(
        answer.header(header::ACCESS_CONTROL_ALLOW_HEADERS),
        Some("client-request-id")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn junk_is_never_the_servers_fault(
        name in "[a-z_]{1,14}|client_id|redirect_uri|code|scope|refresh_token|client_secret",
        value in "\\PC{0,40}",
        raw in prop::collection::vec(any::<u8>(), 0..80),
        basic in "[A-Za-z0-9+/=:]{0,30}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let workshop = shared_workshop();
        let unknown = format!("1.A{}", "a".repeat(64));
        let changed = form(&redemption(&unknown, &[(name.as_str(), value.as_str())]));
        let basic = format!("Basic {basic}");
        let cases = [(changed.clone(), None), (changed, Some(&basic))]
            .map(|(body, basic)| (body.into_bytes(), basic));
        for (body, basic) in cases.into_iter().chain([(raw, None)]) {
            let mut request = Request::post(format!("/{TENANT}/oauth2/v2.0/token"))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            if let Some(basic) = basic {
                request = request.header(header::AUTHORIZATION, basic);
            }
            let answer = runtime.block_on(workshop.send(request.body(body.into()).unwrap()));
            prop_assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.body);
            prop_assert!(!answer.body.contains('\\'), "{}", answer.body);
        }
    }
}

fn shared_workshop() -> &'static Workshop {
    static WORKSHOP: OnceLock<Workshop> = OnceLock::new();
    WORKSHOP.get_or_init(Workshop::new)
}

#[tokio::test]
async fn a_new_password_ends_sessions_and_refresh_tokens_but_not_a_web_apps() {
    const WEB: &str = "https://web.example/callback";
    let workshop = Workshop::new();
    workshop.register(CLIENT, |client| {
        client.web.redirect_uris.push(WEB.into());
        client.password_credentials.push(PasswordCredential {
            key_id: CLIENT,
            display_name: None,
            start_date_time: NOW,
            end_date_time: NOW + Duration::from_hours(1),
            secret_text: shared::secret::ClientSecret::new("secret"),
        });
    });
    let mut browser = Browser::new(&workshop);
    let answer = browser.sign_in_as("mara").await;
    let spa = redeem(&workshop, &answer.redirected()["code"], &[])
        .await
        .json();
    let answer = browser.authorize(&[("redirect_uri", WEB)]).await;
    let code = answer.redirected()["code"].clone();
    let proof = [("redirect_uri", WEB), ("client_secret", "secret")];
    let web = workshop.token(None, &redemption(&code, &proof)).await;
    let web = web.json()["refresh_token"].as_str().unwrap().to_owned();

    let tenant = &workshop.tenant.0.tenant;
    let mara = tenant.directory().users[0].id;
    tenant.password_changed(mara, NOW);
    let refused = refresh(&workshop, Some(SPA), &spa["refresh_token"]).await;
    refused.assert_error("invalid_grant", 50173);
    let client = CLIENT.to_string();
    let pairs = [
        ("client_id", client.as_str()),
        ("client_secret", "secret"),
        ("grant_type", "refresh_token"),
        ("refresh_token", &web),
    ];
    let answer = workshop.token(None, &pairs).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let page = browser.authorize(&[]).await;
    assert!(page.body.contains("i0116"), "{}", page.body);
}

#[tokio::test]
async fn a_disabled_account_neither_signs_in_nor_refreshes() {
    let workshop = Workshop::new();
    let mut browser = Browser::new(&workshop);
    let answer = browser.sign_in_as("mara").await;
    let tokens = redeem(&workshop, &answer.redirected()["code"], &[])
        .await
        .json();
    for user in &mut workshop.tenant.0.tenant.directory_mut().users {
        user.account_enabled = false;
    }
    let refused = refresh(&workshop, Some(SPA), &tokens["refresh_token"]).await;
    refused.assert_error("invalid_grant", 50057);
    let page = browser.authorize(&[]).await;
    let name = ("loginfmt", "mara@juniperharbour.example");
    let page = browser.submit(&page, &[name]).await;
    let page = browser
        .submit(&page, &[("passwd", "Practice-Mara-1")])
        .await;
    page.assert_page_error(50057);
}

#[tokio::test]
async fn consent_brings_a_registration_into_the_tenant() {
    let workshop = Workshop::new();
    let tenant = &workshop.tenant.0.tenant;
    let without = |directory: &mut crate::directory::Directory| {
        directory
            .service_principals
            .retain(|known| known.app_id != CLIENT);
    };
    without(&mut tenant.directory_mut());
    let code = code(&workshop, &[]).await;
    let answer = redeem(&workshop, &code, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(tenant.directory().service_principal(CLIENT).is_some());
}
