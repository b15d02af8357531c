//! The authority's keys: fetched when needed, kept while they are good, never fetched more often than agreed.
//!
//! * The first lookup fetches. A key that is unknown afterwards makes the keys be fetched again, because the authority
//!   may have changed them, but only once per interval (Microsoft advises five minutes): otherwise anybody could make
//!   this server hammer the authority with made-up tokens.
//! * One fetch at a time; whoever needs the keys meanwhile waits for it.
//! * Keys survive an authority that is down or talks nonsense, for a day. A failed fetch is repeated after seconds, not
//!   after the interval.

mod fetch;
mod jwks;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use shared::time::{Clock, UnixTime};

pub(crate) use fetch::Source;
pub(crate) use jwks::Key;

/// After this time the keys are fetched again in the background, so that a withdrawn key goes away.
const FRESH_SECONDS: i64 = 60 * 60;
/// After this time without a successful fetch keys are not trusted any more.
const KEPT_SECONDS: i64 = 24 * 60 * 60;
/// Between a failed fetch and the next.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// The keys of all trusted authorities.
pub(crate) struct Keys {
    sources: Vec<Source>,
    interval: Duration,
    clock: Arc<dyn Clock>,
    known: RwLock<Known>,
    one_at_a_time: tokio::sync::Mutex<()>,
}

/// What was fetched, and when.
#[derive(Default)]
struct Known {
    /// In the order of the sources.
    sets: Vec<Option<KeySet>>,
    /// Until when nothing is fetched because of an unknown key.
    paused: Option<Pause>,
    /// How many refreshes have ended.
    refreshes: u64,
}

#[derive(Clone, Copy)]
struct Pause {
    since: UnixTime,
    length: Duration,
}

struct KeySet {
    keys: Vec<Arc<Key>>,
    fetched: UnixTime,
}

/// Why the keys are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    UnknownKey,
    Age,
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The authorities do not have it.
    Unknown,
    /// Some authority could not be asked.
    Unavailable,
}

impl Keys {
    pub(crate) fn new(sources: Vec<Source>, interval: Duration, clock: Arc<dyn Clock>) -> Self {
        let sets = sources.iter().map(|_| None).collect();
        Self {
            sources,
            interval,
            clock,
            known: RwLock::new(Known {
                sets,
                ..Known::default()
            }),
            one_at_a_time: tokio::sync::Mutex::default(),
        }
    }

    /// The key of this name; if several authorities use the name, the one whose issuer is `preferred`.
    pub(crate) async fn find(
        self: &Arc<Self>,
        kid: &str,
        preferred: impl Fn(&str) -> bool,
    ) -> Result<Arc<Key>, NoKey> {
        if let Some(key) = self.cached(kid, &preferred) {
            self.freshen();
            return Ok(key);
        }
        self.refresh().await;
        match self.cached(kid, &preferred) {
            Some(key) => Ok(key),
            None if self.complete() => Err(NoKey::Unknown),
            None => Err(NoKey::Unavailable),
        }
    }

    /// Whether every authority's keys are known; asks for them if not.
    pub(crate) async fn ready(self: &Arc<Self>) -> bool {
        if !self.complete() {
            self.refresh().await;
        }
        self.complete()
    }

    /// When it makes sense to ask again.
    pub(crate) fn retry_after_seconds(&self) -> u64 {
        let now = self.clock.now();
        self.read(|known| known.paused.and_then(|pause| pause.left(now)))
            .unwrap_or(0)
            .max(1)
    }

    fn cached(&self, kid: &str, preferred: impl Fn(&str) -> bool) -> Option<Arc<Key>> {
        let now = self.clock.now();
        self.read(|known| {
            let sets = known
                .sets
                .iter()
                .flatten()
                .filter(|set| set.age(now) < KEPT_SECONDS);
            let mut named = sets
                .flat_map(|set| &set.keys)
                .filter(|key| key.kid() == kid)
                .peekable();
            let first = named.peek().copied();
            named.find(|key| preferred(key.issuer())).or(first).cloned()
        })
    }

    fn complete(&self) -> bool {
        let now = self.clock.now();
        self.read(|known| {
            known
                .sets
                .iter()
                .all(|set| set.as_ref().is_some_and(|set| set.age(now) < KEPT_SECONDS))
        })
    }

    /// Fetches in the background what has become old.
    fn freshen(self: &Arc<Self>) {
        let now = self.clock.now();
        let old = self.read(|known| {
            !known.paused(now)
                && known
                    .sets
                    .iter()
                    .flatten()
                    .any(|set| set.age(now) >= FRESH_SECONDS)
        });
        if old && self.one_at_a_time.try_lock().is_ok() {
            let keys = Arc::clone(self);
            let refreshes = self.read(|known| known.refreshes);
            tokio::spawn(async move { keys.refresh_since(refreshes, Reason::Age).await });
        }
    }

    /// Fetches the keys, unless that was done a moment ago.
    async fn refresh(self: &Arc<Self>) {
        let now = self.clock.now();
        let (paused, refreshes) = self.read(|known| (known.paused(now), known.refreshes));
        if paused {
            return;
        }
        // A task of its own: a client that hangs up must not stop a fetch that others wait for.
        let keys = Arc::clone(self);
        let fetched =
            tokio::spawn(async move { keys.refresh_since(refreshes, Reason::UnknownKey).await })
                .await;
        if let Err(error) = fetched {
            tracing::error!(%error, "the refresh of the keys stopped");
        }
    }

    async fn refresh_since(&self, refreshes: u64, reason: Reason) {
        let _turn = self.one_at_a_time.lock().await;
        if self.read(|known| known.refreshes) != refreshes {
            return;
        }
        let was_complete = self.complete();
        let fetched = futures_util::future::join_all(self.sources.iter().map(Source::fetch)).await;
        let now = self.clock.now();
        let mut all_good = true;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for ((set, source), fetched) in known.sets.iter_mut().zip(&self.sources).zip(fetched) {
            match fetched {
                Ok(keys) => {
                    tracing::info!(url = %source.url(), keys = keys.len(), "fetched keys");
                    *set = Some(KeySet {
                        keys: keys.into_iter().map(Arc::new).collect(),
                        fetched: now,
                    });
                }
                Err(error) => {
                    all_good = false;
                    tracing::warn!(url = %source.url(), %error, "could not fetch keys");
                }
            }
        }
        known.refreshes += 1;
        // Neither the first load nor a refresh for age keeps the next unknown key from asking at once.
        if !all_good {
            let length = self.interval.min(PAUSE_AFTER_FAILURE);
            known.paused = Some(Pause { since: now, length });
        } else if was_complete && reason == Reason::UnknownKey {
            known.paused = Some(Pause {
                since: now,
                length: self.interval,
            });
        }
    }

    fn read<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Known {
    fn paused(&self, now: UnixTime) -> bool {
        self.paused.is_some_and(|pause| pause.left(now).is_some())
    }
}

impl Pause {
    /// Seconds left; `None` when it is over, or when the clock was set back behind its beginning.
    fn left(self, now: UnixTime) -> Option<u64> {
        let passed = u64::try_from(self.since.seconds_until(now)).ok()?;
        self.length
            .as_secs()
            .checked_sub(passed)
            .filter(|left| *left > 0)
    }
}

impl KeySet {
    fn age(&self, now: UnixTime) -> i64 {
        self.fetched.seconds_until(now)
    }
}
