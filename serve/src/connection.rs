//! One connection, from its first byte to its last.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::options::Limits;
use crate::patient::Patient;
use crate::tls::{Opened, Tls};

/// What a connection leads to.
#[derive(Clone)]
pub(crate) struct Entrance {
    pub(crate) router: Router,
    /// What answers http on a port for https.
    pub(crate) plain_http: Router,
    pub(crate) tls: Option<Tls>,
    pub(crate) limits: Limits,
}

/// Answers the requests of one connection until the client, a limit or a stop ends it. `open` changes or goes when the
/// server stops: a handshake then need not be waited for.
pub(crate) async fn answer(
    stream: TcpStream,
    entrance: Entrance,
    stop: Watcher,
    mut open: watch::Receiver<()>,
) {
    let Entrance {
        router,
        plain_http,
        tls,
        limits,
    } = entrance;
    let Some(tls) = tls else {
        return requests(stream, router, limits, stop).await;
    };
    let opened = tokio::select! {
        opened = tls.open(stream, limits.handshake_time) => opened,
        _ = open.changed() => return,
    };
    match opened {
        Ok(Opened::Secure(stream)) => requests(stream, router, limits, stop).await,
        Ok(Opened::Plain(stream)) => requests(stream, plain_http, limits, stop).await,
        // Mostly a client that does not know the authority, which is its own to say.
        Err(error) => tracing::debug!(%error, "no TLS connection came about"),
    }
}

async fn requests<S>(stream: S, router: Router, limits: Limits, stop: Watcher)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let stream = Patient::new(stream, limits.stall_time, limits.linger_time);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_headers(limits.head_fields)
        .max_header_size(limits.head_bytes)
        // Reads ahead no further than a head needs, and a little for the body.
        .max_buf_size(limits.head_bytes + 16 * 1024)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    if let Err(error) = stop.watch(connection).await {
        // Clients come and go; only somebody who looks for this wants to read it.
        tracing::debug!(%error, "connection ended early");
    }
}

/// Tells whoever forgot the s in https. No redirect: what was sent has been sent in the clear already.
pub(crate) fn plain_http(origin: String) -> Router {
    Router::new()
        .fallback(speaks_https)
        .with_state(Arc::from(origin))
}

async fn speaks_https(State(origin): State<Arc<str>>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONNECTION, "close"),
    ];
    let sentence = format!("This port speaks https. Its address is {origin}\n");
    (StatusCode::BAD_REQUEST, headers, sentence).into_response()
}
