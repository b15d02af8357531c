//! The tokens: an access token for a user or for an application, and an ID token for the client (Entra "Access token
//! claims reference" and "ID token claims reference").

mod access;
mod claims;
mod id;
mod optional;

pub(crate) use access::{Issued, for_application, for_user};
pub(crate) use claims::pairwise_subject;
pub(crate) use id::{Hashed, id_token};

use uuid::Uuid;

/// The client that a token is given to.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    /// Its application id.
    pub(crate) id: Uuid,
    /// How it has proven itself (`appidacr`, `azpacr`): "0" not at all, "1" by a secret, "2" by a certificate.
    pub(crate) authenticated: &'static str,
    /// Whether it says that it can answer a claims challenge (`cp1`).
    pub(crate) capable: bool,
}

#[cfg(test)]
mod tests;
