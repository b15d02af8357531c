use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::authority::AuthorityHost;

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const OTHER_TENANT: &str = "22222222-2222-3333-4444-555555555555";
const API: &str = "99999999-2222-3333-4444-555555555555";
const CLIENT: &str = "cccccccc-2222-3333-4444-555555555555";
const NOW: UnixTime = UnixTime(1_800_000_000);
const KEY_ISSUER: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

fn authority(tenant: &str) -> Authority {
    Authority::new(AuthorityHost::default(), tenant.parse().unwrap())
}

fn policy() -> Policy {
    Policy {
        authorities: vec![authority(TENANT)],
        versions: vec![Version::V2],
        api: API.parse().unwrap(),
        clients: Vec::new(),
    }
}

fn profile() -> Requirement {
    Requirement::ScopeOrAppRole {
        scope: "access_as_user".into(),
        role: "Svc.Invoke".into(),
    }
}

fn good_header() -> Value {
    json!({"typ": "JWT", "alg": "RS256", "kid": "k"})
}

fn good_claims() -> Value {
    json!({
        "aud": API, "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "tid": TENANT,
        "iat": NOW.0, "nbf": NOW.0, "exp": NOW.0 + 3600, "ver": "2.0", "azp": CLIENT,
        "oid": "person", "sub": "pairwise", "scp": "access_as_user",
    })
}

fn app_claims() -> Value {
    let mut claims = good_claims();
    claims.as_object_mut().unwrap().remove("scp");
    claims["sub"] = "principal".into();
    claims["oid"] = "principal".into();
    claims["roles"] = json!(["Svc.Invoke"]);
    claims
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    if value.is_null() {
        object.as_object_mut().unwrap().remove(name);
    } else {
        object[name] = value;
    }
    object
}

fn raw(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.c2ln", part(header), part(claims))
}

fn valid() -> Signature {
    Signature::Valid {
        key_issuer: KEY_ISSUER.into(),
    }
}

fn judged(
    policy: &Policy,
    requirement: &Requirement,
    raw: &str,
    signature: &Signature,
) -> Judgement {
    let token = UnverifiedToken::decode(raw);
    judge(policy, requirement, token.as_ref(), signature, NOW)
}

fn reason(judgement: &Judgement) -> Option<CheckName> {
    match judgement.decision {
        Decision::Allowed(_) | Decision::Undecided => None,
        Decision::Unauthorized { reason } | Decision::Forbidden { reason } => Some(reason),
    }
}

/// The check that refuses the good token after one claim was changed (`null` removes it).
fn refused_with(name: &str, value: Value) -> Option<CheckName> {
    let raw = raw(&good_header(), &with(good_claims(), name, value));
    reason(&judged(&policy(), &profile(), &raw, &valid()))
}

#[test]
fn a_good_user_token_passes_every_check_and_names_its_caller() {
    let judgement = judged(
        &policy(),
        &profile(),
        &raw(&good_header(), &good_claims()),
        &valid(),
    );
    assert!(
        judgement
            .checks
            .iter()
            .all(|check| check.outcome == Outcome::Passed)
    );
    let Decision::Allowed(Caller::User(ids)) = judgement.decision else {
        panic!("{judgement:?}")
    };
    assert_eq!(
        ids,
        Ids {
            object: Some("person".into()),
            client: Some(CLIENT.into())
        }
    );
}

#[test]
fn a_good_app_token_is_known_as_an_application() {
    let judgement = judged(
        &policy(),
        &profile(),
        &raw(&good_header(), &app_claims()),
        &valid(),
    );
    assert!(
        matches!(judgement.decision, Decision::Allowed(Caller::App(_))),
        "{judgement:?}"
    );
}

