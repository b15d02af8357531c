//! Every error the tenant can answer with: Entra's number and text, the OAuth 2.0 `error` and the status, decided once.
//!
//! Entra has one catalogue of numbers for all its endpoints ("Microsoft Entra authentication and authorization error
//! codes"), and so has this tenant. *Unverified* marks what no recording or document confirms.

use axum::http::StatusCode;
use serde::Serialize;
use shared::time::UnixTime;
use uuid::Uuid;

use crate::exchange::Exchange;
use crate::recording;

/// A refusal, named after its fact. `Display` is Entra's text without number and ids.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Aadsts {
    #[error(
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
    )]
    UnknownTenant { tenant: String, at_discovery: bool },
    #[error("Unknown or invalid instance.")]
    UnknownInstance,
    #[error(
        "Application with identifier '{client}' was not found in the directory '{directory}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
    )]
    UnknownClient { client: String, directory: String },
    #[error("{0} is not a valid application identifier.")]
    NilClient(Uuid),
    #[error(
        "Application '{client}'({name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant."
    )]
    SingleTenantClient { client: String, name: String },
    #[error(
        "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application '{client}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to fix this."
    )]
    RedirectUriMismatch { uri: String, client: String },
    #[error("No reply address provided.")]
    NoRedirectUri,
    #[error("The request body must contain the following parameter: '{name}'.")]
    MissingParameter { name: &'static str },
    #[error("The request is not properly formatted. The parameter '{name}' is duplicated.")]
    RepeatedParameter { name: String },
    #[error("The request is too long.")]
    TooLong,
    #[error("The endpoint only accepts {allowed} requests. Received a {method} request.")]
    WrongMethod {
        allowed: &'static str,
        method: String,
    },
    #[error("Invalid request. Request is malformed or invalid.")]
    MalformedRequest,
    #[error("Unsupported '{name}' value.")]
    UnsupportedValue { name: &'static str },
    #[error("response_type '{0}' is not enabled for the application.")]
    ResponseTypeNotEnabled(&'static str),
    #[error("'{0}' is not a supported value of 'response_type'.")]
    UnsupportedResponseType(String),
    #[error("'{0}' is not a supported value of 'response_mode'.")]
    UnsupportedResponseMode(String),
    #[error("'query' is not a supported value of 'response_mode' when requesting a token.")]
    QueryForToken,
    #[error("The scope 'openid' must be requested together with the response_type 'id_token'.")]
    OpenIdMissing,
    #[error("The parameter 'login_hint' cannot be combined with the prompt 'select_account'.")]
    HintForPicker,
    #[error(
        "Proof Key for Code Exchange is required for cross-origin authorization code redemption."
    )]
    PkceRequired,
    #[error("Invalid Code_Challenge_method parameter.")]
    ChallengeMethod,
    #[error("Invalid size of Code_Challenge parameter.")]
    ChallengeSize,
    #[error(
        "The provided value for the input parameter 'scope' is not valid. The scope {0} is not valid."
    )]
    InvalidScope(String),
    #[error(
        "The application '{client}' asked for scope '{scope}' that doesn't exist on the resource '{resource}'. Contact the app vendor."
    )]
    UnknownScope {
        client: String,
        scope: String,
        resource: Uuid,
    },
    #[error(
        "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."
    )]
    UnknownResource { resource: String, tenant: Uuid },
    #[error(
        "The app is trying to access a service '{resource}'({name}) that your organization '{tenant}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal."
    )]
    ResourceNotInstalled {
        resource: Uuid,
        name: Box<str>,
        tenant: Box<str>,
    },
    #[error(
        "Provided value for the input parameter scope is not valid when requesting an access token. Scope {0} is not valid."
    )]
    InvalidScopeOfCode(String),
    #[error(
        "Provided value for the input parameter scope cannot be empty when requesting an access token using the provided authorization code."
    )]
    EmptyScopeOfCode,
    #[error(
        "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: {client}. Resource value from request: {resource}."
    )]
    ResourceNotListed { client: Uuid, resource: String },
    #[error(
        "Application '{client}'({name}) is requesting a token for itself. This scenario is supported only if resource is specified using the GUID based App Identifier."
    )]
    TokenForItself { client: Uuid, name: String },
    #[error(
        "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope {0} is not valid."
    )]
    SeveralResources(String),
    #[error(
        "A silent sign-in request was sent but no user is signed in. The cookies used to represent the user's session were not sent in the request to Azure AD."
    )]
    NobodySignedIn,
    #[error(
        "Either multiple user identities are available for the current request or selected account is not supported for the scenario."
    )]
    SeveralIdentities,
    #[error(
        "The user or administrator has not consented to use the application with ID '{client}' named '{name}'. Send an interactive authorization request for this user and resource."
    )]
    ConsentMissing {
        client: Uuid,
        name: String,
        silent: bool,
    },
    #[error("{closed}")]
    UserNotAssigned {
        closed: Box<Closed>,
        redirected: bool,
    },
    #[error("User declined to consent to access the app.")]
    ConsentDeclined,
    #[error("The resource owner or authorization server denied the request.")]
    AdminConsentDeclined,
    #[error(
        "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint."
    )]
    NotOverCommon,
    #[error("An administrator of the directory has to consent to what the app asks for.")]
    AdminConsentRequired,
    #[error("The app requested an unsupported grant type '{0}'.")]
    UnsupportedGrantType(String),
    #[error(
        "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '{0}'."
    )]
    CrossOriginRedemption(String),
    #[error(
        "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests."
    )]
    SameOriginRedemption,
    #[error(
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
    )]
    PublicClientWithSecret,
    #[error(
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    )]
    CredentialMissing,
    #[error(
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{0}'."
    )]
    WrongSecret(Uuid),
    #[error(
        "The provided client secret keys for app '{0}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."
    )]
    SecretExpired(Uuid),
    #[error("JWT token is invalid or malformed.")]
    MalformedToken,
    #[error("Client assertion application identifier doesn't match 'client_id' parameter.")]
    AssertionOfAnother,
    #[error("Client assertion audience claim does not match Realm issuer.")]
    AssertionAudience,
    #[error(
        "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {}, expiry time of assertion {expires}.",
        from.map_or_else(|| "its issue".to_owned(), |from| from.to_string())
    )]
    AssertionTime {
        now: UnixTime,
        from: Option<UnixTime>,
        expires: UnixTime,
    },
    #[error(
        "Client assertion contains an invalid signature. [Reason - {why}, Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{client}'.]"
    )]
    BadAssertionSignature {
        why: BadSignature,
        thumbprint: String,
        client: Uuid,
    },
    #[error(
        "Invalid JWT token. '{0}' is not a supported signature algorithm. Supported signing algorithms are: 'RS256, PS256'."
    )]
    AssertionAlgorithm(String),
    #[error(
        "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header."
    )]
    NoThumbprint,
    #[error(
        "No matching federated identity record found for presented assertion. Assertion Issuer: '{}'. Assertion Subject: '{}'. Assertion Audience: '{}'.",
        .0.issuer, .0.subject, .0.audience
    )]
    NoFederatedCredential(Box<PresentedAssertion>),
    #[error("Request to External OIDC endpoint failed. Issuer: '{issuer}': {why}.")]
    IssuerUnreachable { issuer: String, why: String },
    #[error(
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."
    )]
    ClientCredentialMissing,
    #[error(
        "The client application {client} is missing service principal in the tenant {tenant}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119"
    )]
    NoServicePrincipal { client: Uuid, tenant: Uuid },
    #[error(
        "The provided value for scope {0} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
    )]
    DefaultScopeMissing(String),
    #[error(
        "Application '{}'({}) is not assigned to a role for the application '{}'({}).",
        .0.client, .0.client_name, .0.resource, .0.resource_name
    )]
    ClientNotAssigned(Box<Assignment>),
    #[error(
        "Assertion failed signature validation. [Reason - The key was not found., Thumbprint of key used by client: '{0}'.]"
    )]
    AssertionNotSignedHere(String),
    #[error(
        "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '{}' and the expected audience is '{}' or one of the Application Uris of this application with App ID '{}'({}). The downstream client must request a token for the expected audience (the application that made the OBO request) and this application should use that token as the assertion.",
        .0.audience, .0.client, .0.client, .0.name
    )]
    AssertionForAnother(Box<OtherAudience>),
    #[error(
        "Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token. Current time: {now}, expiry time of assertion {expires}."
    )]
    AssertionExpired { now: UnixTime, expires: UnixTime },
    #[error("Application '{0}' is not allowed to make application on-behalf-of calls.")]
    AssertionWithoutUser(Uuid),
    #[error("Error validating credentials due to invalid username or password.")]
    WrongPassword,
    #[error(
        "The user account {{EUII Hidden}} does not exist in the {0} directory. To sign into this application, the account must be added to the directory."
    )]
    UnknownUser(String),
    #[error("The user account is disabled.")]
    UserDisabled,
    #[error(
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{valid_from}'."
    )]
    GrantRevoked {
        issued: UnixTime,
        valid_from: UnixTime,
    },
    #[error("Application '{client}'({name}) is disabled.")]
    ClientDisabled { client: Uuid, name: String },
    #[error("OAuth 2.0 device flow error. Authorization is pending. Continue polling.")]
    AuthorizationPending,
    #[error("OAuth 2.0 device flow error. The user declined the authorization request.")]
    AuthorizationDeclined,
    #[error("The provided value for the input parameter 'device_code' is not valid.")]
    UnknownDeviceCode,
    #[error(
        "The provided value for the input parameter 'device_code' is not valid. This device code has expired."
    )]
    DeviceCodeExpired,
    #[error("Invalid request. Request is malformed or invalid.")]
    MalformedGrant { refresh_token: bool },
    #[error("Provided grant is invalid or malformed.")]
    UnknownGrant,
    #[error(
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."
    )]
    CodeRedeemed,
    #[error(
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource."
    )]
    CodeExpired,
    #[error(
        "The reply address '{sent}' does not match the reply address '{expected}' provided when requesting Authorization code."
    )]
    ReplyAddressMismatch { sent: String, expected: String },
    #[error(
        "The Code_Verifier does not match the code_challenge supplied in the authorization request."
    )]
    VerifierMismatch,
    #[error(
        "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for 90.00:00:00."
    )]
    RefreshTokenInactive { issued: UnixTime },
    #[error(
        "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page. The token was issued on {issued}."
    )]
    SpaRefreshTokenExpired { issued: UnixTime },
}

