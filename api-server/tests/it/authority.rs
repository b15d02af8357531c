//! An authority that publishes what a test tells it to, and counts who asks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What the key documents hold.
#[derive(Clone)]
pub(crate) enum Answer {
    /// These keys, under both addresses.
    Keys(Vec<Value>),
    /// No keys but this status.
    Status(StatusCode),
    /// A 200 with any body.
    Body(Vec<u8>),
    /// A redirect to elsewhere.
    Redirect(String),
}

/// The authority's state; its server stops with the test's runtime.
#[derive(Clone)]
pub(crate) struct TestAuthority {
    pub(crate) origin: String,
    state: Arc<Shared>,
}

struct Shared {
    answer: Mutex<Answer>,
    fetches: AtomicUsize,
}

impl TestAuthority {
    pub(crate) async fn start(answer: Answer) -> Self {
        let (authority, listener) = Self::bound(answer).await;
        authority.listen(listener);
        authority
    }

    /// An authority that does not run: its port is closed.
    pub(crate) async fn absent() -> Self {
        Self::bound(Answer::Keys(Vec::new())).await.0
    }

    async fn bound(answer: Answer) -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Shared {
            answer: Mutex::new(answer),
            fetches: AtomicUsize::new(0),
        });
        (Self { origin, state }, listener)
    }

    fn listen(&self, listener: TcpListener) {
        let router = Router::new()
            .route("/{tenant}/discovery/v2.0/keys", axum::routing::get(keys))
            .route("/{tenant}/discovery/keys", axum::routing::get(keys))
            .with_state(Arc::clone(&self.state));
        tokio::spawn(async move { axum::serve(listener, router).await });
    }

    pub(crate) fn answers(&self, answer: Answer) {
        *self.state.answer.lock().unwrap() = answer;
    }

    pub(crate) fn fetches(&self) -> usize {
        self.state.fetches.load(Ordering::SeqCst)
    }
}

async fn keys(State(state): State<Arc<Shared>>) -> Response {
    state.fetches.fetch_add(1, Ordering::SeqCst);
    let answer = state.answer.lock().unwrap().clone();
    match answer {
        Answer::Keys(keys) => axum::Json(json!({ "keys": keys })).into_response(),
        Answer::Status(status) => status.into_response(),
        Answer::Body(body) => body.into_response(),
        Answer::Redirect(to) => axum::response::Redirect::temporary(&to).into_response(),
    }
}
