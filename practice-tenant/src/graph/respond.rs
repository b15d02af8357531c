//! Answers and refusals on the wire.
//!
//! Graph lets any origin read the answer to a request with a token: the token is the proof, and no cookie goes along.
//! An answer to the practice key is for the workshop's own pages alone.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::call::Reply;
use super::error::GraphError;
use crate::Face;
use crate::directory::{GRAPH, date_time};
use crate::exchange::Exchange;
use crate::practice::KEY_HEADER;
use crate::recording;

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The answer to a preflight (Fetch, "CORS protocol"). The header with the practice key is not among those allowed.
pub(super) fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, POST, PATCH, DELETE, OPTIONS",
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, client-request-id, consistencylevel, content-type, prefer, sdkversion",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

pub(super) fn respond(
    face: &Face,
    answer: &Result<Reply, GraphError>,
    exchange: &Exchange,
    request: &HeaderMap,
) -> Response {
    let mut response = match answer {
        Ok(Reply::Ok(body)) => json_body(StatusCode::OK, body),
        Ok(Reply::Created(body)) => json_body(StatusCode::CREATED, body),
        Ok(Reply::NoContent) => StatusCode::NO_CONTENT.into_response(),
        Ok(Reply::Number(number)) => {
            ([(header::CONTENT_TYPE, "text/plain")], number.to_string()).into_response()
        }
        Err(refusal) => refused(face, refusal, exchange),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert("odata-version", HeaderValue::from_static("4.0"));
    for (name, id) in [
        ("request-id", exchange.trace_id),
        ("client-request-id", exchange.correlation_id),
    ] {
        if let Ok(value) = HeaderValue::try_from(id.to_string()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    if request.contains_key(KEY_HEADER) {
        let own = HeaderValue::from_static("same-origin");
        headers.insert("cross-origin-resource-policy", own);
    } else if request.contains_key(header::ORIGIN) {
        let any = HeaderValue::from_static("*");
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
        let exposed = HeaderValue::from_static("ETag, Location, request-id, client-request-id");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}

fn json_body(status: StatusCode, body: &Value) -> Response<Body> {
    (status, [(header::CONTENT_TYPE, JSON)], body.to_string()).into_response()
}

/// A refusal in Graph's shape, in Graph's order.
#[derive(Serialize)]
struct Refusal<'r> {
    error: RefusedError<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefusedError<'r> {
    code: &'static str,
    message: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<[Detail<'r>; 1]>,
    inner_error: InnerError<'r>,
}

#[derive(Serialize)]
struct Detail<'r> {
    code: &'static str,
    message: &'r str,
    target: String,
}

/// Unverified: its members.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct InnerError<'r> {
    date: &'r str,
    request_id: Uuid,
    client_request_id: Uuid,
}

fn refused(face: &Face, refusal: &GraphError, exchange: &Exchange) -> Response {
    let wire = refusal.wire();
    recording::refused_by_code(wire.code, &refusal.why());
    let message = refusal.to_string();
    let details = wire.detail.map(|(code, target)| {
        [Detail {
            code,
            message: &message,
            target,
        }]
    });
    let date = date_time::format(exchange.now);
    let body = Refusal {
        error: RefusedError {
            code: wire.code,
            message: &message,
            details,
            inner_error: InnerError {
                date: date.trim_end_matches('Z'),
                request_id: exchange.trace_id,
                client_request_id: exchange.correlation_id,
            },
        },
    };
    let mut response = (wire.status, Json(body)).into_response();
    if wire.status == StatusCode::UNAUTHORIZED {
        // Graph's own leads to Microsoft; this one leads to where its tokens come from.
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"{}/common/oauth2/authorize\", client_id=\"{GRAPH}\"",
            face.origin
        );
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            let headers = response.headers_mut();
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
    }
    response
}
