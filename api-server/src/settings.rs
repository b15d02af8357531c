//! What the API needs to know, and the variables it is read from.

use std::str::FromStr;
use std::time::Duration;

use shared::authority::{Authority, AuthorityHost, ClientId, TenantId, Version};
use shared::checks::Policy;
use shared::settings::{Origin, SettingError, Variables};

/// Between two refreshes of the keys because of an unknown key: what Microsoft advises ("Signing key rollover").
const KEY_REFRESH_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// Everything that decides how the API answers.
#[derive(Clone, Debug)]
pub struct ApiSettings {
    /// The tenants whose tokens are accepted, each at its authority host; never empty. Their keys are fetched.
    pub authorities: Vec<Authority>,
    /// The API's own client ID: the audience of its tokens.
    pub api: ClientId,
    /// The scope a person's application must have been granted.
    pub required_scope: String,
    /// The app role an application by itself must have been assigned.
    pub required_app_role: String,
    /// The origins whose pages may call; none by default.
    pub allowed_origins: Vec<Origin>,
    /// The applications that may call; empty means any that the tenant lets.
    pub allowed_clients: Vec<ClientId>,
    /// The versions of tokens accepted; only the second by default.
    pub accepted_versions: Vec<Version>,
    /// Whether `POST /api/explain` exists and refusals carry the list of checks.
    pub explain: bool,
    /// The least time between two fetches of the keys because of an unknown key.
    pub key_refresh_interval: Duration,
    /// The origin under which clients reach the API; advertised in challenges (RFC 9728) when known.
    pub public_origin: Option<Origin>,
    /// The certificate (PEM) of the authority that vouches for an https tenant on this machine. Nobody else is believed
    /// there, and it is believed nowhere else.
    pub local_authority: Option<String>,
}

impl ApiSettings {
    /// The defaults, for the tokens that one tenant issues for one API.
    pub fn new(authority: Authority, api: ClientId) -> Self {
        Self {
            authorities: vec![authority],
            api,
            required_scope: "access_as_user".into(),
            required_app_role: "Svc.Invoke".into(),
            allowed_origins: Vec::new(),
            allowed_clients: Vec::new(),
            accepted_versions: vec![Version::V2],
            explain: false,
            key_refresh_interval: KEY_REFRESH_INTERVAL,
            public_origin: None,
            local_authority: None,
        }
    }

    /// Reads `TENANT_ID` and `API_CLIENT_ID`, and optionally `AUTHORITY_HOST`, `REQUIRED_SCOPE`, `REQUIRED_APP_ROLE`,
    /// `ALLOWED_ORIGINS`, `ALLOWED_CLIENT_IDS`, `ALLOWED_TENANTS`, `ACCEPTED_TOKEN_VERSIONS`, `EXPLAIN` and
    /// `PUBLIC_ORIGIN`.
    ///
    /// `ALLOWED_TENANTS`, if set, is the whole list: `TENANT_ID` counts only if it is in it.
    pub fn from_variables(variables: &Variables) -> Result<Self, SettingError> {
        const A_GUID: &str = "a GUID such as 11111111-2222-3333-4444-555555555555";
        const GUIDS: &str = "GUIDs separated by commas";
        const A_NAME: &str = "one word as it stands in the token, such as access_as_user";

        let tenant: TenantId = variables.required("TENANT_ID", A_GUID)?;
        let api = variables.required("API_CLIENT_ID", A_GUID)?;
        let host = variables.or(
            "AUTHORITY_HOST",
            "an https origin such as https://login.microsoftonline.com",
            AuthorityHost::default(),
        )?;
        let mut tenants = variables.list("ALLOWED_TENANTS", GUIDS)?;
        if tenants.is_empty() {
            tenants.push(tenant);
        }
        let mut settings = Self::new(Authority::new(host.clone(), tenant), api);
        settings.authorities = tenants
            .into_iter()
            .map(|tenant| Authority::new(host.clone(), tenant))
            .collect();
        if let Some(Word(scope)) = variables.optional("REQUIRED_SCOPE", A_NAME)? {
            settings.required_scope = scope;
        }
        if let Some(Word(role)) = variables.optional("REQUIRED_APP_ROLE", A_NAME)? {
            settings.required_app_role = role;
        }
        settings.allowed_origins = variables.list(
            "ALLOWED_ORIGINS",
            "origins such as https://app.example, separated by commas",
        )?;
        settings.allowed_clients = variables.list("ALLOWED_CLIENT_IDS", GUIDS)?;
        let versions: Vec<AcceptedVersion> =
            variables.list("ACCEPTED_TOKEN_VERSIONS", "1, 2 or 1,2")?;
        if !versions.is_empty() {
            settings.accepted_versions = versions
                .into_iter()
                .map(|AcceptedVersion(one)| one)
                .collect();
        }
        settings.explain = variables.or("EXPLAIN", "true or false", false)?;
        settings.public_origin =
            variables.optional("PUBLIC_ORIGIN", "an origin such as https://api.example")?;
        Ok(settings)
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy {
            authorities: self.authorities.clone(),
            versions: self.accepted_versions.clone(),
            api: self.api,
            clients: self.allowed_clients.clone(),
        }
    }

