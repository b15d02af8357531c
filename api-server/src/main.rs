//! The resource server, alone: settings from the environment and `.env`, plain HTTP behind whatever ends TLS.

use std::process::ExitCode;
use std::sync::Arc;

use api_server::{ApiServer, ApiSettings};
use serve::system::SystemClock;
use serve::{ListenOptions, Listener};

const DEFAULT_PORT: u16 = 8080;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let variables = serve::variables()?;
    serve::start_logging(&variables)?;
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

/// Says in one line why the program ends.
#[expect(
    clippy::print_stderr,
    reason = "the program has no other way to say so"
)]
fn complain(line: &str) {
    eprintln!("api-server: {line}");
}
