//! The parameters of each message of a sign-in: what each is for, and where that is written.

/// A message whose parameters are explained. The same name can mean different things in two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Message {
    /// The browser leaves for the authorization endpoint.
    AuthorizationRequest,
    /// The browser comes back to the redirect URI.
    Callback,
    /// The client asks the token endpoint.
    TokenRequest,
    /// The token endpoint answers.
    TokenResponse,
    /// An error, from either endpoint.
    Error,
    /// The browser leaves for the sign-out page.
    SignOut,
    /// The client calls the API.
    ApiRequest,
    /// The API answers.
    ApiResponse,
}

/// One parameter, header or member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it is for, in one or two plain sentences.
    pub meaning: &'static str,
    /// Where that is written: an RFC section or an Entra page.
    pub source: &'static str,
}

/// Explains a parameter of a message; header names match in either case.
pub fn parameter(message: Message, name: &str) -> Option<&'static Parameter> {
    table(message)
        .iter()
        .find(|parameter| parameter.name.eq_ignore_ascii_case(name))
}

/// Everything that is explained about a message, in the order in which a person would read it.
pub fn table(message: Message) -> &'static [Parameter] {
    match message {
        Message::AuthorizationRequest => AUTHORIZATION_REQUEST,
        Message::Callback => CALLBACK,
        Message::TokenRequest => TOKEN_REQUEST,
        Message::TokenResponse => TOKEN_RESPONSE,
        Message::Error => ERROR,
        Message::SignOut => SIGN_OUT,
        Message::ApiRequest => API_REQUEST,
        Message::ApiResponse => API_RESPONSE,
    }
}

const fn entry(name: &'static str, meaning: &'static str, source: &'static str) -> Parameter {
    Parameter {
        name,
        meaning,
        source,
    }
}

const CODE_FLOW: &str = "Entra: OAuth 2.0 authorization code flow";

const AUTHORIZATION_REQUEST: &[Parameter] = &[
    entry(
        "response_type",
        "What should come back. \"code\" asks for a code that is worthless on its own, never for a token in the address.",
        "RFC 6749 §3.1.1",
    ),
    entry(
        "client_id",
        "Which app is asking: the Application (client) ID of the client's registration. It is public, not a password.",
        "RFC 6749 §2.2",
    ),
    entry(
        "state",
        "A random value that must come back unchanged. It ties the answer to this browser, so that nobody can slip in an answer of their own.",
        "RFC 6749 §10.12",
    ),
    entry(
        "code_challenge",
        "The SHA-256 fingerprint of a secret that stays here, the verifier. Whoever wants to use the code must show the verifier.",
        "RFC 7636 §4.3",
    ),
    entry(
        "code_challenge_method",
        "How the challenge was made. S256 means SHA-256; left out, Entra would compare the verifier as plain text.",
        "RFC 7636 §4.3",
    ),
    entry(
        "redirect_uri",
        "Where Entra sends the browser afterwards. It must be registered for the app, or Entra stops with an error page and sends nothing.",
        "RFC 6749 §3.1.2",
    ),
    entry(
        "scope",
        "What the app wants to be allowed: permissions of one API, openid for an ID token, profile for the name, offline_access for a refresh token.",
        "Entra: Scopes and permissions",
    ),
    entry(
        "nonce",
        "A random value that Entra copies into the ID token. It proves that the ID token answers this request and no earlier one.",
        "OpenID Connect Core §3.1.2.1",
    ),
    entry(
        "response_mode",
        "How the answer travels. A fragment stays in the browser: the part behind # is never sent to a server.",
        "OAuth 2.0 Multiple Response Type Encoding Practices §2.1",
    ),
    entry(
        "client-request-id",
        "A random GUID that follows this sign-in through every log. Entra calls it the correlation ID; support asks for it.",
        CODE_FLOW,
    ),
    entry(
        "prompt",
        "What Entra should do before it answers: ask for credentials again, ask which account, ask for consent again, or show nothing at all.",
        "OpenID Connect Core §3.1.2.1",
    ),
    entry(
        "login_hint",
        "A user name to start with, so that the person need not type it.",
        "OpenID Connect Core §3.1.2.1",
    ),
];

