//! Which registered redirect URI a requested one is (Entra "Redirect URI (reply URL) restrictions").
//!
//! An exact match wins. Then a registration for this machine (`localhost`, or an IP literal as in RFC 8252 §7.3)
//! matches whatever the port: mobile and desktop before SPA before web. A missing path and `/` are the same.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::directory::Application;
use crate::recording::{Check, found};

/// The platform a redirect URI is registered for. It decides how a code may be redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Platform {
    /// `spa`: only by a page, with an `Origin`, and with PKCE.
    Spa,
    /// `publicClient`: without `Origin` and without a secret.
    PublicClient,
    /// `web`: without `Origin` and with a credential.
    Web,
}

impl Platform {
    /// As the manifest calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Spa => "spa",
            Self::PublicClient => "publicClient",
            Self::Web => "web",
        }
    }
}

/// The platform of `requested` in the registration, if it is registered.
pub(crate) fn platform(application: &Application, requested: &str) -> Option<Platform> {
    let (platform, entry) = entry(application, requested)?;
    found(
        Check::RedirectUri,
        format_args!(
            "{requested} matches {entry} of the platform {}",
            platform.name()
        ),
    );
    Some(platform)
}

/// The registered URI that `requested` is, and the platform it is registered for.
fn entry<'a>(application: &'a Application, requested: &str) -> Option<(Platform, &'a str)> {
    let url = Url::parse(requested).ok()?;
    if url.fragment().is_some() {
        return None;
    }
    let registered = |order: [Platform; 3]| {
        order.into_iter().flat_map(|platform| {
            let uris = match platform {
                Platform::Spa => &application.spa.redirect_uris,
                Platform::PublicClient => &application.public_client.redirect_uris,
                Platform::Web => &application.web.redirect_uris,
            };
            uris.iter().map(move |uri| (platform, uri.as_str()))
        })
    };
    let exact = registered([Platform::Spa, Platform::Web, Platform::PublicClient])
        .find(|(_, uri)| pathless(uri) == pathless(requested));
    let any_port = || {
        registered([Platform::PublicClient, Platform::Spa, Platform::Web])
            .find(|(_, uri)| same_but_port(uri, &url))
    };
    exact.or_else(any_port)
}

/// Without the slash that stands for no path at all (RFC 3986 §6.2.3): the answer goes to the address with it, and some
/// clients take what they say next from there.
pub(crate) fn pathless(uri: &str) -> &str {
    match uri.strip_suffix('/') {
        Some(origin) if origin.matches('/').count() == 2 => origin,
        _ => uri,
    }
}

fn same_but_port(registered: &str, requested: &Url) -> bool {
    let Ok(registered) = Url::parse(registered) else {
        return false;
    };
    let this_machine = matches!(registered.scheme(), "http" | "https")
        && shared::authority::is_loopback(&registered);
    this_machine
        && registered.scheme() == requested.scheme()
        && registered.host() == requested.host()
        && registered.path() == requested.path()
        && registered.query() == requested.query()
        && requested.username().is_empty()
        && requested.password().is_none()
}

#[cfg(test)]
mod tests {
    use shared::time::UnixTime;

    use super::*;
    use crate::directory::seed::{self, CLIENT};

    fn seeded(requested: &str) -> Option<Platform> {
        let directory = seed::directory(&["http://localhost:41233".into()], UnixTime(0));
        platform(directory.application(CLIENT).unwrap(), requested)
    }

    #[test]
    fn an_exact_match_wins_with_or_without_the_slash() {
        for uri in [
            "http://localhost:3000",
            "http://localhost:3000/",
            "http://localhost:41233",
        ] {
            assert_eq!(seeded(uri), Some(Platform::Spa), "{uri}");
        }
    }

    #[test]
    fn any_other_port_of_localhost_is_the_desktop_app() {
        for uri in [
            "http://localhost",
            "http://localhost/",
            "http://localhost:5000",
            "http://localhost:5000/",
        ] {
            assert_eq!(seeded(uri), Some(Platform::PublicClient), "{uri}");
        }
    }

    #[test]
    fn everything_but_the_port_counts() {
        for uri in [
            "http://localhost:3000/callback",
            "https://localhost:5000",
            "http://127.0.0.1:3000",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "http://evil@localhost:5000",
            "http://localhost:3000#x",
            "http://localhost:5000?x=1",
            "https://oauth.pstmn.io/v1/callback/",
            "https://oauth.pstmn.io/v1/Callback",
            "https://oauth.pstmn.io:444/v1/callback",
            "//localhost",
            "localhost",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(seeded(uri), None, "{uri}");
        }
        assert_eq!(
            seeded("https://oauth.pstmn.io/v1/callback"),
            Some(Platform::PublicClient)
        );
    }
}
