//! How a server proves itself to its clients (RFC 8446): its certificate, and the handshake.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

/// The first byte of a TLS connection: a record of type "handshake" (RFC 8446 §5.1).
const HANDSHAKE: u8 = 22;

/// A certificate with its key, ready to be served with.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Why a certificate cannot be served with.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificates are not PEM.
    #[error("the certificate is not PEM ({0})")]
    Certificate(rustls::pki_types::pem::Error),
    /// The key is not PEM.
    #[error("the certificate's key is not PEM ({0})")]
    Key(rustls::pki_types::pem::Error),
    /// Certificate and key do not fit together, or are of no known kind.
    #[error("the certificate cannot be used ({0})")]
    Unusable(#[from] rustls::Error),
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    /// Takes the server's certificate, followed by those that lead to its authority, and its key; all as PEM.
    pub fn new(certificates: &str, key: &str) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(certificates.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(TlsError::Certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(TlsError::Key)?;
        // Named, because rustls does not choose by itself when a program contains several backends.
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Opens a connection within the time. A client that begins with anything else than a handshake gets its stream
    /// back, unread.
    pub(crate) async fn open(&self, stream: TcpStream, limit: Duration) -> io::Result<Opened> {
        tokio::time::timeout(limit, async {
            let mut first = [0];
            stream.peek(&mut first).await?;
            if first[0] == HANDSHAKE {
                Ok(Opened::Secure(Box::new(self.0.accept(stream).await?)))
            } else {
                Ok(Opened::Plain(stream))
            }
        })
        .await?
    }
}

/// What a client of a TLS port turned out to speak.
pub(crate) enum Opened {
    Secure(Box<TlsStream<TcpStream>>),
    Plain(TcpStream),
}
