//! Calling the API: the endpoints there are, the answer, and the API's own list of checks.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::http::{HttpClient, Unreachable};
use shared::secret::AccessToken;

use crate::config::Config;
use crate::failure::Failure;

/// An endpoint of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its path.
    pub path: &'static str,
    /// Whom it lets in.
    pub lets_in: &'static str,
}

/// The endpoints, the one that everybody starts with first.
pub const ENDPOINTS: [Endpoint; 4] = [
    Endpoint {
        path: "/api/profile",
        lets_in: "a person through an app with the scope, or an app with the app role",
    },
    Endpoint {
        path: "/api/me",
        lets_in: "a person through an app with the scope",
    },
    Endpoint {
        path: "/api/service",
        lets_in: "an app without a person, with the app role",
    },
    Endpoint {
        path: "/api/admin",
        lets_in: "a person with the app role Workshop.Admin",
    },
];

/// A call and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The path that was called.
    pub path: String,
    /// The answer, or why there is none.
    pub outcome: Result<Answer, Failure>,
    /// The API's explanation.
    pub explanation: Explained,
}

/// An answer of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// `WWW-Authenticate`, if the API sent it and the browser may read it.
    pub challenge: Option<String>,
    /// The body, indented if it is JSON.
    pub body: String,
    /// The body as a problem, if it is one.
    pub problem: Option<Problem>,
}

/// A refusal in the API's words (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem.
    pub title: String,
    /// What was wrong with this request.
    #[serde(default)]
    pub detail: Option<String>,
}

/// Whether the API explained itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Explained {
    /// It was not asked, because there was no answer to explain.
    NotAsked,
    /// It does not explain itself: that is the default outside the practice mode.
    Off,
    /// It was asked, and the answer was of no use.
    Failed(String),
    /// It did.
    Given(Explanation),
}

/// The answer of `POST /api/explain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The checks, in the order in which they are made.
    pub checks: Vec<Check>,
    /// What each endpoint would answer to this token.
    #[serde(default)]
    pub verdicts: Vec<EndpointVerdict>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What is checked, for people.
    pub title: String,
    /// What it should be.
    #[serde(default)]
    pub expected: Option<String>,
    /// What it is.
    #[serde(default)]
    pub found: Option<String>,
    /// How it went.
    pub outcome: Outcome,
    /// Why it failed.
    #[serde(default)]
    pub why: Option<String>,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed, and so decided.
    Failed,
    /// An earlier check had already decided.
    NotReached,
}

/// What an endpoint would answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointVerdict {
    /// Its path.
    pub endpoint: String,
    /// The status code.
    pub status: u16,
}

impl Explanation {
    /// How many checks passed.
    pub fn passed(&self) -> usize {
        self.checks
            .iter()
            .filter(|check| check.outcome == Outcome::Passed)
            .count()
    }
}

/// Who calls the API, and how.
#[derive(Debug)]
pub struct Caller<'a> {
    /// The way out.
    pub http: &'a HttpClient,
    /// Where the API is.
    pub config: &'a Config,
    /// What is shown to it.
    pub token: &'a AccessToken,
    /// Joins the call to the sign-in. A parameter, because a header would have to be allowed by the API first.
    pub correlation_id: &'a str,
}

impl Caller<'_> {
    /// Calls an endpoint with the token, then asks the API to explain its decision.
    pub async fn call(&self, path: &str) -> Call {
        let request = http::Request::get(self.address(path)).header("accept", "application/json");
        let outcome = match self.send(request, Vec::new()).await {
            Ok(response) => Ok(answer(&response)),
            Err(error) => Err(Failure::api(&error)),
        };
        let explanation = match &outcome {
            Ok(_) => self.explain(path).await,
            Err(_) => Explained::NotAsked,
        };
        Call {
            path: path.to_owned(),
            outcome,
            explanation,
        }
    }

    async fn explain(&self, path: &str) -> Explained {
        let request = http::Request::post(self.address("/api/explain"))
            .header("accept", "application/json")
            .header("content-type", "application/json");
        let body = json!({ "endpoint": path }).to_string().into_bytes();
        match self.send(request, body).await {
            Ok(response) if response.status() == http::StatusCode::NOT_FOUND => Explained::Off,
            Ok(response) if response.status().is_success() => {
                serde_json::from_slice(response.body()).map_or_else(
                    |error| Explained::Failed(error.to_string()),
                    Explained::Given,
                )
            }
            Ok(response) => Explained::Failed(format!("it answered {}", response.status())),
            Err(error) => Explained::Failed(error.to_string()),
        }
    }

    async fn send(
        &self,
        request: http::request::Builder,
        body: Vec<u8>,
    ) -> Result<http::Response<Vec<u8>>, Unreachable> {
        let request = request
            .header("authorization", format!("Bearer {}", self.token.expose()))
            .body(body)
            .map_err(|error| Unreachable {
                host: "the API".into(),
                why: error.to_string(),
            })?;
        self.http.send(request).await
    }

    fn address(&self, path: &str) -> String {
        let address = self.config.api(path);
        if self.correlation_id.is_empty() {
            return address;
        }
        format!("{address}?client-request-id={}", self.correlation_id)
    }
}

