//! The client against an endpoint that records what it is asked and answers what the test says.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::authority::AuthorityHost;
use crate::entropy::CountingEntropy;
use crate::time::ManualClock;
use crate::trace::{Body, Exchange};

const NOW: UnixTime = UnixTime(1_800_000_000);
const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const CLIENT: &str = "99999999-8888-7777-6666-555555555555";
const REDIRECT: &str = "http://localhost:3000";

fn settings(host: &str) -> ClientSettings {
    ClientSettings {
        authority: Authority::new(host.parse().unwrap(), TENANT.parse().unwrap()),
        client_id: CLIENT.parse().unwrap(),
    }
}

fn scopes() -> Vec<String> {
    ["openid", "offline_access", "api://x/access_as_user"]
        .map(String::from)
        .to_vec()
}

fn begin(settings: &ClientSettings, platform: Platform) -> SignIn {
    SignIn::begin(
        settings,
        platform,
        REDIRECT,
        &scopes(),
        &Options::default(),
        &ManualClock::new(NOW),
        &CountingEntropy::default(),
    )
    .unwrap()
}

fn parameters(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

fn callback(parameters: &[(&str, &str)]) -> Url {
    let answer = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    Url::parse(&format!("{REDIRECT}/#{answer}")).unwrap()
}

#[test]
fn the_challenge_of_rfc_7636_appendix_b_is_the_printed_one() {
    let mut pending = begin(&settings(AuthorityHost::MICROSOFT), Platform::Spa).pending;
    pending.verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(
        pending.code_challenge(),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

#[test]
fn the_request_carries_everything_and_the_verifier_stays_at_home() {
    let SignIn {
        authorize_url,
        pending,
    } = begin(&settings(AuthorityHost::MICROSOFT), Platform::Spa);
    let sent = parameters(&authorize_url);
    let expected = [
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid offline_access api://x/access_as_user"),
        ("response_mode", "fragment"),
        ("state", pending.state().expose()),
        ("nonce", pending.nonce().expose()),
        ("code_challenge", &pending.code_challenge()),
        ("code_challenge_method", "S256"),
        ("client-request-id", &pending.correlation_id().to_string()),
    ];
    assert_eq!(
        sent,
        expected
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    );
    assert!(!authorize_url.as_str().contains(pending.verifier().expose()));
    assert_eq!(pending.verifier().expose().len(), 43);
}

#[test]
fn the_desktop_reads_its_answer_from_the_query() {
    let SignIn { authorize_url, .. } =
        begin(&settings(AuthorityHost::MICROSOFT), Platform::Desktop);
    assert_eq!(parameters(&authorize_url)["response_mode"], "query");
}

#[test]
fn two_sign_ins_share_no_secret() {
    let entropy = CountingEntropy::default();
    let begin = || {
        SignIn::begin(
            &settings(AuthorityHost::MICROSOFT),
            Platform::Spa,
            REDIRECT,
            &scopes(),
            &Options::default(),
            &ManualClock::new(NOW),
            &entropy,
        )
        .unwrap()
        .pending
    };
    let (first, second) = (begin(), begin());
    let secrets = |p: &PendingSignIn| {
        [
            p.state().expose(),
            p.nonce().expose(),
            p.verifier().expose(),
        ]
        .map(str::to_owned)
    };
    for secret in secrets(&first) {
        assert!(!secrets(&second).contains(&secret));
    }
    let [state, nonce, verifier] = secrets(&first);
    assert!(state != nonce && nonce != verifier && verifier != state);
}

#[test]
fn prompt_and_login_hint_travel_when_asked_for() {
    let options = Options {
        prompt: Some(Prompt::SelectAccount),
        login_hint: Some("a+b@c.example".into()),
    };
    let sign_in = SignIn::begin(
        &settings(AuthorityHost::MICROSOFT),
        Platform::Spa,
        REDIRECT,
        &scopes(),
        &options,
        &ManualClock::new(NOW),
        &CountingEntropy::default(),
    )
    .unwrap();
    let sent = parameters(&sign_in.authorize_url);
    assert_eq!(sent["prompt"], "select_account");
    assert_eq!(sent["login_hint"], "a+b@c.example");
}

#[test]
fn a_redirect_uri_that_is_no_url_is_refused_at_once() {
    let refused = SignIn::begin(
        &settings(AuthorityHost::MICROSOFT),
        Platform::Spa,
        "localhost",
        &scopes(),
        &Options::default(),
        &ManualClock::new(NOW),
        &CountingEntropy::default(),
    );
    assert_eq!(refused.unwrap_err(), InvalidRedirectUri("localhost".into()));
}

fn check(
    parameters: impl Fn(&PendingSignIn) -> Vec<(&'static str, String)>,
) -> Result<RedeemableCode, CallbackError> {
    let pending = begin(&settings(AuthorityHost::MICROSOFT), Platform::Spa).pending;
    let answer = parameters(&pending);
    let answer: Vec<(&str, &str)> = answer
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    pending.check(&callback(&answer), &ManualClock::new(NOW))
}

fn state(pending: &PendingSignIn) -> (&'static str, String) {
    ("state", pending.state().expose().to_owned())
}

#[test]
fn a_code_with_the_right_state_can_be_redeemed() {
    let code = check(|pending| vec![("code", "the-code".into()), state(pending)]).unwrap();
    assert_eq!(code.code().expose(), "the-code");
}

#[test]
fn a_wrong_or_missing_state_is_noticed_before_anything_else() {
    assert_eq!(
        check(|_| vec![("code", "c".into()), ("state", "forged".into())]).unwrap_err(),
        CallbackError::StateMismatch
    );
    assert_eq!(
        check(|_| vec![("code", "c".into())]).unwrap_err(),
        CallbackError::StateMissing
    );
    assert_eq!(
        check(|_| vec![
            ("error", "access_denied".into()),
            ("state", "forged".into())
        ])
        .unwrap_err(),
        CallbackError::StateMismatch
    );
}

#[test]
fn a_refusal_is_understood() {
    let refused = check(|pending| {
        vec![
            ("error", "access_denied".into()),
            (
                "error_description",
                "AADSTS65004: User declined to consent.".into(),
            ),
            ("error_subcode", "cancel".into()),
            state(pending),
        ]
    });
    let Err(CallbackError::Refused(error)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (error.aadsts(), error.suberror.as_deref()),
        (Some(65004), Some("cancel"))
    );
}

#[test]
fn a_repeated_parameter_is_refused() {
    let repeated =
        check(|pending| vec![("code", "a".into()), ("code", "b".into()), state(pending)]);
    assert_eq!(
        repeated.unwrap_err(),
        CallbackError::Repeated("code".into())
    );
}

#[test]
fn an_answer_needs_a_code_or_an_error_and_its_own_place() {
    assert_eq!(
        check(|pending| vec![state(pending)]).unwrap_err(),
        CallbackError::CodeMissing
    );
    let pending = begin(&settings(AuthorityHost::MICROSOFT), Platform::Spa).pending;
    let in_the_query = format!("{REDIRECT}/?code=c&state={}", pending.state().expose());
    let refused = pending.check(&Url::parse(&in_the_query).unwrap(), &ManualClock::new(NOW));
    assert_eq!(refused.unwrap_err(), CallbackError::Nothing);
}

#[test]
fn a_sign_in_begun_an_hour_ago_has_expired() {
    let pending = begin(&settings(AuthorityHost::MICROSOFT), Platform::Spa).pending;
    let answer = callback(&[("code", "c"), ("state", pending.state().expose())]);
    let clock = ManualClock::new(NOW);
    clock.advance(SIGN_IN_LIFETIME);
    assert_eq!(
        pending.check(&answer, &clock).unwrap_err(),
        CallbackError::Expired { minutes: 60 }
    );
}

#[test]
fn a_pending_sign_in_survives_storage_and_hides_its_secrets_from_debug() {
    let pending = begin(&settings(AuthorityHost::MICROSOFT), Platform::Spa).pending;
    let restored: PendingSignIn =
        serde_json::from_str(&serde_json::to_string(&pending).unwrap()).unwrap();
    assert_eq!(restored.verifier().expose(), pending.verifier().expose());
    let shown = format!("{pending:?}");
    for secret in [
        pending.state().expose(),
        pending.nonce().expose(),
        pending.verifier().expose(),
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// An endpoint on a free port that answers one request and hands back what it was sent.
fn endpoint(status: &'static str, body: String) -> (String, JoinHandle<String>) {
    endpoint_that(status, |_| body)
}

/// One that grants tokens, whose issuer is the endpoint itself.
fn endpoint_with_host(body: impl FnOnce(&str) -> String) -> (String, JoinHandle<String>) {
    endpoint_that("200 OK", body)
}

fn endpoint_that(
    status: &'static str,
    body: impl FnOnce(&str) -> String,
) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let body = body(&host);
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let read = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&request);
            if let Some((head, sent)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| {
                        line.to_ascii_lowercase()
                            .strip_prefix("content-length: ")
                            .map(str::to_owned)
                    })
                    .map_or(0, |length| length.parse::<usize>().unwrap());
                if sent.len() >= length {
                    break;
                }
            }
        }
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    });
    (host, served)
}

