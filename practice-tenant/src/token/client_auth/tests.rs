use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use shared::secret::ClientSecret;
use uuid::Uuid;

use crate::directory::seed::{DAEMON, TENANT};
use crate::directory::{FederatedIdentityCredential, KeyCredential, PasswordCredential};
use crate::testing::{Answer, Browser, NOW, ORIGIN, Workshop, opened, redemption};

const WEB: &str = "https://daemon.example/callback";
const SECRET: &str = "practice~secret~of~the~workshop~daemon~1";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A daemon that holds a refresh token, which it can show as often as it likes.
struct Daemon {
    workshop: Workshop,
    refresh_token: String,
}

impl Daemon {
    async fn new() -> Self {
        let workshop = Workshop::new();
        workshop.register(DAEMON, |daemon| daemon.web.redirect_uris.push(WEB.into()));
        let client = DAEMON.to_string();
        let changes = [
            ("client_id", client.as_str()),
            ("redirect_uri", WEB),
            ("scope", "openid offline_access"),
            ("client_secret", SECRET),
        ];
        let answer = Browser::new(&workshop)
            .sign_in_with("mara", &changes[..3])
            .await;
        let code = answer.redirected()["code"].clone();
        let answer = workshop.token(None, &redemption(&code, &changes)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let refresh_token = answer.json()["refresh_token"].as_str().unwrap().to_owned();
        Self {
            workshop,
            refresh_token,
        }
    }

    async fn prove(&self, proof: &[(&str, &str)]) -> Answer {
        let client = DAEMON.to_string();
        let mut pairs = vec![
            ("client_id", client.as_str()),
            ("grant_type", "refresh_token"),
            ("refresh_token", &self.refresh_token),
        ];
        pairs.extend(proof);
        self.workshop.token(None, &pairs).await
    }

    async fn assert(&self, assertion: &str) -> Answer {
        let proof = [
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion),
        ];
        self.prove(&proof).await
    }
}

/// The key of a client or of an issuer, with its certificate.
struct Signer {
    key: EncodingKey,
    certificate: Vec<u8>,
    modulus: Vec<u8>,
}

impl Signer {
    fn new() -> Self {
        use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
        use aws_lc_rs::rsa::{KeyPair, KeySize};
        use aws_lc_rs::signature::KeyPair as _;

        let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let modulus = key.public_key().modulus();
        let modulus = modulus.big_endian_without_leading_zero().to_vec();
        let pkcs8: Pkcs8V1Der<'_> = key.as_der().unwrap();
        let key = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(
            &pkcs8.as_ref().into(),
            &rcgen::PKCS_RSA_SHA256,
        )
        .unwrap();
        let params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        Self {
            certificate: params.self_signed(&key).unwrap().der().to_vec(),
            key: EncodingKey::from_rsa_pem(key.serialize_pem().as_bytes()).unwrap(),
            modulus,
        }
    }

    fn registered(&self) -> KeyCredential {
        KeyCredential {
            key_id: Uuid::from_u128(7),
            display_name: None,
            kind: "AsymmetricX509Cert".into(),
            usage: "Verify".into(),
            custom_key_identifier: STANDARD.encode(Sha1::digest(&self.certificate)),
            start_date_time: NOW - Duration::from_hours(1),
            end_date_time: NOW + Duration::from_hours(24),
            key: STANDARD.encode(&self.certificate),
        }
    }

    /// Signs as Microsoft's newer libraries do, with `changes` to header and claims: null takes one away.
    fn sign(&self, header: &Value, claims: &Value) -> String {
        let all_header = json!({
            "alg": "PS256", "typ": "JWT",
            "x5t#S256": URL_SAFE_NO_PAD.encode(Sha256::digest(&self.certificate)),
        });
        let all_claims = json!({
            "aud": format!("{ORIGIN}/{TENANT}/oauth2/v2.0/token"),
            "iss": DAEMON, "sub": DAEMON, "jti": "one",
            "nbf": NOW, "exp": NOW + Duration::from_mins(10),
        });
        let (header, claims) = (changed(all_header, header), changed(all_claims, claims));
        let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let algorithm: Header = serde_json::from_value(json!({"alg": header["alg"]}))
            .unwrap_or_else(|_| Header::new(Algorithm::RS256));
        let algorithm = match algorithm.alg {
            known @ (Algorithm::PS256 | Algorithm::RS256) => known,
            _ => Algorithm::RS256,
        };
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, algorithm).unwrap();
        format!("{message}.{signature}")
    }
}

fn changed(mut all: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
            value => all[name] = value.clone(),
        }
    }
    all
}

