//! What a client asks the authorization endpoint for, checked.

use shared::authority::ClientId;
use shared::secret::Nonce;

use super::Refused;
use super::redirect::{self, Platform};
use super::response::{Mode, Reply};
use crate::aadsts::Aadsts;
use crate::directory::{Application, Directory};
use crate::params::Params;
use crate::recording::{Check, found};
use crate::scopes::Scopes;
use crate::tenant_path::TenantPath;

/// A request that may be answered at its redirect URI.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizeRequest {
    pub(crate) client_id: ClientId,
    pub(crate) platform: Platform,
    pub(crate) reply: Reply,
    pub(crate) scopes: Scopes,
    pub(crate) nonce: Option<Nonce>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) prompt: Option<Prompt>,
    pub(crate) login_hint: Option<String>,
    /// `client_info=1`: say whose account it is.
    pub(crate) client_info: bool,
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
}

impl AuthorizeRequest {
    /// Checks client and redirect URI first: what fails before them is shown on a page.
    pub(crate) fn validate(
        directory: &Directory,
        tenant: TenantPath,
        params: &Params,
    ) -> Result<Self, Refused> {
        let (client, uri, platform) =
            addressee(directory, tenant, params).map_err(Refused::Page)?;
        let mode = match params.get("response_mode") {
            None | Some("query") => Ok(Mode::Query),
            Some("fragment") => Ok(Mode::Fragment),
            Some("form_post") => Ok(Mode::FormPost),
            Some(other) => Err(Aadsts::UnsupportedResponseMode(other.to_owned())),
        };
        let reply = Reply {
            redirect_uri: uri.to_owned(),
            mode: *mode.as_ref().unwrap_or(&Mode::Query),
            state: params.get("state").map(str::to_owned),
        };
        let refuse = |refusal| Refused::Redirect(reply.clone(), refusal);
        mode.map_err(refuse)?;
        response_type(params).map_err(refuse)?;
        let scope = params.require("scope").map_err(refuse)?;
        Ok(Self {
            client_id: ClientId(client.app_id),
            platform,
            scopes: Scopes::parse(directory, client, scope).map_err(refuse)?,
            challenge: challenge(params, platform)
                .inspect(|challenge| note_challenge(challenge.as_ref()))
                .map_err(refuse)?,
            prompt: prompt(params).map_err(refuse)?,
            nonce: params.get("nonce").map(Nonce::new),
            login_hint: params.get("login_hint").map(str::to_owned),
            client_info: params.get("client_info") == Some("1"),
            reply,
        })
    }
}

/// Who asks and where the answer goes.
fn addressee<'d, 'p>(
    directory: &'d Directory,
    tenant: TenantPath,
    params: &'p Params,
) -> Result<(&'d Application, &'p str, Platform), Aadsts> {
    let client = tenant.client(directory, params.require("client_id")?)?;
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

/// `code` is what a registration allows by itself; tokens straight from here (the implicit grant) are a switch in the
/// registration that no practice application has turned on.
fn response_type(params: &Params) -> Result<(), Aadsts> {
    let asked = params.require("response_type")?;
    let known = |word| matches!(word, "code" | "id_token" | "token");
    let words: Vec<&str> = asked.split(' ').filter(|word| !word.is_empty()).collect();
    if words == ["code"] {
        Ok(())
    } else if words.is_empty() || !words.iter().all(|word| known(*word)) {
        Err(Aadsts::UnsupportedResponseType(asked.to_owned()))
    } else if words.contains(&"id_token") {
        Err(Aadsts::ResponseTypeNotEnabled("id_token"))
    } else {
        Err(Aadsts::ResponseTypeNotEnabled("token"))
    }
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

fn prompt(params: &Params) -> Result<Option<Prompt>, Aadsts> {
    params
        .get("prompt")
        .map(|prompt| match prompt {
            "none" => Ok(Prompt::None),
            "login" => Ok(Prompt::Login),
            "select_account" => Ok(Prompt::SelectAccount),
            "consent" => Ok(Prompt::Consent),
            _ => Err(Aadsts::UnsupportedValue { name: "prompt" }),
        })
        .transpose()
}
