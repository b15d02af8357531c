//! A workshop that runs.

use std::path::PathBuf;

use axum::Router;
use practice_tenant::{SeededUser, Server};
use serve::Listener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Where each part is. All are origins, such as `http://localhost:3000`.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// The browser app.
    pub web: String,
    /// The API.
    pub api: String,
    /// The practice tenant, if it runs.
    pub tenant: Option<String>,
}

/// What a person needs to know about the practice tenant.
#[derive(Clone, Debug)]
pub struct Practice {
    /// Its display name.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// Its https origin.
    pub secure_origin: String,
    /// Where the certificate lies that a client must trust for that.
    pub authority_file: PathBuf,
    /// The people who can sign in there.
    pub users: Vec<SeededUser>,
}

impl Practice {
    pub(crate) fn of(server: &Server) -> Self {
        let tenant = server.tenant();
        Self {
            name: tenant.tenant_name(),
            domain: tenant.domain(),
            secure_origin: server.https().host().to_string(),
            authority_file: server.local_authority().file().to_owned(),
            users: tenant.users(),
        }
    }
}

/// A workshop that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    addresses: Addresses,
    practice: Option<Practice>,
    /// Carries no value: the servers stop when it is gone.
    stop: watch::Sender<()>,
    servers: JoinSet<()>,
}

impl Running {
    pub(crate) fn new(addresses: Addresses, practice: Option<Practice>) -> Self {
        Self {
            addresses,
            practice,
            stop: watch::Sender::new(()),
            servers: JoinSet::new(),
        }
    }

    pub(crate) fn serve(&mut self, listener: Listener, router: Router) {
        let mut stop = self.stop.subscribe();
        self.servers.spawn(listener.serve(router, async move {
            let _ = stop.changed().await;
        }));
    }

    /// Where each part is.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The practice tenant, if it runs.
    pub fn practice(&self) -> Option<&Practice> {
        self.practice.as_ref()
    }

    /// Returns when a server has ended without having been asked to, which only a defect can cause.
    pub async fn wait(&mut self) {
        self.servers.join_next().await;
    }

    /// Stops all servers; answers in progress are finished first.
    pub async fn stop(self) {
        let Self {
            stop, mut servers, ..
        } = self;
        drop(stop);
        while servers.join_next().await.is_some() {}
    }
}
