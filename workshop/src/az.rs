//! `workshop az`: what points the Azure CLI at the practice tenant, in a configuration folder of its own, so that
//! nobody's real sign-in is touched.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use shared::shell::quoted;
use url::Url;

use crate::token::{Tenant, TokenError};

/// The name under which the CLI knows the practice tenant.
const CLOUD: &str = "workshop";
const AZ: &str = if cfg!(windows) { "az.cmd" } else { "az" };

/// Why the CLI does not point here, in one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AzError {
    #[error(transparent)]
    Tenant(#[from] TokenError),
    #[error(
        "the Azure CLI is not installed, or `az` is not on the PATH (https://aka.ms/install-azure-cli); without --apply \
         the commands are only printed"
    )]
    NotInstalled,
    #[error("`az` cannot be started ({0})")]
    NotStarted(io::Error),
    #[error("`az {command}` failed: {reason}")]
    Failed { command: String, reason: String },
}

/// What the CLI must be told.
pub(crate) struct AzureCli {
    config_folder: PathBuf,
    authority_file: PathBuf,
    endpoints: Vec<(&'static str, String)>,
    examples: Vec<String>,
}

impl AzureCli {
    /// Asks the practice tenant that runs with the state in this folder.
    pub(crate) async fn of(state: &Path) -> Result<Self, AzError> {
        let tenant = Tenant::running(state).await?;
        // What is printed is read in another folder.
        let state = std::path::absolute(state).unwrap_or_else(|_| state.to_owned());
        let origin = tenant.authority().host().to_string();
        Ok(Self {
            config_folder: state.join("azure"),
            authority_file: state.join(workshop::LOCAL_AUTHORITY),
            endpoints: endpoints(&origin),
            examples: examples(&tenant),
        })
    }

    /// Everything, for a person to copy or for a shell to evaluate.
    pub(crate) fn script(&self) -> String {
        let commands = self.commands("register").map(|words| command(&words));
        format!(
            "# Points the Azure CLI at the practice tenant. It keeps its sign-ins in a folder of its own: yours stay as \
             they are.\n{}\n{}\n{}",
            self.environment(),
            commands.join("\n"),
            self.examples()
        )
    }

    /// Runs the commands, and says what is left for a shell to evaluate.
    pub(crate) fn apply(&self) -> Result<String, AzError> {
        let known = self.run(&words("cloud show --name workshop"));
        let verb = match known {
            Ok(()) => "update",
            Err(AzError::Failed { .. }) => "register",
            Err(other) => return Err(other),
        };
        for words in self.commands(verb) {
            self.run(&words)?;
        }
        Ok(format!(
            "# The Azure CLI points at the practice tenant wherever these two are set:\n{}\n{}",
            self.environment(),
            self.examples()
        ))
    }

    /// Where the CLI keeps its configuration, and whom it trusts.
    fn environment(&self) -> String {
        format!(
            "export AZURE_CONFIG_DIR={}\nexport REQUESTS_CA_BUNDLE={}",
            quoted(&self.config_folder.display().to_string()),
            quoted(&self.authority_file.display().to_string())
        )
    }

    /// The commands, word by word. `verb` is `register`, or `update` if the CLI knows the cloud already.
    fn commands(&self, verb: &str) -> [Vec<String>; 3] {
        let mut cloud = words(&format!("cloud {verb} --name {CLOUD}"));
        // The endpoints are all named here; there is no document to find more in.
        cloud.push("--skip-endpoint-discovery".to_owned());
        for (option, address) in &self.endpoints {
            cloud.extend([format!("--endpoint-{option}"), address.clone()]);
        }
        [
            // The first would ask Microsoft whether it knows this authority, the second would tell it what is done
            // here, and the third asks which of one subscription to use.
            words(
                "config set core.instance_discovery=false core.collect_telemetry=no core.login_experience_v2=off",
            ),
            cloud,
            words(&format!("cloud set --name {CLOUD}")),
        ]
    }

    fn examples(&self) -> String {
        format!("\n# Then, for example:\n# {}", self.examples.join("\n# "))
    }

    fn run(&self, words: &[String]) -> Result<(), AzError> {
        let output = Command::new(AZ)
            .args(words)
            .env("AZURE_CONFIG_DIR", &self.config_folder)
            .env("REQUESTS_CA_BUNDLE", &self.authority_file)
            // Also before the setting says so.
            .env("AZURE_CORE_COLLECT_TELEMETRY", "no")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => AzError::NotInstalled,
                _ => AzError::NotStarted(error),
            })?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let reason = said.lines().rfind(|line| !line.trim().is_empty());
        Err(AzError::Failed {
            command: words.iter().take(2).cloned().collect::<Vec<_>>().join(" "),
            reason: reason.unwrap_or("it did not say why").trim().to_owned(),
        })
    }
}

