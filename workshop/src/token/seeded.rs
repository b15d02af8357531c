//! What `/practice` tells, as far as it is needed for a token.

use serde::Deserialize;
use shared::authority::{ClientId, TenantId};

use super::TokenError;

/// Who and what there is.
#[derive(Deserialize)]
pub(crate) struct Seeded {
    pub(crate) tenant: SeededTenant,
    pub(crate) apps: Apps,
    pub(crate) users: Vec<SeededUser>,
}

#[derive(Deserialize)]
pub(crate) struct SeededTenant {
    pub(crate) id: TenantId,
}

#[derive(Deserialize)]
pub(crate) struct Apps {
    pub(crate) api: Option<Api>,
    pub(crate) client: Option<App>,
    pub(crate) daemon: Option<Daemon>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Api {
    pub(crate) identifier_uri: Option<String>,
    pub(crate) scope: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct App {
    pub(crate) client_id: ClientId,
    redirect_uris: RedirectUris,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedirectUris {
    public_client: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Daemon {
    pub(crate) client_id: ClientId,
    pub(crate) client_secret: Option<String>,
    pub(crate) certificate_path: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct SeededUser {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Seeded {
    /// The client, if it may sign in as a desktop app does.
    pub(super) fn desktop_client(&self, redirect_uri: &str) -> Result<ClientId, TokenError> {
        let client = self.apps.client.as_ref();
        let client = client.ok_or(TokenError::Missing("workshop-client"))?;
        let registered = &client.redirect_uris.public_client;
        if registered.iter().any(|uri| uri == redirect_uri) {
            Ok(client.client_id)
        } else {
            Err(TokenError::Missing(
                "redirect URI http://localhost of workshop-client for mobile and desktop applications",
            ))
        }
    }

    /// By the whole user name, or by what stands before the @.
    pub(super) fn user(&self, name: Option<&str>) -> Result<&SeededUser, TokenError> {
        let users = &self.users;
        let Some(name) = name else {
            return users.first().ok_or(TokenError::Missing("users"));
        };
        let called = |user: &&SeededUser| {
            let (first, _) = user.username.split_once('@').unwrap_or_default();
            user.username.eq_ignore_ascii_case(name) || first.eq_ignore_ascii_case(name)
        };
        users.iter().find(called).ok_or_else(|| {
            let known: Vec<&str> = users.iter().map(|user| user.username.as_str()).collect();
            TokenError::NoSuchUser {
                name: name.to_owned(),
                known: known.join(", "),
            }
        })
    }

    pub(super) fn of_the_api(&self, permission: &str) -> Result<String, TokenError> {
        let api = self.apps.api.as_ref();
        let uri = api.and_then(|api| api.identifier_uri.as_deref());
        let uri = uri.ok_or(TokenError::Missing("workshop-api with an identifier URI"))?;
        Ok(format!("{uri}/{permission}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_client_without_the_desktops_redirect_uri_is_told_so_before_the_sign_in() {
        let seeded = |uris: &[&str]| -> Seeded {
            let id = "7e000000-0000-4000-8000-000000000001";
            let client = json!({"clientId": id, "redirectUris": {"publicClient": uris}});
            let apps = json!({"api": null, "client": client, "daemon": null});
            let seeded = json!({"tenant": {"id": id}, "apps": apps, "users": []});
            serde_json::from_value(seeded).unwrap()
        };
        let uri = "http://localhost";
        assert!(seeded(&[uri]).desktop_client(uri).is_ok());
        let refused = seeded(&[]).desktop_client(uri).unwrap_err().to_string();
        assert!(
            refused.contains("redirect URI http://localhost"),
            "{refused}"
        );
    }
}
