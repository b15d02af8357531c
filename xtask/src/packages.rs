//! The system packages that tests need, installed when they are missing (Debian and Ubuntu).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::command;

/// A program that tests start: the names under which it may be found, and the packages that bring it.
struct Tool {
    what: &'static str,
    names: &'static [&'static str],
    packages: &'static [&'static str],
}

const CHROMIUM: Tool = Tool {
    what: "Chromium",
    names: &["chromium", "chromium-browser", "google-chrome"],
    // Fonts, because a bare machine has none and a picture of boxes shows nothing.
    packages: &["chromium", "fonts-dejavu-core"],
};
const CHROMEDRIVER: Tool = Tool {
    what: "ChromeDriver",
    names: &["chromedriver"],
    packages: &["chromium-driver"],
};
/// Tells Chromium which certificate authorities to trust.
const CERTUTIL: Tool = Tool {
    what: "certutil",
    names: &["certutil"],
    packages: &["libnss3-tools"],
};
const PYTHON: Tool = Tool {
    what: "Python",
    names: &["python3"],
    packages: &["python3", "python3-venv"],
};

/// Where the browser is, and what belongs to it.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
    pub(crate) certutil: PathBuf,
}

/// Finds the browser and its driver, installing them if need be. Never skips: without a browser the tests fail.
pub(crate) fn ensure_browser() -> Result<Browser> {
    let [chromium, driver, certutil] = ensure(&[CHROMIUM, CHROMEDRIVER, CERTUTIL])?;
    Ok(Browser {
        chromium,
        driver,
        certutil,
    })
}

/// Finds a Python that can make environments of its own, installing it if need be.
pub(crate) fn ensure_python() -> Result<PathBuf> {
    let [python] = ensure(&[PYTHON])?;
    // Debian delivers this part of Python's library by itself.
    let mut probe = Command::new(&python);
    let complete = probe.args(["-c", "import ensurepip"]).stderr(Stdio::null());
    if !complete.status()?.success() {
        install(&["python3-venv"])?;
    }
    Ok(python)
}

fn ensure<const N: usize>(tools: &[Tool; N]) -> Result<[PathBuf; N]> {
    let missing = tools.iter().filter(|tool| find(tool).is_none());
    let missing: Vec<&str> = missing.flat_map(|tool| tool.packages).copied().collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    let mut found = Vec::with_capacity(N);
    for tool in tools {
        found.push(find(tool).with_context(|| {
            format!(
                "{} is not on the PATH as {}",
                tool.what,
                tool.names.join(" or ")
            )
        })?);
    }
    found
        .try_into()
        .map_err(|_| anyhow!("one path for each tool"))
}

fn install(packages: &[&str]) -> Result<()> {
    if find_program("apt-get").is_none() {
        bail!(
            "the tests need {}; this system has no apt-get, so install them by hand",
            packages.join(" and ")
        );
    }
    command::say(&format!(
        "Installing {} for the tests …",
        packages.join(" and ")
    ));
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

/// The `PATH` with another folder in front.
pub(crate) fn path_with(folder: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}

/// A program on the `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}
