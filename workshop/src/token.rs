//! `workshop token`: a token for scripts, from the practice tenant that runs, by the same messages that any client
//! would send.

mod seeded;
mod sign_in;

use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Client};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::authority::{Authority, AuthorityHost, Version};
use shared::callback::CallbackError;
use shared::error::causes;
use shared::pkce::InvalidRedirectUri;
use shared::secret::AccessToken;
use workshop::{LOCAL_AUTHORITY, StateError, StateFolder};

pub(crate) use seeded::Seeded;

/// For whom the token is to be.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// The first user.
    User,
    /// This user.
    Named(String),
    /// `workshop-daemon`, without a user.
    App,
}

impl From<&str> for Subject {
    fn from(text: &str) -> Self {
        match text {
            "user" => Self::User,
            "app" => Self::App,
            name => Self::Named(name.to_owned()),
        }
    }
}

/// Why there is no token, in one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error("no practice tenant runs with the state in {0}; start one with `workshop up`")]
    NotRunning(String),
    #[error("the practice tenant does not answer ({})", causes(.0).unwrap_or_else(|| "its answer is not understood".to_owned()))]
    NoAnswer(#[from] reqwest::Error),
    #[error("the certificate authority {file} cannot be used ({why})")]
    LocalAuthority { file: String, why: String },
    #[error(
        "the practice tenant has no {0}; Reset on the page /tenant brings it back, or add it there"
    )]
    Missing(&'static str),
    #[error("there is no user {name}; there are {known}")]
    NoSuchUser { name: String, known: String },
    #[error("only an administrator can grant {0} to workshop-client")]
    NeedsAdministrator(String),
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Redirect(#[from] InvalidRedirectUri),
    #[error(transparent)]
    Callback(#[from] CallbackError),
    #[error("the sign-in stopped at {0}, where this command does not know what to do")]
    UnknownPage(String),
}

/// The answer of the token endpoint.
#[derive(Deserialize)]
#[serde(untagged)]
enum TokenAnswer {
    Token { access_token: String },
    Refusal { error_description: String },
}

/// The practice tenant that runs, and a client for it.
pub(crate) struct Tenant {
    client: Client,
    authority: Authority,
    seeded: Seeded,
}

/// Gets a token for `subject`; without scopes, one for `workshop-api`.
pub(crate) async fn token(
    state: &Path,
    subject: &Subject,
    scope: Option<&str>,
) -> Result<AccessToken, TokenError> {
    let tenant = Tenant::running(state).await?;
    match subject {
        Subject::App => tenant.app_token(scope).await,
        Subject::User => tenant.user_token(None, scope).await,
        Subject::Named(name) => tenant.user_token(Some(name), scope).await,
    }
}

impl Tenant {
    pub(crate) async fn running(state: &Path) -> Result<Self, TokenError> {
        let origin = StateFolder::holder(state)?.and_then(|holder| holder.origin);
        let origin = origin.ok_or_else(|| TokenError::NotRunning(state.display().to_string()))?;
        let host: AuthorityHost = origin
            .parse()
            .map_err(|_| TokenError::NotRunning(state.display().to_string()))?;
        let client = client(&state.join(LOCAL_AUTHORITY))?;
        let seeded: Seeded = json(client.get(format!("{host}/practice"))).await?;
        Ok(Self {
            client,
            authority: Authority::new(host, seeded.tenant.id),
            seeded,
        })
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(crate) fn seeded(&self) -> &Seeded {
        &self.seeded
    }

    async fn app_token(&self, scope: Option<&str>) -> Result<AccessToken, TokenError> {
        const DAEMON: TokenError = TokenError::Missing("workshop-daemon with a secret");
        let daemon = self.seeded.apps.daemon.as_ref().ok_or(DAEMON)?;
        let secret = daemon.client_secret.as_ref().ok_or(DAEMON)?;
        let scope = match scope {
            Some(scope) => scope.to_owned(),
            None => self.seeded.of_the_api(".default")?,
        };
        self.redeem(&[
            ("grant_type", "client_credentials"),
            ("client_id", &daemon.client_id.to_string()),
            ("client_secret", secret),
            ("scope", &scope),
        ])
        .await
    }

    async fn user_token(
        &self,
        name: Option<&str>,
        scope: Option<&str>,
    ) -> Result<AccessToken, TokenError> {
        let client = self.seeded.desktop_client(sign_in::REDIRECT_URI)?;
        let scope = match (scope, &self.seeded.apps.api) {
            (Some(scope), _) => scope.to_owned(),
            (None, api) => {
                let api = api.as_ref().ok_or(TokenError::Missing("workshop-api"))?;
                self.seeded.of_the_api(&api.scope)?
            }
        };
        // Client libraries always ask for the user's name too.
        let scope = format!("openid profile {scope}");
        sign_in::token(self, client, self.seeded.user(name)?, &scope).await
    }

    async fn redeem(&self, form: &[(&str, &str)]) -> Result<AccessToken, TokenError> {
        let endpoint = self.authority.token(Version::V2);
        match json(self.client.post(endpoint).form(form)).await? {
            TokenAnswer::Token { access_token } => Ok(AccessToken::new(access_token)),
            TokenAnswer::Refusal { error_description } => {
                Err(TokenError::Refused(first_line(&error_description)))
            }
        }
    }
}

/// A client that trusts this state folder's authority and nobody else, and is as patient as a script should be.
#[expect(
    clippy::disallowed_methods,
    reason = "it looks at redirects itself, and bounds its time here"
)]
fn client(ca_certificate: &Path) -> Result<Client, TokenError> {
    let unusable = |why: &dyn std::fmt::Display| TokenError::LocalAuthority {
        file: ca_certificate.display().to_string(),
        why: why.to_string(),
    };
    let pem = std::fs::read(ca_certificate).map_err(|error| unusable(&error))?;
    let authority = Certificate::from_pem(&pem).map_err(|error| unusable(&error))?;
    Ok(Client::builder()
        .tls_certs_only([authority])
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .cookie_store(true)
        .timeout(Duration::from_secs(10))
        .build()?)
}

async fn json<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, TokenError> {
    Ok(request.send().await?.json().await?)
}

/// Entra's descriptions go on with IDs for its support.
fn first_line(description: &str) -> String {
    let line = description.lines().next().unwrap_or_default();
    let (sentence, _) = line.split_once(" Trace ID:").unwrap_or((line, ""));
    sentence.to_owned()
}
