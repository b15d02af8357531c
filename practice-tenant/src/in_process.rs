//! A tenant of one's own for one test.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serve::ListenOptions;
use serve::system::SystemEntropy;
use shared::authority::Authority;
use shared::time::Clock;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::server::{Server, ServerError, ServerOptions};
use crate::{PracticeTenant, StateError, StateFolder};

/// A practice tenant inside a test's process: free ports, a directory of its own, and the test's clock. It stops when
/// it is dropped, and leaves nothing behind.
///
/// ```
/// # use std::sync::Arc;
/// # use std::time::Duration;
/// # use practice_tenant::InProcess;
/// # use shared::time::{ManualClock, UnixTime};
/// # use shared::authority::Version;
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = Arc::new(ManualClock::new(UnixTime(1_800_000_000)));
/// let tenant = InProcess::start(clock.clone()).await?;
///
/// // Whoever is to be tested is pointed at `tenant.https()` and trusts `tenant.ca_certificate()`.
/// let ca = reqwest::Certificate::from_pem(&std::fs::read(tenant.ca_certificate())?)?;
/// let client = reqwest::Client::builder().tls_certs_only([ca]).build()?;
/// let discovery = tenant.https().openid_configuration(Version::V2);
/// let discovery: serde_json::Value = client.get(discovery).send().await?.json().await?;
/// assert_eq!(discovery["issuer"], tenant.https().issuer(Version::V2));
///
/// // Who can sign in, and with what.
/// assert!(tenant.tenant().users().iter().any(|user| user.administrator));
///
/// // Tokens expire when the test says so.
/// clock.advance(Duration::from_secs(2 * 60 * 60));
/// tenant.stop().await;
/// # Ok(())
/// # }
/// ```
pub struct InProcess {
    tenant: PracticeTenant,
    http: Authority,
    https: Authority,
    ca_certificate: PathBuf,
    servers: JoinSet<()>,
    /// Carries no value: the servers stop when it is gone.
    stop: watch::Sender<()>,
    _folder: TempDir,
}

impl InProcess {
    /// Starts a tenant. When this returns, its ports are open.
    pub async fn start(clock: Arc<dyn Clock>) -> Result<Self, ServerError> {
        let folder = tempfile::tempdir().map_err(|source| StateError::Unusable {
            path: std::env::temp_dir().display().to_string(),
            source,
        })?;
        let options = ServerOptions {
            http: ListenOptions::loopback(0, "TENANT_PORT"),
            https: ListenOptions::loopback(0, "TENANT_TLS_PORT"),
            state: StateFolder::open(folder.path())?,
            spa_redirect_uris: Vec::new(),
        };
        let server = Server::bind(options, clock, Arc::new(SystemEntropy)).await?;
        let running = Self {
            tenant: server.tenant().clone(),
            http: server.http().clone(),
            https: server.https().clone(),
            ca_certificate: server.local_authority().file().to_owned(),
            servers: JoinSet::new(),
            stop: watch::Sender::new(()),
            _folder: folder,
        };
        Ok(running.serving(server))
    }

    fn serving(mut self, server: Server) -> Self {
        for (listener, router) in server.into_listeners() {
            let mut stopped = self.stop.subscribe();
            self.servers.spawn(listener.serve(router, async move {
                let _ = stopped.changed().await;
            }));
        }
        self
    }

    /// The tenant by http, for clients that accept that on this machine.
    pub fn http(&self) -> &Authority {
        &self.http
    }

    /// The tenant by https, as MSAL and the Azure SDKs want it.
    pub fn https(&self) -> &Authority {
        &self.https
    }

    /// The file with the certificate (PEM) that clients of [`https`](Self::https) must trust.
    pub fn ca_certificate(&self) -> &Path {
        &self.ca_certificate
    }

    /// The tenant itself: who can sign in, and which applications are registered.
    pub fn tenant(&self) -> &PracticeTenant {
        &self.tenant
    }

    /// Stops it; answers in progress are finished first.
    pub async fn stop(self) {
        let Self {
            stop, mut servers, ..
        } = self;
        drop(stop);
        while servers.join_next().await.is_some() {}
    }
}
