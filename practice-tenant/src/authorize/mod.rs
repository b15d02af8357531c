//! `GET|POST /{tenant}/oauth2/v2.0/authorize`, and v1 without `/v2.0`: where a sign-in begins (RFC 6749 §3.1, Entra "OAuth 2.0 authorization
//! code flow").
//!
//! A request whose client or redirect URI cannot be trusted is answered by a page and never by a redirect.

mod answer;
pub(crate) mod redirect;
mod request;
pub(crate) mod response;
mod response_type;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{OriginalUri, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub(crate) use answer::admitted;
pub(crate) use request::{AuthorizeRequest, Challenge, Prompt};

use crate::Face;
use crate::aadsts::Aadsts;
use crate::exchange::Exchange;
use crate::pages;
use crate::params::{self, LONGEST, Params};
use crate::sign_in::{self, Purpose};
use crate::tenant_path::UnverifiedTenant;
use crate::version::Version;

pub(crate) fn routes() -> Router<Face> {
    let endpoint = || get(handler).post(from_form).fallback(wrong_method);
    Router::new()
        .route("/{tenant}/oauth2/v2.0/authorize", endpoint())
        .route("/{tenant}/oauth2/authorize", endpoint())
}

/// Why a request is refused, and who is told.
#[derive(Clone, Debug)]
pub(crate) enum Refused {
    /// The person, on a page: nobody vouches for the redirect URI.
    Page(Aadsts),
    /// The client, at its redirect URI.
    Redirect(response::Reply, Aadsts),
}

async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    version: Version,
    path: UnverifiedTenant,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    match request(&face, (&path, version), query.as_bytes()) {
        Ok(request) => {
            let purpose = Purpose::Client(Box::new(request));
            sign_in::begin(&face, &exchange, &headers, purpose)
        }
        Err(Refused::Page(refusal)) => pages::refused(&face, &exchange, &refusal),
        Err(Refused::Redirect(reply, refusal)) => reply.refuse(&refusal, &exchange, &face.origin),
    }
}

fn request(
    face: &Face,
    (path, version): (&UnverifiedTenant, Version),
    query: &[u8],
) -> Result<AuthorizeRequest, Refused> {
    if query.len() > LONGEST {
        return Err(Refused::Page(Aadsts::TooLong));
    }
    let directory = face.tenant.directory();
    let tenant = path.find(&directory.organization).map_err(Refused::Page)?;
    let params = Params::parse(query).map_err(Refused::Page)?;
    AuthorizeRequest::validate(&directory, (tenant, version), &params)
}

/// A form turns into the same request as a query: a browser sends its cookies along with the redirect, which it may not
/// do with a form of another site.
async fn from_form(
    State(face): State<Face>,
    exchange: Exchange,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match params::whole(body).and_then(|body| as_query(&uri, &headers, &body)) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(refusal) => pages::refused(&face, &exchange, &refusal),
    }
}

fn as_query(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<String, Aadsts> {
    if !body.is_empty() && !params::is_form(headers) {
        return Err(Aadsts::MalformedRequest);
    }
    Params::parse(body)?;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(url::form_urlencoded::parse(
        uri.query().unwrap_or_default().as_bytes(),
    ));
    query.extend_pairs(url::form_urlencoded::parse(body));
    let query = query.finish();
    if query.len() > LONGEST {
        Err(Aadsts::TooLong)
    } else {
        // Relative, so that it cannot lead to another origin, whatever the path looks like.
        Ok(format!("?{query}"))
    }
}

async fn wrong_method(State(face): State<Face>, exchange: Exchange, method: Method) -> Response {
    let refusal = Aadsts::WrongMethod {
        allowed: "GET, POST",
        method: method.to_string(),
    };
    (
        [(header::ALLOW, "GET, POST")],
        pages::refused(&face, &exchange, &refusal),
    )
        .into_response()
}

#[cfg(test)]
mod tests;
