//! `cargo xtask test`: everything that must hold before a change lands, in the order in which it fails fastest.

use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use crate::spa::{self, Profile};
use crate::toolchain::{self, WASM};
use crate::{clients, command, packages, up};

/// What `test` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave out the browser and the clients that nobody here wrote
    #[arg(long)]
    fast: bool,
    /// Also drive the Azure CLI, whose installation is large
    #[arg(long, conflicts_with = "fast")]
    all: bool,
    /// Renew the README's picture with the one that the browser tests took
    #[arg(long, conflicts_with = "fast")]
    pictures: bool,
}

/// Runs all checks and tests; stops at the first that fails.
pub(crate) fn run(options: &Options) -> Result<()> {
    let begun = Instant::now();
    toolchain::ensure_wasm_target()?;
    let browser = if options.fast {
        None
    } else {
        Some((packages::ensure_browser()?, clients::ensure()?))
    };

    heading("Format");
    cargo(&["fmt", "--all", "--check"])?;
    heading("Lint");
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])?;
    cargo(&[
        "clippy",
        "--package=web",
        "--target",
        WASM,
        "--",
        "-D",
        "warnings",
    ])?;
    heading("Documentation");
    command::run(
        Command::new(command::cargo())
            .args(["doc", "--workspace", "--no-deps", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    heading("Unit and integration tests");
    cargo(&["test", "--workspace", "--exclude=tests"])?;
    if let Some((browser, clients)) = browser {
        heading("Browser tests, and clients that nobody here wrote");
        let spa = spa::build(Profile::Size)?;
        command::say(&spa.report());
        let across_crates = || {
            let mut test = Command::new(command::cargo());
            test.args(["test", "--package=tests"])
                .env("WORKSHOP_SPA", &spa.folder)
                .env("CHROMIUM", &browser.chromium)
                .env("CHROMEDRIVER", &browser.driver)
                .env("CERTUTIL", &browser.certutil)
                .env("CLIENTS_PYTHON", &clients.python)
                .env("CLIENTS_NODE", &clients.node);
            test
        };
        command::run(&mut across_crates())?;
        if options.all {
            heading("The Azure CLI");
            let cli = clients::ensure_azure_cli()?;
            up::build_servers()?;
            let mut test = across_crates();
            test.args(["--test=azure_cli", "--", "--ignored"]);
            command::run(test.env("AZURE_CLI", cli).env("WORKSHOP", up::workshop()?))?;
        }
        if options.pictures {
            let taken = spa
                .folder
                .with_file_name("screenshots")
                .join("6-read-the-tokens-wide-light.png");
            std::fs::copy(taken, command::root().join("docs/walkthrough.png"))?;
        }
    }
    let left_out = if options.fast {
        " (without browser and clients)"
    } else {
        ""
    };
    command::say(&format!(
        "\nAll tests passed{left_out} in {:.0} s",
        begun.elapsed().as_secs_f32()
    ));
    Ok(())
}

fn cargo(arguments: &[&str]) -> Result<()> {
    command::run(Command::new(command::cargo()).args(arguments))
}

fn heading(title: &str) {
    command::say(&format!("\n== {title}"));
}
