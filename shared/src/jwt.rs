//! Taking a JSON Web Token apart without believing it.
//!
//! Nothing here checks a signature: the result is called *unverified* until somebody does. Decoding is strict, so that
//! one token has one meaning: three parts, canonical unpadded base64url (RFC 7515 §2), UTF-8, JSON objects with no
//! member named twice (RFC 7515 §4, RFC 8725 §2.4), bounded size. Decoding never panics.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Longest token looked at, in bytes. Entra caps a token's groups so that it fits a header of a few kilobytes.
pub const LONGEST_TOKEN: usize = 16 * 1024;

/// A JSON object: a token's header or its claims.
pub type Object = Map<String, Value>;

/// A token taken apart, whose signature nobody has checked.
#[derive(Clone)]
pub struct UnverifiedToken<'a> {
    raw: &'a str,
    signing_input: &'a str,
    header: Object,
    claims: Object,
}

/// Why a text is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedToken {
    /// There is nothing.
    #[error("the token is empty")]
    Empty,
    /// It is longer than [`LONGEST_TOKEN`].
    #[error("the token is {0} bytes long, more than {LONGEST_TOKEN}")]
    TooLong(usize),
    /// A JWT in compact form has two dots (RFC 7515 §7.1).
    #[error("a token has three parts separated by dots, this has {0}")]
    NotThreeParts(usize),
    /// A part is not unpadded, canonical base64url.
    #[error("the {0} is not base64url")]
    NotBase64Url(Part),
    /// A part decodes to something other than UTF-8.
    #[error("the {0} is not UTF-8")]
    NotUtf8(Part),
    /// A part is not a JSON object, names a member twice, or has more behind it.
    #[error("the {part} is not a JSON object: {why}")]
    NotAnObject {
        /// Which part.
        part: Part,
        /// What the parser stumbled over.
        why: String,
    },
}

/// One of a token's three parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The claims.
    Payload,
    /// The signature.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Header => "header",
            Part::Payload => "payload",
            Part::Signature => "signature",
        })
    }
}

impl<'a> UnverifiedToken<'a> {
    /// Takes `raw` apart. Does **not** check the signature, any claim, or the algorithm.
    pub fn decode(raw: &'a str) -> Result<Self, MalformedToken> {
        if raw.is_empty() {
            return Err(MalformedToken::Empty);
        }
        if raw.len() > LONGEST_TOKEN {
            return Err(MalformedToken::TooLong(raw.len()));
        }
        let parts = raw.split('.').count();
        let mut split = raw.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (split.next(), split.next(), split.next(), split.next())
        else {
            return Err(MalformedToken::NotThreeParts(parts));
        };
        bytes(Part::Signature, signature)?;
        Ok(Self {
            raw,
            signing_input: &raw[..header.len() + 1 + payload.len()],
            header: object(Part::Header, header)?,
            claims: object(Part::Payload, payload)?,
        })
    }

    /// The token as it came.
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// What the signature is computed over (RFC 7515 §5.1).
    pub fn signing_input(&self) -> &'a str {
        self.signing_input
    }

    /// The signature, still base64url.
    pub fn signature(&self) -> &'a str {
        &self.raw[self.signing_input.len() + 1..]
    }

    /// The header. Only to pick a key from: it is the sender's word.
    pub fn header(&self) -> &Object {
        &self.header
    }

    /// The claims. Only to look at: they are the sender's word until the signature is checked.
    pub fn claims(&self) -> &Object {
        &self.claims
    }

    /// A header member that is a string.
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// A claim that is a string.
    pub fn claim_text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }
}

impl fmt::Debug for UnverifiedToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnverifiedToken({})", crate::secret::mask(self.raw))
    }
}

fn bytes(part: Part, text: &str) -> Result<Vec<u8>, MalformedToken> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| MalformedToken::NotBase64Url(part))
}

fn object(part: Part, text: &str) -> Result<Object, MalformedToken> {
    let json = String::from_utf8(bytes(part, text)?).map_err(|_| MalformedToken::NotUtf8(part))?;
    parse_object(&json).map_err(|why| MalformedToken::NotAnObject {
        part,
        why: why.to_string(),
    })
}

