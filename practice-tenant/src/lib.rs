//! The practice tenant: Microsoft Entra ID as it looks on the wire, offline, on the learner's own machine.
//!
//! Discovery and keys, the authorization endpoint with its sign-in pages, the token endpoint, sign-out, and
//! `GET /practice`, which tells everything that is seeded. Paths, parameters, tokens and errors are Entra's; the pages
//! have a look of their own, so that nobody takes them for Microsoft's.
//!
//! Time and randomness are passed in. [`Server`] binds the ports, [`InProcess`] is a tenant for somebody's tests.

mod aadsts;
mod admin_consent;
mod arm;
mod assets;
mod authorize;
#[cfg(test)]
mod captures;
mod certificates;
mod daemon_certificate;
mod device;
mod directory;
mod discovery;
mod exchange;
mod explain;
mod graph;
mod in_process;
mod jwks;
mod keys;
mod lifetimes;
mod logout;
mod options;
mod pages;
mod params;
mod practice;
mod recording;
mod scopes;
mod server;
mod session;
mod sign_in;
mod signing_keys;
mod snapshots;
mod state;
mod store;
mod tenant;
mod tenant_path;
#[cfg(test)]
mod testing;
mod token;
mod tokens;
mod version;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{any, get};
use shared::authority::{ClientId, TenantId};
use shared::entropy::Entropy;
use shared::secret::PracticeKey;
use shared::time::Clock;

use crate::tenant::Tenant;

pub use crate::certificates::{
    CertificateError, LOCAL_AUTHORITY, LocalAuthority, ServerCertificate,
};
pub use crate::in_process::InProcess;
pub use crate::options::{Options, SecureOrigin, StartError};
pub use crate::practice::{SeededUser, own_page};
pub use crate::server::{Server, ServerError, ServerOptions};
pub use crate::state::{Holder, StateError, StateFolder};

/// Largest request body read, in bytes.
const LARGEST_BODY: usize = 64 * 1024;

/// A running practice tenant. Clones are the same tenant.
#[derive(Clone)]
pub struct PracticeTenant(Face);

/// The tenant as one listener shows it: the origin decides issuer and endpoints, everything else is common.
#[derive(Clone)]
pub(crate) struct Face {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) origin: Arc<str>,
}

impl PracticeTenant {
    /// Takes up where the state folder says the last run ended, or else seeds the directory and makes signing keys. The
    /// practice key is always new.
    pub fn start(
        options: Options,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let tenant = Tenant::open(options, clock, entropy)?;
        Ok(Self(Face {
            origin: Arc::clone(&tenant.addresses.http),
            tenant: Arc::new(tenant),
        }))
    }

    /// Everything under the tenant's own port.
    pub fn router(&self) -> Router {
        Self::routes(self.0.clone())
    }

    /// Everything under the tenant's https port, if it has one: the same tenant, with that port's issuer and endpoints.
    pub fn secure_router(&self) -> Option<Router> {
        let origin = self.0.tenant.addresses.https.as_ref()?;
        let face = Face {
            tenant: Arc::clone(&self.0.tenant),
            origin: Arc::clone(origin),
        };
        Some(Self::routes(face))
    }

    /// Everything that one listener serves.
    fn routes(face: Face) -> Router {
        let routes = Router::new()
            .route("/", get(pages::front))
            .merge(admin_consent::routes())
            .merge(arm::routes())
            .merge(assets::routes())
            .merge(authorize::routes())
            .merge(device::routes())
            .merge(discovery::routes())
            .merge(explain::routes())
            .merge(graph::routes())
            .merge(jwks::routes())
            .merge(logout::routes())
            .merge(practice::routes(&face))
            .merge(sign_in::routes())
            .merge(token::routes())
            .route("/{tenant}/openid/userinfo", any(graph::userinfo))
            .fallback(pages::nothing_here)
            .method_not_allowed_fallback(pages::wrong_method);
        Self::within_bounds(routes, face)
    }

    /// `/practice` alone, for the browser app's own origin: its pages change the tenant without crossing origins.
    pub fn practice_router(&self) -> Router {
        Self::within_bounds(practice::routes(&self.0), self.0.clone())
    }

    /// The directory as Microsoft Graph shows it (`/graph/…`) alone, for the same origin.
    pub fn graph_router(&self) -> Router {
        Self::within_bounds(graph::routes(), self.0.clone())
    }

    /// What is in front of every route.
    fn within_bounds(routes: Router<Face>, face: Face) -> Router {
        routes
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(middleware::from_fn_with_state(
                face.clone(),
                exchange::around,
            ))
            .with_state(face)
    }

    /// The tenant's ID.
    pub fn tenant_id(&self) -> TenantId {
        TenantId(directory::seed::TENANT)
    }

    /// The tenant's display name.
    pub fn tenant_name(&self) -> String {
        self.0.tenant.directory().organization.display_name.clone()
    }

    /// The tenant's verified domain, which may stand for its ID in a path.
    pub fn domain(&self) -> String {
        self.0.tenant.directory().organization.domain.clone()
    }

    /// The client ID of `workshop-client`, the SPA and the desktop app.
    pub fn client_id(&self) -> ClientId {
        ClientId(directory::seed::CLIENT)
    }

    /// The client ID of `workshop-api`, the resource.
    pub fn api_client_id(&self) -> ClientId {
        ClientId(directory::seed::API)
    }

    /// The key that requests which change the tenant carry in `x-practice-key`; new at every start.
    pub fn practice_key(&self) -> &PracticeKey {
        &self.0.tenant.practice_key
    }

    /// The people who can sign in.
    pub fn users(&self) -> Vec<SeededUser> {
        practice::users(&self.0.tenant.directory())
    }
}