#[test]
fn the_first_failure_decides_and_the_rest_is_not_reached() {
    let claims = with(
        with(good_claims(), "aud", json!("another")),
        "exp",
        json!(1),
    );
    let judgement = judged(
        &policy(),
        &profile(),
        &raw(&good_header(), &claims),
        &valid(),
    );
    assert_eq!(
        judgement.decision,
        Decision::Unauthorized {
            reason: CheckName::Audience
        }
    );
    let outcomes: Vec<Outcome> = judgement.checks.iter().map(|check| check.outcome).collect();
    assert_eq!(outcomes[..6], [Outcome::Passed; 6]);
    assert_eq!(outcomes[6], Outcome::Failed);
    assert_eq!(outcomes[7..], [Outcome::NotReached; 5]);
    assert_eq!(
        judgement.failed().unwrap().found.as_deref(),
        Some("another")
    );
}

#[test]
fn a_text_that_is_no_token_fails_the_format() {
    for text in [
        "",
        "a",
        "a.b",
        "a.b.c.d",
        "e30=.e30=.c2ln",
        "e30.W10.c2ln",
        "e30.e30.c2lu=",
    ] {
        let judgement = judged(&policy(), &profile(), text, &valid());
        assert_eq!(reason(&judgement), Some(CheckName::Format), "{text}");
    }
}

#[test]
fn a_header_that_chooses_its_own_rules_is_refused_before_any_key_is_looked_for() {
    let refused = [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("RS384")),
        ("alg", json!("PS256")),
        ("alg", json!("rs256")),
        ("alg", json!(["RS256"])),
        ("alg", json!(null)),
        ("crit", json!(["exp"])),
        ("jku", json!("https://evil.example/keys")),
        ("jwk", json!({"kty": "RSA"})),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["MII"])),
    ];
    for (name, value) in refused {
        let raw = raw(&with(good_header(), name, value.clone()), &good_claims());
        let token = UnverifiedToken::decode(&raw).unwrap();
        assert_eq!(key_id(&token), None, "{name} {value}");
        let judgement = judged(&policy(), &profile(), &raw, &valid());
        assert_eq!(
            reason(&judgement),
            Some(CheckName::Algorithm),
            "{name} {value}"
        );
    }
}

#[test]
fn a_token_needs_the_name_of_a_known_key() {
    for kid in [json!(null), json!(""), json!(7), json!(["k"])] {
        let raw = raw(&with(good_header(), "kid", kid.clone()), &good_claims());
        let judgement = judged(&policy(), &profile(), &raw, &valid());
        assert_eq!(reason(&judgement), Some(CheckName::KeyId), "{kid}");
    }
    let raw = raw(&good_header(), &good_claims());
    let unknown = judged(&policy(), &profile(), &raw, &Signature::UnknownKey);
    assert_eq!(
        unknown.decision,
        Decision::Unauthorized {
            reason: CheckName::KeyId
        }
    );
}

#[test]
fn only_a_checked_and_good_signature_counts() {
    let raw = raw(&good_header(), &good_claims());
    let decision = |signature| judged(&policy(), &profile(), &raw, &signature).decision;
    let invalid = Decision::Unauthorized {
        reason: CheckName::Signature,
    };
    assert_eq!(decision(Signature::Invalid), invalid);
    let unchecked = Decision::Unauthorized {
        reason: CheckName::KeyId,
    };
    assert_eq!(decision(Signature::NotChecked), unchecked);
}

#[test]
fn without_keys_nothing_is_decided() {
    let good = raw(&good_header(), &good_claims());
    let judgement = judged(&policy(), &profile(), &good, &Signature::KeysUnavailable);
    assert_eq!(judgement.decision, Decision::Undecided);
    let hopeless = raw(&with(good_header(), "alg", json!("none")), &good_claims());
    let judgement = judged(
        &policy(),
        &profile(),
        &hopeless,
        &Signature::KeysUnavailable,
    );
    assert_eq!(
        judgement.decision,
        Decision::Unauthorized {
            reason: CheckName::Algorithm
        }
    );
}

