//! Values that must not be seen by accident: newtypes without `Display`, with a masked `Debug`, without `PartialEq`.
//!
//! The only way to the text is [`expose`](AccessToken::expose), a word one can search the code for.

/// Shows enough of a secret to tell two apart, and not enough to use it: four characters, an ellipsis, four
/// characters. Anything shorter than 24 characters is hidden completely.
pub fn mask(secret: &str) -> String {
    const SHOWN: usize = 4;
    let characters = secret.chars().count();
    if characters < 24 {
        return "•".repeat(8);
    }
    let first: String = secret.chars().take(SHOWN).collect();
    let last: String = secret.chars().skip(characters - SHOWN).collect();
    format!("{first}…{last}")
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(String);

        impl $name {
            /// Takes the secret in.
            pub fn new(secret: impl Into<String>) -> Self {
                Self(secret.into())
            }

            /// The secret itself. Whoever calls this answers for where it goes.
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// First and last characters only; see [`mask`].
            pub fn masked(&self) -> String {
                mask(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.masked())
            }
        }

        impl ExposeForStorage for $name {
            fn stored(&self) -> &str {
                &self.0
            }

            fn restored(secret: String) -> Self {
                Self(secret)
            }
        }
    };
}

secret!(
    /// A bearer token for a resource server (RFC 6750). The client treats it as opaque.
    AccessToken
);
secret!(
    /// A refresh token (RFC 6749 §1.5): worth 24 hours of access for a single-page app, 90 days for a desktop app.
    RefreshToken
);
secret!(
    /// An ID token (OpenID Connect Core §2): proof of who signed in, for the client alone.
    IdToken
);
secret!(
    /// An authorization code (RFC 6749 §4.1.2): single use, ten minutes.
    AuthorizationCode
);
secret!(
    /// The secret half of PKCE (RFC 7636 §4.1): it leaves the client once, to the token endpoint.
    CodeVerifier
);
secret!(
    /// The `state` of a sign-in (RFC 6749 §10.12): ties the answer to the browser that asked.
    State
);
secret!(
    /// The `nonce` of a sign-in (OpenID Connect Core §3.1.2.1): ties the ID token to the request.
    Nonce
);
secret!(
    /// A confidential client's password at the token endpoint.
    ClientSecret
);
secret!(
    /// A private key, as PEM (RFC 7468).
    PrivateKey
);
secret!(
    /// A user's password.
    Password
);

secret!(
    /// What lets the practice tenant's own pages change it: new at every start, told to the browser app's origin only.
    PracticeKey
);

/// Implemented by secrets that a client must keep across a page load.
#[doc(hidden)]
pub trait ExposeForStorage {
    fn stored(&self) -> &str;
    fn restored(secret: String) -> Self;
}

/// `#[serde(with = "shared::secret::exposed")]`: writes the secret in the clear.
///
/// Secrets have no `Serialize` of their own; a struct that is meant for the client's private storage says so field by
/// field with this module's name.
pub mod exposed {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::ExposeForStorage;

    #[doc(hidden)]
    pub fn serialize<T: ExposeForStorage, S: Serializer>(
        secret: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.stored())
    }

    #[doc(hidden)]
    pub fn deserialize<'de, T: ExposeForStorage, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        String::deserialize(deserializer).map(T::restored)
    }

    /// The same for a secret that may be absent.
    pub mod option {
        use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

        use super::ExposeForStorage;

        #[doc(hidden)]
        pub fn serialize<T: ExposeForStorage, S: Serializer>(
            secret: &Option<T>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            secret.as_ref().map(T::stored).serialize(serializer)
        }

        #[doc(hidden)]
        pub fn deserialize<'de, T: ExposeForStorage, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<T>, D::Error> {
            Ok(Option::<String>::deserialize(deserializer)?.map(T::restored))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_tells_two_tokens_apart_without_giving_either_away() {
        assert_eq!(mask("eyJ0eXAiOiJKV1QiLCJhbGciOi.first"), "eyJ0…irst");
        assert_eq!(mask("eyJ0eXAiOiJKV1QiLCJhbGciOi.other"), "eyJ0…ther");
    }

    #[test]
    fn a_short_secret_is_hidden_whatever_its_length() {
        assert_eq!(mask("hunter2"), mask("correct horse battery"));
        assert!(!mask("hunter2").contains('h'));
    }

    #[test]
    fn a_mask_counts_characters_not_bytes() {
        assert_eq!(mask(&"ß".repeat(30)), "ßßßß…ßßßß");
    }

    #[test]
    fn debug_output_of_a_secret_is_masked() {
        let token = AccessToken::new("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.c2ln");
        assert_eq!(format!("{token:?}"), "AccessToken(eyJ0…c2ln)");
    }
}
