//! What a client asks the authorization endpoint for, checked.

use shared::authority::ClientId;
use shared::secret::Nonce;
use uuid::Uuid;

use super::Refused;
use super::redirect::{self, Platform};
use super::response::{Mode, Reply};
use super::response_type::ResponseType;
use crate::aadsts::Aadsts;
use crate::directory::{Application, Directory};
use crate::params::Params;
use crate::recording::{Check, found};
use crate::scopes::Scopes;
use crate::tenant_path::TenantPath;
use crate::version::Version;

/// A request that may be answered at its redirect URI.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizeRequest {
    pub(crate) version: Version,
    pub(crate) client_id: ClientId,
    pub(crate) platform: Platform,
    pub(crate) reply: Reply,
    pub(crate) response_type: ResponseType,
    pub(crate) scopes: Scopes,
    pub(crate) nonce: Option<Nonce>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) prompt: Option<Prompt>,
    pub(crate) login_hint: Option<String>,
    /// `sid`: the session meant, as an ID token named it.
    pub(crate) session: Option<Uuid>,
    /// `client_info=1`: say whose account it is.
    pub(crate) client_info: bool,
    /// Whether the client can answer a claims challenge.
    pub(crate) capable: bool,
}

/// What the verifier of PKCE must fit (RFC 7636 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// Its SHA-256.
    S256(String),
    /// Itself: what Entra assumes when no method is named.
    Plain(String),
}

/// What the sign-in must or must not show (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    None,
    Login,
    SelectAccount,
    Consent,
    /// Of v1: an administrator consents for everybody.
    AdminConsent,
}

impl AuthorizeRequest {
    /// Checks client and redirect URI first: what fails before them is shown on a page.
    pub(crate) fn validate(
        directory: &Directory,
        (tenant, version): (TenantPath, Version),
        params: &Params,
    ) -> Result<Self, Refused> {
        let (client, uri, platform) =
            addressee(directory, tenant, params).map_err(Refused::Page)?;
        let response_type = ResponseType::asked(client, params);
        // A refused request is answered in the mode it asked for, too.
        let default = match &response_type {
            Ok(asked) if asked.gives_tokens() => Mode::Fragment,
            _ => Mode::Query,
        };
        let mode = mode(params, default);
        let reply = Reply {
            redirect_uri: uri.to_owned(),
            mode: *mode.as_ref().unwrap_or(&default),
            state: params.get("state").map(without_html),
        };
        let refuse = |refusal| Refused::Redirect(reply.clone(), refusal);
        mode.map_err(refuse)?;
        let response_type = response_type.map_err(refuse)?;
        let scopes = scopes(directory, client, version, params).map_err(refuse)?;
        response_type.fits(&scopes, params).map_err(refuse)?;
        let challenge = if response_type.code {
            challenge(params, platform)
                .inspect(|challenge| note_challenge(challenge.as_ref()))
                .map_err(refuse)?
        } else {
            None
        };
        Ok(Self {
            version,
            client_id: ClientId(client.app_id),
            platform,
            response_type,
            scopes,
            challenge,
            prompt: prompt(params, version).map_err(refuse)?,
            nonce: params.get("nonce").map(Nonce::new),
            login_hint: (params.get("login_hint")).map(|hint| user_name(directory, hint)),
            session: params.get("sid").and_then(|sid| sid.parse().ok()),
            client_info: params.get("client_info") == Some("1"),
            capable: crate::token::capable(params),
            reply,
        })
    }
}

fn mode(params: &Params, default: Mode) -> Result<Mode, Aadsts> {
    match params.get("response_mode") {
        None => Ok(default),
        Some("query") if default == Mode::Fragment => Err(Aadsts::QueryForToken),
        Some("query") => Ok(Mode::Query),
        Some("fragment") => Ok(Mode::Fragment),
        Some("form_post") => Ok(Mode::FormPost),
        Some(other) => Err(Aadsts::UnsupportedResponseMode(other.to_owned())),
    }
}

/// v2 names scopes; v1 names a resource, or none and gets no further than a sign-in.
fn scopes(
    directory: &Directory,
    client: &Application,
    version: Version,
    params: &Params,
) -> Result<Scopes, Aadsts> {
    match (version, params.get("resource")) {
        (Version::V1, Some(resource)) => Scopes::of_resource(directory, client, resource),
        (Version::V1, None) => Ok(Scopes::signing_in()),
        (Version::V2, _) => Scopes::parse(directory, client, params.require("scope")?),
    }
}

