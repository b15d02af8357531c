//! Signing a person in with the authorization code flow and PKCE (RFC 6749 §4.1, RFC 7636, RFC 9700 §2.1.1).
//!
//! ```text
//! SignIn::begin ──► authorize URL, PendingSignIn      the browser leaves and comes back
//!                   PendingSignIn::check ──► RedeemableCode      state compared, error understood
//!                                            RedeemableCode::redeem ──► TokenSet      code + verifier, ID token checked
//!                                                                       refresh ──► TokenSet
//! ```
//!
//! State, nonce and verifier are used once, because each step consumes the one before. What is not checked here: the
//! signatures of the tokens (see [`crate::id_token::check`]) and anything about the access token, which is the API's.

use std::time::Duration;

use oauth2::basic::{
    BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, CsrfToken, EndpointNotSet, EndpointSet, ExtraTokenFields, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::authority::{Authority, ClientId, Version};
use crate::callback::{CallbackError, EntraError, ResponseMode, UnverifiedCallback};
use crate::entropy::Entropy;
use crate::http::{HttpClient, Unreachable};
use crate::id_token::{self, Expected, IdTokenError};
use crate::secret::{
    AccessToken, AuthorizationCode, CodeVerifier, IdToken, Nonce, RefreshToken, State, exposed,
};
use crate::time::{Clock, UnixTime};

/// How long a person may take between leaving for Entra and coming back.
pub const SIGN_IN_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Random bytes in state, nonce and verifier: 256 bits, 43 characters (RFC 7636 §4.1 recommends them).
const RANDOM_BYTES: usize = 32;

/// Under which platform the redirect URI is registered. It decides who may redeem the code: a single-page app only
/// with an `Origin` header (else AADSTS9002327), any other only without one (else AADSTS9002326).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// "Single-page application": the code is redeemed by `fetch` in the browser.
    Spa,
    /// "Mobile and desktop applications": the code is redeemed by the program itself (RFC 8252).
    Desktop,
}

impl Platform {
    /// Where the answer should travel. The fragment keeps the code out of the logs of the server that delivers the
    /// SPA; a loopback listener can only read the query.
    pub fn response_mode(self) -> ResponseMode {
        match self {
            Platform::Spa => ResponseMode::Fragment,
            Platform::Desktop => ResponseMode::Query,
        }
    }
}

/// Who asks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSettings {
    /// The tenant.
    pub authority: Authority,
    /// The client's registration.
    pub client_id: ClientId,
}

/// What the authorization endpoint should do before it answers (OpenID Connect Core §3.1.2.1, Entra's values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Show nothing: answer from the session or fail.
    None,
    /// Ask for the credentials again.
    Login,
    /// Ask which account.
    SelectAccount,
    /// Ask for consent again.
    Consent,
}

impl Prompt {
    fn as_str(self) -> &'static str {
        match self {
            Prompt::None => "none",
            Prompt::Login => "login",
            Prompt::SelectAccount => "select_account",
            Prompt::Consent => "consent",
        }
    }
}

/// What a sign-in may ask for beyond the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// See [`Prompt`].
    pub prompt: Option<Prompt>,
    /// A user name to start with.
    pub login_hint: Option<String>,
}

/// A redirect URI that does not parse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the redirect URI {0:?} is not an absolute URL")]
pub struct InvalidRedirectUri(pub String);

/// A sign-in that has just begun: where to send the browser, and what to remember until it is back.
#[derive(Debug)]
pub struct SignIn {
    /// The authorization request.
    pub authorize_url: Url,
    /// To be kept where only this client can read it.
    pub pending: PendingSignIn,
}

