//! `cargo xtask up`: build, start, and say what is where.

use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use crate::spa::{self, Profile};
use crate::{command, watch};

/// What `up` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Do not open the browser
    #[arg(long)]
    no_open: bool,
    /// Build again and restart when a source file changes
    #[arg(long)]
    watch: bool,
}

/// Builds everything and runs it until somebody stops it.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.watch {
        return watch::run(options.no_open);
    }
    let folder = build(Profile::Size)?;
    let status = command::wait(start(&folder, options.no_open)?)?;
    if !status.success() && !command::stopping() {
        // The workshop has said on its own line what was wrong.
        std::process::exit(status.code().unwrap_or(1));
    }
    Ok(())
}

/// Builds servers and browser app, with a line before and after each.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    step(
        "[1/2] Building the servers (the first time this takes a minute or two)",
        build_servers,
    )?;
    let spa = step(
        "[2/2] Building the browser app (the first time this takes another few minutes)",
        || spa::build(profile),
    )?;
    Ok(spa.folder)
}

/// Builds the `workshop` program.
pub(crate) fn build_servers() -> Result<()> {
    command::run(Command::new(command::cargo()).args(["build", "--package=workshop"]))
}

/// Where the `workshop` program lies once it is built.
pub(crate) fn workshop() -> Result<PathBuf> {
    let name = format!("workshop{}", std::env::consts::EXE_SUFFIX);
    Ok(command::target()?.join("debug").join(name))
}

/// Starts the `workshop` program.
pub(crate) fn start(spa: &PathBuf, no_open: bool) -> Result<Child> {
    let program = workshop()?;
    if !program.exists() {
        bail!("{} was not built", program.display());
    }
    let mut workshop = Command::new(program);
    workshop.arg("up").arg("--spa").arg(spa);
    if no_open {
        workshop.arg("--no-open");
    }
    command::spawn(&mut workshop)
}

fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    command::say(&format!("{title} …"));
    let begun = Instant::now();
    let made = work()?;
    command::say(&format!(
        "      done in {:.1} s",
        begun.elapsed().as_secs_f32()
    ));
    Ok(made)
}
