//! The API from outside: requests in, answers out, with an authority that a test controls.

#![expect(clippy::unwrap_used, reason = "what cannot be set up is a failed test")]

mod authority;
mod explain;
mod keys;
mod opens;
mod oracle;
mod program;
mod refuses;
mod surface;
mod world;
