//! What the workshop is told: which tenant, which ports, which browser app.

use std::path::PathBuf;
use std::sync::Arc;

use api_server::ApiSettings;
use etcetera::BaseStrategy as _;
use serve::ListenOptions;
use serve::system::{SystemClock, SystemEntropy};
use shared::authority::{Authority, AuthorityHost, ClientId, TenantId};
use shared::entropy::Entropy;
use shared::settings::{Origin, SettingError, Variables};
use shared::time::Clock;

use crate::spa::SpaSource;

/// What the API reads, apart from the IDs that come with a tenant.
const OF_THE_API: [&str; 7] = [
    "ACCEPTED_TOKEN_VERSIONS",
    "ALLOWED_CLIENT_IDS",
    "ALLOWED_ORIGINS",
    "EXPLAIN",
    "PUBLIC_ORIGIN",
    "REQUIRED_APP_ROLE",
    "REQUIRED_SCOPE",
];

const GUID: &str = "a GUID as the Entra admin center shows it";

/// Everything that [`Workshop::start`](crate::Workshop::start) needs.
#[derive(Clone)]
pub struct WorkshopConfig {
    /// Where the browser app's origin listens (`WEB_PORT`, 3000).
    pub web: ListenOptions,
    /// Where the API listens (`API_PORT`, 8081).
    pub api: ListenOptions,
    /// The port of the workload (`WORKLOAD_PORT`, 8082), as the browser app is told.
    pub workload_port: u16,
    /// Which tenant signs people in.
    pub tenant: Tenant,
    /// How the API decides. Its tenant and its own ID are the practice tenant's as soon as that runs.
    pub api_settings: ApiSettings,
    /// Where the browser app's files come from.
    pub spa: SpaSource,
    /// The clock of all servers.
    pub clock: Arc<dyn Clock>,
    /// The randomness of all servers.
    pub entropy: Arc<dyn Entropy>,
}

/// Which tenant signs people in.
#[derive(Clone, Debug)]
pub enum Tenant {
    /// The practice tenant.
    Practice(Box<PracticeOptions>),
    /// A real one: `TENANT_ID` is set. The practice tenant does not start, and nothing of it can be reached.
    Real(Registration),
}

/// Where the practice tenant listens, and where it keeps what outlives a run.
#[derive(Clone, Debug)]
pub struct PracticeOptions {
    /// Its http listener (`TENANT_PORT`, 8400).
    pub http: ListenOptions,
    /// Its https listener (`TENANT_TLS_PORT`, 8443). The certificate comes with the start.
    pub https: ListenOptions,
    /// The folder that only one process uses at a time (`WORKSHOP_STATE_DIR`).
    pub state: PathBuf,
}

/// The registrations in one tenant.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The tenant at its host (`TENANT_ID`, `AUTHORITY_HOST`).
    pub authority: Authority,
    /// The browser app (`CLIENT_ID`).
    pub client_id: ClientId,
    /// The API (`API_CLIENT_ID`).
    pub api_client_id: ClientId,
}

impl WorkshopConfig {
    /// Reads the settings, with the system's clock and randomness.
    pub fn from_variables(variables: &Variables, spa: SpaSource) -> Result<Self, SettingError> {
        let tenant = Tenant::from_variables(variables)?;
        Ok(Self {
            web: ListenOptions::from_variables(variables, "WEB_PORT", 3000)?,
            api: ListenOptions::from_variables(variables, "API_PORT", 8081)?,
            workload_port: variables.or("WORKLOAD_PORT", "a port from 0 to 65535", 8082)?,
            api_settings: api_settings(variables, &tenant)?,
            tenant,
            spa,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        })
    }

