//! Putting the parts together: first all ports, then the practice tenant with the address it turned out to have, then
//! those that need to know it.

use std::sync::Arc;
use std::time::Duration;

use api_server::{ApiServer, ApiSettings};
use practice_tenant::{
    PracticeTenant, Server, ServerError, ServerOptions, StateError, StateFolder,
};
use serve::{BindError, Listener};
use shared::settings::SettingError;

use crate::config::{PracticeOptions, Registration, Tenant, WorkshopConfig};
use crate::running::{Addresses, Practice, Running};
use crate::spa::{self, ClientConfig, PracticeConfig, SpaError};

/// The practice tenant is on this machine and its keys roll over when somebody wants to see it: no need to be polite.
const PRACTICE_KEY_REFRESH: Duration = Duration::from_secs(5);

/// Why the workshop did not start, in one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A variable does not hold what it should.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A port could not be taken.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// There is no browser app.
    #[error(transparent)]
    Spa(#[from] SpaError),
    /// The state folder could not be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The practice tenant could not be served.
    #[error(transparent)]
    Tenant(#[from] ServerError),
    /// The API did not start.
    #[error("the API did not start: {0}")]
    Api(#[from] api_server::StartError),
}

/// All parts in one process.
#[derive(Debug)]
pub struct Workshop;

impl Workshop {
    /// Starts everything that the configuration asks for. When this returns, every port is open.
    pub async fn start(config: WorkshopConfig) -> Result<Running, StartError> {
        let web = Listener::bind(&config.web).await?;
        let api = Listener::bind(&config.api).await?;
        let (registration, practice) = match &config.tenant {
            Tenant::Real(registration) => (registration.clone(), None),
            Tenant::Practice(options) => {
                let server = practice_server(options, &config, web.origin()).await?;
                (registration_in(&server), Some(server))
            }
        };
        let tenant = practice.as_ref().map(Server::tenant);
        let api_settings = api_settings(
            &config,
            &registration,
            practice.as_ref(),
            web.origin(),
            api.origin(),
        );
        let api_router = ApiServer::new(api_settings, Arc::clone(&config.clock))?.router();
        let client = client_config(&config, &registration, api.origin(), tenant);
        let web_router = spa::router(
            &config.spa,
            &client,
            tenant.map(|tenant| tenant.practice_router().merge(tenant.graph_router())),
        )?;
        let mut running = Running::new(
            Addresses {
                web: web.origin().to_owned(),
                api: api.origin().to_owned(),
                tenant: practice
                    .as_ref()
                    .map(|server| server.http().host().to_string()),
            },
            practice.as_ref().map(Practice::of),
        );
        for (listener, router) in practice.map(Server::into_listeners).unwrap_or_default() {
            running.serve(listener, router);
        }
        running.serve(api, api_router);
        running.serve(web, web_router);
        Ok(running)
    }
}

async fn practice_server(
    options: &PracticeOptions,
    config: &WorkshopConfig,
    web_origin: &str,
) -> Result<Server, StartError> {
    let options = ServerOptions {
        http: options.http.clone(),
        https: options.https.clone(),
        state: StateFolder::open(&options.state)?,
        spa_redirect_uris: vec![web_origin.to_owned()],
    };
    let (clock, entropy) = (Arc::clone(&config.clock), Arc::clone(&config.entropy));
    Ok(Server::bind(options, clock, entropy).await?)
}

fn registration_in(server: &Server) -> Registration {
    Registration {
        authority: server.http().clone(),
        client_id: server.tenant().client_id(),
        api_client_id: server.tenant().api_client_id(),
    }
}

/// The API's settings, with what follows from the tenant and the ports.
fn api_settings(
    config: &WorkshopConfig,
    registration: &Registration,
    practice: Option<&Server>,
    web_origin: &str,
    api_origin: &str,
) -> ApiSettings {
    const AN_ORIGIN: &str = "a listener's origin is an origin";
    let mut settings = config.api_settings.clone();
    settings
        .allowed_origins
        .push(web_origin.parse().expect(AN_ORIGIN));
    settings
        .public_origin
        .get_or_insert_with(|| api_origin.parse().expect(AN_ORIGIN));
    if let Some(practice) = practice {
        settings.authorities = vec![practice.http().clone(), practice.https().clone()];
        settings.local_authority = Some(practice.local_authority().certificate().to_owned());
        settings.api = registration.api_client_id;
        settings.explain = true;
        settings.key_refresh_interval = PRACTICE_KEY_REFRESH;
    }
    settings
}

fn client_config(
    config: &WorkshopConfig,
    registration: &Registration,
    api_origin: &str,
    tenant: Option<&PracticeTenant>,
) -> ClientConfig {
    ClientConfig {
        tenant_id: registration.authority.tenant(),
        client_id: registration.client_id,
        api_client_id: registration.api_client_id,
        authority_host: registration.authority.host().clone(),
        api_url: api_origin.to_owned(),
        workload_url: format!("http://localhost:{}", config.workload_port),
        scope: format!(
            "api://{}/{}",
            registration.api_client_id, config.api_settings.required_scope
        ),
        app_role: config.api_settings.required_app_role.clone(),
        practice: tenant.is_some(),
        practice_tenant: tenant.map(|tenant| PracticeConfig {
            practice_key: tenant.practice_key().expose().to_owned(),
            tenant_name: tenant.tenant_name(),
            tenant_domain: tenant.domain(),
        }),
        version: env!("CARGO_PKG_VERSION"),
    }
}
