//! Who may see and submit a sign-in page: the browser that began it, from a page of this very origin.
//!
//! Cookies with `SameSite` do not tell ports of localhost apart, so a page of another local server could post here.
//! Three things stop it: the form token, the `Origin` header, and `Sec-Fetch-Site` where there is no `Origin`.

use axum::http::{HeaderMap, header};
use axum::response::Response;
use subtle::ConstantTimeEq as _;

use super::Interaction;
use crate::Face;
use crate::exchange::Exchange;
use crate::pages;
use crate::params::Params;
use crate::session::Cookie;

/// A checked submission, and what a step needs to judge it.
pub(super) struct Visit<'a> {
    pub(super) face: &'a Face,
    pub(super) exchange: &'a Exchange,
    pub(super) headers: &'a HeaderMap,
    pub(super) form: &'a Params,
}

/// Why a submission is refused.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refused {
    /// It is unknown, over, or another browser's: which of these is nobody's business.
    NoInteraction,
    /// Another origin's page sent it.
    ForeignOrigin,
    /// The form token is missing or wrong, or the form does not parse.
    Forged,
}

impl Refused {
    pub(super) fn page(self, face: &Face) -> Response {
        match self {
            Self::NoInteraction => pages::sign_in_over(face),
            Self::ForeignOrigin | Self::Forged => pages::forged(face),
        }
    }
}

/// The interaction, if this browser began it.
pub(super) fn of_this_browser(
    face: &Face,
    exchange: &Exchange,
    headers: &HeaderMap,
    id: &str,
) -> Option<Interaction> {
    let browser = Cookie::Browser.read(&face.origin, headers)?;
    let interaction = face.tenant.interactions.get(exchange.now, id)?;
    same(browser, &interaction.browser).then_some(interaction)
}

/// Checks a POST.
pub(super) fn submission(
    face: &Face,
    exchange: &Exchange,
    headers: &HeaderMap,
    id: &str,
    body: &[u8],
) -> Result<(Interaction, Params), Refused> {
    if !from_own_page(face, headers) {
        return Err(Refused::ForeignOrigin);
    }
    let interaction = of_this_browser(face, exchange, headers, id).ok_or(Refused::NoInteraction)?;
    let form = Params::form(headers, body).map_err(|_| Refused::Forged)?;
    match form.get("form_token") {
        Some(token) if same(token, &interaction.form_token) => Ok((interaction, form)),
        _ => Err(Refused::Forged),
    }
}

/// Browsers send `Origin` with every POST. Without one, a browser would still say where the request comes from; what
/// says neither is no browser, and the cookie and the form token vouch for it.
pub(crate) fn from_own_page(face: &Face, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) => origin.as_bytes() == face.origin.as_bytes(),
        (Some(_), Some(_)) => false,
        (None, _) => headers
            .get("sec-fetch-site")
            .is_none_or(|site| site.as_bytes() == b"same-origin"),
    }
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
