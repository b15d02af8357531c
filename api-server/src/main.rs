//! The resource server, alone: settings from the environment and `.env`, plain HTTP behind whatever ends TLS.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;

use api_server::{ApiServer, ApiSettings};
use serve::system::SystemClock;
use serve::{ListenOptions, Listener};
use tracing_subscriber::EnvFilter;

const DEFAULT_PORT: u16 = 8080;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let variables = serve::variables()?;
    let settings = ApiSettings::from_variables(&variables)?;
    let options = ListenOptions::from_variables(&variables, "PORT", DEFAULT_PORT)?;
    let server = ApiServer::new(settings, Arc::new(SystemClock))?;
    let listener = Listener::bind(&options).await?;
    tracing::info!("listening on {}", listener.origin());
    listener
        .serve(server.router(), serve::shutdown_signal())
        .await;
    Ok(())
}
