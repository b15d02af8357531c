//! From a bearer token to a decision: find the key, check the signature, run the checks.

use http::StatusCode;
use shared::checks::{self, Caller, Decision, Judgement, Signature};
use shared::jwt::{MalformedToken, Object, UnverifiedToken};
use shared::time::UnixTime;

use crate::ApiState;
use crate::bearer::Bearer;
use crate::endpoint::Endpoint;
use crate::keys::NoKey;
use crate::problem::Problem;

/// A token taken apart, and what became of its signature: all that the checks need.
pub(crate) struct Evidence<'a> {
    token: Result<UnverifiedToken<'a>, MalformedToken>,
    signature: Signature,
    now: UnixTime,
}

/// A caller that was let in.
pub(crate) struct Verified {
    pub(crate) caller: Caller,
    /// The claims, which the signature vouches for.
    pub(crate) claims: Object,
}

impl ApiState {
    /// Takes a token apart and checks its signature.
    pub(crate) async fn examine<'a>(&self, raw: &'a str) -> Evidence<'a> {
        let token = UnverifiedToken::decode(raw);
        let signature = match &token {
            Ok(token) => self.check_signature(token).await,
            Err(_) => Signature::NotChecked,
        };
        Evidence {
            token,
            signature,
            now: self.clock.now(),
        }
    }

    async fn check_signature(&self, token: &UnverifiedToken<'_>) -> Signature {
        let Some(kid) = checks::key_id(token) else {
            return Signature::NotChecked;
        };
        // Only to choose among keys of the same name; the check of the issuer decides whether the key counts.
        let unverified_issuer = token.claim_text("iss").unwrap_or_default();
        let unverified_tenant = token.claim_text("tid").unwrap_or_default();
        let preferred =
            |issuer: &str| issuer.replace("{tenantid}", unverified_tenant) == unverified_issuer;
        match self.keys.find(kid, preferred).await {
            Ok(key) if key.verifies(token) => Signature::Valid {
                key_issuer: key.issuer().to_owned(),
            },
            Ok(_) => Signature::Invalid,
            Err(NoKey::Unknown) => Signature::UnknownKey,
            Err(NoKey::Unavailable) => Signature::KeysUnavailable,
        }
    }

    /// Runs the checks for an endpoint.
    pub(crate) fn judge(&self, endpoint: Endpoint, evidence: &Evidence<'_>) -> Judgement {
        checks::judge(
            &self.policy,
            &endpoint.requirement(&self.settings),
            evidence.token.as_ref(),
            &evidence.signature,
            evidence.now,
        )
    }

    /// Lets a caller in, or says why not.
    pub(crate) async fn authorize(
        &self,
        endpoint: Endpoint,
        bearer: &Bearer,
    ) -> Result<Verified, Problem> {
        let evidence = self.examine(bearer.0.expose()).await;
        let judgement = self.judge(endpoint, &evidence);
        log(endpoint, &judgement);
        match (&judgement.decision, evidence.token) {
            (Decision::Allowed(caller), Ok(token)) => Ok(Verified {
                caller: caller.clone(),
                claims: token.claims().clone(),
            }),
            _ => Err(self.refusal(endpoint, judgement)),
        }
    }

    fn refusal(&self, endpoint: Endpoint, judgement: Judgement) -> Problem {
        let detail = judgement
            .failed()
            .and_then(|check| check.why.clone())
            .unwrap_or_default();
        let status = status(&judgement.decision);
        let mut problem = match &judgement.decision {
            Decision::Forbidden { reason } => {
                let scope = endpoint.scope_to_ask_for(&self.settings);
                Problem {
                    plain: "Forbidden: insufficient permissions",
                    challenge: Some(self.challenge.insufficient_scope(&detail, &scope)),
                    ..Problem::new(status, reason.as_str(), detail)
                }
            }
            Decision::Unauthorized { reason } => Problem {
                plain: "Invalid token",
                challenge: Some(self.challenge.invalid_token(&detail)),
                ..Problem::new(status, reason.as_str(), detail)
            },
            Decision::Undecided | Decision::Allowed(_) => self.keys_unavailable(),
        };
        problem.checks = self.settings.explain.then_some(judgement.checks);
        problem
    }

    /// The answer while the authority's keys cannot be had: the caller's token may be good.
    pub(crate) fn keys_unavailable(&self) -> Problem {
        Problem {
            retry_after_seconds: Some(self.keys.retry_after_seconds()),
            ..Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "keys-unavailable",
                "The authority's keys cannot be fetched at the moment.",
            )
        }
    }
}

/// What a decision is on the wire.
pub(crate) fn status(decision: &Decision) -> StatusCode {
    match decision {
        Decision::Allowed(_) => StatusCode::OK,
        Decision::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
        Decision::Forbidden { .. } => StatusCode::FORBIDDEN,
        Decision::Undecided => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// One line per decision. Identifiers appear only once the signature vouches for them, the token never.
fn log(endpoint: Endpoint, judgement: &Judgement) {
    let path = endpoint.path();
    match &judgement.decision {
        Decision::Allowed(caller) => {
            let (kind, ids) = (caller.kind(), caller.ids());
            tracing::info!(path, kind, object = ?ids.object, client = ?ids.client, "allowed");
        }
        Decision::Unauthorized { reason } | Decision::Forbidden { reason } => {
            tracing::info!(path, reason = reason.as_str(), "refused");
        }
        Decision::Undecided => tracing::warn!(path, reason = "keys-unavailable", "undecided"),
    }
}
