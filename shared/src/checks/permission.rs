//! The last check: may this caller use this route?

use super::claims::{Caller, Misshapen, roles, scopes, shorten, show};
use super::rules::Finding;
use super::{Case, Requirement};

pub(super) fn permission(case: Case<'_>) -> Finding {
    let (scopes, roles) = match (scopes(case.token), roles(case.token)) {
        (Err(Misshapen), _) => {
            let found = case.token.claims().get("scp").map(show);
            return Finding::failed(found, "scp must be words separated by single spaces.");
        }
        (_, Err(Misshapen)) => {
            let found = case.token.claims().get("roles").map(show);
            return Finding::failed(found, "roles must be an array of texts.");
        }
        (Ok(scopes), Ok(roles)) => (scopes, roles),
    };
    let caller = Caller::of(case.token);
    let kind = match caller {
        Some(Caller::User(_)) => "a user token",
        Some(Caller::App(_)) => "an app-only token",
        None => "neither a user token nor an app-only token",
    };
    let found = format!(
        "{kind}; scp: {}; roles: {}",
        listed(&scopes),
        listed(&roles)
    );
    let has_scope = |scope: &String| scopes.contains(&scope.as_str());
    let has_role = |role: &String| roles.contains(&role.as_str());
    let why = match (case.context.requirement, &caller) {
        (_, None) => {
            "This is neither an access token of a person nor one of an application; perhaps it is an ID token."
        }
        (
            Requirement::Scope { scope } | Requirement::ScopeOrAppRole { scope, .. },
            Some(Caller::User(_)),
        ) => {
            if has_scope(scope) {
                return Finding::passed(found);
            }
            "The person's token lacks the scope: the application did not ask for it, or nobody consented."
        }
        (
            Requirement::AppRole { role } | Requirement::ScopeOrAppRole { role, .. },
            Some(Caller::App(_)),
        ) => {
            if has_role(role) {
                return Finding::passed(found);
            }
            "The application's token lacks the app role: an administrator has not assigned it."
        }
        (Requirement::UserRole { role }, Some(Caller::User(_))) => {
            if has_role(role) {
                return Finding::passed(found);
            }
            "The person does not have the role: an administrator has not assigned it."
        }
        (Requirement::AppRole { .. }, Some(Caller::User(_))) => {
            "This endpoint is for applications by themselves; a person's token does not open it, whatever roles it carries."
        }
        (Requirement::Scope { .. } | Requirement::UserRole { .. }, Some(Caller::App(_))) => {
            "This endpoint is for people; an application's own token does not open it."
        }
    };
    Finding::failed(found, why)
}

fn listed(words: &[&str]) -> String {
    if words.is_empty() {
        "none".into()
    } else {
        shorten(&words.join(" "))
    }
}
