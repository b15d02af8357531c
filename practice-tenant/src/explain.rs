//! `GET /error?code=…`: the page that `error_uri` leads to.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::Face;
use crate::pages;
use crate::params::Params;

pub(crate) fn routes() -> Router<Face> {
    Router::new().route("/error", get(handler))
}

async fn handler(State(face): State<Face>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let code = params
        .get("code")
        .map(|code| code.trim_start_matches("AADSTS"));
    let known = code
        .and_then(|code| code.parse().ok())
        .and_then(|code| Some((code, meaning(code)?)));
    if let Some((code, meaning)) = known {
        let title = format!("AADSTS{code}");
        return pages::message(&face, StatusCode::OK, &title, vec![meaning.into()]);
    }
    let lines = vec!["This tenant never answers with such a number.".into()];
    pages::message(&face, StatusCode::NOT_FOUND, "Unknown error code", lines)
}

/// What the number means and what helps, in a sentence or two.
pub(crate) fn meaning(code: u32) -> Option<&'static str> {
    Some(match code {
        16000 => {
            "Several accounts are signed in, and the app asked to be answered without a question. Ask again without prompt=none, or name the account with login_hint."
        }
        28000 => {
            "One access token is for one resource. Redeem the code for one resource and use the refresh token for the others."
        }
        50011 => {
            "The redirect URI is not registered for this app. Register exactly this one (scheme, host, port, path, upper and lower case), or send one that is registered."
        }
        50034 | 50126 => "User name or password are wrong.",
        50058 => {
            "The app asked for an answer without any page, and nobody is signed in. Let the person sign in."
        }
        50149 | 501_491 => {
            "The PKCE challenge is not one: 43 to 128 characters, method S256 or plain."
        }
        50194 => {
            "The app is registered for one tenant only: use an address with the tenant's id instead of common or organizations."
        }
        54005 => {
            "Each authorization code buys tokens once. This one was used before, perhaps by a page that was loaded twice."
        }
        65001 => {
            "Nobody has consented to what the app asks for. Send the person through sign-in, where consent is asked."
        }
        65004 => "The person was asked for consent and declined.",
        70000 => "The code or refresh token is not one that this tenant gave to this app.",
        70003 => "The tenant does not know this grant_type.",
        70005 | 700_051 | 700_054 => {
            "The app asked for a response_type that is not turned on in its registration. Use code."
        }
        70007 => "response_mode is query, fragment or form_post.",
        70008 => "The authorization code is older than ten minutes.",
        70011 => "The scope is malformed, or mixes .default with single permissions.",
        90002 => "No such tenant here. Compare the tenant id in the address.",
        90009 => "An app that wants a token for itself must name itself by its GUID.",
        90015 => "The request is too long.",
        90023 => "A parameter has a value the endpoint does not know.",
        90094 => "The app asks for a permission that only an administrator can grant.",
        500_011 => {
            "No resource has this identifier in the tenant. Compare the part of the scope before the last slash with the API's application ID URI."
        }
        500_112 => {
            "The redirect_uri of the token request must be the one of the authorization request."
        }
        501_481 => {
            "The code_verifier does not fit the code_challenge. The challenge is the base64url of the SHA-256 of the verifier."
        }
        650_053 => {
            "The resource has no such permission. Compare the part of the scope after the last slash with the scopes the API exposes."
        }
        650_057 => {
            "The registration of the app does not list this resource, so .default stands for nothing."
        }
        700_016 => {
            "No app has this client id in the tenant. Compare the id, and whether the request goes to the right tenant."
        }
        700_025 => {
            "A public client (SPA, mobile or desktop) cannot keep a secret and must not send one."
        }
        700_027 => "The client assertion is signed with a key that the registration does not hold.",
        700_038 => "The client id is the empty GUID: a setting was probably never filled in.",
        700_082 => "The refresh token was not used for 90 days.",
        700_084 => {
            "A single-page app's refresh token lasts 24 hours from the sign-in, however often it is used."
        }
        900_144 => {
            "A required parameter is missing. At the token endpoint this is also what a JSON body gets: it must be a form."
        }
        900_561 => "The endpoint does not accept this HTTP method.",
        900_971 => "The request names no redirect URI, or the app has none registered.",
        7_000_215 => "The client secret is wrong. Send its value, not its id.",
        7_000_218 => "A web app must prove itself with a secret or an assertion.",
        9_000_411 => "A parameter stands in the request more than once.",
        9_002_313 => {
            "The request, code or refresh token does not have the right form; perhaps it was cut off."
        }
        9_002_325 => "A single-page app must send code_challenge and code_challenge_method.",
        9_002_326 => {
            "The code was given to a redirect URI that is not registered as Single-page application, and a browser page (it sends an Origin) tries to redeem it. Register the URI as Single-page application, or redeem outside the browser."
        }
        9_002_327 => {
            "The code was given to a single-page app, and whoever redeems it sends no Origin. Redeem it in the page, or register the redirect URI as mobile and desktop."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::Workshop;

    #[tokio::test]
    async fn a_number_has_a_page_and_nonsense_has_none() {
        let workshop = Workshop::new();
        let page = workshop.get("/error?code=54005").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("buys tokens once"));
        for code in ["1", "x", "-1", "99999999999999999999", "%00"] {
            let page = workshop.get(&format!("/error?code={code}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{code}");
        }
        assert_eq!(workshop.get("/error").await.status, StatusCode::NOT_FOUND);
    }
}
