//! Everything Graph refuses, with Graph's codes and texts (Graph "Error responses and resource types").

use axum::http::StatusCode;
use uuid::Uuid;

/// A refusal. Its text is the message on the wire.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GraphError {
    // --- who asks
    #[error("Access token is empty.")]
    NoToken,
    #[error("IDX14100: JWT is not well formed, there are no dots (.) or too many of them.")]
    MalformedToken,
    #[error("Access token validation failure. Invalid signature.")]
    BadSignature,
    #[error("Access token validation failure. Invalid audience.")]
    WrongAudience,
    #[error("Access token validation failure. Invalid issuer.")]
    WrongIssuer,
    #[error("Lifetime validation failed, the token is expired.")]
    Expired,
    #[error("Lifetime validation failed, the token is not yet valid.")]
    NotYetValid,
    #[error("The identity of the calling application or user could not be established.")]
    UnknownCaller,
    /// Not Graph's: a wrong `x-practice-key`.
    #[error(
        "The header x-practice-key does not carry this tenant's key. The key is new at every start: /config.json of the workshop tells it."
    )]
    WrongPracticeKey,
    /// Not Graph's: the key came with a page of another origin.
    #[error(
        "A request with x-practice-key comes from the workshop's own pages or from no page at all."
    )]
    ForeignOrigin,
    /// `why` is for those who learn from it; Graph does not say it.
    #[error("Insufficient privileges to complete the operation.")]
    Denied { why: String },
    #[error("/me request is only valid with delegated authentication flow.")]
    NobodySignedIn,

    // --- how it is asked
    #[error("Resource not found for the segment '{0}'.")]
    UnknownSegment(String),
    #[error("Bad Request - Error in query syntax.")]
    MalformedPath,
    #[error("Invalid version: {0}")]
    UnknownVersion(String),
    #[error("Specified HTTP method is not allowed for the request target.")]
    WrongMethod,
    #[error(
        "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."
    )]
    UnreadableBody,
    #[error("The request body is larger than this service reads.")]
    TooLarge,
    #[error(
        "Query option '${0}' was specified more than once, but it must be specified at most once."
    )]
    RepeatedOption(String),
    #[error("The query parameter '${0}' is not supported here.")]
    UnsupportedOption(String),
    #[error("Invalid value '{value}' for the query option '${option}'.")]
    InvalidOption { option: String, value: String },
    #[error("Invalid filter clause: {0}")]
    InvalidFilter(String),
    #[error("Unsupported function '{0}' in the filter clause.")]
    UnsupportedFilter(String),
    #[error("Could not find a property named '{property}' on type 'microsoft.graph.{kind}'.")]
    UnknownQueryProperty {
        property: String,
        kind: &'static str,
    },
    #[error("The page token is invalid or has expired.")]
    PageToken,

    // --- what does not exist
    #[error(
        "Resource '{0}' does not exist or one of its queried reference-property objects are not present."
    )]
    NotFound(String),
    #[error("Invalid object identifier '{0}'.")]
    InvalidId(String),
    #[error("The key property '{0}' is not an alternate key of this type.")]
    UnknownKeyProperty(String),

    // --- what cannot be written
    #[error("Invalid property '{0}'.")]
    UnknownProperty(String),
    #[error("Property '{0}' is read-only and cannot be set.")]
    ReadOnly(String),
    /// Not Graph's: Graph has it, the practice tenant does not keep it.
    #[error("The practice tenant keeps no property '{0}'.")]
    NotKept(String),
    #[error("A value is required for property '{property}' of resource '{resource}'.")]
    Missing {
        property: String,
        resource: &'static str,
    },
    #[error("Invalid value specified for property '{property}' of resource '{resource}'.{why}")]
    Invalid {
        property: String,
        resource: &'static str,
        /// A sentence after a space, or nothing.
        why: String,
    },
    #[error("Another object with the same value for property {0} already exists.")]
    Conflict(&'static str),
    #[error("Property {property} contains more than {most} values.")]
    TooMany { property: String, most: usize },
    #[error(
        "The directory object quota limit for the Tenant has been exceeded. Please delete objects to reduce the used quota."
    )]
    Quota,

    #[error(
        "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx): '{0}'."
    )]
    InvalidGuid(String),
    #[error(
        "One or more added object references already exist for the following modified properties: '{0}'."
    )]
    AlreadyReferenced(&'static str),

    // --- applications
    #[error(
        "Values of identifierUris property must use a verified domain of the organization or its subdomain: '{0}'"
    )]
    UnverifiedDomain(String),
    #[error(
        "Failed to add identifier URI {0}. All newly added URIs must contain a tenant verified domain, tenant ID, or app ID, as per the default tenant policy of your organization. See https://aka.ms/identifier-uri-addition-error for more information on this error."
    )]
    IdentifierUriPolicy(String),
    #[error("Permission (scope or role) cannot be deleted or updated unless disabled first.")]
    EnabledEntitlement,
    #[error(
        "It contains duplicate value. Please specify different value for it. Duplicate: '{0}'."
    )]
    DuplicateValue(String),
    /// Personal accounts get v2 tokens only.
    #[error("Property api.requestedAccessTokenVersion is invalid.")]
    TokenVersionForPersonalAccounts,
    #[error("New password credentials must be generated with service actions.")]
    NewPassword,
    #[error("No password credential found with keyId.")]
    NoSuchPassword,
    #[error("Invalid certificate: {0}")]
    Certificate(&'static str),

    // --- service principals and what they hold
    #[error(
        "The appId '{0}' of the service principal does not reference a valid application object."
    )]
    NoBackingApplication(String),
    #[error(
        "The service principal cannot be created, updated, or restored because the service principal name {0} is already in use."
    )]
    ServicePrincipalExists(Uuid),
    #[error("Not a valid reference update.")]
    NotAReference,
    #[error("Permission being assigned was not found on application '{0}'.")]
    NoSuchRole(Uuid),
    #[error("Permission being assigned already exists on the object")]
    AlreadyAssigned,
    #[error("EntitlementGrant being updated or deleted is not found.")]
    NoSuchAssignment,
    #[error("Permission entry already exists.")]
    AlreadyGranted,

    // --- users
    #[error(
        "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization."
    )]
    UnverifiedUserDomain,
    #[error(
        "The specified password does not comply with password complexity requirements. Please provide a different password."
    )]
    WeakPassword,
}

