//! What whoever starts a practice tenant must tell it.

use std::path::PathBuf;
use std::sync::Arc;

use shared::authority::{AuthorityHost, AuthorityHostError, is_loopback};
use url::Url;
use uuid::Uuid;

use crate::certificates::CertificateError;
use crate::state::{StateError, StateFolder};

/// How a practice tenant is to appear.
#[derive(Debug)]
pub struct Options {
    /// The origin under which browsers and programs reach the tenant, such as `http://localhost:8400`. The issuer and
    /// every endpoint are built from it, so the port must be known (bound) before.
    pub public_origin: String,
    /// The same by https, such as `https://localhost:8443`, if there is such a listener.
    pub secure_origin: Option<SecureOrigin>,
    /// Further redirect URIs of `workshop-client` of the type "single-page application", beside
    /// `http://localhost:3000`: the origin where the SPA really is, when that is another port.
    pub spa_redirect_uris: Vec<String>,
    /// Where to keep what outlives a run; without it, everything is new at every start.
    pub state: Option<StateFolder>,
}

/// The https listener.
#[derive(Clone, Debug)]
pub struct SecureOrigin {
    /// Its origin.
    pub origin: String,
    /// Where the certificate of the authority lies that vouches for it.
    pub authority_file: PathBuf,
}

/// Why a practice tenant cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// [`Options::public_origin`] or [`SecureOrigin::origin`] is not an origin.
    #[error("the practice tenant's origin {origin:?} cannot be used: {why}")]
    Origin {
        /// What it got.
        origin: String,
        /// What is wrong with it.
        why: AuthorityHostError,
    },
    /// A redirect URI does not parse.
    #[error("the redirect URI {0:?} is not an absolute URL")]
    RedirectUri(String),
    /// The key generator failed.
    #[error("no signing key could be made")]
    SigningKey,
    /// The state folder cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The daemon's certificate cannot be made or used.
    #[error(transparent)]
    DaemonCertificate(#[from] CertificateError),
    /// The thread that saves the state cannot be started.
    #[error("the state cannot be saved ({0})")]
    Saver(std::io::Error),
    /// The certificate of the signing key could not be made.
    #[error("no certificate could be made for the signing key: {0}")]
    Certificate(#[from] rcgen::Error),
}

/// Where the tenant can be reached, and its files: what `/practice` tells on every listener.
pub(crate) struct Addresses {
    pub(crate) http: Arc<str>,
    pub(crate) https: Option<Arc<str>>,
    pub(crate) authority_file: Option<PathBuf>,
    /// Where the daemon's certificate lies.
    pub(crate) daemon_certificate: Option<PathBuf>,
}

impl Addresses {
    pub(crate) fn new(http: String, secure: Option<SecureOrigin>) -> Result<Self, StartError> {
        let (https, authority_file) = secure
            .map(|secure| (secure.origin, secure.authority_file))
            .unzip();
        Ok(Self {
            http: origin(http)?,
            https: https.map(origin).transpose()?,
            authority_file,
            daemon_certificate: None,
        })
    }

    /// Whether `issuer` is this tenant's own, on either listener and of either version.
    pub(crate) fn is_own_issuer(&self, issuer: &str, tenant: Uuid) -> bool {
        let mut origins = [Some(&self.http), self.https.as_ref()]
            .into_iter()
            .flatten();
        origins.any(|origin| {
            issuer == format!("{origin}/{tenant}/v2.0") || issuer == format!("{origin}/{tenant}/")
        })
    }
}

impl Addresses {
    /// Where Graph is found, by name and by number: who sends a token for Graph here asked for it by that address (the
    /// Azure CLI does). The number is an origin of its own, apart from that of the sign-in.
    pub(crate) fn of_graph(&self) -> Vec<String> {
        let origins = [Some(&self.http), self.https.as_ref()];
        origins
            .into_iter()
            .flatten()
            .flat_map(|origin| {
                let by_number = origin.replace("://localhost", "://127.0.0.1");
                [format!("{origin}/graph"), format!("{by_number}/graph")]
            })
            .collect()
    }
}

/// Checks that `origin` is one, and writes it as browsers do.
fn origin(origin: String) -> Result<Arc<str>, StartError> {
    match origin.parse::<AuthorityHost>() {
        Ok(host) => Ok(Arc::from(host.as_str())),
        Err(why) => Err(StartError::Origin { origin, why }),
    }
}

/// Whether `named` is at the listener that `origin` names: `localhost`, 127.0.0.1 and `[::1]` are one machine.
pub(crate) fn same_listener(origin: &Url, named: &Url) -> bool {
    origin.origin() == named.origin()
        || (origin.scheme() == named.scheme()
            && origin.port_or_known_default() == named.port_or_known_default()
            && is_loopback(origin)
            && is_loopback(named))
}
