//! One file per endpoint.

pub(crate) mod admin;
pub(crate) mod explain;
pub(crate) mod healthz;
pub(crate) mod me;
pub(crate) mod profile;
pub(crate) mod readyz;
pub(crate) mod resource_metadata;
pub(crate) mod service;
