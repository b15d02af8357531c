//! The resource server: an API that opens to Entra's access tokens and to nothing else.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # fn example(clock: Arc<dyn shared::time::Clock>) -> Result<(), Box<dyn std::error::Error>> {
//! let variables = serve::variables()?;
//! let settings = api_server::ApiSettings::from_variables(&variables)?;
//! let router: axum::Router = api_server::ApiServer::new(settings, clock)?.router();
//! # Ok(())
//! # }
//! ```
//!
//! A token's way: `bearer` reads it, `gate` finds its key (`keys`) and checks its signature, `shared::checks` decides,
//! an endpoint answers or a `problem` does.

mod bearer;
mod challenge;
mod endpoint;
mod endpoints;
mod gate;
mod headers;
mod keys;
mod problem;
mod settings;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use shared::checks::Policy;
use shared::time::Clock;

use challenge::{Challenge, METADATA_PATH};
use endpoint::Endpoint;
use keys::{Keys, Source};
pub use settings::ApiSettings;

/// Largest request body: a pasted token with room to spare.
const LARGEST_BODY: usize = 64 * 1024;

/// The resource server, ready to be served. It needs neither the authority nor the network to start: keys are fetched
/// when the first token asks for them.
#[derive(Clone)]
pub struct ApiServer(Api);

/// What the handlers share.
type Api = Arc<ApiState>;

struct ApiState {
    settings: ApiSettings,
    policy: Policy,
    challenge: Challenge,
    keys: Arc<Keys>,
    clock: Arc<dyn Clock>,
}

/// Why the server cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No tenant is trusted, so that nobody could ever be let in.
    #[error("no tenant is trusted")]
    NobodyTrusted,
    /// The HTTP client that fetches the keys cannot be set up, for example for want of certificates.
    #[error("cannot set up the client that fetches the keys: {0}")]
    KeyClient(#[from] reqwest::Error),
}

impl ApiServer {
    /// Makes a server. Fetches nothing yet.
    pub fn new(settings: ApiSettings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        // Said aloud, because a second backend somewhere in the dependencies would otherwise mean a panic at the first
        // token. Whoever installed one before us decided already.
        let _already_installed = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let policy = settings.policy();
        if policy.authorities.is_empty() || policy.versions.is_empty() {
            return Err(StartError::NobodyTrusted);
        }
        let sources = Source::all(&policy, settings.local_authority.as_deref())?;
        let keys = Keys::new(sources, settings.key_refresh_interval, Arc::clone(&clock));
        Ok(Self(Arc::new(ApiState {
            challenge: Challenge::new(&settings),
            keys: Arc::new(keys),
            policy,
            settings,
            clock,
        })))
    }

    /// All routes, with their headers, limits and errors.
    pub fn router(&self) -> Router {
        let mut router = Router::new()
            .route(Endpoint::Profile.path(), get(endpoints::profile::handler))
            .route(Endpoint::Me.path(), get(endpoints::me::handler))
            .route(Endpoint::Service.path(), get(endpoints::service::handler))
            .route(Endpoint::Admin.path(), get(endpoints::admin::handler))
            .route("/healthz", get(endpoints::healthz::handler))
            .route("/readyz", get(endpoints::readyz::handler))
            .route(METADATA_PATH, get(endpoints::resource_metadata::handler));
        if self.0.settings.explain {
            router = router.route("/api/explain", post(endpoints::explain::handler));
        }
        router
            .fallback(problem::not_found)
            .method_not_allowed_fallback(problem::method_not_allowed)
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(from_fn(problem::render))
            .layer(from_fn(headers::correlate))
            .layer(from_fn(headers::secure))
            .layer(headers::cors(&self.0.settings))
            .with_state(Arc::clone(&self.0))
    }
}
