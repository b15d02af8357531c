//! Fetching a key document: a bounded time, a bounded size, no redirects.

use std::time::Duration;

use reqwest::{Certificate, StatusCode};
use shared::authority::is_loopback;
use shared::checks::Policy;
use shared::error::causes;
use url::Url;

use super::jwks::{self, BadKeyDocument, Key};

/// Largest key document read. Microsoft's is about 20 KB.
const LARGEST_DOCUMENT: usize = 512 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(5);

/// One key document of one authority.
#[derive(Debug)]
pub(crate) struct Source {
    url: Url,
    /// For keys that do not say which issuer they are for.
    issuer: String,
    client: reqwest::Client,
}

/// Why a fetch gave no keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// No answer, or none in time.
    #[error("no answer ({})", causes(.0).unwrap_or_else(|| .0.to_string()))]
    Unreachable(#[from] reqwest::Error),
    /// An answer other than 200.
    #[error("the answer is {0}")]
    Status(StatusCode),
    /// An endless answer.
    #[error("the answer is longer than {LARGEST_DOCUMENT} bytes")]
    TooLong,
    /// The answer holds no keys.
    #[error(transparent)]
    Document(#[from] BadKeyDocument),
}

impl Source {
    /// The documents for everything the policy accepts: v1 tokens are checked with v1 keys, v2 tokens with v2 keys
    /// (Entra "Access tokens", "Validate the signature").
    ///
    /// `local_authority` vouches for those of them that are on this machine.
    pub(crate) fn all(
        policy: &Policy,
        local_authority: Option<&str>,
    ) -> Result<Vec<Self>, reqwest::Error> {
        let local = local_authority
            .map(|pem| Certificate::from_pem(pem.as_bytes()))
            .transpose()?;
        let mut sources: Vec<Self> = Vec::new();
        for authority in &policy.authorities {
            for version in &policy.versions {
                let url = authority.keys(*version);
                let client = client(&url, local.as_ref())?;
                sources.push(Self {
                    url,
                    issuer: authority.issuer(*version),
                    client,
                });
            }
        }
        Ok(sources)
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) async fn fetch(&self) -> Result<Vec<Key>, FetchError> {
        let mut answer = self.client.get(self.url.clone()).send().await?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let mut document = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if document.len() + chunk.len() > LARGEST_DOCUMENT {
                return Err(FetchError::TooLong);
            }
            document.extend_from_slice(&chunk);
        }
        Ok(jwks::parse(&document, &self.issuer)?)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one client of this crate, bounded here"
)]
fn client(url: &Url, local: Option<&Certificate>) -> Result<reqwest::Client, reqwest::Error> {
    shared::trust::build(|| {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT);
        if !is_loopback(url) {
            return builder;
        }
        // No proxy lies between this machine and itself.
        let builder = builder.no_proxy();
        match local {
            Some(authority) => builder.tls_certs_only([authority.clone()]),
            None => builder,
        }
    })
}
