//! `GET|POST /{tenant}/oauth2/v2.0/logout`, and v1 without `/v2.0`: ends the session (OpenID Connect RP-Initiated Logout §2).
//!
//! As with Entra, a link from anywhere may sign out. Only a registered redirect URI is followed afterwards.

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use url::Url;

use crate::Face;
use crate::aadsts::Aadsts;
use crate::authorize::redirect;
use crate::directory::Directory;
use crate::exchange::Exchange;
use crate::pages;
use crate::params::{self, LONGEST, Params};
use crate::session;
use crate::tenant_path::UnverifiedTenant;

pub(crate) fn routes() -> Router<Face> {
    let endpoint = || get(by_link).post(by_form);
    Router::new()
        .route("/{tenant}/oauth2/v2.0/logout", endpoint())
        .route("/{tenant}/oauth2/logout", endpoint())
}

async fn by_link(
    State(face): State<Face>,
    exchange: Exchange,
    path: UnverifiedTenant,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let params = if query.len() > LONGEST {
        Err(Aadsts::TooLong)
    } else {
        Params::parse(query.as_bytes())
    };
    sign_out(&face, &exchange, &path, &headers, params)
}

async fn by_form(
    State(face): State<Face>,
    exchange: Exchange,
    path: UnverifiedTenant,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let params = params::whole(body).and_then(|body| Params::form(&headers, &body));
    sign_out(&face, &exchange, &path, &headers, params)
}

fn sign_out(
    face: &Face,
    exchange: &Exchange,
    path: &UnverifiedTenant,
    headers: &HeaderMap,
    params: Result<Params, Aadsts>,
) -> Response {
    let found = path.find(&face.tenant.directory().organization);
    let params = match found.and(params) {
        Ok(params) => params,
        Err(refusal) => return pages::refused(face, exchange, &refusal),
    };
    let (accounts, cookie) = session::sign_out(face, exchange.now, headers);
    let names: Vec<String> = {
        let directory = face.tenant.directory();
        let users = accounts
            .iter()
            .filter_map(|account| directory.user(account.user));
        users.map(|user| user.user_principal_name.clone()).collect()
    };
    let target = target(&face.tenant.directory(), &params);
    let mut response = match target {
        Some(target) => (StatusCode::FOUND, [(header::LOCATION, target)]).into_response(),
        None => goodbye(face, &names),
    };
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

fn goodbye(face: &Face, names: &[String]) -> Response {
    let line = match names {
        [] => "Nobody was signed in.".to_owned(),
        names => format!(
            "Signed out: {}. It's a good idea to close this window.",
            names.join(", ")
        ),
    };
    pages::message(
        face,
        StatusCode::OK,
        "You signed out of your account",
        vec![line],
    )
}

/// Where to go next: the redirect URI that was asked for, if some application registered it, with the state.
fn target(directory: &Directory, params: &Params) -> Option<String> {
    let asked = params.get("post_logout_redirect_uri")?;
    directory
        .applications
        .iter()
        .find(|app| redirect::platform(app, asked).is_some())?;
    let mut target = Url::parse(asked).ok()?;
    if let Some(state) = params.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    Some(target.into())
}

#[cfg(test)]
mod tests {
    use axum::http::{StatusCode, header};

    use crate::directory::seed::TENANT;
    use crate::testing::{Browser, Workshop};

    fn logout(query: &str) -> String {
        format!("/{TENANT}/oauth2/v2.0/logout{query}")
    }

    #[tokio::test]
    async fn signing_out_ends_the_session_and_says_whose() {
        let workshop = Workshop::new();
        let mut browser = Browser::new(&workshop);
        browser.sign_in_as("mara").await;
        let page = browser.get(&logout("")).await;
        assert!(
            page.body.contains("mara@juniperharbour.example"),
            "{}",
            page.body
        );
        let silent = browser.authorize(&[("prompt", "none")]).await;
        silent.assert_redirect_error("login_required", 50058);
        assert!(
            browser
                .get(&logout(""))
                .await
                .body
                .contains("Nobody was signed in")
        );
    }

    #[tokio::test]
    async fn only_a_registered_address_is_followed() {
        let workshop = Workshop::new();
        let registered = "?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000&state=s";
        let answer = workshop.get(&logout(registered)).await;
        assert_eq!(
            answer.header(header::LOCATION),
            Some("http://localhost:3000/?state=s")
        );
        let foreign = workshop
            .get(&logout(
                "?post_logout_redirect_uri=https%3A%2F%2Fevil.example",
            ))
            .await;
        assert_eq!(
            (foreign.status, foreign.header(header::LOCATION)),
            (StatusCode::OK, None)
        );
        assert_eq!(
            workshop.get("/x/oauth2/v2.0/logout").await.status,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            workshop.get(&logout("?a=1&a=2")).await.status,
            StatusCode::BAD_REQUEST
        );
    }
}
