//! Taking snapshots of the tenant and returning to them.

use shared::time::UnixTime;
use uuid::Uuid;

use super::{Held, Label, Lease, Moment, Snapshot, TooManySnapshots};
use crate::directory::seed;
use crate::lifetimes::Lifetimes;
use crate::practice::Beginning;
use crate::tenant::Tenant;

impl Tenant {
    /// Begins again, and says under which name what was there before can be had back.
    pub(crate) fn reset(&self, to: Beginning) -> Uuid {
        let now = self.clock.now();
        let mut snapshots = self.snapshots.hold();
        snapshots.end_leases();
        let undo = self.keep_for_undo(&mut snapshots, now);
        let mut directory = self.seed.directory(now);
        if to == Beginning::Bare {
            seed::bare::strip(&mut directory);
        }
        let beginning = Moment {
            directory,
            lifetimes: Lifetimes::default(),
            sessions: Vec::new(),
            refresh_tokens: Vec::new(),
        };
        self.become_as(now, beginning);
        undo
    }

    pub(crate) fn take_snapshot(&self, lease: Option<Lease>) -> Result<Label, TooManySnapshots> {
        let mut snapshots = self.snapshots.hold();
        let snapshot = self.snapshot(self.clock.now(), lease);
        let label = snapshot.label;
        snapshots.add(snapshot)?;
        self.changes.announce();
        Ok(label)
    }

    /// Returns to a snapshot, and says under which name what was there before can be had back.
    pub(crate) fn return_to(&self, id: Uuid) -> Option<Uuid> {
        let now = self.clock.now();
        let mut snapshots = self.snapshots.hold();
        let state = snapshots.return_to(id)?;
        let undo = self.keep_for_undo(&mut snapshots, now);
        self.become_as(now, state);
        Some(undo)
    }

    /// Returns to the snapshot whose lease is over, if there is one. Called before anything else is done with a request.
    pub(crate) fn settle(&self, now: UnixTime) {
        let mut snapshots = self.snapshots.hold();
        if let Some(state) = snapshots.overdue(now) {
            self.become_as(now, state);
        }
    }

    fn keep_for_undo(&self, snapshots: &mut Held<'_>, now: UnixTime) -> Uuid {
        let mut snapshot = self.snapshot(now, None);
        snapshot.label.automatic = true;
        let id = snapshot.label.id;
        snapshots.add_automatic(snapshot);
        id
    }

    fn snapshot(&self, now: UnixTime, lease: Option<Lease>) -> Snapshot {
        Snapshot {
            label: Label {
                id: self.entropy.guid(),
                taken: now,
                lease,
                automatic: false,
            },
            state: Moment {
                directory: self.directory().clone(),
                lifetimes: self.lifetimes(),
                sessions: self.sessions.entries(),
                refresh_tokens: self.refresh_tokens.entries(),
            },
        }
    }

    /// Becomes what `moment` says. Codes and sign-ins that are under way belong to what was, and end.
    fn become_as(&self, now: UnixTime, moment: Moment) {
        let mut directory = self.directory_mut();
        *directory = moment.directory;
        self.change_lifetimes(|lifetimes| *lifetimes = moment.lifetimes);
        self.sessions.replace(now, moment.sessions);
        self.refresh_tokens.replace(now, moment.refresh_tokens);
        self.interactions.clear();
        self.codes.clear();
        self.devices.clear();
    }
}
