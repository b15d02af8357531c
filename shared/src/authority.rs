//! Where Entra is: the authority host, the tenant, and every address and issuer that follows from the two.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};
use uuid::Uuid;

macro_rules! guid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        /// Accepts the hyphenated form only, in either case, as the admin center shows it.
        impl FromStr for $name {
            type Err = NotAGuid;

            fn from_str(text: &str) -> Result<Self, NotAGuid> {
                if text.len() == 36 {
                    if let Ok(guid) = Uuid::try_parse(text) {
                        return Ok(Self(guid));
                    }
                }
                Err(NotAGuid)
            }
        }
    };
}

guid!(
    /// A directory (tenant) ID.
    TenantId
);
guid!(
    /// An application (client) ID.
    ClientId
);

/// The text is not a GUID such as `11111111-2222-3333-4444-555555555555`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a GUID such as 11111111-2222-3333-4444-555555555555")]
pub struct NotAGuid;

/// The origin of the authorization server: `https://login.microsoftonline.com`, or a practice tenant's.
///
/// Plain `http` is accepted for loopback hosts only; there is no path, query or user information.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuthorityHost(String);

/// Why an authority host was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityHostError {
    /// It does not parse as a URL.
    #[error("not a URL such as https://login.microsoftonline.com")]
    NotAUrl,
    /// It is neither https nor http.
    #[error("the scheme must be https")]
    Scheme,
    /// It is http to a machine other than this one.
    #[error("plain http is accepted for localhost, 127.0.0.1 and [::1] only")]
    PlainHttp,
    /// It has more than scheme, host and port.
    #[error("only scheme, host and port: no path, query, fragment or user name")]
    NotAnOrigin,
}

impl AuthorityHost {
    /// Microsoft's global cloud.
    pub const MICROSOFT: &'static str = "https://login.microsoftonline.com";

    /// The origin, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is one of Microsoft's own hosts, whose v1 issuer is `https://sts.windows.net/…`.
    pub fn is_microsoft(&self) -> bool {
        matches!(
            self.0.as_str(),
            Self::MICROSOFT
                | "https://login.microsoftonline.us"
                | "https://login.partner.microsoftonline.cn"
        )
    }
}

impl Default for AuthorityHost {
    fn default() -> Self {
        Self(Self::MICROSOFT.to_owned())
    }
}

impl FromStr for AuthorityHost {
    type Err = AuthorityHostError;

    fn from_str(text: &str) -> Result<Self, AuthorityHostError> {
        let url = Url::parse(text).map_err(|_| AuthorityHostError::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(AuthorityHostError::PlainHttp),
            _ => return Err(AuthorityHostError::Scheme),
        }
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare {
            return Err(AuthorityHostError::NotAnOrigin);
        }
        let origin = url.origin().ascii_serialization();
        // Other names of the same cloud, which issues tokens under this one only.
        let aliases = [
            "https://login.windows.net",
            "https://login.microsoft.com",
            "https://sts.windows.net",
        ];
        Ok(Self(if aliases.contains(&origin.as_str()) {
            Self::MICROSOFT.to_owned()
        } else {
            origin
        }))
    }
}

impl TryFrom<String> for AuthorityHost {
    type Error = AuthorityHostError;

    fn try_from(text: String) -> Result<Self, AuthorityHostError> {
        text.parse()
    }
}

impl From<AuthorityHost> for String {
    fn from(host: AuthorityHost) -> String {
        host.0
    }
}

impl fmt::Display for AuthorityHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a URL points at this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Which of Entra's two generations of endpoints and tokens is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Version {
    /// `/oauth2/authorize`, `resource=`, `ver` "1.0".
    #[serde(rename = "1")]
    V1,
    /// `/oauth2/v2.0/authorize`, `scope=`, `ver` "2.0".
    #[serde(rename = "2")]
    V2,
}

impl Version {
    /// The value of the `ver` claim.
    pub fn claim(self) -> &'static str {
        match self {
            Version::V1 => "1.0",
            Version::V2 => "2.0",
        }
    }
}

/// One tenant at one authority host: every address and issuer follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Authority {
    host: AuthorityHost,
    tenant: TenantId,
}

impl Authority {
    /// The tenant `tenant` at `host`.
    pub fn new(host: AuthorityHost, tenant: TenantId) -> Self {
        Self { host, tenant }
    }

    /// The origin of the authorization server.
    pub fn host(&self) -> &AuthorityHost {
        &self.host
    }

    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The `iss` of tokens of this version, compared byte by byte: v1 ends in a slash, v2 does not
    /// (Entra "Access tokens", "Validate the issuer").
    pub fn issuer(&self, version: Version) -> String {
        let tenant = self.tenant;
        match version {
            Version::V1 if self.host.is_microsoft() => format!("https://sts.windows.net/{tenant}/"),
            Version::V1 => format!("{}/{tenant}/", self.host),
            Version::V2 => format!("{}/{tenant}/v2.0", self.host),
        }
    }

    /// The authorization endpoint (RFC 6749 §3.1).
    pub fn authorize(&self, version: Version) -> Url {
        self.endpoint(version, "oauth2/authorize", "oauth2/v2.0/authorize")
    }

