//! Binding and serving.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::select_all;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::connection::{self, Entrance};
use crate::guard::guarded;
use crate::host::AllowedHosts;
use crate::options::{Limits, ListenOptions};
use crate::tls::Tls;

/// Why a server cannot listen, in one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another program listens there.
    #[error(
        "port {} is already in use ({}); stop the other program or set {variable} to a free port",
        address.port(),
        address.ip()
    )]
    PortTaken {
        /// The address that is taken.
        address: SocketAddr,
        /// The variable that changes the port.
        variable: &'static str,
    },
    /// The system reserves the port.
    #[error(
        "port {port} needs rights this program does not have; set {variable} to a port above 1023"
    )]
    PortReserved {
        /// The port.
        port: u16,
        /// The variable that changes it.
        variable: &'static str,
    },
    /// Port 0 was asked for, and no port was free in both address families.
    #[error("no free port was found; set {variable} to one")]
    NoFreePort {
        /// The variable that chooses a port.
        variable: &'static str,
    },
    /// Anything else.
    #[error("cannot listen on {address} ({source}); BIND_ADDRESS wants an address of this machine")]
    Address {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// A bound port: nobody else can take it, and clients that connect wait until [`serve`](Self::serve).
pub struct Listener {
    sockets: Vec<TcpListener>,
    port: u16,
    origin: String,
    hosts: AllowedHosts,
    tls: Option<Tls>,
    limits: Limits,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("sockets", &self.sockets)
            .finish_non_exhaustive()
    }
}

impl Listener {
    /// Takes the port: on 127.0.0.1 and `::1` (on the first alone where there is no IPv6), or on the bind address.
    pub async fn bind(options: &ListenOptions) -> Result<Self, BindError> {
        // With port 0 the system chooses for the first family, and the second may have that one taken: then again.
        const ATTEMPTS: usize = 16;
        for _ in 0..ATTEMPTS {
            if let Some(sockets) = bind_all(options).await? {
                let port = local_address(&sockets[0], options)?.port();
                return Ok(Self {
                    sockets,
                    port,
                    origin: options.origin(port),
                    hosts: AllowedHosts::new(options.bind_address, &options.allowed_hosts),
                    tls: options.tls.clone(),
                    limits: options.limits,
                });
            }
        }
        Err(BindError::NoFreePort {
            variable: options.port_variable,
        })
    }

    /// The port, also when any free one was asked for.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The origin to write into addresses: `http://localhost:{port}` (or https), unless that would not lead here.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Every address that is listened on.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets
            .iter()
            .filter_map(|socket| socket.local_addr().ok())
            .collect()
    }

    /// Answers requests until `shutdown` completes, then lets answers in progress finish within the drain time.
    #[expect(
        clippy::missing_panics_doc,
        reason = "the semaphore is this function's own and stays open"
    )]
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()> + Send + 'static) {
        let Self {
            sockets,
            origin,
            hosts,
            tls,
            limits,
            ..
        } = self;
        let entrance = Entrance {
            plain_http: guarded(connection::plain_http(origin), hosts.clone(), limits),
            router: guarded(router, hosts, limits),
            tls,
            limits,
        };
        let slots = Arc::new(Semaphore::new(limits.connections));
        let stop = GracefulShutdown::new();
        let open = watch::Sender::new(());
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let next = async {
                let slot = Arc::clone(&slots)
                    .acquire_owned()
                    .await
                    .expect("the semaphore is never closed");
                (slot, accept(&sockets).await)
            };
            tokio::select! {
                () = &mut shutdown => break,
                (slot, stream) = next => {
                    let answers = connection::answer(stream, entrance.clone(), stop.watcher(), open.subscribe());
                    connections.spawn(async move {
                        answers.await;
                        drop(slot);
                    });
                }
                Some(_) = connections.join_next() => {}
            }
        }
        drop((sockets, open));
        if tokio::time::timeout(limits.drain_time, stop.shutdown())
            .await
            .is_err()
        {
            tracing::warn!(
                open = connections.len(),
                "cut off the connections that did not finish in time"
            );
        }
        connections.shutdown().await;
    }
}

/// One socket per address; `None` when the system's choice of a free port did not work out for all of them.
async fn bind_all(options: &ListenOptions) -> Result<Option<Vec<TcpListener>>, BindError> {
    let variable = options.port_variable;
    let mut port = options.port;
    let mut sockets: Vec<TcpListener> = Vec::new();
    for mut address in options.addresses(port) {
        address.set_port(port);
        match TcpListener::bind(address).await {
            Ok(socket) => {
                port = local_address(&socket, options)?.port();
                sockets.push(socket);
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse && options.port == 0 => {
                return Ok(None);
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                return Err(BindError::PortTaken { address, variable });
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(BindError::PortReserved { port, variable });
            }
            // The second family is a courtesy: a container without IPv6 refuses it in several ways.
            Err(error) if !sockets.is_empty() => {
                tracing::debug!(%address, %error, "not listening there");
            }
            Err(source) => return Err(BindError::Address { address, source }),
        }
    }
    Ok(Some(sockets))
}

fn local_address(socket: &TcpListener, options: &ListenOptions) -> Result<SocketAddr, BindError> {
    socket.local_addr().map_err(|source| BindError::Address {
        address: options.addresses(options.port)[0],
        source,
    })
}

/// The next connection of any socket.
async fn accept(sockets: &[TcpListener]) -> TcpStream {
    loop {
        let (accepted, _, _) =
            select_all(sockets.iter().map(|socket| Box::pin(socket.accept()))).await;
        match accepted {
            Ok((stream, _)) => {
                // Answers are small and complete: waiting to fill a packet only delays them.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                return stream;
            }
            // Mostly a client that went away. When it is the system that is short of something, trying again at once
            // would only burn a processor.
            Err(error) => {
                tracing::debug!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