fn http() -> (HttpClient, Arc<Mutex<Vec<Exchange>>>) {
    let recorded = Arc::new(Mutex::new(Vec::new()));
    let sink = recorded.clone();
    let client = HttpClient::new(
        Arc::new(ManualClock::new(NOW)),
        Arc::new(move |exchange| sink.lock().unwrap().push(exchange)),
    )
    .unwrap();
    (client, recorded)
}

fn id_token(host: &str, nonce: Option<&str>) -> String {
    let mut claims = json!({
        "iss": format!("{host}/{TENANT}/v2.0"), "aud": CLIENT, "tid": TENANT, "iat": NOW.0, "exp": NOW.0 + 3600,
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    format!(
        "{}.{}.c2ln",
        URL_SAFE_NO_PAD.encode("{}"),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    )
}

const ACCESS_TOKEN: &str = "eyJhY2Nlc3MiOiJ0b2tlbiJ9.e30.YWNjZXNz";

fn token_response(id_token: &str) -> String {
    json!({
        "token_type": "Bearer", "scope": "openid offline_access api://x/access_as_user", "expires_in": 3599,
        "ext_expires_in": 3599, "access_token": ACCESS_TOKEN, "refresh_token": "1.refresh-token-of-this-test",
        "refresh_token_expires_in": 86399, "id_token": id_token, "client_info": "e30",
    })
    .to_string()
}

#[tokio::test]
async fn code_and_verifier_are_traded_for_checked_tokens() {
    // The nonce is known before the endpoint is: a sign-in at any host draws the same numbers here.
    let nonce = begin(&settings(AuthorityHost::MICROSOFT), Platform::Spa)
        .pending
        .nonce;
    let (host, served) =
        endpoint_with_host(|host| token_response(&id_token(host, Some(nonce.expose()))));
    let settings = settings(&host);
    let SignIn { pending, .. } = begin(&settings, Platform::Spa);
    let answer = callback(&[("code", "the-code"), ("state", pending.state().expose())]);
    let verifier = pending.verifier().expose().to_owned();
    let (http, recorded) = http();

    let tokens = pending
        .redeem(&settings, &answer, &http, &ManualClock::new(NOW))
        .await
        .unwrap();

    assert_eq!(tokens.access_token.expose(), ACCESS_TOKEN);
    assert_eq!(tokens.expires_at, NOW + Duration::from_secs(3599));
    assert_eq!(
        tokens.refresh_expires_at,
        Some(NOW + Duration::from_secs(86399))
    );
    let request = served.join().unwrap();
    assert!(
        request.starts_with(&format!(
            "POST /{TENANT}/oauth2/v2.0/token?client-request-id="
        )),
        "{request}"
    );
    assert!(
        !request.to_ascii_lowercase().contains("authorization:"),
        "{request}"
    );
    for part in [
        "grant_type=authorization_code",
        "code=the-code",
        &format!("code_verifier={verifier}"),
        &format!("client_id={CLIENT}"),
        "redirect_uri=http%3A%2F%2Flocalhost%3A3000&",
        "scope=openid+offline_access+api",
    ] {
        assert!(
            format!("{request}&").contains(part),
            "{part} is missing in {request}"
        );
    }
    let recorded = recorded.lock().unwrap();
    let shown = serde_json::to_string(&*recorded).unwrap();
    for secret in [&verifier, ACCESS_TOKEN, "1.refresh-token-of-this-test"] {
        assert!(!shown.contains(secret), "{secret} was recorded");
    }
    assert!(matches!(recorded[0].request.body, Body::Form(_)));
}

#[tokio::test]
async fn a_refusal_of_the_token_endpoint_keeps_its_number() {
    let body = json!({
        "error": "invalid_grant", "error_description": "AADSTS54005: already redeemed. Trace ID: t",
        "error_codes": [54005],
    });
    let (host, _) = endpoint("400 Bad Request", body.to_string());
    let settings = settings(&host);
    let pending = begin(&settings, Platform::Spa).pending;
    let answer = callback(&[("code", "c"), ("state", pending.state().expose())]);
    let refused = pending
        .redeem(&settings, &answer, &http().0, &ManualClock::new(NOW))
        .await;
    let Err(SignInError::Token(TokenError::Refused(error))) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(error.aadsts(), Some(54005));
}

#[tokio::test]
async fn an_id_token_with_another_nonce_is_not_believed() {
    let (host, _) =
        endpoint_with_host(|host| token_response(&id_token(host, Some("somebody else's"))));
    let settings = settings(&host);
    let pending = begin(&settings, Platform::Spa).pending;
    let answer = callback(&[("code", "c"), ("state", pending.state().expose())]);
    let refused = pending
        .redeem(&settings, &answer, &http().0, &ManualClock::new(NOW))
        .await;
    assert_eq!(
        refused.unwrap_err(),
        SignInError::Token(TokenError::IdToken(IdTokenError::Nonce))
    );
}

#[tokio::test]
async fn an_answer_that_is_no_token_response_never_shows_its_text() {
    let (host, _) = endpoint("200 OK", format!(r#"{{"access_token":"{ACCESS_TOKEN}"}}"#));
    let settings = settings(&host);
    let pending = begin(&settings, Platform::Spa).pending;
    let answer = callback(&[("code", "c"), ("state", pending.state().expose())]);
    let refused = pending
        .redeem(&settings, &answer, &http().0, &ManualClock::new(NOW))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, SignInError::Token(TokenError::Unreadable(_))),
        "{refused:?}"
    );
    assert!(!format!("{refused} {refused:?}").contains(ACCESS_TOKEN));
}

#[tokio::test]
async fn a_silent_endpoint_is_named_without_the_request() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let settings = settings(&format!("http://localhost:{closed}"));
    let token = RefreshToken::new("1.refresh-token-of-this-test");
    let clock = ManualClock::new(NOW);
    let refused = refresh(&settings, &token, &scopes(), Uuid::nil(), &http().0, &clock)
        .await
        .unwrap_err();
    let TokenError::Unreachable(unreachable) = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!(unreachable.host, "localhost");
    assert!(!refused.to_string().contains(TENANT), "{refused}");
}

#[tokio::test]
async fn a_refresh_sends_the_token_and_keeps_the_new_one() {
    let (host, served) = endpoint_with_host(|host| token_response(&id_token(host, None)));
    let settings = settings(&host);
    let old = RefreshToken::new("1.the-old-refresh-token-of-this-test");
    let tokens = refresh(
        &settings,
        &old,
        &scopes(),
        Uuid::nil(),
        &http().0,
        &ManualClock::new(NOW),
    )
    .await
    .unwrap();
    assert_eq!(
        tokens.refresh_token.unwrap().expose(),
        "1.refresh-token-of-this-test"
    );
    let request = served.join().unwrap();
    assert!(request.contains("grant_type=refresh_token"), "{request}");
    assert!(
        request.contains("refresh_token=1.the-old-refresh-token-of-this-test"),
        "{request}"
    );
}

#[test]
fn signing_out_returns_to_the_app_and_names_the_account() {
    let url = settings(AuthorityHost::MICROSOFT).sign_out_url(Some(REDIRECT), Some("hint"));
    assert_eq!(
        url.as_str(),
        format!(
            "https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/logout\
             ?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000&logout_hint=hint"
        )
    );
    assert_eq!(
        settings(AuthorityHost::MICROSOFT)
            .sign_out_url(None, None)
            .query(),
        None
    );
}

#[test]
fn admin_consent_names_its_scopes_at_the_v2_page_only() {
    let settings = settings(AuthorityHost::MICROSOFT);
    let scopes = ["api://x/.default".to_owned()];
    let v2 = settings.admin_consent_url(Version::V2, &scopes, REDIRECT, &State::new("s"));
    assert_eq!(v2.path(), format!("/{TENANT}/v2.0/adminconsent"));
    assert_eq!(parameters(&v2)["scope"], "api://x/.default");
    let v1 = settings.admin_consent_url(Version::V1, &scopes, REDIRECT, &State::new("s"));
    assert_eq!(v1.path(), format!("/{TENANT}/adminconsent"));
    assert_eq!(parameters(&v1).get("scope"), None);
    assert_eq!(parameters(&v1)["state"], "s");
}

proptest! {
    #[test]
    fn no_callback_panics_and_none_without_our_state_is_redeemable(answer in "[ -~]{0,120}") {
        let pending = begin(&settings(AuthorityHost::MICROSOFT), Platform::Spa).pending;
        if let Ok(url) = Url::parse(&format!("{REDIRECT}/#{answer}")) {
            prop_assert!(pending.check(&url, &ManualClock::new(NOW)).is_err());
        }
    }

    #[test]
    fn every_request_survives_its_own_encoding(redirect in "https://[a-z]{1,9}\\.example/[a-zA-Z0-9 +&%?=#-]{0,20}", scope in "[!#-\\[\\]-~]{1,30}") {
        let sign_in = SignIn::begin(
            &settings(AuthorityHost::MICROSOFT),
            Platform::Spa,
            &redirect,
            std::slice::from_ref(&scope),
            &Options::default(),
            &ManualClock::new(NOW),
            &CountingEntropy::default(),
        ).unwrap();
        prop_assert_eq!(&parameters(&sign_in.authorize_url)["redirect_uri"], &redirect);
        prop_assert_eq!(&parameters(&sign_in.authorize_url)["scope"], &scope);
    }
}