    /// The token endpoint (RFC 6749 §3.2).
    pub fn token(&self, version: Version) -> Url {
        self.endpoint(version, "oauth2/token", "oauth2/v2.0/token")
    }

    /// The end-session endpoint (OpenID Connect RP-Initiated Logout §2).
    pub fn logout(&self, version: Version) -> Url {
        self.endpoint(version, "oauth2/logout", "oauth2/v2.0/logout")
    }

    /// The device authorization endpoint (RFC 8628 §3.1).
    pub fn device_code(&self, version: Version) -> Url {
        self.endpoint(version, "oauth2/devicecode", "oauth2/v2.0/devicecode")
    }

    /// The discovery document (OpenID Connect Discovery §4).
    pub fn openid_configuration(&self, version: Version) -> Url {
        self.endpoint(
            version,
            ".well-known/openid-configuration",
            "v2.0/.well-known/openid-configuration",
        )
    }

    /// The signing keys (RFC 7517 §5).
    pub fn keys(&self, version: Version) -> Url {
        self.endpoint(version, "discovery/keys", "discovery/v2.0/keys")
    }

    /// The page where an administrator consents for everybody (Entra "Admin consent on the Microsoft identity
    /// platform").
    pub fn admin_consent(&self, version: Version) -> Url {
        self.endpoint(version, "adminconsent", "v2.0/adminconsent")
    }

    fn endpoint(&self, version: Version, v1: &str, v2: &str) -> Url {
        let path = match version {
            Version::V1 => v1,
            Version::V2 => v2,
        };
        Url::parse(&format!("{}/{}/{path}", self.host, self.tenant))
            .expect("an origin, a GUID and a constant path make a URL")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    fn authority(host: &str) -> Authority {
        Authority::new(host.parse().unwrap(), TENANT.parse().unwrap())
    }

    #[test]
    fn microsoft_addresses_and_issuers_are_the_documented_ones() {
        let entra = authority(AuthorityHost::MICROSOFT);
        assert_eq!(
            entra.authorize(Version::V2).as_str(),
            format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/authorize")
        );
        assert_eq!(
            entra.token(Version::V1).as_str(),
            format!("https://login.microsoftonline.com/{TENANT}/oauth2/token")
        );
        assert_eq!(
            entra.keys(Version::V2).as_str(),
            format!("https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys")
        );
        assert_eq!(
            entra.issuer(Version::V2),
            format!("https://login.microsoftonline.com/{TENANT}/v2.0")
        );
        assert_eq!(
            entra.issuer(Version::V1),
            format!("https://sts.windows.net/{TENANT}/")
        );
    }

    #[test]
    fn a_practice_host_is_its_own_v1_issuer() {
        let practice = authority("http://localhost:8400");
        assert_eq!(
            practice.issuer(Version::V1),
            format!("http://localhost:8400/{TENANT}/")
        );
        assert_eq!(
            practice.issuer(Version::V2),
            format!("http://localhost:8400/{TENANT}/v2.0")
        );
    }

    #[test]
    fn a_trailing_slash_and_upper_case_make_no_difference_to_a_host() {
        let host: AuthorityHost = "HTTPS://Login.MicrosoftOnline.com/".parse().unwrap();
        assert_eq!(host.as_str(), AuthorityHost::MICROSOFT);
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for host in [
            "http://localhost:8400",
            "http://127.0.0.1:1",
            "http://[::1]:8400",
        ] {
            assert!(host.parse::<AuthorityHost>().is_ok(), "{host}");
        }
        for host in [
            "http://login.microsoftonline.com",
            "http://10.0.0.1",
            "http://localhost.evil",
        ] {
            assert_eq!(
                host.parse::<AuthorityHost>(),
                Err(AuthorityHostError::PlainHttp),
                "{host}"
            );
        }
    }

    #[test]
    fn only_an_origin_is_a_host() {
        for host in [
            "https://login.example/tenant",
            "https://login.example/?a=b",
            "https://login.example/#x",
            "https://me@login.example",
        ] {
            assert_eq!(
                host.parse::<AuthorityHost>(),
                Err(AuthorityHostError::NotAnOrigin),
                "{host}"
            );
        }
        assert_eq!(
            "login.example".parse::<AuthorityHost>(),
            Err(AuthorityHostError::NotAUrl)
        );
        assert_eq!(
            "ftp://login.example".parse::<AuthorityHost>(),
            Err(AuthorityHostError::Scheme)
        );
    }

    #[test]
    fn a_guid_is_accepted_in_either_case_and_printed_in_lower_case() {
        let id: ClientId = "ABCDEF01-2345-6789-ABCD-EF0123456789".parse().unwrap();
        assert_eq!(id.to_string(), "abcdef01-2345-6789-abcd-ef0123456789");
    }

    #[test]
    fn anything_but_a_hyphenated_guid_is_refused() {
        for text in [
            "",
            "common",
            "11111111222233334444555555555555",
            "{11111111-2222-3333-4444-555555555555}",
            "urn:uuid:11111111-2222-3333-4444-555555555555",
            "11111111-2222-3333-4444-55555555555g",
        ] {
            assert_eq!(text.parse::<TenantId>(), Err(NotAGuid), "{text}");
        }
    }
}
