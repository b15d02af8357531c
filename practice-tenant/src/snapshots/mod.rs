//! States of the tenant to return to: taken by hand, before a reset, or with a lease that returns to them by itself when
//! whoever changes the tenant for a while does not come back.

mod returning;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::time::UnixTime;
use uuid::Uuid;

use crate::directory::Directory;
use crate::lifetimes::Lifetimes;
use crate::session::Session;
use crate::store::Entry;
use crate::token::IssuedRefreshToken;

/// Most snapshots that somebody asked for.
const MOST_ASKED_FOR: usize = 8;
/// Most that were taken without being asked for; the oldest makes room.
const MOST_AUTOMATIC: usize = 4;

/// Everything that can be different after a change, but for the signing keys: they only ever go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Moment {
    pub(crate) directory: Directory,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) sessions: Vec<Entry<Session>>,
    pub(crate) refresh_tokens: Vec<Entry<IssuedRefreshToken>>,
}

/// A state to return to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Snapshot {
    #[serde(flatten)]
    pub(crate) label: Label,
    pub(crate) state: Moment,
}

/// What a snapshot is known by.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) id: Uuid,
    /// When it was taken.
    pub(crate) taken: UnixTime,
    /// Without one it is returned to when somebody says so.
    pub(crate) lease: Option<Lease>,
    /// Whether it was taken because something else was about to be lost.
    pub(crate) automatic: bool,
}

/// Until when its holder must have shown up again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Lease {
    pub(crate) seconds: u32,
    pub(crate) until: UnixTime,
}

impl Lease {
    pub(crate) fn new(now: UnixTime, seconds: u32) -> Self {
        Self {
            seconds,
            until: now + Duration::from_secs(seconds.into()),
        }
    }
}

/// The snapshots there are, in the order in which they were taken.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(Mutex<Vec<Snapshot>>);

/// There is no room for one more.
#[derive(Debug)]
pub(crate) struct TooManySnapshots;

/// The snapshots while nobody else changes them, so that a return is over before the next request sees anything.
pub(crate) struct Held<'a>(MutexGuard<'a, Vec<Snapshot>>);

impl Snapshots {
    pub(crate) fn restore(saved: Vec<Snapshot>) -> Self {
        Self(Mutex::new(saved))
    }

    pub(crate) fn hold(&self) -> Held<'_> {
        Held(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Held<'_> {
    pub(crate) fn all(&self) -> &[Snapshot] {
        &self.0
    }

    pub(crate) fn find(&mut self, id: Uuid) -> Option<&mut Snapshot> {
        self.0.iter_mut().find(|snapshot| snapshot.label.id == id)
    }

    pub(crate) fn add(&mut self, snapshot: Snapshot) -> Result<(), TooManySnapshots> {
        let asked_for = self.0.iter().filter(|known| !known.label.automatic);
        if asked_for.count() >= MOST_ASKED_FOR {
            return Err(TooManySnapshots);
        }
        self.0.push(snapshot);
        Ok(())
    }

    /// Adds one that nobody asked for, in the place of the oldest of its kind if there are many.
    pub(crate) fn add_automatic(&mut self, snapshot: Snapshot) {
        let automatic = |known: &Snapshot| known.label.automatic;
        if self.0.iter().filter(|known| automatic(known)).count() >= MOST_AUTOMATIC
            && let Some(oldest) = self.0.iter().position(automatic)
        {
            self.0.remove(oldest);
        }
        self.0.push(snapshot);
    }

    pub(crate) fn remove(&mut self, id: Uuid) -> Option<Snapshot> {
        let index = self.0.iter().position(|known| known.label.id == id)?;
        Some(self.0.remove(index))
    }

    /// The state to return to because of `id`. Leases that began later end with it: what they would return to is what
    /// is being undone. Its own ends too; without a lease it can be returned to again.
    pub(crate) fn return_to(&mut self, id: Uuid) -> Option<Moment> {
        let index = self.0.iter().position(|known| known.label.id == id)?;
        let state = self.0[index].state.clone();
        let later = self.0.split_off(index);
        let lasting = later
            .into_iter()
            .filter(|known| known.label.lease.is_none());
        self.0.extend(lasting);
        Some(state)
    }

    /// Ends every lease: nobody returns to anything by themselves any more.
    pub(crate) fn end_leases(&mut self) {
        self.0.retain(|known| known.label.lease.is_none());
    }

    /// The state to return to because a lease is over.
    pub(crate) fn overdue(&mut self, now: UnixTime) -> Option<Moment> {
        let over = |known: &&Snapshot| known.label.lease.is_some_and(|lease| lease.until <= now);
        let id = self.0.iter().find(over)?.label.id;
        self.return_to(id)
    }
}
