//! A page of somebody else's, on an origin of its own: `tests/clients/browser` with MSAL for browsers beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{Path as Name, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use practice_tenant::{LOCAL_AUTHORITY, LocalAuthority, StateFolder};
use serde_json::Value;
use serve::system::SystemClock;
use serve::{ListenOptions, Listener, Tls};
use shared::time::Clock as _;
use tokio::sync::oneshot;

use crate::landscape::Landscape;

/// A port that is taken, so that the page's address can be registered before it is served.
#[derive(Debug)]
pub struct WebPage {
    listener: Listener,
}

/// A page that is served until this is dropped.
#[derive(Debug)]
pub struct Served {
    _stop: oneshot::Sender<()>,
}

impl WebPage {
    /// A page on `http://localhost`.
    pub async fn plain() -> Result<Self> {
        let options = ListenOptions::loopback(0, "a test's page");
        let listener = Listener::bind(&options).await?;
        Ok(Self { listener })
    }

    /// A page on `https://localhost`, whose certificate comes from the landscape's authority.
    pub async fn secure(landscape: &Landscape) -> Result<Self> {
        let mut options = ListenOptions::loopback(0, "a test's page");
        options.tls = Some(certified_by(Path::new(landscape.ca_certificate()?))?);
        let listener = Listener::bind(&options).await?;
        Ok(Self { listener })
    }

    /// Its origin.
    pub fn origin(&self) -> &str {
        self.listener.origin()
    }

    /// Serves the page, which reads who it is from `task`.
    pub fn serve(self, task: &Value) -> Served {
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new()
            .route("/", get(async || file(Name("index.html".to_owned())).await))
            .route("/{name}", get(file))
            .route("/task.json", get(self::task))
            .with_state(Arc::new(task.to_string()));
        tokio::spawn(self.listener.serve(router, async {
            let _ = stopped.await;
        }));
        Served { _stop: stop }
    }
}

async fn task(State(task): State<Arc<String>>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        task.to_string(),
    )
}

async fn file(Name(name): Name<String>) -> Result<impl IntoResponse, StatusCode> {
    let clients = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients");
    let msal = clients.join("node/node_modules/@azure/msal-browser/lib");
    let folder = match name.as_str() {
        "msal-browser.min.js" => msal,
        "msal-redirect-bridge.min.js" => msal.join("redirect-bridge"),
        _ => clients.join("browser"),
    };
    let content_type = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript",
        _ => "text/html",
    };
    let content = std::fs::read(folder.join(name)).map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(([(header::CONTENT_TYPE, content_type)], content))
}

/// A certificate for this machine's names from a copy of the authority, whose own folder is in use.
fn certified_by(authority: &Path) -> Result<Tls> {
    const KEY: &str = "ca-key.pem";
    let copy = tempfile::tempdir()?;
    let folder = authority
        .parent()
        .context("the authority lies in a folder")?;
    for name in [LOCAL_AUTHORITY, KEY] {
        std::fs::copy(folder.join(name), copy.path().join(name))?;
    }
    let now = SystemClock.now();
    let authority = LocalAuthority::open(&StateFolder::open(copy.path())?, now)?;
    let certificate = authority.server_certificate(now)?;
    Ok(Tls::new(
        &certificate.certificate,
        certificate.key.expose(),
    )?)
}
