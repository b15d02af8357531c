//! Running other programs: one at a time, stopped together with this one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, bail};

/// Process IDs of the children that run now.
static CHILDREN: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static STOPPING: AtomicBool = AtomicBool::new(false);

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_owned()
}

/// Cargo's target folder, wherever the environment or a configuration file puts it.
pub(crate) fn target() -> Result<PathBuf> {
    let output = Command::new(cargo())
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo metadata")?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let target = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names no target folder")?;
    Ok(target.into())
}

/// The cargo that runs this task.
#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells its own path this way"
)]
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Says a line to the developer.
#[expect(clippy::print_stdout, reason = "this is a command-line program")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Says what went wrong.
#[expect(clippy::print_stderr, reason = "this is a command-line program")]
pub(crate) fn complain(line: &str) {
    eprintln!("xtask: {line}");
}

/// On Ctrl-C and SIGTERM asks the running children to stop; [`run`] then returns.
pub(crate) fn stop_children_on_signal() -> Result<()> {
    ctrlc::set_handler(|| {
        STOPPING.store(true, Ordering::SeqCst);
        for child in children().iter() {
            terminate(*child);
        }
    })
    .context("cannot listen for Ctrl-C")
}

/// Whether somebody asked this program to stop.
pub(crate) fn stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// Runs a command to its end; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = wait(spawn(command)?)?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Starts a command in the workspace's folder.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    // The list stays locked while the child starts, so that no signal slips in between.
    let mut running = children();
    if stopping() {
        bail!("stopped");
    }
    let child = command
        .current_dir(root())
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    running.push(child.id());
    Ok(child)
}

/// Waits for a child that [`spawn`] started.
pub(crate) fn wait(mut child: Child) -> Result<ExitStatus> {
    let status = child.wait();
    children().retain(|running| *running != child.id());
    Ok(status?)
}

/// Asks a process to stop cleanly.
#[cfg(unix)]
pub(crate) fn terminate(process: u32) {
    use rustix::process::{Pid, Signal, kill_process};

    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        // It may have ended by itself meanwhile.
        let _ = kill_process(pid, Signal::TERM);
    }
}

/// Asks a process to stop.
#[cfg(not(unix))]
pub(crate) fn terminate(process: u32) {
    let _ = Command::new("taskkill")
        .args(["/pid", &process.to_string(), "/t", "/f"])
        .status();
}

fn children() -> MutexGuard<'static, Vec<u32>> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
