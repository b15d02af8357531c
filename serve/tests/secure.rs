//! The listener with a certificate, as clients meet it that verify whom they talk to.
#![expect(
    clippy::unwrap_used,
    reason = "in a test's helpers a failure is a failed test"
)]

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serve::{Limits, ListenOptions, Listener, Tls, TlsError};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const SOON: Duration = Duration::from_millis(100);
/// Long enough that a test which waits for it has failed.
const NEVER: Duration = Duration::from_secs(600);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

struct Server {
    listener_origin: String,
    port: u16,
    certificate: CertificateDer<'static>,
    stop: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let options = ListenOptions {
            tls: Some(Tls::new(&cert.pem(), &signing_key.serialize_pem()).unwrap()),
            limits,
            ..ListenOptions::loopback(0, "TENANT_TLS_PORT")
        };
        let listener = Listener::bind(&options).await.unwrap();
        let listener_origin = listener.origin().to_owned();
        let port = listener.port();
        let router = Router::new().route("/", get(|| async { "hello" }));
        let (stop, stopped) = oneshot::channel();
        let done = tokio::spawn(listener.serve(router, async {
            let _ = stopped.await;
        }));
        Self {
            listener_origin,
            port,
            certificate: cert.der().clone(),
            stop,
            done,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// A handshake by a client that trusts these certificates and nothing else.
    async fn handshake(
        &self,
        trusted: &[CertificateDer<'static>],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted.iter().cloned());
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
            .connect(
                ServerName::try_from("localhost").unwrap(),
                self.connect().await,
            )
            .await
    }

    async fn hello(&self) -> String {
        let own = std::slice::from_ref(&self.certificate);
        answer_on(self.handshake(own).await.unwrap()).await
    }
}

async fn answer_on(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
    stream.write_all(REQUEST).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_client_that_trusts_the_certificate_gets_its_answer() {
    let server = Server::start(Limits::default()).await;
    assert_eq!(
        server.listener_origin,
        format!("https://localhost:{}", server.port)
    );
    assert!(server.hello().await.ends_with("hello"));
}

#[tokio::test]
async fn a_client_that_does_not_trust_it_goes_away() {
    let server = Server::start(Limits::default()).await;
    let CertifiedKey { cert, .. } = generate_simple_self_signed(vec!["other".to_owned()]).unwrap();
    assert!(server.handshake(&[cert.der().clone()]).await.is_err());
    assert!(server.hello().await.ends_with("hello"));
}

#[tokio::test]
async fn plain_http_is_told_where_https_is() {
    let server = Server::start(Limits::default()).await;
    let answer = answer_on(server.connect().await).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains(&server.listener_origin), "{answer}");
    assert!(!answer.contains("hello"));
}

#[tokio::test]
async fn bytes_of_no_protocol_end_the_connection() {
    let server = Server::start(Limits::default()).await;
    for nonsense in [&b"\x16\x03\x01\xff\xffnonsense"[..], b"\0\0\0\0\r\n\r\n"] {
        let mut stream = server.connect().await;
        stream.write_all(nonsense).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // A reset is an end too.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!String::from_utf8_lossy(&answer).contains("hello"));
    }
}

#[tokio::test]
async fn a_handshake_that_never_comes_ends_in_time_and_holds_nobody_up() {
    let server = Server::start(Limits {
        handshake_time: SOON,
        ..Limits::default()
    })
    .await;
    let mut silent = server.connect().await;
    let mut half = server.connect().await;
    half.write_all(b"\x16\x03\x01").await.unwrap();
    assert!(server.hello().await.ends_with("hello"));
    for stream in [&mut silent, &mut half] {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.is_empty());
    }
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_handshake() {
    let server = Server::start(Limits {
        handshake_time: NEVER,
        drain_time: NEVER,
        ..Limits::default()
    })
    .await;
    let mut silent = server.connect().await;
    assert!(server.hello().await.ends_with("hello"));
    server.stop.send(()).unwrap();
    server.done.await.unwrap();
    let _ = silent.read_to_end(&mut Vec::new()).await;
}

#[test]
fn what_is_no_certificate_is_named() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let other = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = signing_key.serialize_pem();
    assert!(matches!(
        Tls::new(&cert.pem(), "no key"),
        Err(TlsError::Key(_))
    ));
    assert!(matches!(
        Tls::new("no certificate", &key),
        Err(TlsError::Unusable(_))
    ));
    assert!(matches!(
        Tls::new(&cert.pem(), &other.signing_key.serialize_pem()),
        Err(TlsError::Unusable(_))
    ));
}
