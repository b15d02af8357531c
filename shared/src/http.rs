//! The one way out: an HTTP client that follows no redirect, waits a bounded time, reads a bounded answer and records
//! what it did, masked. In the browser it is `fetch`, elsewhere hyper with rustls.

use std::sync::Arc;

use oauth2::http::{HeaderMap, Request as HttpRequest, Response as HttpResponse};
use url::Url;

use crate::time::Clock;
use crate::trace::{Body, Exchange, Field, Request, Response, take_apart};

/// Largest answer read, in bytes. A token response is a few kilobytes.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// Receives every exchange, masked.
pub type Recorder = Arc<dyn Fn(Exchange) + Send + Sync>;

/// An HTTP client for the messages of a sign-in and for calls to the API.
#[derive(Clone)]
pub struct HttpClient {
    transport: reqwest::Client,
    clock: Arc<dyn Clock>,
    recorder: Recorder,
}

/// No answer came.
///
/// In a browser this is also all a script learns when the answer lacks the CORS headers that let it be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no answer from {host}: {why}")]
pub struct Unreachable {
    /// The host that was asked.
    pub host: String,
    /// What the transport says.
    pub why: String,
}

impl HttpClient {
    /// A client that tells `recorder` about every exchange.
    pub fn new(clock: Arc<dyn Clock>, recorder: Recorder) -> Result<Self, Unreachable> {
        let transport = transport().map_err(|error| Unreachable {
            host: "this machine".into(),
            why: chain(&error),
        })?;
        Ok(Self {
            transport,
            clock,
            recorder,
        })
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(
        &self,
        request: HttpRequest<Vec<u8>>,
    ) -> Result<HttpResponse<Vec<u8>>, Unreachable> {
        let recorded = record_request(&request);
        let at = self.clock.now();
        let host = request.uri().host().unwrap_or_default().to_owned();
        let outcome = self
            .fetch(request)
            .await
            .map_err(|why| Unreachable { host, why });
        (self.recorder)(Exchange {
            at,
            request: recorded,
            outcome: outcome
                .as_ref()
                .map(record_response)
                .map_err(ToString::to_string),
        });
        outcome
    }

    async fn fetch(&self, request: HttpRequest<Vec<u8>>) -> Result<HttpResponse<Vec<u8>>, String> {
        let request = reqwest::Request::try_from(request).map_err(|error| chain(&error))?;
        let mut answer = self
            .transport
            .execute(request)
            .await
            .map_err(|error| chain(&error))?;
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let body = read(answer).await?;
        let mut response = HttpResponse::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the place that bounds time and refuses redirects"
)]
fn transport() -> reqwest::Result<reqwest::Client> {
    use std::time::Duration;

    crate::trust::build(|| {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
    })
}

/// `fetch` bounds connection and redirects itself: token endpoints answer cross-origin requests without redirecting.
#[cfg(target_arch = "wasm32")]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the place that provides the client"
)]
fn transport() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().build()
}

#[cfg(not(target_arch = "wasm32"))]
async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| chain(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST_ANSWER {
            return Err(format!("the answer is longer than {LARGEST_ANSWER} bytes"));
        }
    }
    Ok(body)
}

#[cfg(target_arch = "wasm32")]
async fn read(answer: reqwest::Response) -> Result<Vec<u8>, String> {
    let body = answer.bytes().await.map_err(|error| chain(&error))?;
    if body.len() > LARGEST_ANSWER {
        return Err(format!("the answer is longer than {LARGEST_ANSWER} bytes"));
    }
    Ok(body.into())
}

/// An error with its causes, without the URL: that may carry a code or a state.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let line = error.to_string();
        let line = line.split(" for url (").next().unwrap_or_default();
        if !text.contains(line) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(line);
        }
        next = error.source();
    }
    text
}

fn record_request(request: &HttpRequest<Vec<u8>>) -> Request {
    let uri = request.uri().to_string();
    let (address, query) =
        Url::parse(&uri).map_or_else(|_| (uri, Vec::new()), |url| take_apart(&url));
    Request {
        method: request.method().to_string(),
        address,
        query,
        headers: record_headers(request.headers()),
        body: Body::record(content_type(request.headers()), request.body()),
    }
}

fn record_response(response: &HttpResponse<Vec<u8>>) -> Response {
    Response {
        status: response.status().as_u16(),
        headers: record_headers(response.headers()),
        body: Body::record(content_type(response.headers()), response.body()),
    }
}

fn record_headers(headers: &HeaderMap) -> Vec<Field> {
    headers
        .iter()
        .map(|(name, value)| Field::new(name.as_str(), &String::from_utf8_lossy(value.as_bytes())))
        .collect()
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(oauth2::http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
