//! The compiler's WebAssembly target, installed when it is missing.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command;

/// The target of the browser app.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that the browser app can be compiled.
pub(crate) fn ensure_wasm_target() -> Result<()> {
    if has_wasm_target()? {
        return Ok(());
    }
    command::say(&format!(
        "Adding the {WASM} target to this Rust toolchain …"
    ));
    let added = Command::new("rustup")
        .args(["target", "add", WASM])
        .current_dir(command::root())
        .status();
    match added {
        Ok(status) if status.success() && has_wasm_target()? => Ok(()),
        Ok(status) => bail!(
            "`rustup target add {WASM}` ended with {status}; add the target by hand and try again"
        ),
        Err(error) => bail!(
            "this Rust toolchain lacks the {WASM} target, and rustup cannot be started ({error}); \
             install rustup, or the target with your distribution's packages"
        ),
    }
}

fn has_wasm_target() -> Result<bool> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM])
        .current_dir(command::root())
        .output()
        .context("cannot start rustc")?;
    let folder = String::from_utf8(output.stdout)?;
    Ok(Path::new(folder.trim()).is_dir())
}
