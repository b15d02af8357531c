//! Writing the state down, off the path of the requests that change it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Changes that come together are written together: this is what a crash can lose.
const TOGETHER: Duration = Duration::from_millis(100);

/// Tells the saver that something has changed. Clones tell the same saver; without one nobody listens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes(Arc<Signal>);

#[derive(Debug, Default)]
struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    changed: bool,
    over: bool,
}

impl Changes {
    /// Something is different from what was last written, or will be as soon as a lock is released that is held now.
    pub(crate) fn announce(&self) {
        self.lock().changed = true;
        self.0.changed.notify_one();
    }

    fn end(&self) {
        self.lock().over = true;
        self.0.changed.notify_one();
    }

    /// Waits for changes; `false` when there will be none any more.
    fn wait(&self) -> bool {
        let idle = |state: &mut State| !state.changed && !state.over;
        let state = self.0.changed.wait_while(self.lock(), idle);
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let (mut state, _) = self
            .0
            .changed
            .wait_timeout_while(state, TOGETHER, |state| !state.over)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.changed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that writes. Dropping it writes what is still unwritten.
#[derive(Debug)]
pub(crate) struct Saver {
    changes: Changes,
    thread: Option<JoinHandle<()>>,
}

impl Saver {
    /// Calls `write` after every change.
    pub(crate) fn start(
        changes: &Changes,
        write: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let waiting = changes.clone();
        let thread = std::thread::Builder::new()
            .name("state".to_owned())
            .spawn(move || {
                while waiting.wait() {
                    write();
                }
            })?;
        Ok(Self {
            changes: changes.clone(),
            thread: Some(thread),
        })
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.changes.end();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that saves the state has panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn the_last_change_is_written_before_the_end() {
        let value = Arc::new(AtomicUsize::new(0));
        let written = Arc::new(AtomicUsize::new(0));
        let changes = Changes::default();
        let saver = {
            let (value, written) = (Arc::clone(&value), Arc::clone(&written));
            let write = move || written.store(value.load(Ordering::SeqCst), Ordering::SeqCst);
            Saver::start(&changes, write).unwrap()
        };
        for number in 1..=1000 {
            value.store(number, Ordering::SeqCst);
            changes.announce();
        }
        drop(saver);
        assert_eq!(written.load(Ordering::SeqCst), 1000);
    }

    #[test]
    fn a_change_is_written_without_being_asked_again_and_nothing_is_written_without_one() {
        let (sender, writes) = mpsc::channel();
        let changes = Changes::default();
        let saver = Saver::start(&changes, move || sender.send(()).unwrap()).unwrap();
        changes.announce();
        writes.recv().unwrap();
        drop(saver);
        assert!(writes.recv().is_err());
    }
}