const CALLBACK: &[Parameter] = &[
    entry(
        "code",
        "The authorization code: a claim ticket for tokens. It works once, for about ten minutes, and only together with the verifier.",
        "RFC 6749 §4.1.2",
    ),
    entry(
        "state",
        "The value that the request carried. If it differs, the answer belongs to some other request and must be thrown away.",
        "RFC 6749 §10.12",
    ),
    entry(
        "session_state",
        "Names the session at Entra. It is meant for noticing a sign-out elsewhere; this app does not need it.",
        "OpenID Connect Session Management §2",
    ),
    entry(
        "client_info",
        "The object ID of the person and the ID of their tenant, for libraries that keep several accounts.",
        CODE_FLOW,
    ),
];

const TOKEN_REQUEST: &[Parameter] = &[
    entry(
        "grant_type",
        "What is being traded: authorization_code for a code, refresh_token for a refresh token.",
        "RFC 6749 §4.1.3",
    ),
    entry(
        "code",
        "The code that came back through the browser. From now on it is used up.",
        "RFC 6749 §4.1.3",
    ),
    entry(
        "code_verifier",
        "The secret behind the challenge, shown for the first and only time. Entra hashes it and compares it with the challenge it remembered.",
        "RFC 7636 §4.5",
    ),
    entry(
        "client_id",
        "Which app is asking. An app in a browser cannot keep a password, so this is all it says about itself.",
        "RFC 6749 §3.2.1",
    ),
    entry(
        "redirect_uri",
        "The same address as in the first request, letter for letter: a code that was sent elsewhere is refused.",
        "RFC 6749 §4.1.3",
    ),
    entry(
        "scope",
        "For which API the access token should be. One token is for one API.",
        CODE_FLOW,
    ),
    entry(
        "refresh_token",
        "The refresh token that is traded for a new access token.",
        "RFC 6749 §6",
    ),
    entry(
        "client-request-id",
        "The correlation ID of this sign-in, as a parameter: as a header it would make the browser ask permission first.",
        CODE_FLOW,
    ),
    entry(
        "content-type",
        "The body is a form. A form is one of the few bodies that a browser sends to another origin without asking first.",
        "Fetch Standard §2.2.2",
    ),
    entry("accept", "The app can read JSON.", "RFC 9110 §12.5.1"),
    entry(
        "origin",
        "Added by the browser, not by the app. Entra redeems the code of a single-page app only when this header is there.",
        "Fetch Standard §3.2",
    ),
];

const TOKEN_RESPONSE: &[Parameter] = &[
    entry(
        "token_type",
        "How to present the access token: as a bearer token, like cash, good for whoever holds it.",
        "RFC 6750 §1.2",
    ),
    entry(
        "scope",
        "The permissions that were granted, which may be fewer or more than were asked for.",
        "RFC 6749 §3.3",
    ),
    entry(
        "expires_in",
        "For how many seconds the access token is good: a random 60 to 90 minutes.",
        "Entra: Access tokens",
    ),
    entry(
        "ext_expires_in",
        "A longer lifetime for when Entra itself cannot be reached. Most apps ignore it.",
        CODE_FLOW,
    ),
    entry(
        "access_token",
        "For the API. The app passes it on and has no business reading it.",
        "RFC 6749 §1.4",
    ),
    entry(
        "refresh_token",
        "For Entra alone. It is traded for fresh access tokens without asking the person again.",
        "RFC 6749 §1.5",
    ),
    entry(
        "refresh_token_expires_in",
        "For how many seconds the refresh token is good. For a single-page app: 24 hours from the first sign-in, fixed.",
        "Entra: Refresh tokens",
    ),
    entry(
        "id_token",
        "For this app. It says who signed in.",
        "OpenID Connect Core §2",
    ),
    entry(
        "client_info",
        "The object ID of the person and the ID of their tenant, encoded.",
        CODE_FLOW,
    ),
];

