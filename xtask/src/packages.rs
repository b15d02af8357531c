//! The system packages that tests need, installed when they are missing (Debian and Ubuntu).

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;

/// A program that tests start: the names under which it may be found, and the packages that bring it.
struct Tool {
    what: &'static str,
    names: &'static [&'static str],
    packages: &'static [&'static str],
}

const BROWSER: [Tool; 2] = [
    Tool {
        what: "Chromium",
        names: &["chromium", "chromium-browser", "google-chrome"],
        // Fonts, because a bare machine has none and a picture of boxes shows nothing.
        packages: &["chromium", "fonts-dejavu-core"],
    },
    Tool {
        what: "ChromeDriver",
        names: &["chromedriver"],
        packages: &["chromium-driver"],
    },
];

/// Where the browser and its driver are.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds the browser and its driver, installing them if need be. Never skips: without a browser the tests fail.
pub(crate) fn ensure_browser() -> Result<Browser> {
    let missing: Vec<&Tool> = BROWSER.iter().filter(|tool| find(tool).is_none()).collect();
    if !missing.is_empty() {
        let packages: Vec<&str> = missing
            .iter()
            .flat_map(|tool| tool.packages)
            .copied()
            .collect();
        command::say(&format!(
            "Installing {} for the browser tests …",
            packages.join(" and ")
        ));
        install(&packages)?;
    }
    let [chromium, driver] = BROWSER.map(|tool| {
        find(&tool).ok_or_else(|| {
            anyhow::anyhow!(
                "{} is not on the PATH as {}",
                tool.what,
                tool.names.join(" or ")
            )
        })
    });
    Ok(Browser {
        chromium: chromium?,
        driver: driver?,
    })
}

fn install(packages: &[&str]) -> Result<()> {
    if find_program("apt-get").is_none() {
        bail!(
            "the browser tests need {}; this system has no apt-get, so install them by hand",
            packages.join(" and ")
        );
    }
    apt(&["update", "--quiet"])?;
    let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments)
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut apt = if is_root() {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("apt-get");
        sudo
    };
    command::run(apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

fn find(tool: &Tool) -> Option<PathBuf> {
    tool.names.iter().find_map(|name| find_program(name))
}

fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}
