//! The directory as Microsoft Graph shows it: `/graph/v1.0/…`, and `/graph/oidc/userinfo`.
//!
//! A call is let in by an access token of this tenant for Graph, with the permissions that Graph's pages ask for, or by
//! the practice key. A change is made to a copy of the directory, which takes its place when the call succeeds.

mod application;
mod assignments;
mod call;
mod caller;
mod change;
mod deleted;
mod error;
mod find;
mod grants;
mod me;
mod needs;
mod objects;
mod odata;
mod operations;
mod organization;
mod permissions;
mod policies;
mod respond;
mod service_principal;
#[cfg(test)]
mod tests;
mod user;
mod userinfo;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::any;
use shared::jwt::{Object, parse_object};

use crate::Face;
use crate::exchange::Exchange;
use call::{Call, Reply};
pub(crate) use caller::{Caller, bearer};
pub(crate) use error::GraphError;
use odata::{Address, Query};
use operations::{OPERATIONS, Operation, Run};

pub(crate) use userinfo::handler as userinfo;

pub(crate) fn routes() -> Router<Face> {
    Router::new()
        .route("/graph/oidc/userinfo", any(userinfo::handler))
        .route("/graph", any(handler))
        .route("/graph/", any(handler))
        .route("/graph/{*path}", any(handler))
}

async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    method: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if method == Method::OPTIONS {
        return respond::preflight();
    }
    let request = Request {
        face: &face,
        exchange,
        method,
        path: uri.path(),
        query: query.as_deref().unwrap_or_default(),
        headers: &headers,
        body,
    };
    let answer = request.answer();
    respond::respond(&face, &answer, &exchange, &headers)
}

/// A request as it came.
struct Request<'r> {
    face: &'r Face,
    exchange: Exchange,
    method: Method,
    path: &'r str,
    query: &'r str,
    headers: &'r HeaderMap,
    body: Result<Bytes, BytesRejection>,
}

impl Request<'_> {
    fn answer(self) -> Result<Reply, GraphError> {
        let tenant = &self.face.tenant;
        let caller = {
            let directory = tenant.directory();
            Caller::of(self.face, self.headers, &directory, self.exchange.now)?
        };
        let path = self.path.strip_prefix("/graph").unwrap_or_default();
        let path = path.trim_start_matches('/');
        let (version, resource) = path.split_once('/').unwrap_or((path, ""));
        if version != "v1.0" {
            return Err(GraphError::UnknownVersion(version.to_owned()));
        }
        let (operation, keys) = operation(&self.method, &Address::parse(resource)?)?;
        let origin = self.origin();
        let call = Call {
            face: self.face,
            exchange: self.exchange,
            caller,
            keys,
            query: Query::parse(self.query)?,
            body: object(self.body)?,
            base: format!("{origin}/graph/v1.0"),
            path: format!("{origin}{}", self.path),
        };
        let allowed = |directory: &_| operation.needs.check(&call.caller, directory, &call.keys);
        match operation.run {
            Run::Read(run) => {
                let directory = tenant.directory();
                allowed(&directory)?;
                run(&call, &directory)
            }
            Run::Write(run) => {
                let mut directory = tenant.directory_mut();
                allowed(&directory)?;
                let mut draft = directory.clone();
                let reply = run(&call, &mut draft)?;
                *directory = draft;
                Ok(reply)
            }
        }
    }

    /// The origin under which the caller knows this service: links lead back to it.
    fn origin(&self) -> String {
        let own = &self.face.origin;
        let host = self.headers.get(header::HOST);
        match (
            host.and_then(|host| host.to_str().ok()),
            own.split_once("://"),
        ) {
            (Some(host), Some((scheme, _))) => format!("{scheme}://{host}"),
            _ => own.to_string(),
        }
    }
}

fn operation(
    method: &Method,
    address: &Address,
) -> Result<(&'static Operation, Vec<odata::Key>), GraphError> {
    let mut other_method = false;
    for operation in OPERATIONS {
        if let Some(keys) = address.matches(operation.path) {
            if operation.method == *method {
                return Ok((operation, keys));
            }
            other_method = true;
        }
    }
    if other_method {
        return Err(GraphError::WrongMethod);
    }
    let paths: Vec<&str> = OPERATIONS.iter().map(|operation| operation.path).collect();
    Err(GraphError::UnknownSegment(address.unknown_segment(&paths)))
}

/// The JSON of a request. Without a body there is nothing in it.
fn object(body: Result<Bytes, BytesRejection>) -> Result<Object, GraphError> {
    let body = match body {
        Ok(body) => body,
        Err(unread) if unread.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return Err(GraphError::TooLarge);
        }
        Err(_) => return Err(GraphError::UnreadableBody),
    };
    if body.is_empty() {
        return Ok(Object::new());
    }
    let text = std::str::from_utf8(&body).map_err(|_| GraphError::UnreadableBody)?;
    parse_object(text).map_err(|_| GraphError::UnreadableBody)
}

/// An id for what links two objects: opaque, as Graph's are.
fn new_link_id(call: &Call<'_>) -> String {
    call.face.tenant.entropy.token(32)
}