/// The assignment that a client lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) client: String,
    pub(crate) client_name: String,
    pub(crate) resource: String,
    pub(crate) resource_name: String,
}

/// The audience of a token that was passed on by an app it was not meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OtherAudience {
    pub(crate) audience: String,
    pub(crate) client: Uuid,
    pub(crate) name: String,
}

/// Whose token another issuer's is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PresentedAssertion {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) audience: String,
}

/// Why the signature of a client assertion proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadSignature {
    #[error("The key was not found.")]
    KeyNotFound,
    #[error("The key used is expired.")]
    KeyExpired,
    #[error("The provided signature value did not match the expected signature value.")]
    Mismatch,
}

/// An application that wants its users to be assigned, and somebody who is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Your administrator has configured the application {name} ('{application}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application."
)]
pub(crate) struct Closed {
    pub(crate) application: Uuid,
    pub(crate) name: String,
    pub(crate) user: String,
}

/// How a refusal looks on the wire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire {
    /// The number behind `AADSTS`.
    pub(crate) code: u32,
    /// RFC 6749 §4.1.2.1 and §5.2, or one of Entra's own.
    pub(crate) error: &'static str,
    /// The status of a JSON answer or a page; a redirect has its own.
    pub(crate) status: StatusCode,
}

impl Aadsts {
    /// Number, `error` and status.
    #[expect(clippy::too_many_lines, reason = "a table, one line a fact")]
    pub(crate) fn wire(&self) -> Wire {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
        let (code, error, status) = match self {
            Self::UnknownTenant {
                at_discovery: true, ..
            } => (90002, "invalid_tenant", BAD),
            Self::UnknownTenant {
                at_discovery: false,
                ..
            } => (90002, "invalid_request", BAD),
            Self::UnknownInstance => (50049, "invalid_instance", BAD),
            Self::UnknownClient { .. } => (700_016, "unauthorized_client", BAD),
            Self::NilClient(_) => (700_038, "unauthorized_client", BAD),
            // Unverified: the `error`.
            Self::SingleTenantClient { .. } => (50194, "invalid_request", BAD),
            Self::RedirectUriMismatch { .. } => (50011, "invalid_request", BAD),
            Self::NoRedirectUri => (900_971, "invalid_request", BAD),
            Self::MissingParameter { .. } => (900_144, "invalid_request", BAD),
            // Unverified: number and text, known from hearsay only.
            Self::RepeatedParameter { .. } => (9_000_411, "invalid_request", BAD),
            // Unverified: what Entra says to an oversize request.
            Self::TooLong => (90015, "invalid_request", StatusCode::PAYLOAD_TOO_LARGE),
            // Unverified: the text, and that there is a body.
            Self::WrongMethod { .. } => {
                (900_561, "invalid_request", StatusCode::METHOD_NOT_ALLOWED)
            }
            Self::MalformedRequest => (9_002_313, "invalid_request", BAD),
            // Unverified: number and text of the hint's.
            Self::UnsupportedValue { .. } | Self::HintForPicker => (90023, "invalid_request", BAD),
            Self::ResponseTypeNotEnabled("token") => (700_051, "unsupported_response_type", BAD),
            Self::ResponseTypeNotEnabled(_) => (700_054, "unsupported_response_type", BAD),
            // Unverified: the text.
            Self::UnsupportedResponseType(_) => (70005, "unsupported_response_type", BAD),
            Self::UnsupportedResponseMode(_) | Self::QueryForToken => {
                (70007, "invalid_request", BAD)
            }
            Self::PkceRequired => (9_002_325, "invalid_request", BAD),
            Self::ChallengeMethod => (50149, "invalid_request", BAD),
            Self::ChallengeSize => (501_491, "invalid_request", BAD),
            // Unverified: number and text where `openid` is missing.
            Self::InvalidScope(_) | Self::OpenIdMissing => (70011, "invalid_scope", BAD),
            // Unverified: the `error`; the public samples call it "invalid_client-class".
            Self::UnknownScope { .. } => (650_053, "invalid_client", BAD),
            Self::UnknownResource { .. } => (500_011, "invalid_resource", BAD),
            // Unverified: the `error`.
            Self::ResourceNotInstalled { .. } => (650_052, "invalid_client", BAD),
            // Unverified: the `error` and the texts of both.
            Self::InvalidScopeOfCode(_) => (28002, "invalid_scope", BAD),
            Self::EmptyScopeOfCode => (28003, "invalid_scope", BAD),
            // Unverified: the `error`.
            Self::ResourceNotListed { .. } => (650_057, "invalid_resource", BAD),
            Self::TokenForItself { .. } => (90009, "invalid_request", BAD),
            // Unverified: `invalid_request` or `invalid_scope`, the sources differ.
            Self::SeveralResources(_) => (28000, "invalid_request", BAD),
            Self::NobodySignedIn => (50058, "login_required", BAD),
            Self::SeveralIdentities => (16000, "interaction_required", BAD),
            // Unverified: the silent case, `interaction_required` or `consent_required`.
            Self::ConsentMissing { silent: true, .. } => (65001, "interaction_required", BAD),
            Self::ConsentMissing { silent: false, .. } => (65001, "invalid_grant", BAD),
            // Unverified: the `error`, and that it travels in a redirect and not on a page.
            Self::UserNotAssigned {
                redirected: true, ..
            } => (50105, "access_denied", BAD),
            Self::UserNotAssigned {
                redirected: false, ..
            } => (50105, "invalid_grant", BAD),
            // Unverified: how both travel in a redirect.
            Self::ConsentDeclined => (65004, "access_denied", BAD),
            Self::AdminConsentDeclined => (65004, "consent_required", BAD),
            // Unverified: `error` and status.
            Self::NotOverCommon => (9_001_023, "invalid_request", BAD),
            Self::AdminConsentRequired => (90094, "access_denied", BAD),
            Self::UnsupportedGrantType(_) => (70003, "unsupported_grant_type", BAD),
            Self::CrossOriginRedemption(_) => (9_002_326, "invalid_request", BAD),
            Self::SameOriginRedemption => (9_002_327, "invalid_request", BAD),
            Self::PublicClientWithSecret => (700_025, "invalid_client", UNAUTHORIZED),
            Self::CredentialMissing => (7_000_218, "invalid_client", UNAUTHORIZED),
            Self::WrongSecret(_) => (7_000_215, "invalid_client", UNAUTHORIZED),
            // Unverified: the status of all that follow about credentials, but for 70021's.
            Self::SecretExpired(_) => (7_000_222, "invalid_client", UNAUTHORIZED),
            // Unverified: the `error`.
            Self::MalformedToken => (50027, "invalid_request", BAD),
            Self::AssertionOfAnother => (700_021, "invalid_client", UNAUTHORIZED),
            Self::AssertionAudience => (700_023, "invalid_client", UNAUTHORIZED),
            Self::AssertionTime { .. } => (700_024, "invalid_client", UNAUTHORIZED),
            Self::BadAssertionSignature { .. } => (700_027, "invalid_client", UNAUTHORIZED),
            // Unverified: the text.
            Self::AssertionAlgorithm(_) => (5_002_738, "invalid_client", UNAUTHORIZED),
            Self::NoThumbprint => (5_002_723, "invalid_client", UNAUTHORIZED),
            // Unverified: Entra may by now say 700211 or 700213, according to what does not match.
            Self::NoFederatedCredential(_) => (70021, "invalid_request", BAD),
            // Unverified: all of it.
            Self::IssuerUnreachable { .. } => (50166, "invalid_request", BAD),
            Self::ClientCredentialMissing => (7_000_216, "invalid_client", UNAUTHORIZED),
            Self::NoServicePrincipal { .. } => (7_000_229, "invalid_client", UNAUTHORIZED),
            Self::DefaultScopeMissing(_) => (1_002_012, "invalid_scope", BAD),
            // Unverified: recordings of others say `invalid_grant`, a page of Microsoft's `invalid_client`.
            Self::ClientNotAssigned(_) => (501_051, "invalid_grant", BAD),
            // Unverified: the `error`.
            Self::ClientDisabled { .. } => (7_000_112, "unauthorized_client", BAD),
            // Unverified: `error` and status of the assertions of on-behalf-of.
            Self::AssertionNotSignedHere(_) => (50013, "invalid_grant", BAD),
            Self::AssertionForAnother(_) => (500_131, "invalid_grant", BAD),
            Self::AssertionExpired { .. } => (500_133, "invalid_grant", BAD),
            Self::AssertionWithoutUser(_) => (7_000_114, "invalid_grant", BAD),
            Self::WrongPassword => (50126, "invalid_grant", BAD),
            Self::UnknownUser(_) => (50034, "invalid_grant", BAD),
            Self::UserDisabled => (50057, "invalid_grant", BAD),
            // Unverified: the status.
            Self::GrantRevoked { .. } => (50173, "invalid_grant", BAD),
            Self::AuthorizationPending => (70016, "authorization_pending", BAD),
            // Unverified: the number. Entra's list calls it `BadVerificationCode`, "authorization isn't approved".
            Self::AuthorizationDeclined => (70018, "authorization_declined", BAD),
            // Unverified: the text.
            Self::UnknownDeviceCode => (70018, "bad_verification_code", BAD),
            Self::DeviceCodeExpired => (70020, "expired_token", BAD),
            Self::MalformedGrant { .. } => (9_002_313, "invalid_grant", BAD),
            Self::UnknownGrant => (70000, "invalid_grant", BAD),
            Self::CodeRedeemed => (54005, "invalid_grant", BAD),
            Self::CodeExpired => (70008, "invalid_grant", BAD),
            // Unverified: text and status.
            Self::ReplyAddressMismatch { .. } => (500_112, "invalid_client", BAD),
            Self::VerifierMismatch => (501_481, "invalid_grant", BAD),
            // Unverified: the second sentence.
            Self::RefreshTokenInactive { .. } => (700_082, "invalid_grant", BAD),
            Self::SpaRefreshTokenExpired { .. } => (700_084, "invalid_grant", BAD),
        };
        Wire {
            code,
            error,
            status,
        }
    }