impl SignIn {
    /// Begins a sign-in: makes state, nonce and verifier, and builds the authorization request.
    ///
    /// `redirect_uri` is sent exactly as written. `scopes` should hold `openid` (for an ID token), `offline_access`
    /// (for a refresh token) and scopes of one API.
    pub fn begin(
        settings: &ClientSettings,
        platform: Platform,
        redirect_uri: &str,
        scopes: &[String],
        options: &Options,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<SignIn, InvalidRedirectUri> {
        let pending = PendingSignIn {
            state: State::new(entropy.token(RANDOM_BYTES)),
            nonce: Nonce::new(entropy.token(RANDOM_BYTES)),
            verifier: CodeVerifier::new(entropy.token(RANDOM_BYTES)),
            platform,
            redirect_uri: redirect_uri.to_owned(),
            scopes: scopes.to_vec(),
            correlation_id: entropy.guid(),
            expires_at: clock.now() + SIGN_IN_LIFETIME,
        };
        let client = settings.oauth_client(pending.correlation_id);
        let mut request = client
            .authorize_url(|| CsrfToken::new(pending.state.expose().to_owned()))
            .add_scopes(scopes.iter().cloned().map(Scope::new))
            .set_redirect_uri(std::borrow::Cow::Owned(redirect_url(redirect_uri)?))
            .set_pkce_challenge(pkce_challenge(&pending.verifier))
            .add_extra_param("nonce", pending.nonce.expose())
            .add_extra_param("response_mode", platform.response_mode().as_str())
            .add_extra_param("client-request-id", pending.correlation_id.to_string());
        if let Some(prompt) = options.prompt {
            request = request.add_extra_param("prompt", prompt.as_str());
        }
        if let Some(login_hint) = &options.login_hint {
            request = request.add_extra_param("login_hint", login_hint);
        }
        let (authorize_url, _) = request.url();
        Ok(SignIn {
            authorize_url,
            pending,
        })
    }
}

/// A sign-in whose answer is awaited. It can be written to storage that belongs to this client alone, and is used up
/// by [`check`](Self::check).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingSignIn {
    #[serde(with = "exposed")]
    state: State,
    #[serde(with = "exposed")]
    nonce: Nonce,
    #[serde(with = "exposed")]
    verifier: CodeVerifier,
    platform: Platform,
    redirect_uri: String,
    scopes: Vec<String>,
    correlation_id: Uuid,
    expires_at: UnixTime,
}

impl PendingSignIn {
    /// The value that must come back.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The value that must stand in the ID token.
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// The verifier, which only the token endpoint may learn.
    pub fn verifier(&self) -> &CodeVerifier {
        &self.verifier
    }

    /// The challenge that the verifier gives; see [`code_challenge`].
    pub fn code_challenge(&self) -> String {
        code_challenge(&self.verifier)
    }

    /// The scopes asked for.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The redirect URI, exactly as sent.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The platform.
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// Joins the messages of this sign-in across all servers (`client-request-id`).
    pub fn correlation_id(&self) -> Uuid {
        self.correlation_id
    }

    /// When it is too late to come back.
    pub fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// Reads the answer out of the callback URL: state first, because an error can be forged as well as a code
    /// (RFC 6749 §10.12), then the error, then the code.
    pub fn check(self, callback: &Url, clock: &dyn Clock) -> Result<RedeemableCode, CallbackError> {
        let answer = UnverifiedCallback::parse(callback, self.platform.response_mode())?;
        let state = answer.state.ok_or(CallbackError::StateMissing)?;
        if state.expose() != self.state.expose() {
            return Err(CallbackError::StateMismatch);
        }
        if clock.now() >= self.expires_at {
            return Err(CallbackError::Expired {
                minutes: SIGN_IN_LIFETIME.as_secs() / 60,
            });
        }
        if let Some(refusal) = answer.refusal {
            return Err(CallbackError::Refused(refusal));
        }
        let code = answer.code.ok_or(CallbackError::CodeMissing)?;
        Ok(RedeemableCode {
            code,
            sign_in: self,
        })
    }

    /// [`check`](Self::check) and [`RedeemableCode::redeem`] in one go.
    pub async fn redeem(
        self,
        settings: &ClientSettings,
        callback: &Url,
        http: &HttpClient,
        clock: &dyn Clock,
    ) -> Result<TokenSet, SignInError> {
        Ok(self
            .check(callback, clock)?
            .redeem(settings, http, clock)
            .await?)
    }
}

/// `BASE64URL(SHA256(verifier))`, which everybody may see (RFC 7636 §4.2).
pub fn code_challenge(verifier: &CodeVerifier) -> String {
    pkce_challenge(verifier).as_str().to_owned()
}

fn pkce_challenge(verifier: &CodeVerifier) -> PkceCodeChallenge {
    PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(
        verifier.expose().to_owned(),
    ))
}

