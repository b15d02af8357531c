//! What went over the wire: every message that really left or came, masked, with one sentence for each.

use serde::{Deserialize, Serialize};
use shared::prose::parameters::Message as Kind;
use shared::time::UnixTime;
use shared::trace::{Body, Exchange, Field};

use crate::config::Config;
use crate::step::Step;

/// How many messages are kept. Older ones are dropped first.
const KEPT: usize = 40;

/// The four who take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The resource owner.
    Person,
    /// This app.
    Client,
    /// The authorization server.
    Entra,
    /// The resource server.
    Api,
}

impl Actor {
    /// What to call it.
    pub fn label(self) -> &'static str {
        match self {
            Actor::Person => "Person",
            Actor::Client => "Client",
            Actor::Entra => "Entra",
            Actor::Api => "API",
        }
    }

    /// The class that carries its colour.
    pub fn class(self) -> &'static str {
        match self {
            Actor::Person => "person",
            Actor::Client => "client",
            Actor::Entra => "entra",
            Actor::Api => "api",
        }
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Counts from 1 and is never used twice in a session.
    pub number: u32,
    /// When it was sent or came.
    pub at: UnixTime,
    /// What it was.
    pub event: Event,
}

/// What travelled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The browser left for the authorization endpoint.
    Left {
        /// The endpoint.
        address: String,
        /// The request's parameters, masked.
        fields: Vec<Field>,
    },
    /// The browser came back to the redirect URI.
    Returned {
        /// The redirect URI.
        address: String,
        /// The answer's parameters, masked.
        fields: Vec<Field>,
        /// Whether the state was the one that this app had sent. If not, nobody knows who made the address.
        ours: bool,
    },
    /// The browser left for the sign-out page.
    SignedOut {
        /// The page.
        address: String,
        /// The parameters, masked.
        fields: Vec<Field>,
    },
    /// The app itself asked and was answered, or not.
    Fetched(Box<Exchange>),
}

/// The messages of a session, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wire {
    messages: Vec<Message>,
    last: u32,
}

impl Wire {
    /// The messages, oldest first.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Adds a message.
    pub fn record(&mut self, at: UnixTime, event: Event) {
        self.last = self.last.saturating_add(1);
        self.messages.push(Message {
            number: self.last,
            at,
            event,
        });
        if self.messages.len() > KEPT {
            self.messages.remove(0);
        }
    }
}

/// A message in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// One sentence.
    pub sentence: String,
    /// Who sent it.
    pub from: Actor,
    /// To whom.
    pub to: Actor,
    /// The step that teaches it.
    pub step: Step,
    /// Under which heading the request's parameters are explained.
    pub request: Kind,
    /// Under which heading the answer's members are explained.
    pub response: Kind,
}

impl Message {
    /// Tells the message.
    pub fn told(&self, config: &Config) -> Told {
        match &self.event {
            Event::Left { .. } => told(
                "The app sent the browser to Entra to ask for a code.".into(),
                (Actor::Client, Actor::Entra),
                Step::AskForCode,
                (Kind::AuthorizationRequest, Kind::Callback),
            ),
            Event::Returned { ours: false, .. } => told(
                "Somebody opened an address with an answer that this app had not asked for.".into(),
                (Actor::Person, Actor::Client),
                Step::CheckAnswer,
                (Kind::Callback, Kind::Callback),
            ),
            Event::Returned { fields, .. } => {
                let has = |name: &str| fields.iter().any(|field| field.name == name);
                let (sentence, kind) = if has("error") {
                    ("Entra sent the browser back with a refusal.", Kind::Error)
                } else if has("code") {
                    ("Entra sent the browser back with a code.", Kind::Callback)
                } else {
                    (
                        "Entra sent the browser back with neither a code nor a refusal.",
                        Kind::Callback,
                    )
                };
                told(
                    sentence.into(),
                    (Actor::Entra, Actor::Client),
                    Step::CheckAnswer,
                    (kind, kind),
                )
            }
            Event::SignedOut { .. } => told(
                "The app forgot its tokens and sent the browser to Entra to end the session there."
                    .into(),
                (Actor::Client, Actor::Entra),
                Step::ChooseTenant,
                (Kind::SignOut, Kind::SignOut),
            ),
            Event::Fetched(exchange) => fetched(exchange, config),
        }
    }
}

fn told(
    sentence: String,
    (from, to): (Actor, Actor),
    step: Step,
    (request, response): (Kind, Kind),
) -> Told {
    Told {
        sentence,
        from,
        to,
        step,
        request,
        response,
    }
}

