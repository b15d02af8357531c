//! Entra's error numbers in plain words: what happened, why, and what to do now.
//!
//! Programs decide by the OAuth error, never by these numbers (Entra "Microsoft Entra authentication and authorization
//! error codes"): the catalogue is for people.

/// One AADSTS number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The number behind `AADSTS`.
    pub number: u32,
    /// What to call it.
    pub title: &'static str,
    /// What happened.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
    /// What to do now.
    pub now: &'static str,
}

/// Explains an AADSTS number.
pub fn explanation(number: u32) -> Option<&'static Explanation> {
    EXPLANATIONS
        .iter()
        .find(|explanation| explanation.number == number)
}

/// Explains an OAuth error that came without a number, or with one that the catalogue does not have.
pub fn oauth_error(error: &str) -> Option<&'static OauthError> {
    OAUTH_ERRORS.iter().find(|entry| entry.error == error)
}

/// An OAuth error in general.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OauthError {
    /// The value of `error`.
    pub error: &'static str,
    /// Why it is sent.
    pub why: &'static str,
    /// What to do now.
    pub now: &'static str,
}

const fn entry(
    number: u32,
    title: &'static str,
    what: &'static str,
    why: &'static str,
    now: &'static str,
) -> Explanation {
    Explanation {
        number,
        title,
        what,
        why,
        now,
    }
}

const fn general(error: &'static str, why: &'static str, now: &'static str) -> OauthError {
    OauthError { error, why, now }
}

/// The OAuth errors that Entra sends (RFC 6749 §4.1.2.1 and §5.2, OpenID Connect Core §3.1.2.6, Entra "OAuth 2.0
/// authorization code flow").
pub const OAUTH_ERRORS: &[OauthError] = &[
    general(
        "access_denied",
        "The person, or a policy of the tenant, said no.",
        "Sign in again, or ask an administrator what the tenant allows.",
    ),
    general(
        "invalid_request",
        "A parameter is missing, stands there twice, or cannot be understood.",
        "Compare the request on the wire with step 2, parameter by parameter.",
    ),
    general(
        "invalid_client",
        "The app's registration does not allow what the app did, or its credentials are wrong.",
        "Check the client ID and the platform of the redirect URI in the app registration.",
    ),
    general(
        "invalid_grant",
        "The code or refresh token is expired, used up, revoked, or belongs to another request.",
        "Start a new sign-in: it brings a new code.",
    ),
    general(
        "unauthorized_client",
        "This app may not use this flow in this tenant.",
        "Check that the client ID belongs to an app registration in this tenant.",
    ),
    general(
        "unsupported_response_type",
        "The registration does not allow the kind of answer that was asked for.",
        "Ask for response_type=code.",
    ),
    general(
        "unsupported_grant_type",
        "The token endpoint does not know this kind of trade.",
        "Use grant_type=authorization_code.",
    ),
    general(
        "invalid_scope",
        "A scope is unknown or written in the wrong form.",
        "Write it as api://<client ID of the API>/<scope name>.",
    ),
    general(
        "invalid_resource",
        "The API does not exist in this tenant.",
        "Check the API's client ID, and that it is registered in this tenant.",
    ),
    general(
        "login_required",
        "Nobody is signed in at Entra, and the request forbade asking.",
        "Sign in again, this time with Entra's pages.",
    ),
    general(
        "interaction_required",
        "Entra has something to ask, and the request forbade asking.",
        "Sign in again, this time with Entra's pages.",
    ),
    general(
        "consent_required",
        "Nobody has consented to what the app asks for.",
        "Sign in again and accept on the consent page.",
    ),
    general(
        "authorization_pending",
        "The person has not approved the code yet.",
        "Ask again after the interval.",
    ),
    general(
        "authorization_declined",
        "The person declined on the device-code page.",
        "Start again if it was a mistake.",
    ),
    general(
        "bad_verification_code",
        "The device code is not one that was given out.",
        "Start again: the device shows a new code.",
    ),
    general(
        "expired_token",
        "The device code was not approved in time.",
        "Start again: the device shows a new code.",
    ),
    general(
        "server_error",
        "Something failed at Entra.",
        "Try again in a moment.",
    ),
    general(
        "temporarily_unavailable",
        "Entra is busy.",
        "Try again in a moment.",
    ),
];