    /// The settings in effect, by variable, as `workshop config` prints them. None of them is a secret.
    pub fn effective(&self) -> Vec<(&'static str, String)> {
        let mut settings = match &self.tenant {
            Tenant::Practice(practice) => vec![
                (
                    "TENANT_ID",
                    "(not set: the practice tenant runs)".to_owned(),
                ),
                ("TENANT_PORT", practice.http.port.to_string()),
                ("TENANT_TLS_PORT", practice.https.port.to_string()),
                ("WORKSHOP_STATE_DIR", practice.state.display().to_string()),
            ],
            Tenant::Real(registration) => vec![
                ("TENANT_ID", registration.authority.tenant().to_string()),
                ("CLIENT_ID", registration.client_id.to_string()),
                ("API_CLIENT_ID", registration.api_client_id.to_string()),
                ("AUTHORITY_HOST", registration.authority.host().to_string()),
            ],
        };
        let api = &self.api_settings;
        let join = |origins: &[Origin]| {
            origins
                .iter()
                .map(Origin::as_str)
                .chain(["(the browser app)"])
                .collect::<Vec<_>>()
                .join(" ")
        };
        let loopback = || "127.0.0.1 and ::1".to_owned();
        settings.extend([
            ("REQUIRED_SCOPE", api.required_scope.clone()),
            ("REQUIRED_APP_ROLE", api.required_app_role.clone()),
            ("ALLOWED_ORIGINS", join(&api.allowed_origins)),
            (
                "EXPLAIN",
                (api.explain || matches!(self.tenant, Tenant::Practice(_))).to_string(),
            ),
            ("WEB_PORT", self.web.port.to_string()),
            ("API_PORT", self.api.port.to_string()),
            ("WORKLOAD_PORT", self.workload_port.to_string()),
            (
                "BIND_ADDRESS",
                self.web
                    .bind_address
                    .map_or_else(loopback, |address| address.to_string()),
            ),
            ("ALLOWED_HOSTS", self.web.allowed_hosts.join(", ")),
        ]);
        settings
    }
}

impl Tenant {
    fn from_variables(variables: &Variables) -> Result<Self, SettingError> {
        let Some(tenant) = variables.optional::<TenantId>("TENANT_ID", "the tenant's GUID")? else {
            let real_only = [
                "CLIENT_ID",
                "API_CLIENT_ID",
                "AUTHORITY_HOST",
                "ALLOWED_TENANTS",
            ];
            for variable in real_only
                .into_iter()
                .filter(|name| variables.get(name).is_some())
            {
                tracing::warn!(
                    "{variable} has no effect, because TENANT_ID is not set: the practice tenant runs"
                );
            }
            return Ok(Self::Practice(Box::new(PracticeOptions::from_variables(
                variables,
            )?)));
        };
        let host = variables.or(
            "AUTHORITY_HOST",
            "the sign-in host, such as https://login.microsoftonline.com",
            AuthorityHost::default(),
        )?;
        Ok(Self::Real(Registration {
            authority: Authority::new(host, tenant),
            client_id: variables.required("CLIENT_ID", GUID)?,
            api_client_id: variables.required("API_CLIENT_ID", GUID)?,
        }))
    }
}

fn api_settings(variables: &Variables, tenant: &Tenant) -> Result<ApiSettings, SettingError> {
    match tenant {
        Tenant::Real(_) => ApiSettings::from_variables(variables),
        Tenant::Practice(_) => {
            // The IDs are not known before the tenant runs; everything else can be judged now.
            let later = || TenantId(uuid::Uuid::nil()).to_string();
            let ids = [("TENANT_ID", later()), ("API_CLIENT_ID", later())];
            let given = |name| Some((name, variables.get(name)?.to_owned()));
            let given = OF_THE_API.into_iter().filter_map(given);
            ApiSettings::from_variables(&given.chain(ids).collect())
        }
    }
}

impl PracticeOptions {
    fn from_variables(variables: &Variables) -> Result<Self, SettingError> {
        Ok(Self {
            http: practice_listener(variables, "TENANT_PORT", 8400)?,
            https: practice_listener(variables, "TENANT_TLS_PORT", 8443)?,
            state: state_folder(variables)?,
        })
    }
}

/// The practice tenant's clients accept plain http, and its certificate, from this machine only: so its address must be
/// one that leads here under the name localhost.
fn practice_listener(
    variables: &Variables,
    variable: &'static str,
    port: u16,
) -> Result<ListenOptions, SettingError> {
    let listen = ListenOptions::from_variables(variables, variable, port)?;
    match listen.bind_address {
        Some(address) if !address.is_loopback() && !address.is_unspecified() => {
            Err(SettingError::Malformed {
                variable: "BIND_ADDRESS",
                got: address.to_string(),
                wants: "127.0.0.1, ::1, 0.0.0.0 or :: as long as TENANT_ID is not set",
                why: "the practice tenant is called localhost".to_owned(),
            })
        }
        _ => Ok(listen),
    }
}