/// A code that came back with the right state. Only [`PendingSignIn::check`] makes one, and redeeming uses it up.
#[derive(Debug)]
pub struct RedeemableCode {
    code: AuthorizationCode,
    sign_in: PendingSignIn,
}

impl RedeemableCode {
    /// The code, for showing it masked.
    pub fn code(&self) -> &AuthorizationCode {
        &self.code
    }

    /// The sign-in it belongs to.
    pub fn sign_in(&self) -> &PendingSignIn {
        &self.sign_in
    }

    /// Trades code and verifier for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5) and checks the ID token.
    pub async fn redeem(
        self,
        settings: &ClientSettings,
        http: &HttpClient,
        clock: &dyn Clock,
    ) -> Result<TokenSet, TokenError> {
        let Self { code, sign_in } = self;
        let client = settings.oauth_client(sign_in.correlation_id);
        let redirect = redirect_url(&sign_in.redirect_uri)
            .map_err(|error| TokenError::Unreadable(error.to_string()))?;
        let answer = client
            .exchange_code(oauth2::AuthorizationCode::new(code.expose().to_owned()))
            .set_redirect_uri(std::borrow::Cow::Owned(redirect))
            .set_pkce_verifier(PkceCodeVerifier::new(sign_in.verifier.expose().to_owned()))
            .add_extra_param("scope", sign_in.scopes.join(" "))
            .request_async(&|request| http.send(request))
            .await?;
        let wants_id_token = sign_in.scopes.iter().any(|scope| scope == "openid");
        settings.accept(
            &answer,
            wants_id_token.then_some(&sign_in.nonce),
            clock.now(),
        )
    }
}

/// Trades a refresh token for new tokens (RFC 6749 §6). `scopes` may name another API that the person has consented
/// to. Entra leaves the old refresh token alive and sends a new one: keep the new one.
pub async fn refresh(
    settings: &ClientSettings,
    refresh_token: &RefreshToken,
    scopes: &[String],
    correlation_id: Uuid,
    http: &HttpClient,
    clock: &dyn Clock,
) -> Result<TokenSet, TokenError> {
    let answer = settings
        .oauth_client(correlation_id)
        .exchange_refresh_token(&oauth2::RefreshToken::new(
            refresh_token.expose().to_owned(),
        ))
        .add_scopes(scopes.iter().cloned().map(Scope::new))
        .request_async(&|request| http.send(request))
        .await?;
    settings.accept(&answer, None, clock.now())
}

/// The tokens of a sign-in. Serialised in the clear, for storage that belongs to this client alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenSet {
    /// For the API; opaque to the client.
    #[serde(with = "exposed")]
    pub access_token: AccessToken,
    /// For the client: who signed in. Present when `openid` was asked for.
    #[serde(with = "exposed::option")]
    pub id_token: Option<IdToken>,
    /// For the token endpoint. Present when `offline_access` was asked for.
    #[serde(with = "exposed::option")]
    pub refresh_token: Option<RefreshToken>,
    /// The scopes granted, which need not be those asked for (RFC 6749 §3.3).
    pub scopes: Vec<String>,
    /// When the tokens came.
    pub issued_at: UnixTime,
    /// When the access token ends.
    pub expires_at: UnixTime,
    /// When the refresh token ends, where Entra says so (single-page apps: 24 hours after the first sign-in).
    pub refresh_expires_at: Option<UnixTime>,
}

/// Why no tokens came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token endpoint refused.
    #[error(transparent)]
    Refused(EntraError),
    /// No answer could be read. In a browser this is also what a refusal without CORS headers looks like
    /// (AADSTS9002326: the redirect URI is registered under another platform than "Single-page application").
    #[error(transparent)]
    Unreachable(Unreachable),
    /// The answer is not a token response.
    #[error("the token endpoint's answer cannot be read: {0}")]
    Unreadable(String),
    /// The ID token is not believed.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
}

/// Why a sign-in failed, from callback to tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The callback was no good.
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// The code could not be traded.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl From<RequestTokenError<Unreachable, EntraError>> for TokenError {
    fn from(error: RequestTokenError<Unreachable, EntraError>) -> Self {
        match error {
            RequestTokenError::ServerResponse(error) => TokenError::Refused(error),
            RequestTokenError::Request(error) => TokenError::Unreachable(error),
            // The body is dropped: it could hold a token.
            RequestTokenError::Parse(error, _) => TokenError::Unreadable(error.to_string()),
            RequestTokenError::Other(error) => TokenError::Unreadable(error),
        }
    }
}

