//! The decision of a resource server, which is its own explanation.
//!
//! [`judge`] runs an ordered list of checks over a token and gives a [`Judgement`]: the list, and the decision that
//! follows from it. The first failed check decides, the ones behind it are not reached. What a client is shown and what
//! the server does are therefore one thing and cannot disagree.
//!
//! There is no I/O and no cryptography here: whoever calls looks up the key and checks the signature, and hands the
//! outcome in as [`Signature`]. The rules are Entra's ("Access tokens", "Secure applications and APIs by validating
//! claims") and RFC 8725's.

mod claims;
mod issued;
mod lifetime;
mod permission;
mod rules;
mod signed;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::Serialize;

use crate::authority::{Authority, ClientId, Version};
use crate::jwt::{MalformedToken, UnverifiedToken};
use crate::time::UnixTime;

pub use claims::{Caller, Ids};

/// Seconds by which the clocks of the authority and of this server may differ.
///
/// A constant and not a setting: a larger one would only ever prolong the life of expired tokens.
pub const CLOCK_SKEW_SECONDS: u32 = 60;

/// Whose tokens an API accepts, whatever the route.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The tenants, each at its authority host. A token's issuer must be one of theirs.
    pub authorities: Vec<Authority>,
    /// The token versions; Entra issues the one that the API's registration asks for.
    pub versions: Vec<Version>,
    /// The API's own client ID: the audience.
    pub api: ClientId,
    /// The applications that may call; empty means any that the tenant lets.
    pub clients: Vec<ClientId>,
}

/// What a route asks for, beyond a good token.
///
/// A *user token* carries `scp`: an application acts for a person. An *app-only token* carries none: an application
/// acts for itself (Entra "Access token claims reference", `scp`, `roles`, `idtyp`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// A user token with the scope, or an app-only token with the role.
    ScopeOrAppRole {
        /// The delegated permission.
        scope: String,
        /// The application permission.
        role: String,
    },
    /// A user token with the scope.
    Scope {
        /// The delegated permission.
        scope: String,
    },
    /// An app-only token with the role. A user's role never opens such a route.
    AppRole {
        /// The application permission.
        role: String,
    },
    /// A user token whose person has the role.
    UserRole {
        /// The role assigned to the person.
        role: String,
    },
}

/// What became of the signature; found out before [`judge`] is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Nobody looked, because [`key_id`] gave no key to look for. Never accepted.
    NotChecked,
    /// The authority's keys could not be had, so that nothing can be said about the token.
    KeysUnavailable,
    /// The authority has no such key.
    UnknownKey,
    /// The key is known, the signature is not made with it.
    Invalid,
    /// The signature is good.
    Valid {
        /// The issuer the key is published for; `{tenantid}` stands for the tenant of the token.
        key_issuer: String,
    },
}

/// The checks, in the order in which they are made. The names are stable: clients and logs may rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// Three parts of canonical base64url, two of them JSON objects.
    Format,
    /// RS256 and nothing in the header that would let the token choose its own key.
    Algorithm,
    /// The header names a key of the authority.
    KeyId,
    /// The signature is made with that key.
    Signature,
    /// `ver` is accepted.
    Version,
    /// `iss` is an accepted tenant's, and the key is published for it.
    Issuer,
    /// `aud` is this API.
    Audience,
    /// `exp` is not over.
    Expiry,
    /// `nbf` and `iat` are not in the future.
    NotBefore,
    /// `tid` is the tenant that the issuer names.
    Tenant,
    /// `azp` or `appid` is an application that may call.
    Client,
    /// `scp` or `roles` hold what the route asks for.
    Permission,
}

impl CheckName {
    /// The name as clients see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Algorithm => "algorithm",
            Self::KeyId => "key-id",
            Self::Signature => "signature",
            Self::Version => "version",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expiry => "expiry",
            Self::NotBefore => "not-before",
            Self::Tenant => "tenant",
            Self::Client => "client",
            Self::Permission => "permission",
        }
    }
}

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not; this check decided.
    Failed,
    /// An earlier check decided.
    NotReached,
}

