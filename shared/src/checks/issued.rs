//! Checks of who issued the token, for whom, and to which application.

use serde_json::Value;

use super::claims::{client, show};
use super::rules::Finding;
use super::{Case, Context, Signature};
use crate::authority::{Authority, ClientId, TenantId, Version};

pub(super) fn version(case: Case<'_>) -> Finding {
    let found = case.token.claims().get("ver");
    if version_of(case).is_some() {
        return Finding {
            found: found.map(show),
            why: None,
        };
    }
    Finding::failed(
        found.map(show),
        "This API does not accept tokens of this version; requestedAccessTokenVersion in its registration decides.",
    )
}

/// The token's version, if it is accepted.
fn version_of(case: Case<'_>) -> Option<Version> {
    let claim = case.token.claim_text("ver")?;
    case.context
        .policy
        .versions
        .iter()
        .copied()
        .find(|version| version.claim() == claim)
}

pub(super) fn issuers(context: Context<'_>) -> impl Iterator<Item = (&Authority, Version, String)> {
    context
        .policy
        .authorities
        .iter()
        .flat_map(move |authority| {
            let versions = context.policy.versions.iter();
            versions.map(move |version| (authority, *version, authority.issuer(*version)))
        })
}

/// The accepted authority whose issuer, in the token's version, is the token's.
fn authority_of(case: Case<'_>) -> Option<&Authority> {
    let claim = case.token.claim_text("iss")?;
    let wanted = version_of(case)?;
    issuers(case.context)
        .find(|(_, version, issuer)| *version == wanted && issuer == claim)
        .map(|(authority, _, _)| authority)
}

pub(super) fn issuer(case: Case<'_>) -> Finding {
    let found = case.token.claims().get("iss").map(show);
    let Some(authority) = authority_of(case) else {
        return Finding::failed(found, "Another authority or tenant issued this token.");
    };
    let Signature::Valid { key_issuer } = case.signature else {
        return Finding::failed(found, "Nobody checked the signature.");
    };
    let key_issuer = key_issuer.replace("{tenantid}", &authority.tenant().to_string());
    if case.token.claim_text("iss") != Some(key_issuer.as_str()) {
        return Finding::failed(
            found,
            "The key that signed this token is published for another issuer.",
        );
    }
    Finding { found, why: None }
}

/// The audiences of an API: its client ID; in v1 also the identifier URI made of it, if that is how the client asked.
pub(super) fn audiences(api: ClientId, version: Version) -> Vec<String> {
    match version {
        Version::V1 => vec![api.to_string(), format!("api://{api}")],
        Version::V2 => vec![api.to_string()],
    }
}

pub(super) fn audience(case: Case<'_>) -> Finding {
    let found = case.token.claims().get("aud").map(show);
    let accepted = version_of(case).map(|version| audiences(case.context.policy.api, version));
    match (case.token.claim_text("aud"), accepted) {
        (Some(claim), Some(accepted)) if accepted.iter().any(|one| one == claim) => {
            Finding { found, why: None }
        }
        (Some(_), _) => Finding::failed(found, "This token is meant for another API."),
        (None, _) => Finding::failed(found, "aud must be one text that names this API."),
    }
}

pub(super) fn tenant(case: Case<'_>) -> Finding {
    let found = case.token.claims().get("tid").map(show);
    let claim = case.token.claim_text("tid");
    if claim.is_none_or(|text| text.parse::<TenantId>().is_err()) {
        return Finding::failed(found, "tid must be the GUID of a tenant.");
    }
    match authority_of(case) {
        Some(authority) if claim == Some(authority.tenant().to_string().as_str()) => {
            Finding { found, why: None }
        }
        _ => Finding::failed(found, "tid is not the tenant that the issuer names."),
    }
}

pub(super) fn calling_client(case: Case<'_>) -> Finding {
    let claim = client(case.token);
    let found = claim.map(show);
    let id = claim
        .and_then(Value::as_str)
        .and_then(|text| text.parse::<ClientId>().ok());
    let allowed = &case.context.policy.clients;
    match (claim, id) {
        (None, _) if allowed.is_empty() => Finding::passed("not named"),
        (None, _) => Finding::failed(found, "The token does not name the application that calls."),
        (Some(_), None) => {
            Finding::failed(found, "The calling application must be named by its GUID.")
        }
        (Some(_), Some(id)) if allowed.is_empty() || allowed.contains(&id) => {
            Finding { found, why: None }
        }
        (Some(_), Some(_)) => Finding::failed(found, "This application may not call this API."),
    }
}
