//! A connection that loses patience with a client that does not read, and shows some with one that is refused while it
//! still sends.
//!
//! When a server closes a connection whose input it has not read, the system answers the client with a reset, and the
//! client may lose the very answer that says what was wrong (RFC 9112 §9.6). So a closing connection first says that
//! it will send no more, then throws away what still comes in, for a moment.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// The wrapper around a connection's stream.
pub(crate) struct Patient<S> {
    stream: S,
    stall_time: Duration,
    linger_time: Duration,
    /// Runs while a write waits for the client to read.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Runs while input is thrown away.
    lingering: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(crate) fn new(stream: S, stall_time: Duration, linger_time: Duration) -> Self {
        Self {
            stream,
            stall_time,
            linger_time,
            stalled: None,
            lingering: None,
        }
    }

    /// Passes the outcome of a write on; one that waits too long becomes an error.
    fn bounded<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stall_time = self.stall_time;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(stall_time)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.bounded(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.bounded(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        }
        let mut bin = [0; 8 * 1024];
        loop {
            let mut buffer = ReadBuf::new(&mut bin);
            match Pin::new(&mut this.stream).poll_read(context, &mut buffer) {
                // The client has said all it wanted, or is gone.
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => return Poll::Ready(Ok(())),
                Poll::Ready(Err(_)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(())) => {
                    let linger_time = this.linger_time;
                    let lingering = this
                        .lingering
                        .get_or_insert_with(|| Box::pin(sleep(linger_time)));
                    if lingering.as_mut().poll(context).is_ready() {
                        return Poll::Ready(Ok(()));
                    }
                }
                // A client that was not in the middle of something need not be waited for.
                Poll::Pending => match &mut this.lingering {
                    Some(lingering) => return lingering.as_mut().poll(context).map(Ok),
                    None => return Poll::Ready(Ok(())),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const SOON: Duration = Duration::from_millis(50);
    const NEVER: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_client_that_does_not_read_is_given_up() {
        let (near, _far) = duplex(16);
        let mut near = Patient::new(near, SOON, NEVER);
        let error = near.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_reads_slowly_is_not() {
        let (near, mut far) = duplex(16);
        let mut near = Patient::new(near, NEVER, NEVER);
        let reader = async {
            let mut read = Vec::new();
            far.read_to_end(&mut read).await.unwrap();
            read.len()
        };
        let writer = async {
            near.write_all(&[0; 4096]).await.unwrap();
            near.shutdown().await.unwrap();
            drop(near);
        };
        assert_eq!(tokio::join!(reader, writer).0, 4096);
    }

    #[tokio::test]
    async fn what_a_refused_client_still_sends_is_read_before_the_end() {
        let (near, mut far) = duplex(16);
        let mut near = Patient::new(near, NEVER, NEVER);
        far.write_all(b"begun").await.unwrap();
        let sender = async {
            far.write_all(&[0; 4096]).await.unwrap();
            far.shutdown().await.unwrap();
        };
        let (closed, ()) = tokio::join!(near.shutdown(), sender);
        closed.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_never_stops_sending_is_cut_off() {
        let (near, mut far) = duplex(16);
        let mut near = Patient::new(near, NEVER, SOON);
        far.write_all(b"begun").await.unwrap();
        near.shutdown().await.unwrap();
    }

    #[tokio::test]
    async fn a_silent_client_is_not_waited_for() {
        let (near, _far) = duplex(16);
        Patient::new(near, NEVER, NEVER).shutdown().await.unwrap();
    }
}
