//! The keys of the tenant: one that signs, one that is announced as the next, and those of yesterday, still published
//! so that the tokens they signed can be verified (Entra "Signing key rollover").

use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::secret::{PrivateKey, exposed};
use shared::time::UnixTime;

use crate::keys::SigningKey;
use crate::options::StartError;

/// Most keys of yesterday that are published: a key set is read by programs that bound it.
const MOST_RETIRED: usize = 8;

/// The signing keys.
pub(crate) struct SigningKeys(RwLock<KeySet>);

struct KeySet {
    active: Kept,
    /// Published beside the active one, as Entra always publishes more than one: whoever takes the first key instead of
    /// the named one finds out here.
    next: Kept,
    retired: Vec<Retired>,
}

/// A key, and how it is saved.
#[derive(Clone)]
pub(crate) struct Kept {
    key: Arc<SigningKey>,
    pem: PrivateKey,
}

struct Retired {
    kept: Kept,
    until: UnixTime,
}

/// The signing keys as they are saved, each with its certificate, as PEM.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedKeys {
    #[serde(with = "exposed")]
    active: PrivateKey,
    #[serde(with = "exposed")]
    next: PrivateKey,
    #[serde(default)]
    retired: Vec<SavedRetired>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SavedRetired {
    #[serde(with = "exposed")]
    key: PrivateKey,
    until: UnixTime,
}

/// More rollovers within one grace time than keys can be kept.
#[derive(Debug)]
pub(crate) struct TooManyRetired;

/// The names of the keys.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyNames {
    active: String,
    next: String,
    retired: Vec<RetiredName>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct RetiredName {
    kid: String,
    /// Published until then.
    until: UnixTime,
}

impl Kept {
    pub(crate) fn generate(now: UnixTime) -> Result<Self, StartError> {
        let key = SigningKey::generate(now)?;
        Ok(Self {
            pem: key.to_pem()?,
            key: Arc::new(key),
        })
    }

    fn restore(pem: PrivateKey) -> Result<Self, StartError> {
        let key = Arc::new(SigningKey::from_pem(&pem)?);
        Ok(Self { key, pem })
    }
}

impl SavedKeys {
    /// The keys of a new tenant.
    pub(crate) fn of_a_new_tenant(now: UnixTime) -> Result<Self, StartError> {
        if cfg!(test) {
            // Making two keys takes half a second, and there are hundreds of unit tests: all have the same ones.
            static SHARED: OnceLock<SavedKeys> = OnceLock::new();
            return Ok(SHARED
                .get_or_init(|| Self::generate(now).expect("the tests' keys"))
                .clone());
        }
        Self::generate(now)
    }

    fn generate(now: UnixTime) -> Result<Self, StartError> {
        Ok(Self {
            active: Kept::generate(now)?.pem,
            next: Kept::generate(now)?.pem,
            retired: Vec::new(),
        })
    }
}

impl SigningKeys {
    pub(crate) fn restore(saved: SavedKeys) -> Result<Self, StartError> {
        let retired = saved.retired.into_iter().map(|retired| {
            Ok(Retired {
                kept: Kept::restore(retired.key)?,
                until: retired.until,
            })
        });
        Ok(Self(RwLock::new(KeySet {
            active: Kept::restore(saved.active)?,
            next: Kept::restore(saved.next)?,
            retired: retired.collect::<Result<_, StartError>>()?,
        })))
    }

    pub(crate) fn saved(&self) -> SavedKeys {
        let keys = self.read();
        let retired = keys.retired.iter().map(|retired| SavedRetired {
            key: retired.kept.pem.clone(),
            until: retired.until,
        });
        SavedKeys {
            active: keys.active.pem.clone(),
            next: keys.next.pem.clone(),
            retired: retired.collect(),
        }
    }

    /// The key that signs.
    pub(crate) fn active(&self) -> Arc<SigningKey> {
        Arc::clone(&self.read().active.key)
    }

    /// All keys that verify, the next one first.
    pub(crate) fn published(&self, now: UnixTime) -> Vec<Arc<SigningKey>> {
        let keys = self.read();
        let retired = keys.retired.iter().filter(|retired| retired.until > now);
        [&keys.next, &keys.active]
            .into_iter()
            .chain(retired.map(|retired| &retired.kept))
            .map(|kept| Arc::clone(&kept.key))
            .collect()
    }

    pub(crate) fn names(&self, now: UnixTime) -> KeyNames {
        let keys = self.read();
        let retired = keys.retired.iter().filter(|retired| retired.until > now);
        KeyNames {
            active: keys.active.key.kid().to_owned(),
            next: keys.next.key.kid().to_owned(),
            retired: retired
                .map(|retired| RetiredName {
                    kid: retired.kept.key.kid().to_owned(),
                    until: retired.until,
                })
                .collect(),
        }
    }

    /// Whether one more key could be retired.
    pub(crate) fn may_retire(&self, now: UnixTime) -> Result<(), TooManyRetired> {
        let retired = self
            .read()
            .retired
            .iter()
            .filter(|key| key.until > now)
            .count();
        if retired < MOST_RETIRED {
            Ok(())
        } else {
            Err(TooManyRetired)
        }
    }

    /// The key that was announced signs from now on, `fresh` is announced, and the old one is published for `grace`.
    pub(crate) fn roll_over(
        &self,
        now: UnixTime,
        fresh: Kept,
        grace: Duration,
    ) -> Result<(), TooManyRetired> {
        let mut keys = self.write();
        keys.retired.retain(|retired| retired.until > now);
        if keys.retired.len() >= MOST_RETIRED {
            return Err(TooManyRetired);
        }
        let announced = std::mem::replace(&mut keys.next, fresh);
        let kept = std::mem::replace(&mut keys.active, announced);
        let until = now + grace;
        if until > now {
            keys.retired.push(Retired { kept, until });
        }
        Ok(())
    }

    /// Every key that was ever published is gone at once, as if somebody had stolen them.
    pub(crate) fn replace(&self, active: Kept, next: Kept) {
        *self.write() = KeySet {
            active,
            next,
            retired: Vec::new(),
        };
    }

    /// Keys that no other test's tenant has (see [`SavedKeys::of_a_new_tenant`]).
    #[cfg(test)]
    pub(crate) fn replace_by_own(&self, now: UnixTime) {
        let own = || Kept::generate(now).unwrap();
        self.replace(own(), own());
    }

    fn read(&self) -> RwLockReadGuard<'_, KeySet> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, KeySet> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
