//! When to stop.

/// Waits until somebody asks this process to stop: Ctrl-C, or SIGTERM where there is one.
///
/// The signals are caught from the call on, not only once the future is polled: whoever says "ready" after this call
/// can be stopped cleanly.
///
/// # Panics
///
/// Outside a tokio runtime, and if the operating system refuses a signal handler, which it does to no ordinary process:
/// a server that could not be stopped cleanly should not start.
pub fn shutdown_signal() -> impl Future<Output = ()> + Send + 'static {
    let mut signals = Signals::catch().expect("the system lets a process catch its signals");
    async move { signals.any().await }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn catch() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn catch() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn any(&mut self) {
        self.0.recv().await;
    }
}
