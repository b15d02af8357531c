//! What a running tenant holds: its directory, its keys, and what it must remember between two requests.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use shared::entropy::Entropy;
use shared::jwt::UnverifiedToken;
use shared::secret::PracticeKey;
use shared::time::{Clock, UnixTime};
use url::Url;
use uuid::Uuid;

use crate::daemon_certificate;
use crate::device::Devices;
use crate::directory::{Directory, KeyCredential, seed};
use crate::lifetimes::Lifetimes;
use crate::options::{Addresses, Options, StartError};
use crate::recording::Recordings;
use crate::session::Session;
use crate::sign_in::Interaction;
use crate::signing_keys::{SavedKeys, SigningKeys};
use crate::snapshots::Snapshots;
use crate::state::{Changes, SavedTenant, Saver, StateFolder, Version};
use crate::store::Store;
use crate::token::{IssuedCode, IssuedRefreshToken};

/// Everything behind the endpoints, shared by all listeners.
pub(crate) struct Tenant {
    pub(crate) addresses: Addresses,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) keys: Arc<SigningKeys>,
    pub(crate) practice_key: PracticeKey,
    pub(crate) interactions: Store<Interaction>,
    pub(crate) sessions: Arc<Store<Session>>,
    pub(crate) codes: Store<IssuedCode>,
    pub(crate) devices: Devices,
    pub(crate) refresh_tokens: Arc<Store<IssuedRefreshToken>>,
    directory: Arc<RwLock<Directory>>,
    lifetimes: Arc<RwLock<Lifetimes>>,
    pub(crate) snapshots: Arc<Snapshots>,
    pub(crate) recordings: Recordings,
    pub(crate) changes: Changes,
    pub(crate) seed: Seed,
    /// Without one, everything is forgotten at the end.
    _saver: Option<Saver>,
}

/// What a tenant holds before anybody does anything.
#[derive(Default)]
pub(crate) struct Seed {
    spa_redirect_uris: Vec<String>,
    daemon_certificate: Option<KeyCredential>,
    /// Where Graph is found here, which are names of Graph.
    graph_names: Vec<String>,
}

impl Tenant {
    /// Starts with what the state folder holds, or else with the seed.
    pub(crate) fn open(
        options: Options,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let Options {
            public_origin,
            secure_origin,
            spa_redirect_uris,
            state,
        } = options;
        if let Some(uri) = spa_redirect_uris
            .iter()
            .find(|uri| Url::parse(uri).is_err())
        {
            return Err(StartError::RedirectUri(uri.clone()));
        }
        let now = clock.now();
        let mut addresses = Addresses::new(public_origin, secure_origin)?;
        let mut seed = Seed {
            spa_redirect_uris,
            graph_names: addresses.of_graph(),
            ..Seed::default()
        };
        let mut saved = None;
        if let Some(folder) = &state {
            addresses.daemon_certificate = Some(daemon_certificate::file(folder));
            seed.daemon_certificate = Some(daemon_certificate::open(folder, now)?);
            saved = SavedTenant::read(folder)?;
        }
        let mut saved = match saved {
            Some(mut saved) => {
                for directory in saved.directories() {
                    seed::renew_microsofts(directory);
                    seed::name_graph(directory, &seed.graph_names);
                }
                saved
            }
            None => seed.tenant(now)?,
        };
        seed.register_new_addresses(&mut saved);
        let changes = Changes::default();
        let lasting = Lasting {
            sessions: Arc::new(Store::lasting(1_000, now, saved.sessions, &changes)),
            refresh_tokens: Arc::new(Store::lasting(10_000, now, saved.refresh_tokens, &changes)),
            directory: Arc::new(RwLock::new(saved.directory)),
            spa_redirect_uris: saved.spa_redirect_uris,
            keys: Arc::new(SigningKeys::restore(saved.keys)?),
            lifetimes: Arc::new(RwLock::new(saved.lifetimes)),
            snapshots: Arc::new(Snapshots::restore(saved.snapshots)),
        };
        Ok(Self {
            addresses,
            keys: Arc::clone(&lasting.keys),
            lifetimes: Arc::clone(&lasting.lifetimes),
            snapshots: Arc::clone(&lasting.snapshots),
            recordings: Recordings::default(),
            seed,
            practice_key: PracticeKey::new(entropy.token(32)),
            interactions: Store::new(1_000),
            sessions: Arc::clone(&lasting.sessions),
            codes: Store::new(1_000),
            devices: Devices::default(),
            refresh_tokens: Arc::clone(&lasting.refresh_tokens),
            directory: Arc::clone(&lasting.directory),
            _saver: state
                .map(|folder| lasting.save_in(folder, &changes))
                .transpose()?,
            changes,
            clock,
            entropy,
        })
    }