#[test]
fn a_claim_that_is_wrong_or_of_the_wrong_type_fails_its_own_check() {
    let cases = [
        ("ver", json!("1.0"), CheckName::Version),
        ("ver", json!(2.0), CheckName::Version),
        ("ver", json!(null), CheckName::Version),
        (
            "iss",
            json!(format!("https://sts.windows.net/{TENANT}/")),
            CheckName::Issuer,
        ),
        (
            "iss",
            json!(format!("https://login.microsoftonline.com/{TENANT}/v2.0/")),
            CheckName::Issuer,
        ),
        (
            "iss",
            json!(format!(
                "https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"
            )),
            CheckName::Issuer,
        ),
        (
            "iss",
            json!([format!("https://login.microsoftonline.com/{TENANT}/v2.0")]),
            CheckName::Issuer,
        ),
        ("iss", json!(null), CheckName::Issuer),
        ("aud", json!(format!("api://{API}")), CheckName::Audience),
        (
            "aud",
            json!(API.to_uppercase().replace('9', "A")),
            CheckName::Audience,
        ),
        ("aud", json!([API]), CheckName::Audience),
        ("aud", json!(format!("{API} ")), CheckName::Audience),
        ("aud", json!(null), CheckName::Audience),
        ("exp", json!(NOW.0 - 60), CheckName::Expiry),
        ("exp", json!(null), CheckName::Expiry),
        ("exp", json!((NOW.0 + 3600).to_string()), CheckName::Expiry),
        ("exp", json!(1.9e9), CheckName::Expiry),
        ("exp", json!(u64::MAX), CheckName::Expiry),
        ("exp", json!(i64::MIN), CheckName::Expiry),
        ("nbf", json!(NOW.0 + 61), CheckName::NotBefore),
        ("nbf", json!("0"), CheckName::NotBefore),
        ("nbf", json!(-1), CheckName::NotBefore),
        ("iat", json!(NOW.0 + 61), CheckName::NotBefore),
        ("iat", json!(true), CheckName::NotBefore),
        ("nbf", json!(i64::MAX), CheckName::NotBefore),
        ("tid", json!(null), CheckName::Tenant),
        ("tid", json!("common"), CheckName::Tenant),
        ("tid", json!(OTHER_TENANT), CheckName::Tenant),
        ("tid", json!(TENANT.replace('-', "")), CheckName::Tenant),
        ("azp", json!("not a guid"), CheckName::Client),
        ("azp", json!([CLIENT]), CheckName::Client),
        ("scp", json!("another"), CheckName::Permission),
        ("scp", json!("ACCESS_AS_USER"), CheckName::Permission),
        ("scp", json!("access_as_user\tmore"), CheckName::Permission),
        ("scp", json!("more  access_as_user"), CheckName::Permission),
        ("scp", json!(" access_as_user"), CheckName::Permission),
        (
            "scp",
            json!("access_as_user\u{a0}more"),
            CheckName::Permission,
        ),
        ("scp", json!(["access_as_user"]), CheckName::Permission),
        ("scp", json!(""), CheckName::Permission),
        ("roles", json!("Svc.Invoke"), CheckName::Permission),
        ("roles", json!([7]), CheckName::Permission),
        ("idtyp", json!("app"), CheckName::Permission),
    ];
    for (name, value, check) in cases {
        assert_eq!(
            refused_with(name, value.clone()),
            Some(check),
            "{name}: {value}"
        );
    }
}

#[test]
fn clocks_may_differ_by_a_minute_and_not_by_more() {
    assert_eq!(refused_with("exp", json!(NOW.0 - 59)), None);
    assert_eq!(
        refused_with("exp", json!(NOW.0 - 60)),
        Some(CheckName::Expiry)
    );
    assert_eq!(refused_with("nbf", json!(NOW.0 + 60)), None);
    assert_eq!(refused_with("iat", json!(NOW.0 + 60)), None);
}

