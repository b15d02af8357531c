//! The twelve checks, in their order.

use std::borrow::Cow;

use super::{CLOCK_SKEW_SECONDS, Case, CheckName, Context, Requirement};
use super::{issued, lifetime, permission, signed};

/// One check: what it is called, what it wants, and how it looks at a token.
pub(super) struct Rule {
    pub(super) name: CheckName,
    pub(super) title: &'static str,
    pub(super) expected: fn(Context<'_>) -> String,
    pub(super) examine: fn(Case<'_>) -> Finding,
}

/// What a check saw; it failed if there is a `why`.
pub(super) struct Finding {
    pub(super) found: Option<String>,
    pub(super) why: Option<Cow<'static, str>>,
}

impl Finding {
    pub(super) fn passed(found: impl Into<String>) -> Self {
        Self {
            found: Some(found.into()),
            why: None,
        }
    }

    pub(super) fn failed(
        found: impl Into<Option<String>>,
        why: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            found: found.into(),
            why: Some(why.into()),
        }
    }
}

pub(super) const RULES: [Rule; 12] = [
    Rule {
        name: CheckName::Format,
        title: "Format",
        expected: |_| "three parts of base64url; header and payload are JSON objects".into(),
        examine: |_| Finding::passed("header, payload and signature"),
    },
    Rule {
        name: CheckName::Algorithm,
        title: "Algorithm",
        expected: |_| "RS256, and no key or extension brought along in the header".into(),
        examine: signed::algorithm,
    },
    Rule {
        name: CheckName::KeyId,
        title: "Key ID",
        expected: |_| "a kid among the authority's published keys".into(),
        examine: signed::known_key,
    },
    Rule {
        name: CheckName::Signature,
        title: "Signature",
        expected: |_| "made with the private half of that key".into(),
        examine: signed::signature,
    },
    Rule {
        name: CheckName::Version,
        title: "Token version",
        expected: |context| {
            alternatives(
                context
                    .policy
                    .versions
                    .iter()
                    .map(|version| version.claim().to_owned()),
            )
        },
        examine: issued::version,
    },
    Rule {
        name: CheckName::Issuer,
        title: "Issuer",
        expected: |context| alternatives(issued::issuers(context).map(|(_, _, issuer)| issuer)),
        examine: issued::issuer,
    },
    Rule {
        name: CheckName::Audience,
        title: "Audience",
        expected: |context| {
            let accepted = context.policy.versions.iter();
            let mut all: Vec<String> = accepted
                .flat_map(|version| issued::audiences(context.policy.api, *version))
                .collect();
            all.sort_by_key(String::len);
            all.dedup();
            alternatives(all)
        },
        examine: issued::audience,
    },
    Rule {
        name: CheckName::Expiry,
        title: "Expiry",
        expected: |context| {
            format!(
                "exp after {} ({CLOCK_SKEW_SECONDS} s of grace)",
                context.now
            )
        },
        examine: lifetime::expiry,
    },
    Rule {
        name: CheckName::NotBefore,
        title: "Not before",
        expected: |context| {
            format!(
                "nbf and iat not after {} ({CLOCK_SKEW_SECONDS} s of grace)",
                context.now
            )
        },
        examine: lifetime::not_before,
    },
    Rule {
        name: CheckName::Tenant,
        title: "Tenant",
        expected: |context| {
            let mut tenants: Vec<String> = context
                .policy
                .authorities
                .iter()
                .map(|one| one.tenant().to_string())
                .collect();
            tenants.dedup();
            alternatives(tenants)
        },
        examine: issued::tenant,
    },
    Rule {
        name: CheckName::Client,
        title: "Calling application",
        expected: |context| {
            if context.policy.clients.is_empty() {
                return "any application".into();
            }
            alternatives(context.policy.clients.iter().map(ToString::to_string))
        },
        examine: issued::calling_client,
    },
    Rule {
        name: CheckName::Permission,
        title: "Permission",
        expected: |context| match context.requirement {
            Requirement::ScopeOrAppRole { scope, role } => {
                format!(
                    "a user token with the scope {scope}, or an app-only token with the role {role}"
                )
            }
            Requirement::Scope { scope } => format!("a user token with the scope {scope}"),
            Requirement::AppRole { role } => format!("an app-only token with the role {role}"),
            Requirement::UserRole { role } => format!("a user token with the role {role}"),
        },
        examine: permission::permission,
    },
];

fn alternatives(all: impl IntoIterator<Item = String>) -> String {
    all.into_iter().collect::<Vec<_>>().join(" or ")
}
