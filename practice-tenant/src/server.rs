//! The tenant on its two ports: http, and https with a certificate of the local authority.

use std::sync::Arc;

use axum::Router;
use serve::system::SystemClock;
use serve::{BindError, ListenOptions, Listener, Tls, TlsError};
use shared::authority::{Authority, AuthorityHostError};
use shared::entropy::Entropy;
use shared::time::Clock;

use crate::{
    CertificateError, LocalAuthority, Options, PracticeTenant, SecureOrigin, StartError,
    StateError, StateFolder,
};

/// What the ports need to know.
#[derive(Debug)]
pub struct ServerOptions {
    /// The http listener.
    pub http: ListenOptions,
    /// The https listener; its certificate is made here.
    pub https: ListenOptions,
    /// Where the local authority and everything else that outlives a run lies.
    pub state: StateFolder,
    /// See [`Options::spa_redirect_uris`].
    pub spa_redirect_uris: Vec<String>,
}

/// Why the tenant cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A port could not be taken.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The state folder cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// There is no certificate for the https listener.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A listener's origin cannot be an authority's: plain http is for this machine only.
    #[error("the practice tenant cannot be at {origin}: {why}")]
    Origin {
        /// The origin.
        origin: String,
        /// What is wrong with it.
        why: AuthorityHostError,
    },
    /// The tenant itself did not start.
    #[error("the practice tenant did not start: {0}")]
    Start(#[from] StartError),
}

/// A practice tenant with its ports, ready to be served.
pub struct Server {
    tenant: PracticeTenant,
    local_authority: LocalAuthority,
    http: Listener,
    https: Listener,
    authorities: [Authority; 2],
}

impl Server {
    /// Takes the ports and starts the tenant.
    pub async fn bind(
        options: ServerOptions,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, ServerError> {
        let ServerOptions {
            http,
            https,
            state,
            spa_redirect_uris,
        } = options;
        // Clients verify certificates by the real time, whatever clock the tenant was given.
        let now = SystemClock.now();
        let local_authority = LocalAuthority::open(&state, now)?;
        let certificate = local_authority.server_certificate(now)?;
        let tls = Tls::new(&certificate.certificate, certificate.key.expose())?;
        let http = Listener::bind(&http).await?;
        let https = Listener::bind(&ListenOptions {
            tls: Some(tls),
            ..https
        })
        .await?;
        state.announce(Some(https.origin()))?;
        let options = Options {
            public_origin: http.origin().to_owned(),
            secure_origin: Some(SecureOrigin {
                origin: https.origin().to_owned(),
                authority_file: local_authority.file().to_owned(),
            }),
            spa_redirect_uris,
            state: Some(state),
        };
        let tenant = PracticeTenant::start(options, clock, entropy)?;
        Ok(Self {
            authorities: [
                authority(&tenant, http.origin())?,
                authority(&tenant, https.origin())?,
            ],
            tenant,
            local_authority,
            http,
            https,
        })
    }

    /// The tenant.
    pub fn tenant(&self) -> &PracticeTenant {
        &self.tenant
    }

    /// The authority that vouches for the https listener.
    pub fn local_authority(&self) -> &LocalAuthority {
        &self.local_authority
    }

    /// The tenant as the http listener shows it.
    pub fn http(&self) -> &Authority {
        &self.authorities[0]
    }

    /// The tenant as the https listener shows it.
    pub fn https(&self) -> &Authority {
        &self.authorities[1]
    }

    /// Each listener with what it is to serve.
    pub fn into_listeners(self) -> Vec<(Listener, Router)> {
        let secure = self.tenant.secure_router();
        let secure = secure.map(|router| (self.https, router));
        let http = (self.http, self.tenant.router());
        [http].into_iter().chain(secure).collect()
    }
}

fn authority(tenant: &PracticeTenant, origin: &str) -> Result<Authority, ServerError> {
    match origin.parse() {
        Ok(host) => Ok(Authority::new(host, tenant.tenant_id())),
        Err(why) => Err(ServerError::Origin {
            origin: origin.to_owned(),
            why,
        }),
    }
}