    /// Whether this tenant has signed a token, with a key that is still published.
    pub(crate) fn has_signed(&self, now: UnixTime, token: &UnverifiedToken<'_>) -> bool {
        let keys = self.keys.published(now);
        keys.iter().any(|key| key.has_signed(token))
    }

    /// Ends what was begun with a user's old password: sessions, and the refresh tokens of apps that cannot keep a
    /// secret (Entra "Refresh tokens", revocation).
    pub(crate) fn password_changed(&self, user: Uuid, now: UnixTime) {
        self.sessions
            .update_all(|session| session.accounts.retain(|account| account.user != user));
        self.refresh_tokens
            .update_all(|token| token.password_changed(user, now));
    }

    /// The directory, to read. Never held across an `await`.
    pub(crate) fn directory(&self) -> RwLockReadGuard<'_, Directory> {
        read(&self.directory)
    }

    /// The directory, to change. Never held across an `await`.
    pub(crate) fn directory_mut(&self) -> RwLockWriteGuard<'_, Directory> {
        let directory = self
            .directory
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Whoever saves it now waits for the change to be made.
        self.changes.announce();
        directory
    }

    /// How long things last.
    pub(crate) fn lifetimes(&self) -> Lifetimes {
        *read(&self.lifetimes)
    }

    /// Sets how long things last, and says what is set now.
    pub(crate) fn change_lifetimes(&self, change: impl FnOnce(&mut Lifetimes)) -> Lifetimes {
        let mut lifetimes = (self.lifetimes.write()).unwrap_or_else(PoisonError::into_inner);
        change(&mut lifetimes);
        self.changes.announce();
        *lifetimes
    }
}

/// What outlives a run, as the saver sees it.
struct Lasting {
    directory: Arc<RwLock<Directory>>,
    spa_redirect_uris: Vec<String>,
    keys: Arc<SigningKeys>,
    lifetimes: Arc<RwLock<Lifetimes>>,
    snapshots: Arc<Snapshots>,
    sessions: Arc<Store<Session>>,
    refresh_tokens: Arc<Store<IssuedRefreshToken>>,
}

impl Lasting {
    /// Keeps the folder up to date from now on.
    fn save_in(self, folder: StateFolder, changes: &Changes) -> Result<Saver, StartError> {
        changes.announce();
        let save = move || {
            if let Err(error) = self.now().write(&folder) {
                tracing::error!(%error, "the practice tenant's state could not be saved");
            }
        };
        Saver::start(changes, save).map_err(StartError::Saver)
    }

    fn now(&self) -> SavedTenant {
        // One lock after the other: whoever returns to a snapshot holds several.
        let directory = read(&self.directory).clone();
        let snapshots = self.snapshots.hold().all().to_vec();
        SavedTenant {
            version: Version::default(),
            directory,
            spa_redirect_uris: self.spa_redirect_uris.clone(),
            keys: self.keys.saved(),
            lifetimes: *read(&self.lifetimes),
            snapshots,
            sessions: self.sessions.entries(),
            refresh_tokens: self.refresh_tokens.entries(),
        }
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

impl Seed {
    fn tenant(&self, now: UnixTime) -> Result<SavedTenant, StartError> {
        Ok(SavedTenant {
            version: Version::default(),
            directory: self.directory(now),
            spa_redirect_uris: self.spa_redirect_uris.clone(),
            keys: SavedKeys::of_a_new_tenant(now)?,
            lifetimes: Lifetimes::default(),
            snapshots: Vec::new(),
            sessions: Vec::new(),
            refresh_tokens: Vec::new(),
        })
    }

    pub(crate) fn directory(&self, now: UnixTime) -> Directory {
        let mut directory = seed::directory(&self.spa_redirect_uris, now);
        seed::name_graph(&mut directory, &self.graph_names);
        if let Some(daemon) = directory.application_mut(seed::DAEMON) {
            let certificate = self.daemon_certificate.clone();
            daemon.key_credentials.extend(certificate);
        }
        directory
    }

    /// Registers addresses of the SPA that are new at this start.
    fn register_new_addresses(&self, saved: &mut SavedTenant) {
        let known = &mut saved.spa_redirect_uris;
        let new = self.spa_redirect_uris.iter();
        let new: Vec<_> = new.filter(|uri| !known.contains(uri)).cloned().collect();
        known.extend(new.iter().cloned());
        for directory in saved.directories() {
            if let Some(client) = directory.application_mut(seed::CLIENT) {
                client.spa.redirect_uris.extend(new.iter().cloned());
            }
        }
    }
}
