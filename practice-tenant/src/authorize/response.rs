//! How the answer reaches the client: behind `?`, behind `#`, or as a form (OAuth 2.0 Multiple Response Type Encoding
//! Practices §2.1, OAuth 2.0 Form Post Response Mode §2).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::{Url, form_urlencoded};

use crate::aadsts::Aadsts;
use crate::exchange::Exchange;
use crate::pages;

/// Where an answer goes. Only a checked redirect URI gets here.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) redirect_uri: String,
    pub(crate) mode: Mode,
    pub(crate) state: Option<String>,
}

/// `response_mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Query,
    Fragment,
    FormPost,
}

impl Reply {
    /// Sends `pairs` and the state: 302 as Entra does, also after a POST, which browsers follow with a GET.
    pub(crate) fn send(&self, mut pairs: Vec<(&'static str, String)>) -> Response {
        if let Some(state) = &self.state {
            pairs.push(("state", state.clone()));
        }
        if self.mode == Mode::FormPost {
            return pages::form_post(&self.redirect_uri, pairs);
        }
        let Ok(mut target) = Url::parse(&self.redirect_uri) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let answer = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        match (self.mode, target.query()) {
            (Mode::Fragment, _) => target.set_fragment(Some(&answer)),
            (_, Some(query)) => {
                let both = format!("{query}&{answer}");
                target.set_query(Some(&both));
            }
            (_, None) => target.set_query(Some(&answer)),
        }
        let headers = [
            (header::LOCATION, String::from(target)),
            (header::CACHE_CONTROL, "no-store, no-cache".to_owned()),
        ];
        (StatusCode::FOUND, headers).into_response()
    }

    /// Sends a refusal (RFC 6749 §4.1.2.1).
    pub(crate) fn refuse(&self, refusal: &Aadsts, exchange: &Exchange, origin: &str) -> Response {
        let mut pairs = vec![
            ("error", refusal.wire().error.to_owned()),
            ("error_description", refusal.description(exchange)),
        ];
        if let Some(uri) = refusal.explained_at(origin) {
            pairs.push(("error_uri", uri));
        }
        if let Some(subcode) = refusal.suberror() {
            pairs.push(("error_subcode", subcode.to_owned()));
        }
        self.send(pairs)
    }

    /// What a page's `form-action` must allow for the redirect after its POST: the origin, or the scheme of an app.
    pub(crate) fn form_action(&self) -> String {
        let Ok(url) = Url::parse(&self.redirect_uri) else {
            return String::new();
        };
        match url.origin() {
            url::Origin::Opaque(_) => format!("{}:", url.scheme()),
            origin @ url::Origin::Tuple(..) => origin.ascii_serialization(),
        }
    }
}
