//! One call: who makes it, what it names, what it asks and what it brings; and what comes back.

use serde_json::Value;
use shared::jwt::Object;

use super::caller::Caller;
use super::error::GraphError;
use super::odata::{Key, Query};
use crate::Face;
use crate::exchange::Exchange;

/// A call that was let in.
pub(crate) struct Call<'c> {
    pub(crate) face: &'c Face,
    pub(crate) exchange: Exchange,
    pub(crate) caller: Caller,
    /// The keys in the address, from left to right.
    pub(crate) keys: Vec<Key>,
    pub(crate) query: Query,
    pub(crate) body: Object,
    /// The address of the service as the caller knows it: `https://…/graph/v1.0`.
    pub(crate) base: String,
    /// The whole address without the query.
    pub(crate) path: String,
}

/// What comes back.
#[derive(Debug)]
pub(crate) enum Reply {
    Ok(Value),
    Created(Value),
    NoContent,
    /// The answer of `$count`, which is plain text.
    Number(usize),
}

impl Call<'_> {
    /// A key of the address. Which there are, the table of calls says.
    pub(crate) fn key(&self, position: usize) -> Result<&Key, GraphError> {
        self.keys.get(position).ok_or(GraphError::MalformedPath)
    }

    /// The address of the service, and of the list.
    pub(crate) fn addresses(&self) -> (&str, &str) {
        (&self.base, &self.path)
    }
}
