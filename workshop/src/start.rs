//! Putting the parts together: first all ports, then the practice tenant with the address it turned out to have, then
//! those that need to know it.

use std::sync::Arc;
use std::time::Duration;

use api_server::{ApiServer, ApiSettings};
use practice_tenant::{
    CertificateError, LocalAuthority, PracticeTenant, SecureOrigin, StateError, StateFolder,
};
use serve::system::SystemClock;
use serve::{BindError, ListenOptions, Listener, Tls, TlsError};
use shared::authority::Authority;
use shared::settings::SettingError;
use shared::time::Clock as _;

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
    /// There is no certificate for the https listener.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The certificate could not be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The practice tenant did not start.
    #[error("the practice tenant did not start: {0}")]
    Tenant(#[from] practice_tenant::StartError),
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
                let practice = PracticeServer::bind(options, &config, web.origin()).await?;
                let registration = registration_in(&practice.tenant, practice.http.origin());
                (registration, Some(practice))
            }
        };
        let tenant = practice.as_ref().map(|practice| &practice.tenant);
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
            tenant.map(PracticeTenant::practice_router),
        )?;
        let mut running = Running::new(
            Addresses {
                web: web.origin().to_owned(),
                api: api.origin().to_owned(),
                tenant: practice
                    .as_ref()
                    .map(|practice| practice.http.origin().to_owned()),
            },
            practice.as_ref().map(PracticeServer::description),
        );
        if let Some(practice) = practice {
            running.serve(practice.http, practice.tenant.router());
            if let Some(router) = practice.tenant.secure_router() {
                running.serve(practice.https, router);
            }
        }
        running.serve(api, api_router);
        running.serve(web, web_router);
        Ok(running)
    }
}

/// The practice tenant and its two listeners.
struct PracticeServer {
    http: Listener,
    https: Listener,
    authority: LocalAuthority,
    tenant: PracticeTenant,
}

impl PracticeServer {
    async fn bind(
        options: &PracticeOptions,
        config: &WorkshopConfig,
        web_origin: &str,
    ) -> Result<Self, StartError> {
        let state = StateFolder::open(&options.state)?;
        // Clients verify certificates by the real time, whatever clock the servers were given.
        let now = SystemClock.now();
        let authority = LocalAuthority::open(&state, now)?;
        let certificate = authority.server_certificate(now)?;
        let tls = Tls::new(&certificate.certificate, certificate.key.expose())?;
        let http = Listener::bind(&options.http).await?;
        let https = Listener::bind(&ListenOptions {
            tls: Some(tls),
            ..options.https.clone()
        })
        .await?;
        let tenant = PracticeTenant::start(
            practice_tenant::Options {
                public_origin: http.origin().to_owned(),
                secure_origin: Some(SecureOrigin {
                    origin: https.origin().to_owned(),
                    authority_file: authority.file().to_owned(),
                }),
                spa_redirect_uris: vec![web_origin.to_owned()],
                state: Some(state),
            },
            Arc::clone(&config.clock),
            Arc::clone(&config.entropy),
        )?;
        Ok(Self {
            http,
            https,
            authority,
            tenant,
        })
    }

    /// The tenant as each listener shows it.
    fn authorities(&self) -> Vec<Authority> {
        [&self.http, &self.https]
            .map(|listener| authority_at(&self.tenant, listener.origin()))
            .into()
    }

    fn description(&self) -> Practice {
        Practice::of(&self.tenant, self.https.origin(), self.authority.file())
    }
}

fn authority_at(tenant: &PracticeTenant, origin: &str) -> Authority {
    let host = origin
        .parse()
        .expect("the configuration keeps the practice tenant on localhost");
    Authority::new(host, tenant.tenant_id())
}

fn registration_in(tenant: &PracticeTenant, origin: &str) -> Registration {
    Registration {
        authority: authority_at(tenant, origin),
        client_id: tenant.client_id(),
        api_client_id: tenant.api_client_id(),
    }
}

/// The API's settings, with what follows from the tenant and the ports.
fn api_settings(
    config: &WorkshopConfig,
    registration: &Registration,
    practice: Option<&PracticeServer>,
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
        settings.authorities = practice.authorities();
        settings.local_authority = Some(practice.authority.certificate().to_owned());
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
