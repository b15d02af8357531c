//! One connection, from its first byte to its last.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::options::Limits;
use crate::patient::Patient;

/// Answers the requests of one connection until the client, a limit or a stop ends it.
///
/// The stream is whatever carries HTTP: a TCP connection, or later one with TLS on top.
pub(crate) async fn answer<S>(stream: S, router: Router, limits: Limits, stop: Watcher)
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