async fn with_certificate() -> (Daemon, Signer) {
    let daemon = Daemon::new().await;
    let signer = Signer::new();
    daemon.workshop.register(DAEMON, |registration| {
        registration.key_credentials = vec![signer.registered()];
    });
    (daemon, signer)
}

#[tokio::test]
async fn a_secret_is_good_from_its_start_to_its_end() {
    let daemon = Daemon::new().await;
    let credential = |text: &str, from: u64, to: u64| PasswordCredential {
        key_id: Uuid::nil(),
        display_name: None,
        start_date_time: NOW + Duration::from_secs(from),
        end_date_time: NOW + Duration::from_secs(to),
        secret_text: ClientSecret::new(text),
    };
    daemon.workshop.register(DAEMON, |registration| {
        registration.password_credentials = vec![
            credential("now", 0, 60),
            credential("later", 60, 120),
            credential("also later", 60, 120),
        ];
    });
    let prove = async |secret: &'static str| daemon.prove(&[("client_secret", secret)]).await;
    assert_eq!(prove("now").await.status, StatusCode::OK);
    prove("later")
        .await
        .assert_error("invalid_client", 7_000_215);
    daemon.workshop.clock.advance(Duration::from_secs(60));
    let expired = prove("now").await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
    expired.assert_error("invalid_client", 7_000_222);
    assert_eq!(prove("later").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_certificate_proves_a_client_however_its_thumbprint_is_written() {
    let (daemon, signer) = with_certificate().await;
    let sha256 = Sha256::digest(&signer.certificate);
    let sha1 = Sha1::digest(&signer.certificate);
    let kid = super::certificate::hex(&sha1).to_lowercase();
    for header in [
        json!({}),
        json!({"x5t#S256": STANDARD.encode(sha256)}),
        json!({"alg": "RS256"}),
        json!({"alg": "RS256", "x5t#S256": null, "x5t": URL_SAFE_NO_PAD.encode(sha1)}),
        json!({"alg": "RS256", "x5t#S256": null, "x5t": URL_SAFE.encode(sha1)}),
        json!({"alg": "RS256", "x5t#S256": null, "x5t": STANDARD.encode(sha1), "x5c": ["junk"]}),
        json!({"x5t#S256": STANDARD_NO_PAD.encode(sha256), "x5t": STANDARD.encode(sha1)}),
        json!({"x5t#S256": null, "kid": kid}),
        json!({"x5t#S256": null, "kid": Uuid::from_u128(7)}),
    ] {
        let answer = daemon.assert(&signer.sign(&header, &json!({}))).await;
        assert_eq!(answer.status, StatusCode::OK, "{header}: {}", answer.body);
        assert_eq!(opened(&answer.json()["access_token"]).1["appidacr"], "2");
    }
}

#[tokio::test]
async fn an_assertion_may_be_shown_again_until_it_expires() {
    let (daemon, signer) = with_certificate().await;
    let assertion = signer.sign(&json!({}), &json!({}));
    for _ in 0..2 {
        assert_eq!(daemon.assert(&assertion).await.status, StatusCode::OK);
    }
    daemon.workshop.clock.advance(Duration::from_mins(10));
    let expired = daemon.assert(&assertion).await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
    expired.assert_error("invalid_client", 700_024);
}

#[tokio::test]
async fn a_clients_clock_may_be_a_few_minutes_ahead() {
    let (daemon, signer) = with_certificate().await;
    let from = |seconds: i64| signer.sign(&json!({}), &json!({"nbf": NOW.0 + seconds}));
    assert_eq!(daemon.assert(&from(300)).await.status, StatusCode::OK);
    let early = daemon.assert(&from(301)).await;
    early.assert_error("invalid_client", 700_024);
    let none = signer.sign(&json!({}), &json!({"nbf": null, "jti": null}));
    assert_eq!(daemon.assert(&none).await.status, StatusCode::OK);
}

#[tokio::test]
async fn this_tenant_has_many_names_and_no_other() {
    let (daemon, signer) = with_certificate().await;
    let tenant = TENANT.to_string();
    for (aud, accepted) in [
        (json!(format!("{ORIGIN}/{tenant}/oauth2/token")), true),
        (json!(format!("{ORIGIN}/common/oauth2/v2.0/token")), true),
        (
            json!(format!("{ORIGIN}/organizations/oauth2/v2.0/token")),
            true,
        ),
        (
            json!(format!("{ORIGIN}/juniperharbour.example/oauth2/v2.0/token")),
            true,
        ),
        (json!(format!("{ORIGIN}/{tenant}/v2.0")), true),
        (json!(format!("{ORIGIN}/{tenant}/")), true),
        (
            json!(format!("http://127.0.0.1:8400/{tenant}/oauth2/v2.0/token")),
            true,
        ),
        (json!([format!("{ORIGIN}/{tenant}/v2.0"), "other"]), true),
        (
            json!(format!("http://localhost:8401/{tenant}/oauth2/v2.0/token")),
            false,
        ),
        (
            json!(format!("https://login.example/{tenant}/oauth2/v2.0/token")),
            false,
        ),
        (json!(format!("{ORIGIN}/{DAEMON}/oauth2/v2.0/token")), false),
        (json!(format!("{ORIGIN}/{tenant}/elsewhere")), false),
        (json!(ORIGIN), false),
        (json!(7), false),
        (Value::Null, false),
    ] {
        let answer = daemon
            .assert(&signer.sign(&json!({}), &json!({"aud": aud})))
            .await;
        if accepted {
            assert_eq!(answer.status, StatusCode::OK, "{aud}");
        } else {
            answer.assert_error("invalid_client", 700_023);
        }
    }
}

#[tokio::test]
async fn an_assertion_that_proves_nothing_is_told_why() {
    let (daemon, signer) = with_certificate().await;
    let other = Signer::new();
    let named = URL_SAFE_NO_PAD.encode(Sha256::digest(&signer.certificate));
    let none = json!({});
    for (assertion, code) in [
        (other.sign(&none, &none), 700_027),
        (other.sign(&json!({"x5t#S256": named}), &none), 700_027),
        (signer.sign(&json!({"x5t#S256": null}), &none), 5_002_723),
        (signer.sign(&json!({"alg": "HS256"}), &none), 5_002_738),
        (signer.sign(&json!({"alg": "none"}), &none), 5_002_738),
        (signer.sign(&json!({"alg": null}), &none), 5_002_738),
        (signer.sign(&none, &json!({"iss": TENANT})), 700_021),
        (signer.sign(&none, &json!({"sub": null})), 700_021),
    ] {
        let answer = daemon.assert(&assertion).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
        answer.assert_error("invalid_client", code);
    }
    for assertion in [
        "x.y.z".to_owned(),
        signer.sign(&json!({"crit": ["b64"]}), &none),
        signer.sign(&json!({"x5t#S256": "?"}), &none),
        signer.sign(&none, &json!({"exp": null})),
        signer.sign(&none, &json!({"exp": "tomorrow"})),
        signer.sign(&none, &json!({"exp": 1e300})),
    ] {
        let answer = daemon.assert(&assertion).await;
        answer.assert_error("invalid_request", 50027);
    }
}

#[tokio::test]
async fn a_certificate_is_good_from_its_start_to_its_end() {
    let (daemon, signer) = with_certificate().await;
    let fresh = json!({"exp": NOW + Duration::from_hours(48)});
    let assertion = signer.sign(&json!({}), &fresh);
    assert_eq!(daemon.assert(&assertion).await.status, StatusCode::OK);
    daemon.workshop.clock.advance(Duration::from_hours(24));
    let expired = daemon.assert(&assertion).await;
    expired.assert_error("invalid_client", 700_027);
    assert!(
        expired.body.contains("The key used is expired."),
        "{}",
        expired.body
    );
}

#[tokio::test]
async fn the_kind_of_assertion_is_named_and_one_proof_is_enough() {
    let (daemon, signer) = with_certificate().await;
    let assertion = signer.sign(&json!({}), &json!({}));
    let assertion = ("client_assertion", assertion.as_str());
    let unnamed = daemon.prove(&[assertion]).await;
    unnamed.assert_error("invalid_request", 900_144);
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    let other = daemon
        .prove(&[assertion, ("client_assertion_type", saml)])
        .await;
    other.assert_error("invalid_request", 90023);
    let both = [
        assertion,
        ("client_assertion_type", JWT_BEARER),
        ("client_secret", SECRET),
    ];
    let both = daemon.prove(&both).await;
    both.assert_error("invalid_request", 9_002_313);
}

/// Another issuer on this machine.
async fn issuer(signer: &Signer) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let discovery = json!({"issuer": issuer, "jwks_uri": format!("{issuer}/keys")}).to_string();
    let key = json!({
        "kty": "RSA", "kid": "k", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode(&signer.modulus),
    });
    let keys = json!({"keys": [{"kty": "EC", "kid": "k"}, key]}).to_string();
    let moved = [(header::LOCATION, "/.well-known/openid-configuration")];
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(async || discovery))
        .route("/keys", get(async || keys))
        .route(
            "/moved/.well-known/openid-configuration",
            get(async move || (StatusCode::FOUND, moved)),
        );
    tokio::spawn(async { axum::serve(listener, router).await });
    issuer
}

