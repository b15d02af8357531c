//! Whom a client assertion is addressed to: this tenant, under any of the names it has.

use serde_json::Value;
use url::Url;

use crate::Face;
use crate::directory::Organization;
use crate::options::same_listener;

/// Whether `aud` names this tenant: its token endpoint or its issuer, v1 or v2, by GUID, domain or one of the words
/// that stand for every tenant, on either listener and under any name of this machine.
pub(super) fn is_this_tenant(face: &Face, tenant: &Organization, aud: Option<&Value>) -> bool {
    let names = |text: &Value| text.as_str().is_some_and(|aud| names(face, tenant, aud));
    match aud {
        Some(Value::Array(several)) => several.iter().any(names),
        Some(one) => names(one),
        None => false,
    }
}

fn names(face: &Face, tenant: &Organization, aud: &str) -> bool {
    let Ok(aud) = Url::parse(aud) else {
        return false;
    };
    let addresses = &face.tenant.addresses;
    let mut origins = [
        Some(&face.origin),
        Some(&addresses.http),
        addresses.https.as_ref(),
    ]
    .into_iter()
    .flatten()
    .filter_map(|origin| Url::parse(origin).ok());
    let bare = aud.query().is_none() && aud.fragment().is_none();
    bare && origins.any(|origin| same_listener(&origin, &aud)) && path(tenant, aud.path())
}

fn path(tenant: &Organization, path: &str) -> bool {
    let Some((segment, rest)) = path.trim_start_matches('/').split_once('/') else {
        return is_tenant(tenant, path.trim_start_matches('/'));
    };
    let endpoint = matches!(
        rest.trim_end_matches('/'),
        "" | "v2.0" | "oauth2/token" | "oauth2/v2.0/token"
    );
    endpoint && is_tenant(tenant, segment)
}

fn is_tenant(tenant: &Organization, segment: &str) -> bool {
    let id = tenant.id.hyphenated().to_string();
    [id.as_str(), "common", "organizations"]
        .into_iter()
        .chain(tenant.verified_domains())
        .any(|name| name.eq_ignore_ascii_case(segment))
}