    /// The name of the scope as a client asks for it.
    pub(crate) fn full_scope(&self) -> String {
        format!("api://{}/{}", self.api, self.required_scope)
    }
}

/// A scope or role: the characters of RFC 6749 §3.3, so that it can be one word of `scp` and part of a header.
struct Word(String);

impl FromStr for Word {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let good = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if !text.is_empty() && text.bytes().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err("no spaces, quotes or backslashes, ASCII only")
        }
    }
}

struct AcceptedVersion(Version);

impl FromStr for AcceptedVersion {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1" | "1.0" => Ok(Self(Version::V1)),
            "2" | "2.0" => Ok(Self(Version::V2)),
            _ => Err("not a version of Entra's tokens"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";
    const OTHER: &str = "22222222-2222-3333-4444-555555555555";
    const API: &str = "99999999-2222-3333-4444-555555555555";

    fn read(more: &[(&str, &str)]) -> Result<ApiSettings, SettingError> {
        let needed = [("TENANT_ID", TENANT), ("API_CLIENT_ID", API)];
        ApiSettings::from_variables(&needed.iter().chain(more).copied().collect())
    }

    #[test]
    fn two_ids_are_enough_to_run_against_microsoft() {
        let settings = read(&[]).unwrap();
        assert_eq!(
            settings.authorities[0].issuer(Version::V2),
            format!("https://login.microsoftonline.com/{TENANT}/v2.0")
        );
        assert_eq!(settings.full_scope(), format!("api://{API}/access_as_user"));
        assert_eq!(settings.accepted_versions, [Version::V2]);
        assert!(!settings.explain && settings.allowed_origins.is_empty());
    }

    #[test]
    fn a_missing_or_malformed_value_is_named() {
        let missing = ApiSettings::from_variables(&Variables::default())
            .unwrap_err()
            .to_string();
        assert!(missing.starts_with("TENANT_ID: not set"), "{missing}");
        for (variable, value) in [
            ("API_CLIENT_ID", "api"),
            ("AUTHORITY_HOST", "http://login.example"),
            ("REQUIRED_SCOPE", "two words"),
            ("REQUIRED_APP_ROLE", "a\"b"),
            ("ALLOWED_ORIGINS", "*"),
            ("ALLOWED_CLIENT_IDS", "x"),
            ("ALLOWED_TENANTS", "common"),
            ("ACCEPTED_TOKEN_VERSIONS", "3"),
            ("EXPLAIN", "perhaps"),
            ("PUBLIC_ORIGIN", "https://api.example/path"),
        ] {
            let error = read(&[(variable, value)]).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{variable}: got")), "{error}");
        }
    }

    #[test]
    fn the_list_of_tenants_is_the_whole_list() {
        let settings = read(&[
            ("ALLOWED_TENANTS", OTHER),
            ("ACCEPTED_TOKEN_VERSIONS", "1,2"),
        ])
        .unwrap();
        let tenants: Vec<String> = settings
            .authorities
            .iter()
            .map(|one| one.tenant().to_string())
            .collect();
        assert_eq!(tenants, [OTHER]);
        assert_eq!(settings.accepted_versions, [Version::V1, Version::V2]);
    }
}
