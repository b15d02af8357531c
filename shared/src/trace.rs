//! HTTP messages as a person may look at them: every secret in them is masked when the message is recorded, so a
//! recording can be shown, stored and sent without a second thought.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::secret::mask;
use crate::time::UnixTime;

/// Parameters, headers and JSON members whose values are secrets.
const SECRETS: [&str; 22] = [
    "access_token",
    "assertion",
    "authorization",
    "client_assertion",
    "client_secret",
    "clientsecret",
    "code",
    "code_verifier",
    "cookie",
    "device_code",
    "id_token",
    "id_token_hint",
    "passwd",
    "password",
    "practicekey",
    "refresh_token",
    "secret",
    "secrettext",
    "set-cookie",
    "token",
    "x-identity-header",
    "x-practice-key",
];

/// Whether the value of a parameter, header or member of this name is a secret.
pub fn is_secret(name: &str) -> bool {
    SECRETS
        .iter()
        .any(|secret| secret.eq_ignore_ascii_case(name))
}

/// One name with its value, which is masked if the name says that it is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The parameter's, header's or member's name.
    pub name: String,
    /// Its value, fit to be shown.
    pub value: String,
    /// Whether the value has been masked.
    pub secret: bool,
}

impl Field {
    /// Records a field; a bearer header keeps its scheme and masks its token.
    pub fn new(name: &str, value: &str) -> Self {
        let secret = is_secret(name);
        let shown = match value.split_once(' ') {
            Some((scheme, token)) if secret && name.eq_ignore_ascii_case("authorization") => {
                format!("{scheme} {}", mask(token))
            }
            _ if secret => mask(value),
            _ => value.to_owned(),
        };
        Self {
            name: name.to_owned(),
            value: shown,
            secret,
        }
    }
}

/// A message's body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// There is none.
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(Vec<Field>),
    /// JSON, its secrets masked.
    Json(Value),
    /// Anything else: only its length is kept.
    Opaque(usize),
}

impl Body {
    /// Records a body by its content type.
    pub fn record(content_type: &str, bytes: &[u8]) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if bytes.is_empty() {
            return Body::Empty;
        }
        if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Body::Form(fields(bytes));
        }
        let json = essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json");
        if json && let Ok(mut json) = serde_json::from_slice(bytes) {
            mask_json(&mut json);
            return Body::Json(json);
        }
        Body::Opaque(bytes.len())
    }
}

/// A request as it went out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// Scheme, host and path.
    pub address: String,
    /// The parameters behind `?`.
    pub query: Vec<Field>,
    /// The headers that the program set; a browser adds its own.
    pub headers: Vec<Field>,
    /// The body.
    pub body: Body,
}

/// A response as it came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers that the program may read; a browser hides some from scripts.
    pub headers: Vec<Field>,
    /// The body.
    pub body: Body,
}

/// A request and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// When the request was sent.
    pub at: UnixTime,
    /// The request.
    pub request: Request,
    /// The response, or why there is none.
    pub outcome: Result<Response, String>,
}

/// Splits a URL into its address and its parameters, masked.
pub fn take_apart(url: &Url) -> (String, Vec<Field>) {
    let mut address = url.clone();
    address.set_query(None);
    address.set_fragment(None);
    (
        address.into(),
        fields(url.query().unwrap_or_default().as_bytes()),
    )
}

/// The fields of a form-encoded text, masked.
pub fn fields(form: &[u8]) -> Vec<Field> {
    form_urlencoded::parse(form)
        .map(|(name, value)| Field::new(&name, &value))
        .collect()
}

fn mask_json(json: &mut Value) {
    match json {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if is_secret(name) => *text = mask(text),
                    Value::Null | Value::Bool(_) => {}
                    value if is_secret(name) => *value = mask("").into(),
                    value => mask_json(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(mask_json),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl";

    #[test]
    fn a_recorded_form_shows_its_parameters_and_hides_its_secrets() {
        let form = format!("grant_type=authorization_code&code={TOKEN}&code_verifier={TOKEN}");
        let Body::Form(fields) = Body::record(
            "application/x-www-form-urlencoded; charset=utf-8",
            form.as_bytes(),
        ) else {
            panic!("not recorded as a form");
        };
        assert_eq!(
            fields[0],
            Field {
                name: "grant_type".into(),
                value: "authorization_code".into(),
                secret: false
            }
        );
        assert!(fields[1].secret && fields[2].secret);
        assert!(fields.iter().all(|field| field.value != TOKEN));
    }

    #[test]
    fn a_recorded_answer_hides_tokens_at_any_depth() {
        let json = format!(
            r#"{{"token_type":"Bearer","access_token":"{TOKEN}","a":[{{"id_token":"{TOKEN}"}}]}}"#
        );
        let body = Body::record("application/json; charset=utf-8", json.as_bytes());
        let shown = serde_json::to_string(&body).unwrap();
        assert!(
            shown.contains("Bearer") && !shown.contains(TOKEN),
            "{shown}"
        );
    }

    #[test]
    fn a_bearer_header_keeps_its_scheme() {
        let field = Field::new("Authorization", &format!("Bearer {TOKEN}"));
        assert_eq!(field.value, "Bearer eyJ0…dXJl");
    }

    #[test]
    fn a_redirect_is_taken_apart_without_giving_the_code_away() {
        let url = Url::parse(&format!("http://localhost:3000/?code={TOKEN}&state=s")).unwrap();
        let (address, fields) = take_apart(&url);
        assert_eq!(address, "http://localhost:3000/");
        assert_eq!(fields[0].value, "eyJ0…dXJl");
        assert_eq!(fields[1].value, "s");
    }

    #[test]
    fn an_unknown_body_is_only_counted() {
        assert_eq!(
            Body::record("text/html", b"<p>secret</p>"),
            Body::Opaque(13)
        );
        assert_eq!(
            Body::record("application/json", b"{not json"),
            Body::Opaque(9)
        );
    }
}