    /// The refinement of `error`, where Entra sends one.
    pub(crate) fn suberror(&self) -> Option<&'static str> {
        match self {
            Self::ConsentMissing { silent: false, .. } => Some("consent_required"),
            Self::MalformedGrant {
                refresh_token: true,
            } => Some("bad_token"),
            Self::AdminConsentRequired => Some("cancel"),
            _ => None,
        }
    }

    /// `AADSTS<n>: text Trace ID: … Correlation ID: … Timestamp: …`, in one line and without a character that JSON
    /// would have to escape: a client of Entra's own family borrows the text from the body and fails on an escape.
    ///
    /// Whoever asks for it is about to refuse, so this is where the refusal is noted for `/practice/decisions`.
    pub(crate) fn description(&self, exchange: &Exchange) -> String {
        recording::refused(self);
        format!(
            "AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
            self.wire().code,
            plain(&self.to_string()),
            exchange.trace_id,
            exchange.correlation_id,
            exchange.now
        )
    }

    /// Where the number is explained. Entra's captured bodies lack it for two of them.
    pub(crate) fn explained_at(&self, origin: &str) -> Option<String> {
        match self {
            Self::NilClient(_) | Self::UnsupportedGrantType(_) => None,
            _ => Some(format!("{origin}/error?code={}", self.wire().code)),
        }
    }

    /// The JSON body of the token endpoint and of discovery.
    pub(crate) fn body(&self, exchange: &Exchange, origin: &str) -> ErrorBody {
        let wire = self.wire();
        ErrorBody {
            error: wire.error,
            error_description: self.description(exchange),
            error_codes: [wire.code],
            timestamp: exchange.now.to_string(),
            trace_id: exchange.trace_id,
            correlation_id: exchange.correlation_id,
            error_uri: self.explained_at(origin),
            suberror: self.suberror(),
        }
    }
}

