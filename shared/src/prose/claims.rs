//! The claims of Entra's tokens: what each means, where it comes from, and whether to decide anything by it.

/// Whether a resource server may decide by a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorize {
    /// It must be checked before anything else in the token is believed.
    Check,
    /// Permissions are decided by it.
    Decide,
    /// A person or app may be recognised by it.
    Identify,
    /// For showing only: people can change it, or it says nothing about permission.
    No,
}

impl Authorize {
    /// The advice in a few words.
    pub fn advice(self) -> &'static str {
        match self {
            Authorize::Check => "check it first",
            Authorize::Decide => "decide by it",
            Authorize::Identify => "recognise by it",
            Authorize::No => "never decide by it",
        }
    }
}

/// One claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its name in the token.
    pub name: &'static str,
    /// What it says, in one or two plain sentences.
    pub meaning: &'static str,
    /// Who or what put it there.
    pub origin: &'static str,
    /// Whether to decide by it.
    pub authorize: Authorize,
    /// Where that is written.
    pub source: &'static str,
}

/// Explains a claim.
pub fn claim(name: &str) -> Option<&'static Claim> {
    CLAIMS.iter().find(|claim| claim.name == name)
}

/// Explains a member of a token's header.
pub fn header(name: &str) -> Option<&'static Claim> {
    HEADER.iter().find(|member| member.name == name)
}

const fn entry(
    name: &'static str,
    authorize: Authorize,
    meaning: &'static str,
    origin: &'static str,
    source: &'static str,
) -> Claim {
    Claim {
        name,
        meaning,
        origin,
        authorize,
        source,
    }
}

const ACCESS: &str = "Entra: Access token claims reference";
const ID: &str = "Entra: ID token claims reference";
const OPTIONAL: &str = "Entra: Optional claims reference";
const ENTRA: &str = "Entra, when it issues the token.";
const PROFILE: &str = "The directory, when the scope profile was granted.";
const INTERNAL: &str = "Entra, for its own use.";

/// The members of a token's header.
pub const HEADER: &[Claim] = &[
    entry(
        "typ",
        Authorize::No,
        "The kind of token: a JSON Web Token.",
        ENTRA,
        "RFC 7519 §5.1",
    ),
    entry(
        "alg",
        Authorize::Check,
        "How it is signed. An API accepts the one algorithm it expects and lets no token choose another.",
        ENTRA,
        "RFC 8725 §3.1",
    ),
    entry(
        "kid",
        Authorize::Check,
        "Which of Entra's published keys signed it. The API looks the key up; the token cannot bring its own.",
        "Entra: the fingerprint of the signing certificate.",
        "RFC 7515 §4.1.4",
    ),
    entry(
        "x5t",
        Authorize::No,
        "The same fingerprint as kid; version 1 tokens carry both.",
        ENTRA,
        "RFC 7515 §4.1.7",
    ),
    entry(
        "nonce",
        Authorize::No,
        "Microsoft Graph's own addition: it makes the signature uncheckable for anybody but Graph.",
        "Entra, in tokens for Microsoft Graph.",
        "Entra: On-behalf-of flow (sample token)",
    ),
];

