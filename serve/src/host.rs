//! Which names a server answers to.
//!
//! Any web page may make its own host name resolve to 127.0.0.1 and then read what a local server tells that name
//! (DNS rebinding). The browser still sends the foreign name in `Host`, so a server that answers only to its own names
//! is safe. RFC 9110 §7.4 asks for exactly this: an origin server answers 421 to an authority that is not its own.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use http::{HeaderMap, Uri, header};

/// A host without a port: an IP address, or a DNS name in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HostName {
    /// An IP address, so that two spellings of one are equal.
    Address(IpAddr),
    /// A name as RFC 1123 §2.1 has it, without a trailing dot.
    Name(String),
}

/// The text is not a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("only a name such as workshop.example or an IP address")]
pub struct NotAHostName;

impl FromStr for HostName {
    type Err = NotAHostName;

    fn from_str(text: &str) -> Result<Self, NotAHostName> {
        if let Some(inner) = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            return inner
                .parse()
                .map(|v6: Ipv6Addr| Self::Address(v6.into()))
                .map_err(|_| NotAHostName);
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let label = |label: &str| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        if text.len() <= 253 && text.split('.').all(label) {
            Ok(Self::Name(text.to_ascii_lowercase()))
        } else {
            Err(NotAHostName)
        }
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl HostName {
    pub(crate) fn into_string(self) -> String {
        self.to_string()
    }

    /// The host of `host[:port]` (RFC 9110 §7.2). There is no user information in an authority of HTTP.
    fn of_authority(authority: &str) -> Result<Self, NotAHostName> {
        let end_of_address = authority.rfind(']').map_or(0, |bracket| bracket + 1);
        let (host, port) = match authority[end_of_address..].find(':') {
            Some(colon) => authority.split_at(end_of_address + colon),
            None => (authority, ""),
        };
        let digits = port.strip_prefix(':').unwrap_or_default();
        if digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAHostName);
        }
        // Without brackets, an IPv6 address would have been cut at its first colon.
        host.parse()
    }
}

/// Why a request's host was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// There is no `Host` (RFC 9112 §3.2).
    #[error("The request names no host. Every request carries a Host header.")]
    Missing,
    /// There are several, or it is not `host[:port]` (RFC 9112 §3.2).
    #[error("The request's Host header is not one host name with an optional port.")]
    Malformed,
    /// It is somebody else's name (RFC 9110 §15.5.20).
    #[error(
        "This server answers to localhost, 127.0.0.1 and [::1] only, so that no other web site can reach it through a \
         name of its own. If you chose the name in the address yourself, put it into the variable ALLOWED_HOSTS and \
         start again."
    )]
    Foreign,
}

/// The names that a server answers to.
#[derive(Clone, Debug)]
pub struct AllowedHosts(Vec<HostName>);

impl AllowedHosts {
    /// The names of this machine's loopback interface, the address that is listened on, and `others`.
    ///
    /// An entry of `others` that is not a host name can match no request and is left out.
    pub fn new(bind_address: Option<IpAddr>, others: &[String]) -> Self {
        // 0.0.0.0 and :: stand for every address when listening; as a destination they are a way around the check.
        let bound = bind_address.filter(|address| !address.is_unspecified());
        let own = [
            HostName::Name("localhost".to_owned()),
            HostName::Address(Ipv4Addr::LOCALHOST.into()),
            HostName::Address(Ipv6Addr::LOCALHOST.into()),
        ];
        Self(
            own.into_iter()
                .chain(bound.map(HostName::Address))
                .chain(others.iter().filter_map(|host| host.parse().ok()))
                .collect(),
        )
    }

