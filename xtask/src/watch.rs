//! `cargo xtask up --watch`: build again and restart when a source file changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context as _, Result};
use notify::{Event, RecursiveMode, Watcher as _};

use crate::spa::{self, Profile};
use crate::{command, up};

/// An editor writes several files at once: wait until it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(300);

/// Which programs a folder's files end up in.
const FOLDERS: [(&str, Part); 6] = [
    ("shared", Part::Both),
    ("web", Part::Spa),
    ("serve", Part::Servers),
    ("api-server", Part::Servers),
    ("practice-tenant", Part::Servers),
    ("workshop", Part::Servers),
];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Spa,
    Servers,
    Both,
}

/// Runs the workshop, rebuilding what changes, until somebody stops it.
pub(crate) fn run(no_open: bool) -> Result<()> {
    let folder = up::build(Profile::Watch)?;
    let (sender, changed) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // A receiver that has gone means that the program is ending.
        if let Ok(event) = event
            && !event.kind.is_access()
        {
            let _ = sender.send(event);
        }
    })?;
    for (name, _) in FOLDERS {
        let path = command::root().join(name);
        watcher
            .watch(&path, RecursiveMode::Recursive)
            .with_context(|| format!("cannot watch {}", path.display()))?;
    }

    let mut workshop = Some(up::start(&folder, no_open)?);
    while let Some(parts) = next_change(&changed) {
        if parts.contains(&Part::Spa) || parts.contains(&Part::Both) {
            command::say("Building the browser app again …");
            report(spa::build(Profile::Watch).map(|_| "The browser app is new: reload the page."));
        }
        if parts.contains(&Part::Servers) || parts.contains(&Part::Both) {
            command::say("Building the servers again …");
            match up::build_servers() {
                Ok(()) => {
                    if let Some(running) = workshop.take() {
                        stop(running)?;
                    }
                    workshop = Some(up::start(&folder, true)?);
                }
                Err(error) => report(Err(error)),
            }
        }
    }
    if let Some(running) = workshop {
        command::wait(running)?;
    }
    Ok(())
}

/// Waits until files have changed and then been left alone; `None` when the program is to stop.
fn next_change(changed: &Receiver<Event>) -> Option<BTreeSet<Part>> {
    let mut parts = BTreeSet::new();
    loop {
        match changed.recv_timeout(QUIET) {
            Ok(event) => parts.extend(event.paths.iter().filter_map(|path| part(path))),
            Err(_) if command::stopping() => return None,
            Err(RecvTimeoutError::Timeout) if parts.is_empty() => {}
            Err(RecvTimeoutError::Timeout) => return Some(parts),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

fn part(path: &Path) -> Option<Part> {
    let inside: PathBuf = path.strip_prefix(command::root()).ok()?.to_owned();
    FOLDERS
        .iter()
        .find(|(folder, _)| inside.starts_with(folder))
        .map(|(_, part)| *part)
}

fn stop(running: Child) -> Result<()> {
    command::terminate(running.id());
    command::wait(running)?;
    Ok(())
}

/// A build that fails is shown and waits for the next change.
fn report(outcome: Result<&str>) {
    match outcome {
        Ok(line) => command::say(line),
        Err(_) if command::stopping() => {}
        Err(error) => command::say(&format!("{error:#}. Waiting for the next change.")),
    }
}
