//! A map whose entries expire and whose size is bounded: nothing a stranger sends can make memory grow without end.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared::time::UnixTime;

use crate::state::Changes;

/// Values under unguessable keys. When it is full, the entry that would expire first makes room.
///
/// The keys are cookies, codes and tokens: only their digests are kept, so that nobody who sees the store (or a file
/// made of it) can use one.
#[derive(Debug)]
pub(crate) struct Store<V> {
    capacity: usize,
    entries: Mutex<Entries<V>>,
    changes: Changes,
}

#[derive(Debug)]
struct Entries<V> {
    values: HashMap<String, (Turn, V)>,
    turns: BTreeMap<Turn, String>,
    counter: u64,
}

/// A value as it is saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry<V> {
    /// The key's digest.
    key: String,
    expires: UnixTime,
    value: V,
}

/// When an entry expires; the counter tells apart those of the same second.
type Turn = (UnixTime, u64);

impl<V: Clone> Store<V> {
    /// A store of at most `capacity` values.
    pub(crate) fn new(capacity: usize) -> Self {
        let entries = Entries {
            values: HashMap::new(),
            turns: BTreeMap::new(),
            counter: 0,
        };
        Self {
            capacity,
            entries: Mutex::new(entries),
            changes: Changes::default(),
        }
    }

    /// A store of at most `capacity` values that outlive a run: those that were `saved`, and every change is announced.
    pub(crate) fn lasting(
        capacity: usize,
        now: UnixTime,
        saved: Vec<Entry<V>>,
        changes: &Changes,
    ) -> Self {
        let mut store = Self::new(capacity);
        store.replace(now, saved);
        store.changes = changes.clone();
        store
    }

    /// Forgets everything but what was `saved`.
    pub(crate) fn replace(&self, now: UnixTime, saved: Vec<Entry<V>>) {
        self.clear();
        for Entry {
            key,
            expires,
            value,
        } in saved
        {
            self.insert_digest(now, key, expires, value);
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        let mut entries = self.lock();
        entries.values.clear();
        entries.turns.clear();
        self.changes.announce();
    }

    /// Everything, to be saved.
    pub(crate) fn entries(&self) -> Vec<Entry<V>> {
        let entries = self.lock();
        let entries = entries.turns.iter().filter_map(|((expires, _), key)| {
            let (_, value) = entries.values.get(key)?;
            Some(Entry {
                key: key.clone(),
                expires: *expires,
                value: value.clone(),
            })
        });
        entries.collect()
    }

    /// A panic elsewhere leaves whole entries behind, so the lock stays usable.
    fn lock(&self) -> MutexGuard<'_, Entries<V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps `value` under `key` until `expires`.
    pub(crate) fn insert(&self, now: UnixTime, key: &str, expires: UnixTime, value: V) {
        self.insert_digest(now, digest(key), expires, value);
    }

    fn insert_digest(&self, now: UnixTime, key: String, expires: UnixTime, value: V) {
        let mut entries = self.lock();
        entries.remove(&key);
        while let Some((&turn, _)) = entries.turns.first_key_value() {
            if turn.0 > now && entries.values.len() < self.capacity {
                break;
            }
            if let Some(key) = entries.turns.remove(&turn) {
                entries.values.remove(&key);
            }
        }
        entries.counter += 1;
        let turn = (expires, entries.counter);
        entries.turns.insert(turn, key.clone());
        entries.values.insert(key, (turn, value));
        self.changes.announce();
    }

    /// A copy of the value, unless it has expired.
    pub(crate) fn get(&self, now: UnixTime, key: &str) -> Option<V> {
        let entries = self.lock();
        let (turn, value) = entries.values.get(&digest(key))?;
        (turn.0 > now).then(|| value.clone())
    }

    /// Removes the value and hands it over: of several callers only one gets it.
    pub(crate) fn take(&self, now: UnixTime, key: &str) -> Option<V> {
        let (turn, value) = self.lock().remove(&digest(key))?;
        self.changes.announce();
        (turn.0 > now).then_some(value)
    }

    /// Changes every value.
    pub(crate) fn update_all(&self, mut change: impl FnMut(&mut V)) {
        let mut entries = self.lock();
        for (_, value) in entries.values.values_mut() {
            change(value);
        }
        drop(entries);
        self.changes.announce();
    }

    /// Looks at the value and may change it, while nobody else does.
    pub(crate) fn update<R>(
        &self,
        now: UnixTime,
        key: &str,
        change: impl FnOnce(&mut V) -> R,
    ) -> Option<R> {
        let mut entries = self.lock();
        let (turn, value) = entries.values.get_mut(&digest(key))?;
        self.changes.announce();
        (turn.0 > now).then(|| change(value))
    }
}

fn digest(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(key))
}

impl<V> Entries<V> {
    fn remove(&mut self, key: &str) -> Option<(Turn, V)> {
        let entry = self.values.remove(key)?;
        self.turns.remove(&entry.0);
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(100);

    fn store(capacity: usize, entries: &[(&str, i64)]) -> Store<i64> {
        let store = Store::new(capacity);
        for (key, expires) in entries {
            store.insert(NOW, key, UnixTime(*expires), *expires);
        }
        store
    }

    #[test]
    fn a_value_is_there_until_the_second_it_expires() {
        let store = store(9, &[("a", 110)]);
        assert_eq!(store.get(UnixTime(109), "a"), Some(110));
        assert_eq!(store.get(UnixTime(110), "a"), None);
        assert_eq!(store.take(UnixTime(110), "a"), None);
    }

    #[test]
    fn a_flood_pushes_out_what_would_have_expired_first_and_never_exceeds_the_bound() {
        let store = store(2, &[("late", 300), ("early", 200), ("new", 250)]);
        assert_eq!(store.get(NOW, "early"), None);
        assert_eq!(store.get(NOW, "late"), Some(300));
        for number in 0..1000 {
            store.insert(NOW, &number.to_string(), UnixTime(400), 1);
        }
        assert_eq!(store.lock().values.len(), 2);
        assert_eq!(store.lock().turns.len(), 2);
    }

    #[test]
    fn expired_values_are_swept_when_something_new_comes() {
        let store = store(9, &[("a", 110), ("b", 120)]);
        store.insert(UnixTime(115), "c", UnixTime(130), 0);
        assert_eq!(store.lock().values.len(), 2);
    }

    #[test]
    fn a_value_can_be_taken_once() {
        let store = store(9, &[("a", 110)]);
        assert_eq!(store.take(NOW, "a"), Some(110));
        assert_eq!(store.take(NOW, "a"), None);
    }

    #[test]
    fn replacing_a_value_leaves_no_trace_of_the_old_one() {
        let store = store(9, &[("a", 110), ("a", 120)]);
        assert_eq!(store.lock().turns.len(), 1);
        assert_eq!(store.get(UnixTime(115), "a"), Some(120));
    }

    #[test]
    fn what_is_saved_can_be_put_back_and_does_not_tell_the_keys() {
        let saved = store(9, &[("a-cookie", 110), ("a-token", 120)]).entries();
        assert!(!serde_json::to_string(&saved).unwrap().contains("a-"));
        let later = UnixTime(115);
        let store = Store::lasting(9, later, saved, &Changes::default());
        assert_eq!(store.get(later, "a-cookie"), None);
        assert_eq!(store.get(later, "a-token"), Some(120));
    }
}
