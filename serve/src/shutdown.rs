//! When to stop.

/// Waits until somebody asks this process to stop: Ctrl-C, or SIGTERM where there is one.
///
/// # Panics
///
/// If the operating system refuses a signal handler, which it does to no ordinary process: a server that could not be
/// stopped cleanly should not start.
pub async fn shutdown_signal() {
    let interrupt = async {
        tokio::signal::ctrl_c()
            .await
            .expect("Ctrl-C can be listened for");
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate() => {}
    }
}

#[cfg(unix)]
async fn terminate() {
    use tokio::signal::unix::{SignalKind, signal};

    signal(SignalKind::terminate())
        .expect("SIGTERM can be listened for")
        .recv()
        .await;
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}