/// A refusal as Graph's JSON says it.
pub(crate) struct Wire {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    /// One entry of `details`: its code and target.
    pub(crate) detail: Option<(&'static str, String)>,
}

impl GraphError {
    /// What the decision about the request says.
    pub(crate) fn why(&self) -> String {
        match self {
            Self::Denied { why } => why.clone(),
            _ => self.to_string(),
        }
    }

    /// Where the refusal is mapped to the wire, once.
    pub(crate) fn wire(&self) -> Wire {
        let (status, code) = self.status_and_code();
        Wire {
            status,
            code,
            detail: match self {
                Self::Conflict(property) => Some(("ObjectConflict", (*property).to_owned())),
                Self::NoBackingApplication(_) => {
                    Some(("NoBackingApplicationObject", "appId".into()))
                }
                Self::DuplicateValue(_) => Some(("DuplicateValue", "value".into())),
                _ => None,
            },
        }
    }

    fn status_and_code(&self) -> (StatusCode, &'static str) {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        match self {
            Self::NoToken
            | Self::MalformedToken
            | Self::BadSignature
            | Self::WrongAudience
            | Self::WrongIssuer
            | Self::Expired
            | Self::NotYetValid
            | Self::UnknownCaller => (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken"),
            Self::WrongPracticeKey => (StatusCode::UNAUTHORIZED, "InvalidPracticeKey"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "ForeignOrigin"),
            Self::Denied { .. } => (StatusCode::FORBIDDEN, "Authorization_RequestDenied"),
            Self::Quota => (StatusCode::FORBIDDEN, "Directory_QuotaExceeded"),
            Self::NobodySignedIn
            | Self::UnknownSegment(_)
            | Self::MalformedPath
            | Self::UnknownVersion(_)
            | Self::UnreadableBody
            | Self::RepeatedOption(_)
            | Self::InvalidOption { .. }
            | Self::InvalidFilter(_)
            | Self::UnknownQueryProperty { .. } => (BAD, "BadRequest"),
            Self::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, "BadRequest"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "BadRequest"),
            Self::UnsupportedOption(_) | Self::UnsupportedFilter(_) => {
                (BAD, "Request_UnsupportedQuery")
            }
            Self::PageToken => (BAD, "Directory_ExpiredPageToken"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
            Self::UnverifiedDomain(_) => (BAD, "HostNameNotOnVerifiedDomain"),
            Self::EnabledEntitlement => (BAD, "CannotDeleteOrUpdateEnabledEntitlement"),
            Self::DuplicateValue(_) => (BAD, "InvalidValue"),
            Self::Certificate(_) => (BAD, "KeyCredentialsInvalidValue"),
            Self::ServicePrincipalExists(_) | Self::AlreadyGranted => (
                StatusCode::CONFLICT,
                "Request_MultipleObjectsWithSameKeyValue",
            ),
            _ => (BAD, "Request_BadRequest"),
        }
    }
}
