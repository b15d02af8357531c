//! Who asks: somebody with the practice key, a signed-in user by way of an application, or an application itself.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, header};
use shared::jwt::UnverifiedToken;
use shared::time::UnixTime;
use uuid::Uuid;

use super::error::GraphError;
use crate::Face;
use crate::directory::{Directory, GRAPH};
use crate::practice::{KEY_HEADER, is_key, own_page};
use crate::tokens::pairwise_subject;

/// Whoever is behind a request, as far as it was verified.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// Holds the practice key and may do everything.
    PracticeKey,
    /// A user, through an application with delegated permissions.
    User {
        id: Uuid,
        /// The user's name for the application that calls.
        subject: String,
        scopes: BTreeSet<String>,
    },
    /// An application without a user, by its service principal, with its permissions.
    Application {
        principal: Uuid,
        roles: BTreeSet<String>,
    },
}

impl Caller {
    /// Looks at the practice key, or else at the bearer token.
    pub(crate) fn of(
        face: &Face,
        headers: &HeaderMap,
        directory: &Directory,
        now: UnixTime,
    ) -> Result<Self, GraphError> {
        if let Some(key) = headers.get(KEY_HEADER) {
            if !own_page(headers) {
                return Err(GraphError::ForeignOrigin);
            }
            return if is_key(&face.tenant.practice_key, key.as_bytes()) {
                Ok(Self::PracticeKey)
            } else {
                Err(GraphError::WrongPracticeKey)
            };
        }
        let token = bearer(headers).ok_or(GraphError::NoToken)?;
        Self::by_token(face, token, directory, now)
    }

    /// The caller that a token for Graph names.
    pub(crate) fn by_token(
        face: &Face,
        token: &str,
        directory: &Directory,
        now: UnixTime,
    ) -> Result<Self, GraphError> {
        Self::verified(face, token, directory, now, GRAPH)
    }

    /// The caller a token names, if this tenant signed it for `resource`.
    pub(crate) fn verified(
        face: &Face,
        token: &str,
        directory: &Directory,
        now: UnixTime,
        resource: Uuid,
    ) -> Result<Self, GraphError> {
        let token = UnverifiedToken::decode(token).map_err(|_| GraphError::MalformedToken)?;
        if !face.tenant.has_signed(now, &token) {
            return Err(GraphError::BadSignature);
        }
        let time = |claim: &str| token.claims().get(claim)?.as_i64().map(UnixTime);
        if time("exp").is_none_or(|end| end <= now) {
            return Err(GraphError::Expired);
        }
        if time("nbf").is_none_or(|start| start > now) {
            return Err(GraphError::NotYetValid);
        }
        let tenant = directory.organization.id;
        let issuer = token.claim_text("iss").unwrap_or_default();
        if token.claim_text("tid") != Some(&tenant.to_string())
            || !face.tenant.addresses.is_own_issuer(issuer, tenant)
        {
            return Err(GraphError::WrongIssuer);
        }
        let audience = token.claim_text("aud");
        let audience = audience.and_then(|audience| directory.resource(audience));
        if audience.is_none_or(|audience| audience.app_id != resource) {
            return Err(GraphError::WrongAudience);
        }
        let id = token
            .claim_text("oid")
            .and_then(|id| Uuid::parse_str(id).ok())
            .ok_or(GraphError::UnknownCaller)?;
        if let Some(scopes) = token.claim_text("scp") {
            let user = directory.user(id).filter(|user| user.account_enabled);
            user.ok_or(GraphError::UnknownCaller)?;
            let scopes = scopes.split(' ').map(str::to_owned).collect();
            // As in that application's ID tokens: the access token's own subject is the resource's.
            let client = token.claim_text("azp").or(token.claim_text("appid"));
            let client = client.and_then(|id| Uuid::parse_str(id).ok());
            let client = client.ok_or(GraphError::UnknownCaller)?;
            let subject = pairwise_subject(directory.organization.id, id, client);
            return Ok(Self::User {
                id,
                subject,
                scopes,
            });
        }
        let mut principals = directory.service_principals.iter();
        if !principals.any(|principal| principal.id == id && principal.account_enabled) {
            return Err(GraphError::UnknownCaller);
        }
        let roles = token
            .claims()
            .get("roles")
            .and_then(|roles| roles.as_array());
        let roles = roles.into_iter().flatten().filter_map(|role| role.as_str());
        Ok(Self::Application {
            principal: id,
            roles: roles.map(str::to_owned).collect(),
        })
    }

    /// The signed-in user, for `/me`.
    pub(crate) fn user(&self) -> Option<Uuid> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::PracticeKey | Self::Application { .. } => None,
        }
    }

    /// Who becomes the owner of what this caller creates (Graph "Create application": the caller, unless it may do
    /// everything anyway).
    pub(crate) fn owner(&self) -> Option<Uuid> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Application { principal, .. } => Some(*principal),
            Self::PracticeKey => None,
        }
    }
}

/// The token of an `Authorization` header (RFC 6750 §2.1), the only place it may stand in.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then_some(token)
}
