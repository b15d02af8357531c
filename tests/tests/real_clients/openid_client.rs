//! `openid-client` for Node, which knows OpenID Connect and nothing of Entra.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::client_program::Library;

use crate::stories::{self, Stage};

async fn stage() -> Result<Stage> {
    Stage::set(Library::OpenidClient).await
}

#[tokio::test]
async fn openid_client_auth_code_discovery_pkce_and_renewal() -> Result<()> {
    let stage = stage().await?;
    let task = json!({
        "scopes": stories::scopes_of_a_sign_in(&stage)?,
        // The library gives back the address that the browser came to, with a slash at the end.
        "redirectUri": "http://localhost:50125",
    });
    for result in &stage.run(&["auth_code", "silent"], task).await? {
        stories::is_for_the_member(&stage.landscape, result).await?;
    }
    Ok(())
}

/// The library checks by itself that the subject there is the ID token's.
#[tokio::test]
async fn openid_client_auth_code_userinfo_is_graphs() -> Result<()> {
    let stage = stage().await?;
    let task = json!({
        "scopes": ["openid", "profile", "email"],
        "redirectUri": "http://localhost:50125/",
    });
    let results = stage.run(&["auth_code", "userinfo"], task).await?;
    let claims = &results[0]["result"]["id_token_claims"];
    let about = &results[1]["result"];
    ensure!(about["sub"] == claims["sub"], "{about}");
    ensure!(about["name"] == claims["name"], "{about}");
    ensure!(about["given_name"].is_string(), "{about}");
    Ok(())
}

#[tokio::test]
async fn openid_client_device_code_a_device_shows_a_code() -> Result<()> {
    stories::a_device_shows_a_code(&stage().await?).await
}

#[tokio::test]
async fn openid_client_client_credentials_with_a_secret() -> Result<()> {
    let stage = stage().await?;
    stories::a_daemon_needs_the_role(&stage, stories::secret(&stage)?).await
}

#[tokio::test]
async fn openid_client_client_credentials_a_wrong_secret_is_refused() -> Result<()> {
    stories::a_wrong_secret_is_refused(&stage().await?).await
}