/// An error as JSON, in Entra's order.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorBody {
    error: &'static str,
    error_description: String,
    error_codes: [u32; 1],
    timestamp: String,
    trace_id: Uuid,
    correlation_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suberror: Option<&'static str>,
}

/// Part of a text may be the client's: its length and its characters are not to be trusted.
fn plain(text: &str) -> String {
    const LONGEST: usize = 1000;
    text.chars()
        .take(LONGEST)
        .map(|character| match character {
            '"' => '\'',
            '\\' => '/',
            other if other.is_control() => ' ',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Exchange {
        Exchange {
            trace_id: Uuid::nil(),
            correlation_id: Uuid::max(),
            now: UnixTime(1_721_119_305),
        }
    }

    #[test]
    fn a_description_ends_with_the_ids_and_the_time_separated_by_spaces() {
        assert_eq!(
            Aadsts::NoRedirectUri.description(&exchange()),
            "AADSTS900971: No reply address provided. \
             Trace ID: 00000000-0000-0000-0000-000000000000 \
             Correlation ID: ffffffff-ffff-ffff-ffff-ffffffffffff Timestamp: 2024-07-16 08:41:45Z"
        );
    }

    #[test]
    fn what_a_client_sent_is_repeated_without_anything_json_must_escape() {
        let error = Aadsts::UnsupportedGrantType("a\"b\\c\r\n\u{0}d".repeat(1000));
        let json = serde_json::to_string(&error.body(&exchange(), "http://localhost:1")).unwrap();
        assert!(!json.contains('\\') && json.len() < 2000, "{json}");
    }

    #[test]
    fn two_errors_have_no_error_uri_as_recorded_and_the_others_point_at_this_origin() {
        let origin = "http://localhost:8400";
        assert_eq!(Aadsts::NilClient(Uuid::nil()).explained_at(origin), None);
        assert_eq!(
            Aadsts::UnsupportedGrantType("x".into()).explained_at(origin),
            None
        );
        assert_eq!(
            Aadsts::CodeRedeemed.explained_at(origin).as_deref(),
            Some("http://localhost:8400/error?code=54005")
        );
    }
}
