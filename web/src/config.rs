//! What the server that delivers this app says about its surroundings: `/config.json`, and in practice mode the seeded
//! people from `/practice`.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::authority::{Authority, AuthorityHost, ClientId, TenantId};
use shared::http::HttpClient;
use shared::pkce::ClientSettings;
use shared::secret::{PracticeKey, exposed};

/// `/config.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// The tenant that is meant.
    pub tenant_id: TenantId,
    /// The registration of this app.
    pub client_id: ClientId,
    /// The registration of the API.
    pub api_client_id: ClientId,
    /// Where the tenant is.
    pub authority_host: AuthorityHost,
    /// The API's origin.
    pub api_url: String,
    /// The permission that this app asks for, with the API's identifier in front.
    pub scope: String,
    /// The app role that lets an app without a person in.
    pub app_role: String,
    /// Whether the tenant is the practice tenant.
    pub practice: bool,
    /// What the tenant is called, where the server knows it.
    #[serde(default)]
    pub tenant_name: Option<String>,
    /// The tenant's domain, where the server knows it.
    #[serde(default)]
    pub tenant_domain: Option<String>,
    /// What lets this app change the practice tenant.
    #[serde(default, with = "exposed::option")]
    pub practice_key: Option<PracticeKey>,
}

impl Config {
    /// The tenant.
    pub fn authority(&self) -> Authority {
        Authority::new(self.authority_host.clone(), self.tenant_id)
    }

    /// This app, as the sign-in wants it.
    pub fn client(&self) -> ClientSettings {
        ClientSettings {
            authority: self.authority(),
            client_id: self.client_id,
        }
    }

    /// Everything that a sign-in asks for: who it is, a way to stay signed in, and the API.
    pub fn scopes(&self) -> Vec<String> {
        ["openid", "profile", "offline_access", &self.scope]
            .map(str::to_owned)
            .to_vec()
    }

    /// The scope as it stands in a token: without the API's identifier.
    pub fn scope_name(&self) -> &str {
        self.scope.rsplit('/').next().unwrap_or(&self.scope)
    }

    /// The tenant in the words of the badge.
    pub fn tenant_label(&self) -> String {
        let name = self.tenant_domain.as_ref().or(self.tenant_name.as_ref());
        name.cloned().unwrap_or_else(|| self.tenant_id.to_string())
    }

    /// The address of an endpoint of the API.
    pub fn api(&self, path: &str) -> String {
        format!("{}{path}", self.api_url.trim_end_matches('/'))
    }
}

/// `/practice`, as far as this app shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Directory {
    /// The people who can sign in.
    pub users: Vec<User>,
}

/// Somebody who can sign in at the practice tenant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user name.
    pub username: String,
    /// The password: a practice one, printed for everybody.
    pub password: String,
    /// What to call them.
    pub display_name: String,
    /// The app roles they have in the API.
    #[serde(default)]
    pub app_roles: Vec<String>,
    /// Whether they may consent for everybody.
    #[serde(default)]
    pub administrator: bool,
}

impl User {
    /// What makes this person different from the others.
    pub fn part(&self) -> String {
        match (self.administrator, self.app_roles.as_slice()) {
            (true, _) => "administrator, may consent for everybody".to_owned(),
            (false, []) => "member".to_owned(),
            (false, roles) => format!("member with the app role {}", roles.join(", ")),
        }
    }
}

/// Fetches a JSON document; the error is one sentence for a person.
pub async fn load<T: DeserializeOwned>(http: &HttpClient, address: &str) -> Result<T, String> {
    let request = http::Request::get(address)
        .header("accept", "application/json")
        .body(Vec::new())
        .map_err(|error| format!("{address} is no address: {error}"))?;
    let answer = http
        .send(request)
        .await
        .map_err(|error| error.to_string())?;
    if !answer.status().is_success() {
        return Err(format!("{address} answered {}", answer.status()));
    }
    serde_json::from_slice(answer.body())
        .map_err(|error| format!("{address} cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{
        "tenantId": "11111111-2222-3333-4444-555555555555", "clientId": "66666666-7777-8888-9999-000000000000",
        "apiClientId": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "authorityHost": "http://localhost:8400",
        "apiUrl": "http://localhost:8081/", "workloadUrl": "http://localhost:8082",
        "scope": "api://aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/access_as_user", "appRole": "Svc.Invoke",
        "practice": true, "tenantDomain": "harbour.example", "practiceKey": "k", "somethingNew": 1}"#;

    #[test]
    fn the_document_is_read_and_what_is_new_in_it_is_ignored() {
        let config: Config = serde_json::from_str(JSON).unwrap();
        assert_eq!(config.tenant_label(), "harbour.example");
        assert_eq!(config.scope_name(), "access_as_user");
        assert_eq!(config.api("/api/me"), "http://localhost:8081/api/me");
        assert_eq!(config.scopes()[0], "openid");
    }

    #[test]
    fn a_nameless_tenant_is_called_by_its_id() {
        let json = JSON.replace(r#""tenantDomain": "harbour.example","#, "");
        let config: Config = serde_json::from_str(&json).unwrap();
        assert_eq!(
            config.tenant_label(),
            "11111111-2222-3333-4444-555555555555"
        );
    }

    #[test]
    fn people_are_told_apart_by_what_they_may_do() {
        let users: Directory = serde_json::from_str(
            r#"{"users": [{"username": "a@b", "password": "p", "displayName": "A", "appRoles": []},
                {"username": "b@b", "password": "p", "displayName": "B", "appRoles": ["Workshop.Admin"]},
                {"username": "c@b", "password": "p", "displayName": "C", "administrator": true}]}"#,
        )
        .unwrap();
        let parts: Vec<String> = users.users.iter().map(User::part).collect();
        assert_eq!(parts[0], "member");
        assert_eq!(parts[1], "member with the app role Workshop.Admin");
        assert!(parts[2].starts_with("administrator"));
    }
}
