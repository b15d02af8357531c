//! One request and its answer: the ids under which both can be found, and the time at which it is judged.

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use axum::middleware::Next;
use shared::correlation;
use shared::time::UnixTime;

use uuid::Uuid;

use crate::Face;
use crate::recording::Recorder;
use crate::sign_in;

/// The header and query parameter by which a client names its request.
pub(crate) const CLIENT_REQUEST_ID: HeaderName =
    HeaderName::from_static(correlation::CLIENT_REQUEST_ID);

/// What Entra calls a request: its trace id is new each time, its correlation id is the client's if it sent one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange {
    pub(crate) trace_id: Uuid,
    pub(crate) correlation_id: Uuid,
    pub(crate) now: UnixTime,
}

/// Gives every request its [`Exchange`] and every answer the headers that name it.
pub(crate) async fn around(
    State(face): State<Face>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let chosen = chosen_id(&request);
    let now = face.tenant.clock.now();
    let exchange = Exchange {
        trace_id: face.tenant.entropy.guid(),
        correlation_id: chosen
            .or_else(|| sign_in::correlation_id(&face, now, request.uri().path()))
            .unwrap_or_else(|| face.tenant.entropy.guid()),
        now,
    };
    request.extensions_mut().insert(exchange);
    face.tenant.settle(exchange.now);
    let (recorder, request) = Recorder::begin(&face, &exchange, request);
    let mut response = recorder.decisions(&face, next.run(request)).await;
    let headers = response.headers_mut();
    headers.insert("x-ms-request-id", guid(exchange.trace_id));
    if chosen.is_some() {
        headers.insert(CLIENT_REQUEST_ID, guid(exchange.correlation_id));
    }
    if headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json")
    {
        // Entra says it, though JSON has no other (RFC 8259 §8.1).
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        );
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    recorder.end(&face, response).await
}

fn chosen_id(request: &Request) -> Option<Uuid> {
    let header = request.headers().get(CLIENT_REQUEST_ID);
    let header = header.and_then(|value| value.to_str().ok());
    correlation::chosen(request.uri().query(), header)
}

/// Answers with codes or tokens are kept by nobody (RFC 6749 §5.1), in the words of Entra's recorded ones.
pub(crate) fn forbid_caching(headers: &mut HeaderMap) {
    let value = HeaderValue::from_static;
    headers.insert(header::CACHE_CONTROL, value("no-store, no-cache"));
    headers.insert(header::PRAGMA, value("no-cache"));
    headers.insert(header::EXPIRES, value("-1"));
}

/// What Entra's recorded answers carry everywhere, but for `Strict-Transport-Security`: it would lock every other program
/// out that speaks plain http on localhost.
pub(crate) fn add_recorded_headers(headers: &mut HeaderMap) {
    let value = HeaderValue::from_static;
    headers.insert(header::X_XSS_PROTECTION, value("0"));
    headers.insert("p3p", value(r#"CP="DSP CUR OTPi IND OTRi ONL FIN""#));
    headers.insert("x-ms-ests-server", value("practice"));
}

fn guid(id: Uuid) -> HeaderValue {
    HeaderValue::try_from(id.hyphenated().to_string()).expect("a GUID is plain ASCII")
}

impl FromRequestParts<Face> for Exchange {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or_else(|| Self {
            trace_id: face.tenant.entropy.guid(),
            correlation_id: face.tenant.entropy.guid(),
            now: face.tenant.clock.now(),
        }))
    }
}