#[test]
fn a_key_published_for_another_issuer_does_not_count() {
    let raw = raw(&good_header(), &good_claims());
    for key_issuer in [
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
        "",
        "{tenantid}",
    ] {
        let signature = Signature::Valid {
            key_issuer: key_issuer.into(),
        };
        let judgement = judged(&policy(), &profile(), &raw, &signature);
        assert_eq!(reason(&judgement), Some(CheckName::Issuer), "{key_issuer}");
    }
}

#[test]
fn version_1_is_accepted_only_on_request_and_with_its_own_issuer_and_audiences() {
    let claims = with(good_claims(), "ver", json!("1.0"));
    let issuer = format!("https://sts.windows.net/{TENANT}/");
    let v1 = with(
        with(claims.clone(), "iss", json!(issuer)),
        "aud",
        json!(format!("api://{API}")),
    );
    let signature = Signature::Valid { key_issuer: issuer };
    let both = Policy {
        versions: vec![Version::V1, Version::V2],
        ..policy()
    };
    assert_eq!(
        reason(&judged(
            &both,
            &profile(),
            &raw(&good_header(), &v1),
            &signature
        )),
        None
    );
    let judgement = judged(&policy(), &profile(), &raw(&good_header(), &v1), &signature);
    assert_eq!(reason(&judgement), Some(CheckName::Version));
    let mixed = judged(&both, &profile(), &raw(&good_header(), &claims), &valid());
    assert_eq!(
        reason(&mixed),
        Some(CheckName::Issuer),
        "a v2 issuer in a v1 token"
    );
    let v2 = with(good_claims(), "aud", json!(format!("api://{API}")));
    let judgement = judged(&both, &profile(), &raw(&good_header(), &v2), &valid());
    assert_eq!(
        reason(&judgement),
        Some(CheckName::Audience),
        "a v1 audience in a v2 token"
    );
}

#[test]
fn with_several_tenants_issuer_and_tid_must_name_the_same_one() {
    let two = Policy {
        authorities: vec![authority(TENANT), authority(OTHER_TENANT)],
        ..policy()
    };
    let decision = |claims: &Value| {
        reason(&judged(
            &two,
            &profile(),
            &raw(&good_header(), claims),
            &valid(),
        ))
    };
    let issuer = json!(format!(
        "https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"
    ));
    let other = with(
        with(good_claims(), "iss", issuer.clone()),
        "tid",
        json!(OTHER_TENANT),
    );
    assert_eq!(decision(&other), None);
    assert_eq!(
        decision(&with(good_claims(), "iss", issuer)),
        Some(CheckName::Tenant)
    );
}

#[test]
fn with_a_list_of_clients_only_those_may_call() {
    let listed = Policy {
        clients: vec![CLIENT.parse().unwrap()],
        ..policy()
    };
    let decision = |azp| {
        let raw = raw(&good_header(), &with(good_claims(), "azp", azp));
        reason(&judged(&listed, &profile(), &raw, &valid()))
    };
    assert_eq!(decision(json!(CLIENT)), None);
    assert_eq!(decision(json!(OTHER_TENANT)), Some(CheckName::Client));
    assert_eq!(decision(json!(null)), Some(CheckName::Client));
}