impl ClientSettings {
    /// Where to send the browser to sign out (OpenID Connect RP-Initiated Logout §2). Entra shows a page of its own
    /// unless `post_logout_redirect_uri` is a registered redirect URI.
    pub fn sign_out_url(
        &self,
        post_logout_redirect_uri: Option<&str>,
        logout_hint: Option<&str>,
    ) -> Url {
        let mut url = self.authority.logout(Version::V2);
        append(
            &mut url,
            &[
                ("post_logout_redirect_uri", post_logout_redirect_uri),
                ("logout_hint", logout_hint),
            ],
        );
        url
    }

    /// Where to send an administrator to consent for the whole tenant (Entra "Admin consent on the Microsoft identity
    /// platform"). The v1 page grants everything the registration lists, and knows no `scope`.
    pub fn admin_consent_url(
        &self,
        version: Version,
        scopes: &[String],
        redirect_uri: &str,
        state: &State,
    ) -> Url {
        let mut url = self.authority.admin_consent(version);
        let client_id = self.client_id.to_string();
        let scope = scopes.join(" ");
        append(
            &mut url,
            &[
                ("client_id", Some(&client_id)),
                ("scope", (version == Version::V2).then_some(scope.as_str())),
                ("redirect_uri", Some(redirect_uri)),
                ("state", Some(state.expose())),
            ],
        );
        url
    }

    fn oauth_client(&self, correlation_id: Uuid) -> OauthClient {
        let mut token = self.authority.token(Version::V2);
        // As a parameter, not as a header: a header would make the browser ask permission first (CORS preflight).
        append(
            &mut token,
            &[("client-request-id", Some(&correlation_id.to_string()))],
        );
        oauth2::Client::new(oauth2::ClientId::new(self.client_id.to_string()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(self.authority.authorize(Version::V2)))
            .set_token_uri(TokenUrl::from_url(token))
    }

    fn accept(
        &self,
        answer: &EntraTokenResponse,
        nonce: Option<&Nonce>,
        now: UnixTime,
    ) -> Result<TokenSet, TokenError> {
        let extra = answer.extra_fields();
        let id_token = extra.id_token.clone().map(IdToken::new);
        if let Some(id_token) = &id_token {
            let expected = Expected {
                authority: &self.authority,
                client_id: self.client_id,
                nonce,
            };
            id_token::check(id_token, expected, now)?;
        } else if nonce.is_some() {
            return Err(TokenError::Unreadable(
                "openid was asked for, but no ID token came".into(),
            ));
        }
        let lifetime = answer
            .expires_in()
            .ok_or_else(|| TokenError::Unreadable("expires_in is missing".into()))?;
        Ok(TokenSet {
            access_token: AccessToken::new(answer.access_token().secret().as_str()),
            id_token,
            refresh_token: answer
                .refresh_token()
                .map(|token| RefreshToken::new(token.secret().as_str())),
            scopes: answer
                .scopes()
                .map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect())
                .unwrap_or_default(),
            issued_at: now,
            expires_at: now + lifetime,
            refresh_expires_at: extra
                .refresh_token_expires_in
                .map(|seconds| now + Duration::from_secs(seconds)),
        })
    }
}

fn redirect_url(redirect_uri: &str) -> Result<RedirectUrl, InvalidRedirectUri> {
    RedirectUrl::new(redirect_uri.to_owned())
        .map_err(|_| InvalidRedirectUri(redirect_uri.to_owned()))
}

fn append(url: &mut Url, parameters: &[(&str, Option<&str>)]) {
    for (name, value) in parameters {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
}

/// What Entra adds to the standard token response.
#[derive(Debug, Serialize, Deserialize)]
struct EntraFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_in: Option<u64>,
}

impl ExtraTokenFields for EntraFields {}

type EntraTokenResponse = StandardTokenResponse<EntraFields, BasicTokenType>;

type OauthClient = oauth2::Client<
    EntraError,
    EntraTokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

#[cfg(test)]
mod tests;
