//! HTTP messages as a person may look at them: every secret in them is masked when the message is recorded, so a
//! recording can be shown, stored and sent without a second thought.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::secret::mask;
use crate::time::UnixTime;

/// Parameters, headers and JSON members whose values are secrets.
const SECRETS: &[&str] = &[
    "access_token",
    "assertion",
    "authorization",
    "client_assertion",
    "client_secret",
    "clientsecret",
    "code",
    "code_verifier",
    "cookie",
    "currentpassword",
    "device_code",
    "form_token",
    "id_token",
    "id_token_hint",
    "newpassword",
    "otc",
    "passwd",
    "password",
    "passwordprofile",
    "practicekey",
    "refresh_token",
    "secret",
    "secrettext",
    "set-cookie",
    "token",
    "user_code",
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

/// An address, absolute or not, as it stands in a header: the secrets in its query and fragment are masked, and so is the
/// name of a sign-in that is under way.
pub fn masked_address(address: &str) -> String {
    let (rest, fragment) = halves(address, '#');
    let (path, query) = halves(rest, '?');
    let mut masked = path.split('/').collect::<Vec<_>>();
    let hidden = masked.iter().position(|segment| *segment == "sign-in");
    let name = hidden.and_then(|index| masked.get(index + 1).copied());
    let name = name.map(mask).unwrap_or_default();
    if let Some(segment) = hidden.and_then(|index| masked.get_mut(index + 1)) {
        *segment = &name;
    }
    let mut address = masked.join("/");
    for (sign, part) in [('?', query), ('#', fragment)] {
        if let Some(part) = part {
            address.push(sign);
            address.push_str(&masked_form(part));
        }
    }
    address
}

fn halves(text: &str, sign: char) -> (&str, Option<&str>) {
    match text.split_once(sign) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn masked_form(form: &str) -> String {
    let pair = |pair: &str| {
        let field = fields(pair.as_bytes()).into_iter().next();
        match field {
            Some(field) if field.secret => format!("{}={}", field.name, field.value),
            _ => pair.to_owned(),
        }
    };
    form.split('&').map(pair).collect::<Vec<_>>().join("&")
}

fn mask_json(json: &mut Value) {
    match json {
        Value::Object(members) => {
            // Graph's errors have a `code` that is no secret, and the sentence about a user code repeats it.
            let error = members.contains_key("message") && members.contains_key("code");
            let user_code = members
                .get("user_code")
                .and_then(Value::as_str)
                .map(str::to_owned);
            for (name, value) in members {
                match value {
                    Value::String(text) if name == "message" => {
                        if let Some(code) = &user_code {
                            *text = text.replace(code.as_str(), &mask(code));
                        }
                    }
                    Value::String(_) if error && name == "code" => {}
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
    fn an_address_in_a_header_gives_nothing_away_either() {
        for (address, masked) in [
            (
                format!("http://localhost:3000/?code={TOKEN}&state=a%20b"),
                "http://localhost:3000/?code=eyJ0…dXJl&state=a%20b",
            ),
            (
                format!("http://localhost:3000/#id_token={TOKEN}&state=s"),
                "http://localhost:3000/#id_token=eyJ0…dXJl&state=s",
            ),
            (
                "/sign-in/0123456789abcdef012345/password?x=1".to_owned(),
                "/sign-in/••••••••/password?x=1",
            ),
            ("https://a.example/b".to_owned(), "https://a.example/b"),
        ] {
            assert_eq!(masked_address(&address), masked);
        }
    }

    #[test]
    fn the_code_of_an_error_is_shown_and_a_user_code_is_hidden_in_its_sentence_too() {
        let shown = |json: &str| {
            let body = Body::record("application/json", json.as_bytes());
            serde_json::to_string(&body).unwrap()
        };
        let error = shown(r#"{"error":{"code":"Request_BadRequest","message":"m"}}"#);
        assert!(error.contains("Request_BadRequest"), "{error}");
        // A client that sends the password in the wrong place still sent it.
        let misplaced = shown(r#"{"passwordProfile":"hunter2"}"#);
        assert!(!misplaced.contains("hunter2"), "{misplaced}");
        let device = shown(r#"{"user_code":"ABCD1234","message":"enter ABCD1234"}"#);
        assert!(!device.contains("ABCD1234"), "{device}");
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