/// One line of the explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The stable name.
    pub name: CheckName,
    /// The name for people.
    pub title: &'static str,
    /// What the API wants to see.
    pub expected: String,
    /// What the token holds, shortened; absent when it holds nothing or the check was not reached.
    pub found: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// For a failed check: what is wrong, in one sentence without any text from the token.
    pub why: Option<Cow<'static, str>>,
}

/// What the API does with the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Let it in (200).
    Allowed(Caller),
    /// The token is not accepted (401).
    Unauthorized {
        /// The check that failed.
        reason: CheckName,
    },
    /// The token is good, but not for this route (403).
    Forbidden {
        /// The check that failed.
        reason: CheckName,
    },
    /// The authority's keys could not be had (503): the token may be good.
    Undecided,
}

/// The checks and the decision they make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// All checks, in order.
    pub checks: Vec<Check>,
    /// What follows from them.
    pub decision: Decision,
}

impl Judgement {
    /// The check that decided against the token.
    pub fn failed(&self) -> Option<&Check> {
        self.checks
            .iter()
            .find(|check| check.outcome == Outcome::Failed)
    }
}

/// Everything a check may look at besides the token.
#[derive(Clone, Copy)]
struct Context<'a> {
    policy: &'a Policy,
    requirement: &'a Requirement,
    now: UnixTime,
}

/// A token to be judged, which came apart.
#[derive(Clone, Copy)]
struct Case<'a> {
    context: Context<'a>,
    token: &'a UnverifiedToken<'a>,
    signature: &'a Signature,
}

/// The key that a token says it is signed with, when its header deserves that somebody looks for the key.
///
/// A token with another algorithm or with a key of its own gives `None`: it costs no look-up and no cryptography.
pub fn key_id<'a>(token: &'a UnverifiedToken<'_>) -> Option<&'a str> {
    signed::key_id(token)
}

/// Judges a token: every check of the list, and the decision.
///
/// `signature` is what the caller found out with the key that [`key_id`] names.
pub fn judge(
    policy: &Policy,
    requirement: &Requirement,
    token: Result<&UnverifiedToken<'_>, &MalformedToken>,
    signature: &Signature,
    now: UnixTime,
) -> Judgement {
    let context = Context {
        policy,
        requirement,
        now,
    };
    let mut decided_by = None;
    let checks = rules::RULES
        .iter()
        .map(|rule| {
            let mut check = Check {
                name: rule.name,
                title: rule.title,
                expected: (rule.expected)(context),
                found: None,
                outcome: Outcome::NotReached,
                why: None,
            };
            if decided_by.is_none() {
                let finding = match token {
                    Ok(token) => (rule.examine)(Case {
                        context,
                        token,
                        signature,
                    }),
                    Err(malformed) => signed::malformed(malformed),
                };
                check.outcome = if finding.why.is_none() {
                    Outcome::Passed
                } else {
                    Outcome::Failed
                };
                check.found = finding.found;
                check.why = finding.why;
                if check.outcome == Outcome::Failed {
                    decided_by = Some(rule.name);
                }
            }
            check
        })
        .collect();
    Judgement {
        checks,
        decision: decide(decided_by, token.ok(), signature),
    }
}

fn decide(
    decided_by: Option<CheckName>,
    token: Option<&UnverifiedToken<'_>>,
    signature: &Signature,
) -> Decision {
    match decided_by {
        Some(CheckName::KeyId) if *signature == Signature::KeysUnavailable => Decision::Undecided,
        Some(reason @ CheckName::Permission) => Decision::Forbidden { reason },
        Some(reason) => Decision::Unauthorized { reason },
        None => match token.and_then(Caller::of) {
            Some(caller) => Decision::Allowed(caller),
            None => Decision::Forbidden {
                reason: CheckName::Permission,
            },
        },
    }
}
