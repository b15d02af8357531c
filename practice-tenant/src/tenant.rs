//! What a running tenant holds: its directory, its keys, and what it must remember between two requests.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use shared::entropy::Entropy;
use shared::jwt::UnverifiedToken;
use shared::time::Clock;
use url::Url;

use crate::device::Devices;
use crate::directory::{Directory, seed};
use crate::keys::SigningKey;
use crate::options::{Addresses, StartError};
use crate::practice::PracticeKey;
use crate::session::Session;
use crate::sign_in::Interaction;
use crate::state::StateFolder;
use crate::store::Store;
use crate::token::{IssuedCode, IssuedRefreshToken};

/// Everything behind the endpoints, shared by all listeners.
pub(crate) struct Tenant {
    pub(crate) addresses: Addresses,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) signing_key: SigningKey,
    /// Published beside it, as Entra always publishes more than one: whoever takes the first key instead of the named
    /// one finds out here (Entra "Signing key rollover").
    pub(crate) next_key: SigningKey,
    pub(crate) practice_key: PracticeKey,
    pub(crate) interactions: Store<Interaction>,
    pub(crate) sessions: Store<Session>,
    pub(crate) codes: Store<IssuedCode>,
    pub(crate) devices: Devices,
    pub(crate) refresh_tokens: Store<IssuedRefreshToken>,
    directory: RwLock<Directory>,
    /// Nobody else's as long as the tenant runs.
    _state: Option<StateFolder>,
}

impl Tenant {
    pub(crate) fn seeded(
        addresses: Addresses,
        spa_redirect_uris: &[String],
        state: Option<StateFolder>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        if let Some(uri) = spa_redirect_uris
            .iter()
            .find(|uri| Url::parse(uri).is_err())
        {
            return Err(StartError::RedirectUri(uri.clone()));
        }
        let now = clock.now();
        Ok(Self {
            addresses,
            _state: state,
            signing_key: SigningKey::generate(now)?,
            next_key: SigningKey::generate(now)?,
            practice_key: PracticeKey::new(entropy.token(32)),
            interactions: Store::new(1_000),
            sessions: Store::new(1_000),
            codes: Store::new(1_000),
            devices: Devices::default(),
            refresh_tokens: Store::new(10_000),
            directory: RwLock::new(seed::directory(spa_redirect_uris, now)),
            clock,
            entropy,
        })
    }

    /// Whether this tenant has signed a token.
    pub(crate) fn has_signed(&self, token: &UnverifiedToken<'_>) -> bool {
        self.signing_key.has_signed(token) || self.next_key.has_signed(token)
    }

    /// The directory, to read. Never held across an `await`.
    pub(crate) fn directory(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The directory, to change. Never held across an `await`.
    pub(crate) fn directory_mut(&self) -> RwLockWriteGuard<'_, Directory> {
        self.directory
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