fn trust(daemon: &Daemon, issuer: &str, subject: &str) {
    daemon.workshop.register(DAEMON, |registration| {
        let trusted = FederatedIdentityCredential {
            id: Uuid::nil(),
            name: "cluster".into(),
            issuer: issuer.into(),
            subject: subject.into(),
            audiences: vec!["api://AzureADTokenExchange".into()],
            description: None,
        };
        registration.federated_identity_credentials.push(trusted);
    });
}

fn projected(signer: &Signer, issuer: &str, header: &Value, claims: &Value) -> String {
    let header = changed(
        json!({"alg": "RS256", "kid": "k", "x5t#S256": null}),
        header,
    );
    let all = json!({
        "iss": issuer, "sub": "system:serviceaccount:shop:worker",
        "aud": ["api://AzureADTokenExchange"],
    });
    signer.sign(&header, &changed(all, claims))
}

#[tokio::test]
async fn a_token_of_an_issuer_that_the_registration_trusts_proves_a_client() {
    let daemon = Daemon::new().await;
    let signer = Signer::new();
    let issuer = issuer(&signer).await;
    trust(&daemon, &issuer, "system:serviceaccount:shop:worker");
    for header in [json!({}), json!({"kid": null})] {
        let token = projected(&signer, &issuer, &header, &json!({}));
        let answer = daemon.assert(&token).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(opened(&answer.json()["access_token"]).1["appidacr"], "2");
    }
    let late = json!({"exp": NOW});
    let late = daemon
        .assert(&projected(&signer, &issuer, &json!({}), &late))
        .await;
    late.assert_error("invalid_client", 700_024);
    for (signer, header, code) in [
        (&Signer::new(), json!({}), 700_027),
        (&signer, json!({"kid": "other"}), 700_027),
        (&signer, json!({"alg": "PS256"}), 5_002_738),
    ] {
        let token = projected(signer, &issuer, &header, &json!({}));
        daemon
            .assert(&token)
            .await
            .assert_error("invalid_client", code);
    }
}

