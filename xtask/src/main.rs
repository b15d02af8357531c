//! The developer's commands. `cargo xtask up` and `cargo xtask test` are all a newcomer needs.

mod clients;
mod command;
mod packages;
mod spa;
mod test;
mod toolchain;
mod up;
mod watch;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Build, run and test the Entra workshop"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and start it; prints the addresses and a line `ready`
    Up(up::Options),
    /// Format, lint and run all tests, in a browser and with real clients too; installs what is missing
    Test(test::Options),
    /// Build the browser app only, into target/spa, and print its size
    Spa,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        // Stopped on purpose: whatever a child said about being interrupted is not an error.
        Err(_) if command::stopping() => ExitCode::SUCCESS,
        Err(error) => {
            command::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    command::stop_children_on_signal()?;
    match &arguments.task {
        Task::Up(options) => up::run(options),
        Task::Test(options) => test::run(options),
        Task::Spa => spa::build(spa::Profile::Size).map(|spa| command::say(&spa.report())),
    }
}
