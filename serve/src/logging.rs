//! Logs go to standard error, so that what a program says on standard output stays readable and can be waited for.

use std::io::IsTerminal as _;

use shared::settings::{SettingError, Variables};
use tracing_subscriber::EnvFilter;

/// Quiet where a library repeats what the servers say themselves, or complains about what they provide for.
const DEFAULT: &str = "info,tower_http=off,rustls_platform_verifier=off";

/// Starts logging as `RUST_LOG` says. To be called once, by the program.
pub fn start_logging(variables: &Variables) -> Result<(), SettingError> {
    let filter = variables.or(
        "RUST_LOG",
        "a filter such as info or workshop=debug,info",
        EnvFilter::new(DEFAULT),
    )?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}
