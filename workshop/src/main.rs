//! The workshop's command line.

mod az;
mod console;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use az::{AzError, AzureCli};
use clap::{Args, Parser, Subcommand};
use serve::VariablesError;
use shared::settings::{SettingError, Variables};
use token::{Subject, TokenError};
use workshop::{SpaSource, StartError, StateError, StateFolder, Workshop, WorkshopConfig};

/// Microsoft Entra ID's sign-in and tokens on your own machine: a browser app, an API and a practice tenant.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    up: Up,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything (the default)
    Up(Up),
    /// Print the settings in effect
    Config {
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Put the practice tenant back to its seed; a copy of what it was is kept
    Reset,
    /// Print what points the Azure CLI at the practice tenant that runs
    Az {
        /// Run it, and print only what is left for a shell: `eval "$(workshop az --apply)"`
        #[arg(long)]
        apply: bool,
    },
    /// Print an access token of the practice tenant that runs, for scripts
    Token {
        /// For whom: `user` (the first one), `app` (workshop-daemon, without a user), or a user name
        #[arg(long = "as", value_name = "WHO", default_value = "user")]
        subject: String,
        /// What for; without it, for workshop-api. A user's consent is given where it is missing
        #[arg(long)]
        scope: Option<String>,
    },
}

#[derive(Args)]
struct Up {
    /// The folder with the built browser app
    #[arg(long, default_value = "target/spa")]
    spa: PathBuf,
    /// Do not open the browser
    #[arg(long)]
    no_open: bool,
}

/// Why the program ends early, in one line.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Variables(#[from] VariablesError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Start(StartError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Az(#[from] AzError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("a server ended by itself, which is a defect in this program")]
    Ended,
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Setting(error) => Self::Setting(error),
            error => Self::Start(error),
        }
    }
}

impl Failure {
    /// 2 for what a person wrote wrongly, as for a wrong argument; 1 for everything else.
    fn code(&self) -> ExitCode {
        match self {
            Self::Variables(_) | Self::Setting(_) => ExitCode::from(2),
            Self::Start(_) | Self::State(_) | Self::Az(_) | Self::Token(_) | Self::Ended => {
                ExitCode::FAILURE
            }
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console::complain(&failure.to_string());
            failure.code()
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let variables = serve::variables()?;
    serve::start_logging(&variables)?;
    match arguments.command.unwrap_or(Command::Up(arguments.up)) {
        Command::Up(options) => up(&variables, options).await,
        Command::Config { json } => {
            let config =
                WorkshopConfig::from_variables(&variables, SpaSource::Folder(PathBuf::new()))?;
            console::say(&if json {
                console::settings_json(&config)
            } else {
                console::settings(&config)
            });
            Ok(())
        }
        Command::Az { apply } => {
            let cli = AzureCli::of(&workshop::state_folder(&variables)?).await?;
            console::say(&if apply { cli.apply()? } else { cli.script() });
            Ok(())
        }
        Command::Reset => reset(&variables),
        Command::Token { subject, scope } => {
            let state = workshop::state_folder(&variables)?;
            let subject = Subject::from(subject.as_str());
            let token = token::token(&state, &subject, scope.as_deref()).await?;
            console::say(token.expose());
            Ok(())
        }
    }
}

fn reset(variables: &Variables) -> Result<(), Failure> {
    let folder = StateFolder::open(workshop::state_folder(variables)?)?;
    console::say(&match folder.reset()? {
        Some(copy) => console::was_reset(&copy, &folder.tenant_file()),
        None => format!(
            "Nothing to reset: there is no practice tenant in {} yet.",
            folder.path().display()
        ),
    });
    Ok(())
}

async fn up(variables: &Variables, options: Up) -> Result<(), Failure> {
    let config = WorkshopConfig::from_variables(variables, SpaSource::Folder(options.spa))?;
    // Listened for from the beginning, so that a stop during the start is a clean one too.
    let mut stop = std::pin::pin!(serve::shutdown_signal());
    let mut running = tokio::select! {
        started = Workshop::start(config) => started?,
        () = &mut stop => return Ok(()),
    };
    console::say(&console::introduction(&running));
    console::say("ready");
    if !options.no_open && open::that_detached(&running.addresses().web).is_err() {
        console::say(&format!("Open {} in a browser.", running.addresses().web));
    }
    tokio::select! {
        () = running.wait() => return Err(Failure::Ended),
        () = &mut stop => {}
    }
    running.stop().await;
    console::say("Stopped.");
    Ok(())
}