/// The AADSTS numbers, grouped by what they are about (Entra "Microsoft Entra authentication and authorization error
/// codes"; texts of our own).
pub const EXPLANATIONS: &[Explanation] = &[
    // Consent.
    entry(
        65004,
        "Consent was declined",
        "The person pressed Cancel on the consent page, so Entra gave out no code.",
        "An app may act for a person only after that person, or an administrator for everybody, has agreed.",
        "Sign in again and accept, if you trust the app. Nothing was lost.",
    ),
    entry(
        65001,
        "Nobody has consented",
        "Entra found no consent of this person for this app and these permissions.",
        "The consent page was never shown, the consent was withdrawn, or the app now asks for more than before.",
        "Sign in again: Entra will ask for consent.",
    ),
    entry(
        90094,
        "An administrator must consent",
        "The app asks for a permission that only an administrator may grant.",
        "The permission is marked \"Admins only\", or the tenant does not let its members consent by themselves.",
        "Ask an administrator to grant consent under API permissions, then sign in again.",
    ),
    entry(
        90095,
        "An administrator must approve the request",
        "The person asked for approval; an administrator has to grant it.",
        "The tenant has a workflow for admin consent.",
        "Wait for the approval, then sign in again.",
    ),
    // The registration.
    entry(
        50011,
        "The redirect URI is not registered",
        "Entra refuses to send the answer to this address.",
        "The redirect_uri of the request is not among those of the app registration. Case, path and scheme count; on localhost the port does not.",
        "Add exactly this address under Authentication, as a single-page application.",
    ),
    entry(
        500_112,
        "The redirect URI changed on the way",
        "The token request names another redirect URI than the sign-in request did.",
        "The code is bound to the address it was sent to.",
        "Send the same redirect_uri in both requests, letter for letter.",
    ),
    entry(
        900_971,
        "No redirect URI is registered",
        "Entra does not know where to send the answer.",
        "The app registration has no redirect URI at all.",
        "Add one under Authentication, as a single-page application.",
    ),
    entry(
        700_016,
        "The app is unknown in this tenant",
        "Entra found no app with this client ID.",
        "The client ID is mistyped, or it belongs to another tenant than the one that was asked.",
        "Compare the client ID with App registrations → workshop-client → Overview, and the tenant ID with the tenant's overview.",
    ),
    entry(
        700_038,
        "The client ID is all zeros",
        "The request names an app that cannot exist.",
        "The client ID was never filled in.",
        "Copy it from App registrations → workshop-client → Overview.",
    ),
    entry(
        9_002_325,
        "PKCE is required",
        "Entra refuses a sign-in request without a code challenge.",
        "The redirect URI is registered as a single-page application, and those must use PKCE.",
        "Send code_challenge and code_challenge_method=S256.",
    ),
    entry(
        9_002_326,
        "The redirect URI is registered under the wrong platform",
        "Entra refuses to redeem the code from a browser.",
        "The request carries an Origin header, but the redirect URI is registered as Web or as Mobile and desktop.",
        "In the app registration, under Authentication, register the redirect URI as a single-page application.",
    ),
    entry(
        9_002_327,
        "The code may only be redeemed in a browser",
        "Entra refuses to redeem the code because no Origin header came along.",
        "The redirect URI is registered as a single-page application, and the request came from something that is no browser.",
        "Redeem it by fetch in the browser, or register the redirect URI under the platform that fits the program.",
    ),
    entry(
        700_054,
        "ID tokens are not enabled for the authorization endpoint",
        "Entra refuses to send an ID token straight through the browser.",
        "The registration does not allow the implicit grant, and rightly so.",
        "Ask for response_type=code: the ID token comes from the token endpoint.",
    ),
    entry(
        50194,
        "The app is for one tenant only",
        "The request went to /common, which is for apps of several tenants.",
        "The registration says that accounts of this tenant only may sign in.",
        "Use the tenant's own ID in the address.",
    ),
    entry(
        700_025,
        "A public client must not send a secret",
        "The app presented a client secret that it cannot keep.",
        "An app in a browser or on a device is public: everybody can read what is in it.",
        "Leave client_secret out; PKCE takes its place.",
    ),
    entry(
        7_000_218,
        "A secret or assertion is missing",
        "Entra wants this client to prove itself.",
        "The redirect URI is registered as Web, which is for apps on a server.",
        "Register the redirect URI as a single-page application.",
    ),
    entry(
        7_000_215,
        "The client secret is wrong",
        "The secret does not belong to this app.",
        "Often the secret's ID was copied instead of its value.",
        "Create a new secret and copy its value at once.",
    ),
    entry(
        700_051,
        "response_type token is not enabled",
        "The app asked for an access token straight from the sign-in page.",
        "The implicit grant is a switch in the registration, and it is off, as it should be for new apps.",
        "Ask for response_type=code: the access token comes from the token endpoint.",
    ),
    entry(
        70005,
        "The response_type is not supported",
        "The app asked for an answer that the endpoint does not know.",
        "response_type is misspelt or combines words that do not go together.",
        "Use response_type=code.",
    ),
    entry(
        70007,
        "The response_mode is not supported",
        "The app asked for the answer in a way that the endpoint does not know.",
        "Answers travel in the query, in the fragment or in a form that posts itself.",
        "Use query, fragment or form_post, and not query when tokens come from the sign-in page.",
    ),
    entry(
        7_000_222,
        "The client secret has expired",
        "The secret was right once, and its time is over.",
        "A secret ends on the day that was chosen when it was made.",
        "Make a new one under Certificates & secrets, give it to the app, then delete the old one.",
    ),
    entry(
        7_000_216,
        "The app did not prove itself",
        "The grant client_credentials came without a secret and without an assertion.",
        "An app that acts for itself is known by its credential alone.",
        "Send client_secret, or client_assertion with its type.",
    ),
    entry(
        700_027,
        "The client assertion does not verify",
        "No certificate of the registration fits the signature of the assertion.",
        "The certificate was never uploaded, was replaced, or the thumbprint in the header is another one's.",
        "Compare the thumbprint with the one under Certificates & secrets → Certificates.",
    ),
    entry(
        700_024,
        "The client assertion is not valid now",
        "The assertion is too old, or its time has not begun.",
        "Its exp and nbf do not include this moment; often the app's clock is wrong.",
        "Set the clock, and make a new assertion for each request: a few minutes are enough.",
    ),
    entry(
        700_023,
        "The client assertion is for somebody else",
        "The assertion's audience is not this token endpoint.",
        "aud must be the address of the token endpoint of this tenant.",
        "Put the token endpoint from the discovery document into aud.",
    ),
    entry(
        700_021,
        "The client assertion is about another app",
        "iss and sub of the assertion are not the client ID of the request.",
        "An app can only vouch for itself: both must be its own client ID.",
        "Put the client ID into iss, sub and client_id alike.",
    ),
    entry(
        50027,
        "The assertion is no token",
        "What came as an assertion cannot be read as a JSON Web Token.",
        "It was cut off, encoded twice, or lacks exp.",
        "Decode it in the inspector and compare it with a working one.",
    ),
    entry(
        5_002_738,
        "The assertion's algorithm is not accepted",
        "The header names another algorithm than PS256 or RS256.",
        "Assertions are signed with an RSA key; shared secrets and other curves are not taken.",
        "Sign with PS256, or RS256 where the library cannot.",
    ),
    entry(
        5_002_723,
        "The assertion names no certificate",
        "The header has neither x5t#S256, x5t nor kid.",
        "The thumbprint tells which of the registered certificates to check the signature with.",
        "Put the certificate's SHA-256 thumbprint into x5t#S256.",
    ),
    entry(
        50166,
        "The other issuer does not answer",
        "The keys of the token's issuer could not be fetched.",
        "Its discovery document or key set is not there; the practice tenant asks this machine only.",
        "Check that the issuer runs on localhost and serves /.well-known/openid-configuration.",
    ),
    entry(
        7_000_114,
        "This token cannot be passed on",
        "The app tried to act for a user with a token that has none.",
        "An app-only token stands for an application, and on-behalf-of needs a person.",
        "Use client credentials, or have a user sign in first.",
    ),
    entry(
        70021,
        "No federated credential fits",
        "The app presented a token of another issuer, and the registration trusts none like it.",
        "Issuer, subject and audience must all equal the registered ones, to the letter.",
        "Compare the three in the message with Certificates & secrets → Federated credentials.",
    ),
    entry(
        7_000_229,
        "The app has no service principal here",
        "The registration exists, its representative in this tenant does not.",
        "A registration made by a script gets no service principal by itself.",
        "Run az ad sp create --id <client ID>, or let an administrator consent.",
    ),
    entry(
        7_000_112,
        "The app is disabled",
        "An administrator has switched the app off in this tenant.",
        "Its service principal has \"Enabled for users to sign-in\" set to No.",
        "Ask an administrator to enable it under Enterprise applications → Properties.",
    ),
    // The code.
    entry(
        54005,
        "The code was already used",
        "Somebody has traded this code for tokens before.",
        "A code works once. A second use may mean that it was stolen, so Entra refuses, and may take back what the first use gave.",
        "Start a new sign-in: it brings a new code.",
    ),
    entry(
        70000,
        "The code is not valid",
        "Entra does not recognise the code or refresh token.",
        "It is damaged, made up, revoked, or was issued to another app.",
        "Start a new sign-in: it brings a new code.",
    ),
    entry(
        9_002_313,
        "The code is malformed",
        "What was sent as a code or refresh token does not look like one.",
        "It was cut off, changed on the way, or never came from Entra.",
        "Start a new sign-in: it brings a new code.",
    ),
    entry(
        70008,
        "The code has expired",
        "The code or refresh token came too late.",
        "A code lasts about ten minutes; a refresh token ends when it is not used for long.",
        "Start a new sign-in and do not wait on the way.",
    ),
    entry(
        501_481,
        "The verifier does not fit the challenge",
        "SHA-256 of the verifier is not the challenge that Entra remembered.",
        "The verifier belongs to another sign-in, or somebody else is trying to use the code. This is what PKCE is for.",
        "Start a new sign-in: it makes a new pair.",
    ),
    entry(
        50148,
        "The verifier does not fit the challenge",
        "SHA-256 of the verifier is not the challenge that Entra remembered.",
        "The verifier belongs to another sign-in, or somebody else is trying to use the code.",
        "Start a new sign-in: it makes a new pair.",
    ),
    entry(
        700_005,
        "The code is for another tenant",
        "The code was issued by one tenant and shown to another.",
        "The two requests name different tenants in their address.",
        "Use the same tenant in both requests.",
    ),
    // Refresh tokens.
    entry(
        700_082,
        "The refresh token has expired",
        "It was not used for too long.",
        "Refresh tokens end when nobody uses them.",
        "Sign in again.",
    ),
    entry(
        700_084,
        "The refresh token's 24 hours are over",
        "A refresh token of a single-page app ends 24 hours after the first sign-in.",
        "Using it does not make it last longer: its successors inherit the end.",
        "Sign in again.",
    ),
    entry(
        700_081,
        "The refresh token has reached its maximum age",
        "It has lived as long as it may.",
        "The tenant limits how long a session may last.",
        "Sign in again.",
    ),
    entry(
        50173,
        "The grant was revoked",
        "What the person granted no longer counts.",
        "Their password was changed or their sessions were ended.",
        "Sign in again.",
    ),
    // The person.
    entry(
        50058,
        "Nobody is signed in at Entra",
        "The request forbade Entra to show a page, and there was no session to answer from.",
        "The session ended, or the browser did not send its cookies.",
        "Sign in again, this time with Entra's pages.",
    ),
    entry(
        50126,
        "Wrong user name or password",
        "Entra did not accept the credentials.",
        "The password is wrong, or the user name belongs to somebody else.",
        "Type them again.",
    ),
    entry(
        50034,
        "The user is unknown",
        "There is no such account in this tenant.",
        "The user name is mistyped, or the account lives in another tenant.",
        "Check the user name and the tenant.",
    ),
    entry(
        50057,
        "The account is disabled",
        "The account exists but may not sign in.",
        "An administrator has disabled it.",
        "Ask an administrator, or use another account.",
    ),
    entry(
        50105,
        "The person is not assigned to the app",
        "The app is only for people who have been assigned to it.",
        "\"Assignment required\" is on for this enterprise application.",
        "Ask an administrator to assign the person or one of their groups.",
    ),
    entry(
        16000,
        "Several accounts are signed in",
        "Entra cannot tell which account is meant, and the request forbade asking.",
        "More than one account has a session in this browser.",
        "Sign in again and choose one.",
    ),
    entry(
        50076,
        "A second factor is needed",
        "Entra wants more than the password.",
        "A policy of the tenant asks for multifactor authentication.",
        "Sign in again and complete the second factor.",
    ),
    entry(
        50079,
        "A second factor must be set up",
        "Entra wants a second factor, and the person has none yet.",
        "A policy of the tenant asks for multifactor authentication.",
        "Sign in again and follow the set-up.",
    ),
    entry(
        53003,
        "A policy blocked the sign-in",
        "Conditional Access refused to give out a token.",
        "The device, the place or the app does not meet a policy of the tenant.",
        "Ask an administrator; the sign-in log names the policy.",
    ),
    // Without a user, and for another client.
    entry(
        1_002_012,
        "The scope must end in /.default",
        "A client without a user named single permissions.",
        "Such a client gets whatever roles it holds; there is nobody to ask for less.",
        "Ask for <application ID URI of the API>/.default and nothing else.",
    ),
    entry(
        501_051,
        "The app has no role at the API",
        "The API's service principal lets nobody in who is not assigned, and the app is not.",
        "\"Assignment required\" is on, and no app role was assigned to the app's service principal.",
        "Assign one of the API's app roles to the app, then ask for a new token.",
    ),
    entry(
        9_001_023,
        "Not over /common",
        "This grant needs the address of one tenant.",
        "common and organizations stand for whichever tenant a person signs in to; here no person does.",
        "Put the tenant's ID into the address.",
    ),
    entry(
        500_131,
        "The token was not meant for this app",
        "The app passed on a token whose audience is another one.",
        "On behalf of a user an app can only trade tokens that were issued to itself.",
        "Ask for the incoming token with a scope of this app.",
    ),
    entry(
        500_133,
        "The passed-on token has expired",
        "The assertion's lifetime is over.",
        "An access token lasts about an hour, and this one came too late.",
        "Let the caller get a new token and try again.",
    ),
    entry(
        50013,
        "The passed-on token does not verify",
        "The assertion is not a token that this tenant signed and that is valid now.",
        "It was changed, cut off, or comes from another tenant.",
        "Pass on exactly the access token that came in the Authorization header.",
    ),
    // Device code.
    entry(
        70016,
        "Still waiting for the person",
        "The code was shown and nobody has approved it yet.",
        "The person has to open the page and type the code.",
        "Ask again after the interval; this is no failure.",
    ),
    entry(
        70018,
        "The device code is not approved",
        "The code is none that is waiting for approval.",
        "The person declined, or it is not one that was given out to this app.",
        "Type it again, or let the device show a new one.",
    ),
    entry(
        70019,
        "The code has expired",
        "The code was not approved in time.",
        "A device code lives for fifteen minutes.",
        "Start again on the device: it shows a new code.",
    ),
    entry(
        70020,
        "The device code has expired",
        "The person did not approve in time.",
        "A device code lives for fifteen minutes.",
        "Start again on the device: it shows a new code.",
    ),
    // Scope and resource.
    entry(
        70011,
        "A scope is not valid",
        "Entra does not understand one of the scopes.",
        "It is misspelt or written in the wrong form.",
        "Write it as api://<client ID of the API>/<scope name>.",
    ),
    entry(
        650_053,
        "The API has no such scope",
        "The app asked for a scope that the API does not expose.",
        "The scope's name is misspelt, or it was never added.",
        "Compare it with App registrations → workshop-api → Expose an API.",
    ),
    entry(
        500_011,
        "The API is unknown in this tenant",
        "Entra found no API with this identifier.",
        "The API is registered in another tenant, or its Application ID URI differs.",
        "Compare the scope with App registrations → workshop-api → Expose an API.",
    ),
    entry(
        650_057,
        "The API is not among the app's permissions",
        "The app asked for an API that its registration does not list.",
        "The permission was never added to the client.",
        "Add it under App registrations → workshop-client → API permissions.",
    ),
    entry(
        650_052,
        "The tenant lacks the API",
        "The app needs an API for which the tenant has no service principal.",
        "Nobody in this tenant has agreed to use the API yet.",
        "Ask an administrator to consent for the tenant.",
    ),
    entry(
        650_056,
        "The app is misconfigured",
        "The registration lacks a permission, or the consent does not cover it.",
        "The client's API permissions and what it asks for do not match.",
        "Check App registrations → workshop-client → API permissions and consent again.",
    ),
    entry(
        65005,
        "The app asks for what its registration does not list",
        "A resource or scope is missing from the registration.",
        "The client's API permissions do not include it.",
        "Add it under App registrations → workshop-client → API permissions.",
    ),
    entry(
        28002,
        "The scope of the redemption makes no sense",
        "A code was redeemed with a scope that cannot be one.",
        "A scope has a character that is not allowed, or is mixed with .default.",
        "Leave scope out at the token endpoint, or repeat what the sign-in asked for.",
    ),
    entry(
        28003,
        "The scope of the redemption is blank",
        "A code was redeemed with a scope of nothing but spaces.",
        "The parameter was sent although there was nothing to say.",
        "Leave scope out at the token endpoint, or repeat what the sign-in asked for.",
    ),
    entry(
        28000,
        "More than one API at once",
        "The token request names scopes of several APIs.",
        "One access token is for one API.",
        "Ask for one API at a time; the refresh token gets the next.",
    ),
    entry(
        90009,
        "The app asks for a token for itself",
        "Client and API are the same registration.",
        "Entra allows that only with the client ID in place of the identifier URI.",
        "Register client and API separately.",
    ),
    // The request.
    entry(
        90023,
        "A value is not supported",
        "A parameter has a value that the endpoint does not know.",
        "The parameter named in the message is misspelt or does not go with this app.",
        "Compare the parameter with the documentation of the flow.",
    ),
    entry(
        90015,
        "The request is too long",
        "The address or the form is longer than the endpoint reads.",
        "Often a state that carries data, or a cookie that grew.",
        "Keep data on your side and send only a short state.",
    ),
    entry(
        9_000_411,
        "A parameter stands there twice",
        "The same parameter came more than once.",
        "OAuth allows each parameter once (RFC 6749 §3.1).",
        "Send it once.",
    ),
    entry(
        50149,
        "The challenge method is unknown",
        "code_challenge_method is neither S256 nor plain.",
        "PKCE knows these two (RFC 7636 §4.3).",
        "Use S256.",
    ),
    entry(
        501_491,
        "The PKCE challenge has the wrong length",
        "code_challenge cannot be a challenge.",
        "With S256 it has exactly 43 characters; with plain 43 to 128.",
        "Send the base64url of the SHA-256 of the verifier, without padding.",
    ),
    entry(
        900_144,
        "A parameter is missing",
        "The request lacks something that Entra needs.",
        "The parameter named in the message was left out or is empty.",
        "Add the parameter that the message names.",
    ),
    entry(
        900_561,
        "The wrong method",
        "The endpoint was called with a method that it does not know.",
        "The token endpoint takes POST, usually the mistake is a GET.",
        "Send the form with POST.",
    ),
    entry(
        70003,
        "The grant type is not supported",
        "The token endpoint does not know this kind of trade.",
        "grant_type is misspelt or not allowed for this app.",
        "Use grant_type=authorization_code.",
    ),
    entry(
        50049,
        "The authority is not known",
        "A client library asked whether an authority can be trusted, and it cannot.",
        "The host in the authority is mistyped, or belongs to somebody else.",
        "Use the authority as printed at the start; tell the library that it is a known one.",
    ),
    entry(
        90002,
        "The tenant does not exist",
        "Entra found no tenant with this ID or name.",
        "The tenant ID is mistyped, or it belongs to another cloud.",
        "Compare it with Entra admin center → Overview → Tenant ID.",
    ),
    entry(
        50196,
        "The app is going in circles",
        "The same request came too often in a short time.",
        "The app asks again and again instead of keeping its tokens.",
        "Wait a few minutes, and find out why the app does not keep them.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prose::check;

    #[test]
    fn every_number_is_explained_once_and_completely() {
        check::no_duplicates(EXPLANATIONS.iter().map(|explanation| explanation.number));
        for explanation in EXPLANATIONS {
            assert_eq!(super::explanation(explanation.number), Some(explanation));
            assert!(
                !explanation.title.is_empty() && !explanation.title.ends_with('.'),
                "{}",
                explanation.title
            );
            for text in [explanation.what, explanation.why, explanation.now] {
                check::is_prose(text);
            }
        }
    }

    #[test]
    fn every_oauth_error_of_both_endpoints_is_explained() {
        check::no_duplicates(OAUTH_ERRORS.iter().map(|entry| entry.error));
        for entry in OAUTH_ERRORS {
            assert_eq!(oauth_error(entry.error), Some(entry));
            check::is_prose(entry.why);
            check::is_prose(entry.now);
        }
        for error in "invalid_request unauthorized_client access_denied unsupported_response_type server_error \
                      temporarily_unavailable invalid_resource login_required interaction_required invalid_grant \
                      invalid_client unsupported_grant_type consent_required invalid_scope"
            .split_whitespace()
        {
            assert!(oauth_error(error).is_some(), "{error}");
        }
    }

    #[test]
    fn an_unknown_number_has_no_explanation() {
        assert_eq!(explanation(1), None);
        assert_eq!(oauth_error("made_up"), None);
    }
}
