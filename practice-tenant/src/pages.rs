//! The pages people see: how they are answered, and those that belong to no step of a sign-in.
//!
//! Nothing here runs a script (one page has a script of its own, see [`form_post`]), nothing may be framed, and a form
//! goes to this origin and, after the last one, to the checked redirect URI: browsers apply `form-action` to the
//! redirect after a POST as well.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use shared::prose::errors;

use crate::Face;
use crate::aadsts::Aadsts;
use crate::authorize::response::Reply;
use crate::exchange::Exchange;
use crate::recording;

/// A page with a sentence or two.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    tenant: &'a str,
    title: &'a str,
    lines: Vec<String>,
}

/// A refusal, for the person who can only pass it on.
#[derive(Template)]
#[template(path = "refused.html")]
struct Refusal<'a> {
    tenant: &'a str,
    code: u32,
    text: String,
    explanation: Option<&'static errors::Explanation>,
    exchange: &'a Exchange,
}

/// What carries an answer to the client as a POST.
#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPost<'a> {
    tenant: &'a str,
    action: &'a str,
    pairs: Vec<(&'static str, String)>,
}

/// Where a page's forms may lead and whether it has a script.
struct Policy {
    form_action: String,
    script: bool,
    referrer: &'static str,
}

impl Policy {
    fn form_action(target: &str) -> Self {
        Self {
            form_action: format!("'self' {target}"),
            script: false,
            // `no-referrer` would make browsers send `Origin: null` with the forms, which could not be told from
            // another site's; this tells other origins as little.
            referrer: "same-origin",
        }
    }

    fn plain() -> Self {
        Self::form_action("")
    }

    fn header(&self) -> HeaderValue {
        let script = if self.script {
            "script-src 'self'; "
        } else {
            ""
        };
        let policy = format!(
            "default-src 'none'; {script}style-src 'self'; img-src 'self' data:; form-action {}; \
             frame-ancestors 'none'; base-uri 'none'",
            self.form_action.trim_end()
        );
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    }
}

fn answer(status: StatusCode, page: &impl Template, policy: &Policy) -> Response {
    let Ok(html) = page.render() else {
        tracing::error!("a page could not be written");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let value = HeaderValue::from_static;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.header()),
        (header::X_FRAME_OPTIONS, value("DENY")),
        (header::CACHE_CONTROL, value("no-store")),
        (header::REFERRER_POLICY, value(policy.referrer)),
    ];
    (status, headers, Html(html)).into_response()
}

/// A step of a sign-in, whose last form may lead to `target`.
pub(crate) fn form(page: &impl Template, target: &str) -> Response {
    answer(StatusCode::OK, page, &Policy::form_action(target))
}

/// The answer of a sign-in as a form that submits itself, or is submitted by hand where scripts are off.
pub(crate) fn form_post(redirect_uri: &str, pairs: Vec<(&'static str, String)>) -> Response {
    let reply = Reply {
        redirect_uri: redirect_uri.to_owned(),
        mode: crate::authorize::response::Mode::FormPost,
        state: None,
    };
    let policy = Policy {
        script: true,
        // The client sees the form come from this origin, as it does with Entra, and nothing more of the address.
        referrer: "origin",
        ..Policy::form_action(&reply.form_action())
    };
    let page = FormPost {
        tenant: "",
        action: redirect_uri,
        pairs,
    };
    answer(StatusCode::OK, &page, &policy)
}

/// A refusal that no client may be told.
pub(crate) fn refused(face: &Face, exchange: &Exchange, refusal: &Aadsts) -> Response {
    recording::refused(refusal);
    let wire = refusal.wire();
    let tenant = &face.tenant.directory().organization.display_name;
    let page = Refusal {
        tenant,
        code: wire.code,
        text: refusal.to_string(),
        explanation: errors::explanation(wire.code),
        exchange,
    };
    answer(wire.status, &page, &Policy::plain())
}

/// A message of its own.
pub(crate) fn message(
    face: &Face,
    status: StatusCode,
    title: &str,
    lines: Vec<String>,
) -> Response {
    let tenant = &face.tenant.directory().organization.display_name;
    answer(
        status,
        &Message {
            tenant,
            title,
            lines,
        },
        &Policy::plain(),
    )
}

/// The sign-in a page belonged to is unknown, over, or another browser's.
pub(crate) fn sign_in_over(face: &Face) -> Response {
    let lines = vec![
        "It was finished, took longer than half an hour, or was begun in another browser.".into(),
        "Go back to the app and sign in from there.".into(),
    ];
    message(face, StatusCode::BAD_REQUEST, "This sign-in is over", lines)
}

/// A form that did not come from one of our pages.
pub(crate) fn forged(face: &Face) -> Response {
    let lines = vec![format!(
        "The form did not come from a page of {}. Go back to the app and sign in from there.",
        face.origin
    )];
    message(
        face,
        StatusCode::FORBIDDEN,
        "This form was not accepted",
        lines,
    )
}

/// `GET /`: what this is.
pub(crate) async fn front(State(face): State<Face>) -> Response {
    let id = face.tenant.directory().organization.id;
    let lines = vec![
        "It answers apps the way Microsoft Entra ID does, from your own computer. Apps send you here to sign in.".into(),
        format!("Discovery document: {}/{id}/v2.0/.well-known/openid-configuration", face.origin),
        format!("Users, apps and ids: {}/practice", face.origin),
    ];
    message(&face, StatusCode::OK, "A practice tenant", lines)
}

/// A method that a path does not have; which it has, the header `Allow` says.
pub(crate) async fn wrong_method(State(face): State<Face>, method: Method) -> Response {
    let line = format!("This address does not answer {method} requests.");
    message(
        &face,
        StatusCode::METHOD_NOT_ALLOWED,
        "That is not how this address is asked",
        vec![line],
    )
}

/// Any other path.
pub(crate) async fn nothing_here(State(face): State<Face>) -> Response {
    let lines = vec![format!(
        "What there is, is listed at {}/practice.",
        face.origin
    )];
    message(
        &face,
        StatusCode::NOT_FOUND,
        "There is nothing at this address",
        lines,
    )
}
