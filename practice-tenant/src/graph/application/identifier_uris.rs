//! Identifier URIs (Entra "Restrictions on identifier URIs of Microsoft Entra applications").

use url::Url;

use super::rules::SCHEMA;
use crate::directory::{Application, Directory};
use crate::graph::error::GraphError;

const LONGEST: usize = 255;

/// Only new URIs are looked at, as in Entra; uniqueness holds for all.
pub(super) fn check(
    before: &Application,
    after: &Application,
    directory: &Directory,
) -> Result<(), GraphError> {
    for (position, uri) in after.identifier_uris.iter().enumerate() {
        let same = |other: &String| same(other, uri);
        if after.identifier_uris[..position].iter().any(same) {
            return Err(GraphError::DuplicateValue(uri.clone()));
        }
        let others = directory.applications.iter();
        let mut others = others.filter(|other| other.id != after.id);
        if others.any(|other| other.identifier_uris.iter().any(same)) {
            return Err(GraphError::Conflict("identifierUris"));
        }
        if !before.identifier_uris.contains(uri) {
            allowed(uri, after, directory)?;
        }
    }
    Ok(())
}

fn same(one: &str, other: &str) -> bool {
    let bare = |uri: &str| uri.trim_end_matches('/').to_lowercase();
    bare(one) == bare(other)
}

fn allowed(uri: &str, application: &Application, directory: &Directory) -> Result<(), GraphError> {
    let invalid = || SCHEMA.invalid("identifierUris", "");
    let parsed = Url::parse(uri).map_err(|_| invalid())?;
    let forbidden = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '*';
    let plain = parsed.fragment().is_none() && parsed.query().is_none();
    if uri.chars().count() > LONGEST || uri.contains(forbidden) || !plain {
        return Err(invalid());
    }
    let version_two = application.api.requested_access_token_version == Some(2);
    let verified = parsed.host_str().is_some_and(|host| {
        let host = host.to_ascii_lowercase();
        directory.organization.verified_domains().any(|domain| {
            host == domain
                || host
                    .strip_suffix(domain)
                    .is_some_and(|sub| sub.ends_with('.'))
        })
    });
    match parsed.scheme() {
        "https" | "http" if verified || version_two => Ok(()),
        "https" | "http" => Err(GraphError::UnverifiedDomain(uri.to_owned())),
        "api" => {
            let ids = [application.app_id, directory.organization.id];
            let named = uri.trim_start_matches("api://").split('/').any(|part| {
                let part = part.to_ascii_lowercase();
                ids.iter().any(|id| id.to_string() == part)
            });
            if named || verified || version_two {
                Ok(())
            } else {
                Err(GraphError::IdentifierUriPolicy(uri.to_owned()))
            }
        }
        // Unverified: `urn:` and schemes of one's own, which Entra takes from applications that want v2 tokens.
        _ if version_two => Ok(()),
        _ => Err(GraphError::IdentifierUriPolicy(uri.to_owned())),
    }
}
