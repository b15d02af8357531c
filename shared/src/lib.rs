//! What every part of the Entra workshop agrees on.
//!
//! Endpoints and settings, the PKCE client that signs a person in, token decoding, the claim checks a resource
//! server decides by, and the prose (claims, parameters, errors) as data. There is no user interface here, no server,
//! no clock, no storage and no randomness: those are passed in, so that the same code runs in a browser, in a desktop
//! program, in a server and in a test.
//!
//! | feature | brings |
//! |---|---|
//! | `client` | [`pkce`], [`http`], [`callback`], [`id_token`]: sign-in by authorization code with PKCE |
//! | `checks` | [`checks`]: the decision of a resource server, which is its own explanation |
//! | `trace` | [`trace`]: HTTP messages with their secrets masked |
//! | `trust` | [`trust`]: HTTP clients that work on a machine without certificates (not in the browser) |
//! | `prose` | [`prose`]: the catalogues of claims, parameters and errors |
//! | `test-support` | [`test_support`]: a signing key and a token builder |

pub mod authority;
#[cfg(feature = "client")]
pub mod callback;
#[cfg(feature = "checks")]
pub mod checks;
pub mod correlation;
pub mod entropy;
pub mod error;
#[cfg(feature = "client")]
pub mod http;
#[cfg(feature = "client")]
pub mod id_token;
pub mod jwt;
#[cfg(feature = "client")]
pub mod pkce;
#[cfg(feature = "prose")]
pub mod prose;
pub mod secret;
pub mod settings;
pub mod shell;
#[cfg(feature = "test-support")]
pub mod test_support;
pub mod time;
#[cfg(feature = "trace")]
pub mod trace;
#[cfg(all(feature = "trust", not(target_arch = "wasm32")))]
pub mod trust;