fn answer(response: &http::Response<Vec<u8>>) -> Answer {
    let json: Option<Value> = serde_json::from_slice(response.body()).ok();
    let body = json
        .as_ref()
        .and_then(|json| serde_json::to_string_pretty(json).ok())
        .unwrap_or_else(|| String::from_utf8_lossy(response.body()).into_owned());
    let challenge = response
        .headers()
        .get("www-authenticate")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let refused = !response.status().is_success();
    let problem = json
        .filter(|_| refused)
        .and_then(|json| serde_json::from_value(json).ok());
    Answer {
        status: response.status().as_u16(),
        challenge,
        body,
        problem,
    }
}

/// A status code's name and what it means here.
pub fn status_words(status: u16) -> (&'static str, &'static str) {
    match status {
        200 => (
            "OK",
            "The token is genuine, meant for this API, still good, and carries the permission.",
        ),
        400 => (
            "Bad Request",
            "The API could not make sense of the request.",
        ),
        401 => (
            "Unauthorized",
            "The API does not believe the token: it cannot tell who is calling.",
        ),
        403 => (
            "Forbidden",
            "The API believes the token and knows who is calling, but this caller may not do this.",
        ),
        404 => ("Not Found", "The API has nothing at this address."),
        429 => (
            "Too Many Requests",
            "The API was asked too often. Wait a little.",
        ),
        503 => (
            "Service Unavailable",
            "The API cannot decide right now: it cannot reach the tenant's signing keys.",
        ),
        500..=599 => (
            "Server Error",
            "Something failed in the API. The token is not to blame.",
        ),
        _ => (
            "",
            "The API answered with a status that this page has no words for.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &str) -> http::Response<Vec<u8>> {
        http::Response::builder()
            .status(status)
            .header("www-authenticate", "Bearer error=\"insufficient_scope\"")
            .body(body.as_bytes().to_vec())
            .unwrap()
    }

    #[test]
    fn a_good_answer_is_indented_for_reading() {
        let answer = answer(&response(200, r#"{"status":"ok","user":"Ada"}"#));
        assert!(answer.body.contains("\"status\": \"ok\""));
        assert_eq!(answer.problem, None);
    }

    #[test]
    fn a_problem_is_read_and_a_page_from_somewhere_else_is_shown_as_it_is() {
        let refused = answer(&response(
            403,
            r#"{"title":"Forbidden","status":403,"detail":"no role","code":"x"}"#,
        ));
        assert_eq!(
            refused.problem,
            Some(Problem {
                title: "Forbidden".into(),
                detail: Some("no role".into())
            })
        );
        assert!(refused.challenge.is_some());
        let page = answer(&response(502, "<h1>Bad gateway</h1>"));
        assert_eq!(
            (page.problem, page.body.as_str()),
            (None, "<h1>Bad gateway</h1>")
        );
    }

    #[test]
    fn the_explanation_is_read_as_the_api_writes_it() {
        let explanation: Explanation = serde_json::from_str(
            r#"{"endpoint":"/api/me","status":403,"checks":[
                {"name":"audience","title":"Audience","expected":"a","found":"a","outcome":"passed","why":null},
                {"name":"scope","title":"Permission","expected":"b","found":null,"outcome":"failed","why":"No scp."},
                {"name":"later","title":"Later","expected":"c","outcome":"not-reached"}],
                "verdicts":[{"endpoint":"/api/me","status":403}]}"#,
        )
        .unwrap();
        assert_eq!(explanation.passed(), 1);
        assert_eq!(explanation.checks[2].outcome, Outcome::NotReached);
    }
}
