//! A request and its answer, masked.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde::Serialize;
use shared::trace::{self, Field};

use super::Label;

/// The longest body that is kept; of a longer one only its length.
const LONGEST: usize = 32 * 1024;

/// A request and its answer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    #[serde(flatten)]
    pub(crate) label: RecordedUnder,
    #[serde(flatten)]
    exchange: trace::Exchange,
}

/// The ids; the time stands in the exchange.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordedUnder {
    pub(crate) correlation_id: uuid::Uuid,
    trace_id: uuid::Uuid,
}

/// A request that is being answered.
pub(super) struct Seen {
    request: trace::Request,
    /// Path and query, in bytes.
    address_length: usize,
    content_type: String,
    /// What the body announced about its length.
    announced: usize,
    body: Arc<Mutex<Copied>>,
}

/// As much of a body as somebody has read.
#[derive(Default)]
struct Copied {
    bytes: Vec<u8>,
    length: usize,
}

impl Seen {
    /// Notes a request, and lets its body be copied while it is read.
    pub(super) fn of(origin: &str, request: Request) -> (Self, Request) {
        let headers = request.headers();
        let (path, query) = (request.uri().path(), request.uri().query());
        let seen = Self {
            request: trace::Request {
                method: request.method().to_string(),
                address: format!("{origin}{}", trace::masked_address(path)),
                query: trace::fields(query.unwrap_or_default().as_bytes()),
                headers: fields(headers),
                body: trace::Body::Empty,
            },
            address_length: path.len() + query.map_or(0, str::len),
            content_type: text(headers, &header::CONTENT_TYPE).to_owned(),
            announced: text(headers, &header::CONTENT_LENGTH).parse().unwrap_or(0),
            body: Arc::default(),
        };
        let copy = Arc::clone(&seen.body);
        let request = request.map(|body| {
            Body::new(body.map_frame(move |frame| {
                if let Some(data) = frame.data_ref() {
                    copy.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .add(data);
                }
                frame
            }))
        });
        (seen, request)
    }

    /// Method and address in one line.
    pub(super) fn summary(&self) -> String {
        format!("{} {}", self.request.method, self.request.address)
    }

    /// Puts the answer beside the request. The first member of the result is what the two weigh: the bytes that were
    /// taken apart.
    pub(super) async fn answered(
        self,
        label: Label,
        response: Response,
    ) -> (usize, Message, Response) {
        let (body, response) = body_of(response).await;
        let answered = match body {
            trace::Body::Empty | trace::Body::Opaque(_) => 0,
            trace::Body::Form(_) | trace::Body::Json(_) => length(response.body()).unwrap_or(0),
        };
        let answer = trace::Response {
            status: response.status().as_u16(),
            headers: fields(response.headers()),
            body,
        };
        let copied = std::mem::take(&mut *self.body.lock().unwrap_or_else(PoisonError::into_inner));
        let body = if copied.length > LONGEST || copied.length == 0 && self.announced > 0 {
            trace::Body::Opaque(copied.length.max(self.announced))
        } else {
            trace::Body::record(&self.content_type, &copied.bytes)
        };
        let weight = self.address_length + copied.bytes.len() + answered;
        let message = Message {
            label: RecordedUnder {
                correlation_id: label.correlation_id,
                trace_id: label.trace_id,
            },
            exchange: trace::Exchange {
                at: label.at,
                request: trace::Request {
                    body,
                    ..self.request
                },
                outcome: Ok(answer),
            },
        };
        (weight, message, response)
    }
}

impl Copied {
    fn add(&mut self, data: &[u8]) {
        self.length = self.length.saturating_add(data.len());
        if self.length <= LONGEST {
            self.bytes.extend_from_slice(data);
        }
    }
}

/// The answers of this tenant are written before they are sent; what is not, or is long, is only counted.
async fn body_of(response: Response) -> (trace::Body, Response) {
    let (parts, body) = response.into_parts();
    let length = length(&body);
    let Some(length) = length.filter(|length| *length <= LONGEST) else {
        let body_length = length.unwrap_or_default();
        return (
            trace::Body::Opaque(body_length),
            Response::from_parts(parts, body),
        );
    };
    let content_type = text(&parts.headers, &header::CONTENT_TYPE);
    match body.collect().await {
        Ok(collected) => {
            let bytes = collected.to_bytes();
            let recorded = trace::Body::record(content_type, &bytes);
            (recorded, Response::from_parts(parts, bytes.into()))
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be read");
            (
                trace::Body::Opaque(length),
                Response::from_parts(parts, Body::empty()),
            )
        }
    }
}

fn length(body: &Body) -> Option<usize> {
    let length = body.size_hint().exact()?;
    usize::try_from(length).ok()
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> &'h str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// All headers; addresses among them may carry codes.
fn fields(headers: &HeaderMap) -> Vec<Field> {
    let headers = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        if name == header::LOCATION || name == header::REFERER {
            Field::new(name.as_str(), &trace::masked_address(&value))
        } else {
            Field::new(name.as_str(), &value)
        }
    });
    headers.collect()
}
