//! Where a server listens, to whom it answers, and how much it takes.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use shared::settings::{SettingError, Variables};

use crate::host::HostName;
use crate::tls::Tls;

/// Where a server listens and to whom it answers.
#[derive(Clone, Debug)]
pub struct ListenOptions {
    /// The TCP port; 0 means any free one.
    pub port: u16,
    /// The variable that a person sets to change the port, for error messages.
    pub port_variable: &'static str,
    /// Listen on this address only, instead of loopback in both families.
    pub bind_address: Option<IpAddr>,
    /// Names to accept in `Host` beside the names of this machine.
    pub allowed_hosts: Vec<String>,
    /// The certificate to prove itself with: then the server speaks https, otherwise http.
    pub tls: Option<Tls>,
    /// How much the server takes.
    pub limits: Limits,
}

impl ListenOptions {
    /// Loopback on this port, nothing else allowed.
    pub fn loopback(port: u16, port_variable: &'static str) -> Self {
        Self {
            port,
            port_variable,
            bind_address: None,
            allowed_hosts: Vec::new(),
            tls: None,
            limits: Limits::default(),
        }
    }

    /// Reads the port from `port_variable`, and `BIND_ADDRESS` and `ALLOWED_HOSTS`.
    pub fn from_variables(
        variables: &Variables,
        port_variable: &'static str,
        default_port: u16,
    ) -> Result<Self, SettingError> {
        let hosts: Vec<HostName> = variables.list(
            "ALLOWED_HOSTS",
            "host names without scheme and port, such as workshop.example",
        )?;
        Ok(Self {
            port: variables.or(
                port_variable,
                "a port from 0 to 65535, 0 for any free one",
                default_port,
            )?,
            bind_address: variables.optional(
                "BIND_ADDRESS",
                "an IP address of this machine, such as 0.0.0.0",
            )?,
            allowed_hosts: hosts.into_iter().map(HostName::into_string).collect(),
            ..Self::loopback(default_port, port_variable)
        })
    }

    /// The addresses to listen on. The first must work; a second is the other family, which a machine may lack.
    pub(crate) fn addresses(&self, port: u16) -> Vec<SocketAddr> {
        match self.bind_address {
            Some(address) => vec![(address, port).into()],
            None => vec![
                (std::net::Ipv4Addr::LOCALHOST, port).into(),
                (std::net::Ipv6Addr::LOCALHOST, port).into(),
            ],
        }
    }

    /// `http://localhost:{port}` (or https) as long as that leads here, otherwise the address itself; without the port
    /// that the scheme implies, as browsers write an origin (RFC 6454 §6.2).
    pub(crate) fn origin(&self, port: u16) -> String {
        let host = match self.bind_address {
            Some(IpAddr::V6(address)) if !address.is_loopback() && !address.is_unspecified() => {
                format!("[{address}]")
            }
            Some(IpAddr::V4(address)) if !address.is_loopback() && !address.is_unspecified() => {
                address.to_string()
            }
            _ => "localhost".to_owned(),
        };
        let (scheme, implied) = match self.tls {
            Some(_) => ("https", 443),
            None => ("http", 80),
        };
        if port == implied {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{port}")
        }
    }
}

/// How much a server takes before it says no. The defaults are generous to people and mean to floods.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at once; further ones wait in the system's queue.
    pub connections: usize,
    /// The time for a whole request head to arrive; also how long a connection may idle between requests.
    pub head_time: Duration,
    /// The time for a TLS handshake, from the first byte to the last.
    pub handshake_time: Duration,
    /// Bytes of a request head, at least 8192. Browsers send a cookie of `localhost` to all of its ports, so other
    /// programs' cookies arrive here too. More is answered with 431.
    pub head_bytes: usize,
    /// Header fields of a request. More is answered with 431.
    pub head_fields: usize,
    /// Bytes of a request's path and query. More is answered with 414.
    pub url_bytes: usize,
    /// The time from a request's head to the beginning of its answer, including the request's body.
    pub request_time: Duration,
    /// How long a client may leave an answer unread.
    pub stall_time: Duration,
    /// How long to go on reading from a client that was refused in the middle of sending, so that it gets to see why.
    pub linger_time: Duration,
    /// How long answers in progress may take once the server is asked to stop.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head_time: Duration::from_secs(15),
            handshake_time: Duration::from_secs(10),
            head_bytes: 64 * 1024,
            head_fields: 100,
            url_bytes: 16 * 1024,
            request_time: Duration::from_secs(30),
            stall_time: Duration::from_secs(30),
            linger_time: Duration::from_secs(2),
            drain_time: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options_from(variables: &[(&str, &str)]) -> Result<ListenOptions, SettingError> {
        ListenOptions::from_variables(&variables.iter().copied().collect(), "WEB_PORT", 3000)
    }

    #[test]
    fn loopback_in_both_families_is_the_default() {
        let options = options_from(&[]).unwrap();
        let addresses: Vec<String> = options
            .addresses(options.port)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(addresses, ["127.0.0.1:3000", "[::1]:3000"]);
        assert_eq!(options.origin(3000), "http://localhost:3000");
    }

    #[test]
    fn a_bind_address_replaces_both() {
        let options = options_from(&[("BIND_ADDRESS", "10.1.2.3"), ("WEB_PORT", "80")]).unwrap();
        assert_eq!(options.addresses(80), ["10.1.2.3:80".parse().unwrap()]);
        assert_eq!(options.origin(80), "http://10.1.2.3");
        let options = options_from(&[("BIND_ADDRESS", "fd00::7")]).unwrap();
        assert_eq!(options.origin(8080), "http://[fd00::7]:8080");
    }

    #[test]
    fn listening_everywhere_is_still_called_localhost() {
        let options = options_from(&[("BIND_ADDRESS", "::")]).unwrap();
        assert_eq!(options.origin(3000), "http://localhost:3000");
    }

    #[test]
    fn bad_values_are_named_in_one_line() {
        for (variable, value) in [
            ("WEB_PORT", "70000"),
            ("WEB_PORT", "http"),
            ("BIND_ADDRESS", "localhost"),
            ("ALLOWED_HOSTS", "https://workshop.example"),
            ("ALLOWED_HOSTS", "*"),
            ("ALLOWED_HOSTS", "workshop.example:3000"),
        ] {
            let error = options_from(&[(variable, value)]).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("{variable}: got {value:?}")),
                "{error}"
            );
            assert!(!error.contains('\n'));
        }
    }
}