/// Parses a JSON object in which no member is named twice, at any depth. serde_json keeps the last of two, other
/// parsers the first: a token must not mean one thing to a gateway and another to the API behind it.
pub fn parse_object(json: &str) -> Result<Object, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = Strict.deserialize(&mut deserializer)?;
    deserializer.end()?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(de::Error::custom("expected an object")),
    }
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(Strict)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Strict)?;
            if object.insert(name.clone(), value).is_some() {
                return Err(de::Error::custom(format!("{name:?} appears twice")));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(header: &str, payload: &str) -> String {
        format!(
            "{}.{}.c2ln",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        )
    }

    #[test]
    fn a_token_comes_apart_into_header_claims_and_signature() {
        let raw = token(r#"{"alg":"RS256","kid":"k"}"#, r#"{"aud":"api","exp":1}"#);
        let token = UnverifiedToken::decode(&raw).unwrap();
        assert_eq!(token.header_text("kid"), Some("k"));
        assert_eq!(token.claim_text("aud"), Some("api"));
        assert_eq!(token.signature(), "c2ln");
        assert_eq!(
            format!("{}.{}", token.signing_input(), token.signature()),
            raw
        );
    }

    #[test]
    fn a_part_too_few_or_too_many_is_counted() {
        assert_eq!(
            UnverifiedToken::decode("e30.e30").unwrap_err(),
            MalformedToken::NotThreeParts(2)
        );
        assert_eq!(
            UnverifiedToken::decode("e30.e30.e30.e30.e30").unwrap_err(),
            MalformedToken::NotThreeParts(5)
        );
    }

    #[test]
    fn base64_must_be_the_url_alphabet_without_padding_and_canonical() {
        for signature in ["c2ln=", "+/+/", "c2lnA", "c2l n"] {
            let raw = format!("e30.e30.{signature}");
            assert_eq!(
                UnverifiedToken::decode(&raw).unwrap_err(),
                MalformedToken::NotBase64Url(Part::Signature),
                "{signature}"
            );
        }
        // "e31" decodes to the same two bytes as "e30" if stray trailing bits are ignored.
        assert_eq!(
            UnverifiedToken::decode("e31.e30.").unwrap_err(),
            MalformedToken::NotBase64Url(Part::Header)
        );
    }

    #[test]
    fn a_member_named_twice_is_refused_at_any_depth() {
        for payload in [
            r#"{"aud":"a","aud":"b"}"#,
            r#"{"x":[{"y":1,"y":1}]}"#,
            r#"{"a":1,"\u0061":2}"#,
        ] {
            let raw = token("{}", payload);
            let Err(MalformedToken::NotAnObject {
                part: Part::Payload,
                why,
            }) = UnverifiedToken::decode(&raw)
            else {
                panic!("{payload} was accepted");
            };
            assert!(why.contains("appears twice"), "{why}");
        }
    }

    #[test]
    fn only_one_json_object_makes_a_part() {
        for payload in ["[]", "1", "null", "", "{} {}", "{}x", "{\"a\":1,}"] {
            assert!(
                UnverifiedToken::decode(&token("{}", payload)).is_err(),
                "{payload}"
            );
        }
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        assert!(UnverifiedToken::decode(&token("{}", &format!("{{\"a\":{deep}}}"))).is_err());
    }

    #[test]
    fn debug_output_does_not_show_the_token() {
        let raw = token(r#"{"alg":"RS256"}"#, r#"{"sub":"a secret subject"}"#);
        let shown = format!("{:?}", UnverifiedToken::decode(&raw).unwrap());
        assert!(shown.len() < 40, "{shown}");
    }

    proptest! {
        #[test]
        fn decoding_never_panics(text in ".{0,200}") {
            let _ = UnverifiedToken::decode(&text);
        }

        #[test]
        fn what_looks_like_a_token_never_panics(parts in prop::collection::vec("[A-Za-z0-9_-]{0,40}", 0..5)) {
            let _ = UnverifiedToken::decode(&parts.join("."));
        }

        #[test]
        fn any_json_payload_never_panics(payload in "[{}\\[\\]\",:a-c0-9\\\\ .eE+-]{0,80}") {
            let _ = UnverifiedToken::decode(&token("{}", &payload));
        }
    }
}