/// The claims, the ones that matter most first.
pub const CLAIMS: &[Claim] = &[
    entry(
        "aud",
        Authorize::Check,
        "For whom the token is meant. In an access token the API, in an ID token the client; anybody else must refuse it.",
        "The scope that was asked for; version 2 tokens always carry the client ID of the API.",
        ACCESS,
    ),
    entry(
        "iss",
        Authorize::Check,
        "Who issued it: the tenant that the person signed in to. Version 1 and version 2 tokens write it differently.",
        "The tenant, and the token version that the API registered for.",
        ACCESS,
    ),
    entry(
        "iat",
        Authorize::No,
        "When it was issued, in seconds since 1970.",
        ENTRA,
        "RFC 7519 §4.1.6",
    ),
    entry(
        "nbf",
        Authorize::Check,
        "Not good before this moment.",
        ENTRA,
        "RFC 7519 §4.1.5",
    ),
    entry(
        "exp",
        Authorize::Check,
        "Not good from this moment on. Nobody can call a token back before that, which is why it is short.",
        ENTRA,
        "RFC 7519 §4.1.4",
    ),
    entry(
        "scp",
        Authorize::Decide,
        "What the app may do for the person: the delegated permissions, separated by spaces. Only in tokens with a person behind them.",
        "What the app asked for and somebody consented to.",
        ACCESS,
    ),
    entry(
        "roles",
        Authorize::Decide,
        "App roles of this API: those assigned to the person, or the application permissions of an app without a person.",
        "An assignment made by an administrator. Without one the claim is missing, not empty.",
        ACCESS,
    ),
    entry(
        "azp",
        Authorize::Identify,
        "Which app asked for the token: its client ID. Version 1 tokens call it appid.",
        "The client_id of the request.",
        ACCESS,
    ),
    entry(
        "azpacr",
        Authorize::No,
        "How that app proved itself: 0 not at all (a public client), 1 with a secret, 2 with a certificate.",
        "The request to the token endpoint.",
        ACCESS,
    ),
    entry(
        "appid",
        Authorize::Identify,
        "Which app asked for the token: its client ID. Version 2 tokens call it azp.",
        "The client_id of the request.",
        ACCESS,
    ),
    entry(
        "appidacr",
        Authorize::No,
        "How that app proved itself: 0 not at all, 1 with a secret, 2 with a certificate. Version 2 tokens call it azpacr.",
        "The request to the token endpoint.",
        ACCESS,
    ),
    entry(
        "oid",
        Authorize::Identify,
        "The person's (or app's) object ID in the tenant: the same for every app, and never reused.",
        "The directory.",
        ACCESS,
    ),
    entry(
        "tid",
        Authorize::Check,
        "The tenant's ID. Together with oid it names a person for good, wherever they are known.",
        "The tenant that was signed in to.",
        ACCESS,
    ),
    entry(
        "sub",
        Authorize::Identify,
        "The person as this one app knows them. Another app sees another value, so that two apps cannot compare notes.",
        "Computed by Entra from person and app; for an app without a person it equals oid.",
        ACCESS,
    ),
    entry(
        "name",
        Authorize::No,
        "What to call the person. It can be changed and need not be unique.",
        PROFILE,
        ACCESS,
    ),
    entry(
        "preferred_username",
        Authorize::No,
        "What the person likes to type when they sign in: an e-mail address, a phone number, or neither. It can change hands.",
        PROFILE,
        ACCESS,
    ),
    entry(
        "email",
        Authorize::No,
        "An e-mail address. It may be unverified and may belong to somebody else tomorrow.",
        "The directory, when the scope email was granted.",
        ID,
    ),
    entry(
        "nonce",
        Authorize::Check,
        "The random value of the sign-in request. It proves that this ID token answers that request.",
        "Copied from the authorization request.",
        "OpenID Connect Core §2",
    ),
    entry(
        "ver",
        Authorize::Check,
        "The token version. It decides how aud and iss are written and which claims there are.",
        "The API's registration: requestedAccessTokenVersion. For an ID token: the endpoint.",
        ACCESS,
    ),
    entry(
        "idtyp",
        Authorize::Identify,
        "Says app when there is no person behind the token.",
        "An optional claim that the API asked for in its registration.",
        OPTIONAL,
    ),
    entry(
        "wids",
        Authorize::Decide,
        "Directory roles of the person, such as Global Administrator, as template IDs that are the same in every tenant.",
        "The directory.",
        ACCESS,
    ),
    entry(
        "groups",
        Authorize::Decide,
        "Object IDs of the person's groups. With more than 200 of them a link stands here instead.",
        "The directory, when the registration asks for group claims.",
        ACCESS,
    ),
    entry(
        "hasgroups",
        Authorize::No,
        "The person has more groups than fit: ask Microsoft Graph.",
        ENTRA,
        ACCESS,
    ),
    entry(
        "_claim_names",
        Authorize::No,
        "Which claims did not fit into the token.",
        ENTRA,
        ACCESS,
    ),
    entry(
        "_claim_sources",
        Authorize::No,
        "Where the claims that did not fit can be fetched.",
        ENTRA,
        ACCESS,
    ),
    entry(
        "acct",
        Authorize::Identify,
        "Whether the person is a member of the tenant (0) or a guest (1).",
        "An optional claim that the registration asks for.",
        OPTIONAL,
    ),
    entry(
        "idp",
        Authorize::No,
        "Who checked the person's identity, when that was not the tenant that issued the token: guests have it.",
        ENTRA,
        ACCESS,
    ),
    entry(
        "amr",
        Authorize::No,
        "How the person proved themselves, such as pwd or mfa. Version 1 tokens only.",
        ENTRA,
        ACCESS,
    ),
    entry(
        "acr",
        Authorize::No,
        "Whether the sign-in met ISO 29115. Version 1 tokens only.",
        ENTRA,
        ACCESS,
    ),
    entry(
        "acrs",
        Authorize::Decide,
        "Authentication contexts that the sign-in satisfied.",
        "A Conditional Access policy.",
        ACCESS,
    ),
    entry(
        "unique_name",
        Authorize::No,
        "A name for showing. Version 1 tokens only; not unique in spite of its name.",
        "The directory.",
        ACCESS,
    ),
    entry(
        "upn",
        Authorize::No,
        "The user principal name. It can change.",
        "The directory.",
        OPTIONAL,
    ),
    entry(
        "given_name",
        Authorize::No,
        "The person's first name.",
        "The directory.",
        OPTIONAL,
    ),
    entry(
        "family_name",
        Authorize::No,
        "The person's last name.",
        "The directory.",
        OPTIONAL,
    ),
    entry(
        "ipaddr",
        Authorize::No,
        "The address from which the person signed in.",
        ENTRA,
        OPTIONAL,
    ),
    entry(
        "auth_time",
        Authorize::No,
        "When the person last typed their credentials.",
        ENTRA,
        OPTIONAL,
    ),
    entry(
        "login_hint",
        Authorize::No,
        "An opaque value that names the account in a later sign-in or sign-out.",
        ENTRA,
        OPTIONAL,
    ),
    entry(
        "signin_state",
        Authorize::No,
        "kmsi means that the person chose to stay signed in.",
        "The person, on the page \"Stay signed in?\".",
        OPTIONAL,
    ),
    entry(
        "sid",
        Authorize::No,
        "Names the session at Entra.",
        ENTRA,
        OPTIONAL,
    ),
    entry(
        "at_hash",
        Authorize::Check,
        "A hash of the access token that came along; only from the authorization endpoint.",
        ENTRA,
        ID,
    ),
    entry(
        "c_hash",
        Authorize::Check,
        "A hash of the code that came along; only from the authorization endpoint.",
        ENTRA,
        ID,
    ),
    entry(
        "uti",
        Authorize::No,
        "The token's own ID; Entra's sign-in log knows it.",
        INTERNAL,
        ACCESS,
    ),
    entry(
        "rh",
        Authorize::No,
        "Entra's own note for revalidating the token. Ignore it.",
        INTERNAL,
        ACCESS,
    ),
    entry(
        "aio",
        Authorize::No,
        "Entra's own note. Ignore it.",
        INTERNAL,
        ACCESS,
    ),
    entry(
        "xms_cc",
        Authorize::No,
        "Capabilities the client announced; cp1 means that it understands claims challenges.",
        "The client's request.",
        ACCESS,
    ),
    entry(
        "xms_mirid",
        Authorize::Identify,
        "The Azure resource whose managed identity this is.",
        ENTRA,
        "Seen in tokens of managed identities",
    ),
    entry(
        "xms_ftd",
        Authorize::No,
        "Entra's own note. Ignore it.",
        INTERNAL,
        "Seen in tokens",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prose::check;

    #[test]
    fn every_claim_is_explained_once() {
        for table in [CLAIMS, HEADER] {
            check::no_duplicates(table.iter().map(|claim| claim.name));
            for claim in table {
                check::is_prose(claim.meaning);
                check::is_prose(claim.origin);
                assert!(
                    !claim.name.is_empty() && !claim.source.is_empty(),
                    "{}",
                    claim.name
                );
                assert!(!claim.authorize.advice().is_empty());
            }
        }
    }

    #[test]
    fn permissions_are_decided_by_scp_and_roles_and_never_by_a_name() {
        for name in ["scp", "roles"] {
            assert_eq!(claim(name).unwrap().authorize, Authorize::Decide, "{name}");
        }
        for name in ["name", "preferred_username", "email", "upn", "unique_name"] {
            assert_eq!(claim(name).unwrap().authorize, Authorize::No, "{name}");
        }
    }

    #[test]
    fn everything_that_a_version_2_user_token_carries_is_explained() {
        let access = "aud iss iat nbf exp aio azp azpacr name oid preferred_username rh roles scp sub tid uti ver";
        let id = "aud iss iat nbf exp aio email name nonce oid preferred_username rh roles sid sub tid uti ver signin_state";
        for name in access.split(' ').chain(id.split(' ')) {
            assert!(claim(name).is_some(), "{name}");
        }
        for name in ["typ", "alg", "kid"] {
            assert!(header(name).is_some(), "{name}");
        }
    }

    #[test]
    fn nonce_means_one_thing_in_the_claims_and_another_in_the_header() {
        assert_ne!(claim("nonce"), header("nonce"));
    }
}
