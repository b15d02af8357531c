//! What survives a reload: entries in `sessionStorage`, which belongs to this tab and ends with it.
//!
//! Never `localStorage`: a token there would outlive the lesson and be seen by every tab.

use gloo_storage::{SessionStorage, Storage as _};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An entry's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The sign-in that will be begun next.
    Prepared,
    /// The sign-in whose answer is awaited.
    Pending,
    /// The tokens.
    Tokens,
    /// What is remembered of this sign-in for showing.
    Journey,
    /// The recorded messages.
    Wire,
}

impl Entry {
    fn key(self) -> &'static str {
        match self {
            Entry::Prepared => "entra-workshop.prepared",
            Entry::Pending => "entra-workshop.pending",
            Entry::Tokens => "entra-workshop.tokens",
            Entry::Journey => "entra-workshop.journey",
            Entry::Wire => "entra-workshop.wire",
        }
    }
}

/// Reads an entry. One that cannot be read, say from an older version of this app, counts as absent.
pub fn load<T: DeserializeOwned>(entry: Entry) -> Option<T> {
    SessionStorage::get(entry.key()).ok()
}

/// Reads an entry and deletes it, readable or not: what is taken cannot be used twice.
pub fn take<T: DeserializeOwned>(entry: Entry) -> Option<T> {
    let value = load(entry);
    forget(entry);
    value
}

/// Writes an entry. A full storage is no reason to stop: the lesson goes on until the next reload.
pub fn save<T: Serialize>(entry: Entry, value: &T) {
    let _ = SessionStorage::set(entry.key(), value);
}

/// Deletes an entry.
pub fn forget(entry: Entry) {
    SessionStorage::delete(entry.key());
}

/// Deletes everything.
pub fn clear() {
    SessionStorage::clear();
}