/// The user name that a hint means: itself, or whoever the claim `login_hint` of an ID token stands for.
fn user_name(directory: &Directory, hint: &str) -> String {
    let mut users = directory.users.iter();
    let meant = users.find(|user| user.login_hint() == hint);
    meant
        .map_or(hint, |user| &user.user_principal_name)
        .to_owned()
}

/// Without whatever stands between angle brackets (Entra "Redirect URI (reply URL) restrictions"). An angle bracket
/// alone is no HTML.
fn without_html(state: &str) -> String {
    let mut kept = String::with_capacity(state.len());
    let mut rest = state;
    while let Some((before, tag)) = rest.split_once('<') {
        kept.push_str(before);
        if let Some((_, after)) = tag.split_once('>') {
            rest = after;
        } else {
            kept.push('<');
            rest = tag;
        }
    }
    kept + rest
}

/// Who asks and where the answer goes.
fn addressee<'d, 'p>(
    directory: &'d Directory,
    tenant: TenantPath,
    params: &'p Params,
) -> Result<(&'d Application, &'p str, Platform), Aadsts> {
    let client = tenant.client(directory, params.require("client_id")?)?;
    if directory.is_disabled(client) {
        return Err(Aadsts::ClientDisabled {
            client: client.app_id,
            name: client.display_name.clone(),
        });
    }
    let registered = [
        &client.spa.redirect_uris,
        &client.public_client.redirect_uris,
        &client.web.redirect_uris,
    ];
    let uri = params.get("redirect_uri").ok_or(Aadsts::NoRedirectUri)?;
    if registered.iter().all(|platform| platform.is_empty()) {
        return Err(Aadsts::NoRedirectUri);
    }
    let platform = redirect::platform(client, uri).ok_or_else(|| Aadsts::RedirectUriMismatch {
        uri: uri.to_owned(),
        client: client.app_id.to_string(),
    })?;
    Ok((client, uri, platform))
}

fn note_challenge(challenge: Option<&Challenge>) {
    let detail = match challenge {
        Some(Challenge::S256(_)) => "the request carries a code_challenge of the method S256",
        Some(Challenge::Plain(_)) => "the request carries a code_challenge of the method plain",
        None => "the request carries no code_challenge, and the platform does not ask for one",
    };
    found(Check::Pkce, detail);
}

fn challenge(params: &Params, platform: Platform) -> Result<Option<Challenge>, Aadsts> {
    let Some(challenge) = params.get("code_challenge") else {
        return if platform == Platform::Spa {
            Err(Aadsts::PkceRequired)
        } else {
            Ok(None)
        };
    };
    // RFC 7636 §4.1 and §4.2: the verifier has 43 to 128 characters, its digest always 43.
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if !(43..=128).contains(&challenge.len()) || !challenge.chars().all(allowed) {
        return Err(Aadsts::ChallengeSize);
    }
    match params.get("code_challenge_method") {
        Some("S256") if challenge.len() == 43 => Ok(Some(Challenge::S256(challenge.to_owned()))),
        Some("S256") => Err(Aadsts::ChallengeSize),
        // Entra asks a SPA for the method as well.
        None if platform == Platform::Spa => Err(Aadsts::PkceRequired),
        Some("plain") | None => Ok(Some(Challenge::Plain(challenge.to_owned()))),
        Some(_) => Err(Aadsts::ChallengeMethod),
    }
}

fn prompt(params: &Params, version: Version) -> Result<Option<Prompt>, Aadsts> {
    let prompt = match params.get("prompt") {
        None => return Ok(None),
        Some("none") => Prompt::None,
        Some("login") => Prompt::Login,
        Some("select_account") if params.get("login_hint").is_some() => {
            return Err(Aadsts::HintForPicker);
        }
        Some("select_account") => Prompt::SelectAccount,
        Some("consent") => Prompt::Consent,
        Some("admin_consent") if version == Version::V1 => Prompt::AdminConsent,
        Some(_) => return Err(Aadsts::UnsupportedValue { name: "prompt" }),
    };
    Ok(Some(prompt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_html_in_a_state_stays() {
        for (state, kept) in [
            ("plain", "plain"),
            ("a<script>b</script>c", "abc"),
            ("1 < 2 & 3 > 2", "1  2"),
            ("a < b", "a < b"),
            ("a > b", "a > b"),
            ("<<b>", ""),
            ("eyJhIjoxfQ==|x", "eyJhIjoxfQ==|x"),
        ] {
            assert_eq!(without_html(state), kept, "{state}");
        }
    }
}
