//! Redirect URIs (Entra "Redirect URI (reply URL) outline and restrictions").

use url::{Host, Url};

use super::rules::SCHEMA;
use crate::directory::Application;
use crate::graph::error::GraphError;

const LONGEST: usize = 256;
const FORBIDDEN: &[char] = &['!', '$', '\'', '(', ')', ',', ';'];

/// The rules of every platform. `personal`: personal accounts may sign in, which leaves less room.
pub(super) fn check(application: &Application, personal: bool) -> Result<(), GraphError> {
    let platforms = [
        ("web.redirectUris", &application.web.redirect_uris),
        ("spa.redirectUris", &application.spa.redirect_uris),
        (
            "publicClient.redirectUris",
            &application.public_client.redirect_uris,
        ),
    ];
    let most = if personal { 100 } else { 256 };
    if platforms.iter().map(|(_, uris)| uris.len()).sum::<usize>() > most {
        return Err(GraphError::TooMany {
            property: "redirectUris".into(),
            most,
        });
    }
    let mut seen: Vec<&String> = Vec::new();
    for (property, uris) in platforms {
        for uri in uris {
            if seen.contains(&uri) {
                return Err(GraphError::DuplicateValue(uri.clone()));
            }
            seen.push(uri);
            let installed = property.starts_with("publicClient");
            if let Some(why) = problem(uri, installed, personal) {
                return Err(SCHEMA.invalid(property, &format!(" '{uri}': {why}")));
            }
        }
    }
    Ok(())
}

fn problem(uri: &str, installed: bool, personal: bool) -> Option<&'static str> {
    if uri.chars().count() > LONGEST {
        return Some("a redirect URI has at most 256 characters.");
    }
    if uri.contains(FORBIDDEN) || uri.contains(|letter: char| letter.is_control()) {
        return Some("the characters ! $ ' ( ) , ; are not allowed in a redirect URI.");
    }
    let Ok(url) = Url::parse(uri) else {
        return Some("a redirect URI is an absolute URI.");
    };
    if url.fragment().is_some() {
        return Some("a redirect URI has no fragment.");
    }
    if personal && url.query().is_some() {
        return Some("query parameters are for applications without personal accounts.");
    }
    if uri.contains('*') && personal {
        return Some("wildcards are for applications without personal accounts.");
    }
    match url.scheme() {
        "https" => None,
        "http" if is_loopback(&url) => None,
        "http" => Some("a redirect URI begins with https, or with http://localhost."),
        "javascript" | "data" | "vbscript" | "file" | "blob" => {
            Some("this scheme cannot be redirected to.")
        }
        _ if installed => None,
        _ => Some("a scheme of one's own is for the platform \"Mobile and desktop applications\"."),
    }
}

/// `[::1]` is not supported (Entra "Redirect URI outline and restrictions", localhost exceptions).
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(_)) | None => false,
    }
}
