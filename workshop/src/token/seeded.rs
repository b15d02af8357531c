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
