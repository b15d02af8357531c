//! Reading claims for what they are: a wrong JSON type is a finding, never a guess.

use serde_json::Value;

use crate::jwt::UnverifiedToken;

/// Who calls, read from a token that passed every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A person, through an application.
    User(Ids),
    /// An application by itself.
    App(Ids),
}

/// The identifiers of a caller: for logs, and for keying data by `tid` and `oid`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// `oid`: the person, or the application's service principal.
    pub object: Option<String>,
    /// `azp` (v2) or `appid` (v1): the calling application.
    pub client: Option<String>,
}

impl Caller {
    /// Tells the two kinds of token apart; `None` when a token is neither.
    ///
    /// Entra puts `scp` into user tokens only. An app-only token says so in the optional claim `idtyp`, or else has its
    /// service principal as its subject (Entra "Access token claims reference").
    pub(super) fn of(token: &UnverifiedToken<'_>) -> Option<Self> {
        let claims = token.claims();
        let ids = Ids {
            object: token.claim_text("oid").map(str::to_owned),
            client: client(token).and_then(Value::as_str).map(str::to_owned),
        };
        let says_app = claims.get("idtyp").map(|kind| kind == "app");
        let is_its_own_subject = || {
            token.claim_text("sub").is_some_and(|sub| !sub.is_empty())
                && claims.get("sub") == claims.get("oid")
        };
        match (claims.contains_key("scp"), says_app) {
            (true, Some(true)) => None,
            (true, _) => Some(Self::User(ids)),
            (false, says_app) => says_app
                .unwrap_or_else(is_its_own_subject)
                .then_some(Self::App(ids)),
        }
    }

    /// The caller's identifiers.
    pub fn ids(&self) -> &Ids {
        match self {
            Self::User(ids) | Self::App(ids) => ids,
        }
    }

    /// "user" or "app".
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::App(_) => "app",
        }
    }
}

/// The claim that names the calling application: `azp` in v2, `appid` in v1.
pub(super) fn client<'a>(token: &'a UnverifiedToken<'_>) -> Option<&'a Value> {
    let name = if token.claim_text("ver") == Some("1.0") {
        "appid"
    } else {
        "azp"
    };
    token.claims().get(name)
}

/// The words of `scp`: separated by single plain spaces, of the characters RFC 6749 §3.3 allows. Absent means none;
/// `Err` means a different shape, as in `["access_as_user"]` or words glued by a tab.
pub(super) fn scopes<'a>(token: &'a UnverifiedToken<'_>) -> Result<Vec<&'a str>, Misshapen> {
    match token.claims().get("scp") {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => {
            let words: Vec<&str> = text.split(' ').collect();
            let good = |word: &&str| !word.is_empty() && word.bytes().all(is_scope_character);
            if words.iter().all(good) {
                Ok(words)
            } else {
                Err(Misshapen)
            }
        }
        Some(_) => Err(Misshapen),
    }
}

/// The entries of `roles`, which are all strings. Absent means none.
pub(super) fn roles<'a>(token: &'a UnverifiedToken<'_>) -> Result<Vec<&'a str>, Misshapen> {
    match token.claims().get("roles") {
        None => Ok(Vec::new()),
        Some(Value::Array(roles)) => roles
            .iter()
            .map(|role| role.as_str().ok_or(Misshapen))
            .collect(),
        Some(_) => Err(Misshapen),
    }
}

/// A claim has another JSON type or syntax than Entra's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Misshapen;

fn is_scope_character(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

/// A value for the explanation: strings and numbers as they are, anything else by its type; shortened, because it is
/// the sender's text.
pub(super) fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "a boolean".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => shorten(text),
        Value::Array(_) => "an array".into(),
        Value::Object(_) => "an object".into(),
    }
}

/// At most 120 characters, control characters replaced.
pub(super) fn shorten(text: &str) -> String {
    const LONGEST: usize = 120;
    let plain = |character: char| {
        if character.is_control() {
            '\u{fffd}'
        } else {
            character
        }
    };
    let mut shown: String = text.chars().take(LONGEST).map(plain).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
