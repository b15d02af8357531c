//! What a successful token request answers (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;
use shared::time::UnixTime;
use uuid::Uuid;

use super::{Grant, TokenRequest, refresh_token};
use crate::aadsts::Aadsts;
use crate::authorize::redirect::Platform;
use crate::directory::{Directory, Permission, User, seed};
use crate::params::Params;
use crate::recording::{Check, found};
use crate::scopes::Scopes;
use crate::tokens::{self, Hashed, Issued};
use crate::version::Version;

/// The body, in Entra's order.
#[derive(Serialize)]
pub(super) struct Success {
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    expires_in: Seconds,
    ext_expires_in: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_on: Option<Seconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<Seconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_in: Option<Seconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_info: Option<String>,
}

/// A time or a number of seconds: v2 says it as a number, v1 as text.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Seconds {
    Number(i64),
    Text(String),
}

impl Seconds {
    pub(crate) fn new(version: Version, seconds: i64) -> Self {
        match version {
            Version::V1 => Self::Text(seconds.to_string()),
            Version::V2 => Self::Number(seconds),
        }
    }
}

impl Success {
    /// The answer with an access token and nothing else. `resource` is how the request named the resource, which only
    /// v1 repeats.
    pub(super) fn new(request: &TokenRequest<'_>, access: &Issued, resource: &str) -> Self {
        let version = request.version;
        let now = request.exchange.now.0;
        let lasting = i64::try_from(access.expires_in).unwrap_or(i64::MAX);
        let seconds = |seconds| Seconds::new(version, seconds);
        let v1 = |time| (version == Version::V1).then(|| seconds(time));
        Self {
            token_type: "Bearer",
            scope: None,
            expires_in: seconds(lasting),
            ext_expires_in: seconds(lasting),
            expires_on: v1(now.saturating_add(lasting)),
            not_before: v1(now),
            resource: (version == Version::V1).then(|| resource.to_owned()),
            access_token: access.token.expose().to_owned(),
            refresh_token: None,
            refresh_token_expires_in: None,
            id_token: None,
            client_info: None,
        }
    }
}

/// What the next refresh token takes over.
pub(super) struct Renewal {
    /// The scopes of the sign-in: a token for one resource does not narrow what can be asked for next.
    pub(super) scopes: Scopes,
    /// When the one before expires.
    pub(super) expires: Option<UnixTime>,
}

impl Renewal {
    /// Of a first refresh token, which takes its time from nobody.
    pub(super) fn first(scopes: Scopes) -> Self {
        Self {
            scopes,
            expires: None,
        }
    }
}

/// The user of a grant and what is consented, which must cover everything the grant asks for.
pub(super) struct Consented<'d> {
    user: &'d User,
    granted: BTreeSet<Permission>,
}

/// Consent is looked up each time: it may have been taken back since the sign-in.
pub(super) fn consented<'d>(
    request: &TokenRequest<'_>,
    directory: &'d Directory,
    grant: &Grant,
) -> Result<Consented<'d>, Aadsts> {
    let user = directory.user(grant.user).ok_or(Aadsts::UnknownGrant)?;
    if !user.account_enabled {
        return Err(Aadsts::UserDisabled);
    }
    let granted = directory.granted(request.client.app_id, user.id);
    let asked = grant.scopes.permissions(directory, request.client);
    let applications = [request.client.app_id, grant.scopes.resource()];
    if let Some(closed) = directory.closed_to(user.id, applications) {
        return Err(Aadsts::UserNotAssigned {
            closed,
            redirected: false,
        });
    }
    let nothing = (grant.scopes).come_to_nothing(request.client.app_id, &granted);
    if nothing || !asked.is_subset(&granted) {
        return Err(Aadsts::ConsentMissing {
            client: request.client.app_id,
            name: request.client.display_name.clone(),
            silent: false,
        });
    }
    found(
        Check::Consent,
        format_args!(
            "{} has granted this client everything it asks for",
            user.user_principal_name
        ),
    );
    Ok(Consented { user, granted })
}

/// The tokens of a grant that no sign-in page led to, if all it asks for is consented.
pub(super) fn first_tokens(
    request: &TokenRequest<'_>,
    directory: &Directory,
    grant: &Grant,
    authenticated: &'static str,
) -> Result<Success, Aadsts> {
    let permissions = consented(request, directory, grant)?;
    let renewal = Renewal::first(grant.scopes.clone());
    Ok(tokens(
        request,
        directory,
        grant,
        authenticated,
        &permissions,
        renewal,
    ))
}

/// Makes the tokens of a user's grant.
pub(super) fn tokens(
    request: &TokenRequest<'_>,
    directory: &Directory,
    grant: &Grant,
    authenticated: &'static str,
    Consented { user, granted }: &Consented<'_>,
    renewal: Renewal,
) -> Success {
    let (face, now, version) = (request.face, request.exchange.now, request.version);
    let client = request.client(authenticated);
    let access = tokens::for_user(face, now, directory, client, (user, grant), granted);
    let id_token = grant.scopes.has("openid").then(|| {
        let about = (*user, grant);
        tokens::id_token(
            face,
            now,
            directory,
            version,
            client.id,
            about,
            Hashed::default(),
        )
    });
    let refresh = grant.scopes.has("offline_access").then(|| {
        let grant = Grant {
            scopes: renewal.scopes,
            nonce: None,
            ..grant.clone()
        };
        refresh_token::issue(face, now, grant, renewal.expires)
    });
    let spa = grant.platform == Platform::Spa;
    Success {
        scope: Some(match version {
            Version::V1 => grant.scopes.scp(granted),
            Version::V2 => grant.scopes.response(granted),
        }),
        refresh_token_expires_in: refresh
            .as_ref()
            .filter(|_| spa)
            .map(|(_, expires)| Seconds::new(version, now.seconds_until(*expires))),
        refresh_token: refresh.map(|(token, _)| token.expose().to_owned()),
        id_token: id_token.map(|token| token.expose().to_owned()),
        client_info: (request.params.get("client_info") == Some("1")).then(|| client_info(user.id)),
        ..Success::new(request, &access, grant.scopes.audience())
    }
}

/// Whose account it is, for Microsoft's client libraries: object id and tenant id.
pub(crate) fn client_info(user: Uuid) -> String {
    #[derive(Serialize)]
    struct ClientInfo {
        uid: Uuid,
        utid: Uuid,
    }
    let info = ClientInfo {
        uid: user,
        utid: seed::TENANT,
    };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&info).expect("two GUIDs make JSON"))
}

/// Whether the parameter `claims` announces that the client can answer a claims challenge (Entra "Claims challenges,
/// claims requests and client capabilities"). What else it asks for this tenant has nothing to say about.
pub(crate) fn capable(params: &Params) -> bool {
    let claims = params
        .get("claims")
        .and_then(|claims| serde_json::from_str::<Value>(claims).ok());
    let values = claims
        .as_ref()
        .and_then(|claims| claims.pointer("/access_token/xms_cc/values"));
    values
        .and_then(Value::as_array)
        .is_some_and(|values| values.iter().any(|value| value == "cp1"))
}
