//! The clients that nobody here wrote, installed from their registries in the versions that `tests/clients` names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::{command, packages};

/// What MSAL for Node wants.
const OLDEST_NODE: u32 = 20;

/// What runs the client programs in `tests/clients`.
pub(crate) struct Clients {
    /// A Python that has the Python libraries.
    pub(crate) python: PathBuf,
    /// A Node.js that is new enough for the JavaScript libraries, which lie beside the programs.
    pub(crate) node: PathBuf,
}

/// Installs what is not there yet.
pub(crate) fn ensure() -> Result<Clients> {
    let python = ensure_python("python", "python/requirements.txt")?;
    let (node, npm) = ensure_node()?;
    ensure_node_modules(&node, &npm)?;
    Ok(Clients { python, node })
}

/// Installs the Azure CLI, which is large, and returns its program.
pub(crate) fn ensure_azure_cli() -> Result<PathBuf> {
    let python = ensure_python("az", "azure-cli/requirements.txt")?;
    Ok(python.with_file_name("az"))
}

/// A Python environment of its own with exactly the packages of `requirements`; returns its interpreter.
fn ensure_python(name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = command::target()?.join("clients").join(name);
    let python = folder.join("bin").join("python");
    let requirements = source(requirements);
    let stamp = folder.join(".requirements");
    if !same(&stamp, &requirements)? {
        command::say(&format!(
            "Installing the packages of {} …",
            requirements.display()
        ));
        let system = packages::ensure_python()?;
        command::run(
            Command::new(system)
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
        )?;
        pip_install(&python, &requirements)?;
        fs::copy(&requirements, &stamp)?;
    }
    Ok(python)
}

fn pip_install(python: &Path, requirements: &Path) -> Result<()> {
    command::run(
        Command::new(python)
            .args(["-m", "pip", "install", "--quiet", "--no-deps"])
            .args(["--disable-pip-version-check", "--requirement"])
            .arg(requirements),
    )
}

/// The system's Node.js and npm; where they are missing or too old (Debian 12), those that a Python package brings.
fn ensure_node() -> Result<(PathBuf, PathBuf)> {
    let system = packages::find_program("node").zip(packages::find_program("npm"));
    if let Some((node, npm)) = system
        && version(&node).is_some_and(|major| major >= OLDEST_NODE)
    {
        return Ok((node, npm));
    }
    let python = ensure_python("node", "node/runtime.txt")?;
    Ok((python.with_file_name("node"), python.with_file_name("npm")))
}

/// The major version.
fn version(node: &Path) -> Option<u32> {
    let output = Command::new(node).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The packages of the lock file, beside the programs that import them.
fn ensure_node_modules(node: &Path, npm: &Path) -> Result<()> {
    let folder = source("node");
    let lock = folder.join("package-lock.json");
    let stamp = folder.join("node_modules").join(".lock");
    if same(&stamp, &lock)? {
        return Ok(());
    }
    command::say(&format!("Installing the packages of {} …", lock.display()));
    let node = node.parent().context("node lies in a folder")?;
    command::run(
        Command::new(npm)
            .args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
            ])
            .arg(&folder)
            .env("PATH", packages::path_with(node)?)
            .stdout(Stdio::null()),
    )?;
    fs::copy(&lock, &stamp)?;
    Ok(())
}

fn source(name: &str) -> PathBuf {
    command::root().join("tests").join("clients").join(name)
}

/// Whether what was installed is what is wanted now.
fn same(stamp: &Path, wanted: &Path) -> Result<bool> {
    let wanted = fs::read(wanted).with_context(|| format!("cannot read {}", wanted.display()))?;
    Ok(fs::read(stamp).is_ok_and(|installed| installed == wanted))
}
