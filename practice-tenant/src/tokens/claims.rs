//! The claims of one token, as they are put together.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shared::time::UnixTime;
use uuid::Uuid;

use crate::Face;
use crate::directory::User;
use crate::version::{self, Version};

/// Where a practice tenant's users sign in from.
pub(super) const IP_ADDRESS: &str = "127.0.0.1";

/// Claims in Entra's order: the five that RFC 7519 names, then the others by name.
#[derive(Serialize)]
pub(super) struct Claims {
    aud: String,
    iss: String,
    iat: UnixTime,
    nbf: UnixTime,
    exp: UnixTime,
    #[serde(flatten)]
    others: BTreeMap<&'static str, Value>,
}

/// From when until when a token is valid.
#[derive(Clone, Copy)]
pub(super) struct Validity {
    pub(super) from: UnixTime,
    pub(super) to: UnixTime,
}

impl Validity {
    pub(super) fn starting(now: UnixTime, lifetime: Duration) -> Self {
        Self {
            from: now,
            to: now + lifetime,
        }
    }
}

impl Claims {
    /// What every token says.
    pub(super) fn new(
        face: &Face,
        version: Version,
        tenant: Uuid,
        audience: impl Into<String>,
        validity: Validity,
    ) -> Self {
        let entropy = &face.tenant.entropy;
        let mut claims = Self {
            aud: audience.into(),
            iss: version::issuer(version, &face.origin, tenant),
            iat: validity.from,
            nbf: validity.from,
            exp: validity.to,
            others: BTreeMap::new(),
        };
        claims.set("aio", entropy.token(48));
        claims.set("rh", format!("1.{}.", entropy.token(30)));
        claims.set("tid", tenant.to_string());
        claims.set("uti", entropy.token(16));
        claims.set("ver", version.claim());
        claims
    }

    /// How version 1.0 describes a user, whatever the scopes.
    pub(super) fn set_user_of_version_one(&mut self, user: &User) {
        self.set("amr", vec!["pwd"]);
        self.set("family_name", &*user.surname);
        self.set("given_name", &*user.given_name);
        self.set("ipaddr", IP_ADDRESS);
        self.set("unique_name", &*user.user_principal_name);
        self.set("upn", &*user.user_principal_name);
    }

    pub(super) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.others.insert(name, value.into());
    }

    /// Sets a claim that is absent when there is nothing to say.
    pub(super) fn set_some(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Sets a claim that is absent rather than empty.
    pub(super) fn set_list(&mut self, name: &'static str, values: Vec<String>) {
        if !values.is_empty() {
            self.set(name, values);
        }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.iss
    }

    /// Replaces the audience.
    pub(super) fn address_to(&mut self, audience: String) {
        self.aud = audience;
    }
}

/// The user's name for one application, which tells two applications nothing about each other (OpenID Connect Core
/// §8.1): stable, and different for each audience.
pub(crate) fn pairwise_subject(tenant: Uuid, user: Uuid, audience: Uuid) -> String {
    let mut digest = Sha256::new();
    for id in [tenant, user, audience] {
        digest.update(id.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(digest.finalize())
}
