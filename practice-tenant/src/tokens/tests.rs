//! Which claims which token has: those of Entra's samples and recordings, no more and no less.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use shared::jwt::{Object, UnverifiedToken};

use super::{Client, for_application};
use crate::directory::seed::{API, CLIENT, DAEMON, MANAGEMENT, SVC_INVOKE, TENANT};
use crate::directory::{
    AppRole, AppRoleAssignment, OptionalClaim, OptionalClaims, ServicePrincipalType,
};
use crate::testing::{Browser, NOW, ORIGIN, SPA, Workshop, opened, redemption};

/// What every token has, in any version.
const ALWAYS: [&str; 11] = [
    "aud", "exp", "iat", "iss", "nbf", "aio", "rh", "sub", "tid", "uti", "ver",
];

#[track_caller]
fn assert_names(claims: &Object, others: &[&str]) {
    let mut expected: Vec<_> = ALWAYS.iter().chain(others).copied().collect();
    expected.sort_unstable();
    let mut names: Vec<_> = claims.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, expected);
}

/// Lets the API ask for tokens of a version.
fn api_wants(workshop: &Workshop, version: Option<u8>) {
    let mut directory = workshop.tenant.0.tenant.directory_mut();
    let api = directory.application_mut(API).unwrap();
    api.api.requested_access_token_version = version;
}

fn api_asks_for(workshop: &Workshop, claims: &[(&str, &str)]) {
    let claims = claims.iter().map(|(name, property)| OptionalClaim {
        name: (*name).into(),
        additional_properties: vec![(*property).into()],
        ..OptionalClaim::default()
    });
    let mut directory = workshop.tenant.0.tenant.directory_mut();
    directory.application_mut(API).unwrap().optional_claims = Some(OptionalClaims {
        access_token: claims.collect(),
        ..OptionalClaims::default()
    });
}

/// The tokens that the SPA gets for Ilya.
async fn users(workshop: &Workshop, scope: &str, more: &[(&str, &str)]) -> Value {
    let mut browser = Browser::new(workshop);
    let answer = browser.sign_in_with("ilya", &[("scope", scope)]).await;
    let code = answer.redirected()["code"].clone();
    let answer = workshop.token(Some(SPA), &redemption(&code, more)).await;
    answer.json()
}

/// A token for the daemon itself, and its lifetime.
fn daemons(workshop: &Workshop, named: &str) -> (String, u64) {
    let face = &workshop.tenant.0;
    let directory = face.tenant.directory();
    let client = Client {
        id: DAEMON,
        authenticated: "1",
        capable: true,
    };
    let principal = directory.service_principal(DAEMON).unwrap();
    let resource = (directory.resource(named).unwrap(), named);
    let issued = for_application(face, NOW, &directory, (principal, client), resource);
    (issued.token.expose().to_owned(), issued.expires_in)
}

fn claims(token: &str) -> (Object, Object) {
    opened(&json!(token))
}

#[tokio::test]
async fn a_users_token_of_version_one_has_what_entra_says_by_default() {
    let workshop = Workshop::new();
    api_wants(&workshop, None);
    let scope = format!("openid profile api://{API}/access_as_user");
    let body = users(&workshop, &scope, &[]).await;
    let (header, claims) = opened(&body["access_token"]);
    assert_eq!(header["x5t"], header["kid"]);
    assert_eq!(header.len(), 4, "{header:?}");
    assert_names(
        &claims,
        &[
            "acr",
            "amr",
            "appid",
            "appidacr",
            "family_name",
            "given_name",
            "ipaddr",
            "name",
            "oid",
            "roles",
            "scp",
            "unique_name",
            "upn",
        ],
    );
    assert_eq!(claims["aud"], format!("api://{API}"), "as requested");
    assert_eq!(claims["iss"], format!("{ORIGIN}/{TENANT}/"));
    assert_eq!(claims["appid"], CLIENT.to_string());
    assert_eq!(claims["amr"], json!(["pwd"]));
    assert_eq!(claims["roles"], json!(["Workshop.Admin"]));
    assert_eq!(claims["ver"], "1.0");
    let (_, id) = opened(&body["id_token"]);
    assert_eq!(id["ver"], "2.0", "the endpoint's, not the resource's");
}

