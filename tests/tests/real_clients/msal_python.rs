//! `msal` for Python.

use anyhow::Result;
use serde_json::json;
use tests::client_program::Library;

use crate::stories::{self, Stage};

async fn stage() -> Result<Stage> {
    Stage::set(Library::MsalPython).await
}

#[tokio::test]
async fn msal_python_auth_code_a_public_client_signs_in_and_renews() -> Result<()> {
    stories::a_public_client_signs_in_and_renews(&stage().await?).await
}

#[tokio::test]
async fn msal_python_auth_code_a_desktop_program_waits_on_a_loopback_port() -> Result<()> {
    stories::a_desktop_program_waits_on_a_loopback_port(&stage().await?).await
}

#[tokio::test]
async fn msal_python_auth_code_a_web_application_signs_in_with_its_secret_and_renews() -> Result<()>
{
    stories::a_web_application_signs_in_with_its_secret_and_renews(&stage().await?).await
}

#[tokio::test]
async fn msal_python_device_code_a_device_shows_a_code() -> Result<()> {
    stories::a_device_shows_a_code(&stage().await?).await
}

#[tokio::test]
async fn msal_python_client_credentials_with_a_secret() -> Result<()> {
    let stage = stage().await?;
    stories::a_daemon_needs_the_role(&stage, stories::secret(&stage)?).await
}

#[tokio::test]
async fn msal_python_client_credentials_with_a_certificate() -> Result<()> {
    let stage = stage().await?;
    stories::a_daemon_needs_the_role(&stage, stories::certificate(&stage)?).await
}

#[tokio::test]
async fn msal_python_client_credentials_with_a_certificate_by_its_older_thumbprint() -> Result<()> {
    let stage = stage().await?;
    let mut proof = stories::certificate(&stage)?;
    stories::merge(&mut proof, json!({ "sha1": true }));
    stories::a_daemon_needs_the_role(&stage, proof).await
}

#[tokio::test]
async fn msal_python_client_credentials_a_wrong_secret_is_refused() -> Result<()> {
    stories::a_wrong_secret_is_refused(&stage().await?).await
}

#[tokio::test]
async fn msal_python_on_behalf_of_an_api_calls_for_its_user() -> Result<()> {
    stories::an_api_calls_on_behalf_of_its_user(&stage().await?).await
}
