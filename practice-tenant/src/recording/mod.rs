//! What the tenant saw and why it answered as it did, for whoever asks by the correlation ID that a client has chosen.
//!
//! Secrets are masked when they are recorded; both lists are bounded, the oldest entries make room.

mod decision;
mod message;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use serde::Serialize;
use shared::time::UnixTime;
use uuid::Uuid;

pub(crate) use decision::{Check, Decision, found, refused, refused_by_code};
pub(crate) use message::Message;

use crate::Face;
use crate::exchange::Exchange;
use message::Seen;

const MOST_MESSAGES: usize = 256;
const MOST_DECISIONS: usize = 512;
/// Most bytes that the recorded messages had on the wire, together: taken apart into fields they need many times that.
const HEAVIEST: usize = 1024 * 1024;

/// The latest messages and decisions.
#[derive(Debug)]
pub(crate) struct Recordings {
    pub(crate) messages: Ring<Message>,
    pub(crate) decisions: Ring<Decision>,
}

impl Default for Recordings {
    fn default() -> Self {
        Self {
            messages: Ring::new(MOST_MESSAGES, HEAVIEST),
            decisions: Ring::new(MOST_DECISIONS, usize::MAX),
        }
    }
}

/// How an entry is found.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Label {
    pub(crate) correlation_id: Uuid,
    pub(crate) trace_id: Uuid,
    pub(crate) at: UnixTime,
}

/// Entries in the order in which they came, as many as there is room for.
#[derive(Debug)]
pub(crate) struct Ring<T> {
    most: usize,
    heaviest: usize,
    entries: Mutex<Entries<T>>,
}

#[derive(Debug)]
struct Entries<T> {
    /// Each with its weight.
    queue: VecDeque<(usize, T)>,
    weight: usize,
}

impl<T: Clone> Ring<T> {
    fn new(most: usize, heaviest: usize) -> Self {
        let entries = Entries {
            queue: VecDeque::new(),
            weight: 0,
        };
        Self {
            most,
            heaviest,
            entries: Mutex::new(entries),
        }
    }

    /// The oldest entries make room, but the new one is kept whatever it weighs.
    fn add(&self, weight: usize, entry: T) {
        let mut entries = self.lock();
        entries.queue.push_back((weight, entry));
        entries.weight += weight;
        while entries.queue.len() > 1
            && (entries.queue.len() > self.most || entries.weight > self.heaviest)
        {
            if let Some((weight, _)) = entries.queue.pop_front() {
                entries.weight -= weight;
            }
        }
    }

    /// The entries that fit, oldest first.
    pub(crate) fn find(&self, fits: impl Fn(&T) -> bool) -> Vec<T> {
        let entries = self.lock();
        let entries = entries.queue.iter().map(|(_, entry)| entry);
        entries.filter(|entry| fits(entry)).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Entries<T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records one request, its answer, and what was decided between them.
pub(crate) struct Recorder {
    label: Label,
    seen: Option<Seen>,
}

impl Recorder {
    /// Looks at a request on its way in.
    pub(crate) fn begin(
        face: &Face,
        exchange: &Exchange,
        request: axum::extract::Request,
    ) -> (Self, axum::extract::Request) {
        let label = Label {
            correlation_id: exchange.correlation_id,
            trace_id: exchange.trace_id,
            at: exchange.now,
        };
        if !worth_recording(&request) {
            return (Self { label, seen: None }, request);
        }
        let (seen, request) = Seen::of(&face.origin, request);
        let seen = Some(seen);
        (Self { label, seen }, request)
    }

    /// Lets `answering` answer, and keeps the decisions that it makes.
    pub(crate) async fn decisions(
        &self,
        face: &Face,
        answering: impl Future<Output = Response>,
    ) -> Response {
        let (response, steps) = decision::within(answering).await;
        if let Some(seen) = &self.seen {
            let decision = Decision::made(self.label, seen.summary(), response.status(), steps);
            if let Some(decision) = decision {
                face.tenant.recordings.decisions.add(0, decision);
            }
        }
        response
    }

    /// Looks at the answer on its way out.
    pub(crate) async fn end(self, face: &Face, response: Response) -> Response {
        let Some(seen) = self.seen else {
            return response;
        };
        let (weight, message, response) = seen.answered(self.label, response).await;
        face.tenant.recordings.messages.add(weight, message);
        response
    }
}

/// Style sheets say nothing, and reading the recordings must not fill them.
fn worth_recording(request: &axum::extract::Request) -> bool {
    let path = request.uri().path();
    let read_here = request.method().is_safe() && path.starts_with("/practice");
    !read_here && !path.starts_with("/assets/")
}

#[cfg(test)]
mod tests;