#[test]
fn each_route_is_opened_by_its_own_kind_of_token_and_no_other() {
    let scope = || String::from("access_as_user");
    let role = || String::from("Svc.Invoke");
    let user = good_claims();
    let user_with_role = with(
        good_claims(),
        "roles",
        json!(["Svc.Invoke", "Workshop.Admin"]),
    );
    let user_with_role_alone = with(user_with_role.clone(), "scp", json!("another"));
    let app = app_claims();
    let app_that_says_so = with(with(app_claims(), "sub", json!("x")), "idtyp", json!("app"));
    let app_without_role = with(app_claims(), "roles", json!(null));
    let app_admin = with(app_claims(), "roles", json!(["Workshop.Admin"]));
    let id_token = with(good_claims(), "scp", json!(null));
    let marked_user = with(app_claims(), "idtyp", json!("user"));
    let table = [
        (
            profile(),
            vec![&user, &user_with_role, &app, &app_that_says_so],
            vec![
                &user_with_role_alone,
                &app_without_role,
                &app_admin,
                &id_token,
                &marked_user,
            ],
        ),
        (
            Requirement::Scope { scope: scope() },
            vec![&user, &user_with_role],
            vec![&user_with_role_alone, &app, &app_that_says_so, &id_token],
        ),
        (
            Requirement::AppRole { role: role() },
            vec![&app, &app_that_says_so],
            vec![
                &user,
                &user_with_role,
                &user_with_role_alone,
                &app_without_role,
                &id_token,
                &marked_user,
            ],
        ),
        (
            Requirement::UserRole {
                role: "Workshop.Admin".into(),
            },
            vec![&user_with_role, &user_with_role_alone],
            vec![&user, &app, &app_admin, &id_token],
        ),
    ];
    for (requirement, opens, refused) in table {
        for claims in opens {
            let judgement = judged(
                &policy(),
                &requirement,
                &raw(&good_header(), claims),
                &valid(),
            );
            assert_eq!(reason(&judgement), None, "{requirement:?} {claims}");
        }
        for claims in refused {
            let judgement = judged(
                &policy(),
                &requirement,
                &raw(&good_header(), claims),
                &valid(),
            );
            let forbidden = Decision::Forbidden {
                reason: CheckName::Permission,
            };
            assert_eq!(judgement.decision, forbidden, "{requirement:?} {claims}");
        }
    }
}

#[test]
fn an_explanation_is_json_with_stable_names_and_short_findings() {
    let long = "x".repeat(5_000);
    let claims = with(good_claims(), "aud", json!(format!("a\n\u{1b}[31m{long}")));
    let judgement = judged(
        &policy(),
        &profile(),
        &raw(&good_header(), &claims),
        &valid(),
    );
    let found = judgement.failed().unwrap().found.clone().unwrap();
    assert!(
        found.chars().count() <= 121 && !found.contains(char::is_control),
        "{found:?}"
    );
    let shown = serde_json::to_value(&judgement.checks).unwrap();
    let expected = json!({
        "name": "audience", "title": "Audience", "expected": API, "found": found,
        "outcome": "failed", "why": "This token is meant for another API.",
    });
    assert_eq!(shown[6], expected);
    assert_eq!(shown[7]["outcome"], "not-reached");
    for check in &judgement.checks {
        assert_eq!(json!(check.name), check.name.as_str());
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_in_any_claim_is_judged_without_a_panic_and_never_opens_more(
        name in prop::sample::select(vec![
            "aud", "iss", "tid", "iat", "nbf", "exp", "ver", "azp", "oid", "sub", "scp", "roles", "idtyp",
        ]),
        value in any_json(),
    ) {
        let claims = with(good_claims(), name, value);
        let judgement = judged(&policy(), &profile(), &raw(&good_header(), &claims), &valid());
        let all_passed = judgement.checks.iter().all(|check| check.outcome == Outcome::Passed);
        prop_assert_eq!(all_passed, matches!(judgement.decision, Decision::Allowed(_)));
        if ["aud", "iss", "tid", "ver", "scp"].contains(&name) {
            prop_assert!(!all_passed, "{claims}");
        }
    }

    #[test]
    fn exactly_one_check_fails_or_none(text in "[A-Za-z0-9_.-]{0,60}") {
        let judgement = judged(&policy(), &profile(), &text, &Signature::NotChecked);
        let failures = judgement.checks.iter().filter(|check| check.outcome == Outcome::Failed);
        prop_assert_eq!(failures.count(), 1);
    }
}
