//! The practice tenant: Microsoft Entra ID as it looks on the wire, offline, on the learner's own machine.
//!
//! Discovery and keys, the authorization endpoint with its sign-in pages, the token endpoint, sign-out, and
//! `GET /practice`, which tells everything that is seeded. Paths, parameters, tokens and errors are Entra's; the pages
//! have a look of their own, so that nobody takes them for Microsoft's.
//!
//! Time and randomness are passed in. Binding a port, the `Host` check and the time limits belong to whoever serves
//! the router.

mod aadsts;
mod assets;
mod authorize;
mod directory;
mod discovery;
mod exchange;
mod explain;
mod jwks;
mod keys;
mod logout;
mod options;
mod pages;
mod params;
mod practice;
mod scopes;
mod session;
mod sign_in;
mod store;
mod tenant;
mod tenant_path;
#[cfg(test)]
mod testing;
mod token;
mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use shared::authority::{ClientId, TenantId};
use shared::entropy::Entropy;
use shared::time::Clock;

use crate::tenant::Tenant;

pub use crate::options::{Options, StartError};
pub use crate::practice::{PracticeKey, SeededUser};

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
    /// Seeds the directory and makes the signing key and the practice key.
    pub fn start(
        options: Options,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let Options {
            public_origin,
            spa_redirect_uris,
        } = options;
        let origin = options::origin(public_origin)?;
        let tenant = Arc::new(Tenant::seeded(&spa_redirect_uris, clock, entropy)?);
        Ok(Self(Face { tenant, origin }))
    }

    /// Everything under the tenant's own port.
    pub fn router(&self) -> Router {
        let face = self.0.clone();
        Router::new()
            .route("/", get(pages::front))
            .merge(assets::routes())
            .merge(authorize::routes())
            .merge(discovery::routes())
            .merge(explain::routes())
            .merge(jwks::routes())
            .merge(logout::routes())
            .merge(practice::routes())
            .merge(sign_in::routes())
            .merge(token::routes())
            .fallback(pages::nothing_here)
            .method_not_allowed_fallback(pages::wrong_method)
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(middleware::from_fn_with_state(
                face.clone(),
                exchange::around,
            ))
            .with_state(face)
    }

    /// `GET /practice` alone, for other origins of the workshop that show it too.
    pub fn practice_router(&self) -> Router {
        practice::routes()
            .method_not_allowed_fallback(pages::wrong_method)
            .with_state(self.0.clone())
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
