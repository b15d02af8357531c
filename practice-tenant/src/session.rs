//! Who is signed in, in which browser. The cookie is an unguessable name; everything else stays here.
//!
//! Cookies do not tell ports of one host apart: the name carries the port, so that two practice tenants on one machine
//! do not sign each other's users out.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use shared::time::UnixTime;
use url::Url;
use uuid::Uuid;

use crate::Face;

/// How long a session lasts that ends with the browser.
const SESSION: Duration = Duration::from_hours(24);
/// How long one lasts after a "Yes" at "Stay signed in?".
const KEPT_SESSION: Duration = Duration::from_hours(24 * 90);

/// The accounts signed in to one browser.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) accounts: Vec<Account>,
}

/// One signed-in account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    pub(crate) user: Uuid,
    /// The session's id for clients (`session_state`).
    pub(crate) session_state: Uuid,
    /// Whether the person said "Yes" at "Stay signed in?".
    pub(crate) kept: bool,
    /// When the person typed their password.
    #[serde(default)]
    pub(crate) signed_in: Option<UnixTime>,
}

/// The tenant's cookies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cookie {
    /// Ties the pages of a sign-in to the browser that began it.
    Browser,
    /// The [`Session`].
    Session,
    /// The answer to "Stay signed in?" that shall not be asked again.
    Stay,
}

impl Cookie {
    fn name(self, origin: &str) -> String {
        let kind = match self {
            Self::Browser => "browser",
            Self::Session => "session",
            Self::Stay => "stay",
        };
        let port = Url::parse(origin)
            .ok()
            .and_then(|url| url.port_or_known_default())
            .unwrap_or(0);
        format!("practice-{kind}-{port}")
    }

    /// The cookie's value in a request.
    pub(crate) fn read<'h>(self, origin: &str, headers: &'h HeaderMap) -> Option<&'h str> {
        let name = self.name(origin);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// A `Set-Cookie`. Without `lasting` it goes when the browser does; a lasting time of zero deletes it.
    pub(crate) fn set(self, origin: &str, value: &str, lasting: Option<Duration>) -> HeaderValue {
        let name = self.name(origin);
        // With https, Entra's own pages may also be framed and posted to by other sites (silent sign-in); browsers let
        // only secure cookies do that.
        let site = if origin.starts_with("https:") {
            "SameSite=None; Secure"
        } else {
            "SameSite=Lax"
        };
        let age = lasting
            .map(|age| format!("; Max-Age={}", age.as_secs()))
            .unwrap_or_default();
        HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; {site}{age}"))
            .expect("values are of our making and plain ASCII")
    }
}

/// The accounts signed in to the browser that sent `headers`.
pub(crate) fn accounts(face: &Face, now: UnixTime, headers: &HeaderMap) -> Vec<Account> {
    Cookie::Session
        .read(&face.origin, headers)
        .and_then(|id| face.tenant.sessions.get(now, id))
        .unwrap_or_default()
        .accounts
}

/// Signs a user in beside the accounts that are already there. The session gets a new name, so that one planted before
/// the sign-in is worth nothing after it.
pub(crate) fn sign_in(
    face: &Face,
    now: UnixTime,
    headers: &HeaderMap,
    user: Uuid,
    kept: bool,
) -> (Account, HeaderValue) {
    let account = Account {
        user,
        session_state: face.tenant.entropy.guid(),
        kept,
        signed_in: Some(now),
    };
    let mut session = Cookie::Session
        .read(&face.origin, headers)
        .and_then(|id| face.tenant.sessions.take(now, id))
        .unwrap_or_default();
    session.accounts.retain(|known| known.user != user);
    session.accounts.push(account.clone());
    let (lifetime, lasting) = if kept {
        (KEPT_SESSION, Some(KEPT_SESSION))
    } else {
        (SESSION, None)
    };
    let id = face.tenant.entropy.token(32);
    let cookie = Cookie::Session.set(&face.origin, &id, lasting);
    face.tenant
        .sessions
        .insert(now, &id, now + lifetime, session);
    (account, cookie)
}

/// Ends the session of the browser that sent `headers`; answers who was signed in.
pub(crate) fn sign_out(
    face: &Face,
    now: UnixTime,
    headers: &HeaderMap,
) -> (Vec<Account>, HeaderValue) {
    let session = Cookie::Session
        .read(&face.origin, headers)
        .and_then(|id| face.tenant.sessions.take(now, id))
        .unwrap_or_default();
    (
        session.accounts,
        Cookie::Session.set(&face.origin, "", Some(Duration::ZERO)),
    )
}