#[tokio::test]
async fn version_one_says_the_guid_where_the_guid_was_asked_for() {
    let workshop = Workshop::new();
    api_wants(&workshop, Some(1));
    let body = users(&workshop, &format!("openid {API}/access_as_user"), &[]).await;
    assert_eq!(opened(&body["access_token"]).1["aud"], API.to_string());
    api_asks_for(&workshop, &[("aud", "use_guid")]);
    let body = users(
        &workshop,
        &format!("openid api://{API}/access_as_user"),
        &[],
    )
    .await;
    assert_eq!(opened(&body["access_token"]).1["aud"], API.to_string());
}

#[tokio::test]
async fn an_id_token_tells_the_users_roles_in_the_client_and_no_others() {
    let workshop = Workshop::new();
    workshop.change(|directory| {
        let role = directory.application(API).unwrap().app_roles[1].clone();
        directory.application_mut(CLIENT).unwrap().app_roles = vec![AppRole {
            value: Some("Client.Tester".into()),
            ..role.clone()
        }];
        let assignment = AppRoleAssignment {
            id: "a".into(),
            app_role_id: role.id,
            principal_id: directory
                .user_named("ilya@juniperharbour.example")
                .unwrap()
                .id,
            resource_id: directory.service_principal(CLIENT).unwrap().id,
            created_date_time: NOW,
        };
        directory.app_role_assignments.push(assignment);
    });
    let scope = format!("openid profile api://{API}/access_as_user");
    let body = users(&workshop, &scope, &[]).await;
    let roles = |token: &str| opened(&body[token]).1["roles"].clone();
    assert_eq!(roles("id_token"), json!(["Client.Tester"]));
    assert_eq!(roles("access_token"), json!(["Workshop.Admin"]));
}

#[tokio::test]
async fn user_info_names_the_person_as_the_id_token_does() {
    let workshop = Workshop::new();
    let body = users(&workshop, "openid profile", &[]).await;
    let (_, id) = opened(&body["id_token"]);
    let bearer = format!("Bearer {}", body["access_token"].as_str().unwrap());
    for path in [
        "/graph/oidc/userinfo".to_owned(),
        format!("/{TENANT}/openid/userinfo"),
    ] {
        let request = Request::get(path).header(header::AUTHORIZATION, &bearer);
        let info = workshop.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(info.json()["sub"], id["sub"]);
        assert_eq!(info.json()["name"], "Ilya Brandt");
    }
}

#[test]
fn an_applications_token_of_version_two_has_the_recorded_claims() {
    let workshop = Workshop::new();
    let (token, expires_in) = daemons(&workshop, &format!("api://{API}"));
    let (header, app) = claims(&token);
    assert_eq!(header.get("x5t"), None);
    assert_names(&app, &["azp", "azpacr", "oid", "xms_ftd"]);
    assert_eq!((&app["sub"], &app["aud"]), (&app["oid"], &json!(API)));
    assert_eq!(app["exp"], NOW.0 + i64::try_from(expires_in).unwrap());
}

#[test]
fn a_role_shows_once_it_is_assigned() {
    let workshop = Workshop::new();
    {
        let mut directory = workshop.tenant.0.tenant.directory_mut();
        let assignment = AppRoleAssignment {
            id: "a".into(),
            app_role_id: SVC_INVOKE,
            principal_id: directory.service_principal(DAEMON).unwrap().id,
            resource_id: directory.service_principal(API).unwrap().id,
            created_date_time: NOW,
        };
        directory.app_role_assignments.push(assignment);
    }
    let (token, _) = daemons(&workshop, &API.to_string());
    assert_eq!(claims(&token).1["roles"], json!(["Svc.Invoke"]));
}

#[test]
fn an_applications_token_of_version_one_names_the_tenant_as_its_provider() {
    let workshop = Workshop::new();
    api_wants(&workshop, None);
    let (token, _) = daemons(&workshop, &format!("api://{API}"));
    let (_, app) = claims(&token);
    assert_names(&app, &["appid", "appidacr", "idp", "oid"]);
    assert_eq!(app["idp"], app["iss"]);
    let (token, _) = daemons(&workshop, "https://management.azure.com/");
    let (_, app) = claims(&token);
    assert_names(&app, &["appid", "appidacr", "idp", "idtyp", "oid"]);
    assert_eq!(app["aud"], "https://management.azure.com/");
    assert_eq!(app["idtyp"], "app");
}