fn fetched(exchange: &Exchange, config: &Config) -> Told {
    let address = &exchange.request.address;
    let status = exchange
        .outcome
        .as_ref()
        .ok()
        .map(|response| response.status);
    let good = status.is_some_and(|status| (200..300).contains(&status));
    if let Some(path) = address.strip_prefix(config.api_url.trim_end_matches('/')) {
        let sentence = match (path, status) {
            (_, None) => format!("The app asked the API for {path} and got no answer."),
            ("/api/explain", Some(_)) => "The app asked the API to explain its decision.".into(),
            (_, Some(status)) => {
                format!("The app showed the access token at {path}; the API answered {status}.")
            }
        };
        return told(
            sentence,
            (Actor::Client, Actor::Api),
            Step::CallApi,
            (Kind::ApiRequest, Kind::ApiResponse),
        );
    }
    let refresh = matches!(&exchange.request.body, Body::Form(fields)
        if fields.iter().any(|field| field.name == "grant_type" && field.value == "refresh_token"));
    let (offered, wanted) = if refresh {
        ("the refresh token", "new tokens")
    } else {
        ("code and verifier", "tokens")
    };
    let sentence = match status {
        None => format!("The app offered Entra {offered} and got no answer."),
        Some(_) if good => format!("The app traded {offered} for {wanted}."),
        Some(status) => format!("The app offered {offered}; Entra refused with {status}."),
    };
    let response = if good {
        Kind::TokenResponse
    } else {
        Kind::Error
    };
    told(
        sentence,
        (Actor::Client, Actor::Entra),
        Step::TradeCode,
        (Kind::TokenRequest, response),
    )
}

#[cfg(test)]
mod tests {
    use shared::trace::{Request, Response};

    use super::*;

    fn config() -> Config {
        serde_json::from_str(
            r#"{"tenantId": "11111111-2222-3333-4444-555555555555", "clientId": "66666666-7777-8888-9999-000000000000",
                "apiClientId": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "authorityHost": "http://localhost:8400",
                "apiUrl": "http://localhost:8081", "scope": "api://a/access_as_user", "appRole": "Svc.Invoke",
                "practice": true}"#,
        )
        .unwrap()
    }

    fn exchange(address: &str, status: Option<u16>, grant: &str) -> Event {
        Event::Fetched(Box::new(Exchange {
            at: UnixTime(1),
            request: Request {
                method: "POST".into(),
                address: address.into(),
                query: vec![],
                headers: vec![],
                body: Body::Form(vec![Field::new("grant_type", grant)]),
            },
            outcome: status
                .map(|status| Response {
                    status,
                    headers: vec![],
                    body: Body::Empty,
                })
                .ok_or_else(|| "no".into()),
        }))
    }

    fn tell(event: Event) -> Told {
        Message {
            number: 1,
            at: UnixTime(1),
            event,
        }
        .told(&config())
    }

    #[test]
    fn each_message_is_told_with_sender_receiver_and_step() {
        let token = "http://localhost:8400/t/oauth2/v2.0/token";
        let traded = tell(exchange(token, Some(200), "authorization_code"));
        assert_eq!(
            traded.sentence,
            "The app traded code and verifier for tokens."
        );
        assert_eq!(
            (traded.from, traded.to, traded.step),
            (Actor::Client, Actor::Entra, Step::TradeCode)
        );
        assert_eq!(
            tell(exchange(token, Some(400), "authorization_code")).sentence,
            "The app offered code and verifier; Entra refused with 400."
        );
        assert!(
            tell(exchange(token, None, "refresh_token"))
                .sentence
                .contains("no answer")
        );
        let called = tell(exchange("http://localhost:8081/api/me", Some(403), ""));
        assert_eq!(
            called.sentence,
            "The app showed the access token at /api/me; the API answered 403."
        );
        assert_eq!(called.to, Actor::Api);
    }

    #[test]
    fn a_refusal_and_a_code_come_back_differently() {
        let back = |name: &str, ours| {
            let fields = vec![Field::new(name, "x"), Field::new("state", "s")];
            tell(Event::Returned {
                address: "http://localhost:3000/".into(),
                fields,
                ours,
            })
        };
        assert!(back("code", true).sentence.contains("with a code"));
        assert!(back("error", true).sentence.contains("with a refusal"));
        assert!(back("other", true).sentence.contains("neither"));
        let forged = back("code", false);
        assert_ne!(forged.from, Actor::Entra, "{}", forged.sentence);
    }

    #[test]
    fn old_messages_make_room_and_numbers_are_never_used_twice() {
        let mut wire = Wire::default();
        for _ in 0..KEPT + 5 {
            wire.record(UnixTime(0), exchange("http://localhost:8081/x", None, ""));
        }
        assert_eq!(wire.messages().len(), KEPT);
        assert_eq!(wire.messages()[0].number, 6);
        assert_eq!(wire.messages()[KEPT - 1].number, 45);
    }
}