#[tokio::test]
async fn issuer_subject_and_audience_must_be_the_registered_ones_to_the_letter() {
    let daemon = Daemon::new().await;
    let signer = Signer::new();
    let issuer = issuer(&signer).await;
    trust(&daemon, &issuer, "system:serviceaccount:shop:worker");
    for claims in [
        json!({"iss": format!("{issuer}/")}),
        json!({"sub": "system:serviceaccount:shop:Worker"}),
        json!({"aud": "api://somebody"}),
        json!({"aud": null}),
    ] {
        let answer = daemon
            .assert(&projected(&signer, &issuer, &json!({}), &claims))
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        answer.assert_error("invalid_request", 70021);
    }
}

#[tokio::test]
async fn nobody_outside_this_machine_is_asked_for_keys() {
    let daemon = Daemon::new().await;
    let signer = Signer::new();
    let here = issuer(&signer).await;
    let moved = format!("{here}/moved");
    let renamed = here.replace("127.0.0.1", "localhost");
    for (issuer, why) in [
        ("https://token.actions.example", "is not on this machine"),
        ("http://10.0.0.1:1", "is not on this machine"),
        ("http://localhost:1", "does not answer"),
        (&moved, "is not what it should be"),
        (&renamed, "it calls itself"),
    ] {
        trust(&daemon, issuer, "x");
        let token = projected(&signer, issuer, &json!({}), &json!({"sub": "x"}));
        let answer = daemon.assert(&token).await;
        answer.assert_error("invalid_request", 50166);
        assert!(answer.body.contains(why), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_token_of_this_tenant_can_stand_for_a_credential_as_well() {
    let daemon = Daemon::new().await;
    let issuer = format!("{ORIGIN}/{TENANT}/v2.0");
    trust(&daemon, &issuer, "a managed identity");
    let claims = json!({
        "iss": issuer, "sub": "a managed identity", "aud": "api://AzureADTokenExchange",
        "exp": NOW + Duration::from_mins(10),
    });
    let tenant = &daemon.workshop.tenant.0.tenant;
    let token = tenant
        .keys
        .active()
        .sign(&claims, crate::version::Version::V2, None);
    let answer = daemon.assert(&token).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let foreign = Signer::new().sign(&json!({"alg": "RS256", "kid": "k"}), &claims);
    daemon
        .assert(&foreign)
        .await
        .assert_error("invalid_client", 700_027);
}

#[tokio::test]
async fn a_client_that_an_administrator_has_disabled_gets_nothing() {
    let daemon = Daemon::new().await;
    {
        let mut directory = daemon.workshop.tenant.0.tenant.directory_mut();
        let mut principals = directory.service_principals.iter_mut();
        let principal = principals.find(|known| known.app_id == DAEMON).unwrap();
        principal.account_enabled = false;
    }
    let refused = daemon.prove(&[("client_secret", SECRET)]).await;
    refused.assert_error("unauthorized_client", 7_000_112);
}