#[test]
fn a_managed_identity_says_where_in_azure_it_is_and_lasts_a_day() {
    let workshop = Workshop::new();
    let face = &workshop.tenant.0;
    let directory = face.tenant.directory();
    let identity = directory.service_principals.iter();
    let mut identity = identity
        .filter(|known| known.service_principal_type == ServicePrincipalType::ManagedIdentity);
    let client = Client {
        id: identity.clone().next().unwrap().app_id,
        authenticated: "2",
        capable: false,
    };
    let resource = directory.application(MANAGEMENT).unwrap();
    let issued = for_application(
        face,
        NOW,
        &directory,
        (identity.next().unwrap(), client),
        (resource, "https://management.azure.com/"),
    );
    let (_, app) = claims(issued.token.expose());
    assert_names(
        &app,
        &["appid", "appidacr", "idp", "idtyp", "oid", "xms_mirid"],
    );
    assert_eq!(app["appidacr"], "2");
    let mirid = app["xms_mirid"].as_str().unwrap();
    assert!(mirid.ends_with("/virtualMachines/workshop-vm"), "{mirid}");
    let lifetime = app["exp"].as_i64().unwrap() - app["iat"].as_i64().unwrap();
    assert_eq!((issued.expires_in, lifetime), (86_400, 86_700));
}

#[test]
fn only_graph_can_verify_a_token_for_graph() {
    let workshop = Workshop::new();
    let tenant = &workshop.tenant.0.tenant;
    for (named, standard) in [
        ("https://graph.microsoft.com", false),
        ("https://vault.azure.net", true),
        (&*format!("api://{API}"), true),
    ] {
        let (token, _) = daemons(&workshop, named);
        let decoded = UnverifiedToken::decode(&token).unwrap();
        assert_eq!(decoded.header().contains_key("nonce"), !standard);
        assert!(tenant.has_signed(NOW, &decoded), "{named}");
        let (text, signature) = token.rsplit_once('.').unwrap();
        let signature = signature.to_owned();
        let verified = tenant.keys.active().verifies(text, &signature);
        assert_eq!(verified, standard, "{named}");
        let forged = text.replacen('.', "x.", 1) + "." + &signature;
        let forged = UnverifiedToken::decode(&forged);
        assert!(forged.is_err() || !tenant.has_signed(NOW, &forged.unwrap()));
    }
}

#[tokio::test]
async fn optional_claims_come_where_the_resource_asks_for_them() {
    let workshop = Workshop::new();
    let scope = format!("openid profile api://{API}/access_as_user");
    let capable = [(
        "claims",
        r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#,
    )];
    let before = users(&workshop, &scope, &capable).await;
    assert!(!opened(&before["access_token"]).1.contains_key("xms_cc"));
    api_asks_for(
        &workshop,
        &[
            ("idtyp", "include_user_token"),
            ("acct", ""),
            ("auth_time", ""),
            ("email", ""),
            ("login_hint", ""),
            ("sid", ""),
            ("upn", ""),
            ("xms_cc", ""),
            ("unheard_of", ""),
        ],
    );
    let body = users(&workshop, &scope, &capable).await;
    let (_, claims) = opened(&body["access_token"]);
    assert_names(
        &claims,
        &[
            "acct",
            "auth_time",
            "azp",
            "azpacr",
            "email",
            "idtyp",
            "login_hint",
            "name",
            "oid",
            "preferred_username",
            "roles",
            "scp",
            "sid",
            "upn",
            "xms_cc",
        ],
    );
    assert_eq!(claims["idtyp"], "user");
    assert_eq!(claims["acct"], 0);
    assert_eq!(claims["auth_time"], NOW.0);
    assert_eq!(claims["xms_cc"], json!(["cp1"]));
    let incapable = users(&workshop, &scope, &[]).await;
    assert!(!opened(&incapable["access_token"]).1.contains_key("xms_cc"));
    api_asks_for(&workshop, &[("idtyp", ""), ("upn", "")]);
    let body = users(&workshop, &scope, &[]).await;
    assert!(!opened(&body["access_token"]).1.contains_key("idtyp"));
    let (token, _) = daemons(&workshop, &API.to_string());
    let (_, app) = self::claims(&token);
    assert_names(&app, &["azp", "azpacr", "idtyp", "oid", "xms_ftd"]);
    assert_eq!(app["idtyp"], "app");
}
