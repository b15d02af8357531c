//! What opens with which token.

use serde_json::json;
use shared::authority::{Authority, Version};
use shared::test_support::TestKey;

use crate::authority::{Answer, TestAuthority};
use crate::world::{API, TENANT, World};

#[tokio::test]
async fn a_person_with_the_scope_sees_their_profile_and_claims() {
    let world = World::new().await;
    let answer = world
        .get("/api/profile", &world.user().sign(&TestKey::first()))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    assert_eq!(body["status"], "ok");
    assert_eq!(body["user"], "Ada Example");
    assert_eq!(body["claims"]["aud"], API);
    assert_eq!(body["claims"]["scp"], "access_as_user");
}

#[tokio::test]
async fn an_application_with_the_role_sees_a_profile_without_a_name() {
    let world = World::new().await;
    let token = world.app().sign(&TestKey::first());
    let body = world.get("/api/profile", &token).await.json();
    assert_eq!(body["user"], json!(null));
    assert_eq!(body["claims"]["roles"], json!(["Svc.Invoke"]));
    let service = world.get("/api/service", &token).await.json();
    assert_eq!(service["clientId"], body["claims"]["azp"]);
    assert_eq!(service["objectId"], body["claims"]["oid"]);
}

#[tokio::test]
async fn each_endpoint_opens_to_its_own_kind_of_caller() {
    let world = World::new().await;
    let key = TestKey::first();
    let user = world.user().sign(&key);
    let admin = world
        .user()
        .claim("roles", json!(["Workshop.Admin"]))
        .sign(&key);
    let intruder = world
        .user()
        .claim("roles", json!(["Svc.Invoke"]))
        .sign(&key);
    let app = world.app().sign(&key);
    let bare_app = world.app().without_claim("roles").sign(&key);
    let app_admin = world
        .app()
        .claim("roles", json!(["Workshop.Admin"]))
        .sign(&key);
    let table = [
        (&user, [200, 200, 403, 403]),
        (&admin, [200, 200, 403, 200]),
        (&intruder, [200, 200, 403, 403]),
        (&app, [200, 403, 200, 403]),
        (&bare_app, [403, 403, 403, 403]),
        (&app_admin, [403, 403, 403, 403]),
    ];
    for (row, (token, expected)) in table.into_iter().enumerate() {
        for (path, expected) in crate::world::ENDPOINTS.into_iter().zip(expected) {
            assert_eq!(
                world.status(path, token).await,
                expected,
                "row {row}, {path}"
            );
        }
    }
}

#[tokio::test]
async fn the_person_behind_the_token_is_named_by_tenant_and_object() {
    let world = World::new().await;
    let me = world
        .get("/api/me", &world.user().sign(&TestKey::first()))
        .await
        .json();
    assert_eq!(me["tenantId"], TENANT);
    assert_eq!(me["objectId"], me["claims"]["oid"]);
}

#[tokio::test]
async fn the_scheme_is_written_in_any_case() {
    let world = World::new().await;
    let token = world.user().sign(&TestKey::first());
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let mut request = crate::world::plain("/api/me");
        let value = format!("{scheme} {token}").parse().unwrap();
        request.headers_mut().insert("authorization", value);
        assert_eq!(world.send(request).await.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn a_configured_scope_and_role_replace_the_defaults() {
    let world = World::with(|settings| {
        settings.required_scope = "read".into();
        settings.required_app_role = "Robot".into();
    })
    .await;
    let key = TestKey::first();
    assert_eq!(world.status("/api/me", &world.user().sign(&key)).await, 403);
    assert_eq!(
        world
            .status(
                "/api/me",
                &world.user().claim("scp", "write read").sign(&key)
            )
            .await,
        200
    );
    assert_eq!(
        world.status("/api/service", &world.app().sign(&key)).await,
        403
    );
    let robot = world.app().claim("roles", json!(["Robot"])).sign(&key);
    assert_eq!(world.status("/api/service", &robot).await, 200);
}

#[tokio::test]
async fn version_1_tokens_are_checked_with_version_1_keys() {
    let world =
        World::with(|settings| settings.accepted_versions = vec![Version::V1, Version::V2]).await;
    // As Entra does: the v1 document names no issuer. The mock publishes one document under both addresses, so that the
    // key without an issuer stands for the issuer of the address it came from.
    world
        .authority
        .answers(Answer::Keys(vec![TestKey::first().jwk()]));
    let key = TestKey::first();
    let v1 = world.user().into_v1(&world.tenant);
    assert_eq!(world.status("/api/me", &v1.clone().sign(&key)).await, 200);
    assert_eq!(world.status("/api/me", &world.user().sign(&key)).await, 200);
    let by_uri = v1.claim("aud", format!("api://{API}")).sign(&key);
    assert_eq!(world.status("/api/me", &by_uri).await, 200);
}

#[tokio::test]
async fn two_listeners_of_one_tenant_are_trusted_when_both_are_configured() {
    let second = TestAuthority::start(Answer::Keys(Vec::new())).await;
    let other = Authority::new(second.origin.parse().unwrap(), TENANT.parse().unwrap());
    second.answers(Answer::Keys(vec![
        TestKey::first().jwk_for(&other.issuer(Version::V2)),
    ]));
    let world = World::with(|settings| settings.authorities.push(other.clone())).await;
    let key = TestKey::first();
    assert_eq!(world.status("/api/me", &world.user().sign(&key)).await, 200);
    let token = world
        .user()
        .claim("iss", other.issuer(Version::V2))
        .sign(&key);
    assert_eq!(world.status("/api/me", &token).await, 200);
}