const ERROR: &[Parameter] = &[
    entry(
        "error",
        "The reason, in one word that programs may decide by.",
        "RFC 6749 §5.2",
    ),
    entry(
        "error_description",
        "The reason in Entra's words, beginning with its AADSTS number. For people: its wording may change at any time.",
        "Entra: Error codes",
    ),
    entry(
        "error_codes",
        "The AADSTS numbers once more. They help in a search, not in a program.",
        "Entra: Error codes",
    ),
    entry(
        "error_uri",
        "Where Entra explains the number.",
        "RFC 6749 §5.2",
    ),
    entry(
        "error_subcode",
        "A refinement of the error: cancel means that the person pressed Cancel.",
        "Entra: Error codes",
    ),
    entry(
        "suberror",
        "A refinement of the error, such as consent_required.",
        "Entra: Error codes",
    ),
    entry("timestamp", "When it happened, in UTC.", CODE_FLOW),
    entry("trace_id", "Names this one request at Entra.", CODE_FLOW),
    entry(
        "correlation_id",
        "Names the sign-in that the request belongs to. Support asks for it.",
        CODE_FLOW,
    ),
    entry(
        "state",
        "Errors carry it too: a forged error is as easy to make as a forged code.",
        "RFC 6749 §4.1.2.1",
    ),
];

const SIGN_OUT: &[Parameter] = &[
    entry(
        "post_logout_redirect_uri",
        "Where to go afterwards. It must be one of the app's registered redirect URIs, or Entra keeps the person on its own page.",
        "OpenID Connect RP-Initiated Logout §2",
    ),
    entry(
        "logout_hint",
        "Who signs out, so that Entra need not ask which account is meant.",
        "OpenID Connect RP-Initiated Logout §2",
    ),
];

const API_REQUEST: &[Parameter] = &[
    entry(
        "authorization",
        "The access token, presented as a bearer token. Nothing else tells the API who is calling.",
        "RFC 6750 §2.1",
    ),
    entry(
        "accept",
        "Which form of answer the app can read.",
        "RFC 9110 §12.5.1",
    ),
    entry(
        "client-request-id",
        "The correlation ID of the sign-in, so that the API's log can be joined to it.",
        CODE_FLOW,
    ),
    entry(
        "content-type",
        "In which form the body is written.",
        "RFC 9110 §8.3",
    ),
    entry(
        "endpoint",
        "Which endpoint the API should judge the token for.",
        "This workshop",
    ),
];

const API_RESPONSE: &[Parameter] = &[
    entry(
        "status",
        "The HTTP status once more, so that it survives being copied.",
        "RFC 9457 §3.1.2",
    ),
    entry("type", "Names the kind of problem.", "RFC 9457 §3.1.1"),
    entry(
        "title",
        "The kind of problem, for people.",
        "RFC 9457 §3.1.3",
    ),
    entry(
        "detail",
        "What was wrong with this request.",
        "RFC 9457 §3.1.4",
    ),
    entry(
        "www-authenticate",
        "What the API wants instead: which scheme, what was wrong with the token, which scope would do.",
        "RFC 6750 §3",
    ),
    entry(
        "content-type",
        "In which form the body is written: application/problem+json for a refusal.",
        "RFC 9457 §3",
    ),
    entry(
        "cache-control",
        "Whether the answer may be kept. Answers to bearer tokens should not be.",
        "RFC 9111 §5.2",
    ),
    entry("code", "The check that failed.", "This workshop"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prose::check;

    const MESSAGES: [Message; 8] = [
        Message::AuthorizationRequest,
        Message::Callback,
        Message::TokenRequest,
        Message::TokenResponse,
        Message::Error,
        Message::SignOut,
        Message::ApiRequest,
        Message::ApiResponse,
    ];

    #[test]
    fn every_parameter_is_explained_once_per_message() {
        for message in MESSAGES {
            check::no_duplicates(table(message).iter().map(|parameter| parameter.name));
            for Parameter {
                name,
                meaning,
                source,
            } in table(message)
            {
                assert!(!name.is_empty() && !source.is_empty(), "{name}");
                check::is_prose(meaning);
            }
        }
    }

    #[test]
    fn one_name_can_mean_two_things() {
        let asked = parameter(Message::AuthorizationRequest, "scope");
        let granted = parameter(Message::TokenResponse, "scope");
        assert!(asked.is_some() && granted.is_some() && asked != granted);
    }

    #[test]
    fn a_header_is_found_in_either_case_and_an_unknown_name_is_not() {
        assert!(parameter(Message::ApiRequest, "Authorization").is_some());
        assert!(parameter(Message::ApiRequest, "x-unheard-of").is_none());
    }
}
