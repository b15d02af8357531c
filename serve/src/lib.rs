//! How every server of the workshop listens.
//!
//! A server on a developer's machine is reachable by every web page that the developer opens. So each listener of the
//! workshop binds to loopback, checks `Host` (a foreign name that resolves to this machine gets nothing, see
//! [`host`]), bounds sizes, times and connections ([`Limits`]), and stops without cutting off an answer.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let variables = serve::variables()?;
//! let options = serve::ListenOptions::from_variables(&variables, "PORT", 8080)?;
//! let listener = serve::Listener::bind(&options).await?;
//! println!("{}", listener.origin());
//! listener.serve(axum::Router::new(), serve::shutdown_signal()).await;
//! # Ok(())
//! # }
//! ```

mod connection;
mod guard;
pub mod host;
mod listener;
mod logging;
mod options;
mod patient;
mod shutdown;
pub mod system;
mod tls;
mod variables;

pub use listener::{BindError, Listener};
pub use logging::start_logging;
pub use options::{Limits, ListenOptions};
pub use shutdown::shutdown_signal;
pub use tls::{Tls, TlsError};
pub use variables::{VariablesError, variables};
