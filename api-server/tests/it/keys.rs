//! The life of the keys: fetched when needed, not more often than agreed, kept through an outage.

use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;
use shared::test_support::TestKey;

use crate::authority::{Answer, TestAuthority};
use crate::world::{World, issuer_template, plain};

const INTERVAL: Duration = Duration::from_secs(300);

fn published(world: &World, keys: &[TestKey]) -> Answer {
    let issuer = issuer_template(&world.authority.origin);
    Answer::Keys(keys.iter().map(|key| key.jwk_for(&issuer)).collect())
}

#[tokio::test]
async fn keys_are_fetched_once_however_many_tokens_come() {
    let world = World::new().await;
    let token = world.user().sign(&TestKey::first());
    let answers = join_all((0..50).map(|_| world.status("/api/me", &token))).await;
    assert!(answers.into_iter().all(|status| status == 200));
    assert_eq!(world.authority.fetches(), 1);
}

#[tokio::test]
async fn a_new_key_is_found_at_once_and_a_flood_of_unknown_keys_costs_one_fetch_per_interval() {
    let world = World::new().await;
    let old = world.user().sign(&TestKey::first());
    assert_eq!(world.status("/api/me", &old).await, 200);
    world
        .authority
        .answers(published(&world, &[TestKey::first(), TestKey::second()]));
    let new = world.user().sign(&TestKey::second());
    assert_eq!(world.status("/api/me", &new).await, 200, "rolled over");
    assert_eq!(world.authority.fetches(), 2);

    let unknown: Vec<String> = (0..40)
        .map(|n| {
            world
                .user()
                .sign(&TestKey::second().named(&format!("made-up-{n}")))
        })
        .collect();
    let flood = || join_all(unknown.iter().map(|token| world.status("/api/me", token)));
    assert!(flood().await.into_iter().all(|status| status == 401));
    assert_eq!(world.authority.fetches(), 2, "within the interval");
    world.clock.advance(INTERVAL);
    assert!(flood().await.into_iter().all(|status| status == 401));
    assert_eq!(world.authority.fetches(), 3, "one for the next interval");
    assert_eq!(world.status("/api/me", &old).await, 200);
}

#[tokio::test]
async fn a_withdrawn_key_is_gone_after_the_next_fetch() {
    let world = World::new().await;
    let old = world.user().sign(&TestKey::first());
    assert_eq!(world.status("/api/me", &old).await, 200);
    world
        .authority
        .answers(published(&world, &[TestKey::second()]));
    let new = world.user().sign(&TestKey::second());
    assert_eq!(world.status("/api/me", &new).await, 200);
    assert_eq!(world.get("/api/me", &old).await.json()["code"], "key-id");
}

#[tokio::test]
async fn after_an_hour_the_keys_are_fetched_again_in_the_background() {
    let world = World::new().await;
    let token = |world: &World| world.user().sign(&TestKey::first());
    assert_eq!(world.status("/api/me", &token(&world)).await, 200);
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(world.status("/api/me", &token(&world)).await, 200);
    while world.authority.fetches() < 2 {
        tokio::task::yield_now().await;
    }
    world
        .authority
        .answers(published(&world, &[TestKey::first(), TestKey::second()]));
    let new = world.user().sign(&TestKey::second());
    let mut status = world.status("/api/me", &new).await;
    if status == 401 {
        // It waited for the refresh that was under way; that one may have read the old keys.
        status = world.status("/api/me", &new).await;
    }
    assert_eq!(
        status, 200,
        "a refresh for age does not keep a new key waiting"
    );
}

#[tokio::test]
async fn keys_outlive_an_authority_that_is_down_or_talks_nonsense_but_not_for_ever() {
    let world = World::new().await;
    let token = |world: &World| world.user().sign(&TestKey::first());
    assert_eq!(world.status("/api/me", &token(&world)).await, 200);
    for answer in [
        Answer::Status(StatusCode::INTERNAL_SERVER_ERROR),
        Answer::Body(b"<html>".to_vec()),
        Answer::Body(vec![b' '; 2_000_000]),
        Answer::Keys(Vec::new()),
        Answer::Redirect(format!("{}/elsewhere", world.authority.origin)),
    ] {
        world.authority.answers(answer);
        world.clock.advance(INTERVAL);
        let before = world.authority.fetches();
        let unknown = world.user().sign(&TestKey::second());
        assert_eq!(world.status("/api/me", &unknown).await, 401);
        assert_eq!(world.authority.fetches(), before + 1);
        assert_eq!(world.status("/api/me", &token(&world)).await, 200);
    }
    world.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(world.status("/api/me", &token(&world)).await, 503);
}

#[tokio::test]
async fn without_any_keys_the_answer_is_503_and_it_recovers_by_itself() {
    let world = World::new().await;
    let good = published(&world, &[TestKey::first()]);
    world
        .authority
        .answers(Answer::Status(StatusCode::BAD_GATEWAY));
    let token = world.user().sign(&TestKey::first());
    let answer = world.get("/api/me", &token).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(answer.json()["code"], "keys-unavailable");
    assert!(
        !answer.headers.contains_key("www-authenticate"),
        "the token may be good"
    );
    assert_eq!(world.status("/api/me", &token).await, 503);
    assert_eq!(world.authority.fetches(), 1, "the failure started a pause");
    assert_eq!(world.send(plain("/healthz")).await.status, 200);
    assert_eq!(world.send(plain("/readyz")).await.status, 503);

    world.authority.answers(good);
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.send(plain("/readyz")).await.status, 200);
    assert_eq!(world.status("/api/me", &token).await, 200);
    assert_eq!(world.authority.fetches(), 2);
}

#[tokio::test]
async fn the_server_starts_before_its_authority() {
    let world = World::trusting(TestAuthority::absent().await, |_| {});
    assert_eq!(world.send(plain("/healthz")).await.status, 200);
    let ready = world.send(plain("/readyz")).await;
    assert_eq!(
        (ready.status.as_u16(), ready.header("retry-after")),
        (503, "5")
    );
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_use_up_the_fetch() {
    let world = World::new().await;
    let unknown = world.user().sign(&TestKey::second());
    let first = world.get("/api/me", &unknown);
    drop(tokio::time::timeout(Duration::ZERO, first).await);
    assert_eq!(
        world
            .status("/api/me", &world.user().sign(&TestKey::first()))
            .await,
        200
    );
    assert_eq!(world.authority.fetches(), 1);
}