    /// Judges `Host` and, where the request line holds a whole address (RFC 9112 §3.2.2), the host in there.
    pub fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), HostError> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().ok_or(HostError::Missing)?;
        if hosts.next().is_some() {
            return Err(HostError::Malformed);
        }
        self.judge(host.to_str().map_err(|_| HostError::Malformed)?)?;
        uri.authority()
            .map_or(Ok(()), |authority| self.judge(authority.as_str()))
    }

    fn judge(&self, authority: &str) -> Result<(), HostError> {
        // A trailing dot makes a fully qualified name of it (RFC 1034 §3.1): well-formed, and not one of ours.
        if authority
            .split(':')
            .next()
            .is_some_and(|host| host.len() > 1 && host.ends_with('.'))
        {
            return Err(HostError::Foreign);
        }
        let host = HostName::of_authority(authority).map_err(|_| HostError::Malformed)?;
        if self.0.contains(&host) {
            Ok(())
        } else {
            Err(HostError::Foreign)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str) -> Result<(), HostError> {
        let allowed = AllowedHosts::new(
            Some("10.1.2.3".parse().unwrap()),
            &["Workshop.Example".to_owned(), "fd00::7".to_owned()],
        );
        let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
        allowed.check(&Uri::from_static("/"), &headers)
    }

    #[test]
    fn this_machine_is_known_by_its_loopback_names_on_any_port() {
        for host in [
            "localhost",
            "localhost:3000",
            "LocalHost:1",
            "127.0.0.1:3000",
            "[::1]",
            "[::1]:3000",
        ] {
            assert_eq!(check(host), Ok(()), "{host}");
        }
    }

    #[test]
    fn the_bound_address_and_the_names_a_person_allowed_are_known_too() {
        for host in [
            "10.1.2.3:80",
            "workshop.example",
            "WORKSHOP.EXAMPLE:3000",
            "[fd00::7]:80",
        ] {
            assert_eq!(check(host), Ok(()), "{host}");
        }
    }

    #[test]
    fn names_that_merely_lead_here_are_foreign() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "localhost.",
            "localhost.:3000",
            "xlocalhost",
            "127.0.0.2",
            "127.1",
            "2130706433",
            "0.0.0.0",
            "0x7f000001",
            "[::]",
            "[::ffff:127.0.0.1]",
            "www.workshop.example",
        ] {
            assert_eq!(check(host), Err(HostError::Foreign), "{host}");
        }
    }

    #[test]
    fn what_is_no_host_at_all_is_malformed() {
        for host in [
            "",
            ":3000",
            "user@localhost",
            "localhost@evil.example",
            "localhost:port",
            "localhost:123456",
            "localhost:1:2",
            "localhost/evil.example",
            "http://localhost",
            "localhost, evil.example",
            "::1",
            "[::1",
            "::1]",
            "[::1]x",
            "[localhost]",
            "evil..example",
            "local host",
            "]:[",
        ] {
            assert_eq!(check(host), Err(HostError::Malformed), "{host}");
        }
    }

    #[test]
    fn a_request_names_exactly_one_host() {
        let allowed = AllowedHosts::new(None, &[]);
        let uri = Uri::from_static("/");
        assert_eq!(
            allowed.check(&uri, &HeaderMap::new()),
            Err(HostError::Missing)
        );
        let mut headers = HeaderMap::new();
        headers.append(header::HOST, "localhost".parse().unwrap());
        headers.append(header::HOST, "localhost".parse().unwrap());
        assert_eq!(allowed.check(&uri, &headers), Err(HostError::Malformed));
    }

    #[test]
    fn a_foreign_name_in_the_request_line_is_not_covered_by_a_good_header() {
        let allowed = AllowedHosts::new(None, &[]);
        let headers = HeaderMap::from_iter([(header::HOST, "localhost".parse().unwrap())]);
        let foreign = Uri::from_static("http://evil.example/config.json");
        assert_eq!(allowed.check(&foreign, &headers), Err(HostError::Foreign));
        let own = Uri::from_static("http://localhost:3000/config.json");
        assert_eq!(allowed.check(&own, &headers), Ok(()));
        let user = Uri::from_static("http://localhost@evil.example/");
        assert_eq!(allowed.check(&user, &headers), Err(HostError::Malformed));
    }

    #[test]
    fn listening_everywhere_does_not_make_everything_a_name() {
        let allowed = AllowedHosts::new(Some(Ipv4Addr::UNSPECIFIED.into()), &[]);
        let headers = HeaderMap::from_iter([(header::HOST, "0.0.0.0:3000".parse().unwrap())]);
        assert_eq!(
            allowed.check(&Uri::from_static("/"), &headers),
            Err(HostError::Foreign)
        );
    }
}