/// Where the practice tenant's state lies (`WORKSHOP_STATE_DIR`): where the system keeps programs' data, unless a person
/// wants it elsewhere.
pub fn state_folder(variables: &Variables) -> Result<PathBuf, SettingError> {
    if let Some(folder) = variables.get("WORKSHOP_STATE_DIR") {
        return Ok(folder.into());
    }
    match etcetera::base_strategy::choose_native_strategy() {
        Ok(system) => Ok(system.data_dir().join("entra-workshop")),
        Err(_) => Err(SettingError::Missing {
            variable: "WORKSHOP_STATE_DIR",
            wants: "a folder for what the practice tenant keeps, because this user has no home",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";
    const CLIENT: &str = "aaaaaaaa-2222-3333-4444-555555555555";

    fn config(variables: &[(&str, &str)]) -> Result<WorkshopConfig, SettingError> {
        let spa = SpaSource::Folder("nowhere".into());
        WorkshopConfig::from_variables(&variables.iter().copied().collect(), spa)
    }

    #[test]
    fn without_settings_the_practice_tenant_and_the_documented_ports_are_meant() {
        let config = config(&[]).unwrap();
        let Tenant::Practice(practice) = &config.tenant else {
            panic!("a real tenant")
        };
        assert_eq!(
            (
                config.web.port,
                config.api.port,
                config.workload_port,
                practice.http.port,
            ),
            (3000, 8081, 8082, 8400)
        );
        assert_eq!(practice.https.port, 8443);
        assert!(practice.state.ends_with("entra-workshop"));
        assert_eq!(
            (
                config.api_settings.required_scope.as_str(),
                config.api_settings.required_app_role.as_str()
            ),
            ("access_as_user", "Svc.Invoke")
        );
    }

    #[test]
    fn with_a_tenant_id_the_real_tenant_is_meant() {
        let config = config(&[
            ("TENANT_ID", TENANT),
            ("CLIENT_ID", CLIENT),
            ("API_CLIENT_ID", CLIENT),
        ])
        .unwrap();
        let Tenant::Real(registration) = &config.tenant else {
            panic!("the practice tenant")
        };
        assert_eq!(
            registration.authority.host().as_str(),
            AuthorityHost::MICROSOFT
        );
    }

    #[test]
    fn a_real_tenant_wants_both_registrations() {
        let error = config(&[("TENANT_ID", TENANT)]).err().unwrap().to_string();
        assert!(error.starts_with("CLIENT_ID: not set"), "{error}");
        let error = config(&[("TENANT_ID", TENANT), ("CLIENT_ID", CLIENT)])
            .err()
            .unwrap()
            .to_string();
        assert!(error.starts_with("API_CLIENT_ID: not set"), "{error}");
    }

    #[test]
    fn a_bad_value_is_named_in_one_line() {
        for (variable, value) in [
            ("TENANT_ID", "contoso"),
            ("WEB_PORT", "99999"),
            ("API_PORT", "-1"),
            ("TENANT_PORT", "x"),
            ("TENANT_TLS_PORT", "x"),
            ("WORKLOAD_PORT", "x"),
            ("BIND_ADDRESS", "192.0.2.1"),
            ("EXPLAIN", "perhaps"),
            ("ALLOWED_ORIGINS", "*"),
        ] {
            let error = config(&[(variable, value)]).err().unwrap().to_string();
            assert!(
                error.starts_with(&format!("{variable}: got \"{value}\"")),
                "{error}"
            );
            assert!(!error.contains('\n'));
        }
    }

    #[test]
    fn the_effective_settings_say_which_tenant_is_meant() {
        let practice = config(&[]).unwrap().effective();
        assert!(practice.contains(&("TENANT_PORT", "8400".to_owned())));
        let real = config(&[
            ("TENANT_ID", TENANT),
            ("CLIENT_ID", CLIENT),
            ("API_CLIENT_ID", CLIENT),
        ]);
        let real = real.unwrap().effective();
        assert!(real.contains(&("TENANT_ID", TENANT.to_owned())));
        assert!(!real.iter().any(|(variable, _)| *variable == "TENANT_PORT"));
    }
}