/// `az rest` chooses the token by the address's origin, so Graph has another one than sign-in and management: the same
/// server by its IP address.
fn endpoints(origin: &str) -> Vec<(&'static str, String)> {
    let graph = format!("{}/graph/", by_address(origin));
    vec![
        ("active-directory", origin.to_owned()),
        (
            "active-directory-resource-id",
            "https://management.core.windows.net/".to_owned(),
        ),
        ("active-directory-graph-resource-id", graph.clone()),
        ("microsoft-graph-resource-id", graph),
        ("resource-manager", format!("{origin}/")),
        ("management", format!("{origin}/")),
    ]
}

fn by_address(origin: &str) -> String {
    let port = Url::parse(origin)
        .ok()
        .and_then(|url| url.port_or_known_default());
    format!("https://127.0.0.1:{}", port.unwrap_or(443))
}

/// What a person with a directory may see comes first, then what an application without one may.
fn examples(tenant: &Tenant) -> Vec<String> {
    let id = tenant.authority().tenant();
    let apps = &tenant.seeded().apps;
    let api = apps
        .api
        .as_ref()
        .and_then(|api| api.identifier_uri.as_deref());
    let daemon = apps.daemon.as_ref();
    let daemon =
        daemon.and_then(|daemon| Some((daemon.client_id, daemon.certificate_path.as_deref()?)));
    let mut examples = vec![format!(
        "az login --tenant {id}   # as Ada, who may use az ad; --use-device-code from another browser"
    )];
    examples.extend(api.map(|uri| format!("az ad sp show --id {} --query appRoles", quoted(uri))));
    examples.extend(daemon.map(|(daemon, file)| {
        let file = quoted(file);
        format!(
            "az login --service-principal --username {daemon} --certificate {file} --tenant {id}"
        )
    }));
    examples
        .extend(api.map(|uri| format!("az account get-access-token --resource {}", quoted(uri))));
    examples
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// A command for a shell: an option and its value on each line, if there are many.
fn command(words: &[String]) -> String {
    let mut line = "az".to_owned();
    for word in words {
        let many = words.len() > 8 && word.starts_with("--");
        line.push_str(if many { " \\\n  " } else { " " });
        line.push_str(&quoted(word));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cli() -> AzureCli {
        AzureCli {
            config_folder: "/home/a person/state/azure".into(),
            authority_file: "/home/a person/state/ca.pem".into(),
            endpoints: endpoints("https://localhost:8443"),
            examples: vec!["az login".to_owned()],
        }
    }

    #[test]
    fn a_shell_reads_every_word_back_as_it_was() {
        assert_eq!(quoted("--name"), "--name");
        assert_eq!(quoted("https://localhost:8443/"), "https://localhost:8443/");
        assert_eq!(quoted("a person's"), r"'a person'\''s'");
        assert_eq!(quoted("$(rm)"), "'$(rm)'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn the_script_is_comments_exports_and_commands() {
        let script = cli().script();
        assert!(script.contains("export AZURE_CONFIG_DIR='/home/a person/state/azure'\n"));
        assert!(script.contains("export REQUESTS_CA_BUNDLE='/home/a person/state/ca.pem'\n"));
        assert!(
            script.contains("az cloud register \\\n  --name workshop \\\n"),
            "{script}"
        );
        assert!(script.contains("az cloud set --name workshop\n"));
        assert!(script.ends_with("# az login"));
    }

    #[test]
    fn graph_has_an_origin_of_its_own_so_that_az_rest_tells_its_token_from_managements() {
        let [_, cloud, _] = cli().commands("register");
        let after = |option: &str| {
            let index = cloud.iter().position(|word| word == option).unwrap();
            cloud[index + 1].as_str()
        };
        assert_eq!(
            after("--endpoint-microsoft-graph-resource-id"),
            "https://127.0.0.1:8443/graph/"
        );
        assert_eq!(
            after("--endpoint-active-directory"),
            "https://localhost:8443"
        );
        assert_eq!(
            after("--endpoint-resource-manager"),
            "https://localhost:8443/"
        );
    }
}
